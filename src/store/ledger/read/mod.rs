//! Reads the bytes of a ledger as records in order: finds the lines, and checks their chain.

mod ahead;
mod altered;
mod pieces;
#[cfg(test)]
mod tests;

pub use ahead::{Stopped, each};

use crate::domain::event::{Digest, Entry, Event, Seq};
use crate::domain::fault::{Fault, FaultCode};
use crate::store::record::{ChainPlaces, Record, chain_places, read_line, sha256, too_long};
use altered::{Altered, is_altered};
use chrono::{DateTime, Utc};
use pieces::{PIECE, Piece, Pieces, SMALL};
use std::io::{self, Read};
use std::ops::Range;

/// A last line without `\n`. No writer acknowledges one, so it does not count: `validate` calls it a fault, and other
/// readers warn of it (D37).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Torn {
    /// The offset of its first byte in the file.
    pub offset: usize,
    /// In bytes.
    pub length: usize,
    /// The entry's number, where the line is whole but for its `\n`. It may have been acknowledged with it.
    pub entry: Option<Seq>,
}

/// One whole, good line in its right place.
#[derive(Debug)]
pub struct Line {
    /// Counts from 1, like the entry's `seq`.
    pub number: u64,
    /// The offset of its first byte in the file.
    pub offset: usize,
    /// The line's SHA-256: the next line's `prev`.
    pub digest: Digest,
    pub entry: Entry,
}

/// Gives the whole lines of a ledger in order. A bad line comes with every fault of its text and of its place.
///
/// The reader continues after a fault: it checks the next line against the line that really comes before it, and counts
/// `seq` on from the number found there (D20). So an edited line gives one fault, and a lost line gives two faults on
/// one line.
///
/// The reader holds one piece of the bytes at a time, or one line.
#[derive(Debug)]
pub struct Reader<R> {
    pieces: Pieces<R>,
    lines: u64,
    chain: Chain,
    said_empty: bool,
    altered: Altered,
}

impl<R: Read> Reader<R> {
    /// Reads from line 1. Only `end` reports an error of reading.
    pub fn new(source: R) -> Self {
        Reader {
            pieces: Pieces::of(source, 0, PIECE),
            lines: 0,
            chain: Chain::START,
            said_empty: false,
            altered: Altered::default(),
        }
    }

    /// Reads the few lines from `offset` on. `chain` is the state of the chain before them.
    pub(super) fn behind(source: R, chain: Chain, offset: usize) -> Self {
        let pieces = Pieces::of(source, offset, SMALL);
        Reader { pieces, lines: chain.seq, chain, said_empty: true, altered: Altered::default() }
    }

    /// The SHA-256 of the last line read; zeros before line 1. After the last line it is the ledger's head.
    pub fn head(&self) -> Digest {
        self.chain.head
    }

    /// The `seq` of the last line read.
    pub fn seq(&self) -> Seq {
        self.chain.seq
    }

    /// The recording time of the last line read.
    pub fn recorded_at(&self) -> Option<DateTime<Utc>> {
        self.chain.recorded_at
    }

    /// How many lines were read, good or bad.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The next line. `keep` gets its bytes, unless the line is too long to be held.
    #[inline]
    fn next_with(&mut self, keep: impl FnOnce(&[u8])) -> Option<Result<Line, Vec<Fault>>> {
        let Some(piece) = self.pieces.next_line() else {
            // A file without a whole line is no ledger. That is reported once.
            let message = "the ledger has no line; its first line must hold its policy";
            let said = std::mem::replace(&mut self.said_empty, true);
            return (self.lines == 0 && !said && !self.pieces.has_failed())
                .then(|| Err(vec![Fault::new(FaultCode::LedgerEmpty, message)]));
        };
        self.lines += 1;
        let number = self.lines;
        let (offset, followed) = match piece {
            Piece::Line(offset, bytes) => {
                keep(bytes);
                let followed = if is_altered(bytes) {
                    self.altered.follow(&mut self.chain, bytes, number)
                } else {
                    self.chain.follow(bytes, number)
                };
                (offset, followed)
            }
            Piece::TooLong(offset, digest) => (offset, self.chain.take(digest, Err(too_long(number)), number)),
        };
        Some(match followed {
            Ok(Record { entry, .. }) => Ok(Line { number, offset, digest: self.chain.head, entry }),
            Err(faults) => Err(in_file(faults, offset)),
        })
    }

    /// The summary, after the last line was read.
    pub(super) fn end(self) -> io::Result<End> {
        let Reader { pieces, lines, mut chain, altered, .. } = self;
        let head = chain.head;
        let follows = |line: &[u8]| chain.follow(line, lines + 1).ok().map(|record| record.entry.seq);
        let torn = pieces.end(follows)?.filter(|_| !altered.is_utf16());
        Ok(End { lines, head, torn })
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Line, Vec<Fault>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.next_with(|_| {})
    }
}

/// A summary of a ledger that was read to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct End {
    /// How many lines there are, good or bad.
    pub lines: u64,
    /// The SHA-256 of the last line; zeros if there is none.
    pub head: Digest,
    /// The unfinished last line, if there is one.
    pub torn: Option<Torn>,
}

