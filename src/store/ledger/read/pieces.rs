//! Lines out of a stream, with no more of it in memory than a piece, or one line of the longest that may be.

use super::Torn;
use crate::domain::event::Digest;
use crate::store::record::LONGEST;
use sha2::{Digest as _, Sha256};
use std::io::{self, ErrorKind, Read};

/// How much is read at once of a whole ledger,
pub(super) const PIECE: usize = 128 * 1024;
/// and of its last few lines.
pub(super) const SMALL: usize = 16 * 1024;

/// One line, without its `\n`, and where it starts.
pub(super) enum Piece<'a> {
    Line(usize, &'a [u8]),
    /// Too long to be held; its SHA-256, as the next line has it for `prev`.
    TooLong(usize, Digest),
}

/// Finds the lines of a stream.
#[derive(Debug)]
pub(super) struct Pieces<R> {
    source: R,
    buffer: Vec<u8>,
    /// Read, and not yet given: `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Where `start` is in the stream.
    offset: usize,
    /// How much of an unfinished last line was given up.
    unheld: usize,
    at_end: bool,
    failed: Option<io::Error>,
}

impl<R: Read> Pieces<R> {
    /// Of a stream that begins at this offset of the file, read in pieces of this size.
    pub(super) fn of(source: R, offset: usize, piece: usize) -> Self {
        Pieces { source, buffer: vec![0; piece], start: 0, end: 0, offset, unheld: 0, at_end: false, failed: None }
    }

    /// The next whole line; none at the end, or where reading failed.
    #[inline]
    pub(super) fn next_line(&mut self) -> Option<Piece<'_>> {
        let mut searched = self.start;
        let end = loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[searched..self.end]) {
                break searched + found;
            }
            let unfinished = self.end - self.start;
            if unfinished > LONGEST {
                return self.too_long();
            }
            if !self.read_on() {
                return None;
            }
            searched = self.start + unfinished;
        };
        let (start, offset) = (self.start, self.offset);
        self.take(end + 1 - start);
        Some(Piece::Line(offset, &self.buffer[start..end]))
    }

    /// What stands at `start` is done with.
    fn take(&mut self, count: usize) {
        self.start += count;
        self.offset += count;
    }

    /// Reads more behind what is not yet given, which may move to the front; false at the end.
    fn read_on(&mut self) -> bool {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        while !self.at_end {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(count) => {
                    self.end += count;
                    return true;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error);
                    self.at_end = true;
                }
            }
        }
        false
    }

    /// Hashes on to the end of the line without holding it.
    fn too_long(&mut self) -> Option<Piece<'_>> {
        let offset = self.offset;
        let mut hash = Sha256::new();
        loop {
            let rest = &self.buffer[self.start..self.end];
            let length = memchr::memchr(b'\n', rest);
            hash.update(&rest[..length.unwrap_or(rest.len())]);
            if let Some(length) = length {
                self.take(length + 1);
                return Some(Piece::TooLong(offset, Digest(hash.finalize().into())));
            }
            self.take(self.end - self.start);
            if !self.read_on() {
                self.unheld = self.offset - offset;
                return None;
            }
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// The unfinished last line, once there is no next one; or why reading failed.
    pub(super) fn end(self) -> io::Result<Option<Torn>> {
        match self.failed {
            Some(error) => Err(error),
            None => {
                let length = self.unheld + self.end - self.start;
                Ok((length > 0).then_some(Torn { offset: self.offset - self.unheld, length }))
            }
        }
    }
}
