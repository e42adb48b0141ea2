//! Dice, and random policies made with them.

use crate::dates::{Day, START};
use crate::generate::SERIES;
use crate::policy::{Ceiling, Chip, Class, Condition, Counts, Limit, Measure, Notice, Policy, Scope, UNIT, Window};

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

/// One ceiling. Its name says its scopes, because an exception outlives an adoption by the ceiling's name (D16).
fn ceiling(dice: &mut Dice<'_>) -> Ceiling {
    let mut scopes = vec![dice.of(&[
        Scope::Customer,
        Scope::Country,
        Scope::Licensee,
        Scope::Chip,
        Scope::Total,
        Scope::Destination,
    ])];
    while dice.chance(35) {
        let more = dice.of(&[Scope::Destination, Scope::Customer, Scope::Chip, Scope::Country, Scope::Licensee]);
        if !scopes.contains(&more) && !scopes.contains(&Scope::Total) {
            scopes.push(more);
        }
    }
    let counts = dice.of(&[Counts::Committed, Counts::Shipped, Counts::Authorised, Counts::Installed]);
    let size = match scopes.as_slice() {
        [Scope::Customer | Scope::Licensee] => 30,
        [Scope::Total] => 80,
        [_] => 50,
        _ => 20,
    };
    let limit = 6 + dice.pick(size) as u64;
    let step = |days: usize, percent: u64| (START + days as Day, limit * percent / 100);
    let limit = match dice.pick(12) {
        0 => Limit::Steps(vec![step(0, 50), step(3 + dice.pick(9), 100), step(14 + dice.pick(9), 70)]),
        1 => Limit::Steps(vec![step(2 + dice.pick(4), 100)]),
        2..5 => Limit::Share(dice.of(&[50, 33, 100]), dice.of(&SERIES).to_owned()),
        _ => Limit::Plain(limit),
    };
    let window = match dice.pick(8) {
        0 => Window::Every(1, dice.of(&[(3, 6), (1, 31), (1, 1)])),
        1 => Window::Every(dice.of(&[3, 12]), dice.of(&[(3, 9), (6, 5), (8, 31), (1, 1)])),
        2 => Window::Span(START + dice.pick(6) as Day, None),
        3 => {
            let from = START - 1 + dice.pick(6) as Day;
            Window::Span(from, Some(from + dice.pick(12) as Day))
        }
        _ => Window::Ever,
    };
    let covers = dice.maybe(20, &[strings(&["H200 SXM", "B200"]), strings(&["A800", "h20", "H200"])]);
    let class = dice.maybe(20, &strings(&["wide", "narrow"])).filter(|_| covers.is_none());
    let to = dice.maybe(20, &[strings(&["CN", "MO"]), strings(&["HK"])]);
    let groups = match scopes.as_slice() {
        [Scope::Customer] => strings(&["ALPHA co", "gamma"]),
        [Scope::Country | Scope::Destination] => strings(&["CN", "US"]),
        [Scope::Licensee] => strings(&["Lenovo"]),
        [Scope::Chip] => strings(&["h200 sxm", "A800"]),
        [Scope::Customer, Scope::Destination] => strings(&["alpha/CN", "Beta Group/US"]),
        _ => vec![],
    };
    let groups = dice.maybe(15, &[groups]).unwrap_or_default();
    let local = [Scope::Licensee, Scope::Destination].iter().any(|scope| scopes.contains(scope)) || to.is_some();
    let elsewhere = !local && dice.chance(40);
    Ceiling {
        name: scopes.iter().map(|scope| scope.text()).collect::<Vec<_>>().join("-"),
        scopes,
        limit,
        counts,
        measure: dice.of(&[Measure::Units, Measure::Units, Measure::Chips, Measure::Tpp]),
        window,
        covers: covers.unwrap_or_default(),
        class,
        to: to.unwrap_or_default(),
        groups,
        elsewhere,
        warn_at: vec![80, 90],
    }
}

