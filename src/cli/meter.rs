//! Shows progress on one line of the terminal if a command takes longer than a second. Shows nothing if standard
//! error is not a terminal.

use crate::commands::progress::Progress;
use crate::report::clean::clean;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a command runs before its progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// The shortest time between two updates.
const PAUSE: Duration = Duration::from_millis(100);
/// Moves to the start of the line and clears it.
const ANEW: &str = "\r\x1b[2K";

/// Shows how far a command has come.
#[derive(Debug)]
pub(super) struct Meter {
    started: Instant,
    /// When it was last shown; none until then.
    shown: Mutex<Option<Instant>>,
    wanted: bool,
}

impl Meter {
    pub(super) fn new(quiet: bool) -> Self {
        Meter { started: Instant::now(), shown: Mutex::new(None), wanted: !quiet && io::stderr().is_terminal() }
    }

    /// Clears the line, if it was shown.
    pub(super) fn clear(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.take().is_some() {
            let _ = io::stderr().write_all(ANEW.as_bytes());
        }
    }

    /// The line to show now; none if it is too early.
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
            // A terminal that is gone must not stop the command.
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
