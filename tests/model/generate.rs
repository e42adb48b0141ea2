//! Random commands. The dice come from proptest, so that failures shrink. The current book gives them their meaning,
//! so that most commands name things that exist and most quantities are near the limits.

use crate::command::{Command, Options, Register, Verb};
use crate::dates::{DAY, Day};
use crate::dice::Dice;
use crate::fold::Book;
use crate::lines::{Approval, Ask, Event, Items, Pairs};
use crate::policy::Policy;
use crate::state::{Charge, State};

pub(crate) const IDS: [&str; 5] = ["alpha", "beta", "gamma", "delta", "omega"];
pub(crate) const NAMES: [&str; 5] = ["Alpha Co", "Beta Group", "Gamma Ltd", "Delta AG", "Omega"];
pub(crate) const CHIPS: [&str; 5] = ["H200", "MI325X", "A800", "H20", "B200"];
pub(crate) const SERIES: [&str; 2] = ["us-end-use", "us-shipments"];
pub(crate) const LICENSEES: [&str; 2] = ["Lenovo", "Großhandel"];

/// Makes commands from the current state.
pub(crate) struct Maker<'a> {
    pub(crate) book: &'a Book,
    pub(crate) policies: &'a [Policy],
    pub(crate) now: i64,
}

impl Maker<'_> {
    /// A first registration. Every test begins with the first policy and some of these.
    pub(crate) fn first(&self, dice: &mut Dice<'_>, i: usize) -> Command {
        let register = Register {
            id: IDS[i].to_owned(),
            name: Some(NAMES[i].to_owned()),
            country: Some(dice.of(&["CN", "CN", "HK", "US"]).to_owned()),
            parent: if i > 0 { dice.maybe(30, &IDS[..i]).map(str::to_owned) } else { None },
            ..Register::default()
        };
        self.command(Verb::Register(register), self.now.div_euclid(DAY))
    }

    /// A volume that a share may be of.
    pub(crate) fn first_volume(&self, dice: &mut Dice<'_>) -> Command {
        self.command(Verb::Event(self.volume(dice), Ask::default()), self.now.div_euclid(DAY))
    }

    fn command(&self, verb: Verb, date: Day) -> Command {
        Command { verb, options: Options { date, clock: self.now, ..Options::default() } }
    }

    pub(crate) fn any(&self, dice: &mut Dice<'_>) -> Command {
        let today = self.now.div_euclid(DAY);
        let mut kind = dice.pick(100);
        let date = match dice.pick(20) {
            0..12 => today,
            12..18 => today - 1 - dice.pick(9) as Day,
            18 => today + 1,
            _ => today + 2 + dice.pick(10) as Day,
        };
        let state = self.book.state(date);
        // Most commands need an earlier entry: so approvals come first, then shipments, then the rest.
        if state.licences.is_empty() && (34..79).contains(&kind) && !dice.chance(10) {
            kind = 12;
        } else if state.shipments.is_empty() && (74..79).contains(&kind) && !dice.chance(10) {
            kind = 34;
        }
        let verb = match kind {
            0..12 => self.check(dice, &state, date),
            12..34 => Verb::Event(self.approval(dice, &state, date), Ask::default()),
            34..54 => Verb::Event(Event::Shipment(self.shipment(dice, &state)), Ask::default()),
            54..62 => Verb::Event(self.amendment(dice, &state, date), Ask::default()),
            62..74 => Verb::Event(self.life(dice, &state), Ask::default()),
            74..79 => Verb::Event(self.returned(dice, &state), Ask::default()),
            79..83 => Verb::Event(self.exception(dice, &state, date), Ask::default()),
            83..86 => Verb::Event(self.volume(dice), Ask::default()),
            86..88 => Verb::Event(self.elsewhere(dice, &state), Ask::default()),
            88..91 => Verb::Adopt(dice.of(self.policies)),
            _ => self.register(dice, &state),
        };
        let check = matches!(&verb, Verb::Event(_, Ask { check: true, .. }));
        let mut command = self.command(verb, date);
        command.record_some(dice);
        let asks = check && !command.options.record;
        if !check && dice.chance(15) {
            command.options.despite = Some("it \"happened\"".to_owned());
        } else if !asks && dice.chance(8) {
            command.options.dry_run = true;
        }
        if !asks && dice.chance(6) {
            command.options.expect_head = Some(if dice.chance(30) { "0".repeat(64) } else { self.book.head() });
        }
        command
    }

    fn check(&self, dice: &mut Dice<'_>, state: &State, date: Day) -> Verb {
        let ask = Ask { check: true, ahead: true, holder: None };
        if dice.chance(30) {
            let mut shipment = self.shipment(dice, state);
            shipment.reference.clear();
            return Verb::Event(Event::Shipment(shipment), Ask { holder: Some(self.customer(dice, state)), ..ask });
        }
        let mut event = self.approval(dice, state, date);
        if let Event::Approval(approval) = &mut event {
            approval.licence.clear();
        }
        Verb::Event(event, ask)
    }

    /// A customer's id, name or alias, or an unknown name.
    pub(crate) fn customer(&self, dice: &mut Dice<'_>, state: &State) -> String {
        let known: Vec<_> = state.customers.values().collect();
        if known.is_empty() || dice.chance(4) {
            return dice.of(&["alpa", "nobody"]).to_owned();
        }
        let record = known[dice.pick(known.len())];
        match dice.pick(8) {
            0..6 => record.id.clone(),
            6 => record.name.to_uppercase(),
            _ => record.aliases.first().unwrap_or(&record.name).clone(),
        }
    }

    /// Quantities near the headroom of some ceiling.
    fn order(&self, dice: &mut Dice<'_>, state: &State, charge: &Charge, date: Day) -> Items {
        let mut items = Items::new();
        let first = dice.of(&[0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 0, 0, 0, 0, 1, 1, 1, 2, 2, 4]);
        for i in 0..1 + dice.pick(5) / 3 {
            let chip = CHIPS[(first + i * (1 + dice.pick(3))) % (CHIPS.len() - 1 + first / 4)];
            if items.iter().any(|item| item.0 == chip) {
                continue;
            }
            items.push((chip.to_owned(), self.quantity(dice, state, charge, chip, date)));
        }
        spell(dice, &mut items);
        items
    }

    pub(crate) fn quantity(&self, dice: &mut Dice<'_>, state: &State, charge: &Charge, chip: &str, date: Day) -> u64 {
        let ceilings = &state.policy.ceilings;
        match dice.pick(20) {
            0..12 => 1 + dice.pick(8) as u64,
            12..19 if !ceilings.is_empty() => {
                let ceiling = &ceilings[dice.pick(ceilings.len())];
                let places = state.places(ceiling, charge, &[chip.to_owned()]);
                let weight = state.policy.weight(ceiling, chip);
                let Some(place) = places.first().filter(|_| weight > 0) else {
                    return 3;
                };
                let left = state.limit(ceiling, place, date).0 - state.used(ceiling, place, date, ceiling.counts);
                let fits = u64::try_from(left / weight).unwrap_or(0);
                (fits + dice.of(&[0, 1, 0, 2])).max(1)
            }
            19 if dice.chance(40) => dice.of(&[0, 1_000_000_001]),
            19 => 40,
            _ => 3,
        }
    }

    pub(crate) fn number(&self, dice: &mut Dice<'_>, letter: char, known: &[String]) -> String {
        match dice.pick(24) {
            0 => dice.of(&["d-1", "Q77", "x"]).to_owned(),
            1 if !known.is_empty() => dice.of(known),
            _ => format!("{letter}{:03}", self.book.written.len() + dice.pick(2)),
        }
    }

    pub(crate) fn attest(&self, dice: &mut Dice<'_>, wanted: &[String], state: &State) -> Pairs {
        let mut names = wanted.to_vec();
        let noticed = state.policy.notices.iter().map(|notice| notice.name.clone());
        names.extend(noticed.filter(|name| !wanted.contains(name) && dice.chance(60)));
        let mut pairs: Pairs = names.into_iter().map(|name| (name, "stated".to_owned())).collect();
        if dice.chance(5) {
            pairs.pop();
        }
        pairs
    }

    fn approval(&self, dice: &mut Dice<'_>, state: &State, date: Day) -> Event {
        let known: Vec<String> = state.licences.iter().map(|licence| licence.number.clone()).collect();
        let licence = self.number(dice, 'D', &known);
        let customer = self.customer(dice, state);
        let licensee = dice.maybe(50, &LICENSEES).map(|name| spelling(dice, name));
        let destination = dice.maybe(20, &["CN", "CN", "HK", "US", "CN", "MO", "CN", "ZZ"]).map(str::to_owned);
        let id = state.find_customer(&customer).unwrap_or_default();
        let charge = Charge { customer: id, licensee: licensee.clone(), date, destination: destination.clone() };
        let items = self.order(dice, state, &charge, date);
        let expires = dice
            .chance(55)
            .then(|| date - 1 + dice.pick(14) as Day)
            .map(|day| day + Day::from(day < date && !dice.chance(30)));
        let replaces = if dice.chance(14) && !known.is_empty() {
            Some(dice.of(&known))
        } else {
            dice.maybe(2, &["D999".to_owned()])
        };
        let attestations = self.attest(dice, &state.policy.approval_attestations, state);
        let value = (state.policy.value_required || dice.chance(20)).then(|| dice.of(&[15, 40, 100]));
        Event::Approval(Approval {
            licence,
            customer,
            items,
            value,
            expires,
            destination,
            licensee,
            replaces,
            attestations,
        })
    }
}

