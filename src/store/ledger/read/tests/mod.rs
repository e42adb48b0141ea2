//! Reads ledgers that were edited, cut and torn.

mod streams;

use super::*;
use crate::domain::event::Void;
use crate::domain::text::Text;
use crate::store::record::tests::arbitrary::{POLICY, adoption};
use crate::store::record::write_line;
use proptest::prelude::*;

/// The lines of a good ledger, without `\n`, recorded one second apart.
fn lines(count: u64) -> Vec<Vec<u8>> {
    chained((1..=count).map(|seq| (seq, i64::try_from(seq).unwrap())))
}

/// Lines of these `seq`s and times, chained to each other.
fn chained(entries: impl IntoIterator<Item = (u64, i64)>) -> Vec<Vec<u8>> {
    let mut prev = Digest::ZERO;
    let line = |(seq, second)| {
        let recorded_at = DateTime::from_timestamp(1_772_000_000 + second, 0).unwrap();
        let (recorded_by, date) = (Text::new("a"), recorded_at.date_naive());
        let event = match prev {
            Digest::ZERO => Event::Policy(adoption(POLICY)),
            _ => Event::Void(Void { entry: 1, reason: Text::new("typo") }),
        };
        let entry = Entry { seq, recorded_at, recorded_by, date, despite: None, event };
        let line = write_line(&prev, &entry);
        prev = sha256(&line);
        line
    };
    entries.into_iter().map(line).collect()
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect()
}

/// Code, line and column of every fault.
fn faults(bytes: &[u8]) -> Vec<(&'static str, u64, u64)> {
    let all = Reader::new(bytes).filter_map(Result::err).flatten();
    all.map(|fault| (fault.code.as_str(), fault.line.unwrap_or(0), fault.column.unwrap_or(0))).collect()
}

fn replace(line: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(line.clone()).unwrap();
    assert!(text.contains(from));
    *line = text.replacen(from, to, 1).into_bytes();
}

const SEQ: u64 = 14;
const PREV: u64 = 23;
const TIME: u64 = 104;

#[test]
fn a_good_ledger_is_read_in_order() {
    let lines = lines(12);
    let bytes = joined(&lines);
    let mut reader = Reader::new(&*bytes);
    let mut offset = 0;
    for (read, line) in reader.by_ref().zip(&lines) {
        let read = read.unwrap();
        assert_eq!(read.offset, offset);
        assert_eq!(read.digest, sha256(line));
        assert_eq!(read.number, read.entry.seq);
        offset += line.len() + 1;
    }
    assert!(reader.next().is_none());
    assert_eq!((reader.lines(), reader.seq()), (12, 12));
    assert_eq!(reader.head(), sha256(&lines[11]));
    assert_eq!(reader.recorded_at(), DateTime::from_timestamp(1_772_000_012, 0));
    assert_eq!(reader.end().unwrap().torn, None);
}

#[test]
fn d20_an_edited_line_is_one_fault() {
    let mut lines = lines(5);
    replace(&mut lines[2], "typo", "typos");
    assert_eq!(faults(&joined(&lines)), [("chain-broken", 4, PREV)]);
}

#[test]
fn d20_a_lost_line_is_two_faults_on_one_line() {
    let mut lines = lines(12);
    lines.remove(3);
    assert_eq!(faults(&joined(&lines)), [("seq-gap", 4, SEQ), ("chain-broken", 4, PREV)]);
    let mut lines = self::lines(12);
    lines.remove(9);
    assert_eq!(faults(&joined(&lines)), [("seq-gap", 10, SEQ), ("chain-broken", 10, PREV + 1)]);
    let mut lines = self::lines(4);
    lines.pop();
    assert_eq!(faults(&joined(&lines)), [], "only a head that was kept elsewhere can tell");
}

#[test]
fn d20_after_a_fault_the_chain_goes_on_from_the_line_found() {
    let edited = chained([(1, 1), (2, 2), (7, 3), (8, 4)]);
    assert_eq!(faults(&joined(&edited)), [("seq-gap", 3, SEQ)]);
    let swapped = {
        let mut lines = lines(5);
        lines.swap(2, 3);
        lines
    };
    let found: Vec<_> = faults(&joined(&swapped)).iter().map(|fault| (fault.0, fault.1)).collect();
    assert_eq!(
        found,
        [
            ("seq-gap", 3),
            ("chain-broken", 3),
            ("seq-gap", 4),
            ("chain-broken", 4),
            ("time-back", 4),
            ("seq-gap", 5),
            ("chain-broken", 5)
        ]
    );
}

#[test]
fn a_line_that_cant_be_read_takes_its_place_in_the_chain() {
    let mut lines = lines(4);
    let mut hash_of_bad = lines.clone();
    lines[1] = b"garbage".to_vec();
    assert_eq!(faults(&joined(&lines)), [("not-json", 2, 1), ("chain-broken", 3, PREV)]);
    // A next line that is chained to these bytes is good.
    hash_of_bad[1] = b"garbage".to_vec();
    let real = sha256(b"garbage").to_string();
    let due = sha256(&self::lines(4)[1]).to_string();
    replace(&mut hash_of_bad[2], &due, &real);
    assert_eq!(faults(&joined(&hash_of_bad)), [("not-json", 2, 1), ("chain-broken", 4, PREV)]);
}

