//! What Tab completes in an answer.

use crate::cli::environment;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper, Result};

/// The answers to a question that Tab completes.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) names: Vec<String>,
    /// Whether a file is an answer too.
    pub(super) files: bool,
}

impl Completer for Answers {
    type Candidate = Pair;

    /// Completes the whole answer, in which white space is a part of a path.
    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        let typed = line.get(..at).unwrap_or_default();
        let beginning = typed.to_lowercase();
        let names = self.names.iter().filter(|name| name.to_lowercase().starts_with(&beginning));
        let mut found: Vec<_> = names.map(|name| Pair { display: name.clone(), replacement: name.clone() }).collect();
        if self.files {
            // After an open quote, no character of a path is escaped.
            let path = format!("'{}", environment::at_home(typed).display());
            found.extend(FilenameCompleter::new().complete_path(&path, path.len())?.1);
        }
        Ok((0, found))
    }
}

impl Hinter for Answers {
    type Hint = String;
}

impl Highlighter for Answers {}

impl Validator for Answers {}

impl Helper for Answers {}
