//! The state at one place of the effective order, and the amounts derived from it (R2, R3, D16, D17).

use std::{collections::BTreeMap, rc::Rc};

use crate::dates::Day;
use crate::lines::{Event, Items, Line, Record};
use crate::policy::{Ceiling, Counts, Days, Limit, Policy, Scope, UNIT, plain};

/// ISO 3166-1 codes that the tests use.
pub(crate) const COUNTRIES: [&str; 7] = ["CN", "HK", "MO", "US", "MY", "SG", "DE"];

/// What left, and what became of it, in chips.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moved {
    /// Without what was not delivered (R10).
    pub(crate) shipped: u64,
    pub(crate) returned: u64,
    pub(crate) retired: u64,
}

/// Who is charged, and the date and destination that count (R14).
#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) customer: String,
    pub(crate) licensee: Option<String>,
    pub(crate) date: Day,
    /// If there is none, the customer's own country counts (D13).
    pub(crate) destination: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Licence {
    pub(crate) number: String,
    pub(crate) charge: Charge,
    pub(crate) expires: Option<Day>,
    pub(crate) closed: bool,
    /// Closed by an approval that replaces it, and by nothing before.
    pub(crate) replaced: bool,
    pub(crate) suspended: bool,
    pub(crate) authorised: Items,
    pub(crate) value: Option<u64>,
    pub(crate) shipped_value: u64,
    pub(crate) moved: BTreeMap<String, Moved>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) reference: String,
    pub(crate) licence: String,
    pub(crate) charge: Charge,
    pub(crate) items: Items,
    /// Without what undelivered returns took off (R15).
    pub(crate) value: u64,
    pub(crate) moved: BTreeMap<String, Moved>,
}

#[derive(Clone, Debug)]
pub(crate) struct Exception {
    pub(crate) entry: u64,
    pub(crate) date: Day,
    pub(crate) ceiling: String,
    pub(crate) group: String,
    pub(crate) limit: u64,
    pub(crate) expires: Option<Day>,
}

/// A group and a window: what a row is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) group: String,
    pub(crate) days: Option<Days>,
}

impl Place {
    fn holds(&self, date: Day) -> bool {
        self.days.is_none_or(|(from, until)| from <= date && until.is_none_or(|until| date <= until))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) policy: Rc<Policy>,
    pub(crate) customers: BTreeMap<String, Record>,
    pub(crate) licences: Vec<Licence>,
    pub(crate) shipments: Vec<Sent>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) volumes: Vec<(String, String, u64)>,
    /// How many chips a customer has had from others: date, customer, chip and figure.
    pub(crate) reports: Vec<(Day, String, String, u64)>,
    /// Serial numbers that are out, with their shipments.
    pub(crate) out: Vec<(String, String)>,
}

/// The four amounts of R3, and the amount returned, in chips.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Amounts {
    pub(crate) authorised: i128,
    pub(crate) shipped: i128,
    pub(crate) outstanding: i128,
    pub(crate) released: i128,
    pub(crate) returned: i128,
    pub(crate) retired: i128,
    /// Another licence has taken over what did not ship (R4).
    pub(crate) replaced: bool,
}

impl Moved {
    fn amounts(self) -> Amounts {
        let (shipped, returned, retired) = (self.shipped.into(), self.returned.into(), self.retired.into());
        Amounts { shipped, returned, retired, ..Amounts::default() }
    }
}

impl Sent {
    /// What a return can still name: nothing can be returned twice, whatever became of it.
    pub(crate) fn left(&self, chip: &str) -> u64 {
        self.moved.get(chip).map_or(0, |moved| moved.shipped - moved.returned - moved.retired)
    }
}

impl Licence {
    /// The licence right after its approval.
    pub(crate) fn opened(event: &crate::lines::Approval, date: Day) -> Licence {
        let (customer, licensee) = (event.customer.clone(), event.licensee.clone());
        Licence {
            number: event.licence.clone(),
            charge: Charge { customer, licensee, date, destination: event.destination.clone() },
            expires: event.expires,
            closed: false,
            replaced: false,
            suspended: false,
            authorised: event.items.clone(),
            value: event.value,
            shipped_value: 0,
            moved: BTreeMap::new(),
        }
    }

    pub(crate) fn expired(&self, day: Day) -> bool {
        self.expires.is_some_and(|last| last < day)
    }

    pub(crate) fn open(&self, day: Day) -> bool {
        !self.closed && !self.expired(day)
    }

    pub(crate) fn authorised(&self, chip: &str) -> Option<u64> {
        self.authorised.iter().find(|item| item.0 == chip).map(|item| item.1)
    }

