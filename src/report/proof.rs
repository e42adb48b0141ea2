//! Keys, checkpoints and proofs, made and checked.

use super::clean::clean;
use super::entries::summary;
use super::paper::Paper;
use super::schemas::words;
use super::{Document, to_json};
use crate::domain::event::{Entry, Seq};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

/// Characters of a proven line that a terminal is given; the rest of a policy is for programs.
const LONGEST_SHOWN: usize = 2000;

/// `keygen`: where the key is, and its public half. The private half is in no document.
#[derive(Debug)]
pub struct KeyMade {
    /// The private key's file.
    pub key: String,
    /// The public key's file.
    pub public: String,
    /// What it signs for.
    pub origin: String,
    /// The public key.
    pub vkey: String,
}

/// What `keygen` answers; the private half is in no document.
#[derive(Serialize, JsonSchema)]
pub(super) struct KeyDocument<'a> {
    #[schemars(extend("const" = "exquota/key/1"))]
    schema: &'static str,
    origin: &'a str,
    vkey: &'a str,
    key_file: &'a str,
    public_file: &'a str,
}

impl Document for KeyMade {
    fn text(&self, _: &Paper) -> String {
        format!(
            "KEY MADE for {}: private in {}, for its owner alone; public in {}\n{}\n",
            clean(&self.origin),
            clean(&self.key),
            clean(&self.public),
            clean(&self.vkey)
        )
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&KeyDocument {
            schema: "exquota/key/1",
            origin: &self.origin,
            vkey: &self.vkey,
            key_file: &self.key,
            public_file: &self.public,
        })
    }
}

/// `checkpoint`: the note itself, and where it was written.
#[derive(Debug)]
pub struct CheckpointMade {
    /// Which log.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The tree's root, in Base64.
    pub root: String,
    /// As it is written.
    pub note: String,
    /// Whether it bears a signature.
    pub signed: bool,
    /// The file it was written to.
    pub path: Option<String>,
}

/// What `checkpoint` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct CheckpointDocument<'a> {
    #[schemars(extend("const" = "exquota/checkpoint/1"))]
    schema: &'static str,
    origin: &'a str,
    size: u64,
    root: &'a str,
    signed: bool,
    path: Option<&'a str>,
    checkpoint: &'a str,
}

impl Document for CheckpointMade {
    /// The note's own bytes where no file has them; an origin holds nothing that a terminal obeys.
    fn text(&self, _: &Paper) -> String {
        let Some(path) = &self.path else { return self.note.clone() };
        let signed = if self.signed { "SIGNED" } else { "UNSIGNED" };
        format!(
            "{signed} checkpoint of {}: {}, in {}\n  root {}\n",
            clean(&self.origin),
            entries(self.size),
            clean(path),
            self.root
        )
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&CheckpointDocument {
            schema: "exquota/checkpoint/1",
            origin: &self.origin,
            size: self.size,
            root: &self.root,
            signed: self.signed,
            path: self.path.as_deref(),
            checkpoint: &self.note,
        })
    }
}

/// One proof that was made.
#[derive(Debug)]
pub struct ProofMade {
    /// The entry, if it is of one.
    pub entry: Option<Seq>,
    /// What its file is called in a folder.
    pub name: String,
    /// As it is written.
    pub text: String,
    /// The file it was written to.
    pub path: Option<String>,
}

/// `prove`: proofs under one checkpoint.
#[derive(Debug)]
pub struct ProofsMade {
    /// Which log.
    pub origin: String,
    /// How many entries its checkpoint has.
    pub size: u64,
    /// The tree's root, in Base64.
    pub root: String,
    /// How many entries an older checkpoint had, if it is proven that they are unchanged.
    pub since: Option<u64>,
    /// One for each entry, or one.
    pub proofs: Vec<ProofMade>,
    /// What they do not say, for programs; a person is warned of it.
    pub not_proven: Option<String>,
}

/// What `prove` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct ProofsDocument<'a> {
    #[schemars(extend("const" = "exquota/proof/1"))]
    schema: &'static str,
    origin: &'a str,
    size: u64,
    root: &'a str,
    since: Option<u64>,
    proofs: Vec<ProofDocument<'a>>,
    not_proven: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct ProofDocument<'a> {
    entry: Option<Seq>,
    path: Option<&'a str>,
    proof: &'a str,
}

impl Document for ProofsMade {
    /// The proofs' own bytes where no file has them: a printed proof is one that can be redirected. A checkpoint of
    /// another program may hold more than an origin, and is made safe when it is shown, not here.
    fn text(&self, _: &Paper) -> String {
        let mut text = String::new();
        for proof in &self.proofs {
            text += &match (&proof.path, proof.entry, self.since) {
                (None, _, _) => proof.text.clone(),
                (Some(path), Some(entry), _) => {
                    format!("PROOF in {}: entry {entry} of {} of {}\n", clean(path), self.size, clean(&self.origin))
                }
                (Some(path), None, since) => {
                    let old = entries(since.unwrap_or_default());
                    format!("PROOF in {}: {} keeps its first {old} unchanged\n", clean(path), clean(&self.origin))
                }
            };
        }
        text
    }

