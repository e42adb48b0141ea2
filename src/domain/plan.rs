//! Orders judged on top of one another: which of them fit together, and which ceiling binds.

use super::book::{Book, Judgement, Proposal, Verdict};
use super::entries::FoldError;
use super::event::{Entry, Event, Seq};
use super::judge::{Asked, CeilingRow};
use super::policy::Scope;
use super::refusal::{Code, Refusal};
use super::text::{CeilingName, LicenceNumber, Text};
use super::units::{Overflow, Units};

/// A ceiling that binds.
#[derive(Clone, PartialEq, Debug)]
pub struct Binding {
    /// Which.
    pub ceiling: CeilingName,
    /// Who shares it.
    pub group: Text,
    /// What it is shared by.
    pub scope: Scope,
    /// The limit that holds.
    pub limit: Units,
    /// What is left of it once the order is dealt with.
    pub headroom: Units,
}

/// The ceiling that leaves the least: of an order that fits, after it; of one that is refused, the one that refuses
/// it. Where two leave the same, the first in the policy's order.
fn binding(judgement: &Judgement) -> Result<Option<Binding>, Overflow> {
    let fits = judgement.verdict == Verdict::Admitted;
    let refuses = |row: &CeilingRow| {
        judgement.refusals.iter().any(|refusal| {
            refusal.code == Code::CeilingExceeded
                && refusal.ceiling.as_ref() == Some(&row.ceiling)
                && refusal.group.as_ref() == Some(&row.group)
        })
    };
    let mut least: Option<(&CeilingRow, Units)> = None;
    for row in judgement.rows.iter().filter(|row| row.requested > Units::ZERO && (fits || refuses(row))) {
        let left = if fits { row.limit.minus(row.after)? } else { row.headroom };
        if least.is_none_or(|(_, held)| left < held) {
            least = Some((row, left));
        }
    }
    Ok(least.map(|(row, headroom)| Binding {
        ceiling: row.ceiling.clone(),
        group: row.group.clone(),
        scope: judgement.in_force.policy().ceiling(&row.ceiling).map_or(Scope::Total, |ceiling| ceiling.scope),
        limit: row.limit,
        headroom,
    }))
}

/// Where a wider ceiling begins to bind after a customer's did: the order, the ceiling that bound before, and the one
/// that binds from there on. Orders that no ceiling binds are left out.
pub fn flips<'a, T>(orders: impl Iterator<Item = (T, &'a Binding)>) -> Vec<(T, &'a Binding, &'a Binding)> {
    let mut flips = Vec::new();
    let mut bound_by: Option<&Binding> = None;
    for (order, binding) in orders {
        let before = bound_by.replace(binding).filter(|before| before.scope == Scope::Customer);
        if let Some(before) = before.filter(|_| binding.scope != Scope::Customer) {
            flips.push((order, before, binding));
        }
    }
    flips
}

/// Orders that were taken into a book in memory. A refused order takes nothing: later ones are judged without it.
#[derive(Debug)]
pub struct Orders {
    /// The number of the first order taken in: from here on nothing is recorded.
    first: Seq,
    /// Lines of the orders taken in, in the order of their numbers.
    taken: Vec<u64>,
}

impl Orders {
    /// No order yet.
    pub fn on(book: &Book) -> Self {
        Orders { first: book.next_seq(), taken: Vec::new() }
    }

    /// Judges the order of a line as `check` does (D14), and takes it in if it fits.
    pub fn judge(
        &mut self,
        book: &mut Book,
        line: u64,
        order: Entry,
    ) -> Result<(Judgement, Option<Binding>), FoldError> {
        let proposal = Proposal { entry: order, asked: Asked::Check { held_by: None }, head_moved: None };
        let mut judgement = book.propose(proposal)?;
        let binding = binding(&judgement)?;
        for refusal in &mut judgement.refusals {
            self.name_order(refusal);
        }
        if judgement.verdict == Verdict::Admitted {
            let mut entry = judgement.entry.clone();
            if let Event::Approval(approval) = &mut entry.event {
                // No ledger line can hold this number, as it has a control character in it.
                approval.licence = LicenceNumber::new(format!("\0plan {line}"));
            }
            // It need not attest, so the book may hold it for a breach; it moves the balances all the same (D6).
            book.record(entry)?;
            self.taken.push(line);
        }
        Ok((judgement, binding))
    }

    /// An order of the file is known by its line: its number stands in no ledger.
    fn name_order(&self, refusal: &mut Refusal) {
        let Some(broken) = &refusal.entry else { return };
        let place = broken.seq.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        if let Some(line) = place.and_then(|place| self.taken.get(place)) {
            refusal.reason = refusal.message_of(broken, &format!("the order of line {line}"));
            refusal.entry = None;
            refusal.help = None;
        }
    }
}
