//! Searches for what would pass: the largest quantities now, and the first day for all of them (R12, D9).

use super::Book;
use super::proposal::{all_of, nothing_of};
use crate::domain::entries::FoldError;
use crate::domain::event::{Entry, Event, Items, OrderedMap, Serials};
use crate::domain::judge::Asked;
use crate::domain::policy::Policy;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::ChipName;
use chrono::{Days, NaiveDate, NaiveTime};
use std::collections::BTreeSet;

/// The first day on which a refused order would pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opening {
    pub date: NaiveDate,
    /// Whether a licence lapses the day before; else another limit holds from that day on.
    pub by_lapse: bool,
}

impl Book {
    /// For each item, in the order given, the largest quantity up to the wanted one that passes the whole judgement,
    /// later entries included. All are 0 where something other than an amount refuses.
    pub(super) fn largest_within(
        &mut self,
        entry: &Entry,
        asked: &Asked,
        refusals: &[Refusal],
    ) -> Result<Option<Vec<(ChipName, u64)>>, FoldError> {
        let (Some(mut granted), Some(items)) = (nothing_of(&entry.event), entry.event.items()) else { return Ok(None) };
        if refusals.is_empty() {
            // The order passes as it stands. A second trial would double the cost of every entry.
            return Ok(all_of(&entry.event));
        }
        if !refusals.iter().all(|refusal| refusal.code.is_about_amounts()) {
            return Ok(Some(granted));
        }
        for (index, (_, wanted)) in items.iter().enumerate() {
            // Judging the entry alone is cheap, so this narrows the search before later entries are judged again.
            let here = largest(*wanted, |quantity| {
                let trial = with_quantity(entry, &granted, index, quantity);
                Ok(self.judge_at_place(&trial, asked)?.refusals.is_empty())
            })?;
            let everywhere =
                largest(here, |quantity| self.passes(with_quantity(entry, &granted, index, quantity), asked))?;
            if let Some((_, quantity)) = granted.get_mut(index) {
                *quantity = everywhere;
            }
        }
        Ok(Some(granted))
    }

    /// The first day on which the same order passes, for an approval that only ceilings refuse: a day after the expiry
    /// of a licence or an exception, or the first day of a step of a limit, of a window, or of a policy adopted ahead
    /// (D9, D43). The policy is the one that judged the order. The book judges the order as if it were recorded on that
    /// day.
    pub(super) fn fits_from(
        &mut self,
        entry: &Entry,
        asked: &Asked,
        refusals: &[Refusal],
        policy: &Policy,
    ) -> Result<Option<Opening>, FoldError> {
        let only_ceilings =
            !refusals.is_empty() && refusals.iter().all(|refusal| refusal.code == Code::CeilingExceeded);
        if !only_ceilings || !matches!(entry.event, Event::Approval(_)) {
            return Ok(None);
        }
        let day_after = |last: NaiveDate| last.checked_add_days(Days::new(1));
        let lapses: BTreeSet<NaiveDate> = self.expiries_from(entry.date)?.into_iter().filter_map(day_after).collect();
        let exceptions = self.state.exceptions().filter_map(|granted| day_after(granted.exception.expires?));
        let last = self.order.last().map_or(entry.date, |place| place.date);
        let changes = |policy: &Policy| {
            let turns = policy.windows().flat_map(|window| window.turns(entry.date, last));
            policy.step_days().chain(turns).collect::<Vec<NaiveDate>>()
        };
        let ahead = self.adoptions().filter(|(place, _)| place.date > entry.date);
        let adopted = ahead.flat_map(|(place, adoption)| changes(&adoption.policy).into_iter().chain([place.date]));
        let known = changes(policy).into_iter().chain(adopted).chain(exceptions);
        let mut days: BTreeSet<NaiveDate> = known.filter(|day| *day > entry.date).collect();
        days.extend(&lapses);
        for date in days {
            let recorded_at = entry.recorded_at.max(date.and_time(NaiveTime::MIN).and_utc());
            let mut trial = Entry { date, recorded_at, ..entry.clone() };
            // An expiry that the policy gave moves with the date.
            if let Event::Approval(approval) = &mut trial.event
                && approval.expires == policy.valid_to(entry.date)
            {
                approval.expires = policy.valid_to(date);
            }
            if self.passes(trial, asked)? {
                return Ok(Some(Opening { date, by_lapse: lapses.contains(&date) }));
            }
        }
        Ok(None)
    }

    /// Last valid days of all licences from the day `first` on, ascending, each once.
    fn expiries_from(&mut self, first: NaiveDate) -> Result<BTreeSet<NaiveDate>, FoldError> {
        // The state must hold every entry, but later lapses make no difference here.
        let last = self.order.last().map_or(first, |place| place.date);
        let mut expiries = self.as_of(last.max(first))?.expiries();
        expiries.extend(self.expiries_in_base()?);
        Ok(expiries.split_off(&first))
    }

    fn passes(&mut self, trial: Entry, asked: &Asked) -> Result<bool, FoldError> {
        Ok(self.refusals_everywhere(trial, asked)?.is_empty())
    }

    /// The refusals of an entry that is not in the book: its own, or else those of the later lines that it would break
    /// (D2).
    pub(super) fn refusals_everywhere(&mut self, trial: Entry, asked: &Asked) -> Result<Vec<Refusal>, FoldError> {
        let own = self.judge_at_place(&trial, asked)?.refusals;
        if !own.is_empty() || self.comes_last(&trial) {
            return Ok(own);
        }
        let inserted = self.insert(trial, &own)?;
        let broken = inserted.refusals();
        self.take_out(inserted)?;
        Ok(broken)
    }
}

/// The largest number up to `most` that passes. A number that passes means that all smaller ones pass, and 0 always
/// passes.
fn largest(most: u64, mut passes: impl FnMut(u64) -> Result<bool, FoldError>) -> Result<u64, FoldError> {
    if most == 0 || passes(most)? {
        return Ok(most);
    }
    let (mut good, mut bad) = (0, most);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if passes(middle)? { good = middle } else { bad = middle }
    }
    Ok(good)
}

/// The order with what is granted so far and `quantity` of the item at `index`. Items of 0 are left out. Serial numbers
/// are left out too, as they belong to the wanted quantities.
fn with_quantity(entry: &Entry, granted: &[(ChipName, u64)], index: usize, quantity: u64) -> Entry {
    let mut pairs: Vec<(ChipName, u64)> = granted.iter().take(index + 1).cloned().collect();
    if let Some(last) = pairs.get_mut(index) {
        last.1 = quantity;
    }
    pairs.retain(|(_, quantity)| *quantity > 0);
    let items: Items = OrderedMap::new(pairs);
    let mut trial = entry.clone();
    if let Event::Approval(approval) = &mut trial.event {
        approval.items = items;
    } else if let Event::Shipment(shipment) = &mut trial.event {
        shipment.items = items;
        shipment.serials = Serials::default();
    }
    trial
}
