//! The judge: one entry, at its place, against every rule; it reads the balances and moves nothing.
//!
//! | rule | file |
//! |---|---|
//! | open, expired, suspended, closed (R4, D11) | `licence_life` |
//! | destination, attestations, flags, prohibited chips | `conditions` |
//! | quantities, chips, balances (R1, R4, R5, R10) | `quantities` |
//! | ceilings (R1, R2, R3, R8) | `ceilings` |
//! | numbers and dates (R6, R11) | `numbers` |
//! | customers and families (R2) | `registration` |
//! | serial numbers | `serials` |
//! | policies, exceptions, volumes | `facts` |
//! | approvals and amendments; shipments and returns, put together | `licensing`, `shipping` |

mod ceilings;
mod conditions;
mod facts;
mod licence_life;
mod licensing;
mod numbers;
mod quantities;
mod registration;
mod serials;
mod shipping;
mod standing;

pub use ceilings::CeilingRow;
pub use numbers::differing_fields;
pub use quantities::MOST;
pub use standing::conditions_against;

use super::entries::{Entries, FoldError};
use super::event::{Entry, Event, Seq};
use super::refusal::{Code, Refusal, RefusalKey};
use super::state::State;
use super::text::CustomerId;
use chrono::TimeDelta;
use hashbrown::{HashMap, HashSet};

/// On whose behalf the judge is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Of an entry that is, or is to be, in the ledger.
    Record,
    /// Of a question: it has no number, may lie ahead and need not attest (D14). For a shipment, the customer
    /// whose family must hold the licence.
    Check {
        /// The id given with `check CUSTOMER --licence L`.
        held_by: Option<CustomerId>,
    },
}

/// What the judge stands on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// Balances just before the entry's place, lapses up to its date taken.
    pub state: &'a State,
    /// Everything recorded.
    pub entries: &'a Entries,
    /// What is refused in the fold as it stands.
    pub refused: &'a Refused,
}

/// What the rules refuse of recorded entries.
#[derive(Debug, Default)]
pub struct Refused {
    /// Entries of the fold that are refused and count all the same: breaches and violations.
    counted: HashMap<Seq, Vec<RefusalKey>>,
    /// Entries that change nothing.
    inert: HashSet<Seq>,
}

impl Refused {
    /// The refusals of one entry of the fold.
    pub fn of(&self, seq: Seq) -> &[RefusalKey] {
        self.counted.get(&seq).map_or(&[], Vec::as_slice)
    }

    /// Whether the entry changes nothing, because it names something that can't be moved, or would move it under a
    /// line that was recorded before it (D6). That is decided once, when the entry is recorded (D20).
    pub fn is_inert(&self, seq: Seq) -> bool {
        self.inert.contains(&seq)
    }

    pub(super) fn set_inert(&mut self, seq: Seq) {
        self.inert.insert(seq);
    }

    /// Puts what is refused of an entry; answers what was refused before.
    pub(super) fn set(&mut self, seq: Seq, keys: Vec<RefusalKey>) -> Vec<RefusalKey> {
        let before = if keys.is_empty() { self.counted.remove(&seq) } else { self.counted.insert(seq, keys) };
        before.unwrap_or_default()
    }
}

/// What the judge finds.
#[derive(Debug)]
pub struct Ruling {
    /// Every rule that says no, in the order of R12's table.
    pub refusals: Vec<Refusal>,
    /// What a person should know all the same.
    pub warnings: Vec<String>,
    /// Every ceiling concerned, in the policy's order (D8).
    pub rows: Vec<CeilingRow>,
    /// Whether somebody will look at the rows.
    shown: bool,
}

impl Ruling {
    fn new(shown: bool) -> Self {
        Ruling { refusals: Vec::new(), warnings: Vec::new(), rows: Vec::new(), shown }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }

    /// Whether names or quantities leave nothing to reckon with (D8).
    fn cannot_be_reckoned(&self) -> bool {
        self.refusals.iter().any(|refusal| refusal.code.is_unknown_name() || refusal.code == Code::QuantityInvalid)
    }
}

/// Judges one entry at its place.
pub fn judge(ground: Ground<'_>, entry: &Entry, asked: &Asked) -> Result<Ruling, FoldError> {
    rule(ground, entry, asked, Ruling::new(true))
}

/// What is refused of a recorded entry at its place: the same judgement, without the rows that nobody looks at.
pub fn refusals(ground: Ground<'_>, entry: &Entry) -> Result<Vec<Refusal>, FoldError> {
    rule(ground, entry, &Asked::Record, Ruling::new(false)).map(|ruling| ruling.refusals)
}

fn rule(ground: Ground<'_>, entry: &Entry, asked: &Asked, mut ruling: Ruling) -> Result<Ruling, FoldError> {
    if let Some(number) = entry.event.number()
        && let Some(holder) = ground.entries.holder_beside(number, Some(entry.seq))?
    {
        // A taken number is the only refusal given (D18).
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
        Event::Void(void) => facts::void(ground.entries, void, &mut ruling)?,
    }
    ruling.refusals.sort_by_key(|refusal| refusal.code);
    Ok(ruling)
}

/// A written entry may be dated one day after its recording day, for time zones; a policy may be adopted ahead (R6).
fn date_in_future(entry: &Entry, ruling: &mut Ruling) {
    let recorded_on = entry.recorded_at.date_naive();
    let ahead = entry.date > recorded_on + TimeDelta::days(1);
    if ahead && !matches!(entry.event, Event::Policy(_)) {
        ruling.refuse(
            Refusal::new(
                Code::DateInFuture,
                format!(
                    "dated {}, but recorded on {recorded_on} (UTC): what has not happened can't be recorded",
                    entry.date
                ),
            )
            .field("date")
            .help("record it when it has happened; `exquota check --date` may look ahead"),
        );
    }
}
