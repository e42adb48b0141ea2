//! Reading ahead: one thread finds, hashes and parses lines while another one makes use of them.

use super::{End, Line, Reader};
use crate::domain::fault::Fault;
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};

/// One line, or what is wrong with it.
type Item = Result<Line, Vec<Fault>>;

/// How many lines are handed over at once: enough to make the handing over cheap, and few enough to stay in a cache.
const BATCH: usize = 256;
/// How many batches may wait.
const AHEAD: usize = 4;

/// Why not every line was read.
#[derive(Debug)]
pub enum Stopped<E> {
    /// The machine failed.
    Unread(io::Error),
    /// Whoever takes the lines wants no more.
    By(E),
}

/// Reads a ledger to its end, and gives each line in order.
pub fn each<R: Read + Send, E>(source: R, mut take: impl FnMut(&Item) -> Result<(), E>) -> Result<End, Stopped<E>> {
    let mut reader = Reader::of(source);
    let first: Vec<Item> = reader.by_ref().take(BATCH).collect();
    let is_all = first.len() < BATCH;
    first.iter().try_for_each(&mut take).map_err(Stopped::By)?;
    if is_all {
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
fn fill<R: Read>(
    mut reader: Reader<R>,
    filled: &SyncSender<Vec<Item>>,
    spare: &Receiver<Vec<Item>>,
) -> io::Result<End> {
    loop {
        let mut batch = spare.try_recv().unwrap_or_else(|_| Vec::with_capacity(BATCH));
        batch.extend(reader.by_ref().take(BATCH));
        if batch.is_empty() || filled.send(batch).is_err() {
            return reader.end();
        }
    }
}

/// Until the end, or until `take` wants no more: the other thread then sees that nobody is there to give to.
fn take_all<E>(
    batches: Receiver<Vec<Item>>,
    emptied: &Sender<Vec<Item>>,
    take: &mut impl FnMut(&Item) -> Result<(), E>,
) -> Result<(), E> {
    for mut batch in batches {
        batch.iter().try_for_each(&mut *take)?;
        batch.clear();
        // Nobody may want it any more.
        let _ = emptied.send(batch);
    }
    Ok(())
}
