//! The smallest order of one chip that two policies decide differently, for a customer with no usage (D30).

use crate::domain::book::{Book, Judgement, Proposal};
use crate::domain::entries::FoldError;
use crate::domain::event::{Adoption, Approval, Digest, Entry, Event, OrderedMap, Registration};
use crate::domain::judge::{Asked, MOST};
use crate::domain::policy::{Policy, ValueRule};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::{CeilingName, ChipName, Country, CustomerId, Text};
use chrono::{DateTime, NaiveDate};
use std::cmp::Ordering;
use std::sync::Arc;

/// The smallest order that one policy admits and the other refuses. Every smaller one has the same result under both.
#[derive(Clone, PartialEq, Debug)]
pub struct Smallest {
    pub quantity: u64,
    /// Whether the second policy is the one that refuses.
    pub refused_by_second: bool,
    pub code: Code,
    /// The ceiling that refuses, if one does.
    pub ceiling: Option<CeilingName>,
}

/// A book in memory under one policy, with one customer that has used nothing.
pub(super) struct Desk {
    book: Book,
    /// The day of the orders.
    day: NaiveDate,
}

const CUSTOMER: &str = "customer";

impl Desk {
    /// Makes a desk that decides by chips and ceilings alone. It ignores the policy's destinations and values, and
    /// ceilings that are a share: their limits depend on volumes that no policy states.
    pub(super) fn under(policy: &Policy, day: Option<NaiveDate>) -> Result<Self, FoldError> {
        let in_figures = policy.ceilings.iter().filter(|ceiling| ceiling.share().is_none()).cloned().collect();
        let policy =
            Arc::new(Policy { ceilings: in_figures, destinations: None, value: ValueRule::Optional, ..policy.clone() });
        let adoption = Adoption { digest: Digest::ZERO, source: Arc::from(""), policy };
        let mut book = Book::begin(entry(1, Event::Policy(adoption)))?;
        let customer = Registration {
            id: CustomerId::new(CUSTOMER),
            name: Text::new(CUSTOMER),
            country: Country::new("CN"),
            ..Registration::default()
        };
        book.record(entry(2, Event::Customer(customer)))?;
        Ok(Desk { book, day: day.unwrap_or_else(|| DateTime::UNIX_EPOCH.date_naive()) })
    }

    /// Judges an order as `check` does. The order need not attest (D14), and names no licensee.
    fn judge(&mut self, chip: &ChipName, quantity: u64) -> Result<Judgement, FoldError> {
        let items = OrderedMap::new(vec![(chip.clone(), quantity)]);
        let order = Approval { customer: CustomerId::new(CUSTOMER), items, ..Approval::default() };
        let entry = Entry { date: self.day, ..entry(self.book.next_seq(), Event::Approval(order)) };
        self.book.propose(Proposal { entry, asked: Asked::Check { held_by: None }, head_moved: None })
    }

    /// The largest order of a chip that passes.
    fn most(&mut self, chip: &ChipName) -> Result<u64, FoldError> {
        let largest = self.judge(chip, MOST)?.largest_within.unwrap_or_default();
        Ok(largest.first().map_or(0, |(_, quantity)| *quantity))
    }
}

fn entry(seq: u64, event: Event) -> Entry {
    let recorded_at = DateTime::UNIX_EPOCH;
    Entry { seq, recorded_at, recorded_by: Text::new(""), date: recorded_at.date_naive(), despite: None, event }
}

/// The smallest whole quantity from 1 to 1,000,000,000 of `chip` that one of the two admits and the other refuses.
pub(super) fn smallest(a: &mut Desk, b: &mut Desk, chip: &ChipName) -> Result<Option<Smallest>, FoldError> {
    let (most_a, most_b) = (a.most(chip)?, b.most(chip)?);
    let (refusing, refused_by_second) = match most_a.cmp(&most_b) {
        Ordering::Equal => return Ok(None),
        Ordering::Less => (a, false),
        Ordering::Greater => (b, true),
    };
    let quantity = most_a.min(most_b) + 1;
    let refusal = refusing.judge(chip, quantity)?.refusals.into_iter().next();
    Ok(refusal.map(|Refusal { code, ceiling, .. }| Smallest { quantity, refused_by_second, code, ceiling }))
}
