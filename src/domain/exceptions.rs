//! Exceptions that set a limit on a day (R8, D16).

use super::event::{Exception, Seq};
use super::group::Group;
use super::state::State;
use super::text::Text;
use super::units::Units;

/// An exception that holds: the latest unexpired one of its group.
#[derive(Clone, PartialEq, Debug)]
pub struct Holding {
    /// The entry that granted it.
    pub entry: Seq,
    /// What it says.
    pub exception: Exception,
    /// The group as its headroom row is called: a member's name stands for its family.
    pub group: Text,
    /// What the policy's limit would be.
    pub usual: Units,
}

/// Every exception that sets a limit on the state's day, oldest first.
pub fn holding(state: &State) -> Vec<Holding> {
    let of = |(entry, exception): &(Seq, Exception)| {
        let ceiling = state.policy().ceiling(&exception.ceiling)?;
        let group = Group::named(state, ceiling.scope, exception.group.as_str())?;
        let holds = state.limit(ceiling, &group).exception == Some(*entry);
        holds.then(|| Holding {
            entry: *entry,
            exception: exception.clone(),
            group: group.name(state),
            usual: ceiling.limit,
        })
    };
    state.exceptions().filter_map(of).collect()
}
