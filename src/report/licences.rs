//! Licences as they stand: in `licences` and in `show`.

use super::paper::Paper;
use super::policies::PolicyLabel;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::event::{Digest, Seq};
use crate::domain::units::grouped;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

/// A licence on a day.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LicenceStanding {
    /// Its number.
    pub licence: String,
    /// Who is charged.
    pub customer: String,
    /// Who holds it.
    pub licensee: Option<String>,
    /// The approval.
    pub entry: Seq,
    /// Since when.
    #[schemars(with = "words::Day")]
    pub approved: String,
    /// Last valid day.
    #[schemars(with = "Option<words::Day>")]
    pub expires: Option<String>,
    /// Days from the day in question to the last valid day; negative once it has passed.
    pub days_to_expiry: Option<i64>,
    /// `open`, `suspended`, `expired`, or why it is closed.
    #[schemars(with = "words::LicenceState")]
    pub state: &'static str,
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
    let mut table = Table::new([
        Column::text("licence"),
        Column::text("customer"),
        Column::text("licensee").goes(2),
        Column::text("state"),
        Column::text("expires").goes(5),
        Column::number("days").goes(3),
        Column::text("chip"),
        Column::number("authorised"),
        Column::number("shipped").goes(4),
        Column::number("outstanding"),
        Column::number("released").goes(1),
    ]);
    for licence in licences {
        for chip in &licence.chips {
            let number = |count: i64| Cell::number(grouped(count), count);
            table.push([
                Cell::of(&licence.licence),
                Cell::of(&licence.customer),
                Cell::of(licence.licensee.as_deref().unwrap_or("")),
                Cell::of(licence.state),
                Cell::of(licence.expires.as_deref().unwrap_or("")),
                licence.days_to_expiry.map_or_else(|| Cell::of(""), number),
                Cell::of(&chip.chip),
                number(chip.authorised),
                number(chip.shipped),
                number(chip.outstanding),
                number(chip.released),
            ]);
        }
    }
    table
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

/// What `licences` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct LicencesDocument<'a> {
    #[schemars(extend("const" = "exquota/licences/1"))]
    schema: &'static str,
    #[schemars(with = "words::Day")]
    as_of: String,
    policy: &'a PolicyLabel,
    #[schemars(with = "words::Sha256")]
    head: String,
    licences: &'a [LicenceStanding],
}

impl Document for Licences {
    fn text(&self, paper: &Paper) -> String {
        let listed =
            if self.licences.is_empty() { "no licences\n".to_owned() } else { table(&self.licences).text(paper) };
        let header = format!("Licences as of {}, in chips\n{}; head {}\n", self.as_of, self.policy.line(), self.head);
        format!("{}\n{listed}", paper.prose(&header))
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&LicencesDocument {
            schema: "exquota/licences/1",
            as_of: self.as_of.to_string(),
            policy: &self.policy,
            head: self.head.to_string(),
            licences: &self.licences,
        })
    }

    fn table(&self) -> Option<Table> {
        Some(table(&self.licences))
    }
}