    pub(crate) fn shipped(&self, chip: &str) -> u64 {
        self.moved.get(chip).map_or(0, |moved| moved.shipped)
    }

    /// Every chip that the licence names or has shipped.
    pub(crate) fn chips(&self) -> Vec<String> {
        let mut chips: Vec<String> = self.authorised.iter().map(|item| item.0.clone()).collect();
        chips.extend(self.moved.keys().cloned());
        chips.sort();
        chips.dedup();
        chips
    }

    pub(crate) fn amounts(&self, chip: &str, day: Day) -> Amounts {
        let authorised = i128::from(self.authorised(chip).unwrap_or(0));
        let shipped = i128::from(self.shipped(chip));
        let left = (authorised - shipped).max(0);
        let (outstanding, released) = if self.open(day) { (left, 0) } else { (0, left) };
        let moved = self.moved.get(chip).copied().unwrap_or_default().amounts();
        Amounts { authorised, outstanding, released, replaced: self.replaced, ..moved }
    }
}

impl State {
    pub(crate) fn new(policy: Rc<Policy>) -> State {
        State {
            policy,
            customers: BTreeMap::new(),
            licences: vec![],
            shipments: vec![],
            exceptions: vec![],
            volumes: vec![],
            reports: vec![],
            out: vec![],
        }
    }

    pub(crate) fn licence(&self, number: &str) -> Option<&Licence> {
        self.licences.iter().find(|licence| licence.number == number)
    }

    fn licence_mut(&mut self, number: &str) -> Option<&mut Licence> {
        self.licences.iter_mut().find(|licence| licence.number == number)
    }

    pub(crate) fn shipment(&self, reference: &str) -> Option<&Sent> {
        self.shipments.iter().find(|shipment| shipment.reference == reference)
    }

    /// The customer and its parents upward; stops at a loop, which R2 forbids.
    pub(crate) fn lineage(&self, customer: &str) -> Vec<String> {
        let mut line = vec![customer.to_owned()];
        while let Some(parent) = self.customers.get(&line[line.len() - 1]).and_then(|r| r.parent.clone()) {
            if line.contains(&parent) {
                break;
            }
            line.push(parent);
        }
        line
    }

    /// The ultimate parent.
    pub(crate) fn family(&self, customer: &str) -> String {
        self.lineage(customer).pop().unwrap_or_default()
    }

    /// The group that a country ceiling charges for a customer.
    pub(crate) fn country_group(&self, customer: &str) -> Option<String> {
        let root = self.customers.get(&self.family(customer))?;
        Some(self.policy.country(&root.country))
    }

    /// A customer by id, name or alias (R2).
    pub(crate) fn find_customer(&self, given: &str) -> Option<String> {
        let wanted = plain(given);
        let named = |r: &&Record| {
            plain(&r.id) == wanted || plain(&r.name) == wanted || r.aliases.iter().any(|alias| plain(alias) == wanted)
        };
        self.customers.values().find(named).map(|r| r.id.clone())
    }

    /// A chip by name or alias (D14).
    pub(crate) fn find_chip(&self, given: &str) -> Option<String> {
        let wanted = plain(given);
        let named = |chip: &&crate::policy::Chip| {
            plain(&chip.name) == wanted || chip.alias.as_ref().is_some_and(|alias| plain(alias) == wanted)
        };
        self.policy.chips.iter().find(named).map(|chip| chip.name.clone())
    }

    /// A customer's own country.
    pub(crate) fn own_country(&self, customer: &str) -> Option<String> {
        self.customers.get(customer).map(|record| record.country.clone())
    }

    /// The group in which a ceiling counts a chip of a charge: none where it does not concern the charge. A group of
    /// several scopes joins its parts with `/` (R14).
    pub(crate) fn group(&self, ceiling: &Ceiling, charge: &Charge, chip: &str) -> Option<String> {
        let destination = charge.destination.clone().or_else(|| self.own_country(&charge.customer));
        let part = |scope: &Scope| match scope {
            Scope::Customer => Some(self.family(&charge.customer)),
            Scope::Country => self.country_group(&charge.customer),
            Scope::Licensee => charge.licensee.as_deref().map(plain),
            Scope::Chip => Some(chip.to_owned()),
            Scope::Destination => destination.as_deref().map(|there| self.policy.country(there)),
            Scope::Total => Some("total".to_owned()),
        };
        let parts: Option<Vec<String>> = ceiling.scopes.iter().map(part).collect();
        let there = |there: &String| ceiling.to.is_empty() || ceiling.to.contains(there);
        let goes = ceiling.to.is_empty() || destination.as_ref().is_some_and(there);
        parts.map(|parts| parts.join("/")).filter(|group| goes && self.limits(ceiling, group))
    }

