//! The terminal: whether there is one to ask questions at, how wide it is, and whether it shows colours.

use super::args::{Colour, Globals};
use super::environment;
use crate::report::medium::Medium;
use std::io::{IsTerminal, stderr, stdin, stdout};

/// The terminal that the program runs at. By default there is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// The terminal's columns; none where the output goes elsewhere.
    pub(super) width: Option<usize>,
    /// The columns for messages; none where standard error goes elsewhere.
    errors: Option<usize>,
    /// Whether the terminal shows colours and the environment allows them.
    colour: bool,
    /// Whether a person can be asked.
    pub(super) asks: bool,
}

impl Terminal {
    /// The terminal of this process. Piped output has no width, because a script reads it.
    pub fn here() -> Self {
        let columns = || environment::text("COLUMNS").and_then(|columns| columns.parse().ok());
        let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = || columns().or_else(measured).filter(|width| *width > 0);
        Terminal {
            width: stdout().is_terminal().then(width).flatten(),
            errors: stderr().is_terminal().then(width).flatten(),
            asks: stdin().is_terminal() && stdout().is_terminal(),
            colour: anstream::AutoStream::choice(&stdout()) != anstream::ColorChoice::Never,
        }
    }

    /// The terminal of this one's messages, for an answer that goes into a file.
    pub(super) fn of_messages(&self) -> Self {
        Terminal { errors: self.errors, ..Terminal::default() }
    }

    /// The medium that messages are laid out for. They have the colours of the answer.
    pub(super) fn messages(&self, colour: bool) -> Medium {
        Medium { width: self.errors, colour, ..Medium::default() }
    }

    /// The medium that an answer is laid out for.
    pub(super) fn medium(&self, globals: &Globals) -> Medium {
        if globals.plain {
            return Medium::PLAIN;
        }
        let colour = match globals.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => self.colour,
        };
        Medium { width: self.width, colour, ..Medium::default() }
    }
}
