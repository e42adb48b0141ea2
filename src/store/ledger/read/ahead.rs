//! Reading ahead: one thread finds, hashes and parses lines while another one makes use of them.

use super::{End, Line, Reader};
use crate::domain::fault::Fault;
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};

/// One line, or what is wrong with it.
type Item = Result<Line, Vec<Fault>>;

/// How many lines are handed over at once: enough to make the handing over cheap, and few enough to stay in a cache.
const BATCH: usize = 256;
/// Of long lines fewer are handed over at once.
const BATCH_BYTES: usize = 1024 * 1024;
/// How many batches may wait.
const AHEAD: usize = 4;

/// Lines that are handed over at once, and their bytes one after the other.
#[derive(Default)]
struct Batch {
    /// Each with where its bytes end.
    lines: Vec<(Item, usize)>,
    bytes: Vec<u8>,
}

impl Batch {
    /// Takes in what comes next; false if that was all.
    fn fill<R: Read>(&mut self, reader: &mut Reader<R>) -> bool {
        while self.lines.len() < BATCH && self.bytes.len() < BATCH_BYTES {
            let Some(item) = reader.next_with(|line| self.bytes.extend_from_slice(line)) else { return false };
            self.lines.push((item, self.bytes.len()));
        }
        true
    }

    /// Gives every line in order.
    fn give<E>(&self, take: &mut impl FnMut(&Item, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut start = 0;
        for (item, end) in &self.lines {
            take(item, &self.bytes[start..*end])?;
            start = *end;
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.bytes.clear();
    }
}

/// Why not every line was read.
#[derive(Debug)]
pub enum Stopped<E> {
    /// The machine failed.
    Unread(io::Error),
    /// Whoever takes the lines wants no more.
    By(E),
}

/// Reads a ledger to its end, and gives each line in order, with its bytes without `\n`.
pub fn each<R: Read + Send, E>(
    source: R,
    mut take: impl FnMut(&Item, &[u8]) -> Result<(), E>,
) -> Result<End, Stopped<E>> {
    let mut reader = Reader::of(source);
    let mut first = Batch::default();
    let goes_on = first.fill(&mut reader);
    first.give(&mut take).map_err(Stopped::By)?;
    if !goes_on {
        return reader.end().map_err(Stopped::Unread);
    }
    std::thread::scope(|scope| {
        let (filled, batches) = mpsc::sync_channel(AHEAD);
        let (emptied, spare) = mpsc::channel();
        let ahead = std::thread::Builder::new()
            .spawn_scoped(scope, move || fill(reader, &filled, &spare))
            .map_err(Stopped::Unread)?;
        take_all(batches, &emptied, &mut take).map_err(Stopped::By)?;
        match ahead.join() {
            Ok(end) => end.map_err(Stopped::Unread),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Until the end, or until nobody takes the lines any more.
fn fill<R: Read>(mut reader: Reader<R>, filled: &SyncSender<Batch>, spare: &Receiver<Batch>) -> io::Result<End> {
    loop {
        let mut batch = spare.try_recv().unwrap_or_default();
        let goes_on = batch.fill(&mut reader);
        if filled.send(batch).is_err() || !goes_on {
            return reader.end();
        }
    }
}

/// Until the end, or until `take` wants no more: the other thread then sees that nobody is there to give to.
fn take_all<E>(
    batches: Receiver<Batch>,
    emptied: &Sender<Batch>,
    take: &mut impl FnMut(&Item, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    for mut batch in batches {
        batch.give(take)?;
        batch.clear();
        // Nobody may want it any more.
        let _ = emptied.send(batch);
    }
    Ok(())
}
