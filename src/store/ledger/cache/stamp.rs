//! In which state of the ledger a cache holds.

use super::pages::sum_beside;
use crate::domain::event::{Digest, Seq};
use crate::store::ledger::file::{FileState, FileTime, Identity, OpenFile, read_exactly};

/// How long a stamp is.
const STAMP: usize = 104;
const SUM: usize = 8;

/// The ledger as it was when it was known to go on from what was folded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    pub(super) length: u64,
    pub(super) entries: Seq,
    pub(super) head: Digest,
    identity: Identity,
    modified: FileTime,
    changed: FileTime,
}

impl Stamp {
    pub(super) fn of(state: &FileState, entries: Seq, head: Digest) -> Self {
        Stamp {
            length: state.length,
            entries,
            head,
            identity: state.identity,
            modified: state.modified,
            changed: state.changed,
        }
    }

    /// Whether the ledger is still in the state that this was made of.
    pub(super) fn is_of(&self, state: &FileState) -> bool {
        *self == Stamp::of(state, self.entries, self.head)
    }

    pub(super) fn bytes(&self, generation: u64) -> Vec<u8> {
        let ((modified, modified_nanos), (changed, changed_nanos)) = (self.modified, self.changed);
        let mut bytes = Vec::with_capacity(STAMP);
        for number in [
            self.length,
            self.entries,
            self.identity.device,
            self.identity.inode,
            modified.cast_unsigned(),
            u64::from(modified_nanos),
            changed.cast_unsigned(),
            u64::from(changed_nanos),
        ] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&self.head.0);
        let sum = sum_beside(generation, &bytes);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// The last stamp behind the pages, which end here; none where it was not written whole.
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
        let number = |place: usize| Some(u64::from_be_bytes(held.get(place * 8..place * 8 + 8)?.try_into().ok()?));
        let time = |place| Some((number(place)?.cast_signed(), u32::try_from(number(place + 1)?).ok()?));
        Some(Stamp {
            length: number(0)?,
            entries: number(1)?,
            head: Digest(held.get(64..96)?.try_into().ok()?),
            identity: Identity { device: number(2)?, inode: number(3)? },
            modified: time(4)?,
            changed: time(6)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    #[test]
    fn the_last_stamp_counts_and_only_if_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stamps");
        fs::write(&path, "pages").unwrap();
        let file = File::open(&path).unwrap();
        let state = OpenFile::state(&file).unwrap();
        let stamps = [Stamp::of(&state, 7, Digest([1; 32])), Stamp::of(&state, 8, Digest([2; 32]))];
        let bytes = stamps.map(|stamp| stamp.bytes(3));
        assert_eq!(bytes[0].len(), STAMP);
        let last = |bytes: &[u8], generation| {
            fs::write(&path, [b"pages", bytes].concat()).unwrap();
            Stamp::last(&file, generation, 5)
        };
        assert_eq!(last(b"", 3), None);
        assert_eq!(last(&bytes[0], 3), Some(stamps[0]));
        assert_eq!(last(&bytes.concat(), 3), Some(stamps[1]));
        assert_eq!(last(&bytes.concat(), 4), None, "of another cache");
        assert_eq!(last(&bytes.concat()[..STAMP + 50], 3), None, "torn");
        for place in 0..STAMP {
            let mut damaged = bytes[1].clone();
            damaged[place] ^= 1;
            assert_eq!(last(&damaged, 3), None, "byte {place}");
        }
    }

    #[test]
    fn a_stamp_is_of_one_state_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        fs::write(&path, "x").unwrap();
        let state = OpenFile::state(&File::open(&path).unwrap()).unwrap();
        let stamp = Stamp::of(&state, 1, Digest([1; 32]));
        assert!(stamp.is_of(&state));
        let other = |change: fn(&mut FileState)| {
            let mut state = state.clone();
            change(&mut state);
            stamp.is_of(&state)
        };
        assert!(!other(|state| state.length += 1));
        assert!(!other(|state| state.identity.inode += 1));
        assert!(!other(|state| state.identity.device += 1));
        assert!(!other(|state| state.modified.1 += 1));
        assert!(!other(|state| state.modified.0 += 1));
        assert!(!other(|state| state.changed.1 += 1));
        assert!(!other(|state| state.changed.0 += 1));
    }
}
