//! Bytes in pages that are each checked when they are read: a part can be used without the rest, and no damage to it
//! goes unnoticed.

use crate::store::ledger::file::{OpenFile, read_exactly};
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;

/// How much of a file a page takes.
pub(super) const PAGE: usize = 4096;
/// At its end: the sum of what stands before it.
const SUM: usize = 8;
/// How much a page holds.
pub(super) const HELD: usize = PAGE - SUM;

/// What holds a sum together: one cache, and one place in it.
fn sum(generation: u64, number: u64, bytes: &[u8]) -> [u8; SUM] {
    let mut hash = Sha256::new();
    hash.update(generation.to_le_bytes());
    hash.update(number.to_le_bytes());
    hash.update(bytes);
    let mut sum = [0; SUM];
    sum.copy_from_slice(&hash.finalize()[..SUM]);
    sum
}

/// These bytes in pages. Pages of another generation are not taken for pages of this one.
pub(super) fn paged(generation: u64, bytes: &[u8]) -> Vec<u8> {
    let mut pages = Vec::with_capacity(bytes.len().div_ceil(HELD) * PAGE);
    for (number, part) in (0..).zip(bytes.chunks(HELD)) {
        let start = pages.len();
        pages.extend_from_slice(part);
        pages.resize(start + HELD, 0);
        let sum = sum(generation, number, &pages[start..]);
        pages.extend_from_slice(&sum);
    }
    pages
}

/// The sum of what is no page, but belongs to the same cache.
pub(super) fn sum_beside(generation: u64, bytes: &[u8]) -> [u8; SUM] {
    sum(generation, u64::MAX, bytes)
}

/// Pages in a file, read when they are asked for, each once.
#[derive(Debug)]
pub(super) struct Pages {
    file: Rc<dyn OpenFile>,
    generation: u64,
    /// From where offsets count.
    start: u64,
    read: RefCell<HashMap<u64, Rc<[u8]>>>,
}

impl Pages {
    /// The pages at the start of a file.
    pub(super) fn of(file: Rc<dyn OpenFile>, generation: u64) -> Self {
        Pages { file, generation, start: 0, read: RefCell::default() }
    }

    /// From now on offsets count from here.
    pub(super) fn begin_at(&mut self, start: u64) {
        self.start = start;
    }

    /// Fills `into` from this offset of what the pages hold.
    pub(super) fn read_at(&self, offset: u64, mut into: &mut [u8]) -> io::Result<()> {
        let offset = self.start.saturating_add(offset);
        let (mut number, mut start) = (offset / HELD as u64, (offset % HELD as u64) as usize);
        while !into.is_empty() {
            let page = self.page(number)?;
            let count = into.len().min(HELD - start);
            let (part, rest) = into.split_at_mut(count);
            part.copy_from_slice(&page[start..start + count]);
            into = rest;
            (number, start) = (number + 1, 0);
        }
        Ok(())
    }

    fn page(&self, number: u64) -> io::Result<Rc<[u8]>> {
        if let Some(page) = self.read.borrow().get(&number) {
            return Ok(Rc::clone(page));
        }
        let mut bytes = [0; PAGE];
        read_exactly(&*self.file, &mut bytes, number.saturating_mul(PAGE as u64))?;
        let (held, found) = bytes.split_at(HELD);
        if sum(self.generation, number, held) != found {
            return Err(io::Error::other("a page is damaged"));
        }
        let page: Rc<[u8]> = held.into();
        self.read.borrow_mut().insert(number, Rc::clone(&page));
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    const GENERATION: u64 = 7;

    fn pages(bytes: &[u8], folder: &tempfile::TempDir) -> Pages {
        let path = folder.path().join("pages");
        fs::write(&path, bytes).unwrap();
        Pages::of(Rc::new(File::open(path).unwrap()), GENERATION)
    }

    #[test]
    fn what_went_in_comes_out_from_everywhere() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..3 * HELD + 5).map(|place| (place % 251) as u8).collect();
        let pages = pages(&paged(GENERATION, &bytes), &folder);
        for start in [0, 1, HELD - 1, HELD, 2 * HELD - 3, 3 * HELD] {
            for count in [0, 1, 4, HELD, 2 * HELD] {
                let count = count.min(bytes.len() - start);
                let mut found = vec![0; count];
                pages.read_at(start as u64, &mut found).unwrap();
                assert!(found == bytes[start..start + count], "{count} from {start}");
            }
        }
        assert!(pages.read_at(3 * HELD as u64 + 5, &mut vec![0; HELD]).is_err(), "there is no fifth page");
    }

    #[test]
    fn no_damage_goes_unnoticed() {
        let folder = tempfile::tempdir().unwrap();
        let sound = paged(GENERATION, &[1; HELD + 1]);
        let whole = |bytes: &[u8]| pages(bytes, &folder).read_at(0, &mut [0; HELD + 1]);
        assert!(whole(&sound).is_ok());
        for place in [0, 17, HELD - 1, HELD, PAGE - 1, PAGE, 2 * PAGE - 1] {
            let mut damaged = sound.clone();
            damaged[place] ^= 4;
            assert!(whole(&damaged).is_err(), "byte {place}");
        }
        assert!(whole(&sound[..2 * PAGE - 1]).is_err(), "cut off");
        let swapped = [&sound[PAGE..], &sound[..PAGE]].concat();
        assert!(whole(&swapped).is_err(), "each page has its place");
        assert!(whole(&paged(GENERATION + 1, &[1; HELD + 1])).is_err(), "pages of another cache");
    }
}
