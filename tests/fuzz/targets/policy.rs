//! Reads a policy. It must be valid, or have faults that lie within it and can be printed.

#![no_main]

use chrono::NaiveDate;
use exquota::domain::event::{Adoption, Digest, Entry, Event};
use exquota::domain::text::Text;
use exquota::report::diagnostic::render;
use exquota::store::policy::{key_place, read_policy};
use exquota::store::record::{read_line, write_line};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

#[path = "shared/shown.rs"]
mod shown;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    match read_policy(data) {
        Ok(policy) => {
            for ceiling in &policy.ceilings {
                let place = key_place(&text, &format!("ceilings.{}.limit", ceiling.name.as_str()));
                assert!(place.is_none_or(|place| text.lines().count() as u64 >= place.line));
            }
            adopted(data, &text, policy);
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "the policy is not valid, but has no fault");
            for fault in &faults {
                assert!(!fault.message.is_empty());
                let Some(span) = fault.span.clone() else { continue };
                assert!(span.start <= span.end && span.end <= data.len(), "{span:?} of {}", data.len());
                assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{span:?}");
                let line = data[..span.start].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
                assert_eq!(fault.line, Some(line), "{}", fault.message);
            }
            shown::is_safe(&render("policy.toml", &text, &faults[..faults.len().min(3)], false));
        }
    }
});

/// Checks that a ledger line takes a valid policy, and gives it back.
fn adopted(data: &[u8], text: &str, policy: exquota::domain::policy::Policy) {
    let digest = Digest(Sha256::digest(data).into());
    let day = NaiveDate::from_ymd_opt(2026, 3, 3).expect("a day");
    let event = Event::Policy(Adoption { digest, source: Arc::from(text), policy: Arc::new(policy) });
    let recorded_at = day.and_hms_opt(8, 0, 0).expect("a time").and_utc();
    let entry = Entry { seq: 1, recorded_at, recorded_by: Text::new("a"), date: day, despite: None, event };
    let line = write_line(&Digest::ZERO, &entry);
    let read = read_line(&line, 1).expect("a line takes a valid policy");
    assert_eq!(read.entry, entry);
    shown::is_safe(&exquota::report::Document::text(&exquota::report::policies::PolicyShown {
        adoption: match entry.event {
            Event::Policy(adoption) => adoption,
            _ => unreachable!(),
        },
    }));
}
