//! The command line as clap sees it.

mod branches;
mod globals;
mod headroom;
mod shared;

pub(super) use branches::{MergeDriverArgs, RebaseArgs};
pub(super) use globals::{Colour, Format, Globals};
pub(super) use headroom::HeadroomArgs;
pub(super) use shared::{BatchArgs, ConditionArgs, ConsigneeArgs, RecordingArgs, TermArgs, WriteArgs};

use super::completion::Shell;
use super::values;
use crate::commands::facts::SerialFile;
use crate::commands::session::KnownAt;
use crate::commands::verbs::import::filings;
use crate::domain::event::{ClosureReason, Digest, EventKind};
use crate::domain::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Name, Reference, Text};
use crate::domain::words::Word;
use chrono::NaiveDate;
use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A ledger for export quotas: judges every allocation against every ceiling before it is written.
///
/// A date is YYYY-MM-DD, today, yesterday, tomorrow, or a step from today, as in +90d, -2w, +6m and +1y.
///
/// Exit codes: 0 within, valid or recorded; 1 evaluated, and the answer is no; 2 usage; 3 a file's content is not
/// valid; 4 the machine failed.
#[derive(Debug, Parser)]
#[command(name = "exquota", bin_name = "exquota", version)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,
}

/// The verbs. clap builds the options of the chosen verb only (`defer`).
#[derive(Clone, Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Verb {
    /// Create the ledger: adopt a policy and register customers
    Init {
        /// The policy to adopt: a file, or a name from `policy list`
        #[arg(long, value_name = "POLICY", required_unless_present = "ask")]
        #[cfg_attr(feature = "postgres", arg(required_unless_present = "from"))]
        policy: Option<PathBuf>,
        /// Load this ledger file into a new shared ledger, byte for byte
        #[cfg(feature = "postgres")]
        #[arg(long, value_name = "LEDGER.jsonl", conflicts_with_all = ["policy", "customers", "ask"])]
        from: Option<PathBuf>,
        /// Ask for every value interactively (the default at a terminal when no arguments are given)
        #[arg(long, conflicts_with_all = ["policy", "customers"])]
        ask: bool,
        /// Customers to register: id,name,country,parent,aliases,flags
        #[arg(long, value_name = "C.csv")]
        customers: Option<PathBuf>,
        /// Columns of that CSV to ignore, by heading
        #[arg(long, value_name = "COLUMN[,COLUMN]", requires = "customers")]
        ignore: Vec<String>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Judge a proposed approval or, with --licence, a proposed shipment; writes nothing without --record
    Check {
        /// The buyer: id, name or alias
        customer: CustomerId,
        /// Chips and their quantities
        #[arg(required = true, value_parser = values::item, allow_negative_numbers = true, value_name = "CHIP=QTY")]
        items: Vec<(ChipName, u64)>,
        /// Ask about a shipment under this licence
        #[arg(long, alias = "license", value_name = "LICENCE", conflicts_with_all = ["expires", "replaces", "licensee"])]
        licence: Option<LicenceNumber>,
        #[command(flatten)]
        terms: TermArgs,
        #[command(flatten)]
        conditions: ConditionArgs,
        #[command(flatten)]
        consignee: ConsigneeArgs,
        /// The day to judge on, which may be in the future; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        date: Option<NaiveDate>,
        /// Judge by what was recorded up to this entry, the end of this day (UTC) or this time
        #[arg(
            long,
            value_parser = values::known_at,
            allow_negative_numbers = true,
            conflicts_with = "record",
            value_name = "SEQ|DATE|TIME",
        )]
        known_at: Option<KnownAt>,
        /// Record the question and its answer, as evidence that you asked; it counts nothing
        #[arg(long)]
        record: bool,
        #[command(flatten)]
        recording: RecordingArgs,
    },
    /// Judge a licence that was granted, then record it
    Approve {
        /// The licence's number
        licence: LicenceNumber,
        /// The buyer: id, name or alias
        customer: CustomerId,
        /// Chips and their quantities
        #[arg(required = true, value_parser = values::item, allow_negative_numbers = true, value_name = "CHIP=QTY")]
        items: Vec<(ChipName, u64)>,
        #[command(flatten)]
        terms: TermArgs,
        #[command(flatten)]
        conditions: ConditionArgs,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Judge a shipment under a licence, then record it
    Ship {
        /// The shipment's reference
        reference: Reference,
        /// The licence it draws down
        #[arg(long, alias = "license", value_name = "LICENCE")]
        licence: LicenceNumber,
        /// Chips and their quantities
        #[arg(required = true, value_parser = values::item, allow_negative_numbers = true, value_name = "CHIP=QTY")]
        items: Vec<(ChipName, u64)>,
        #[command(flatten)]
        conditions: ConditionArgs,
        #[command(flatten)]
        consignee: ConsigneeArgs,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record that a licence was revised: new totals, a new value, or a new expiry
    Amend {
        /// The licence's number
        licence: LicenceNumber,
        /// New authorised totals
        #[arg(value_parser = values::item, allow_negative_numbers = true, value_name = "CHIP=QTY")]
        items: Vec<(ChipName, u64)>,
        /// The new value, in whole units of the policy's currency
        #[arg(long, value_parser = values::value, allow_negative_numbers = true, value_name = "VALUE")]
        value: Option<u64>,
        /// A new last valid day, inclusive
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        expires: Option<NaiveDate>,
        /// The authority that revised it
        #[arg(long, value_name = "NAME")]
        authority: Option<Text>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record that a licence was suspended: nothing ships, and its outstanding chips stay reserved
    Suspend {
        /// The licence's number
        licence: LicenceNumber,
        /// The reason
        #[arg(long)]
        reason: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record that a suspension was lifted
    Reinstate {
        /// The licence's number
        licence: LicenceNumber,
        /// The reason
        #[arg(long)]
        reason: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record that a licence ended; this releases its outstanding chips
    Close {
        /// The licence's number
        licence: LicenceNumber,
        /// The reason
        #[arg(long, value_parser = closure_reason, value_name = "revoked|surrendered|exhausted")]
        reason: ClosureReason,
        /// A note
        #[arg(long, value_name = "TEXT")]
        note: Option<Text>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record that goods of a shipment came back, were not delivered, or were retired
    ///
    /// Goods that came back restore headroom only if the policy says so. Goods that were not delivered count as if they
    /// had not left, and may be shipped again. Retired goods stay shipped.
    Return {
        /// The return's own reference
        reference: Reference,
        /// The shipment that the goods belong to
        #[arg(long, value_name = "REFERENCE")]
        shipment: Reference,
        /// Chips and their quantities
        #[arg(required = true, value_parser = values::item, allow_negative_numbers = true, value_name = "CHIP=QTY")]
        items: Vec<(ChipName, u64)>,
        /// The value of these goods, in whole units of the policy's currency
        #[arg(long, value_parser = values::value, allow_negative_numbers = true, value_name = "VALUE")]
        value: Option<u64>,
        /// The carrier failed to deliver the goods
        #[arg(long, conflicts_with = "retired")]
        undelivered: bool,
        /// The goods were lost, destroyed or resold where they are
        #[arg(long)]
        retired: bool,
        /// The reason
        #[arg(long)]
        reason: Option<Text>,
        /// Serial numbers of a chip, one per line
        #[arg(long = "serials", value_parser = values::serials, value_name = "CHIP=FILE")]
        serials: Vec<SerialFile>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record that an authority set another limit for one group of one ceiling
    ///
    /// The ledger calls this an exception. It is not a License Exception of the EAR, which is the right to ship without
    /// a licence.
    Grant {
        /// The ceiling
        #[arg(long)]
        ceiling: CeilingName,
        /// The group: a customer, country, licensee or chip, or `total`
        #[arg(long)]
        group: Name,
        /// The limit, in whole units
        #[arg(long, value_parser = values::quantity, allow_negative_numbers = true, value_name = "UNITS")]
        limit: u64,
        /// The authority that set the limit, with a reference
        #[arg(long, value_name = "NAME")]
        authority: Text,
        /// Last day that the limit holds, inclusive
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        expires: Option<NaiveDate>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record a reported cumulative volume
    Volume {
        /// The series' name
        series: Name,
        /// The chip and its total so far
        #[arg(value_parser = values::item, allow_negative_numbers = true, value_name = "CHIP=QTY")]
        item: (ChipName, u64),
        /// The source of the figure
        #[arg(long)]
        source: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Record how many chips a customer has had from others
    ///
    /// The latest figure for a customer and chip holds, and may be lower than an earlier one.
    Elsewhere {
        /// The buyer: id, name or alias
        customer: CustomerId,
        /// Chips, and how many the customer has had from others; 0 is a figure too
        #[arg(required = true, value_parser = values::item, allow_negative_numbers = true, value_name = "CHIP=QTY")]
        items: Vec<(ChipName, u64)>,
        /// The source of the figures, such as a certificate of the customer
        #[arg(long)]
        source: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Cancel a recorded entry; it stays in the file and no longer counts
    ///
    /// Several entries are taken out newest first, all or none. A licence or reference names its live entry: the
    /// approval, the shipment or the return. A number that is an entry's always means that entry.
    Void {
        /// An entry's number, a licence or a reference; any number of them
        #[arg(required = true, allow_negative_numbers = true, value_name = "ENTRY|LICENCE|REFERENCE")]
        entries: Vec<Text>,
        /// The reason
        #[arg(long)]
        reason: Text,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Register a customer, or change a registered one: only the values you give change
    Register {
        /// The customer's id in the ledger: lower-case letters and digits, then also `.`, `_` and `-`
        #[arg(required_unless_present = "ask")]
        id: Option<CustomerId>,
        /// Ask for every value interactively (the default at a terminal when no arguments are given)
        #[arg(long, conflicts_with_all = [
            "id", "name", "country", "parent", "no_parent", "aliases", "flags", "drop_aliases", "drop_flags",
        ])]
        ask: bool,
        /// The customer's full name
        #[arg(long)]
        name: Option<Text>,
        /// The country of its headquarters, ISO 3166-1
        #[arg(long, value_name = "CC")]
        country: Option<Country>,
        /// The customer that it belongs to: a family shares each customer ceiling
        #[arg(long, value_name = "ID", conflicts_with = "no_parent")]
        parent: Option<CustomerId>,
        /// Remove the parent
        #[arg(long)]
        no_parent: bool,
        /// Another name of the customer
        #[arg(long = "alias", value_name = "NAME")]
        aliases: Vec<Name>,
        /// A list that names the customer
        #[arg(long = "flag", value_name = "FLAG")]
        flags: Vec<Name>,
        /// Remove this alias
        #[arg(long = "drop-alias", value_name = "NAME")]
        drop_aliases: Vec<Name>,
        /// Remove this flag
        #[arg(long = "drop-flag", value_name = "FLAG")]
        drop_flags: Vec<Name>,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Adopt a policy, which governs from --date on
    Adopt {
        /// The policy: a file, or a name from `policy list`
        #[arg(value_name = "POLICY")]
        policy: PathBuf,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Show the ledger on one screen: verdict, ceilings to watch, what ends soon, what is suspended
    ///
    /// The verdict and the exit code are those of validate.
    Status,
    /// Show what is left under every ceiling
    Headroom(HeadroomArgs),
    /// Show customers as families: id, name, country, aliases, flags, and what is committed
    Customers {
        /// Show only these customers' families
        customers: Vec<String>,
        /// The day to answer for; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        as_of: Option<NaiveDate>,
        /// Answer from what was recorded up to this entry, the end of this day (UTC) or this time
        #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ|DATE|TIME")]
        known_at: Option<KnownAt>,
    },
    /// List licences: authorised, shipped, outstanding, state, days to expiry
    #[command(alias = "licenses")]
    Licences {
        /// Show only these customers' families
        customers: Vec<String>,
        /// Leave out the customers' families: show only their own licences
        #[arg(long, requires = "customers")]
        alone: bool,
        /// Show only licences that this company holds
        #[arg(long, value_name = "NAME")]
        licensee: Option<Name>,
        /// Show only open licences that expire within this many days
        #[arg(long, value_parser = values::whole, allow_negative_numbers = true, value_name = "DAYS")]
        expiring: Option<u32>,
        /// The day to answer for; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        as_of: Option<NaiveDate>,
        /// Answer from what was recorded up to this entry, the end of this day (UTC) or this time
        #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ|DATE|TIME")]
        known_at: Option<KnownAt>,
    },
    /// Make one HTML page to hand on: verdict, headroom, growth, expiring licences, exceptions, violations
    ///
    /// With -o it replaces an older page, and no other file.
    Report {
        /// A name to put above the page: your company's, or what the page is for
        #[arg(long, value_name = "TEXT")]
        title: Option<Text>,
        /// The day to answer for; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        as_of: Option<NaiveDate>,
        /// Answer from what was recorded up to this entry, the end of this day (UTC) or this time
        #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ|DATE|TIME")]
        known_at: Option<KnownAt>,
        /// List open licences that expire within this many days
        #[arg(long, value_parser = values::whole, allow_negative_numbers = true, value_name = "DAYS", default_value_t = 90)]
        expiring: u32,
        /// Draw the curve of each family too: how it used its ceiling over time
        #[arg(long)]
        curves: bool,
    },
    /// Show who had a chip, or many: every shipment and return of the serial numbers
    Trace {
        /// The serial numbers, in upper or lower case
        #[arg(required_unless_present = "file")]
        serial: Vec<String>,
        /// A file with serial numbers, one per line
        #[arg(long = "serials", value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// List entries in the order of recording
    Log {
        /// Show only entries about this customer's family
        #[arg(long, value_name = "NAME")]
        customer: Option<String>,
        /// Leave out the customer's family: show only entries about itself
        #[arg(long, requires = "customer")]
        alone: bool,
        /// Show only entries about this licence
        #[arg(long, alias = "license", value_name = "LICENCE")]
        licence: Option<LicenceNumber>,
        /// Show only entries of this kind
        #[arg(long, value_name = "KIND", value_parser = values::word::<EventKind>())]
        event: Option<EventKind>,
        /// Show only entries dated on or after this day
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        since: Option<NaiveDate>,
        /// Show only entries dated on or before this day
        #[arg(long, visible_alias = "as-of", value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        until: Option<NaiveDate>,
        /// Answer from what was recorded up to this entry, the end of this day (UTC) or this time
        #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ|DATE|TIME")]
        known_at: Option<KnownAt>,
        /// Show only the last N of these entries
        #[arg(short = 'n', value_parser = values::quantity, allow_negative_numbers = true, value_name = "N")]
        last: Option<u64>,
        /// Show the newest entry first
        #[arg(long)]
        newest: bool,
    },
    /// Show all about an entry, licence, customer with its family, or reference, with running totals
    Show {
        /// An entry's number, a licence, a customer or a reference
        #[arg(value_name = "ENTRY|LICENCE|CUSTOMER|REFERENCE")]
        subject: Text,
        /// Leave out the customer's family: show only entries and licences of itself
        #[arg(long)]
        alone: bool,
        /// The day to answer for; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        as_of: Option<NaiveDate>,
        /// Answer from what was recorded up to this entry, the end of this day (UTC) or this time
        #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ|DATE|TIME")]
        known_at: Option<KnownAt>,
    },
    /// Show what came between two states of one ledger, and what it did to headroom
    ///
    /// The newer ledger must begin with all lines of the older one. In Markdown the answer is a comment for a pull request.
    Diff {
        /// The ledger as it was
        #[arg(value_name = "OLD.jsonl")]
        old: PathBuf,
        /// The ledger as it is; the one of --ledger if not given
        #[arg(value_name = "NEW.jsonl")]
        new: Option<PathBuf>,
        /// The day to answer for; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        as_of: Option<NaiveDate>,
    },
    /// Put the entries of this ledger behind those of another branch of it, each judged anew: all or none
    ///
    /// Both files begin with the same lines. What --ledger has behind those comes behind all lines of the other file, in
    /// its order. Each entry keeps its date, its content and who recorded it; what is recorded there already is passed
    /// over. The result replaces the ledger, and the old file is kept beside it.
    Rebase(RebaseArgs),
    /// Merge two branches of a ledger for git: keep what is checked out, and put the other branch's entries behind it
    ///
    /// Git calls it after `git config merge.exquota.driver 'exquota merge-driver %O %A %B %P'`, in each clone, and the line
    /// `*.jsonl merge=exquota -text` in `.gitattributes`. Each entry is judged anew, as `rebase` does; if one is refused,
    /// nothing is merged, and git reports a conflict. On main, `git merge feature` keeps main's lines; on a feature,
    /// `git rebase main` does. `git merge main` on a feature does not: then main's next lines are others.
    MergeDriver(MergeDriverArgs),
    /// Find every fault and breach in every ledger
    ///
    /// A file alone can't show that its last line was edited, that lines are gone from its end, or that all of it was
    /// written anew. Only a comparison can: --extends with an older copy, --extends-git with a revision of git, or
    /// --expect-head with a head that you noted. Quote a pattern: --extends-git then also reports ledgers that are gone.
    Validate {
        /// The ledgers, or patterns such as `ledgers/*.jsonl`; the one of --ledger if not given
        ledgers: Vec<PathBuf>,
        /// The policy that must have been adopted last: a file, or a name from `policy list`
        #[arg(long, value_name = "POLICY")]
        policy: Option<PathBuf>,
        /// The older ledger that this one must begin with
        #[arg(long, value_name = "OLD.jsonl", conflicts_with = "extends_git")]
        extends: Option<PathBuf>,
        /// A revision of git, such as `HEAD` or `origin/main`: each ledger must begin with its own file there
        #[arg(long, value_name = "REV", value_parser = NonEmptyStringValueParser::new())]
        extends_git: Option<String>,
        /// The head that the ledger must have
        #[arg(long, value_parser = values::head, value_name = "HEX")]
        expect_head: Option<Digest>,
        /// Count violations as breaches
        #[arg(long)]
        strict: bool,
        /// Print every fault, however many there are
        #[arg(long)]
        all: bool,
    },
    /// Repair the ledger after a failed write or a torn last line
    ///
    /// It checks every line, puts a new file with the good lines in the ledger's place, keeps the old file beside it,
    /// and removes the marker that stops writing. It does not touch a ledger that was tampered with. It is safe to run
    /// again.
    Recover,
    /// Judge the ledger under another policy: ceilings and licences that break it, and the first entry refused
    Whatif {
        /// The other policy: a file, or a name from `policy list`
        #[arg(long, value_name = "POLICY")]
        policy: PathBuf,
        /// The day from which it is in force; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        date: Option<NaiveDate>,
    },
    /// Show which proposed orders fit together, in file order, and where the binding ceiling changes; writes nothing
    ///
    /// The columns, in any order: customer; items (as in `H200=50000;MI325X=1000`), or chip and quantity; optionally
    /// name, date, destination, licensee, expires, value. A refused order takes nothing: the orders after it are judged
    /// without it.
    Plan {
        /// The orders, one per row
        #[arg(value_name = "ORDERS.csv")]
        orders: PathBuf,
        /// Columns of the file to ignore, by heading
        #[arg(long, value_name = "COLUMN[,COLUMN]")]
        ignore: Vec<String>,
        /// The day to judge orders without a date on, which may be in the future; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        date: Option<NaiveDate>,
    },
    /// Import approvals and shipments, or customers, from a CSV: judges every row, then records all or none
    ///
    /// The rows may be in any order: they are judged by date, on one day approvals before shipments. Import skips what is
    /// recorded already, so you can import the same file again. A file of `export --to csv` can be imported too, with the
    /// customers and returns in it; its other kinds of entry are named, and no row is dropped silently.
    #[command(after_help = filings::columns())]
    Import {
        /// The filings, with one chip or one list of items per row; rows with the same number are one entry
        #[arg(value_name = "FILE.csv", required_unless_present = "customers")]
        file: Option<PathBuf>,
        /// Customers to register, as with init: id,name,country,parent,aliases,flags
        #[arg(long, value_name = "C.csv", conflicts_with_all = ["file", "partial"])]
        customers: Option<PathBuf>,
        /// Columns of the file to ignore, by heading
        #[arg(long, value_name = "COLUMN[,COLUMN]")]
        ignore: Vec<String>,
        /// Record the good rows even if others are bad
        #[arg(long)]
        partial: bool,
        #[command(flatten)]
        batch: BatchArgs,
    },
    /// Export the ledger: rows for a spreadsheet, a journal that hledger checks independently, or its own lines
    Export {
        /// The format: rows for a spreadsheet, a journal that hledger checks, or the ledger's lines, byte for byte
        #[arg(long, value_name = "csv|hledger|ledger", hide_possible_values = true)]
        to: ExportTo,
        /// Leave out entries dated after this day; for hledger, today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE")]
        as_of: Option<NaiveDate>,
        /// Answer from what was recorded up to this entry, the end of this day (UTC) or this time
        #[arg(long, value_parser = values::known_at, allow_negative_numbers = true, value_name = "SEQ|DATE|TIME")]
        known_at: Option<KnownAt>,
    },
    /// Make a key that signs checkpoints: a private file, and a public file for those who check
    Keygen {
        /// The file to create for the private key; the public key goes to KEYFILE.pub
        #[arg(value_name = "KEYFILE")]
        key: PathBuf,
        /// The ledger's name in its checkpoints, as in example.com/ledger; made from the key if not given
        #[arg(long, value_name = "NAME")]
        origin: Option<String>,
    },
    /// Make a checkpoint: the state of the ledger in three lines and a signature, to keep elsewhere or hand out
    #[command(group = ArgGroup::new("signer").required(true))]
    Checkpoint {
        /// Sign with this private key; the key's name is the origin
        #[arg(long, group = "signer", value_name = "KEYFILE")]
        key: Option<PathBuf>,
        /// Use this origin and don't sign; sign the file with `ssh-keygen -Y sign -n exquota-checkpoint`
        #[arg(long, group = "signer", value_name = "NAME")]
        origin: Option<String>,
    },
    /// Prove to somebody without the ledger that it holds an entry, or that nothing was changed since a checkpoint
    ///
    /// -o may also name an existing folder, for one file per entry.
    #[command(group = ArgGroup::new("against").required(true))]
    Prove {
        /// An entry's number, a licence (every entry that names it) or a reference
        #[arg(value_name = "ENTRY|LICENCE|REFERENCE", required_unless_present = "since", conflicts_with = "since")]
        subject: Option<String>,
        /// Prove that nothing was changed since this checkpoint
        #[arg(long, value_name = "CHECKPOINT")]
        since: Option<PathBuf>,
        /// Sign a checkpoint of the ledger as it is now with this private key
        #[arg(long, group = "against", value_name = "KEYFILE")]
        key: Option<PathBuf>,
        /// Prove under this earlier checkpoint
        #[arg(long, group = "against", value_name = "CHECKPOINT")]
        checkpoint: Option<PathBuf>,
    },
    /// Check a proof without the ledger
    #[command(group = ArgGroup::new("trust").required(true))]
    VerifyProof {
        /// The files with proofs
        #[arg(required = true, value_name = "PROOF")]
        proofs: Vec<PathBuf>,
        /// A public key to trust; repeat it for several keys
        #[arg(long = "key", group = "trust", value_name = "KEYFILE.pub")]
        keys: Vec<PathBuf>,
        /// A checkpoint to trust as it is, because you have checked its signature yourself
        #[arg(long, group = "trust", value_name = "CHECKPOINT")]
        checkpoint: Option<PathBuf>,
        /// The older checkpoint, which you kept; for a proof that nothing was changed since
        #[arg(long, value_name = "CHECKPOINT")]
        since: Option<PathBuf>,
        /// A file with the entry's line, for a proof that does not carry it or to compare
        #[arg(long, value_name = "FILE")]
        entry: Option<PathBuf>,
    },
    /// List, show, check, compare or test policies, or begin one
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Print the JSON Schema of an entry, a policy, or any document that exquota prints
    Schema {
        /// `entry`, `policy` (the file), the name in a document's `schema` (`policy-show` for its `policy`), or `postgres`
        /// for the SQL of shared ledgers; lists all schemas if not given
        name: Option<String>,
    },
    /// Explain what a code means and what to do
    Explain {
        /// The code of a refusal or fault, `policy` for all keys of a policy, or a key such as `ceilings`; lists all codes if
        /// not given
        code: Option<String>,
    },
    /// Print a shell's completion script; it also completes names from the ledger
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual page of the program or of a verb
    Man {
        /// The verb, as in `check` or `policy check`, or `policy.5` for the keys of a policy; the program's own page if not
        /// given
        #[arg(value_name = "VERB")]
        verb: Vec<String>,
        /// Write all pages into this existing folder
        #[arg(long, value_name = "DIR", conflicts_with = "verb")]
        into: Option<PathBuf>,
    },
}

/// The formats of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum ExportTo {
    /// One row for each entry and chip.
    Csv,
    /// A journal with balance assertions.
    Hledger,
    /// The ledger's own lines.
    Ledger,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum PolicyVerb {
    /// Check whether files are valid policies or tests of policies, and list everything that is wrong
    Check {
        /// The policies: files, or names from `policy list`
        #[arg(required = true, value_name = "POLICY")]
        policies: Vec<PathBuf>,
    },
    /// Show how two policies differ, and the smallest orders that they decide differently
    Diff {
        /// The first policy
        #[arg(value_name = "A")]
        a: PathBuf,
        /// The second policy
        #[arg(value_name = "B")]
        b: PathBuf,
    },
    /// Run the tests of policies, each on a ledger in memory, and show which rules no test meets
    ///
    /// A file `NAME.tests.toml` lies beside its policy. `given` makes the ledger and `when` asks it, in the words of the
    /// command line; `expect` names keys of the answer as `--format json` prints it, and `codes`, the codes of the
    /// refusals. Every line names its day with --date (--as-of for headroom). The clock stands at the end of the last of
    /// these days.
    Test {
        /// The files of tests
        #[arg(required = true, value_name = "NAME.tests.toml")]
        files: Vec<PathBuf>,
        /// Fail if no test meets some rule of a policy
        #[arg(long)]
        coverage: bool,
    },
    /// List the policies that the program carries
    List,
    /// Print a policy to begin with, which shows everything that a policy can say in comments
    New,
    /// Show what a policy says, or its TOML: a file, a policy that the program carries, or the one in force in the ledger
    Show {
        /// A file, or a name from `policy list`; the ledger's policy if not given
        #[arg(value_name = "POLICY")]
        policy: Option<PathBuf>,
        /// Print the policy's TOML as it is
        #[arg(long)]
        source: bool,
        /// The day on which the policy is in force; today if not given
        #[arg(long, value_parser = values::date, allow_hyphen_values = true, value_name = "DATE", conflicts_with = "policy")]
        date: Option<NaiveDate>,
    },
}

const COMPLETIONS: &str = "\
Bash 4.4 or newer, in ~/.bashrc:         source <(exquota completions bash)
Zsh, in ~/.zshrc, after compinit:        source <(exquota completions zsh)
Fish, in ~/.config/fish/config.fish:     exquota completions fish | source";

fn closure_reason(text: &str) -> Result<ClosureReason, String> {
    ClosureReason::named(text).ok_or_else(|| "a licence is revoked, surrendered or exhausted".to_owned())
}
