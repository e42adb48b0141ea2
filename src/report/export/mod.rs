//! `export`: the ledger for other programs, as rows of a spreadsheet or as a journal that hledger adds up anew.

pub mod hledger;
pub mod rows;

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::row::object;
use super::values::{Day, words_in_output};
use super::wording::entries;
use crate::domain::event::Digest;
use crate::domain::words::words;
use chrono::NaiveDate;

words! {
    /// For which program.
    pub enum Target {
        /// A spreadsheet.
        Csv = "csv",
        /// hledger, plain-text accounting.
        Hledger = "hledger",
    }
}

words_in_output!(Target);

/// What was exported, and where it was written.
#[derive(Debug)]
pub struct Exported {
    /// For which program.
    pub to: Target,
    /// Entries after this day are left out; none are where there is no day.
    pub as_of: Option<NaiveDate>,
    /// The ledger's head.
    pub head: Digest,
    /// Entries in it, those taken back not counted in a journal.
    pub entries: usize,
    /// Entries that are dated after the day.
    pub left_out: usize,
    /// All of it.
    pub content: String,
    /// The file it was written to.
    pub path: Option<String>,
}

object! {
    /// What `export` answers; the content itself where no file has it.
    "export" it: Exported {
        to,
        as_of: it.as_of.map(Day),
        head,
        entries,
        left_out,
        path,
        content: it.path.is_none().then_some(&it.content),
    }
}

impl Document for Exported {
    /// The content, which was made safe to show line by line; or what a file has of it.
    fn text(&self, _: &Medium) -> String {
        let Some(path) = &self.path else { return self.content.clone() };
        let entries = entries(self.entries);
        let path = clean(path);
        match self.to {
            Target::Csv => format!("EXPORTED {entries} as csv to {path}\n"),
            Target::Hledger => format!(
                "EXPORTED {entries} as a journal to {path}; `hledger -f {path} check` adds everything up anew\n"
            ),
        }
    }
}
