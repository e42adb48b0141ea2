//! Both readers and the writer, on arbitrary entries and on lines with arbitrary mistakes.

use super::*;
use crate::store::record::tests::arbitrary::{digest, entry};
use proptest::prelude::*;

/// A line with some of its bytes changed, removed, doubled or put in.
fn mutate(line: &[u8], edits: &[(usize, u8, u8)]) -> Vec<u8> {
    const TELLING: &[u8] = b"\"\\{}[]:, 0123456789.-eunlx\n\r\t/\x80\xe2";
    let mut line = line.to_vec();
    for &(at, how, byte) in edits {
        let at = at % (line.len() + 1);
        let byte = TELLING[usize::from(byte) % TELLING.len()];
        match how % 4 {
            0 => line.insert(at, byte),
            1 if at < line.len() => line[at] = byte,
            2 if at < line.len() => {
                line.remove(at);
            }
            _ => {
                let piece = line[at..(at + usize::from(how)).min(line.len())].to_vec();
                line.splice(at..at, piece);
            }
        }
    }
    line
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_is_read_by_both(prev in digest(), entry in entry()) {
        let line = write_line(&prev, &entry);
        let record = Record { prev, entry };
        prop_assert_eq!(slow(&line), Ok(record.clone()));
        prop_assert_eq!(scan(&line), Some(record));
        let json: Json = serde_json::from_slice(&line).unwrap();
        // serde_json writes the same bytes: the line's escapes are its escapes.
        prop_assert_eq!(json.to_string().into_bytes(), line);
    }

    #[test]
    fn the_fast_reader_takes_nothing_that_the_slow_one_refuses(
        prev in digest(),
        entry in entry(),
        edits in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..4),
    ) {
        let line = mutate(&write_line(&prev, &entry), &edits);
        let slow = slow(&line);
        match scan(&line) {
            Some(record) => prop_assert_eq!(Ok(record), slow),
            None => prop_assert!(slow.is_err(), "the fast reader takes every good line"),
        }
        for fault in read_line(&line, 1).err().unwrap_or_default() {
            let column = fault.column.unwrap_or(1);
            prop_assert!(column >= 1 && column <= line.len() as u64 + 1);
            if let (Some(span), Ok(text)) = (&fault.span, std::str::from_utf8(&line)) {
                prop_assert!(text.get(span.clone()).is_some(), "a span is on character boundaries");
            }
            prop_assert!(!fault.message.contains(text::is_forbidden));
        }
    }

    #[test]
    fn the_slow_readers_json_is_serde_jsons(
        entry in entry(),
        edits in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..4),
    ) {
        let line = mutate(&write_line(&Digest::ZERO, &entry), &edits);
        if let Ok(text) = std::str::from_utf8(&line) {
            // `IgnoredAny` skips surrogates and the size of numbers; a `Value` holds both.
            let theirs: Result<Json, _> = serde_json::from_str(text);
            match (json::parse(text), theirs) {
                (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("out of range"), "{error}"),
                (Err(error), Ok(_)) => prop_assert!(false, "only ours refuses: {error:?}"),
                _ => {}
            }
        }
    }

    #[test]
    fn the_writer_escapes_as_serde_json_does(text in any::<String>()) {
        let mut out = Vec::new();
        value::write_text(&text, &mut out);
        prop_assert_eq!(String::from_utf8(out).unwrap(), Json::from(text).to_string());
    }
}
