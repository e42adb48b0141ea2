//! Bytes in pages that are each checked when they are read: a part can be used without the rest, and no damage to it
//! goes unnoticed.

use crate::store::system::{OpenFile, read_exactly};
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
mod tests;
