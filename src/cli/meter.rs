//! One line on the terminal while a command takes longer than a moment; nothing where standard error is no terminal.

use crate::commands::progress::Progress;
use crate::report::clean::clean;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Nobody wonders before.
const PATIENCE: Duration = Duration::from_secs(1);
/// More often, nobody reads it.
const PAUSE: Duration = Duration::from_millis(100);
/// Back to the start of the line, which is cleared.
const ANEW: &str = "\r\x1b[2K";

/// Shows how far a command has come.
#[derive(Debug)]
pub(super) struct Meter {
    started: Instant,
    /// When it was last shown; none before it is, or where it never will be.
    shown: Mutex<Option<Instant>>,
    wanted: bool,
}

impl Meter {
    pub(super) fn new(quiet: bool) -> Self {
        Meter { started: Instant::now(), shown: Mutex::new(None), wanted: !quiet && io::stderr().is_terminal() }
    }

    /// Leaves the terminal as it was.
    pub(super) fn clear(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.take().is_some() {
            let _ = io::stderr().write_all(ANEW.as_bytes());
        }
    }

    /// What to show now, if it is time to.
    fn due(&self, now: Instant, step: &str, done: u64, all: u64) -> Option<String> {
        if !self.wanted || now.duration_since(self.started) < PATIENCE {
            return None;
        }
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.is_some_and(|last| now.duration_since(last) < PAUSE) {
            return None;
        }
        *shown = Some(now);
        let percent = u128::from(done.min(all)) * 100 / u128::from(all.max(1));
        Some(format!("{ANEW}{}: {percent}%", clean(step)))
    }
}

impl Progress for Meter {
    fn at(&self, step: &str, done: u64, all: u64) {
        if let Some(line) = self.due(Instant::now(), step, done, all) {
            // A terminal that is gone stops nothing.
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
