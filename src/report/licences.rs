//! Licences as they stand: in `licences` and in `show`.

use super::Document;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::object;
use super::table::{Table, table};
use super::values::Day;
use crate::domain::event::{Digest, Seq};
use crate::domain::state::Standing;
use crate::domain::text::{LicenceNumber, Text};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

/// A licence on a day.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LicenceStanding {
    /// Its number.
    pub licence: LicenceNumber,
    /// Who is charged.
    pub customer: String,
    /// Who holds it.
    pub licensee: Option<Text>,
    /// The approval.
    pub entry: Seq,
    /// Since when.
    pub approved: Day,
    /// Last valid day.
    pub expires: Option<Day>,
    /// Days from the day in question to the last valid day; negative once it has passed.
    pub days_to_expiry: Option<i64>,
    /// `open`, `suspended`, `expired`, or why it is closed.
    pub state: Standing,
    /// Chip by chip, in whole chips.
    pub chips: Vec<LicenceChip>,
}

/// One chip of a licence, in whole chips.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LicenceChip {
    /// Which.
    pub chip: String,
    /// Allowed in all.
    pub authorised: i64,
    /// Left.
    pub shipped: i64,
    /// May still leave.
    pub outstanding: i64,
    /// Never left.
    pub released: i64,
    /// Came back.
    pub returned: i64,
}

/// Licences chip by chip.
pub fn table(licences: &[LicenceStanding]) -> Table {
    let rows = licences.iter().flat_map(|licence| licence.chips.iter().map(move |chip| (licence, chip)));
    table!(rows, |(licence, chip)| {
        text("licence") = &licence.licence,
        text("customer") = &licence.customer,
        text("licensee").goes(2) = &licence.licensee,
        text("state") = licence.state,
        text("expires").goes(5) = licence.expires,
        number("days").goes(3) = licence.days_to_expiry,
        text("chip") = &chip.chip,
        number("authorised") = chip.authorised,
        number("shipped").goes(4) = chip.shipped,
        number("outstanding") = chip.outstanding,
        number("released").goes(1) = chip.released,
    })
}

/// `licences`: all that were asked for.
pub struct Licences {
    /// The day.
    pub as_of: NaiveDate,
    /// The policy in force on that day.
    pub policy: PolicyLabel,
    /// The ledger's head.
    pub head: Digest,
    /// In effective order of their approvals.
    pub licences: Vec<LicenceStanding>,
}

object! {
    /// What `licences` answers.
    "licences" it: Licences {
        as_of: Day(it.as_of),
        policy,
        head,
        licences,
    }
}

impl Document for Licences {
    fn text(&self, medium: &Medium) -> String {
        let listed =
            if self.licences.is_empty() { "no licences\n".to_owned() } else { table(&self.licences).text(medium) };
        let header = format!("Licences as of {}, in chips\n{}; head {}\n", self.as_of, self.policy.line(), self.head);
        format!("{}\n{listed}", medium.prose(&header))
    }

    fn table(&self) -> Option<Table> {
        Some(table(&self.licences))
    }
}