/// The last whole line of a ledger's bytes, without its `\n`.
pub(super) fn last_line(bytes: &[u8]) -> Option<&[u8]> {
    let whole = &bytes[..memchr::memrchr(b'\n', bytes)?];
    Some(&whole[memchr::memrchr(b'\n', whole).map_or(0, |end| end + 1)..])
}

/// The state of the chain, against which the next line is checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    seq: Seq,
    head: Digest,
    recorded_at: Option<DateTime<Utc>>,
}

impl Chain {
    /// The state before line 1.
    pub(super) const START: Chain = Chain { seq: 0, head: Digest::ZERO, recorded_at: None };

    /// The state after this line. The lines before it are not checked.
    pub(super) fn after(line: &[u8]) -> Result<Self, Vec<Fault>> {
        let record = read_line(line, 1)?;
        Ok(Chain { seq: record.entry.seq, head: sha256(line), recorded_at: Some(record.entry.recorded_at) })
    }

    /// The state after the line with this `seq` and hash.
    pub(super) fn behind(seq: Seq, head: Digest, recorded_at: DateTime<Utc>) -> Self {
        Chain { seq, head, recorded_at: Some(recorded_at) }
    }

    /// The SHA-256 of the last line.
    pub(super) fn head(&self) -> Digest {
        self.head
    }

    /// The number of the last line.
    #[cfg(feature = "postgres")]
    pub(super) fn seq(&self) -> Seq {
        self.seq
    }

    /// Whether no line came before, good or bad. No line has a hash of zeros.
    fn is_start(&self) -> bool {
        self.head == Digest::ZERO
    }

    /// Reads and checks the next line, good or bad. `number` is its line number in the file.
    #[inline(always)]
    pub(super) fn follow(&mut self, line: &[u8], number: u64) -> Result<Record, Vec<Fault>> {
        self.take(sha256(line), read_line(line, number), number)
    }

    /// Like [`Chain::follow`], for a line that was hashed and read already.
    #[inline(always)]
    fn take(&mut self, digest: Digest, read: Result<Record, Vec<Fault>>, number: u64) -> Result<Record, Vec<Fault>> {
        let before = std::mem::replace(self, Chain { head: digest, ..*self });
        let record = match read {
            Ok(record) => record,
            Err(faults) if faults.iter().any(|fault| fault.code == FaultCode::LineBlank) => {
                // An editor put in a blank line. It is no entry: the next line still follows the last one.
                *self = before;
                return Err(faults);
            }
            Err(faults) => {
                // The line's `seq` is unknown. Assume the next number.
                self.seq = before.seq.saturating_add(1);
                return Err(faults);
            }
        };
        self.seq = record.entry.seq;
        self.recorded_at = Some(record.entry.recorded_at);
        let in_place = record.prev == before.head
            && Some(record.entry.seq) == before.seq.checked_add(1)
            && before.recorded_at.is_none_or(|last| last <= record.entry.recorded_at)
            && (!before.is_start() || matches!(record.entry.event, Event::Policy(_)));
        if in_place { Ok(record) } else { Err(before.faults(&record, number)) }
    }

    /// Every reason why this record can't follow the chain.
    #[cold]
    fn faults(&self, record: &Record, number: u64) -> Vec<Fault> {
        let entry = &record.entry;
        let ChainPlaces { seq, prev, recorded_at } = chain_places(entry.seq);
        let mut faults = Vec::new();
        let mut add = |code, place: Range<usize>, message: String| {
            let mut fault = Fault::new(code, message).line(number).column(place.start as u64 + 1);
            fault.span = Some(place);
            faults.push(fault);
        };
        if self.is_start() && !matches!(entry.event, Event::Policy(_)) {
            let message = format!("the first line must hold a policy, and it holds `{}`", entry.event.kind());
            add(FaultCode::PolicyMissing, 0..1, message);
        }
        let due = self.seq.saturating_add(1);
        if entry.seq != due {
            let message = format!("`seq` is {}; it must be {due}", entry.seq);
            add(FaultCode::SeqGap, seq, message);
        }
        if record.prev != self.head {
            let message = match self.is_start() {
                true => "`prev` of the first line must be all zeros",
                false => "`prev` is not the SHA-256 of the line before",
            };
            add(FaultCode::ChainBroken, prev, message.to_owned());
        }
        if let Some(last) = self.recorded_at.filter(|last| *last > entry.recorded_at) {
            let message =
                format!("`recorded_at` is before that of the last line, {}", last.format("%Y-%m-%dT%H:%M:%SZ"));
            add(FaultCode::TimeBack, recorded_at, message);
        }
        let joined = entry.seq < due && record.prev != self.head;
        if let Some(fault) = faults.iter_mut().find(|fault| joined && fault.code == FaultCode::SeqGap) {
            fault.help = Some(JOINED.to_owned());
        }
        faults
    }
}

/// What to do where a number comes again with another line before it.
const JOINED: &str = "if git joined two branches line by line (`merge=union`), take each out of git as it was, and join \
                      them with `exquota rebase --onto`; `exquota merge-driver --help` says how git does this itself";

/// Moves the spans of a line's faults, to count from the start of the file.
fn in_file(mut faults: Vec<Fault>, offset: usize) -> Vec<Fault> {
    for span in faults.iter_mut().filter_map(|fault| fault.span.as_mut()) {
        *span = span.start + offset..span.end + offset;
    }
    faults
}
