//! Bytes in pages. Each page is checked when it is read, so a reader can use one page without the rest and still notice
//! damage.

use crate::store::system::{OpenFile, read_exactly};
use foldhash::quality::FixedState;
use std::cell::RefCell;
use std::hash::BuildHasher;
use std::io::{self, Write};
use std::rc::Rc;

/// The size of a page in the file.
pub(super) const PAGE: usize = 4096;
/// The size of the sum at the end of a page. It is taken of all bytes before it.
const SUM: usize = 8;
/// How many bytes of content a page holds.
pub(super) const HELD: usize = PAGE - SUM;

/// The sum of a page's content, its number and its cache's generation. It shows damage; it does not stop a forger.
fn sum(generation: u64, number: u64, bytes: &[u8]) -> [u8; SUM] {
    FixedState::with_seed(generation).hash_one((number, bytes)).to_be_bytes()
}

/// Writes these parts one after the other as pages, and fills up the last page. A page of another generation never
/// passes for a page of this one.
pub(super) fn write(out: &mut dyn Write, generation: u64, parts: &[&[u8]]) -> io::Result<()> {
    let mut page = Vec::with_capacity(PAGE);
    let mut number = 0;
    let mut turn = |page: &mut Vec<u8>| {
        page.resize(HELD, 0);
        page.extend_from_slice(&sum(generation, number, page));
        number += 1;
        out.write_all(page).map(|()| page.clear())
    };
    for mut part in parts.iter().copied() {
        while !part.is_empty() {
            let (now, later) = part.split_at(part.len().min(HELD - page.len()));
            page.extend_from_slice(now);
            part = later;
            if page.len() == HELD {
                turn(&mut page)?;
            }
        }
    }
    if page.is_empty() { Ok(()) } else { turn(&mut page) }
}

/// The sum of bytes that belong to the same cache but are in no page.
pub(super) fn sum_beside(generation: u64, bytes: &[u8]) -> [u8; SUM] {
    sum(generation, u64::MAX, bytes)
}

/// Reads pages of a file on demand, and keeps the last few in memory.
#[derive(Debug)]
pub(super) struct Pages {
    file: Rc<dyn OpenFile>,
    generation: u64,
    /// Offsets count from this byte of the content.
    start: u64,
    /// A page stands at the remainder of its number by [`KEPT`].
    kept: RefCell<[Option<Kept>; KEPT]>,
}

/// How many pages are kept. To read a page again costs less than to use new memory.
const KEPT: usize = 16;

/// The number of a page, and its bytes.
type Kept = (u64, Box<[u8; PAGE]>);

impl Pages {
    /// The pages at the start of a file.
    pub(super) fn of(file: Rc<dyn OpenFile>, generation: u64) -> Self {
        Pages { file, generation, start: 0, kept: RefCell::default() }
    }

    /// Makes offsets count from `start`.
    pub(super) fn begin_at(&mut self, start: u64) {
        self.start = start;
    }

    /// Fills `into` with the content from this offset on.
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

    /// The content of the first `count` pages, from offset 0 on.
    pub(super) fn all(&self, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)?.saturating_mul(PAGE)];
        read_exactly(&*self.file, &mut bytes, 0)?;
        let mut held = Vec::with_capacity(bytes.len());
        for (number, page) in (0..).zip(bytes.chunks_exact(PAGE)) {
            held.extend_from_slice(self.sound(number, page)?);
        }
        Ok(held.split_off(usize::try_from(self.start).map_err(io::Error::other)?.min(held.len())))
    }

    fn page(&self, number: u64) -> io::Result<Box<[u8; PAGE]>> {
        let mut page = Box::new([0; PAGE]);
        read_exactly(&*self.file, &mut *page, number.saturating_mul(PAGE as u64))?;
        self.sound(number, &*page)?;
        Ok(page)
    }

    /// The content of a page, if its sum is right.
    fn sound<'p>(&self, number: u64, page: &'p [u8]) -> io::Result<&'p [u8]> {
        let (held, found) = page.split_at(HELD);
        if sum(self.generation, number, held) == found { Ok(held) } else { Err(io::Error::other("a page is damaged")) }
    }
}

#[cfg(test)]
mod tests;
