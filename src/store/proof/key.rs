//! Keys, in the format of Go's `sumdb/note`. The name of a key is the origin of the checkpoints it signs.

use super::{from_base64, to_base64, wrong};
use crate::domain::fault::Fault;
use crate::store::record::TextRule;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The byte before a key that marks it as Ed25519.
const ED25519: u8 = 1;
const PRIVATE: &str = "PRIVATE+KEY+";

/// Four bytes that identify a key, together with its name.
pub type KeyId = [u8; 4];

/// A public key, to check signatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey {
    origin: String,
    id: KeyId,
    key: VerifyingKey,
}

impl PublicKey {
    /// The origin of the checkpoints it signs.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The id that tells it from other keys of the same name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether `signature` is its signature of `text`.
    pub fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|held| self.key.verify_strict(text.as_bytes(), &held).is_ok())
    }

    /// Reads one line `name+id+key`. The fault never quotes the file's text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.starts_with(PRIVATE) {
            return Err(
                wrong(1, "this is a private key").help("give the public key, the file beside it that ends with `.pub`")
            );
        }
        let not_a_key = || {
            wrong(1, "this is not a public key: a public key is one line, `NAME+ID+KEY`")
                .help("`exquota keygen` writes it to `KEYFILE.pub`; ask the signer for their public key")
        };
        let (origin, id, key) = parts(text, not_a_key)?;
        let key = VerifyingKey::from_bytes(&key).ok().filter(|key| !key.is_weak()).ok_or_else(not_a_key)?;
        let public = PublicKey::of(origin, key);
        public.check_id(id)?;
        Ok(public)
    }

    fn check_id(&self, id: &str) -> Result<(), Fault> {
        let changed = "the key's id does not match its name and key: the text was changed";
        if hex(self.id) == id { Ok(()) } else { Err(wrong(1, changed)) }
    }

    fn of(origin: &str, key: VerifyingKey) -> Self {
        let hash =
            Sha256::new_with_prefix(origin).chain_update([b'\n', ED25519]).chain_update(key.as_bytes()).finalize();
        let mut id = KeyId::default();
        id.copy_from_slice(&hash[..4]);
        PublicKey { origin: origin.to_owned(), id, key }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.origin, hex(self.id), to_base64(&key))
    }
}

/// A private key. It is never shown, and written only to its own file.
pub struct PrivateKey {
    public: PublicKey,
    key: SigningKey,
}

impl PrivateKey {
    /// Makes a key from 32 random bytes. `origin` must pass [`check_origin`]. If none is given, it is made from the
    /// public key, so that no two keys share an origin.
    pub fn from_seed(seed: &[u8; 32], origin: Option<&str>) -> Self {
        let key = SigningKey::from_bytes(seed);
        let made = || format!("exquota/{}", hex(&Sha256::digest(key.verifying_key().as_bytes())[..8]));
        let origin = origin.map_or_else(made, str::to_owned);
        PrivateKey { public: PublicKey::of(&origin, key.verifying_key()), key }
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `text`.
    pub fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }

    /// Reads one line `PRIVATE+KEY+name+id+key`. The fault never quotes the file's text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let not_a_key = || {
            wrong(1, "this is not a private key of `exquota keygen`")
                .help("`exquota keygen KEYFILE` makes one; the public key `KEYFILE.pub` can't sign")
        };
        let (origin, id, key) = parts(text.trim().strip_prefix(PRIVATE).ok_or_else(not_a_key)?, not_a_key)?;
        let private = PrivateKey::from_seed(&key, Some(origin));
        private.public.check_id(id)?;
        Ok(private)
    }

    /// The content of its file. It must go nowhere else.
    pub fn secret_text(&self) -> String {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        format!("{PRIVATE}{}+{}+{}", self.public.origin, hex(self.public.id), to_base64(&key))
    }
}

/// Checks whether a text can be an origin. Key names in a note hold neither spaces nor `+`.
pub fn check_origin(origin: &str) -> Result<(), String> {
    TextRule::Long.check(origin).map_err(|fault| fault.to_string())?;
    if origin.contains(|letter: char| letter.is_whitespace() || letter == '+') {
        return Err("holds a space or a `+`".to_owned());
    }
    if origin.starts_with(super::tlog_proof::HEADER) {
        return Err("is the first line of a proof".to_owned());
    }
    Ok(())
}

/// The origin, the id and the 32 bytes of an Ed25519 key, private or public.
fn parts(text: &str, not_a_key: impl Fn() -> Fault) -> Result<(&str, &str, [u8; 32]), Fault> {
    let mut parts = text.splitn(3, '+');
    let (Some(origin), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(not_a_key());
    };
    check_origin(origin).map_err(|reason| wrong(1, format!("the key's name {reason}")))?;
    let key = from_base64(key).filter(|key| key.first() == Some(&ED25519)).and_then(|key| key[1..].try_into().ok());
    Ok((origin, id, key.ok_or_else(not_a_key)?))
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
