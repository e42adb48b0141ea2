//! A line: two readers, one truth, one spelling.

#![no_main]

use exquota::store::record::{read_line, read_line_slowly, write_line};
use libfuzzer_sys::fuzz_target;

#[path = "shared/shown.rs"]
mod shown;

fuzz_target!(|data: &[u8]| {
    let (read, slowly) = (read_line(data, 7), read_line_slowly(data, 7));
    assert_eq!(read, slowly, "the two readers agree");
    match read {
        Ok(record) => {
            assert_eq!(write_line(&record.prev, &record.entry), data, "one entry, one spelling");
            let what = exquota::report::entries::summary(&record.entry.event);
            shown::is_safe(&exquota::report::clean::clean(&what));
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "not valid, and nobody says why");
            for fault in faults {
                assert_eq!(fault.line, Some(7));
                assert!(fault.column.is_none_or(|column| column >= 1 && column <= data.len() as u64 + 1));
                let span = fault.span.unwrap_or_default();
                assert!(span.start <= span.end && span.end <= data.len(), "{span:?} of {}", data.len());
            }
        }
    }
});
