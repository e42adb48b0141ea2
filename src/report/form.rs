//! The two forms of an answer that is made of several tables with words between them.

use super::clean::clean;
use super::medium::Medium;
use super::table::{Table, escape_markdown};

/// A form that people read: text for a terminal, or Markdown to hand on.
#[derive(Clone, Copy)]
pub(super) enum Form<'m> {
    Text(&'m Medium),
    Markdown,
}

impl Form<'_> {
    /// Sets a table.
    pub(super) fn table(self, table: &Table) -> String {
        match self {
            Form::Text(medium) => table.text(medium),
            Form::Markdown => table.markdown(),
        }
    }

    /// Sets a line of words.
    pub(super) fn line(self, words: &str) -> String {
        match self {
            Form::Text(medium) => medium.prose(&format!("{}\n", clean(words))),
            Form::Markdown => format!("{}\n", escape_markdown(&clean(words))),
        }
    }

    /// Sets a table below its heading.
    pub(super) fn titled(self, heading: &str, table: &Table) -> String {
        match self {
            Form::Text(_) => format!("\n{}{}", self.line(heading), self.table(table)),
            Form::Markdown => format!("\n{}\n{}", self.line(heading), self.table(table)),
        }
    }

    /// Sets a line that stands in a list.
    pub(super) fn item(self, words: &str) -> String {
        match self {
            Form::Text(_) => self.line(words),
            Form::Markdown => format!("- {}", self.line(words.trim_start())),
        }
    }
}
