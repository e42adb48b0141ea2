//! The proof that an entry was judged. Only the book can make one, and the store records nothing else.

use super::event::Entry;

/// An entry that the rules admit, or that `--despite` records (R13). The type enforces "check before writing".
#[derive(Debug)]
#[must_use = "an admitted entry is not yet recorded"]
pub struct Admitted {
    entry: Entry,
}

impl Admitted {
    pub(super) fn new(entry: Entry) -> Self {
        Admitted { entry }
    }

    /// The entry to write.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// An entry without a judgement, only for tests of the store.
    #[cfg(test)]
    pub(crate) fn unjudged(entry: Entry) -> Self {
        Admitted { entry }
    }
}
