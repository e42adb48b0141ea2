//! The state at one place of the effective order, and the amounts derived from it (R2, R3, D16, D17).

use std::{collections::BTreeMap, rc::Rc};

use crate::dates::Day;
use crate::lines::{Event, Items, Line, Record};
use crate::policy::{Ceiling, Counts, Policy, Scope, UNIT, plain};

/// ISO 3166-1 codes that the tests use.
pub(crate) const COUNTRIES: [&str; 7] = ["CN", "HK", "MO", "US", "MY", "SG", "DE"];

#[derive(Clone, Debug)]
pub(crate) struct Licence {
    pub(crate) number: String,
    pub(crate) customer: String,
    pub(crate) licensee: Option<String>,
    pub(crate) destination: Option<String>,
    pub(crate) expires: Option<Day>,
    pub(crate) closed: bool,
    /// Closed by an approval that replaces it, and by nothing before.
    pub(crate) replaced: bool,
    pub(crate) suspended: bool,
    pub(crate) authorised: Items,
    pub(crate) value: Option<u64>,
    pub(crate) shipped_value: u64,
    pub(crate) shipped: BTreeMap<String, u64>,
    pub(crate) returned: BTreeMap<String, u64>,
    pub(crate) retired: BTreeMap<String, u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) reference: String,
    pub(crate) licence: String,
    pub(crate) items: Items,
    /// Without what undelivered returns took off (R15).
    pub(crate) value: u64,
    /// What its returns name, whatever their kinds.
    pub(crate) returned: BTreeMap<String, u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Exception {
    pub(crate) entry: u64,
    pub(crate) ceiling: String,
    pub(crate) group: String,
    pub(crate) limit: u64,
    pub(crate) expires: Option<Day>,
}

#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) policy: Rc<Policy>,
    pub(crate) customers: BTreeMap<String, Record>,
    pub(crate) licences: Vec<Licence>,
    pub(crate) shipments: Vec<Sent>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) volumes: Vec<(String, String, u64)>,
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

