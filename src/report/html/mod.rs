//! The report page: one self-contained file to hand on. It has no script, loads nothing, and says nothing that other
//! commands do not say.
//!
//! - Everything from a ledger is data. maud escapes it, `text` writes out characters that do not show as themselves, and
//!   the page forbids itself to load or run anything.
//! - Colour is never the only signal: a state also has a word and a sign, an amount also has a pattern.
//! - Every chart has a title and a description, and its numbers stand in a table.

mod bars;
mod lists;
mod page;
mod steps;
mod table;

use super::Document;
use super::clean::clean;
use super::headroom::Headroom;
use super::licences::LicenceStanding;
use super::medium::Medium;
use super::row::object;
use super::values::Day;
use super::wording::count;
use crate::domain::event::{Adoption, Entry, Seq};
use crate::domain::exceptions::Holding;
use crate::domain::headroom::{Fullness, HeadroomRow};
use crate::domain::refusal::Refusal;
use crate::domain::text::Text;
use crate::domain::timeline::Timeline;
use crate::domain::units::grouped;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use maud::{Markup, html};
use std::sync::Arc;

/// Open licences whose last valid day is near.
pub struct Soon {
    /// How many days ahead the last valid day may be.
    pub days: u32,
    /// Ordered by last valid day, the earliest first.
    pub licences: Vec<LicenceStanding>,
}

/// An entry that counts although the rules refuse it.
pub struct Counted {
    pub entry: Entry,
    pub refusals: Vec<Refusal>,
}

/// The answer of `report`: what holds on a day, for a reader who does not have the ledger.
pub struct Report {
    /// Who hands the page on, or what it is about, if the user said so.
    pub title: Option<Text>,
    /// The ledger's name, without folders.
    pub ledger: String,
    pub headroom: Headroom,
    /// The policy in force on that day.
    pub adoption: Arc<Adoption>,
    /// How many entries were read.
    pub entries: u64,
    /// When the last of these entries was recorded.
    pub last_recorded: DateTime<Utc>,
    /// The last entry to take into account, if the user named one.
    pub known_at: Option<Seq>,
    pub soon: Soon,
    /// Licences that nothing may ship under until they are reinstated.
    pub suspended: Vec<LicenceStanding>,
    /// Open licences that never expire: what they hold is reserved until somebody closes them.
    pub without_expiry: Vec<LicenceStanding>,
    /// Exceptions that set a limit on that day.
    pub exceptions: Vec<Holding>,
    /// Violations, then breaches.
    pub counted: Vec<Counted>,
    /// How the widest ceiling was used over time.
    pub widest: Option<Timeline>,
    /// The same for each family, if that is wanted.
    pub families: Vec<Timeline>,
    pub warnings: Vec<String>,
    /// The page's file. `None` if the page is printed.
    pub path: Option<String>,
}

object! {
    /// What `report` answers: the page itself, or the file that it is in.
    "report" it: Report {
        title,
        ledger,
        as_of: Day(it.headroom.as_of.date),
        /// Where the day lies, as seen today.
        standing: it.headroom.as_of.standing,
        policy: &it.headroom.policy,
        head: it.headroom.head,
        entries,
        within: it.within(),
        ceilings: Tally(it),
        expiring: it.soon.licences.iter().map(|licence| &licence.licence).collect::<Vec<_>>(),
        suspended: it.suspended.iter().map(|licence| &licence.licence).collect::<Vec<_>>(),
        /// Open licences that never expire.
        without_expiry: it.without_expiry.iter().map(|licence| &licence.licence).collect::<Vec<_>>(),
        exceptions: it.exceptions.iter().map(|exception| exception.entry).collect::<Vec<_>>(),
        /// Those of them that end as soon as the licences under `expiring`.
        exceptions_ending: it.exceptions_ending().map(|exception| exception.entry).collect::<Vec<_>>(),
        violations: &it.headroom.violations,
        breaches: &it.headroom.breaches,
        path,
        page: it.path.is_none().then(|| it.page()),
    }
}

