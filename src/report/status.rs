//! The answer of `status`: the ledger on one screen.

use super::Document;
use super::headroom::tone;
use super::licences::LicenceStanding;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::{object, row};
use super::table::{Cell, Table, table};
use super::validation::ValidatedLedger;
use super::values::{Day, Tenths};
use super::wording::time;
use crate::domain::event::Digest;
use crate::domain::exceptions::Holding;
use crate::domain::headroom::HeadroomRow;
use crate::domain::units::{Units, counted};
use chrono::{DateTime, NaiveDate, Utc};

/// The most rows of each list, so that all lists fit on one screen.
const LISTED: usize = 8;

/// The answer of `status` for a ledger without faults.
pub struct Status {
    pub as_of: NaiveDate,
    pub unit: String,
    /// The policy in force on that day.
    pub policy: PolicyLabel,
    pub head: Digest,
    pub last_recorded: DateTime<Utc>,
    /// What `validate` says.
    pub ledger: ValidatedLedger,
    /// The rows of ceilings that are critical, exhausted or over.
    pub full: Vec<HeadroomRow>,
    /// How many days ahead `expiring` looks.
    pub soon: u32,
    /// Open licences whose last valid day is near, the nearest first.
    pub expiring: Vec<LicenceStanding>,
    pub suspended: Vec<LicenceStanding>,
    /// The exceptions that set a limit.
    pub exceptions: Vec<Holding>,
}

row! {
    it: Holding {
        entry => number,
        ceiling: &it.exception.ceiling => text,
        group => text,
        limit: Units::from_whole(it.exception.limit) => number,
        measure => text.unless("units"),
        /// The policy's limit, which the exception replaces.
        usual => number("policy's limit"),
        /// The last day on which it holds; null for ever.
        expires: it.exception.expires.map(Day) => text("until").dashed(),
        authority: &it.exception.authority => text.goes(1),
    }
}

object! {
    /// What `status` answers: the verdict, and what needs attention.
    "status" it: Status {
        as_of: Day(it.as_of),
        unit,
        policy,
        head,
        path: &it.ledger.path,
        entries: it.ledger.entries,
        last_recorded: time(it.last_recorded),
        /// Whether `validate` finds the ledger valid.
        valid: it.ledger.valid(false),
        violations: it.ledger.breaches(true),
        breaches: it.ledger.breaches(false),
        warnings: it.ledger.warned().collect::<Vec<_>>(),
        /// The ceilings that are critical, exhausted or over.
        ceilings: &it.full,
        /// How many days ahead `expiring` looks.
        expiring_within_days: it.soon,
        expiring,
        suspended,
        /// The exceptions that set a limit.
        exceptions,
    }
}

impl Document for Status {
    fn text(&self, medium: &Medium) -> String {
        let Status { as_of, policy, last_recorded, ledger, full, soon, expiring, suspended, exceptions, .. } = self;
        let days = counted(soon, "day", "days");
        let mut text = medium.prose(&format!(
            "{}  last recorded {}\nToday is {as_of}; {}\n",
            ledger.verdict_told(false),
            time(*last_recorded),
            policy.line()
        ));
        text += &medium.prose(&ledger.refusals_told(LISTED));
        let told = ["Ceilings to watch", "No ceiling is critical, exhausted or over.", "exquota headroom"];
        text += &list(medium, told, full, fullest);
        let heading = format!("Licences that expire within {days}");
        let nothing = format!("No licence expires within {days}.");
        let all = format!("exquota licences --expiring {soon}");
        text += &list(medium, [&heading, &nothing, &all], expiring, ending);
        let told = ["Suspended licences", "No licence is suspended.", "exquota licences"];
        text += &list(medium, told, suspended, ending);
        let told = ["Exceptions in force", "No exception is in force.", "exquota log --event exception"];
        text + &list(medium, told, exceptions, Table::of)
    }

    /// A row for each thing that needs attention.
    fn table(&self) -> Option<Table> {
        let Status { ledger, full, expiring, suspended, exceptions, .. } = self;
        let [breaches, violations] = [false, true].map(|violation| {
            table!(ledger.refused(violation), |(entry, refusal)| {
                number("entry") = entry,
                text("code") = refusal.code,
                text("message") = refusal.message().as_ref(),
            })
        });
        let mut table = Table::stacked([
            ("breach", breaches),
            ("violation", violations),
            ("ceiling", fullest(full)),
            ("expiring", ending(expiring)),
            ("suspended", ending(suspended)),
            ("exception", Table::of(exceptions)),
        ]);
        if table.is_empty() {
            table.push_empty();
        }
        let mut context = vec![("valid", if ledger.valid(false) { "yes" } else { "no" }.to_owned())];
        context.extend([("entries", ledger.entries.to_string()), ("last_recorded", time(self.last_recorded))]);
        context.extend(self.policy.context(self.as_of, &self.unit, self.head));
        Some(table.in_context(context))
    }
}

/// One list: a heading and a table, or a line that says that there is nothing.
fn list<'l, T>(
    medium: &Medium,
    [heading, nothing, all]: [&str; 3],
    rows: &'l [T],
    table: impl FnOnce(&'l [T]) -> Table,
) -> String {
    if rows.is_empty() {
        return medium.prose(&format!("\n{nothing}\n"));
    }
    let mut text = table(rows.get(..LISTED).unwrap_or(rows)).titled(heading, medium);
    if let more @ 1.. = rows.len().saturating_sub(LISTED) {
        text += &medium.prose(&format!("and {more} more: `{all}` lists all\n"));
    }
    text
}

fn ending(licences: &[LicenceStanding]) -> Table {
    let rows = licences.iter().flat_map(|licence| licence.chips.iter().map(move |chip| (licence, chip)));
    table!(rows, |(licence, chip)| {
        text("licence") = &licence.licence,
        text("customer") = &licence.customer,
        text("expires").dashed() = licence.expires,
        number("days").dashed() = licence.days_to_expiry,
        text("chip") = &chip.chip,
        number("outstanding") = chip.outstanding,
    })
}

fn fullest(rows: &[HeadroomRow]) -> Table {
    let rows = rows.iter().filter_map(|row| Some((row, row.ceiling.as_ref()?)));
    table!(rows, |(row, ceiling)| {
        text("ceiling") = &ceiling.ceiling,
        text("group") = &row.group,
        number("limit") = ceiling.limit,
        number("used") = row.used,
        number("headroom") = ceiling.headroom,
        number("used %").goes(1).dashed() = ceiling.used_per_mille.map(Tenths),
        text("status") = Cell::of(ceiling.status).toned(tone(ceiling)),
    })
}
