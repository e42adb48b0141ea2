//! A proposal, and the whole answer to it (R12).

use super::Book;
use super::consequences::strangers;
use super::search::Opening;
use crate::domain::about;
use crate::domain::admitted::Admitted;
use crate::domain::coverage::Point;
use crate::domain::entries::{FoldError, Unread};
use crate::domain::event::{Approval, Elsewhere, Entry, Event, Items, Registration, Seq, Shipment};
use crate::domain::judge::{Asked, Balance, CeilingRow, Ruling, ValueRow};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::InForce;
use crate::domain::text::{ChipName, CustomerId, Text};
use crate::domain::units::{Overflow, Units};

/// An entry for the book to judge.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The entry as the ledger would have it, with the next seq.
    pub entry: Entry,
    pub asked: Asked,
    /// Set where `--expect-head` names another head than the ledger's.
    pub head_moved: Option<Refusal>,
}

/// The result of a [`Judgement`] alone: may the entry be recorded? It carries no reasons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The rules refuse nothing, or `--despite` records the entry in spite of them (R13).
    Admitted,
    /// The ledger has the same entry already, under this seq (R11).
    AlreadyRecorded(Seq),
    Refused,
}

/// The book's whole answer to a proposal: the verdict, the judge's ruling, and what follows from both. A [`Ruling`]
/// covers only the entry itself at its place; a judgement also covers the entries after it.
#[derive(Debug)]
pub struct Judgement {
    /// The entry that was judged, without `despite` where nothing needed it.
    pub entry: Entry,
    pub verdict: Verdict,
    /// The policy in force at the entry's place.
    pub in_force: InForce,
    /// The customer to charge; none where it is unknown.
    pub customer: Option<Text>,
    /// The customer's ultimate parent.
    pub family: Option<CustomerId>,
    /// The gross units of the named items; none where a chip is unknown or there are no items.
    pub units: Option<Units>,
    /// A row for every ceiling that the entry affects (D8). A ceiling that the entry breaks only later has the figures at
    /// the recorded entry that breaks (D44).
    pub rows: Vec<CeilingRow>,
    /// The value of the licence, if it has one (R15).
    pub value: Option<ValueRow>,
    /// For a shipment: the balances of its licence just after it.
    pub balance: Option<Vec<(ChipName, Balance)>>,
    pub refusals: Vec<Refusal>,
    /// What a person should know although it refuses nothing.
    pub warnings: Vec<String>,
    /// The rules that the entry meets without a refusal that says so.
    pub met: Vec<Point>,
    /// The largest quantities that would pass now; none for events other than approvals and shipments (D9).
    pub largest_within: Option<Vec<(ChipName, u64)>>,
    /// The first day on which the whole order would fit (D9, D43).
    pub fits_from: Option<Opening>,
}

impl Judgement {
    /// Whether the entry is recorded although the rules refuse it (R13).
    pub fn is_violation(&self) -> bool {
        self.verdict == Verdict::Admitted && !self.refusals.is_empty()
    }
}

impl Book {
    /// Begins a ledger. The first entry is admitted without a judgement, because it brings the rules.
    pub fn found(first: Entry) -> Result<(Self, Judgement, Admitted), FoldError> {
        let book = Self::begin(first.clone())?;
        let judgement = Judgement { verdict: Verdict::Admitted, ..book.begin_judgement(&first)? };
        Ok((book, judgement, Admitted::new(first)))
    }

    /// Judges a proposal by everything recorded, and changes nothing.
    pub fn propose(&mut self, proposal: Proposal) -> Result<Judgement, FoldError> {
        self.consider(proposal, false).map(|(judgement, _)| judgement)
    }

    /// Judges a proposal once and records it in the book if it is admitted. It does the work of [`Book::propose`] and
    /// [`Book::admit`].
    pub fn enter(&mut self, proposal: Proposal) -> Result<(Judgement, Option<Admitted>), FoldError> {
        let (judgement, stayed) = self.consider(proposal, true)?;
        if stayed {
            let admitted = Admitted::new(judgement.entry.clone());
            return Ok((judgement, Some(admitted)));
        }
        let admitted = self.admit(&judgement)?;
        Ok((judgement, admitted))
    }