impl Command {
    /// Records most of the checks that a line can hold.
    fn record_some(&mut self, dice: &mut Dice<'_>) {
        let Verb::Event(event, Ask { check: true, .. }) = &mut self.verb else { return };
        if !dice.chance(60) {
            return;
        }
        self.options.record = true;
        match event {
            Event::Approval(approval) => (approval.replaces, approval.attestations) = (None, Pairs::new()),
            Event::Shipment(shipment) => {
                (shipment.attestations, shipment.serials, shipment.consignee) = (vec![], vec![], None);
            }
            _ => {}
        }
    }
}

/// The name, or another spelling of it.
pub(crate) fn spelling(dice: &mut Dice<'_>, name: &str) -> String {
    let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c) } else { c };
    match dice.pick(8) {
        0 => name.to_lowercase(),
        1 => name.to_uppercase(),
        2 => name.chars().map(wide).collect(),
        _ => name.to_owned(),
    }
}

/// Sometimes changes the spelling of a chip, or names a chip that no policy has.
pub(crate) fn spell(dice: &mut Dice<'_>, items: &mut Items) {
    for item in items.iter_mut() {
        match dice.pick(24) {
            1 if item.0 == "H200" => item.0 = "h200 sxm".to_owned(),
            2 => item.0 = item.0.to_lowercase(),
            3 if dice.chance(20) => item.0 = "H9000".to_owned(),
            _ => {}
        }
    }
    // Naming a chip twice is a usage error (D22), and this test compares no usage errors.
    let mut named: Vec<String> = Vec::new();
    items.retain(|item| {
        let new = !named.contains(&item.0);
        named.push(item.0.clone());
        new
    });
}
