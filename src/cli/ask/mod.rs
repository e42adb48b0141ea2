//! Questions at a terminal, for verbs without arguments. The answers become the same [`Verb`] that flags would make,
//! and it runs in the same way.

mod completer;
mod init;
mod register;

use super::args::Verb;
use super::{environment, failure};
use crate::commands::error::{MachineFailed, Misuse};
use crate::commands::progress::Unwatched;
use crate::commands::session::Session;
use crate::report::Document;
use crate::report::clean::clean;
use crate::report::medium::Medium;
use crate::store::file::Unreadable;
use completer::Answers;
use rustyline::Editor;
use rustyline::config::{Behavior, ColorMode, CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// The verb with all its values: as given on the command line, or as answered at the terminal.
pub(super) fn answered(
    session: &Session,
    verb: Verb,
    at_terminal: bool,
    medium: &Medium,
    stdout: &mut dyn Write,
) -> anyhow::Result<Verb> {
    let (asks, given) = match &verb {
        Verb::Register { ask, .. } => (*ask, "`exquota register ID --name NAME --country CC` needs no answers"),
        Verb::Init { ask, .. } => (*ask, "`exquota init --policy POLICY` needs no answers"),
        _ => return Ok(verb),
    };
    if !asks {
        return Ok(verb);
    }
    if !at_terminal {
        return Err(Misuse::new("exquota asks questions only at a terminal and in text format", given).into());
    }
    // No progress is shown while a person thinks about an answer.
    let session = Session { progress: Arc::new(Unwatched), ..session.clone() };
    let mut talk = Talk::begin(medium, stdout)?;
    match verb {
        Verb::Register { write, .. } => register::ask(&session, &mut talk, write),
        Verb::Init { write, .. } => init::ask(&session, &mut talk, write),
        other => Ok(other),
    }
}

/// A conversation at the terminal.
struct Talk<'a> {
    editor: Editor<Answers, MemHistory>,
    medium: &'a Medium,
    stdout: &'a mut dyn Write,
    /// Warnings that were shown already.
    warned: Vec<String>,
}

impl<'a> Talk<'a> {
    fn begin(medium: &'a Medium, stdout: &'a mut dyn Write) -> anyhow::Result<Self> {
        let config = Config::builder()
            .behavior(Behavior::Stdio)
            .color_mode(ColorMode::Disabled)
            .completion_type(CompletionType::List)
            .auto_add_history(false)
            .build();
        let editor = Editor::with_history(config, MemHistory::new()).map_err(terminal_failed)?;
        Ok(Talk { editor, medium, stdout, warned: Vec::new() })
    }

    /// Prints text on lines of its own, wrapped to the terminal.
    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        let text = self.medium.prose(text);
        self.say_as_is(&text)
    }

    /// Prints text that a person may copy: no line is wrapped.
    fn say_as_is(&mut self, text: &str) -> anyhow::Result<()> {
        let said = writeln!(self.stdout, "{text}").and_then(|()| self.stdout.flush());
        said.map_err(|error| terminal_failed(error.into()))
    }

    /// Prints each warning once.
    fn warn(&mut self, warnings: &[String]) -> anyhow::Result<()> {
        for warning in warnings {
            if !self.warned.contains(warning) {
                self.warned.push(warning.clone());
                self.say(&format!("warning: {}", clean(warning)))?;
            }
        }
        Ok(())
    }

    /// Prints why an answer is not accepted. A failure of the machine ends the conversation.
    fn explain(&mut self, error: anyhow::Error) -> anyhow::Result<()> {
        if error.downcast_ref::<Unreadable>().is_none() && !is_content(&error) {
            return Err(error);
        }
        let told = failure::failure(error).text(self.medium);
        self.say_as_is(told.trim_end())
    }

    /// Asks a question; returns the answer without the space around it.
    fn ask(&mut self, question: &str) -> anyhow::Result<String> {
        match self.editor.readline(&format!("{question}: ")) {
            Ok(answer) => Ok(answer.trim().to_owned()),
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => Err(cancelled().into()),
            Err(error) => Err(terminal_failed(error)),
        }
    }

    /// Asks a question; Tab completes these names.
    fn ask_name(&mut self, question: &str, names: &[String]) -> anyhow::Result<String> {
        self.ask_completing(question, Answers { names: names.to_owned(), files: false })
    }

    /// Asks for a file, or one of these names; Tab completes both. The path is empty if the answer is.
    fn ask_file(&mut self, question: &str, names: &[String]) -> anyhow::Result<PathBuf> {
        let answers = Answers { names: names.to_owned(), files: true };
        Ok(environment::at_home(&self.ask_completing(question, answers)?))
    }

    fn ask_completing(&mut self, question: &str, answers: Answers) -> anyhow::Result<String> {
        self.editor.set_helper(Some(answers));
        let answer = self.ask(question);
        self.editor.set_helper(None);
        answer
    }

    /// Asks whether to go on; anything but a yes cancels.
    fn confirm(&mut self, question: &str) -> anyhow::Result<()> {
        match self.ask(&format!("{question} [y/N]"))?.to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(cancelled().into()),
        }
    }
}

/// Whether an error is about the answer.
fn is_content(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Misuse>().is_some() || error.downcast_ref::<crate::commands::error::NotValid>().is_some()
}

fn cancelled() -> Misuse {
    Misuse::new("cancelled: nothing was written", "give the command again, or give everything as flags: see --help")
}

fn terminal_failed(error: ReadlineError) -> anyhow::Error {
    MachineFailed {
        message: format!("the terminal can't be used: {error}"),
        next: "nothing was written; give everything as flags: see --help".to_owned(),
    }
    .into()
}
