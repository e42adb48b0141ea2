//! `export`: the ledger for other programs, as rows of a spreadsheet or as a journal that hledger adds up anew.

pub mod hledger;
pub mod rows;

use super::clean::clean;
use super::paper::Paper;
use super::schemas::words;
use super::{Document, to_json};
use crate::domain::event::Digest;
use crate::domain::words::words;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

words! {
    /// For which program.
    pub enum Target {
        /// A spreadsheet.
        Csv = "csv",
        /// hledger, plain-text accounting.
        Hledger = "hledger",
    }
}

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

/// What `export` answers; the content itself where no file has it.
#[derive(Serialize, JsonSchema)]
pub(super) struct ExportDocument<'a> {
    #[schemars(extend("const" = "exquota/export/1"))]
    schema: &'static str,
    #[schemars(with = "words::ExportedTo")]
    to: &'static str,
    #[schemars(with = "Option<words::Day>")]
    as_of: Option<String>,
    #[schemars(with = "words::Sha256")]
    head: String,
    entries: usize,
    left_out: usize,
    path: Option<&'a str>,
    content: Option<&'a str>,
}

impl Document for Exported {
    /// The content, which was made safe to show line by line; or what a file has of it.
    fn text(&self, _: &Paper) -> String {
        let Some(path) = &self.path else { return self.content.clone() };
        let entries = if self.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", self.entries) };
        let path = clean(path);
        match self.to {
            Target::Csv => format!("EXPORTED {entries} as csv to {path}\n"),
            Target::Hledger => format!(
                "EXPORTED {entries} as a journal to {path}; `hledger -f {path} check` adds everything up anew\n"
            ),
        }
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&ExportDocument {
            schema: "exquota/export/1",
            to: self.to.as_str(),
            as_of: self.as_of.map(|day| day.to_string()),
            head: self.head.to_string(),
            entries: self.entries,
            left_out: self.left_out,
            path: self.path.as_deref(),
            content: self.path.is_none().then_some(&self.content),
        })
    }
}
