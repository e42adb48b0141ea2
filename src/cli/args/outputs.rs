//! Arguments of `export`, `completions` and `man`.

use crate::cli::completion::Shell;
use crate::cli::values;
use crate::commands::verbs::{export, man};
use crate::domain::event::Seq;
use crate::report::export::Target;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// The format: rows for a spreadsheet, or a journal that hledger checks
    #[arg(long, value_name = "csv|hledger", hide_possible_values = true)]
    to: ExportTo,
    /// Leave out entries dated after this day; for hledger, today if not given
    #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// Answer from the entries up to this one
    #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ")]
    known_at: Option<Seq>,
}

/// The formats of an export.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExportTo {
    /// One row for each entry and chip.
    Csv,
    /// A journal with balance assertions.
    Hledger,
}

impl ExportArgs {
    /// Whether the export is a CSV.
    pub(in crate::cli) fn is_csv(&self) -> bool {
        matches!(self.to, ExportTo::Csv)
    }

    pub(in crate::cli) fn request(self, out: Option<PathBuf>, bom: bool) -> export::Request {
        let ExportArgs { to, as_of, known_at } = self;
        let to = match to {
            ExportTo::Csv => Target::Csv,
            ExportTo::Hledger => Target::Hledger,
        };
        export::Request { to, bom, out, as_of, known_at }
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(in crate::cli) shell: Shell,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ManArgs {
    /// The verb, as in `check` or `policy check`; the program's own page if not given
    #[arg(value_name = "VERB")]
    verb: Vec<String>,
    /// Write all pages into this existing folder
    #[arg(long, value_name = "DIR", conflicts_with = "verb")]
    into: Option<PathBuf>,
}

impl From<ManArgs> for man::Request {
    fn from(ManArgs { verb, into }: ManArgs) -> Self {
        man::Request { verb, into }
    }
}
