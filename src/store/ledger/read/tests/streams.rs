//! A stream gives the same lines and faults, in whatever pieces and on whatever thread it is read.

use super::*;
use crate::store::record::LONGEST;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Gives a few bytes at a time, is interrupted now and then, and fails at a given place.
struct Trickle<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
    breaks: bool,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes.next().copied().unwrap_or(1);
        if size == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        if self.bytes.is_empty() && self.breaks {
            return Err(io::Error::other("the cable"));
        }
        let count = size.min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

fn trickle<'a>(bytes: &'a [u8], sizes: &'a [usize]) -> Trickle<'a> {
    Trickle { bytes, sizes: sizes.iter().cycle(), breaks: false }
}

type Told = Vec<Result<(u64, usize, Digest, Entry), Vec<Fault>>>;

fn told(item: &Result<Line, Vec<Fault>>) -> Result<(u64, usize, Digest, Entry), Vec<Fault>> {
    item.as_ref().map(|line| (line.number, line.offset, line.digest, line.entry.clone())).map_err(Vec::clone)
}

/// The lines and faults, read from memory on this thread alone.
fn plainly(bytes: &[u8]) -> (Told, End) {
    let mut reader = Reader::new(bytes);
    let lines = reader.by_ref().map(|line| told(&line)).collect();
    (lines, reader.end().unwrap())
}

fn ahead(source: impl Read + Send) -> (Told, End) {
    let mut lines = Vec::new();
    let end = each(source, |line, bytes| {
        assert!(
            line.as_ref().is_ok_and(|line| line.digest == sha256(bytes)) || line.is_err(),
            "each has its own bytes"
        );
        lines.push(told(line));
        Ok::<(), ()>(())
    });
    (lines, end.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn pieces_and_threads_change_nothing(
        count in 1..1200u64,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        sizes in prop::collection::vec(0..70_000usize, 1..5),
    ) {
        let mut bytes = joined(&lines(count));
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        let sizes: Vec<usize> = sizes.into_iter().chain([4096]).collect();
        prop_assert_eq!(plainly(&bytes), ahead(trickle(&bytes, &sizes)));
        prop_assert_eq!(plainly(&bytes).1.torn.map(place), torn(&bytes));
    }
}

#[test]
fn a_line_too_long_is_hashed_and_not_held() {
    let good = lines(3);
    for length in [LONGEST, LONGEST + 1, LONGEST + 400_000] {
        let long = vec![b'x'; length];
        let mut third = good[2].clone();
        replace(&mut third, &sha256(&good[1]).to_string(), &sha256(&long).to_string());
        replace(&mut third, "\"seq\":3", "\"seq\":4");
        let bytes = joined(&[good[0].clone(), good[1].clone(), long, third]);
        let code = if length > LONGEST { "line-too-long" } else { "not-json" };
        let found: Vec<_> = faults(&bytes).into_iter().map(|(code, line, _)| (code, line)).collect();
        assert_eq!(found, [(code, 3)], "the chain goes on from what stands there");
        assert_eq!(ahead(trickle(&bytes, &[1 << 16])), plainly(&bytes), "however little of it comes at once");
        let unfinished = &bytes[..good[0].len() + good[1].len() + 2 + length];
        assert_eq!(plainly(unfinished).1.torn.map(place), torn(unfinished));
        assert_eq!(ahead(trickle(unfinished, &[1 << 16])).1.torn.map(place), torn(unfinished));
    }
}

#[test]
fn a_failed_read_is_not_an_end() {
    for count in [0, 1, 2000] {
        let bytes = joined(&lines(count));
        let source = Trickle { breaks: true, ..trickle(&bytes, &[8192]) };
        let stopped = each(source, |line, _| line.as_ref().map(drop).map_err(|_| ())).unwrap_err();
        assert!(matches!(stopped, Stopped::Unread(error) if error.to_string() == "the cable"));
    }
}

#[test]
fn reading_ends_when_the_consumer_stops() {
    let bytes = joined(&lines(5000));
    for wanted in [1, 300, 3000] {
        let mut taken = 0;
        let stopped = each(trickle(&bytes, &[8192]), |_, _| {
            taken += 1;
            if taken == wanted { Err("enough") } else { Ok(()) }
        });
        assert!(matches!(stopped, Err(Stopped::By("enough"))));
        assert_eq!(taken, wanted);
    }
}

#[test]
fn an_interrupted_read_goes_on() {
    let bytes = joined(&lines(40));
    for sizes in [[0, 4096], [4096, 0]] {
        assert_eq!(ahead(trickle(&bytes, &sizes)), plainly(&bytes));
    }
}

/// Records the largest buffer that a read was given.
struct Roomy<'a>(&'a [u8], &'a AtomicUsize);

impl Read for Roomy<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1.fetch_max(buffer.len(), Ordering::Relaxed);
        let count = buffer.len().min(self.0.len()).min(10_000);
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn a_reader_of_short_lines_holds_one_piece() {
    let bytes = joined(&lines(5000));
    let room = AtomicUsize::new(0);
    each(Roomy(&bytes, &room), |_, _| Ok::<(), ()>(())).unwrap();
    assert!(bytes.len() > 8 * 128 * 1024);
    assert_eq!(room.into_inner(), 128 * 1024);
}
