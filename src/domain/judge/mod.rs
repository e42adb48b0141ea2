//! The judge checks one entry at its place against every rule. It reads the balances and changes nothing.
//!
//! | rule | file |
//! |---|---|
//! | open, expired, suspended, closed (R4, D11) | `licence_life` |
//! | destination (R16), attestations, flags, prohibited chips | `conditions` |
//! | quantities, chips, balances (R1, R4, R5, R10) | `quantities` |
//! | ceilings (R1, R2, R3, R8) | `ceilings` |
//! | values of licences (R15) | `value` |
//! | notices (R14) | `notices` |
//! | numbers and dates (R6, R11) | `numbers` |
//! | customers and families (R2) | `registration` |
//! | serial numbers | `serials` |
//! | policies, exceptions, volumes, what others sold | `facts` |
//! | approvals and amendments; shipments and returns, put together | `licensing`, `shipping` |

mod ceilings;
mod conditions;
mod facts;
mod licence_life;
mod licensing;
mod notices;
mod numbers;
mod quantities;
mod registration;
mod serials;
mod shipping;
mod standing;
mod value;

pub use ceilings::CeilingRow;
pub use numbers::differing_fields;
pub use quantities::{Balance, MOST};
pub use standing::conditions_against;
pub use value::ValueRow;

use super::coverage::Point;
use super::entries::{Entries, FoldError};
use super::event::{Entry, Event, Seq};
use super::refusal::{Code, Refusal, RefusalKey};
use super::state::State;
use super::text::{ChipName, CustomerId};
use chrono::TimeDelta;
use hashbrown::{HashMap, HashSet};

/// Who asks the judge, and so which rules apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// The entry is in the ledger, or is to be recorded.
    Record,
    /// The entry is only a question. It has no number, may lie in the future and need not attest (D14).
    Check {
        /// The id given with `check CUSTOMER --licence L`: for a shipment, this customer's family must hold the
        /// licence.
        held_by: Option<CustomerId>,
    },
}

/// Everything that the judge may look at.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// Balances just before the entry's place, after all lapses up to its date.
    pub state: &'a State,
    pub entries: &'a Entries,
    /// The refusals of recorded entries in the fold as it stands.
    pub refused: &'a Refused,
}

/// The refusals of recorded entries.
#[derive(Debug, Default)]
pub struct Refused {
    /// Refused entries that still count: breaches and violations.
    counted: HashMap<Seq, Vec<RefusalKey>>,
    inert: HashSet<Seq>,
}

impl Refused {
    /// The refusals of one entry in the fold.
    pub fn of(&self, seq: Seq) -> &[RefusalKey] {
        self.counted.get(&seq).map_or(&[], Vec::as_slice)
    }

    /// Whether the entry is inert: it changes nothing. An inert entry is a recorded check (D49), names something that
    /// can't be moved, or takes that from an entry recorded before it (D6). The book decides this once, when the entry is
    /// recorded (D20).
    pub fn is_inert(&self, seq: Seq) -> bool {
        self.inert.contains(&seq)
    }

    /// Whether the entry changes nothing in the fold as it stands: it is inert, or what it names is no longer there.
    pub fn changes_nothing(&self, seq: Seq) -> bool {
        self.is_inert(seq) || self.of(seq).iter().any(|key| key.code().leaves_nothing_to_record())
    }

    pub(super) fn set_inert(&mut self, seq: Seq) {
        self.inert.insert(seq);
    }

    /// Sets the refusals of an entry, and returns the previous ones.
    pub(super) fn set(&mut self, seq: Seq, keys: Vec<RefusalKey>) -> Vec<RefusalKey> {
        let before = if keys.is_empty() { self.counted.remove(&seq) } else { self.counted.insert(seq, keys) };
        before.unwrap_or_default()
    }
}

/// The judge's result for one entry at its place. It does not look at later entries; the book's `Judgement` does.
#[derive(Debug)]
pub struct Ruling {
    /// In the order of R12's table.
    pub refusals: Vec<Refusal>,
    /// What a person should know although it refuses nothing.
    pub warnings: Vec<String>,
    /// The rules that the entry meets without a refusal that says so.
    pub met: Vec<Point>,
    /// A row for every ceiling that the entry affects, in the policy's order (D8).
    pub rows: Vec<CeilingRow>,
    /// The value of the licence, if it has one (R15).
    pub value: Option<ValueRow>,
    /// For a shipment: the balances of its licence just after it.
    pub balance: Option<Vec<(ChipName, Balance)>>,
    /// Whether the caller uses rows and warnings. Otherwise only refused rows are computed.
    shown: bool,
}

