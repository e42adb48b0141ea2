//! Numbers the chips, and gives the weight of each under the policy in force.

use crate::domain::ceiling::Ceiling;
use crate::domain::policy::Policy;
use crate::domain::text::ChipName;
use crate::domain::units::Units;

/// A chip's index in one state. Every chip that the fold has met has one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ChipIx(u16);

impl ChipIx {
    /// The chip with this index.
    pub fn at(index: usize) -> Self {
        // A policy names tens of chips; the store's limit of 16 MiB a line keeps them below 65,536.
        ChipIx(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// The index: the count of chips met before this one.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The chips met so far, with their weights.
#[derive(Clone, Default, Debug)]
pub(super) struct Chips {
    names: Vec<ChipName>,
    weights: Vec<Units>,
    /// The same under each ceiling of the policy, by its place: a ceiling may have a measure of its own (R14).
    measured: Vec<Vec<Units>>,
}

impl Chips {
    pub(super) fn find(&self, name: &ChipName) -> Option<ChipIx> {
        self.names.iter().position(|known| known == name).map(ChipIx::at)
    }

    /// The chip's index; a new chip gets the next one.
    pub(super) fn meet(&mut self, name: &ChipName, policy: &Policy) -> ChipIx {
        self.find(name).unwrap_or_else(|| {
            self.names.push(name.clone());
            self.weights.push(weight(policy, name));
            self.measured.resize_with(policy.ceilings.len(), Vec::new);
            for (weights, ceiling) in self.measured.iter_mut().zip(&policy.ceilings) {
                weights.push(measured(policy, ceiling, name));
            }
            ChipIx::at(self.names.len() - 1)
        })
    }

    pub(super) fn names(&self) -> &[ChipName] {
        &self.names
    }

    pub(super) fn name(&self, chip: ChipIx) -> Option<&ChipName> {
        self.names.get(chip.index())
    }

    pub(super) fn weight(&self, chip: ChipIx) -> Units {
        self.weights.get(chip.index()).copied().unwrap_or(Units::ZERO)
    }

    /// The weight under the ceiling at this place of the policy.
    pub(super) fn weight_under(&self, place: usize, chip: ChipIx) -> Units {
        self.measured.get(place).and_then(|weights| weights.get(chip.index())).copied().unwrap_or(Units::ZERO)
    }

    /// Gives every chip its weight under a new policy (R1).
    pub(super) fn reweigh(&mut self, policy: &Policy) {
        self.weights = self.names.iter().map(|name| weight(policy, name)).collect();
        let under = |ceiling| self.names.iter().map(|name| measured(policy, ceiling, name)).collect();
        self.measured = policy.ceilings.iter().map(under).collect();
    }
}

/// Units per chip; a prohibited chip without an equivalence counts as 0 (D14).
pub(super) fn weight(policy: &Policy, chip: &ChipName) -> Units {
    policy.chip(chip).and_then(|chip| chip.equivalence).unwrap_or(Units::ZERO)
}

/// What one chip weighs under a ceiling of the policy; 0 where the policy does not have the chip (D17).
pub(super) fn measured(policy: &Policy, ceiling: &Ceiling, chip: &ChipName) -> Units {
    policy.chip(chip).map_or(Units::ZERO, |chip| ceiling.weight(chip))
}