/// A class of chips. Each has chips on its border.
fn class(dice: &mut Dice<'_>, name: &str) -> Class {
    let tpp = dice.of(&[UNIT * 3 / 4, UNIT / 4, UNIT / 2]);
    let gb = dice.of(&[4 * UNIT, 3 * UNIT]);
    let mut condition = |of: i128| {
        dice.of(&[
            Condition::Less(of),
            Condition::AtMost(of),
            Condition::More(of),
            Condition::AtLeast(of),
            Condition::Within(of / 2, of),
        ])
    };
    let conditions = [("tpp", condition(tpp)), ("gb", condition(gb)), ("tpp + gb", condition(tpp + gb))];
    let sold = condition(i128::from(START - 20));
    let any = match dice.pick(4) {
        0 => vec![vec![conditions[0], conditions[1]]],
        1 => vec![vec![conditions[0]], vec![conditions[1], conditions[2]]],
        2 => vec![vec![conditions[2]]],
        _ => vec![vec![conditions[1]]],
    };
    Class { name: name.to_owned(), any, first_sold: dice.maybe(25, &[sold]) }
}

/// One policy; `plain` ones refuse by ceilings only.
pub(crate) fn policy(dice: &mut Dice<'_>, version: usize, plain: bool) -> Policy {
    let classes = vec![class(dice, "wide"), class(dice, "narrow")];
    let mut ceilings: Vec<Ceiling> = Vec::new();
    for _ in 0..2 + dice.pick(4) {
        let more = ceiling(dice);
        if ceilings.iter().all(|known| known.name != more.name) {
            ceilings.push(more);
        }
    }
    let chip = |name: &str, alias: Option<&str>, equivalence: Option<i128>, prohibited: bool| Chip {
        name: name.to_owned(),
        alias: alias.map(str::to_owned),
        equivalence,
        prohibited,
        tpp: equivalence.unwrap_or(0) / 2 + UNIT / 4,
        gb: UNIT * name.len() as i128,
        first_sold: START - 18 - name.len() as Day / 2,
    };
    let mut chips = vec![
        chip("H200", Some("H200 SXM"), Some(dice.of(&[1_000_000, 1_000_000, 1_000_001, 1_500_000])), false),
        chip("MI325X", None, Some(dice.of(&[1_000_000, 1_320_625, 500_000])), false),
        chip("H20", Some("h20-pcie"), Some(0), false),
        chip("B200", None, dice.of(&[None, Some(2_000_000)]), true),
        chip("A800", None, Some(333_333), false),
    ];
    let mut policy =
        Policy { version: format!("v{version}"), ceilings, restores: dice.chance(50), ..Policy::default() };
    if !plain {
        policy.outside = dice.maybe(20, &classes).map(|class| class.name);
        if let Some(name) = dice.maybe(40, &["notified", "kyc"]) {
            let (on_shipment, measure) = (dice.chance(60), dice.of(&[Measure::Units, Measure::Chips, Measure::Tpp]));
            let (of_family, at) = (on_shipment && dice.chance(50), 2 + dice.pick(6) as u64);
            policy.notices.push(Notice { name: name.to_owned(), on_shipment, of_family, measure, at });
        }
    }
    policy.classes = classes;
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
    // The program refuses a ceiling that covers no chip, and a notice of what every approval attests anyway.
    let holds_some = |class: &String| policy.chips.iter().any(|chip| policy.in_class(class, chip));
    let filled: Vec<_> = policy.ceilings.iter().map(|ceiling| ceiling.class.clone().filter(holds_some)).collect();
    policy.ceilings.iter_mut().zip(filled).for_each(|(ceiling, class)| ceiling.class = class);
    let attested = &policy.approval_attestations;
    policy.notices.retain(|notice| notice.on_shipment || !attested.contains(&notice.name));
    policy
}
