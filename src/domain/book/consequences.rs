//! Warns of what an entry does beyond what the judge looks at: an adoption, a registration or what others sold, which no
//! ceiling judges (D1), and an order under an exception that ends (D42).

use super::Book;
use crate::domain::ceiling::{Scope, Share};
use crate::domain::entries::FoldError;
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::group::{self, Charge, Group, Pool};
use crate::domain::judge::CeilingRow;
use crate::domain::policy::Policy;
use crate::domain::state::State;
use crate::domain::text::{CeilingName, Country, CustomerId, Name, Text};
use crate::domain::units::Units;
use chrono::{Days, NaiveDate};

/// A group that uses more than its limit.
#[derive(Debug)]
pub(super) struct Over {
    ceiling: CeilingName,
    group: Text,
    used: Units,
    limit: Units,
    /// What the amounts are called.
    unit: Text,
}

impl Over {
    /// Whether both are about the same ceiling and group.
    pub(super) fn is_of(&self, other: &Over) -> bool {
        (&self.ceiling, &self.group) == (&other.ceiling, &other.group)
    }

    /// The warning for a person.
    pub(super) fn warning(&self) -> String {
        let Over { ceiling, group, used, limit, unit } = self;
        format!(
            "`{group}` is then over `{ceiling}`: {} {unit} used of {}; nothing more fits until less is used",
            used.grouped(),
            limit.grouped()
        )
    }
}

/// Warns of groups of the policy's ceilings that nobody is registered as (D47), and of shares of unreported volumes.
pub(super) fn strangers(state: &State, policy: &Policy) -> Vec<String> {
    let mut warnings = Vec::new();
    for ceiling in &policy.ceilings {
        let is_known_as = |scope: &Scope, name: &str| match scope {
            Scope::Customer => state.customer_called(name).is_some(),
            Scope::Licensee => state.licensee_called(&Name::new(name)).is_some(),
            Scope::Country => {
                let country = Country::new(name);
                let counted = policy.counted_as(&country);
                state.customers().any(|(_, held)| policy.counted_as(&held.registered.record.country) == counted)
            }
            // The policy itself has these groups, and goods may go to any country.
            Scope::Chip | Scope::Destination | Scope::Total => true,
        };
        let is_known = |name: &Name| {
            let parts = group::parts(&ceiling.scope, name.as_str()).unwrap_or_default();
            ceiling.scope.iter().zip(parts).all(|(scope, part)| is_known_as(scope, part))
        };
        for name in ceiling.groups.iter().flatten().filter(|name| !is_known(name)) {
            warnings.push(format!(
                "`{}` limits `{name}`, and nobody is registered as that so far; check the spelling",
                ceiling.name
            ));
        }
        let reported = |share: &&Share| policy.chips.iter().any(|chip| state.volume(&share.of, &chip.name).is_some());
        if let Some(share) = ceiling.share().filter(|share| !reported(share)) {
            warnings.push(format!(
                "`{}` is a share of `{}`, and no volume of it is recorded: its limits are 0 until `exquota volume {}` \
                 records one",
                ceiling.name, share.of, share.of
            ));
        }
    }
    warnings
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

    /// Says from which day on an order's groups would be over, where the exceptions that limit them end (D42). The fold
    /// includes the order, which has these rows.
    pub(super) fn over_when_exceptions_end(&mut self, rows: &[CeilingRow]) -> Result<Vec<String>, FoldError> {
        let mut warnings = Vec::new();
        for row in rows.iter().filter(|row| row.requested > Units::ZERO && row.within()) {
            let mut holding = row.exception;
            while let Some((entry, last_day)) = holding.and_then(|entry| Some((entry, self.last_day(entry)?)))
                && let Some(day) = last_day.checked_add_days(Days::new(1))
            {
                let state = self.as_of(day)?;
                let policy = state.policy();
                let Some(ceiling) = policy.ceiling(&row.ceiling) else { break };
                let Some(group) = Group::called(state, &ceiling.scope, row.group.as_str()) else { break };
                let pool = Pool { group, period: row.window };
                let (used, limit) = (state.used(ceiling, &pool, ceiling.counts)?, state.limit(ceiling, &pool)?);
                if limit.exception == Some(entry) {
                    // The period ends before the exception, which stays its limit (D46).
                    break;
                }
                if used > limit.units {
                    let then = match limit.exception {
                        Some(older) => format!("the exception of entry {older}"),
                        None => format!("policy `{} {}`", policy.name, policy.version),
                    };
                    warnings.push(format!(
                        "`{}` would be over `{}` by {} {} from {day} on: the exception of entry {entry} ends on {last_day}, \
                         and then {then} limits it to {}",
                        row.group,
                        row.ceiling,
                        used.minus(limit.units)?.grouped(),
                        ceiling.measure.unit(policy.unit.as_str()),
                        limit.units.grouped(),
                    ));
                    break;
                }
                holding = limit.exception;
            }
        }
        Ok(warnings)
    }

    /// The last day of an exception that ends.
    fn last_day(&self, exception: Seq) -> Option<NaiveDate> {
        let Event::Exception(exception) = &self.entries.held(exception)?.event else { return None };
        exception.expires
    }

    /// The ceilings that the customer's family and country exceed after everything recorded.
    pub(super) fn over(&mut self, customer: &CustomerId) -> Result<Vec<Over>, FoldError> {
        let last_day = self.order.last().map_or(self.state.date(), |place| place.date.max(self.state.date()));
        self.seek(self.order.len(), last_day)?;
        let state = &self.state;
        let Some(customer) = state.customer(customer) else { return Ok(Vec::new()) };
        let charge = Charge::of_customer(state, customer);
        let mut over = Vec::new();
        for ceiling in &state.policy().ceilings {
            let Some(pool) = Pool::of(state, ceiling, charge) else { continue };
            if !pool.group.is_under(state, ceiling) {
                continue;
            }
            let (used, limit) = (state.used(ceiling, &pool, ceiling.counts)?, state.limit(ceiling, &pool)?.units);
            if used > limit {
                let unit = Text::new(ceiling.measure.unit(state.policy().unit.as_str()));
                over.push(Over { ceiling: ceiling.name.clone(), group: pool.group.name(state), used, limit, unit });
            }
        }
        Ok(over)
    }
}