impl Ruling {
    fn new(shown: bool) -> Self {
        Ruling {
            refusals: Vec::new(),
            warnings: Vec::new(),
            met: Vec::new(),
            rows: Vec::new(),
            value: None,
            balance: None,
            shown,
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }

    /// Whether unknown names or invalid quantities make it impossible to compute ceilings (D8).
    fn cannot_be_reckoned(&self) -> bool {
        self.refusals.iter().any(|refusal| refusal.code.is_unknown_name() || refusal.code == Code::QuantityInvalid)
    }
}

/// Judges one entry at its place.
pub fn judge(ground: Ground<'_>, entry: &Entry, asked: &Asked) -> Result<Ruling, FoldError> {
    rule(ground, entry, asked, Ruling::new(true))
}

/// Judges a recorded entry at its place as [`judge`] does, but computes only the rows of the ceilings that refuse it.
pub fn judge_recorded(ground: Ground<'_>, entry: &Entry) -> Result<Ruling, FoldError> {
    rule(ground, entry, &Asked::Record, Ruling::new(false))
}

fn rule(ground: Ground<'_>, entry: &Entry, asked: &Asked, mut ruling: Ruling) -> Result<Ruling, FoldError> {
    if let Some(number) = entry.event.number()
        && let Some(holder) = ground.entries.holder_beside(number, Some(entry.seq))?
    {
        // A taken number is the only refusal (D18).
        ruling.refuse(numbers::taken(ground, entry, number, holder)?);
        return Ok(ruling);
    }
    if *asked == Asked::Record {
        date_in_future(entry, &mut ruling);
        numbers::well_formed(ground.state.policy(), &entry.event, &mut ruling);
    }
    match &entry.event {
        Event::Policy(adoption) => facts::adoption(ground.state, adoption, &mut ruling),
        Event::Customer(record) => registration::registration(ground.state, record, &mut ruling),
        Event::Approval(approval) => licensing::approval(ground, entry, approval, asked, &mut ruling)?,
        Event::Amendment(amendment) => licensing::amendment(ground, entry, amendment, &mut ruling)?,
        Event::Suspension(change) => licence_life::suspension(ground, entry, &change.licence, &mut ruling),
        Event::Reinstatement(change) => licence_life::reinstatement(ground, entry, &change.licence, &mut ruling),
        Event::Closure(closure) => licence_life::closure(ground, entry, &closure.licence, &mut ruling),
        Event::Shipment(shipment) => shipping::shipment(ground, entry, shipment, asked, &mut ruling)?,
        Event::Return(returned) => shipping::returned(ground, entry, returned, &mut ruling)?,
        Event::Exception(exception) => facts::exception(ground.state, entry.date, exception, &mut ruling),
        Event::Volume(volume) => facts::volume(ground.state, volume, &mut ruling),
        Event::Elsewhere(elsewhere) => facts::elsewhere(ground.state, elsewhere, &mut ruling),
        // The book judges a recorded check (D49), because the answer may depend on later entries.
        Event::Check(_) => {}
        Event::Void(void) => facts::void(ground.entries, void, &mut ruling)?,
    }
    ruling.refusals.sort_by_key(|refusal| refusal.code);
    Ok(ruling)
}

/// Refuses a future date. An entry may be dated one day after its recording day, for time zones, and a policy may be
/// adopted ahead (R6).
fn date_in_future(entry: &Entry, ruling: &mut Ruling) {
    let recorded_on = entry.recorded_at.date_naive();
    let ahead = entry.date > recorded_on + TimeDelta::days(1);
    if ahead && !matches!(entry.event, Event::Policy(_)) {
        let told = format!(
            "dated {}, but recorded on {recorded_on} (UTC): the ledger records only what has happened",
            entry.date
        );
        let refusal = Refusal::new(Code::DateInFuture, told).field("date");
        ruling.refuse(refusal.help("record it when it has happened; `exquota check --date` may look ahead"));
    }
}
