//! Takes in a late shipment without judging the entries after it, where it provably changes nothing for them (R6).
//!
//! The book applies a shipment `S` of a licence `L` at place `P` at the end of the fold instead of at `P` if:
//! 1. No entry after `P` is a policy, a registration, an exception or a return (which may lower shipped and installed
//!    amounts). None changes `L` except by shipping. The ledger has no exception, no limit with steps, no share, no notice
//!    of a family and no return that restores headroom. So the rules, the families, the limits and `L`'s standing are the
//!    same at `P` and at the end.
//! 2. `L` was approved before `P` and is open at the end. So it is open from `P` to the end, and shipping within its
//!    balance does not change the committed and authorised amounts.
//! 3. The judge refuses nothing of `S` at the end. Shipped and installed amounts and values only grow from `P` on, in
//!    every period of a window too: `S` counts in the same pools at `P` and at the end (R14). So a
//!    balance, ceiling or value that holds at the end with `S` also holds with `S` at `P` and at every shipment in
//!    between.
//!
//! In all other cases the book judges every later entry. Balances are sums, so `S`'s change and its inverse commute
//! with those of the entries after `P`. The book therefore moves `S`'s journal records to the place where they belong.

use super::Book;
use crate::domain::entries::FoldError;
use crate::domain::event::{Entry, Event, Place, Reach, Shipment};
use crate::domain::judge::judge_recorded;
use crate::domain::notice::NoticeOf;

impl Book {
    /// Applies a late shipment and skips judging the entries after it, if they provably can't notice. Returns whether
    /// it did.
    pub(super) fn apply_commuting(&mut self, entry: &Entry) -> Result<bool, FoldError> {
        let place = entry.place();
        let last_day = match self.order.last() {
            Some(last) if *last > place => last.date,
            _ => return Ok(false),
        };
        let position = self.position(place);
        let Event::Shipment(shipment) = &entry.event else { return Ok(false) };
        let plain = entry.despite.is_none() && shipment.serials.is_empty();
        if !plain || !self.nothing_after_concerns(shipment, place) {
            return Ok(false);
        }
        self.seek(self.order.len(), last_day)?;
        let approved_before = self.state.licence(&shipment.licence).is_some_and(|licence| {
            licence.status.is_open() && Place { date: licence.opened, seq: licence.entry } < place
        });
        let policy = self.state.policy();
        // A shipment may reach a family's notice at its place, and no longer at the end.
        let of_families = policy.notices.iter().any(|notice| notice.of == NoticeOf::Family);
        let rules_vary =
            policy.restores || of_families || !policy.has_constant_limits() || self.state.exceptions().next().is_some();
        if rules_vary || !approved_before || !judge_recorded(self.ground(), entry)?.refusals.is_empty() {
            return Ok(false);
        }
        self.state.apply(entry, &self.entries)?;
        self.order.insert(position, place);
        let records = self.state.mark() - self.settled;
        let mark = self.applied.get(position).copied().unwrap_or(self.settled);
        self.state.move_latest_to(mark, records);
        for later in self.applied.iter_mut().skip(position) {
            *later += records;
        }
        self.applied.insert(position, mark);
        self.settled += records;
        Ok(true)
    }

    /// Condition 1, as far as it is about the entries after `place`.
    fn nothing_after_concerns(&self, shipment: &Shipment, place: Place) -> bool {
        self.disturbing.range(place..).all(|later| {
            self.entries.held(later.seq).is_some_and(|entry| match entry.event.reach() {
                Reach::Nothing => true,
                Reach::Licence(licence) => *licence != shipment.licence,
                Reach::Later | Reach::Earlier => false,
            })
        })
    }
}

#[cfg(test)]
mod tests;
