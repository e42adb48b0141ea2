//! How far a long command has come. It is shown while the command runs and is no part of the answer.

use std::fmt::Debug;

/// Shows how far a command has come.
pub trait Progress: Debug + Send + Sync {
    /// `done` of `all` units of this step are done. It is called often, so it returns at once.
    fn at(&self, step: &str, done: u64, all: u64);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn at(&self, _: &str, _: u64, _: u64) {}
}
