//! Dice, and random policies made with them.

use crate::dates::{Day, START};
use crate::policy::{Ceiling, Chip, Counts, Measure, Policy, Scope, UNIT};

/// Random numbers to choose by. They are 0 when they run out, so choice 0 should be the plainest.
pub(crate) struct Dice<'a> {
    values: &'a [u16],
    at: usize,
}

impl<'a> Dice<'a> {
    pub(crate) fn new(values: &'a [u16]) -> Self {
        Dice { values, at: 0 }
    }

    pub(crate) fn pick(&mut self, n: usize) -> usize {
        self.at += 1;
        usize::from(self.values.get(self.at - 1).copied().unwrap_or(0)) % n.max(1)
    }

    /// True in `percent` of a hundred cases, and never when the dice have run out.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.pick(100) >= 100 - percent
    }

    pub(crate) fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.pick(choices.len())].clone()
    }

    pub(crate) fn maybe<T: Clone>(&mut self, percent: usize, choices: &[T]) -> Option<T> {
        self.chance(percent).then(|| self.of(choices))
    }
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// One policy; `plain` ones refuse by ceilings only.
pub(crate) fn policy(dice: &mut Dice<'_>, version: usize, plain: bool) -> Policy {
    let all = [
        ("per-customer", Scope::Customer, Counts::Committed, 30),
        ("national", Scope::Country, Counts::Committed, 60),
        ("per-chip", Scope::Chip, Counts::Committed, 45),
        ("distributor", Scope::Licensee, Counts::Committed, 35),
        ("everything", Scope::Total, Counts::Committed, 90),
        ("delivered", Scope::Customer, Counts::Shipped, 14),
        ("arrived", Scope::Country, Counts::Shipped, 24),
        ("granted", Scope::Country, Counts::Authorised, 80),
        ("running", Scope::Customer, Counts::Installed, 12),
    ];
    let start = dice.pick(all.len());
    let mut ceilings = Vec::new();
    for i in 0..2 + dice.pick(4) {
        let (name, scope, counts, limit) = all[(start + i) % all.len()];
        let (limit, warn_at) = (limit + dice.pick(12) as u64, vec![80, 90]);
        let measure = dice.of(&[Measure::Units, Measure::Units, Measure::Chips, Measure::Tpp]);
        let covers = dice.maybe(20, &[strings(&["H200 SXM", "B200"]), strings(&["A800", "h20", "H200"])]);
        let groups = match scope {
            Scope::Customer => strings(&["ALPHA co", "gamma"]),
            Scope::Country => strings(&["CN", "US"]),
            Scope::Licensee => strings(&["Lenovo"]),
            Scope::Chip => strings(&["h200 sxm", "A800"]),
            Scope::Total => vec![],
        };
        let groups = dice.maybe(15, &[groups]).unwrap_or_default();
        let (name, covers) = (name.to_owned(), covers.unwrap_or_default());
        let step = |days: usize, percent: u64| (START + days as Day, limit * percent / 100);
        let steps = match dice.pick(12) {
            0 => vec![step(0, 50), step(3 + dice.pick(9), 100), step(14 + dice.pick(9), 70)],
            1 => vec![step(2 + dice.pick(4), 100)],
            _ => vec![],
        };
        ceilings.push(Ceiling { name, scope, limit, steps, counts, measure, covers, groups, warn_at });
    }
    let chip = |name: &str, alias: Option<&str>, equivalence: Option<i128>, prohibited: bool| Chip {
        name: name.to_owned(),
        alias: alias.map(str::to_owned),
        equivalence,
        prohibited,
        tpp: equivalence.unwrap_or(0) / 2 + UNIT / 4,
    };
    let mut chips = vec![
        chip("H200", Some("H200 SXM"), Some(dice.of(&[UNIT, UNIT, 1_000_001, 1_500_000])), false),
        chip("MI325X", None, Some(dice.of(&[UNIT, 1_320_625, 500_000])), false),
        chip("H20", Some("h20-pcie"), Some(0), false),
        chip("B200", None, dice.of(&[None, Some(2 * UNIT)]), true),
        chip("A800", None, Some(333_333), false),
    ];
    let mut policy =
        Policy { version: format!("v{version}"), ceilings, restores: dice.chance(50), ..Policy::default() };
    if !plain {
        if dice.chance(20) {
            chips.remove(1);
        }
        policy.destinations = dice.maybe(50, &[strings(&["CN", "HK", "MO"]), strings(&["US", "MY", "CN"])]);
        policy.approval_attestations = dice.of(&[vec![], strings(&["kyc"]), strings(&["kyc", "us-availability"])]);
        policy.shipment_attestations = dice.of(&[vec![], vec![], strings(&["tested"])]);
        policy.flags = vec![("entity-list".to_owned(), true), ("watch".to_owned(), false)];
        policy.number_letter = dice.of(&[None, Some('D')]);
        policy.shipment_letter = dice.of(&[None, None, Some('X')]);
    }
    if dice.chance(60) {
        policy.country_groups = vec![("CN".to_owned(), strings(&["HK", "MO"]))];
    }
    policy.value_required = !plain && dice.chance(15);
    policy.value_tolerance_percent = dice.of(&[0, 10, 33]);
    policy.valid_months = dice.maybe(25, &[1, 12]);
    policy.chips = chips;
    policy
}
