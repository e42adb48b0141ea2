//! A state taken up again: its sums at once, its licences as they are asked for.

use super::{InForce, Licence, LicenceIx, Licensee, Registered, State, Tally};
use crate::domain::event::{Exception, Seq};
use crate::domain::text::{ChipName, Text};
use crate::domain::units::Overflow;
use chrono::NaiveDate;

/// Everything of a state but its licences, returns and serial numbers, each list in the order of its numbers.
#[derive(Clone, Debug)]
pub struct Sums {
    /// The day up to which lapses have been taken.
    pub date: NaiveDate,
    /// The policy in force.
    pub in_force: InForce,
    /// Every chip met so far.
    pub chips: Vec<ChipName>,
    /// Every customer, with what its own licences come to.
    pub customers: Vec<(Registered, Tally)>,
    /// Every licensee met so far.
    pub licensees: Vec<Licensee>,
    /// Over all licences.
    pub total: Tally,
    /// Exceptions, oldest first.
    pub exceptions: Vec<(Seq, Exception)>,
    /// The last figure of each series.
    pub volumes: Vec<(Text, ChipName, u64)>,
}

impl State {
    /// What [`State::resume`] takes; the licences are left to [`State::take_up`].
    pub(in crate::domain) fn sums(&self) -> Sums {
        Sums {
            date: self.date,
            in_force: self.in_force.clone(),
            chips: self.chips.names().to_vec(),
            customers: self.customers().map(|(_, held)| (held.registered.clone(), held.own.clone())).collect(),
            licensees: self.licensees.all().to_vec(),
            total: self.total.clone(),
            exceptions: self.exceptions.clone(),
            volumes: self
                .volumes
                .iter()
                .map(|((series, chip), quantity)| (series.clone(), chip.clone(), *quantity))
                .collect(),
        }
    }

    /// A state with these sums, and none of the licences that they are sums of.
    pub(in crate::domain) fn resume(sums: Sums) -> Result<Self, Overflow> {
        let mut state = State::new(sums.in_force);
        state.date = sums.date;
        for name in &sums.chips {
            state.meet_chip(name);
        }
        for (registered, own) in sums.customers {
            state.families.put_with(registered, own);
        }
        state.families.regroup(&state.in_force.adoption.policy)?;
        sums.licensees.into_iter().for_each(|licensee| state.licensees.put(licensee));
        state.total = sums.total;
        state.exceptions = sums.exceptions;
        state.volumes = sums.volumes.into_iter().map(|(series, chip, quantity)| ((series, chip), quantity)).collect();
        Ok(state)
    }

    /// Takes a licence up that the sums hold already. It leaves nothing in the journal.
    pub(in crate::domain) fn take_up(&mut self, licence: Licence) {
        let index = LicenceIx(u32::try_from(self.licences.len()).unwrap_or(u32::MAX));
        self.by_number.insert(licence.number.clone(), index);
        if let Some(last_day) = licence.life.expires.filter(|_| !licence.life.lapsed) {
            self.lapsing.insert((last_day, index));
        }
        self.licences.push(licence);
    }
}
