//! `export`: the ledger for other programs, as rows of a spreadsheet, as a journal that hledger adds up anew, or as its own
//! lines.

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
    /// The program that the export is for.
    pub enum Target {
        /// A spreadsheet.
        Csv = "csv",
        /// hledger, plain-text accounting.
        Hledger = "hledger",
        /// Another exquota: the ledger's own lines.
        Ledger = "ledger",
    }
}

words_in_output!(Target);

/// The answer of `export`: the content, and its file.
#[derive(Debug)]
pub struct Exported {
    /// The program that the export is for.
    pub to: Target,
    /// Entries after this day are left out. `None` leaves out none.
    pub as_of: Option<NaiveDate>,
    pub head: Digest,
    /// The number of entries in it. A journal does not count voided ones.
    pub entries: usize,
    /// The number of entries dated after the day.
    pub left_out: usize,
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
    /// Prints the content, which was made safe line by line. If a file has it, says what the file holds.
    fn text(&self, _: &Medium) -> String {
        let Some(path) = &self.path else { return self.content.clone() };
        let entries = entries(self.entries);
        let path = clean(path);
        match self.to {
            Target::Csv => format!("EXPORTED {entries} as csv to {path}\n"),
            Target::Ledger => {
                format!("EXPORTED {entries} as a ledger to {path}; `exquota validate {path}` checks it\n")
            }
            Target::Hledger => format!(
                "EXPORTED {entries} as a journal to {path}; `hledger -f {path} check` adds everything up anew\n"
            ),
        }
    }
}
