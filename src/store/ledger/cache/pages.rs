//! Bytes in pages that are each checked when they are read: a part can be used without the rest, and no damage to it
//! goes unnoticed.

use crate::store::ledger::file::{OpenFile, read_exactly};
use foldhash::quality::FixedState;
use std::cell::RefCell;
use std::hash::BuildHasher;
use std::io::{self, Read, Write};
use std::rc::Rc;

/// How much of a file a page takes.
pub(super) const PAGE: usize = 4096;
/// At its end: the sum of what stands before it.
const SUM: usize = 8;
/// How much a page holds.
pub(super) const HELD: usize = PAGE - SUM;

/// What holds a sum together: one cache, and one place in it. It is there to notice damage; who wants to forge a cache
/// can.
fn sum(generation: u64, number: u64, bytes: &[u8]) -> [u8; SUM] {
    FixedState::with_seed(generation).hash_one((number, bytes)).to_be_bytes()
}

/// Puts what is written into pages. Pages of another generation are not taken for pages of this one.
pub(super) struct Paging<W> {
    out: W,
    generation: u64,
    number: u64,
    page: Vec<u8>,
}

impl<W: Write> Paging<W> {
    pub(super) fn new(out: W, generation: u64) -> Self {
        Paging { out, generation, number: 0, page: Vec::with_capacity(PAGE) }
    }

    /// The last page is filled up; what is written from now on is in no page.
    pub(super) fn finish(mut self) -> io::Result<W> {
        if !self.page.is_empty() {
            self.turn()?;
        }
        Ok(self.out)
    }

    /// The page ends here.
    fn turn(&mut self) -> io::Result<()> {
        self.page.resize(HELD, 0);
        self.page.extend_from_slice(&sum(self.generation, self.number, &self.page));
        self.out.write_all(&self.page)?;
        self.page.clear();
        self.number += 1;
        Ok(())
    }
}

impl<W: Write> Write for Paging<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(HELD - self.page.len());
        self.page.extend_from_slice(&bytes[..count]);
        if self.page.len() == HELD {
            self.turn()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sum of what is no page, but belongs to the same cache.
pub(super) fn sum_beside(generation: u64, bytes: &[u8]) -> [u8; SUM] {
    sum(generation, u64::MAX, bytes)
}

/// Pages in a file, read when they are asked for; the last few are kept.
#[derive(Debug)]
pub(super) struct Pages {
    file: Rc<dyn OpenFile>,
    generation: u64,
    /// From where offsets count.
    start: u64,
    /// Each where the remainder of its number says.
    kept: RefCell<[Option<Kept>; KEPT]>,
}

/// How many pages are kept. Memory that is not used yet costs more than a page that is read again.
const KEPT: usize = 16;

/// A page that was read, and its number.
type Kept = (u64, Box<[u8; PAGE]>);

impl Pages {
    /// The pages at the start of a file.
    pub(super) fn of(file: Rc<dyn OpenFile>, generation: u64) -> Self {
        Pages { file, generation, start: 0, kept: RefCell::default() }
    }

    /// From now on offsets count from here.
    pub(super) fn begin_at(&mut self, start: u64) {
        self.start = start;
    }

    /// Fills `into` from this offset of what the pages hold.
    pub(super) fn read_at(&self, offset: u64, mut into: &mut [u8]) -> io::Result<()> {
        let offset = self.start.saturating_add(offset);
        let (mut number, mut start) = (offset / HELD as u64, (offset % HELD as u64) as usize);
        let mut kept = self.kept.borrow_mut();
        while !into.is_empty() {
            let place = &mut kept[(number % KEPT as u64) as usize];
            let page = match place.take().filter(|(held, _)| *held == number) {
                Some((_, page)) => page,
                None => self.page(number)?,
            };
            let count = into.len().min(HELD - start);
            let (part, rest) = into.split_at_mut(count);
            part.copy_from_slice(&page[start..start + count]);
            *place = Some((number, page));
            into = rest;
            (number, start) = (number + 1, 0);
        }
        Ok(())
    }

    /// All that the pages hold from this offset on, of so many pages; no page is kept.
    pub(super) fn onwards(&self, offset: u64, count: u64) -> Onwards<'_> {
        let offset = self.start.saturating_add(offset);
        let (number, start) = (offset / HELD as u64, (offset % HELD as u64) as usize);
        Onwards { pages: self, number, count, skipped: start, held: Vec::new(), given: 0 }
    }

    fn page(&self, number: u64) -> io::Result<Box<[u8; PAGE]>> {
        let mut page = Box::new([0; PAGE]);
        read_exactly(&*self.file, &mut *page, number.saturating_mul(PAGE as u64))?;
        self.sound(number, &*page)?;
        Ok(page)
    }

    /// What a page holds, if it is what was written.
    fn sound<'p>(&self, number: u64, page: &'p [u8]) -> io::Result<&'p [u8]> {
        let (held, found) = page.split_at(HELD);
        if sum(self.generation, number, held) == found { Ok(held) } else { Err(io::Error::other("a page is damaged")) }
    }
}