#[test]
fn a_blank_line_is_one_fault() {
    for at in 1..=4 {
        let mut lines = lines(4);
        lines.insert(at, vec![]);
        assert_eq!(faults(&joined(&lines)), [("line-blank", at as u64 + 1, 0)]);
    }
    let bytes = [b"\n".to_vec(), joined(&lines(2))].concat();
    assert_eq!(faults(&bytes), [("line-blank", 1, 0)]);
    let void_first = [b"\n".to_vec(), joined(&lines(2)[1..])].concat();
    assert!(faults(&void_first).contains(&("policy-missing", 2, 1)));
}

#[test]
fn time_never_goes_back_but_may_stand_still() {
    assert_eq!(faults(&joined(&chained([(1, 5), (2, 5), (3, 6)]))), []);
    let back = chained([(1, 5), (2, 4), (3, 4), (4, 5)]);
    assert_eq!(faults(&joined(&back)), [("time-back", 2, TIME)]);
}

#[test]
fn line_1_must_be_a_policy_chained_to_zeros() {
    let lines = lines(2);
    let mut first = lines.clone();
    replace(&mut first[0], &Digest::ZERO.to_string(), &sha256(b"x").to_string());
    assert_eq!(faults(&joined(&first[..1])), [("chain-broken", 1, PREV)]);
    assert_eq!(
        faults(&joined(&lines[1..])),
        [("policy-missing", 1, 1), ("seq-gap", 1, SEQ), ("chain-broken", 1, PREV)]
    );
}

#[test]
fn a_ledger_must_have_a_line() {
    for bytes in ["", "{\"v\":1"] {
        let mut reader = Reader::new(bytes.as_bytes());
        let faults = reader.next().unwrap().unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].code, faults[0].line), (FaultCode::LedgerEmpty, None));
        assert!(reader.next().is_none(), "said once");
    }
}

/// The offset and length of the bytes behind the last line end, if there are any.
fn torn(bytes: &[u8]) -> Option<(usize, usize)> {
    let offset = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    (offset < bytes.len()).then_some((offset, bytes.len() - offset))
}

fn place(torn: Torn) -> (usize, usize) {
    (torn.offset, torn.length)
}

#[test]
fn an_unfinished_last_line_is_told_from_a_whole_one_without_its_end() {
    let (whole, four) = (joined(&lines(3)), lines(4));
    let mut other = four[3].clone();
    replace(&mut other, "\"seq\":4", "\"seq\":5");
    for (tail, entry) in
        [(&b"{"[..], None), (b"\0\0\0", None), (b"{\"v\":1}", None), (&four[3], Some(4)), (&other, None)]
    {
        let bytes = [&whole, tail].concat();
        assert_eq!(faults(&bytes), []);
        let mut reader = Reader::new(&*bytes);
        assert_eq!(reader.by_ref().count(), 3);
        let end = reader.end().unwrap();
        assert_eq!(end.torn, Some(Torn { offset: whole.len(), length: tail.len(), entry }));
        assert_eq!(end.head, sha256(&lines(3)[2]), "the head is of the last whole line");
    }
}

#[test]
fn spans_count_from_the_start_of_the_file() {
    let mut lines = lines(3);
    replace(&mut lines[1], "\"entry\":1", "\"entry\":-1");
    let bytes = joined(&lines);
    let fault = Reader::new(&*bytes).find_map(Result::err).unwrap().remove(0);
    assert_eq!(&bytes[fault.span.unwrap()], b"-1");
}

#[test]
fn the_last_whole_line_is_found() {
    assert_eq!(last_line(b""), None);
    assert_eq!(last_line(b"torn"), None);
    assert_eq!(last_line(b"a\n"), Some(&b"a"[..]));
    assert_eq!(last_line(b"a\nbc\ntorn"), Some(&b"bc"[..]));
    assert_eq!(last_line(b"a\n\n"), Some(&b""[..]));
}

proptest! {
    /// The chain's promise: anyone with the head notices the change of any single byte.
    #[test]
    fn no_byte_can_change_unnoticed(at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let mut bytes = joined(&lines(4));
        let head = sha256(&lines(4)[3]);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let mut reader = Reader::new(&*bytes);
        let faults = reader.by_ref().filter_map(Result::err).count();
        let end = reader.end().unwrap();
        prop_assert!(faults > 0 || end.head != head || end.torn.is_some());
    }

    #[test]
    fn nothing_in_a_file_stops_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let whole = bytes.iter().filter(|byte| **byte == b'\n').count();
        prop_assert_eq!(Reader::new(&*bytes).count(), whole.max(1));
    }
}

#[test]
fn lines_of_one_second_are_in_order() {
    assert_eq!(faults(&joined(&chained([(1, 1), (2, 1), (3, 1)]))), []);
    assert_eq!(faults(&joined(&chained([(1, 1), (2, 1), (4, 1)]))), [("seq-gap", 3, SEQ)]);
}
