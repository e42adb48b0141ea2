//! Arguments of `report`.

use crate::cli::values;
use crate::commands::verbs::report;
use chrono::NaiveDate;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArgs {
    /// The day to answer for; today if not given
    #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// Answer from the entries up to this one
    #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ")]
    known_at: Option<u64>,
    /// List open licences that expire within this many days
    #[arg(long, allow_negative_numbers = true, value_name = "DAYS", default_value_t = 90)]
    expiring: u32,
}

impl ReportArgs {
    pub(in crate::cli) fn request(self, out: Option<PathBuf>) -> report::Request {
        let ReportArgs { as_of, known_at, expiring } = self;
        report::Request { out, as_of, known_at, expiring }
    }
}
