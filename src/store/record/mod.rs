//! One line of the ledger and one entry: each has exactly one form as the other (design, section 4).
//!
//! Two readers, one truth. The fast one walks the canonical bytes and gives up on anything else; the
//! slow one reads any JSON and explains. A line is canonical if writing its entry again gives the same
//! bytes, so whatever either reader accepts has one spelling, and a hash of it means one thing.

mod explain;
mod json;
mod layout;
mod scan;
mod schema;
mod spelling;
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

/// A longer line is refused unread.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// Numbers in a line are below 2^63, as many readers of JSON can't hold more.
pub const LARGEST: u64 = i64::MAX.unsigned_abs();

/// What one line says.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The SHA-256 of the line before, without its `\n`; zeros in line 1.
    pub prev: Digest,
    /// What was recorded.
    pub entry: Entry,
}

/// What a line may be, as a JSON Schema: as far as one line alone can tell, and JSON Schema can say it.
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

/// The lines of a ledger that begins with these entries.
pub fn write_lines<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Vec<Vec<u8>> {
    let mut prev = Digest::ZERO;
    let line = |entry| {
        let line = write_line(&prev, entry);
        prev = sha256(&line);
        line
    };
    entries.into_iter().map(line).collect()
}

/// The entry of a line without its `\n`, or every fault of it; `number` is the line's, from 1.
///
/// A fault's `span` counts from the start of the line. How the line hangs together with the one before
/// it is not checked here (see [`ledger::read`](crate::store::ledger::read)).
#[inline]
pub fn read_line(line: &[u8], number: u64) -> Result<Record, Vec<Fault>> {
    match scan(line) {
        Some(record) => Ok(record),
        None => explain::read(line, number),
    }
}

/// As [`read_line`], by the reader that explains alone: for whoever tests that the two readers agree.
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

/// Where a canonical line of this `seq` has the values that chain it to the line before.
pub(in crate::store) struct ChainPlaces {
    pub(in crate::store) seq: Range<usize>,
    pub(in crate::store) prev: Range<usize>,
    pub(in crate::store) recorded_at: Range<usize>,
}

/// See [`ChainPlaces`].
pub(in crate::store) fn chain_places(seq: u64) -> ChainPlaces {
    let after = |start: usize, key: &str, value: usize| start + key.len()..start + key.len() + value;
    let seq = after(0, "{\"v\":1,\"seq\":", seq.to_string().len());
    let prev = after(seq.end, ",\"prev\":", "\"\"".len() + 2 * size_of::<Digest>());
    let recorded_at = after(prev.end, ",\"recorded_at\":", "\"2026-03-05T08:12:44Z\"".len());
    ChainPlaces { seq, prev, recorded_at }
}