    fn json(&self) -> serde_json::Result<String> {
        let proofs = self.proofs.iter();
        to_json(&ProofsDocument {
            schema: "exquota/proof/1",
            origin: &self.origin,
            size: self.size,
            root: &self.root,
            since: self.since,
            proofs: proofs
                .map(|proof| ProofDocument { entry: proof.entry, path: proof.path.as_deref(), proof: &proof.text })
                .collect(),
            not_proven: self.not_proven.as_deref(),
        })
    }
}

/// A proven entry and its line.
#[derive(Debug)]
pub struct CheckedEntry {
    /// What it says.
    pub entry: Entry,
    /// Its line, without the end of line.
    pub line: String,
}

/// One proof that was checked.
#[derive(Debug)]
pub struct Checked {
    /// The proof's file.
    pub path: String,
    /// Of its checkpoint.
    pub origin: String,
    /// How many entries its checkpoint has.
    pub size: u64,
    /// Its checkpoint's root, in Base64.
    pub root: String,
    /// How many entries the older checkpoint has, if it is proven that they are unchanged.
    pub since: Option<u64>,
    /// The place in the ledger, if it is of an entry.
    pub entry: Option<Seq>,
    /// Why it does not hold; none if it does.
    pub refused: Option<String>,
    /// What is proven, where it holds and is of an entry.
    pub shown: Option<Box<CheckedEntry>>,
}

/// What no proof of an entry says.
const NOT_PROVEN: &str = "that no later entry voids or changes these, or that there are no others";

/// `verify-proof`: every proof of every file.
#[derive(Debug)]
pub struct Verification {
    /// In the order given.
    pub checked: Vec<Checked>,
}

/// What `verify-proof` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct VerificationDocument<'a> {
    #[schemars(extend("const" = "exquota/verification/1"))]
    schema: &'static str,
    holds: bool,
    proofs: Vec<CheckedDocument<'a>>,
    not_proven: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
struct CheckedDocument<'a> {
    path: &'a str,
    holds: bool,
    reason: Option<&'a str>,
    origin: &'a str,
    size: u64,
    root: &'a str,
    since: Option<u64>,
    entry: Option<Seq>,
    #[schemars(with = "Option<words::Line>")]
    line: Option<Box<RawValue>>,
}

impl Checked {
    fn told(&self) -> String {
        let (path, origin) = (clean(&self.path), clean(&self.origin));
        if let Some(reason) = &self.refused {
            return format!("DOES NOT HOLD  {path}: {}\n", clean(reason));
        }
        if let Some(since) = self.since {
            let (old, new) = (entries(since), self.size);
            return format!("HOLDS  {path}: {origin} has {new} entries now and keeps its first {old} unchanged\n");
        }
        let place = self.entry.unwrap_or_default();
        let mut told = format!("HOLDS  {path}: entry {place} of {origin}, which had {}\n", entries(self.size));
        if let Some(CheckedEntry { entry, line }) = self.shown.as_deref() {
            let recorded = entry.recorded_at.format("%Y-%m-%dT%H:%M:%SZ");
            told += &format!(
                "  {} {}: {}\n  recorded {recorded} by {}\n",
                entry.date,
                entry.event.kind(),
                clean(&summary(&entry.event)),
                clean(&entry.recorded_by.to_string())
            );
            let shown: String = line.chars().take(LONGEST_SHOWN).collect();
            let rest = if shown.len() < line.len() { "... (all of it with --format json)" } else { "" };
            told += &format!("  {}{rest}\n", clean(&shown));
        }
        told
    }

    fn document(&self) -> serde_json::Result<CheckedDocument<'_>> {
        let line = self.shown.as_ref().map(|shown| RawValue::from_string(shown.line.clone())).transpose()?;
        Ok(CheckedDocument {
            path: &self.path,
            holds: self.refused.is_none(),
            reason: self.refused.as_deref(),
            origin: &self.origin,
            size: self.size,
            root: &self.root,
            since: self.since,
            entry: self.entry,
            line,
        })
    }
}

impl Verification {
    fn not_proven(&self) -> Option<&'static str> {
        self.checked.iter().any(|one| one.shown.is_some()).then_some(NOT_PROVEN)
    }
}

impl Document for Verification {
    fn text(&self, _: &Paper) -> String {
        let text: String = self.checked.iter().map(Checked::told).collect();
        text + &self.not_proven().map(|told| format!("not proven: {told}\n")).unwrap_or_default()
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&VerificationDocument {
            schema: "exquota/verification/1",
            holds: self.checked.iter().all(|one| one.refused.is_none()),
            proofs: self.checked.iter().map(Checked::document).collect::<Result<_, _>>()?,
            not_proven: self.not_proven(),
        })
    }
}

fn entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}
