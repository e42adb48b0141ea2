//! Options of every verb: the ledger, how to print, the clock.

use crate::cli::{environment, values};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The formats of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For a person.
    Text,
    /// One JSON document.
    Json,
    /// A CSV table, for a spreadsheet.
    Csv,
    /// A Markdown table.
    #[value(alias = "md")]
    Markdown,
    /// Annotations of a GitHub workflow.
    Github,
    /// A test report, for CI systems.
    Junit,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(in crate::cli) struct Globals {
    /// The ledger file; `-` is standard input
    #[arg(
        long,
        global = true,
        env = environment::unless_empty("EXQUOTA_LEDGER"),
        hide_env_values = true,
        default_value = "ledger.jsonl",
        value_name = "PATH"
    )]
    pub(in crate::cli) ledger: PathBuf,
    /// How to print the answer
    #[arg(long, global = true, default_value = "text", value_name = "FMT")]
    pub(in crate::cli) format: Format,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with = "format")]
    pub(in crate::cli) json: bool,
    /// Put the answer into this new file
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Begin a CSV with a byte order mark, for Excel
    #[arg(long, global = true)]
    pub(in crate::cli) bom: bool,
    /// When to use colours
    #[arg(long, alias = "colour", global = true, default_value = "auto", value_name = "WHEN")]
    pub(in crate::cli) color: Colour,
    /// Plain columns for scripts: no bars, colours or rules; every column, no line breaks, no empty cells
    #[arg(long, global = true)]
    pub(in crate::cli) plain: bool,
    /// Print no warnings
    #[arg(long, global = true)]
    pub(in crate::cli) quiet: bool,
    /// The recording time, for reproducible runs
    #[arg(long, global = true, value_parser = values::clock, value_name = "RFC3339")]
    pub(in crate::cli) clock: Option<DateTime<Utc>>,
    /// How long to wait for the ledger's lock, in seconds
    #[arg(
        long,
        global = true,
        value_parser = values::whole,
        default_value_t = 10,
        allow_negative_numbers = true,
        value_name = "SECONDS"
    )]
    pub(in crate::cli) lock_timeout: u32,
    /// Whether a file to read is standard input.
    #[arg(skip)]
    pub(in crate::cli) reads_input: bool,
    /// Answer from the mirror of a shared ledger, without asking its server; nothing is written
    #[cfg(feature = "postgres")]
    #[arg(long, global = true)]
    pub(in crate::cli) offline: bool,
}

impl Globals {
    /// Whether the user wants an answer without the server of a shared ledger.
    pub(in crate::cli) fn is_offline(&self) -> bool {
        #[cfg(feature = "postgres")]
        return self.offline;
        #[cfg(not(feature = "postgres"))]
        false
    }
}
