//! Reads a ledger file. Its faults must lie within it. Without faults, every fold must give the same result, at once or
//! line by line.

#![no_main]

use exquota::domain::book::Book;
use exquota::domain::event::{Digest, Event};
use exquota::store::ledger::read::Reader;
use exquota::store::record::{read_line, write_line};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

/// The target folds at most so many lines, because many short ledgers find more than one long one.
const MOST: usize = 60;

fuzz_target!(|data: &[u8]| {
    if let Some(book) = read(data) {
        drop(book);
    }
    let mended = chained(data);
    if mended.is_empty() {
        return;
    }
    let book = read(&mended).expect("chained lines have no fault");
    let again = read(&mended).expect("chained lines have no fault the second time");
    assert_eq!(format!("{:?}", book.findings()), format!("{:?}", again.findings()), "two folds must be the same");
    one_by_one(&mended, &book);
});

/// The fold of a file without faults, else `None`. Checks that each fault lies within the file.
fn read(bytes: &[u8]) -> Option<Book> {
    let mut reader = Reader::new(bytes);
    let (mut book, mut whole, mut faulty): (Option<Book>, Vec<u8>, bool) = (None, Vec::new(), false);
    for line in &mut reader {
        match line {
            Ok(line) => {
                let written = write_line(&line.record.prev, &line.record.entry);
                assert_eq!(written, line.bytes, "an entry must have only one spelling");
                whole.extend_from_slice(&written);
                whole.push(b'\n');
                match &mut book {
                    _ if faulty => {}
                    // A sum beyond the limit of the machine is an error and does not wrap.
                    Some(book) => book.record(line.record.entry).ok()?,
                    None => book = Some(Book::begin(line.record.entry).expect("line 1 adopts a policy")),
                }
            }
            Err(faults) => {
                assert!(!faults.is_empty(), "the line is not valid, but has no fault");
                faulty = true;
                for fault in faults {
                    let span = fault.span.unwrap_or_default();
                    assert!(span.start <= span.end && span.end <= bytes.len(), "{span:?} of {}", bytes.len());
                }
            }
        }
    }
    let torn = reader.torn().map_or(0, |torn| torn.length);
    if !faulty {
        assert_eq!(whole.len() + torn, bytes.len(), "every byte must be in a line or in the torn tail");
        assert!(bytes.starts_with(&whole));
    }
    book.filter(|_| !faulty)
}

/// The readable lines from the first policy on, numbered and chained again from 1. Empty without a policy.
fn chained(data: &[u8]) -> Vec<u8> {
    let (mut bytes, mut head, mut seq, mut last) = (Vec::new(), Digest::ZERO, 0, None);
    for line in data.split(|byte| *byte == b'\n').take(MOST) {
        let Ok(mut record) = read_line(line, 1) else { continue };
        if seq == 0 && !matches!(record.entry.event, Event::Policy(_)) {
            continue;
        }
        seq += 1;
        record.entry.seq = seq;
        record.entry.recorded_at = last.map_or(record.entry.recorded_at, |last| record.entry.recorded_at.max(last));
        last = Some(record.entry.recorded_at);
        let written = write_line(&head, &record.entry);
        head = Digest(Sha256::digest(&written).into());
        bytes.extend_from_slice(&written);
        bytes.push(b'\n');
    }
    bytes
}

/// Checks that questions between the lines leave the fold as it was.
fn one_by_one(bytes: &[u8], whole: &Book) {
    let mut book: Option<Book> = None;
    for line in Reader::new(bytes) {
        let entry = line.expect("it was read before").record.entry;
        let date = entry.date;
        match &mut book {
            Some(book) => book.record(entry).expect("it was folded before"),
            None => book = Some(Book::begin(entry).expect("line 1 adopts a policy")),
        }
        let book = book.as_mut().expect("it has begun");
        let _ = book.as_of(date);
        let _ = book.just_after(book.next_seq() / 2);
    }
    let book = book.expect("it has begun");
    assert_eq!(format!("{:?}", book.findings()), format!("{:?}", whole.findings()), "questions must change nothing");
}
