//! Where the program is run: whether somebody sits at a terminal, and how wide it is.

use super::args::{Colour, Globals};
use crate::report::medium::Medium;
use std::io::{IsTerminal, stdin, stdout};

/// What is known of the place; by default nobody is there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// The terminal's columns; none where the output goes elsewhere.
    width: Option<usize>,
    /// Whether colours are understood and wanted, as the terminal and the environment tell.
    colour: bool,
    /// Whether somebody is there to be asked.
    pub(super) asks: bool,
}

impl Terminal {
    /// The place where this process runs. A script reads what is piped, so that has no width.
    pub fn here() -> Self {
        let columns = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = if stdout().is_terminal() { columns().or_else(measured) } else { None };
        Terminal {
            width: width.filter(|width| *width > 0),
            asks: stdin().is_terminal() && stdout().is_terminal(),
            colour: anstream::AutoStream::choice(&stdout()) != anstream::ColorChoice::Never,
        }
    }

    /// What an answer is set on.
    pub(super) fn medium(&self, globals: &Globals) -> Medium {
        if globals.plain {
            return Medium::PLAIN;
        }
        let colour = match globals.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => self.colour,
        };
        Medium { width: self.width, colour, plain: false }
    }
}
