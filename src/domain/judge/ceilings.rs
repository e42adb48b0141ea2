//! Every ceiling against what an entry adds (R1, R2, R3, R8, D7, D8).

use super::Ruling;
use crate::domain::event::Seq;
use crate::domain::policy::{Ceiling, Counts, Scope};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{CustomerIx, Group, State};
use crate::domain::text::{CeilingName, ChipName, NameKey, Text};
use crate::domain::units::{Overflow, Units};

/// One ceiling as an entry meets it.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Which ceiling.
    pub ceiling: CeilingName,
    /// Who shares it, as in output.
    pub group: Text,
    /// What is counted: a shipment is judged in shipped usage under every ceiling (D8).
    pub counts: Counts,
    /// The limit that holds.
    pub limit: Units,
    /// The exception that set it.
    pub exception: Option<Seq>,
    /// Just before the entry.
    pub used: Units,
    /// The net change; negative where more is released than asked.
    pub requested: Units,
    /// Just after.
    pub after: Units,
}

impl Row {
    /// What could still be added before the entry; negative where the ceiling is exceeded already.
    pub fn headroom(&self) -> Result<Units, Overflow> {
        self.limit.minus(self.used)
    }

    /// `after == limit` is within (R1).
    pub fn within(&self) -> bool {
        self.after <= self.limit
    }

    /// How much too much; nothing when within.
    pub fn exceeded_by(&self) -> Result<Units, Overflow> {
        if self.within() { Ok(Units::ZERO) } else { self.after.minus(self.limit) }
    }
}

/// Chips that an entry adds to, or takes from, one customer's and licensee's usage.
pub(super) struct Move {
    pub(super) customer: CustomerIx,
    pub(super) licensee: Option<Text>,
    pub(super) chip: ChipName,
    pub(super) committed: i64,
    pub(super) shipped: i64,
}

/// What an entry changes: rows are about the subject; what a replaced licence gives back counts where it is shared.
pub(super) struct Change {
    pub(super) customer: CustomerIx,
    pub(super) licensee: Option<Text>,
    pub(super) chips: Vec<ChipName>,
    pub(super) moves: Vec<Move>,
}

/// Reckons a row for every ceiling, in the policy's order, and refuses what exceeds one. `lens` is what is counted
/// whatever the ceiling says.
pub(super) fn ceilings(
    state: &State,
    change: &Change,
    lens: Option<Counts>,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    for ceiling in &state.policy().ceilings {
        for group in groups(state, ceiling.scope, change) {
            let row = row(state, ceiling, &group, change, lens.unwrap_or(ceiling.counts))?;
            // Nothing that adds nothing is refused by a ceiling (D7).
            if row.requested > Units::ZERO && !row.within() {
                ruling.refuse(exceeded(state, &row)?);
            }
            ruling.rows.push(row);
        }
    }
    Ok(())
}

fn groups(state: &State, scope: Scope, change: &Change) -> Vec<Group> {
    match scope {
        Scope::Customer => vec![Group::Family(state.root(change.customer))],
        Scope::Country => state.country_of(change.customer).cloned().map(Group::Country).into_iter().collect(),
        Scope::Licensee => change.licensee.clone().map(Group::Licensee).into_iter().collect(),
        Scope::Chip => change.chips.iter().cloned().map(Group::Chip).collect(),
        Scope::Total => vec![Group::Total],
    }
}

fn row(state: &State, ceiling: &Ceiling, group: &Group, change: &Change, counts: Counts) -> Result<Row, Overflow> {
    let used = state.used(group, counts)?;
    let mut requested = Units::ZERO;
    for part in change.moves.iter().filter(|part| shares(state, group, part)) {
        let count = match counts {
            Counts::Committed => part.committed,
            Counts::Shipped => part.shipped,
        };
        requested = requested.plus(state.units(&part.chip, count)?)?;
    }
    let limit = state.limit(ceiling, group);
    Ok(Row {
        ceiling: ceiling.name.clone(),
        group: state.group_name(group),
        counts,
        limit: limit.units,
        exception: limit.exception,
        used,
        requested,
        after: used.plus(requested)?,
    })
}

fn shares(state: &State, group: &Group, part: &Move) -> bool {
    match group {
        Group::Customer(customer) => part.customer == *customer,
        Group::Family(root) => state.root(part.customer) == *root,
        Group::Country(country) => state.country_of(part.customer) == Some(country),
        Group::Licensee(name) => {
            part.licensee.as_ref().is_some_and(|held_by| NameKey::of(held_by.as_str()) == NameKey::of(name.as_str()))
        }
        Group::Chip(chip) => part.chip == *chip,
        Group::Total => true,
    }
}

fn exceeded(state: &State, row: &Row) -> Result<Refusal, Overflow> {
    let policy = state.policy();
    let set_by = match row.exception {
        Some(entry) => format!(" (exception, entry {entry})"),
        None => String::new(),
    };
    let mut refusal = Refusal::new(
        Code::CeilingExceeded,
        format!(
            "`{}` for `{}`: {} used and {} requested come to {} {unit}, {} over the limit of {}{set_by}",
            row.ceiling,
            row.group,
            row.used.grouped(),
            row.requested.grouped(),
            row.after.grouped(),
            row.exceeded_by()?.grouped(),
            row.limit.grouped(),
            unit = policy.unit,
        ),
    );
    refusal.ceiling = Some(row.ceiling.clone());
    refusal.group = Some(row.group.clone());
    refusal.exception = row.exception;
    Ok(refusal.policy_key(format!("ceilings.{}.limit", row.ceiling)))
}