    /// The group that a text names, by any name of its parts (D16): the family of a customer named in it.
    pub(crate) fn named_group(&self, ceiling: &Ceiling, text: &str) -> String {
        let part = |(scope, name): (&Scope, &str)| match scope {
            Scope::Customer => self.find_customer(name).map_or(name.to_owned(), |id| self.family(&id)),
            Scope::Country | Scope::Destination => self.policy.country(name),
            Scope::Licensee => plain(name),
            Scope::Chip => self.find_chip(name).unwrap_or_else(|| name.to_owned()),
            Scope::Total => name.to_owned(),
        };
        let parts: Vec<String> = ceiling.scopes.iter().zip(text.split('/')).map(part).collect();
        parts.join("/")
    }

    /// Whether a ceiling limits a group: it covers the group's chip and destination, and `groups` names it, or names
    /// none (R14).
    pub(crate) fn limits(&self, ceiling: &Ceiling, group: &str) -> bool {
        let covered = |(scope, part): (&Scope, &str)| match scope {
            Scope::Chip => self.policy.covers(ceiling, part),
            Scope::Destination => ceiling.to.is_empty() || ceiling.to.iter().any(|to| self.policy.country(to) == part),
            _ => true,
        };
        let named =
            ceiling.groups.is_empty() || ceiling.groups.iter().any(|name| self.named_group(ceiling, name) == group);
        named && ceiling.scopes.iter().zip(group.split('/')).all(covered)
    }

    /// The groups and windows in which a ceiling judges an order: one for each chip where chips have groups.
    pub(crate) fn places(&self, ceiling: &Ceiling, charge: &Charge, chips: &[String]) -> Vec<Place> {
        let Some(days) = ceiling.window.holding(charge.date) else { return vec![] };
        let any = [String::new()];
        let chips = if ceiling.scopes.contains(&Scope::Chip) { chips } else { &any };
        let group = |chip: &String| self.group(ceiling, charge, chip);
        chips.iter().filter_map(group).map(|group| Place { group, days }).collect()
    }

    /// One kind of amount, summed over the licences of a place or over its shipments, each chip with its weight.
    pub(crate) fn sum(
        &self,
        (ceiling, place): (&Ceiling, &Place),
        licences: bool,
        day: Day,
        weight: impl Fn(&str) -> i128,
        amount: impl Fn(Amounts) -> i128,
    ) -> i128 {
        let counts = |charge: &Charge, chip: &str| {
            place.holds(charge.date) && self.group(ceiling, charge, chip).as_ref() == Some(&place.group)
        };
        let mut sum = 0;
        for licence in self.licences.iter().filter(|_| licences) {
            for chip in licence.chips().iter().filter(|chip| counts(&licence.charge, chip)) {
                sum += amount(licence.amounts(chip, day)) * weight(chip);
            }
        }
        for sent in self.shipments.iter().filter(|_| !licences) {
            for (chip, moved) in sent.moved.iter().filter(|(chip, _)| counts(&sent.charge, chip)) {
                sum += amount(moved.amounts()) * weight(chip);
            }
        }
        sum
    }

    /// The groups of a ceiling that something counts in, in the window that holds a day.
    pub(crate) fn counted_in(&self, ceiling: &Ceiling, day: Day) -> Vec<String> {
        let licences =
            self.licences.iter().flat_map(|licence| licence.chips().into_iter().map(|chip| (&licence.charge, chip)));
        let sent = self.shipments.iter().flat_map(|sent| sent.moved.keys().map(|chip| (&sent.charge, chip.clone())));
        let (licences, sent): (Vec<_>, Vec<_>) = (licences.collect(), sent.collect());
        let charges = if ceiling.counts.of_licences() { licences } else { sent };
        let holding = ceiling.window.holding(day);
        let inside = |date: Day| holding.is_some() && ceiling.window.holding(date) == holding;
        let inside = charges.into_iter().filter(|(charge, _)| inside(charge.date));
        inside.filter_map(|(charge, chip)| self.group(ceiling, charge, &chip)).collect()
    }

