//! Reads ahead: one thread finds, hashes and parses lines while another one uses them.

use super::{End, Line, Reader};
use crate::domain::fault::Fault;
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};

/// One line, or its faults.
type Item = Result<Line, Vec<Fault>>;

/// How many lines one thread hands over at once: enough to make that cheap, and few enough to stay in the processor's
/// cache.
const BATCH: usize = 256;
/// A batch of long lines ends at this many bytes.
const BATCH_BYTES: usize = 1024 * 1024;
/// How many full batches may wait.
const AHEAD: usize = 4;

/// Lines handed over at once, and their bytes one after the other.
#[derive(Default)]
struct Batch {
    lines: Vec<Item>,
    /// Where the bytes of each line end.
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl Batch {
    /// Reads the next lines into the batch. False at the end.
    fn fill<R: Read>(&mut self, reader: &mut Reader<R>) -> bool {
        let Batch { lines, ends, bytes } = self;
        // Items are large: `extend` makes them in their place and does not move them.
        let read = std::iter::from_fn(|| {
            if bytes.len() >= BATCH_BYTES {
                return None;
            }
            let item = reader.next_with(|line| bytes.extend_from_slice(line))?;
            ends.push(bytes.len());
            Some(item)
        });
        lines.extend(read.take(BATCH));
        lines.len() == BATCH || bytes.len() >= BATCH_BYTES
    }

    /// Hands every line to `take`, in order.
    fn give<E>(&self, take: &mut impl FnMut(&Item, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut start = 0;
        for (item, end) in self.lines.iter().zip(&self.ends) {
            take(item, &self.bytes[start..*end])?;
            start = *end;
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.ends.clear();
        self.bytes.clear();
    }
}

/// Why the reading stopped before the end.
#[derive(Debug)]
pub enum Stopped<E> {
    /// The bytes could not be read.
    Unread(io::Error),
    /// The consumer of the lines stopped it.
    By(E),
}

/// Reads a ledger to its end, and hands each line to `take` in order, with its bytes without `\n`.
pub fn each<R: Read + Send, E>(
    source: R,
    mut take: impl FnMut(&Item, &[u8]) -> Result<(), E>,
) -> Result<End, Stopped<E>> {
    let mut reader = Reader::new(source);
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

/// Sends batches until the end, or until the consumer stops.
fn fill<R: Read>(mut reader: Reader<R>, filled: &SyncSender<Batch>, spare: &Receiver<Batch>) -> io::Result<End> {
    loop {
        let mut batch = spare.try_recv().unwrap_or_default();
        let goes_on = batch.fill(&mut reader);
        if filled.send(batch).is_err() || !goes_on {
            return reader.end();
        }
    }
}

/// Consumes batches until the end, or until `take` fails. Then the channel closes, which stops the other thread.
fn take_all<E>(
    batches: Receiver<Batch>,
    emptied: &Sender<Batch>,
    take: &mut impl FnMut(&Item, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    for mut batch in batches {
        batch.give(take)?;
        batch.clear();
        // The reading thread may have ended.
        let _ = emptied.send(batch);
    }
    Ok(())
}
