//! The command line as clap sees it.

mod globals;
mod outputs;
mod proofs;
mod report;
mod shared;

pub(super) use globals::{Colour, Format, Globals};
pub(super) use shared::{BatchArgs, ConditionArgs, ConsigneeArgs, TermArgs, WriteArgs};

use super::values::{self, Item};
use crate::commands::facts::SerialFile;
use crate::commands::verbs::import::filings;
use crate::domain::event::{ClosureReason, Digest, EventKind};
use crate::domain::headroom::GroupBy;
use crate::domain::text::{CeilingName, Country, CustomerId, LicenceNumber, Reference, Text};
use crate::domain::words::Word;
use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use outputs::{CompletionsArgs, ExportArgs, ManArgs};
use proofs::{CheckpointArgs, KeygenArgs, ProveArgs, VerifyProofArgs};
use report::ReportArgs;
use std::path::PathBuf;

/// A ledger for export quotas: judges every allocation against every ceiling before it is written.
///
/// Exit codes: 0 within, valid or recorded; 1 evaluated, and the answer is no; 2 usage; 3 a file's content is not
/// valid; 4 the machine failed.
#[derive(Debug, Parser)]
#[command(name = "exquota", bin_name = "exquota", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) verb: Verb,
}

/// Of all verbs, clap builds the options of the one that is asked for.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Verb {
    /// Create the ledger with a policy adopted, and customers registered
    Init {
        /// The policy to adopt
        #[arg(long, value_name = "POLICY.toml", required_unless_present = "ask")]
        policy: Option<PathBuf>,
        /// Ask for everything, at a terminal; so it is where nothing is given
        #[arg(long, conflicts_with_all = ["policy", "customers"])]
        ask: bool,
        /// Customers to register: id,name,country,parent,aliases,flags
        #[arg(long, value_name = "C.csv")]
        customers: Option<PathBuf>,
        /// Columns of that CSV to pass over, by their headings
        #[arg(long, value_name = "COLUMN[,COLUMN]", requires = "customers")]
        ignore: Vec<String>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Would it pass? A proposed approval or, with --licence, a proposed shipment; writes nothing
    Check {
        /// Who buys: id, name or alias
        customer: CustomerId,
        /// How many of what
        #[arg(required = true, value_parser = values::item, value_name = "CHIP=QTY")]
        items: Vec<Item>,
        /// Ask about a shipment under this licence
        #[arg(long, value_name = "LICENCE", conflicts_with_all = ["expires", "replaces", "licensee"])]
        licence: Option<LicenceNumber>,
        #[command(flatten)]
        terms: TermArgs,
        #[command(flatten)]
        conditions: ConditionArgs,
        #[command(flatten)]
        consignee: ConsigneeArgs,
        /// The day in question; may lie ahead
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        date: Option<NaiveDate>,
    },
    /// A licence was granted: judge it, then record it
    Approve {
        /// The licence's number
        licence: LicenceNumber,
        /// Who buys: id, name or alias
        customer: CustomerId,
        /// How many of what
        #[arg(required = true, value_parser = values::item, value_name = "CHIP=QTY")]
        items: Vec<Item>,
        #[command(flatten)]
        terms: TermArgs,
        #[command(flatten)]
        conditions: ConditionArgs,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Goods left under a licence: judge it, then record it
    Ship {
        /// The shipment's reference
        reference: Reference,
        /// The licence it draws down
        #[arg(long, value_name = "LICENCE")]
        licence: LicenceNumber,
        /// How many of what
        #[arg(required = true, value_parser = values::item, value_name = "CHIP=QTY")]
        items: Vec<Item>,
        #[command(flatten)]
        conditions: ConditionArgs,
        #[command(flatten)]
        consignee: ConsigneeArgs,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// A licence was revised: new totals, or a new expiry
    Amend {
        /// The licence's number
        licence: LicenceNumber,
        /// New authorised totals
        #[arg(value_parser = values::item, value_name = "CHIP=QTY")]
        items: Vec<Item>,
        /// A new last valid day, inclusive
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        expires: Option<NaiveDate>,
        /// Who revised it
        #[arg(long, value_name = "NAME")]
        authority: Option<Text>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// A licence was suspended: nothing ships, the reservation stays
    Suspend {
        /// The licence's number
        licence: LicenceNumber,
        /// Why
        #[arg(long)]
        reason: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// A suspension was lifted
    Reinstate {
        /// The licence's number
        licence: LicenceNumber,
        /// Why
        #[arg(long)]
        reason: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// A licence ended: what is outstanding is released
    Close {
        /// The licence's number
        licence: LicenceNumber,
        /// Why
        #[arg(long, value_parser = closure_reason, value_name = "revoked|surrendered|exhausted")]
        reason: ClosureReason,
        /// More about it
        #[arg(long, value_name = "TEXT")]
        note: Option<Text>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Goods of a shipment came back
    Return {
        /// The return's own reference
        reference: Reference,
        /// The shipment it belongs to
        #[arg(long, value_name = "REFERENCE")]
        shipment: Reference,
        /// How many of what
        #[arg(required = true, value_parser = values::item, value_name = "CHIP=QTY")]
        items: Vec<Item>,
        /// Why
        #[arg(long)]
        reason: Option<Text>,
        /// Serial numbers, one a line
        #[arg(long = "serials", value_parser = values::serials, value_name = "CHIP=FILE")]
        serials: Vec<SerialFile>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// An authority set another limit for one group of one ceiling
    Grant {
        /// Which ceiling
        #[arg(long)]
        ceiling: CeilingName,
        /// Which group: a customer, country, licensee or chip, or `total`
        #[arg(long)]
        group: Text,
        /// The limit, in whole units
        #[arg(long, value_parser = values::quantity, value_name = "UNITS")]
        limit: u64,
        /// Who granted it, with a reference
        #[arg(long, value_name = "NAME")]
        authority: Text,
        /// Last day it holds, inclusive
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        expires: Option<NaiveDate>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// A cumulative volume was reported
    Volume {
        /// The series' name
        series: Text,
        /// So far, in all
        #[arg(value_parser = values::item, value_name = "CHIP=QTY")]
        item: Item,
        /// Where the figure comes from
        #[arg(long)]
        source: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Take an entry out, as if it had never been
    Void {
        /// The entry's number
        #[arg(value_name = "SEQ")]
        entry: u64,
        /// Why
        #[arg(long)]
        reason: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// A customer, new or changed: for a known one only what is given changes
    Register {
        /// What the ledger calls it: lower-case letters and digits, then also `.`, `_` and `-`
        #[arg(required_unless_present = "ask")]
        id: Option<CustomerId>,
        /// Ask for everything, at a terminal; so it is where nothing is given
        #[arg(long, conflicts_with_all = [
            "id", "name", "country", "parent", "no_parent", "aliases", "flags", "drop_aliases", "drop_flags",
        ])]
        ask: bool,
        /// Its full name
        #[arg(long)]
        name: Option<Text>,
        /// Where it is headquartered, ISO 3166-1
        #[arg(long, value_name = "CC")]
        country: Option<Country>,
        /// The customer it belongs to: they share one ceiling
        #[arg(long, value_name = "ID", conflicts_with = "no_parent")]
        parent: Option<CustomerId>,
        /// It belongs to none
        #[arg(long)]
        no_parent: bool,
        /// Another name it goes by
        #[arg(long = "alias", value_name = "NAME")]
        aliases: Vec<Text>,
        /// A list it is on
        #[arg(long = "flag", value_name = "FLAG")]
        flags: Vec<Text>,
        /// A name it no longer goes by
        #[arg(long = "drop-alias", value_name = "NAME")]
        drop_aliases: Vec<Text>,
        /// A list it is no longer on
        #[arg(long = "drop-flag", value_name = "FLAG")]
        drop_flags: Vec<Text>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// A policy governs from its date on
    Adopt {
        /// The policy's file
        #[arg(value_name = "POLICY.toml")]
        policy: PathBuf,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// What is left of every ceiling
    Headroom {
        /// Only these customers' families, and the wider ceilings
        customers: Vec<String>,
        /// What held on that day; today if not given
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        as_of: Option<NaiveDate>,
        /// What the ledger knew when this was its last entry
        #[arg(long, value_name = "SEQ")]
        known_at: Option<u64>,
        /// A row for each of these, whether a ceiling limits them or not
        #[arg(long, value_parser = group_by, value_name = "customer|family|country|licensee|chip")]
        group_by: Option<GroupBy>,
        /// Only rows with less than this percentage of the limit left
        #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100), value_name = "PCT")]
        below: Option<u8>,
        /// Also what the rows come to in the policy's specs: computing power, electricity, money; derived sums
        #[arg(long)]
        specs: bool,
    },
    /// Licences: authorised, shipped, outstanding, state, days to expiry
    Licences {
        /// Only these customers' families
        customers: Vec<String>,
        /// Only open licences that expire within so many days
        #[arg(long, value_name = "DAYS")]
        expiring: Option<u32>,
        /// What held on that day; today if not given
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        as_of: Option<NaiveDate>,
        /// What the ledger knew when this was its last entry
        #[arg(long, value_name = "SEQ")]
        known_at: Option<u64>,
    },
    /// One page to hand on: the verdict, headroom bars, how it grew, what expires, exceptions, violations
    Report(ReportArgs),
    /// Who had this chip? The whole way of a serial number
    Trace {
        /// The serial number
        serial: String,
    },
    /// What was recorded, in the order of recording
    Log {
        /// Only entries about this customer
        #[arg(long, value_name = "NAME")]
        customer: Option<String>,
        /// Only entries about this licence
        #[arg(long, value_name = "LICENCE")]
        licence: Option<String>,
        /// Only entries of this kind
        #[arg(long, value_name = "KIND", value_parser = values::word::<EventKind>())]
        event: Option<EventKind>,
        /// Only entries dated on or after this day
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        since: Option<NaiveDate>,
        /// Only entries dated on or before this day
        #[arg(long, visible_alias = "as-of", value_parser = values::date, value_name = "YYYY-MM-DD")]
        until: Option<NaiveDate>,
        /// What the ledger knew when this was its last entry
        #[arg(long, value_name = "SEQ")]
        known_at: Option<u64>,
    },
    /// An entry, licence, customer or reference, with running totals
    Show {
        /// An entry's number, a licence, a customer or a reference
        #[arg(value_name = "ENTRY|LICENCE|CUSTOMER|REFERENCE")]
        subject: String,
        /// What held on that day; today if not given
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        as_of: Option<NaiveDate>,
        /// What the ledger knew when this was its last entry
        #[arg(long, value_name = "SEQ")]
        known_at: Option<u64>,
    },
    /// Every fault and breach of every file
    Validate {
        /// The ledgers; --ledger's if none is given
        ledgers: Vec<PathBuf>,
        /// The policy that must have been adopted last
        #[arg(long, value_name = "POLICY.toml")]
        policy: Option<PathBuf>,
        /// The older ledger that this one must begin with
        #[arg(long, value_name = "OLD.jsonl")]
        extends: Option<PathBuf>,
        /// The head that the ledger must have
        #[arg(long, value_parser = values::head, value_name = "HEX")]
        expect_head: Option<Digest>,
        /// Violations count as breaches
        #[arg(long)]
        strict: bool,
    },
    /// After a failed write or a torn last line: check the ledger, and go on with what is good
    ///
    /// What is good is copied to a new file in the ledger's place, all bytes as they were are kept beside it, and the
    /// marker that stops writing is lifted. A ledger that was tampered with is not touched. Safe to run again.
    Recover,
    /// What another policy would not let stand: ceilings, licences, and the first entry it would have refused
    Whatif {
        /// The other policy's file
        #[arg(long, value_name = "POLICY.toml")]
        policy: PathBuf,
        /// The day on which it is to be in force; today if not given
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        date: Option<NaiveDate>,
    },
    /// Which proposed orders fit together, in file order, and where the binding ceiling flips; writes nothing
    ///
    /// The columns, in any order: customer; items (as in `H200=50000;MI325X=1000`), or chip and quantity; and if
    /// need be name, date, destination, licensee, expires. An order that is refused takes nothing: those after it are
    /// judged without it.
    Plan {
        /// The orders, one a row
        #[arg(value_name = "ORDERS.csv")]
        orders: PathBuf,
        /// Columns of the file to pass over, by their headings
        #[arg(long, value_name = "COLUMN[,COLUMN]")]
        ignore: Vec<String>,
        /// The day in question for orders that name none; may lie ahead; today if not given
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD")]
        date: Option<NaiveDate>,
    },
    /// Approvals and shipments from a CSV, or customers: judges every row, then records all of them, or none
    ///
    /// What is recorded already is passed over, so the same file may be imported again.
    #[command(after_help = filings::columns())]
    Import {
        /// The filings, one chip or one list of items a row; rows with the same number are one entry
        #[arg(value_name = "FILE.csv", required_unless_present = "customers")]
        file: Option<PathBuf>,
        /// Customers to register, as init takes them: id,name,country,parent,aliases,flags
        #[arg(long, value_name = "C.csv", conflicts_with_all = ["file", "partial"])]
        customers: Option<PathBuf>,
        /// Columns of the file to pass over, by their headings
        #[arg(long, value_name = "COLUMN[,COLUMN]")]
        ignore: Vec<String>,
        /// Record the rows that are good, even if others are not
        #[arg(long)]
        partial: bool,
        #[command(flatten)]
        batch: BatchArgs,
    },
    /// The ledger for other programs: rows for a spreadsheet, or a journal that hledger adds up anew
    Export(ExportArgs),
    /// A key to sign checkpoints with: a private file, and a public one for those who check
    Keygen(KeygenArgs),
    /// What the ledger is now, in three lines and a signature: keep it elsewhere, hand it out
    Checkpoint(CheckpointArgs),
    /// Proof, for somebody without the ledger, that entries are in it or that nothing was changed since
    Prove(ProveArgs),
    /// Check a proof, without the ledger
    VerifyProof(VerifyProofArgs),
    /// Policies
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// JSON Schemas: of a ledger's entry, of a policy, of every document that is printed
    Schema {
        /// `entry`, `policy`, or a document's kind as in its `schema`; the list of all if not given
        name: Option<String>,
    },
    /// What a code means, and what to do
    Explain {
        /// A code of a refusal or fault; all codes if not given
        code: Option<String>,
    },
    /// What a shell reads to complete command lines, names of the ledger in use among them
    #[command(after_help = COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Manual pages: of the program, or of a verb
    Man(ManArgs),
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyVerb {
    /// Whether files are valid policies, with everything that is wrong
    Check {
        /// The files
        #[arg(required = true, value_name = "POLICY.toml")]
        policies: Vec<PathBuf>,
    },
    /// In what two policies differ, and the smallest orders that they decide differently
    Diff {
        /// The first
        #[arg(value_name = "A.toml")]
        a: PathBuf,
        /// The second
        #[arg(value_name = "B.toml")]
        b: PathBuf,
    },
    /// What a policy says: a file, or the one the ledger has in force
    Show {
        /// The file
        #[arg(value_name = "POLICY.toml")]
        policy: Option<PathBuf>,
        /// The day in question; today if not given
        #[arg(long, value_parser = values::date, value_name = "YYYY-MM-DD", conflicts_with = "policy")]
        date: Option<NaiveDate>,
    },
}

const COMPLETIONS: &str = "\
Bash, in ~/.bashrc:                      source <(exquota completions bash)
Zsh, in ~/.zshrc, behind compinit:       source <(exquota completions zsh)
Fish, in ~/.config/fish/config.fish:     exquota completions fish | source";

fn group_by(text: &str) -> Result<GroupBy, String> {
    GroupBy::named(text).ok_or_else(|| "rows are by customer, family, country, licensee or chip".to_owned())
}

fn closure_reason(text: &str) -> Result<ClosureReason, String> {
    ClosureReason::named(text).ok_or_else(|| "a licence is revoked, surrendered or exhausted".to_owned())
}