    /// What counts against a limit (R3). What came back restores it if the policy says so (R10).
    pub(crate) fn used(&self, ceiling: &Ceiling, place: &Place, day: Day, counts: Counts) -> i128 {
        let restores = i128::from(self.policy.restores);
        let counted = |a: Amounts| match counts {
            Counts::Committed => a.shipped + a.outstanding - restores * a.returned,
            Counts::Shipped => a.shipped - restores * a.returned,
            Counts::Authorised if a.replaced => a.shipped,
            Counts::Authorised => a.authorised,
            Counts::Installed => a.shipped - a.returned - a.retired,
        };
        let weight = |chip: &str| self.policy.weight(ceiling, chip);
        let ours = self.sum((ceiling, place), ceiling.counts.of_licences(), day, weight, counted);
        ours + self.elsewhere(ceiling, place)
    }

    /// What the customers of a place have had from others: the latest figures dated in its window (R14).
    pub(crate) fn elsewhere(&self, ceiling: &Ceiling, place: &Place) -> i128 {
        let mut latest: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for (date, customer, chip, figure) in &self.reports {
            let charge = Charge { customer: customer.clone(), licensee: None, date: *date, destination: None };
            if ceiling.elsewhere
                && place.holds(*date)
                && self.group(ceiling, &charge, chip).as_ref() == Some(&place.group)
            {
                latest.insert((customer, chip), *figure);
            }
        }
        latest.iter().map(|((_, chip), figure)| i128::from(*figure) * self.policy.weight(ceiling, chip)).sum()
    }

    /// The limit, and the entry of the exception that set it (D16, D46).
    pub(crate) fn limit(&self, ceiling: &Ceiling, place: &Place, day: Day) -> (i128, Option<u64>) {
        // In a window that has ended its last day decides (R14).
        let day = place.days.and_then(|days| days.1).map_or(day, |last| day.min(last));
        let part = |(scope, name): (&Scope, &str)| match scope {
            Scope::Country | Scope::Destination => self.policy.country(name),
            Scope::Licensee => plain(name),
            Scope::Customer | Scope::Chip | Scope::Total => name.to_owned(),
        };
        let means = |e: &Exception| {
            let parts: Vec<String> = ceiling.scopes.iter().zip(e.group.split('/')).map(part).collect();
            e.ceiling == ceiling.name && parts.join("/") == place.group
        };
        let holds = |e: &&Exception| e.date <= day && e.expires.is_none_or(|last| last >= day) && means(e);
        if let Some(exception) = self.exceptions.iter().rfind(holds) {
            return (i128::from(exception.limit) * UNIT, Some(exception.entry));
        }
        let limit = match &ceiling.limit {
            Limit::Plain(limit) => i128::from(*limit) * UNIT,
            Limit::Steps(steps) => steps.iter().rfind(|step| step.0 <= day).map_or(0, |step| i128::from(step.1) * UNIT),
            // Usage has no part smaller than a millionth, so a smaller part of the limit decides nothing.
            Limit::Share(percent, of) => i128::from(*percent) * self.volume(ceiling, place, of) / 100,
        };
        (limit, None)
    }

    /// What was recorded for a series of the covered chips of a place (R14).
    fn volume(&self, ceiling: &Ceiling, place: &Place, series: &str) -> i128 {
        let own = ceiling.scopes.iter().zip(place.group.split('/')).find(|part| *part.0 == Scope::Chip);
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for (named, chip, figure) in &self.volumes {
            if plain(named) == plain(series) && own.is_none_or(|own| own.1 == chip) {
                last.insert(chip, *figure);
            }
        }
        last.iter().map(|(chip, figure)| i128::from(*figure) * self.policy.weight(ceiling, chip)).sum()
    }

    /// What a shipment of a licence is charged to: its destination is the one that it names, else its licence's, else
    /// the customer's own country on its date (D13).
    pub(crate) fn shipped_on(&self, licence: &Licence, sent: &crate::lines::Shipment, date: Day) -> Charge {
        let own = || self.own_country(&licence.charge.customer);
        let destination = sent.destination.clone().or_else(|| licence.charge.destination.clone()).or_else(own);
        Charge { date, destination, ..licence.charge.clone() }
    }

    /// Changes what a shipment moved, for itself and for its licence.
    fn moves(&mut self, reference: &str, items: &Items, change: impl Fn(&mut Moved, u64)) {
        let Some(sent) = self.shipments.iter_mut().find(|sent| sent.reference == reference) else { return };
        let licence = self.licences.iter_mut().find(|licence| licence.number == sent.licence);
        let both = [Some(&mut sent.moved), licence.map(|licence| &mut licence.moved)];
        for moved in both.into_iter().flatten() {
            for (chip, quantity) in items {
                change(moved.entry(chip.clone()).or_default(), *quantity);
            }
        }
    }

