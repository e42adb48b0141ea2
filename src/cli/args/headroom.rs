//! The arguments of `headroom`.

use crate::cli::values;
use crate::commands::session::KnownAt;
use crate::commands::verbs::headroom::{Request, Series};
use crate::domain::as_of::Step;
use crate::domain::headroom::{GroupBy, SortBy};
use crate::domain::words::Word;
use chrono::NaiveDate;
use clap::Args;

// No doc comment: clap would print it in place of the verb's own.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct HeadroomArgs {
    /// Show only these customers' families, and the wider ceilings that they count under
    customers: Vec<String>,
    /// The day to answer for; today if not given
    #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Answer from what was recorded up to this entry, the end of this day (UTC) or this time
    #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ|DATE|TIME")]
    known_at: Option<KnownAt>,
    /// Show a row for each of these, or for each pair, even if no ceiling limits it; with customers, count only theirs
    #[arg(
        long,
        value_parser = group_by,
        value_delimiter = ',',
        value_name = "customer|family|country|licensee|chip|destination"
    )]
    group_by: Vec<GroupBy>,
    /// Sort the rows: the largest amount or the least headroom first, names by the alphabet
    #[arg(long, value_parser = values::word::<SortBy>(), value_name = "KEY")]
    sort: Option<SortBy>,
    /// Show only the first N rows
    #[arg(long, value_parser = values::rows, allow_negative_numbers = true, value_name = "N")]
    top: Option<usize>,
    /// Exit with 1 if any ceiling is used beyond this percentage, also one that --below or --top leaves out
    #[arg(long, value_parser = values::percent, allow_negative_numbers = true, value_name = "PCT")]
    fail_over: Option<u8>,
    /// Also show nations and destinations to which nothing may go and nothing went
    #[arg(long)]
    all: bool,
    /// Show every day of a series, from this one on
    #[arg(
        long,
        value_parser = values::date,
        allow_hyphen_values = true,
        conflicts_with_all = ["as_of", "specs"],
        value_name = "DATE"
    )]
    from: Option<NaiveDate>,
    /// The last day of the series; today if not given
    #[arg(long, value_parser = values::date, allow_hyphen_values = true, requires = "from", value_name = "DATE")]
    until: Option<NaiveDate>,
    /// How far apart the days of the series are; a month if not given
    #[arg(long, value_parser = values::word::<Step>(), requires = "from", value_name = "STEP")]
    every: Option<Step>,
    /// Show only what changed after this day, and by which entries
    #[arg(
        long,
        value_parser = values::date,
        allow_hyphen_values = true,
        conflicts_with_all = ["from", "below", "top", "specs"],
        value_name = "DATE"
    )]
    compare: Option<NaiveDate>,
    /// Show only rows with less than this percentage of the limit left
    #[arg(long, value_parser = values::percent, allow_negative_numbers = true, value_name = "PCT")]
    below: Option<u8>,
    /// Also add the rows up in the policy's specs, such as computing power, electricity and money
    #[arg(long)]
    specs: bool,
}

impl From<HeadroomArgs> for Request {
    fn from(args: HeadroomArgs) -> Self {
        let every = args.every.unwrap_or(Step::Month);
        Request {
            customers: args.customers,
            as_of: args.as_of,
            known_at: args.known_at,
            group_by: args.group_by,
            below: args.below,
            fail_over: args.fail_over,
            sort: args.sort,
            top: args.top,
            all: args.all,
            specs: args.specs,
            series: args.from.map(|from| Series { from, until: args.until, every }),
            compare: args.compare,
        }
    }
}

fn group_by(text: &str) -> Result<GroupBy, String> {
    GroupBy::named(text)
        .ok_or_else(|| "rows are by customer, family, country, licensee, chip or destination".to_owned())
}
