//! The stamps of a cache: each names a state of the ledger for which the cache is valid.

use super::pages::sum_beside;
use crate::domain::event::{Digest, Seq};
use crate::store::ledger::Version;
use crate::store::system::{OpenFile, read_exactly};

/// The length of a stamp in bytes.
const STAMP: usize = 104;
const SUM: usize = 8;

/// A state of the ledger that is known to begin with the folded lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    pub(super) version: Version,
    pub(super) entries: Seq,
    pub(super) head: Digest,
}

impl Stamp {
    pub(super) fn bytes(&self, generation: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(STAMP);
        bytes.extend_from_slice(&self.version.length.to_be_bytes());
        bytes.extend_from_slice(&self.entries.to_be_bytes());
        bytes.extend_from_slice(&self.version.mark);
        bytes.extend_from_slice(&self.head.0);
        let sum = sum_beside(generation, &bytes);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// The last stamp after the pages, which end at `pages_end`. None if it was not written whole.
    pub(super) fn last(file: &dyn OpenFile, generation: u64, pages_end: u64) -> Option<Self> {
        let length = file.state().ok()?.length;
        let stamps = length.checked_sub(pages_end)?;
        if stamps == 0 || stamps % STAMP as u64 != 0 {
            return None;
        }
        let mut bytes = [0; STAMP];
        read_exactly(file, &mut bytes, length - STAMP as u64).ok()?;
        let (held, found) = bytes.split_at(STAMP - SUM);
        if sum_beside(generation, held) != found {
            return None;
        }
        let number = |place: usize| Some(u64::from_be_bytes(held.get(place..place + 8)?.try_into().ok()?));
        let version = Version { length: number(0)?, mark: held.get(16..64)?.try_into().ok()? };
        Some(Stamp { version, entries: number(8)?, head: Digest(held.get(64..)?.try_into().ok()?) })
    }
}

#[cfg(test)]
mod tests;
