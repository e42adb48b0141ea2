//! Checkpoints, proofs and keys, for an outsider who has neither the ledger nor this program.
//!
//! All formats here are public standards, so that other programs can check the proofs:
//!
//! - The **tree** is the Merkle tree of RFC 6962 ([`tree`]). Its leaves are the exact bytes of the ledger's whole
//!   lines, each without its `\n`: a leaf's hash is `SHA-256(0x00 || line)`. An unfinished last line is no leaf.
//! - A **checkpoint** (C2SP tlog-checkpoint) holds an origin, the number of leaves and the root. It is a signed note
//!   with an Ed25519 signature ([`note`], [`checkpoint`]).
//! - A proof that an **entry** is in the tree is a C2SP tlog-proof; its `extra` is the line ([`tlog_proof`]).
//! - A proof that a **later** tree only adds to an earlier one has no file format in C2SP. This program writes the body
//!   of tlog-witness's `add-checkpoint` request: `old SIZE`, the hashes, an empty line, the later checkpoint.
//! - **Keys** have the format of Go's `sumdb/note`. They are in files of their own, never in a ledger ([`key`]).
//!
//! Hashes of the tree have another type than hashes of the line chain, so no code can mix them up. Only [`mod@file`]
//! touches files; all other modules turn bytes into bytes.

pub mod checkpoint;
pub mod file;
pub mod key;
pub mod note;
pub mod tlog_proof;
pub mod tree;

#[cfg(test)]
mod tests;

use crate::domain::fault::{Fault, FaultCode};
use crate::store::record::{TextFault, TextRule};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Base64 of RFC 4648, section 4: with padding, and with one spelling for each value.
fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A file's bytes as text for proofs: UTF-8, and no line with a character that controls a terminal. Signed notes forbid
/// ASCII control characters. This program also forbids the other control characters and bidi controls, as in a ledger.
pub fn text(bytes: &[u8]) -> Result<&str, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        Fault::new(FaultCode::NotUtf8, "the text is not UTF-8").line(line)
    })?;
    for (number, line) in (1..).zip(text.split('\n')) {
        if let Err(fault @ TextFault::Forbidden(_)) = TextRule::Long.check(line) {
            return Err(Fault::new(FaultCode::ControlCharacter, format!("the line {fault}"))
                .line(number)
                .help("use the original file; its lines end with `\\n` alone"));
        }
    }
    Ok(text)
}

/// A fault of a line. Lines count from 1.
fn wrong(line: u64, message: impl Into<String>) -> Fault {
    Fault::new(FaultCode::FieldInvalid, message).line(line)
}

/// Reads a decimal number without leading zeros, below 2^63 as in Go.
fn decimal(text: &str) -> Option<u64> {
    let number = text.parse().ok().filter(|number: &u64| number.to_string() == text);
    number.filter(|number| *number <= i64::MAX.unsigned_abs())
}
