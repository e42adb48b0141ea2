//! Signed notes (C2SP signed-note). A note is a text, an empty line, and one line for each signature.

use super::key::{KeyId, PrivateKey, PublicKey};
use super::{from_base64, to_base64, wrong};
use crate::domain::fault::Fault;

/// A note with more signatures is refused.
const MOST_SIGNATURES: usize = 100;

/// One signature of a note.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Signature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

/// A text with its signatures, checked or not. A note without signatures may be signed in another way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// The result of checking a note against the known keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signed<'k> {
    By(&'k PublicKey),
    /// No known key signed it.
    ByNobodyKnown,
    /// It claims a signature of this key, and that signature is false. Nothing in the note counts.
    Falsely(&'k PublicKey),
}

impl Note {
    /// A note without signatures. `text` must end with a line end.
    pub fn unsigned(text: String) -> Self {
        Note { text, signatures: Vec::new() }
    }

    /// Adds this key's signature.
    pub fn signed(mut self, key: &PrivateKey) -> Self {
        let (name, id) = (key.public().origin().to_owned(), key.public().id());
        self.signatures.push(Signature { name, id, bytes: key.sign(&self.text).to_vec() });
        self
    }

    /// The signed text: the lines before the last empty line, each with its line end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the note has a signature.
    pub fn has_signatures(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// The written form.
    pub fn written(&self) -> String {
        let mut written = self.text.clone();
        for (index, Signature { name, id, bytes }) in self.signatures.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            let signature = to_base64(&[id.as_slice(), bytes].concat());
            written += &format!("{gap}— {name} {signature}\n");
        }
        written
    }

    /// Reads a note with or without signatures. `first` is the number of its first line.
    pub fn parse(text: &str, first: u64) -> Result<Self, Fault> {
        let lines = |text: &str| text.lines().count() as u64;
        if !text.ends_with('\n') {
            return Err(wrong(
                first + lines(text).saturating_sub(1),
                "the last line has no line end: the file is incomplete",
            ));
        }
        let Some(split) = text.rfind("\n\n") else { return Ok(Note::unsigned(text.to_owned())) };
        let (text, signed) = text.split_at(split + 1);
        let mut signatures = Vec::new();
        let signed = signed.strip_prefix('\n').unwrap_or_default();
        let start = first + lines(text) + 1;
        for (number, line) in (start..).zip(signed.lines()) {
            let read = signature(line).filter(|_| signatures.len() < MOST_SIGNATURES);
            signatures.push(read.ok_or_else(|| wrong(number, "expected a signature, `— NAME BASE64`"))?);
        }
        if signatures.is_empty() {
            return Err(wrong(start, "no signature follows the empty line"));
        }
        Ok(Note { text: text.to_owned(), signatures })
    }

    /// Finds the known key that signed the note. A signature by an unknown key is ignored. A false signature by a known
    /// key makes the note worthless.
    pub fn signed_by<'k>(&self, known: &'k [PublicKey]) -> Signed<'k> {
        let mut by = Signed::ByNobodyKnown;
        for held in &self.signatures {
            // Two keys may share a name and, by chance, an id. One of them must have signed.
            let mut named = known.iter().filter(|key| key.origin() == held.name && key.id() == held.id).peekable();
            let Some(first) = named.peek().copied() else { continue };
            match named.find(|key| key.has_signed(&self.text, &held.bytes)) {
                Some(key) => by = Signed::By(key),
                None => return Signed::Falsely(first),
            }
        }
        by
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    let valid = !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+');
    let bytes = from_base64(signature)?;
    let (id, bytes) = bytes.split_first_chunk().filter(|(_, bytes)| valid && !bytes.is_empty())?;
    Some(Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}
