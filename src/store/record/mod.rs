//! Reads and writes lines of the ledger. A line has exactly one entry, and an entry exactly one line (design, section
//! 4).
//!
//! There are two readers. The fast reader walks the canonical bytes and gives up on anything else. The slow reader
//! reads any JSON and finds every fault. A line is *canonical* if writing its entry again gives the same bytes. Both
//! readers accept only canonical lines, so an entry has one spelling and one hash.

mod explain;
mod json;
mod layout;
mod scan;
mod schema;
pub mod spelling;
mod text;
mod value;

#[cfg(test)]
pub(crate) mod tests;

use crate::domain::event::{Digest, Entry};
use crate::domain::fault::Fault;
use std::ops::Range;

pub(in crate::store) use explain::too_long;
pub(in crate::store) use layout::sha256;
pub use text::{LONG, SHORT, TextFault, TextRule};

/// The version every line names.
const VERSION: u64 = 1;

/// The longest line in bytes. A longer line is refused unread.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// The largest number in a line, 2^63 - 1: many JSON readers can't hold more.
pub const LARGEST: u64 = i64::MAX.unsigned_abs();

/// The content of one line.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The SHA-256 of the line before, without its `\n`; zeros in line 1.
    pub prev: Digest,
    pub entry: Entry,
}

/// The JSON Schema of a line. It holds the rules for a single line that JSON Schema can express.
pub fn line_schema() -> serde_json::Value {
    let mut schema = layout::record_schema();
    schema["description"] = "A line of the ledger: one entry, with its place in the chain.".into();
    schema
}

/// The line's canonical bytes, without `\n`.
pub fn write_line(prev: &Digest, entry: &Entry) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    layout::write_record(prev, entry, &mut out);
    out
}

/// The lines of a new ledger with these entries.
pub fn write_lines<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Vec<Vec<u8>> {
    let mut prev = Digest::ZERO;
    let line = |entry| {
        let line = write_line(&prev, entry);
        prev = sha256(&line);
        line
    };
    entries.into_iter().map(line).collect()
}

/// Reads a line without its `\n`, and gives its entry or every fault. `number` is the line's number, from 1.
///
/// A fault's `span` counts from the start of the line. [`ledger::read`](crate::store::ledger::read) checks the chain
/// from line to line.
#[inline]
pub fn read_line(line: &[u8], number: u64) -> Result<Record, Vec<Fault>> {
    match scan(line) {
        Some(record) => Ok(record),
        None => explain::read(line, number),
    }
}

/// Like [`read_line`], with the slow reader only. Tests use it to check that the two readers agree.
///
/// # Errors
/// Every fault of the line; never an empty list.
pub fn read_line_slowly(line: &[u8], number: u64) -> Result<Record, Vec<Fault>> {
    explain::read(line, number)
}

#[inline(always)]
fn scan(line: &[u8]) -> Option<Record> {
    if line.len() > LONGEST {
        return None;
    }
    layout::scan_record(std::str::from_utf8(line).ok()?)
}

/// The places, in a canonical line, of the values that chain it to the line before.
pub(in crate::store) struct ChainPlaces {
    pub(in crate::store) seq: Range<usize>,
    pub(in crate::store) prev: Range<usize>,
    pub(in crate::store) recorded_at: Range<usize>,
}

/// The [`ChainPlaces`] of a line with this `seq`.
pub(in crate::store) fn chain_places(seq: u64) -> ChainPlaces {
    let after = |start: usize, key: &str, value: usize| start + key.len()..start + key.len() + value;
    let seq = after(0, "{\"v\":1,\"seq\":", seq.to_string().len());
    let prev = after(seq.end, ",\"prev\":", "\"\"".len() + 2 * size_of::<Digest>());
    let recorded_at = after(prev.end, ",\"recorded_at\":", "\"2026-03-05T08:12:44Z\"".len());
    ChainPlaces { seq, prev, recorded_at }
}
