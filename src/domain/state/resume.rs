//! Keeps a state and resumes it. The sums are resumed at once, and each licence when it is needed.

use super::{Granted, InForce, Licence, LicenceIx, Licensee, Registered, State, Tally};
use crate::domain::book::kept::{Keep, Plain};
use crate::domain::entries::{Entries, FoldError, Unread};
use crate::domain::event::{Event, Exception, Registration, Seq};
use crate::domain::text::{ChipName, Name};
use chrono::NaiveDate;
use std::sync::Arc;

impl State {
    /// The entries whose content is in force: the policy, registrations and exceptions.
    pub(in crate::domain) fn holding(&self) -> impl Iterator<Item = Seq> {
        let customers = self.customers().map(|(_, customer)| customer.registered.entry);
        let exceptions = self.exceptions.iter().map(|granted| granted.entry);
        std::iter::once(self.in_force.entry).chain(customers).chain(exceptions)
    }

    /// Puts everything except licences, returns and serial numbers. Each list is in the order of its indexes.
    pub(in crate::domain) fn keep(&self, into: &mut Plain) {
        let customers = self
            .customers()
            .map(|(_, held)| (held.registered.entry, ((*held.registered.record).clone(), held.own.clone())));
        let exceptions = self.exceptions.iter().map(|held| (held.entry, (held.date, held.exception.group.clone())));
        let volumes = self.volumes.iter().map(|((series, chip), figure)| (series.clone(), (chip.clone(), *figure)));
        (self.date, self.in_force.entry).put(into);
        self.chips.names().to_vec().put(into);
        customers.collect::<Vec<_>>().put(into);
        self.licensees.all().to_vec().put(into);
        self.total.put(into);
        exceptions.collect::<Vec<_>>().put(into);
        volumes.collect::<Vec<_>>().put(into);
        self.elsewhere.put(into);
        self.pools.sums().put(into);
    }

    /// Makes a state from what [`State::keep`] put. It has the sums, but none of the licences.
    pub(in crate::domain) fn resume(from: &mut Plain, entries: &Entries) -> Result<Self, FoldError> {
        let event = |entry: Seq| entries.held(entry).map(|entry| &entry.event);
        let other = || Unread("another entry is at the place that the cache gives".to_owned());
        let (date, entry) = <(NaiveDate, Seq)>::take(from)?;
        let Some(Event::Policy(adoption)) = event(entry) else { return Err(other().into()) };
        let mut state = State::new(InForce { entry, adoption: Arc::new(adoption.clone()) });
        state.date = date;
        for name in Vec::<ChipName>::take(from)? {
            state.meet_chip(&name);
        }
        for (entry, (record, own)) in Vec::<(Seq, (Registration, Tally))>::take(from)? {
            state.families.put_with(Registered { record: Arc::new(record), entry }, own);
        }
        state.families.regroup(&state.in_force.adoption.policy)?;
        Vec::<Licensee>::take(from)?.into_iter().for_each(|licensee| state.licensees.put(licensee));
        state.total = Tally::take(from)?;
        for (entry, (date, group)) in Vec::<(Seq, (NaiveDate, Name))>::take(from)? {
            let Some(Event::Exception(exception)) = event(entry) else { return Err(other().into()) };
            state.exceptions.push(Granted { entry, date, exception: Exception { group, ..exception.clone() } });
        }
        let volumes = Vec::<(Name, (ChipName, u64))>::take(from)?;
        state.volumes = volumes.into_iter().map(|(series, (chip, figure))| ((series, chip), figure)).collect();
        state.elsewhere = Vec::take(from)?;
        state.pools.put_sums(Keep::take(from)?);
        Ok(state)
    }

    /// Adds a licence that the sums include already. This leaves nothing in the journal.
    pub(in crate::domain) fn take_up(&mut self, licence: Licence) {
        let index = LicenceIx(u32::try_from(self.licences.len()).unwrap_or(u32::MAX));
        self.by_number.insert(licence.number.clone(), index);
        if let Some(last_day) = licence.status.expires.filter(|_| !licence.status.lapsed) {
            self.lapsing.insert((last_day, index));
        }
        self.licences.push(licence);
    }
}
