//! Checkpoints (C2SP tlog-checkpoint): the state of a ledger in three lines, and its signatures.

use super::note::Note;
use super::tree::TreeHash;
use super::{decimal, wrong};
use crate::domain::fault::Fault;

/// The size and the root of a tree, under an origin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root of the tree of the entries' lines.
    pub root: TreeHash,
    /// The written form, with its signatures.
    pub note: Note,
}

impl Checkpoint {
    /// A checkpoint without signatures.
    pub fn unsigned(origin: &str, size: u64, root: TreeHash) -> Self {
        let note = Note::unsigned(format!("{origin}\n{size}\n{root}\n"));
        Checkpoint { origin: origin.to_owned(), size, root, note }
    }

    /// Reads a checkpoint. `first` is the number of its first line. It need not have signatures: it may be signed in
    /// another way. Lines after the third are ignored.
    pub fn parse(text: &str, first: u64) -> Result<Self, Fault> {
        let note = Note::parse(text, first)?;
        let mut lines = note.text().lines();
        let mut line = || lines.next().unwrap_or_default();
        let (origin, size, root) = (line(), line(), line());
        if origin.is_empty() {
            return Err(wrong(first, "a checkpoint must begin with its origin"));
        }
        let size = decimal(size).ok_or_else(|| {
            wrong(first + 1, "a checkpoint's second line must be the number of entries, in plain digits")
        })?;
        let root = TreeHash::from_base64(root)
            .ok_or_else(|| wrong(first + 2, "a checkpoint's third line must be a root: 32 bytes in Base64"))?;
        if let Some((number, _)) = (first + 3..).zip(lines).find(|(_, line)| line.is_empty()) {
            return Err(wrong(number, "a checkpoint must have no empty line, except before its signatures"));
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root, note })
    }
}
