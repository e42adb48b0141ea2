//! The proof that an entry was judged: only the book makes one, only the store takes one.

use super::event::Entry;

/// An entry that the rules admit, or that `--despite` records (R13): "check before writing" as a type.
#[derive(Debug)]
#[must_use = "an admitted entry is not yet recorded"]
pub struct Admitted {
    entry: Entry,
}

impl Admitted {
    pub(super) fn new(entry: Entry) -> Self {
        Admitted { entry }
    }

    /// What is to be written.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// An entry that nobody judged, for tests of the store alone.
    #[cfg(test)]
    pub(crate) fn unjudged(entry: Entry) -> Self {
        Admitted { entry }
    }
}