impl Licence {
    /// The licence right after its approval.
    pub(crate) fn opened(event: &crate::lines::Approval) -> Licence {
        Licence {
            number: event.licence.clone(),
            customer: event.customer.clone(),
            licensee: event.licensee.clone(),
            destination: event.destination.clone(),
            expires: event.expires,
            closed: false,
            replaced: false,
            suspended: false,
            authorised: event.items.clone(),
            value: event.value,
            shipped_value: 0,
            shipped: BTreeMap::new(),
            returned: BTreeMap::new(),
            retired: BTreeMap::new(),
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
        self.shipped.get(chip).copied().unwrap_or(0)
    }

    /// Every chip that the licence names or has shipped.
    pub(crate) fn chips(&self) -> Vec<String> {
        let mut chips: Vec<String> = self.authorised.iter().map(|item| item.0.clone()).collect();
        chips.extend(self.shipped.keys().cloned());
        chips.sort();
        chips.dedup();
        chips
    }

    pub(crate) fn amounts(&self, chip: &str, day: Day) -> Amounts {
        let authorised = i128::from(self.authorised(chip).unwrap_or(0));
        let shipped = i128::from(self.shipped(chip));
        let left = (authorised - shipped).max(0);
        let (outstanding, released) = if self.open(day) { (left, 0) } else { (0, left) };
        let returned = i128::from(self.returned.get(chip).copied().unwrap_or(0));
        let retired = i128::from(self.retired.get(chip).copied().unwrap_or(0));
        Amounts { authorised, shipped, outstanding, released, returned, retired, replaced: self.replaced }
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

    /// The groups of one ceiling that an order charges: under a chip ceiling, one for each chip.
    pub(crate) fn groups(&self, scope: Scope, customer: &str, licensee: Option<&str>, chips: &[String]) -> Vec<String> {
        match scope {
            Scope::Customer => vec![self.family(customer)],
            Scope::Country => self.country_group(customer).into_iter().collect(),
            Scope::Licensee => licensee.map(plain).into_iter().collect(),
            Scope::Chip => chips.to_vec(),
            Scope::Total => vec!["total".to_owned()],
        }
    }

    /// Whether a ceiling limits a group: `groups` names it, by any name of it, or names none (R14).
    pub(crate) fn limits(&self, ceiling: &Ceiling, group: &str) -> bool {
        let means = |name: &String| match ceiling.scope {
            Scope::Customer => self.find_customer(name).is_some_and(|id| self.family(&id) == group),
            Scope::Country => self.policy.country(name) == group,
            Scope::Licensee => plain(name) == group,
            Scope::Chip => self.find_chip(name).as_deref() == Some(group),
            Scope::Total => false,
        };
        let covered = ceiling.scope != Scope::Chip || self.policy.covers(ceiling, group);
        covered && (ceiling.groups.is_empty() || ceiling.groups.iter().any(means))
    }

    /// One kind of amount, summed over a group, each chip with its weight in millionths.
    pub(crate) fn sum(
        &self,
        scope: Scope,
        group: &str,
        day: Day,
        weight: impl Fn(&str) -> i128,
        amount: impl Fn(Amounts) -> i128,
    ) -> i128 {
        let mut sum = 0;
        for licence in &self.licences {
            for chip in licence.chips() {
                let groups =
                    self.groups(scope, &licence.customer, licence.licensee.as_deref(), std::slice::from_ref(&chip));
                if groups.iter().any(|g| g == group) {
                    sum += amount(licence.amounts(&chip, day)) * weight(&chip);
                }
            }
        }
        sum
    }

    /// What counts against a limit (R3). What came back restores it if the policy says so (R10).
    pub(crate) fn used(&self, ceiling: &Ceiling, group: &str, day: Day, counts: Counts) -> i128 {
        let restores = i128::from(self.policy.restores);
        let counted = |a: Amounts| match counts {
            Counts::Committed => a.shipped + a.outstanding - restores * a.returned,
            Counts::Shipped => a.shipped - restores * a.returned,
            Counts::Authorised if a.replaced => a.shipped,
            Counts::Authorised => a.authorised,
            Counts::Installed => a.shipped - a.returned - a.retired,
        };
        self.sum(ceiling.scope, group, day, |chip| self.policy.weight_under(ceiling, chip), counted)
    }

    /// The limit in millionths, and the entry of the exception that set it (D16).
    pub(crate) fn limit(&self, ceiling: &Ceiling, group: &str, day: Day) -> (i128, Option<u64>) {
        let means = |exception: &Exception| match ceiling.scope {
            Scope::Country => self.policy.country(&exception.group) == group,
            Scope::Licensee => plain(&exception.group) == group,
            Scope::Customer | Scope::Chip | Scope::Total => exception.group == group,
        };
        let holds = |e: &&Exception| e.ceiling == ceiling.name && e.expires.is_none_or(|last| last >= day) && means(e);
        match self.exceptions.iter().rfind(holds) {
            Some(exception) => (i128::from(exception.limit) * UNIT, Some(exception.entry)),
            None => (i128::from(ceiling.limit_on(day)) * UNIT, None),
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
                self.licences.push(Licence::opened(approval));
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
                if let Some(licence) = self.licence_mut(&sent.licence) {
                    licence.shipped_value += sent.value.unwrap_or(0);
                    for (chip, quantity) in &sent.items {
                        *licence.shipped.entry(chip.clone()).or_default() += quantity;
                    }
                }
                let (reference, licence, items) = (sent.reference.clone(), sent.licence.clone(), sent.items.clone());
                for serial in sent.serials.iter().flat_map(|list| &list.1) {
                    self.out.push((plain(serial), reference.clone()));
                }
                let value = sent.value.unwrap_or(0);
                self.shipments.push(Sent { reference, licence, items, value, returned: BTreeMap::new() });
            }
            Event::Return { reference, shipment, items, kind, value, serials, .. } => {
                let Some(sent) = self.shipments.iter_mut().find(|sent| sent.reference == *shipment) else {
                    return;
                };
                for (chip, quantity) in items {
                    *sent.returned.entry(chip.clone()).or_default() += quantity;
                }
                let number = sent.licence.clone();
                let undelivered = value.filter(|_| kind.as_deref() == Some("undelivered")).unwrap_or(0);
                sent.value -= undelivered;
                if let Some(licence) = self.licence_mut(&number) {
                    licence.shipped_value -= undelivered;
                }
                if let Some(licence) = self.licence_mut(&number) {
                    for (chip, quantity) in items {
                        match kind.as_deref() {
                            // As if these chips had not left (R10).
                            Some("undelivered") => *licence.shipped.entry(chip.clone()).or_default() -= quantity,
                            Some(_) => *licence.retired.entry(chip.clone()).or_default() += quantity,
                            None => *licence.returned.entry(chip.clone()).or_default() += quantity,
                        }
                    }
                }
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
                ceiling: ceiling.clone(),
                // It stays with the family that the customer belongs to on this day (D16).
                group: match self.policy.ceiling(ceiling).map(|ceiling| ceiling.scope) {
                    Some(Scope::Customer) => self.family(group),
                    _ => group.clone(),
                },
                limit: *limit,
                expires: *expires,
            }),
            Event::Volume { series, chip, quantity, .. } => {
                self.volumes.push((series.clone(), chip.clone(), *quantity))
            }
            Event::Void { .. } => {}
        }
    }
}
