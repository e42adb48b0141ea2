//! The page to hand on, on the command line.

use crate::cli::values;
use crate::commands::verbs::report;
use chrono::NaiveDate;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArgs {
    /// Where to put the page; an older page is replaced, no other file is; printed if not given
    #[arg(short, long, value_name = "FILE.html")]
    out: Option<PathBuf>,
    /// What held on that day; today if not given
    #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// What the ledger knew when this was its last entry
    #[arg(long, value_name = "SEQ")]
    known_at: Option<u64>,
    /// List open licences that expire within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    expiring: u32,
}

impl From<ReportArgs> for report::Request {
    fn from(ReportArgs { out, as_of, known_at, expiring }: ReportArgs) -> Self {
        report::Request { out, as_of, known_at, expiring }
    }
}
