//! Usage and headroom in the figures that the policy states per chip (design section 3). The sums are exact (R1). They
//! are derived, and no rule uses them.

use super::ceiling::{Ceiling, Counts};
use super::headroom::HeadroomRow;
use super::policy::{Chip, Policy};
use super::state::{State, Tally};
use super::text::{ChipName, Text};
use super::units::{Overflow, Units};
use super::words::words;

words! {
    /// The chips in a sum.
    pub enum Portion {
        /// Chips that count against the ceiling.
        Used = "used",
        /// Recorded chips that count as 0: the ceiling does not cover them, or the policy gives them no weight or 0.
        NotCounted = "not-counted",
        /// As many chips of one model as the headroom could hold alone.
        Headroom = "headroom",
    }
}

/// The sum of one figure over some chips.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpecSum {
    /// The figure's key in the policy.
    pub spec: Text,
    /// The sum over chips that have this figure; none where chips exist and none of them has it.
    pub sum: Option<Units>,
    /// Chips without this figure, which the sum leaves out.
    pub without: Vec<(ChipName, i64)>,
}

/// Some chips and their sums.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Derived {
    pub portion: Portion,
    /// The count of each model, net of returns where the policy lets them restore headroom. It is negative where more
    /// came back than the ceiling counts.
    pub chips: Vec<(ChipName, i64)>,
    /// One sum for each figure of the policy, in the policy's order.
    pub sums: Vec<SpecSum>,
}

/// Every figure that the policy states for any chip, in the order of the file.
pub fn spec_names(policy: &Policy) -> Vec<&Text> {
    let mut names: Vec<&Text> = Vec::new();
    for spec in policy.chips.iter().flat_map(|chip| &chip.specs) {
        if !names.contains(&&spec.name) {
            names.push(&spec.name);
        }
    }
    names
}

/// The sums of a headroom row: the used chips, the recorded chips that do not count, and the chips that the headroom of
/// this one ceiling could hold, for each chip that may be sold and counts under it.
pub fn derive(state: &State, row: &HeadroomRow) -> Result<Vec<Derived>, Overflow> {
    let policy = state.policy();
    let ceiling = row.ceiling.as_ref().and_then(|ceiling| policy.ceiling(&ceiling.ceiling));
    let counts = ceiling.map_or(Counts::Committed, |ceiling| ceiling.counts);
    let (mut counted, mut uncounted) = (Vec::new(), Vec::new());
    for (chip, count) in recorded(state, &row.chips, counts) {
        if policy.chip(&chip).is_some_and(|chip| weight(ceiling, chip) > Units::ZERO) {
            counted.push((chip, count))
        } else {
            uncounted.push((chip, count))
        }
    }
    let mut derived = vec![sums(policy, Portion::Used, counted)?];
    if !uncounted.is_empty() {
        derived.push(sums(policy, Portion::NotCounted, uncounted)?);
    }
    if let Some(used) = &row.ceiling {
        let limited = policy.chips.iter().filter(|chip| row.who.group.covers(&chip.name));
        for (chip, each) in limited.filter_map(|chip| Some((chip, buyable(ceiling, chip)?))) {
            // An exceeded ceiling can hold no chips; the count is never negative.
            let whole = used.headroom.max(Units::ZERO).whole_times(each).unwrap_or_default();
            let count = i64::try_from(whole).map_err(|_| Overflow)?;
            derived.push(sums(policy, Portion::Headroom, vec![(chip.name.clone(), count)])?);
        }
    }
    Ok(derived)
}

/// The weight of a chip under a ceiling; its units where there is no ceiling.
fn weight(ceiling: Option<&Ceiling>, chip: &Chip) -> Units {
    ceiling.map_or_else(|| chip.equivalence.unwrap_or(Units::ZERO), |ceiling| ceiling.weight(chip))
}

/// The weight of a chip that may be sold and counts under the ceiling; none for other chips.
fn buyable(ceiling: Option<&Ceiling>, chip: &Chip) -> Option<Units> {
    Some(weight(ceiling, chip)).filter(|each| *each > Units::ZERO && chip.prohibited.is_none())
}

/// Chips without any headroom sums: the prohibited ones, and those that count as 0 under every ceiling.
pub fn unlimited(policy: &Policy) -> (Vec<&ChipName>, Vec<&ChipName>) {
    let counts = |chip: &Chip| policy.ceilings.iter().any(|ceiling| buyable(Some(ceiling), chip).is_some());
    let (prohibited, sold): (Vec<&Chip>, Vec<&Chip>) =
        policy.chips.iter().filter(|chip| !counts(chip)).partition(|chip| chip.prohibited.is_some());
    (names(&prohibited), names(&sold))
}

fn names<'p>(chips: &[&'p Chip]) -> Vec<&'p ChipName> {
    chips.iter().map(|chip| &chip.name).collect()
}

/// The chips as a ceiling counts them, in the policy's order. Chips that the policy does not have come last.
fn recorded(state: &State, tally: &Tally, counts: Counts) -> Vec<(ChipName, i64)> {
    let policy = state.policy();
    let mut chips: Vec<(ChipName, i64)> = tally
        .iter()
        .filter_map(|(chip, amounts)| Some((state.chip_name(chip)?.clone(), amounts.counted(counts, policy.restores))))
        .filter(|(_, count)| *count != 0)
        .collect();
    let place = |name: &ChipName| policy.chips.iter().position(|chip| chip.name == *name).unwrap_or(usize::MAX);
    chips.sort_by_key(|(chip, _)| place(chip));
    chips
}

fn sums(policy: &Policy, portion: Portion, chips: Vec<(ChipName, i64)>) -> Result<Derived, Overflow> {
    let mut sums = Vec::new();
    for name in spec_names(policy) {
        let mut sum = SpecSum { spec: name.clone(), sum: None, without: Vec::new() };
        // A chip with count 0 adds nothing, even if its figure is unknown.
        for (chip, count) in chips.iter().filter(|(_, count)| *count != 0) {
            match policy.chip(chip).and_then(|chip| chip.spec(name)) {
                Some(each) => {
                    sum.sum = Some(sum.sum.unwrap_or(Units::ZERO).plus(each.times(*count)?)?);
                }
                None => sum.without.push((chip.clone(), *count)),
            }
        }
        if sum.without.is_empty() {
            sum.sum.get_or_insert(Units::ZERO);
        }
        sums.push(sum);
    }
    Ok(Derived { portion, chips, sums })
}