/// Says how many ceilings have each fullness.
struct Tally<'a>(&'a Report);

object! {
    /// How many ceilings, each counted once for every group that shares it.
    it: Tally<'_> {
        open: it.0.how_many_are(Fullness::Open),
        critical: it.0.how_many_are(Fullness::Critical),
        exhausted: it.0.how_many_are(Fullness::Exhausted),
        over: it.0.how_many_are(Fullness::Over),
        refused: it.0.how_many_are(Fullness::Refused),
    }
}

impl Report {
    /// The whole page.
    pub fn page(&self) -> String {
        page::page(self).into_string()
    }

    fn rows_that_are(&self, status: Fullness) -> impl Iterator<Item = &HeadroomRow> {
        self.headroom
            .rows
            .iter()
            .filter(move |row| row.ceiling.as_ref().is_some_and(|ceiling| ceiling.status == status))
    }

    fn how_many_are(&self, status: Fullness) -> usize {
        self.rows_that_are(status).count()
    }

    /// The exceptions whose last day is near.
    fn exceptions_ending(&self) -> impl Iterator<Item = &Holding> {
        let ends = |last_day: NaiveDate| last_day - self.headroom.as_of.date <= TimeDelta::days(self.soon.days.into());
        self.exceptions.iter().filter(move |holding| holding.exception.expires.is_some_and(ends))
    }

    /// Whether no ceiling is exceeded. This is arithmetic, not a licence.
    fn within(&self) -> bool {
        self.how_many_are(Fullness::Over) == 0
    }

    /// The verdict in a few words.
    fn verdict(&self) -> String {
        match (self.how_many_are(Fullness::Over), self.headroom.rows.len()) {
            (0, 0) => "No ceilings to hold".to_owned(),
            (0, _) => "Within ceilings".to_owned(),
            (1, _) => "Over one ceiling".to_owned(),
            (over, _) => format!("Over {} ceilings", grouped(over)),
        }
    }

    /// Says how many ceilings have each fullness.
    fn tally(&self) -> String {
        use Fullness::{Critical, Exhausted, Open, Over, Refused};
        let counted = [Over, Exhausted, Critical, Open, Refused].map(|status| (self.how_many_are(status), status));
        let told = counted.iter().filter(|(count, status)| *count > 0 || *status == Over);
        told.map(|(count, status)| format!("{} {}", grouped(*count), status.as_str())).collect::<Vec<_>>().join(", ")
    }
}

impl Document for Report {
    fn text(&self, medium: &Medium) -> String {
        let Some(path) = &self.path else { return self.page() };
        let mut text = format!(
            "REPORT in {}: {} as of {}\n{}; head {}\n{}: {}\n",
            clean(path),
            self.verdict().to_lowercase(),
            self.headroom.as_of,
            self.headroom.policy.line(),
            self.headroom.head,
            counted(self.headroom.rows.len(), "ceiling", "ceilings"),
            self.tally(),
        );
        for (listed, one, many) in [
            (self.soon.licences.len(), "licence expires soon", "licences expire soon"),
            (self.suspended.len(), "licence suspended", "licences suspended"),
            (self.without_expiry.len(), "open licence without an expiry", "open licences without an expiry"),
            (self.exceptions.len(), "exception in force", "exceptions in force"),
            (self.headroom.violations.len(), "violation", "violations"),
            (self.headroom.breaches.len(), "breach", "breaches"),
        ] {
            if listed > 0 {
                text += &format!("{}\n", counted(listed, one, many));
            }
        }
        medium.prose(&text)
    }
}

/// Escapes text of a file or a user. It writes out characters that do not show as themselves, and lets no writing
/// direction leak out.
fn text(given: impl AsRef<str>) -> Markup {
    html! { bdi { (clean(given.as_ref())) } }
}

/// A count with digit separators and its noun.
fn counted(number: usize, one: &str, many: &str) -> String {
    if number < 1000 { count(number, one, many) } else { format!("{} {many}", grouped(number)) }
}
