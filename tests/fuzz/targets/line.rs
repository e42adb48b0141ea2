//! Reads a line with both readers, which must agree. A line that is read must be written back to the same bytes.

#![no_main]

use exquota::store::record::{read_line, read_line_slowly, write_line};
use libfuzzer_sys::fuzz_target;

#[path = "shared/shown.rs"]
mod shown;

fuzz_target!(|data: &[u8]| {
    let (read, slowly) = (read_line(data, 7), read_line_slowly(data, 7));
    assert_eq!(read, slowly, "the two readers must agree");
    match read {
        Ok(record) => {
            assert_eq!(write_line(&record.prev, &record.entry), data, "an entry must have only one spelling");
            let what = exquota::report::entries::summary(&record.entry.event);
            shown::is_safe(&exquota::report::clean::clean(&what));
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "the line is not valid, but has no fault");
            for fault in faults {
                assert_eq!(fault.line, Some(7));
                assert!(fault.column.is_none_or(|column| column >= 1 && column <= data.len() as u64 + 1));
                let span = fault.span.unwrap_or_default();
                assert!(span.start <= span.end && span.end <= data.len(), "{span:?} of {}", data.len());
            }
        }
    }
});
