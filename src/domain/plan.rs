//! Judges orders one after another: which of them fit together, and which ceiling binds each.

use super::book::{Book, Judgement, Proposal, Verdict};
use super::ceiling::{Measure, Scope};
use super::entries::FoldError;
use super::event::{Entry, Event, Seq};
use super::judge::{Asked, CeilingRow};
use super::refusal::Refusal;
use super::text::{CeilingName, LicenceNumber, Text};
use super::units::{Overflow, Units};

/// The ceiling that binds an order.
#[derive(Clone, PartialEq, Debug)]
pub struct Binding {
    pub ceiling: CeilingName,
    pub group: Text,
    pub scope: Vec<Scope>,
    /// What the amounts add up.
    pub measure: Measure,
    /// The limit in force.
    pub limit: Units,
    /// The room left after the order, or before it if it is refused.
    pub headroom: Units,
}

impl Binding {
    /// Whether each family has its own limit.
    pub fn is_per_customer(&self) -> bool {
        self.scope.contains(&Scope::Customer)
    }
}

/// The ceiling with the least room left. For an order that fits, that is the room after it. For a refused order, only
/// the refusing ceilings count. Of two with the same room, the first in the policy's order binds. Where the measures
/// differ, the least room is that for the fewest more orders of this size.
fn binding(judgement: &Judgement) -> Result<Option<Binding>, Overflow> {
    let fits = judgement.verdict == Verdict::Admitted;
    let refuses = |row: &CeilingRow| judgement.refusals.iter().any(|refusal| row.is_refused_by(refusal));
    let mixed = judgement.rows.iter().any(|row| judgement.rows.iter().any(|other| other.measure != row.measure));
    let mut least: Option<(&CeilingRow, Units)> = None;
    for row in judgement.rows.iter().filter(|row| row.requested > Units::ZERO && (fits || refuses(row))) {
        let left = if fits { row.left } else { row.headroom };
        let is_less = match least {
            None => true,
            // Amounts in two measures compare only by how many more such orders they would hold.
            Some((held, room)) if mixed => left.holds_fewer(row.requested, room, held.requested)?,
            Some((_, room)) => left < room,
        };
        if is_less {
            least = Some((row, left));
        }
    }
    Ok(least.map(|(row, headroom)| Binding {
        ceiling: row.ceiling.clone(),
        group: row.group.clone(),
        scope: judgement.in_force.policy().ceiling(&row.ceiling).map_or(Vec::new(), |ceiling| ceiling.scope.clone()),
        measure: row.measure.clone(),
        limit: row.limit,
        headroom,
    }))
}

/// The orders at which a wider ceiling starts to bind after a customer ceiling did: the order, the ceiling that bound
/// before, and the new one. Orders without a binding ceiling are left out.
pub fn flips<'a, T>(orders: impl Iterator<Item = (T, &'a Binding)>) -> Vec<(T, &'a Binding, &'a Binding)> {
    let mut flips = Vec::new();
    let mut bound_by: Option<&Binding> = None;
    for (order, binding) in orders {
        let before = bound_by.replace(binding).filter(|before| before.is_per_customer());
        if let Some(before) = before.filter(|_| !binding.is_per_customer()) {
            flips.push((order, before, binding));
        }
    }
    flips
}

/// Orders that were taken into a book in memory. A refused order is not taken in, and later ones are judged without it.
#[derive(Debug)]
pub struct Orders {
    /// The seq of the first order. Entries from this seq on are not in the ledger.
    first: Seq,
    /// The file's lines of the orders, in the order of their seqs.
    taken: Vec<u64>,
}

impl Orders {
    /// No order yet.
    pub fn on(book: &Book) -> Self {
        Orders { first: book.next_seq(), taken: Vec::new() }
    }

    /// Judges the order of a line as `check` does (D14), and takes the order into the book if it fits.
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
                // No ledger line can have this number, because it contains a control character.
                approval.licence = LicenceNumber::new(format!("\0plan {line}"));
            }
            // The order may lack attestations, so the book may treat it as a breach. It still changes the balances
            // (D6).
            book.record(entry)?;
            self.taken.push(line);
        }
        Ok((judgement, binding))
    }

    /// Names an order of the file by its line in a refusal, because its seq is in no ledger.
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
