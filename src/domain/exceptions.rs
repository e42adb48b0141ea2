//! The exceptions that set a limit on a day (R8, D16).

use super::ceiling::Measure;
use super::event::{Exception, Seq};
use super::group::{Group, Pool};
use super::state::{Granted, State};
use super::text::Text;
use super::units::Units;

/// An exception in force: the latest unexpired one of its group.
#[derive(Clone, PartialEq, Debug)]
pub struct Holding {
    pub entry: Seq,
    pub exception: Exception,
    /// The group's name in its headroom row.
    pub group: Text,
    /// What both limits add up.
    pub measure: Measure,
    /// The policy's limit, which the exception replaces.
    pub usual: Units,
}

/// Every exception that sets a limit on the state's day, oldest first.
pub fn holding(state: &State) -> Vec<Holding> {
    let of = |Granted { entry, exception, .. }: &Granted| {
        let ceiling = state.policy().ceiling(&exception.ceiling)?;
        let group =
            Group::granted(state, &ceiling.scope, &exception.group).filter(|group| group.is_under(state, ceiling))?;
        let pool = Pool::on(ceiling, group, state.date())?;
        let holds = state.limit(ceiling, &pool).is_ok_and(|limit| limit.exception == Some(*entry));
        holds.then(|| Holding {
            entry: *entry,
            exception: exception.clone(),
            group: pool.group.name(state),
            measure: ceiling.measure.clone(),
            usual: ceiling.limit_on(state.date()),
        })
    };
    state.exceptions().filter_map(of).collect()
}