    /// Judges a proposal. With `keep`, an entry without refusals stays inserted. Returns whether it stayed.
    fn consider(&mut self, proposal: Proposal, keep: bool) -> Result<(Judgement, bool), FoldError> {
        let Proposal { mut entry, asked, head_moved } = proposal;
        self.ask_base_for_proposal(&entry)?;
        let place = entry.place();
        self.seek(self.position(place), place.date)?;
        let mut judgement = self.begin_judgement(&entry)?;
        if let Asked::Check { held_by: Some(customer) } = &asked {
            judgement.customer = Some(Text::new(customer.as_str()));
            judgement.family = self.family(customer);
        }
        if asked == Asked::Record
            && let Some(seq) = self.already_recorded(&entry)?
        {
            judgement.verdict = Verdict::AlreadyRecorded(seq);
            judgement.entry = entry;
            return Ok((judgement, false));
        }
        if let Some(refusal) = head_moved {
            judgement.refusals = vec![refusal];
            judgement.largest_within = nothing_of(&entry.event);
            judgement.entry = entry;
            return Ok((judgement, false));
        }
        let Ruling { refusals: own, warnings, met, rows, value, balance, .. } = self.judge_at_place(&entry, &asked)?;
        judgement.warnings.extend(warnings);
        judgement.met = met;
        judgement.rows = rows;
        judgement.value = value;
        judgement.balance = balance;
        let mut beyond_recording = own.iter().any(|refusal| refusal.code.leaves_nothing_to_record());
        judgement.refusals = own;
        judgement.warnings.extend(self.superseded(&entry));
        if let Event::Policy(adoption) = &entry.event {
            judgement.warnings.extend(strangers(&self.state, &adoption.policy));
        }
        let over_before = match &entry.event {
            Event::Customer(record) => self.over(record.parent.as_ref().unwrap_or(&record.id))?,
            Event::Elsewhere(elsewhere) => self.over(&elsewhere.customer)?,
            _ => Vec::new(),
        };
        if !beyond_recording && (judgement.refusals.is_empty() || entry.despite.is_some()) {
            let entry_is_plain = entry.despite.is_none();
            let inserted = self.insert(entry, &judgement.refusals)?;
            beyond_recording = inserted.broken_codes().any(Code::leaves_nothing_to_record);
            let broken = inserted.refusals();
            if judgement.refusals.is_empty() && !judgement.rows.is_empty() {
                inserted.show_exceeded(&mut judgement.rows);
            }
            if let Event::Customer(Registration { id: customer, .. }) | Event::Elsewhere(Elsewhere { customer, .. }) =
                &judgement.entry.event
                && broken.is_empty()
            {
                let over = self.over(customer)?.into_iter();
                let new = over.filter(|over| !over_before.iter().any(|before| before.is_of(over)));
                judgement.warnings.extend(new.map(|over| over.warning()));
            }
            if let Event::Approval(_) | Event::Amendment(_) = &judgement.entry.event
                && broken.is_empty()
            {
                judgement.warnings.extend(self.over_when_exceptions_end(&judgement.rows)?);
            }
            if keep && asked == Asked::Record && entry_is_plain && judgement.refusals.is_empty() && broken.is_empty() {
                judgement.verdict = Verdict::Admitted;
                judgement.largest_within = all_of(&judgement.entry.event);
                return Ok((judgement, true));
            }
            let Some(taken_out) = self.take_out(inserted)? else { return Err(Overflow.into()) };
            entry = taken_out;
            // `--despite` shows every refusal (R13). Without it, an entry with refusals of its own shows only these
            // (D2).
            judgement.refusals.extend(broken);
        }
        if judgement.refusals.is_empty() && entry.despite.take().is_some() {
            judgement.warnings.push("the rules refuse nothing, so `--despite` is left out of the line".to_owned());
        }
        if entry.despite.is_some() && beyond_recording {
            let told = "`--despite` can't record this: the entry names something unknown, taken or invalid, so it could not count";
            judgement.warnings.push(told.to_owned());
        }
        let recorded_despite = entry.despite.is_some() && !beyond_recording;
        if judgement.refusals.is_empty() || recorded_despite {
            judgement.verdict = Verdict::Admitted;
        }
        judgement.largest_within = self.largest_within(&entry, &asked, &judgement.refusals)?;
        judgement.fits_from = self.fits_from(&entry, &asked, &judgement.refusals, judgement.in_force.policy())?;
        judgement.entry = entry;
        Ok((judgement, false))
    }

