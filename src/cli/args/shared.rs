//! Arguments that several verbs share: who records and when, terms, conditions, consignees.

use crate::cli::{environment, values};
use crate::commands::facts::{Attest, SerialFile};
use crate::domain::event::Digest;
use crate::domain::text::{Country, LicenceNumber, Name, Text};
use chrono::NaiveDate;
use clap::Args;

// No doc comment: clap would print it in place of the verb's own.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct RecordingArgs {
    /// The person who records it; the login name if not given
    #[arg(long, env = environment::unless_empty("EXQUOTA_BY"), hide_env_values = true, value_name = "NAME")]
    pub(in crate::cli) by: Option<Text>,
    /// Judge only; write nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Refuse unless this is the ledger's head
    #[arg(long, value_parser = values::head, value_name = "HEX")]
    pub(in crate::cli) expect_head: Option<Digest>,
    /// Record it with the last entry's time if the clock is behind that: for a ledger written once with a wrong clock
    #[arg(long)]
    pub(in crate::cli) after_last: bool,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct WriteArgs {
    /// The day it happened; today if not given
    #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
    pub(in crate::cli) date: Option<NaiveDate>,
    #[command(flatten)]
    pub(in crate::cli) recording: RecordingArgs,
    /// Record it even if the rules refuse it, with this reason; it shows as a violation for ever
    #[arg(long, value_name = "REASON")]
    pub(in crate::cli) despite: Option<Text>,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct BatchArgs {
    /// The date of rows without one; today if not given
    #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
    pub(in crate::cli) date: Option<NaiveDate>,
    #[command(flatten)]
    pub(in crate::cli) recording: RecordingArgs,
    /// Record rows even if the rules refuse them, with this reason; they show as violations for ever
    #[arg(long, value_name = "REASON")]
    pub(in crate::cli) despite: Option<Text>,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct TermArgs {
    /// Last valid day, inclusive
    #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
    pub(in crate::cli) expires: Option<NaiveDate>,
    /// The licence that this one closes
    #[arg(long, value_name = "LICENCE")]
    pub(in crate::cli) replaces: Option<LicenceNumber>,
    /// The holder of the licence; never charged
    #[arg(long, alias = "licencee", value_name = "NAME")]
    pub(in crate::cli) licensee: Option<Name>,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ConditionArgs {
    /// The value, in whole units of the policy's currency
    #[arg(long, value_parser = values::value, allow_negative_numbers = true, value_name = "VALUE")]
    pub(in crate::cli) value: Option<u64>,
    /// The country that the goods go to, ISO 3166-1
    #[arg(long, value_name = "CC")]
    pub(in crate::cli) destination: Option<Country>,
    /// A statement of the exporter; the ledger keeps a file's SHA-256 as evidence
    #[arg(long = "attest", value_parser = values::attest, value_name = "NAME[=FILE]")]
    pub(in crate::cli) attest: Vec<Attest>,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ConsigneeArgs {
    /// The receiver of the goods
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) consignee: Option<Text>,
    /// Serial numbers of a chip, one per line
    #[arg(long = "serials", value_parser = values::serials, value_name = "CHIP=FILE")]
    pub(in crate::cli) serials: Vec<SerialFile>,
}
