//! Reads and checks a ledger's lines without the program: JSON objects, numbered from 1, each with the SHA-256 of the
//! line before.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The contents of a ledger file.
pub(crate) struct Lines {
    pub(crate) entries: Vec<Value>,
    /// The bytes after the last `\n`.
    pub(crate) torn: Vec<u8>,
}

impl Lines {
    /// Fails on any whole line that is not good.
    pub(crate) fn of(bytes: &[u8]) -> Lines {
        let whole = whole(bytes);
        let mut entries: Vec<Value> = Vec::new();
        let mut prev = "0".repeat(64);
        for line in whole.split_inclusive(|byte| *byte == b'\n').map(|line| &line[..line.len() - 1]) {
            let told = String::from_utf8_lossy(line);
            let entry: Value = serde_json::from_slice(line).unwrap_or_else(|error| panic!("{error}: {told}"));
            assert_eq!(entry["seq"], entries.len() + 1, "{told}");
            assert_eq!(entry["prev"], prev, "{told}");
            prev = Sha256::digest(line).iter().map(|byte| format!("{byte:02x}")).collect();
            entries.push(entry);
        }
        Lines { entries, torn: bytes[whole.len()..].to_vec() }
    }

    /// The number of every approval, shipment and return, in order.
    pub(crate) fn numbers(&self) -> Vec<&str> {
        self.entries
            .iter()
            .filter_map(|entry| {
                let (kind, event) = entry["event"].as_object().unwrap().iter().next().unwrap();
                let key = if kind == "approval" { "licence" } else { "reference" };
                event[key].as_str()
            })
            .collect()
    }

    /// How often a number is there.
    pub(crate) fn count(&self, number: &str) -> usize {
        self.numbers().iter().filter(|found| **found == number).count()
    }

    /// Checks that each of these numbers is there exactly once.
    pub(crate) fn have_once<S: AsRef<str>>(&self, numbers: &[S]) {
        let found = self.numbers();
        for number in numbers {
            let times = found.iter().filter(|found| **found == number.as_ref()).count();
            assert_eq!(times, 1, "`{}` among {found:?}", number.as_ref());
        }
    }
}

/// The bytes up to and with the last `\n`.
pub(crate) fn whole(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    &bytes[..end]
}
