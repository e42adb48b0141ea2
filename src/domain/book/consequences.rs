//! Warns of what an adoption or a registration does beyond the fact that it states. No ceiling judges them (D1).

use super::Book;
use crate::domain::entries::FoldError;
use crate::domain::event::{Entry, Event};
use crate::domain::group::{Charge, Group};
use crate::domain::text::{CeilingName, CustomerId, Text};
use crate::domain::units::Units;
use chrono::Days;

/// A group that uses more than its limit.
#[derive(Debug)]
pub(super) struct Over {
    ceiling: CeilingName,
    group: Text,
    used: Units,
    limit: Units,
}

impl Over {
    /// Whether both are about the same ceiling and group.
    pub(super) fn is_of(&self, other: &Over) -> bool {
        (&self.ceiling, &self.group) == (&other.ceiling, &other.group)
    }

    /// The warning for a person.
    pub(super) fn warning(&self) -> String {
        let Over { ceiling, group, used, limit } = self;
        format!(
            "`{group}` is then over `{ceiling}`: {} used of {}; nothing more fits until less is used",
            used.grouped(),
            limit.grouped()
        )
    }
}

impl Book {
    /// Says until when an adoption is in force, where a later one is recorded already.
    pub(super) fn superseded(&self, entry: &Entry) -> Option<String> {
        let Event::Policy(_) = entry.event else { return None };
        let later = |(place, _): &(_, _)| *place > entry.place();
        let (place, adoption) = self.adoptions().skip(1).find(later)?;
        let last_day = place.date.checked_sub_days(Days::new(1))?;
        let policy = &adoption.policy;
        Some(format!(
            "this policy is in force only until {last_day}: on {} `{} {}` replaces it (entry {})",
            place.date, policy.name, policy.version, place.seq
        ))
    }

    /// The ceilings that the customer's family and country exceed after everything recorded.
    pub(super) fn over(&mut self, customer: &CustomerId) -> Result<Vec<Over>, FoldError> {
        let last_day = self.order.last().map_or(self.state.date(), |place| place.date.max(self.state.date()));
        self.seek(self.order.len(), last_day)?;
        let state = &self.state;
        let Some(customer) = state.customer(customer) else { return Ok(Vec::new()) };
        let charge = Charge { customer, licensee: None, destination: None, chip: None };
        let mut over = Vec::new();
        for ceiling in &state.policy().ceilings {
            let Some(group) = Group::of(state, ceiling.scope, charge) else { continue };
            let (used, limit) = (state.used(&group, ceiling.counts)?, state.limit(ceiling, &group).units);
            if used > limit {
                over.push(Over { ceiling: ceiling.name.clone(), group: group.name(state), used, limit });
            }
        }
        Ok(over)
    }
}
