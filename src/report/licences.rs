//! The state of licences: in `licences` and in `show`.

use super::Document;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::object;
use super::table::{Table, table};
use super::values::Day;
use crate::domain::as_of::AsOf;
use crate::domain::event::{Digest, Seq};
use crate::domain::state::Standing;
use crate::domain::text::{LicenceNumber, Name, Text};
use schemars::JsonSchema;
use serde::Serialize;

/// The state of a licence on a day.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LicenceStanding {
    /// The licence's number.
    pub licence: LicenceNumber,
    /// The customer who is charged.
    pub customer: String,
    /// The company that holds the licence.
    pub licensee: Option<Name>,
    /// The entry of the approval.
    pub entry: Seq,
    /// The day of the approval.
    pub approved: Day,
    /// The last valid day.
    pub expires: Option<Day>,
    /// Days from the day in question to the last valid day; negative after it.
    pub days_to_expiry: Option<i64>,
    /// `open`, `suspended`, `expired`, or the reason why the licence is closed.
    pub state: Standing,
    /// The currency of the values.
    pub currency: Option<Text>,
    /// The value that the licence allows.
    pub value: Option<i64>,
    /// The value of what has left.
    pub shipped_value: i64,
    /// The licence's chips, in whole chips.
    pub chips: Vec<LicenceChip>,
}

/// One chip of a licence, in whole chips.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LicenceChip {
    /// The chip's name.
    pub chip: String,
    /// The quantity that the licence allows in all.
    pub authorised: i64,
    /// The quantity that has left, without what was not delivered.
    pub shipped: i64,
    /// The quantity that may still leave.
    pub outstanding: i64,
    /// The quantity that never left before the licence closed or expired.
    pub released: i64,
    /// The quantity that came back.
    pub returned: i64,
    /// The quantity that was lost, destroyed or resold where it is.
    pub retired: i64,
}

/// Makes a table of licences, with one row for each chip of each, and the sums of each chip.
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
        number("value").goes(1) = licence.value,
        number("value shipped").goes(1) = licence.value.map(|_| licence.shipped_value),
    })
    .totalled(&["authorised", "shipped", "outstanding", "released"], Some("chip"))
}

/// The answer of `licences`.
pub struct Licences {
    pub as_of: AsOf,
    /// The policy in force on that day.
    pub policy: PolicyLabel,
    pub head: Digest,
    /// Ordered by their approvals' effective order.
    pub licences: Vec<LicenceStanding>,
}

object! {
    /// What `licences` answers.
    "licences" it: Licences {
        as_of: Day(it.as_of.date),
        /// Where the day lies, as seen today.
        standing: it.as_of.standing,
        policy,
        head,
        licences,
    }
}

impl Document for Licences {
    fn text(&self, medium: &Medium) -> String {
        let listed =
            if self.licences.is_empty() { medium.line("no licences") } else { table(&self.licences).text(medium) };
        let header = format!("Licences as of {}, in chips\n{}; head {}\n", self.as_of, self.policy.line(), self.head);
        format!("{}\n{listed}", medium.prose(&header))
    }

    fn table(&self) -> Option<Table> {
        let (as_of, policy) = (self.as_of.date.to_string(), self.policy.named());
        Some(table(&self.licences).in_context([("as_of", as_of), ("unit", "chips".to_owned()), ("policy", policy)]))
    }
}
