//! The answer of a command that could not do its work (D26).

use super::ci::{Failed, File, Findings, Problem};
use super::clean::clean;
use super::medium::Medium;
use super::row::object;
use super::values::in_json;
use super::{Document, diagnostic};
use crate::domain::fault::Fault;

/// A command that could not answer, and why.
#[derive(Debug)]
pub struct Failure {
    /// The exit code: 2, 3 or 4.
    pub exit: u8,
    pub message: String,
    /// The faulty file, if a file's content is wrong.
    pub file: Option<FaultyFile>,
    pub next: String,
}

/// A file whose content is wrong.
#[derive(Debug)]
pub struct FaultyFile {
    pub path: String,
    /// Its text, for underlining. Empty if its lines are too long to show.
    pub source: String,
    pub faults: Vec<Fault>,
}

/// The exit code of a failure.
struct FailedExit(u8);

in_json! {
    FailedExit: { "type": "integer", "enum": [2, 3, 4] }, |exit| exit.0;
}

object! {
    /// What every verb prints that could not answer, with exit code 2, 3 or 4.
    "error" it: Failure {
        exit: FailedExit(it.exit),
        message,
        faults: it.file.as_ref().map_or(&[][..], |file| &file.faults),
        next,
    }
}

impl Document for Failure {
    fn text(&self, medium: &Medium) -> String {
        let mut text = medium.prose(&format!("error: {}\n", clean(&self.message)));
        if let Some(file) = &self.file {
            text += &diagnostic::render(&file.path, &file.source, &file.faults, medium.colour);
        }
        text + &medium.prose(&format!("help: {}\n", clean(&self.next)))
    }

    fn findings(&self) -> Option<Findings<'_>> {
        let file = self.file.iter().map(|file| File::new(&file.path, file.faults.iter().map(Problem::fault)));
        let failed = Failed { message: &self.message, next: &self.next };
        Some(Findings { failed: Some(failed), files: file.collect() })
    }
}
