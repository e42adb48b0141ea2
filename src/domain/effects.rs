//! What an entry changes under the ceilings, whether or not they judge it.

use super::ceiling::{Counts, Measure};
use super::group::{Group, Pool};
use super::state::{Limit, State};
use super::text::{CeilingName, Text};
use super::units::{Overflow, Units};
use super::window::Period;
use hashbrown::{HashMap, HashSet};

/// The figures of one ceiling for one group in one period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figures {
    pub limit: Limit,
    pub used: Units,
    /// The part of `used` that others sold (R14).
    pub elsewhere: Units,
    /// The room; negative where the ceiling is exceeded.
    pub left: Units,
    /// The excess over the limit; 0 when within.
    pub exceeded_by: Units,
}

impl Figures {
    fn new(limit: Limit, used: Units, elsewhere: Units) -> Result<Self, Overflow> {
        let left = limit.units.minus(used)?;
        Ok(Figures { limit, used, elsewhere, left, exceeded_by: Units::ZERO.minus(left)?.max(Units::ZERO) })
    }

    /// The figures of a group that uses nothing yet, or nothing any more.
    fn unused(self) -> Result<Self, Overflow> {
        Figures::new(self.limit, Units::ZERO, Units::ZERO)
    }

    /// Whether the ceiling holds. `used == limit` is within (R1).
    pub fn within(&self) -> bool {
        self.used <= self.limit.units
    }
}

/// A ceiling and group, in one period.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Subject {
    pub ceiling: CeilingName,
    /// The group's name in output.
    pub group: Text,
    pub measure: Measure,
    pub counts: Counts,
    /// The period, if the ceiling has a window (R14).
    pub window: Option<Period>,
}

/// The figures of every ceiling and group, in the policy's order.
pub type Snapshot = Vec<(Subject, Figures)>;

/// A ceiling and group that an entry changes.
#[derive(Clone, Debug)]
pub struct Effect {
    pub subject: Subject,
    /// None where the policy before has no such ceiling.
    pub before: Option<Figures>,
    /// None where the policy after has no such ceiling.
    pub after: Option<Figures>,
    /// How much more is used; negative where less is. None where a side has no such ceiling.
    pub added: Option<Units>,
}

impl Effect {
    fn new(subject: Subject, before: Option<Figures>, after: Option<Figures>) -> Result<Self, Overflow> {
        let added = before.zip(after).map(|(before, after)| after.used.minus(before.used)).transpose()?;
        Ok(Effect { subject, before, after, added })
    }
}

/// Every ceiling and group as the state has them, in every period with an amount and in the day's own.
pub fn snapshot(state: &State) -> Result<Snapshot, Overflow> {
    let mut snapshot = Snapshot::new();
    for ceiling in &state.policy().ceilings {
        let of_today = Group::under(state, ceiling).into_iter();
        let of_today = of_today.filter_map(|group| Pool::on(ceiling, group, state.date()));
        let used = state.pools(ceiling).map(|(pool, _)| pool.clone());
        let used = used.filter(|pool| pool.group.is_under(state, ceiling));
        let pools: HashSet<Pool> = of_today.chain(used).collect();
        let mut rows = Vec::with_capacity(pools.len());
        for pool in pools {
            let subject = Subject {
                ceiling: ceiling.name.clone(),
                group: pool.group.name(state),
                measure: ceiling.measure.clone(),
                counts: ceiling.counts,
                window: pool.period,
            };
            let used = state.used(ceiling, &pool, ceiling.counts)?;
            let figures = Figures::new(state.limit(ceiling, &pool)?, used, state.used_elsewhere(ceiling, &pool)?)?;
            rows.push((subject, figures));
        }
        rows.sort_by(|(a, _), (b, _)| (a.window, &a.group).cmp(&(b.window, &b.group)));
        snapshot.extend(rows);
    }
    Ok(snapshot)
}

/// The ceilings and groups whose figures differ: those of `after` in their order, then those that are gone. A group that
/// one of the two does not know uses nothing there. A group without any amount that comes or goes is no change.
pub fn effects(before: Snapshot, after: Snapshot) -> Result<Vec<Effect>, Overflow> {
    let names = |snapshot: &Snapshot| snapshot.iter().map(|(subject, _)| subject.ceiling.clone()).collect();
    let (known_before, known_after): (HashSet<CeilingName>, HashSet<CeilingName>) = (names(&before), names(&after));
    let order: Vec<Subject> = before.iter().map(|(subject, _)| subject.clone()).collect();
    let mut earlier: HashMap<Subject, Figures> = before.into_iter().collect();
    let mut effects = Vec::new();
    for (subject, after) in after {
        let mut before = earlier.remove(&subject);
        if before == Some(after) || (before.is_none() && after.used == Units::ZERO) {
            continue;
        }
        if before.is_none() && known_before.contains(&subject.ceiling) {
            before = Some(after.unused()?);
        }
        effects.push(Effect::new(subject, before, Some(after))?);
    }
    for subject in order {
        let Some(before) = earlier.remove(&subject).filter(|before| before.used != Units::ZERO) else { continue };
        let after = known_after.contains(&subject.ceiling).then(|| before.unused()).transpose()?;
        effects.push(Effect::new(subject, Some(before), after)?);
    }
    Ok(effects)
}