    /// Records an admitted entry in the book. The store may write it only after that.
    pub fn admit(&mut self, judgement: &Judgement) -> Result<Option<Admitted>, FoldError> {
        if judgement.verdict != Verdict::Admitted || judgement.entry.seq != self.next_seq() {
            return Ok(None);
        }
        let admitted = Admitted::new(judgement.entry.clone());
        self.record(judgement.entry.clone())?;
        Ok(Some(admitted))
    }

    /// The judgement as far as it is known before the judge runs. The state stands at the entry's place.
    fn begin_judgement(&self, entry: &Entry) -> Result<Judgement, FoldError> {
        let (customer, family) = self.charged(entry)?;
        Ok(Judgement {
            entry: entry.clone(),
            verdict: Verdict::Refused,
            in_force: self.state.in_force().clone(),
            customer,
            family,
            units: entry.event.items().map_or(Ok(None), |items| self.gross_units(items))?,
            rows: Vec::new(),
            value: None,
            balance: None,
            refusals: Vec::new(),
            warnings: Vec::new(),
            met: Vec::new(),
            largest_within: None,
            fits_from: None,
        })
    }

    /// The customer that an entry is about, and that customer's family.
    fn charged(&self, entry: &Entry) -> Result<(Option<Text>, Option<CustomerId>), Unread> {
        let customer = about::customer(&self.entries, entry)?;
        let family = if let Event::Customer(record) = &entry.event {
            // A registration names its own parent.
            record.parent.as_ref().map_or(Some(record.id.clone()), |parent| self.family(parent))
        } else {
            customer.as_ref().and_then(|customer| self.family(customer))
        };
        Ok((customer.map(|customer| Text::new(customer.as_str())), family))
    }

    fn family(&self, customer: &CustomerId) -> Option<CustomerId> {
        let root = self.state.root(self.state.customer(customer)?);
        self.state.customer_at(root).map(|root| root.registered.record.id.clone())
    }

    fn gross_units(&self, items: &Items) -> Result<Option<Units>, Overflow> {
        if items.is_empty() || items.iter().any(|(chip, _)| self.state.policy().chip(chip).is_none()) {
            return Ok(None);
        }
        let mut sum = Units::ZERO;
        for (chip, quantity) in items.iter() {
            let count = i64::try_from(*quantity).map_err(|_| Overflow)?;
            sum = sum.plus(self.state.units(chip, count)?)?;
        }
        Ok(Some(sum))
    }
}

/// Each item with quantity 0, for the kinds of event that can be made smaller (D9).
pub(super) fn nothing_of(event: &Event) -> Option<Vec<(ChipName, u64)>> {
    sizeable(event).map(|items| items.iter().map(|(chip, _)| (chip.clone(), 0)).collect())
}

/// Each item with its whole quantity, for the kinds of event that can be made smaller (D9).
pub(super) fn all_of(event: &Event) -> Option<Vec<(ChipName, u64)>> {
    sizeable(event).map(|items| items.iter().cloned().collect())
}

fn sizeable(event: &Event) -> Option<&Items> {
    let (Event::Approval(Approval { items, .. }) | Event::Shipment(Shipment { items, .. })) = event else {
        return None;
    };
    Some(items)
}