    /// Applies a line, whatever its verdict.
    pub(crate) fn apply(&mut self, line: &Line, policy: impl Fn(&str) -> Rc<Policy>) {
        match &line.event {
            Event::Policy { digest, .. } => self.policy = policy(digest),
            Event::Customer(record) => {
                self.customers.insert(record.id.clone(), record.clone());
            }
            Event::Approval(approval) => {
                if let Some(old) = approval.replaces.as_ref().and_then(|old| self.licence_mut(old)) {
                    old.replaced |= !old.closed;
                    old.closed = true;
                }
                self.licences.push(Licence::opened(approval, line.date));
            }
            Event::Amendment { licence, items, value, expires, .. } => {
                if let Some(licence) = self.licence_mut(licence) {
                    licence.value = value.or(licence.value);
                    for (chip, total) in items {
                        match licence.authorised.iter_mut().find(|item| item.0 == *chip) {
                            Some(item) => item.1 = *total,
                            None => licence.authorised.push((chip.clone(), *total)),
                        }
                    }
                    licence.expires = expires.or(licence.expires);
                }
            }
            Event::Suspension { licence, .. } => self.licence_mut(licence).into_iter().for_each(|l| l.suspended = true),
            Event::Reinstatement { licence, .. } => {
                self.licence_mut(licence).into_iter().for_each(|l| l.suspended = false)
            }
            Event::Closure { licence, .. } => self.licence_mut(licence).into_iter().for_each(|l| l.closed = true),
            Event::Shipment(sent) => {
                for serial in sent.serials.iter().flat_map(|list| &list.1) {
                    // A serial number is out once: under the last shipment that names it, even where that is a breach.
                    self.out.retain(|out| out.0 != plain(serial));
                    self.out.push((plain(serial), sent.reference.clone()));
                }
                let (reference, licence, items) = (sent.reference.clone(), sent.licence.clone(), sent.items.clone());
                let value = sent.value.unwrap_or(0);
                let Some(charge) = self.licence(&licence).map(|held| self.shipped_on(held, sent, line.date)) else {
                    return;
                };
                self.shipments.push(Sent { reference, licence, charge, items, value, moved: BTreeMap::new() });
                self.moves(&sent.reference, &sent.items, |moved, quantity| moved.shipped += quantity);
                self.licence_mut(&sent.licence).into_iter().for_each(|licence| licence.shipped_value += value);
            }
            Event::Return { reference, shipment, items, kind, value, serials, .. } => {
                let Some(sent) = self.shipments.iter_mut().find(|sent| sent.reference == *shipment) else {
                    return;
                };
                let undelivered = value.filter(|_| kind.as_deref() == Some("undelivered")).unwrap_or(0);
                sent.value -= undelivered;
                let number = sent.licence.clone();
                self.licence_mut(&number).into_iter().for_each(|licence| licence.shipped_value -= undelivered);
                self.moves(shipment, items, |moved, quantity| match kind.as_deref() {
                    // As if these chips had not left (R10).
                    Some("undelivered") => moved.shipped -= quantity,
                    Some(_) => moved.retired += quantity,
                    None => moved.returned += quantity,
                });
                for serial in serials.iter().flat_map(|list| &list.1) {
                    self.out.retain(|out| !(out.0 == plain(serial) && out.1 == *shipment));
                    if kind.as_deref() == Some("retired") {
                        // It is gone: it can neither ship again nor be returned again.
                        self.out.push((plain(serial), reference.clone()));
                    }
                }
            }
            Event::Exception { ceiling, group, limit, expires, .. } => self.exceptions.push(Exception {
                entry: line.seq,
                date: line.date,
                ceiling: ceiling.clone(),
                // It stays with the family that the customer belongs to on this day (D16).
                group: self.policy.ceiling(ceiling).map_or(group.clone(), |ceiling| {
                    let family = |(scope, name): (&Scope, &str)| match scope {
                        Scope::Customer => self.family(name),
                        _ => name.to_owned(),
                    };
                    ceiling.scopes.iter().zip(group.split('/')).map(family).collect::<Vec<_>>().join("/")
                }),
                limit: *limit,
                expires: *expires,
            }),
            Event::Volume { series, chip, quantity, .. } => {
                self.volumes.push((series.clone(), chip.clone(), *quantity))
            }
            Event::Elsewhere { customer, items, .. } => {
                let figures = items.iter().map(|item| (line.date, customer.clone(), item.0.clone(), item.1));
                self.reports.extend(figures);
            }
            Event::Void { .. } | Event::Check(_) => {}
        }
    }
}
