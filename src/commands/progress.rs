//! How far a command has come that takes its time: told while it runs, and no part of its answer.

use std::fmt::Debug;

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
