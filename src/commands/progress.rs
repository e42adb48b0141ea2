//! How far a command has come that takes its time: told while it runs, and no part of its answer.

use std::fmt::Debug;
use std::io::{self, Read};

/// Somebody who may be waiting.
pub trait Progress: Debug + Send + Sync {
    /// So much is done of all that there is to do in this step; asked often, so it returns at once.
    fn at(&self, step: &str, done: u64, all: u64);
}

/// Nobody waits.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn at(&self, _: &str, _: u64, _: u64) {}
}

/// A source whose reading is told.
pub(super) struct Watched<'p, R> {
    pub(super) source: R,
    pub(super) progress: &'p dyn Progress,
    pub(super) step: &'p str,
    pub(super) done: u64,
    pub(super) all: u64,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.done += count as u64;
        self.progress.at(self.step, self.done, self.all);
        Ok(count)
    }
}