/// See [`Pages::onwards`].
pub(super) struct Onwards<'p> {
    pages: &'p Pages,
    /// The page that is read next, of
    number: u64,
    /// so many.
    count: u64,
    /// How much of it comes before the offset.
    skipped: usize,
    /// What was read, and how much of it was given.
    held: Vec<u8>,
    given: usize,
}

impl Read for Onwards<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.held.len() {
            self.read_on()?;
        }
        let count = into.len().min(self.held.len() - self.given);
        into[..count].copy_from_slice(&self.held[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl Onwards<'_> {
    fn read_on(&mut self) -> io::Result<()> {
        const PAGES: u64 = 16;
        self.held.clear();
        let count = PAGES.min(self.count.saturating_sub(self.number)) as usize;
        let mut bytes = [0; PAGES as usize * PAGE];
        let bytes = &mut bytes[..count * PAGE];
        read_exactly(&*self.pages.file, bytes, self.number.saturating_mul(PAGE as u64))?;
        for page in bytes.chunks_exact(PAGE) {
            self.held.extend_from_slice(self.pages.sound(self.number, page)?);
            self.number += 1;
        }
        self.given = std::mem::take(&mut self.skipped).min(self.held.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    const GENERATION: u64 = 7;

    fn paged(generation: u64, bytes: &[u8]) -> Vec<u8> {
        let mut pages = Paging::new(Vec::new(), generation);
        pages.write_all(bytes).unwrap();
        pages.finish().unwrap()
    }

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
    fn what_went_in_comes_out_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..40 * HELD).map(|place| (place % 251) as u8).collect();
        let mut pages = pages(&paged(GENERATION, &bytes), &folder);
        pages.begin_at(3);
        for start in [0, 1, HELD - 4, HELD - 3, HELD, 2 * HELD + 7, 39 * HELD, 40 * HELD - 4] {
            let mut whole = Vec::new();
            pages.onwards(start as u64, 40).read_to_end(&mut whole).unwrap();
            assert!(whole == bytes[start + 3..], "{start}");
        }
        let mut some = Vec::new();
        pages.onwards(0, 17).read_to_end(&mut some).unwrap();
        assert!(some == bytes[3..17 * HELD], "the rest are no pages");
        assert!(pages.onwards(0, 41).read_to_end(&mut some).is_err(), "there is no such page");
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
            assert!(pages(&damaged, &folder).onwards(0, 2).read_to_end(&mut Vec::new()).is_err(), "byte {place}");
        }
        assert!(whole(&sound[..2 * PAGE - 1]).is_err(), "cut off");
        let swapped = [&sound[PAGE..], &sound[..PAGE]].concat();
        assert!(whole(&swapped).is_err(), "each page has its place");
        assert!(whole(&paged(GENERATION + 1, &[1; HELD + 1])).is_err(), "pages of another cache");
    }
}
