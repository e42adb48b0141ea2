//! Random commands about recorded entries: shipments, licence life, returns, exceptions, customers.

use crate::command::{Register, Verb};
use crate::dates::Day;
use crate::dice::Dice;
use crate::generate::{CHIPS, IDS, LICENSEES, Maker, NAMES, SERIES, spell, spelling};
use crate::lines::{Event, Items, Serials, Shipment};
use crate::policy::Scope;
use crate::state::State;

impl Maker<'_> {
    /// A licence known at this place, at another place, or nowhere.
    pub(crate) fn licence(&self, dice: &mut Dice<'_>, state: &State) -> String {
        let everywhere = self.book.written.iter().filter_map(|written| match &written.line.event {
            Event::Approval(approval) => Some(approval.licence.clone()),
            _ => None,
        });
        let here: Vec<String> = state.licences.iter().map(|licence| licence.number.clone()).collect();
        let known = if here.is_empty() || dice.chance(12) { everywhere.collect() } else { here };
        if known.is_empty() || dice.chance(3) { "D998".to_owned() } else { dice.of(&known) }
    }

    pub(crate) fn shipment(&self, dice: &mut Dice<'_>, state: &State) -> Shipment {
        let number = self.licence(dice, state);
        let licence = state.licence(&number);
        let mut items = Items::new();
        let chips = licence.map_or(vec!["H200".to_owned()], |licence| licence.chips());
        let start = dice.pick(chips.len());
        for i in 0..=dice.pick(3) / 2 {
            let chip =
                if dice.chance(4) { dice.of(&CHIPS).to_owned() } else { chips[(start + i) % chips.len()].clone() };
            let left = licence
                .map_or(5, |licence| licence.authorised(&chip).unwrap_or(0).saturating_sub(licence.shipped(&chip)));
            let quantity = match dice.pick(10) {
                0..5 => 1 + dice.pick(4) as u64,
                5..8 => left.max(1),
                8 => left + 1,
                _ => 9,
            };
            if !items.iter().any(|item| item.0 == chip) {
                items.push((chip, quantity));
            }
        }
        let serials = self.serials(dice, &items, None);
        if serials.is_empty() {
            spell(dice, &mut items);
        }
        let known: Vec<String> = state.shipments.iter().map(|sent| sent.reference.clone()).collect();
        let reference = self.number(dice, 'X', &known);
        let destination = dice.maybe(15, &["CN", "CN", "HK", "US", "CN", "MO", "CN", "ZZ"]).map(str::to_owned);
        let consignee = dice.maybe(10, &["Hangzhou \"DC\" 2"]).map(str::to_owned);
        let attestations = self.attest(dice, &state.policy.shipment_attestations, state);
        // Most are near what the licence's value leaves.
        let left = licence.and_then(|licence| {
            let limit = licence.value? * (100 + u64::from(state.policy.value_tolerance_percent)) / 100;
            Some(limit.saturating_sub(licence.shipped_value))
        });
        let percent = if left.is_some() || state.policy.value_required { 90 } else { 10 };
        let value = dice.chance(percent).then(|| match dice.pick(6) {
            0..3 => 1 + dice.pick(9) as u64,
            3 => left.unwrap_or(0),
            4 => left.unwrap_or(7) + 1,
            _ => left.unwrap_or(7).saturating_sub(1),
        });
        Shipment { reference, licence: number, items, value, destination, consignee, attestations, serials }
    }

    /// Serial numbers for small quantities, from a small pool so that they clash.
    fn serials(&self, dice: &mut Dice<'_>, items: &Items, out: Option<&[String]>) -> Serials {
        let few = |item: &&(String, u64)| (1..=4).contains(&item.1);
        let Some((chip, quantity)) = items.iter().find(few).filter(|_| dice.chance(35)) else {
            return vec![];
        };
        let count = *quantity as usize + usize::from(dice.chance(8));
        let list: Vec<String> = match out {
            Some(out) if !dice.chance(10) => out.iter().take(count).cloned().collect(),
            _ => {
                let start = dice.pick(40);
                (start..start + count).map(|i| format!("SN-{i}")).collect()
            }
        };
        let list: Vec<String> = list.iter().map(|serial| spelling(dice, serial)).collect();
        if list.is_empty() { vec![] } else { vec![(chip.clone(), list)] }
    }

    pub(crate) fn amendment(&self, dice: &mut Dice<'_>, state: &State, date: Day) -> Event {
        let number = self.licence(dice, state);
        let licence = state.licence(&number);
        let moves = dice.chance(40);
        let mut items = Items::new();
        if !moves || dice.chance(40) {
            let chip = match licence {
                Some(licence) if !dice.chance(20) => dice.of(&licence.chips()),
                _ => dice.of(&CHIPS).to_owned(),
            };
            let (had, shipped) = licence.map_or((3, 0), |l| (l.authorised(&chip).unwrap_or(0), l.shipped(&chip)));
            let total = match dice.pick(6) {
                0 => had + 1 + dice.pick(4) as u64,
                1 => shipped.max(1),
                2 => shipped.saturating_sub(1).max(1),
                3 => had.saturating_sub(1).max(1),
                _ => {
                    had + licence.map_or(3, |licence| self.quantity(dice, state, &licence.charge, &chip, date).min(50))
                }
            };
            items.push((chip, total));
        }
        let expires = moves.then(|| date - 1 + dice.pick(16) as Day);
        let authority = dice.maybe(30, &["BIS letter 7"]).map(str::to_owned);
        let shipped = licence.map_or(5, |licence| licence.shipped_value);
        let value = dice.chance(20).then(|| (shipped + dice.of(&[0, 1, 10])).saturating_sub(dice.of(&[0, 0, 1])));
        Event::Amendment { licence: number, items, value, expires, authority }
    }

    pub(crate) fn life(&self, dice: &mut Dice<'_>, state: &State) -> Event {
        let licence = self.licence(dice, state);
        let reason = dice.of(&["diversion", "review"]).to_owned();
        let suspended = state.licences.iter().find(|licence| licence.suspended && !dice.chance(20));
        match dice.pick(12) {
            0..3 => Event::Suspension { licence, reason },
            3..6 => Event::Reinstatement { licence: suspended.map_or(licence, |l| l.number.clone()), reason },
            6..9 => {
                let reason = dice.of(&["revoked", "surrendered", "exhausted"]).to_owned();
                Event::Closure { licence, reason, note: dice.maybe(30, &["as agreed"]).map(str::to_owned) }
            }
            _ => {
                let entry = 1 + dice.pick(self.book.written.len() + 1) as u64;
                Event::Void { entry, reason }
            }
        }
    }

    pub(crate) fn returned(&self, dice: &mut Dice<'_>, state: &State) -> Event {
        let known: Vec<String> = state.shipments.iter().map(|sent| sent.reference.clone()).collect();
        let shipment = if known.is_empty() || dice.chance(5) { "X997".to_owned() } else { dice.of(&known) };
        let mut items = vec![("H200".to_owned(), 1)];
        let mut out = Vec::new();
        if let Some(sent) = state.shipment(&shipment) {
            let (chip, _) = dice.of(&sent.items);
            let left = sent.left(&chip);
            items = vec![(chip, dice.of(&[1, left.max(1), left + 1]))];
            out = state.out.iter().filter(|out| out.1 == shipment).map(|out| out.0.clone()).collect();
        }
        let serials = self.serials(dice, &items, Some(&out));
        let reference = self.number(dice, 'R', &known);
        let kind = dice.maybe(60, &["undelivered", "retired"]).map(str::to_owned);
        let reason = dice.maybe(30, &["damaged"]).map(str::to_owned);
        let worth = state.shipment(&shipment).map_or(3, |sent| sent.value);
        let value = dice.chance(40).then(|| dice.of(&[1, worth, worth + 1]));
        Event::Return { reference, shipment, items, kind, value, reason, serials }
    }

    pub(crate) fn exception(&self, dice: &mut Dice<'_>, state: &State, date: Day) -> Event {
        let ceilings = &state.policy.ceilings;
        let ceiling = ceilings[dice.pick(ceilings.len())].clone();
        let mut part = |scope: &Scope| match scope {
            Scope::Customer => self.customer(dice, state),
            Scope::Country | Scope::Destination => dice.of(&["CN", "CN", "HK", "US", "ZZ"]).to_owned(),
            Scope::Licensee => {
                let name = dice.of(&LICENSEES);
                spelling(dice, name)
            }
            Scope::Chip => dice.of(&["H200", "MI325X", "H200 SXM", "X1"]).to_owned(),
            Scope::Total => dice.of(&["total", "total", "all"]).to_owned(),
        };
        let group = ceiling.scopes.iter().map(&mut part).collect::<Vec<_>>().join("/");
        let limit = ceiling.limit.about();
        let limit = dice.of(&[limit + 10, limit.saturating_sub(5), 0, limit]);
        let name = if dice.chance(5) { "no-such".to_owned() } else { ceiling.name };
        let expires = dice.chance(50).then(|| date + dice.pick(10) as Day);
        Event::Exception {
            ceiling: name,
            group,
            limit,
            authority: dice.of(&["letter 1", "letter 2"]).to_owned(),
            expires,
        }
    }

    pub(crate) fn volume(&self, dice: &mut Dice<'_>) -> Event {
        let chip = dice.of(&["H200", "MI325X", "A800", "H200 SXM", "X1"]).to_owned();
        let series = dice.of(&SERIES);
        Event::Volume {
            series: spelling(dice, series),
            chip,
            quantity: 10 * (1 + dice.pick(9) as u64),
            source: "10-K".to_owned(),
        }
    }

    pub(crate) fn elsewhere(&self, dice: &mut Dice<'_>, state: &State) -> Event {
        let chip = dice.of(&["H200", "MI325X", "H200 SXM", "X1"]).to_owned();
        let items = vec![(chip, dice.of(&[0, 3, 10, 10, 20, 1_000_000_001]))];
        Event::Elsewhere { customer: self.customer(dice, state), items, source: "certificate".to_owned() }
    }

    pub(crate) fn register(&self, dice: &mut Dice<'_>, state: &State) -> Verb {
        let i = dice.pick(IDS.len());
        let record = state.customers.get(IDS[i]);
        let mut register = Register { id: IDS[i].to_owned(), ..Register::default() };
        if record.is_none() {
            register.name = Some(NAMES[i].to_owned());
            register.country = Some(dice.of(&["CN", "HK", "US", "ZZ"]).to_owned());
        } else if dice.chance(15) {
            register.name = Some(format!("{} {}", NAMES[i], dice.of(&["Holding", "International"])));
        } else if dice.chance(15) {
            register.country = Some(dice.of(&["MO", "CN", "DE"]).to_owned());
        }
        if dice.chance(45) {
            let parent = self.customer(dice, state);
            // The first customer has nobody to name as its parent.
            register.parent = Some(parent).filter(|_| record.is_some() || !state.customers.is_empty());
        } else {
            register.no_parent = record.is_some_and(|record| record.parent.is_some()) && dice.chance(50);
        }
        register.alias = dice.maybe(25, &["Alpha Cloud", "ＡＬＰＨＡ　co", "Bee", "Gee"]).map(str::to_owned);
        register.flag = dice.maybe(15, &["watch", "entity-list"]).map(str::to_owned);
        if let Some(record) = record {
            register.drop_alias = record
                .aliases
                .first()
                .filter(|alias| register.alias.as_ref() != Some(alias) && dice.chance(40))
                .cloned();
            register.drop_flag =
                record.flags.first().filter(|flag| register.flag.as_ref() != Some(flag) && dice.chance(50)).cloned();
        }
        Verb::Register(register)
    }
}
