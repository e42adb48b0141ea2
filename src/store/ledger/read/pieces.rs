//! Finds the lines of a stream. It holds one piece of the stream in memory, or one line of the greatest length allowed.

use super::Torn;
use crate::domain::event::{Digest, Seq};
use crate::store::record::LONGEST;
use sha2::{Digest as _, Sha256};
use std::io::{self, ErrorKind, Read};

/// The size in bytes of one read of a whole ledger.
pub(super) const PIECE: usize = 128 * 1024;
/// The size in bytes of one read of a ledger's last few lines.
pub(super) const SMALL: usize = 16 * 1024;

/// One line, without its `\n`, after the offset at which it starts.
pub(super) enum Piece<'a> {
    Line(usize, &'a [u8]),
    /// A line that is too long to be held, with its SHA-256: the next line's `prev`.
    TooLong(usize, Digest),
}

/// Finds the lines of a stream.
#[derive(Debug)]
pub(super) struct Pieces<R> {
    source: R,
    buffer: Vec<u8>,
    /// `buffer[start..end]` was read and not yet handed on.
    start: usize,
    end: usize,
    /// The offset of `start` in the file.
    offset: usize,
    /// How many bytes of an unfinished last line were dropped, because it is too long.
    unheld: usize,
    at_end: bool,
    failed: Option<io::Error>,
}

impl<R: Read> Pieces<R> {
    /// Reads a stream that begins at this offset of the file, in pieces of this size.
    pub(super) fn of(source: R, offset: usize, piece: usize) -> Self {
        Pieces { source, buffer: vec![0; piece], start: 0, end: 0, offset, unheld: 0, at_end: false, failed: None }
    }

    /// The next whole line. None at the end, or if reading failed.
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

    /// Moves past `count` bytes.
    fn take(&mut self, count: usize) {
        self.start += count;
        self.offset += count;
    }

    /// Reads more bytes after those not yet handed on, and may move them to the front. False at the end.
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

    /// Hashes the line to its end without holding it.
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

    /// The unfinished last line, or the error of reading. To be called once there is no next line. `entry` finds the
    /// number of the entry in such a line.
    pub(super) fn end(self, entry: impl FnOnce(&[u8]) -> Option<Seq>) -> io::Result<Option<Torn>> {
        match self.failed {
            Some(error) => Err(error),
            None => {
                let length = self.unheld + self.end - self.start;
                let held = self.buffer.get(self.start..self.end).filter(|_| self.unheld == 0).unwrap_or_default();
                Ok((length > 0).then(|| Torn { offset: self.offset - self.unheld, length, entry: entry(held) }))
            }
        }
    }
}
