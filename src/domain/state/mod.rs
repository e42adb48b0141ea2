//! The balances at one place in effective order. Only this module changes them.
//!
//! Invariants:
//! - **Sums.** Every tally equals the sum of the amounts of the licences in its group.
//! - **Journal.** Every change leaves its inverse in the journal. Undoing all of them, newest first, restores the
//!   earlier state. So a late entry costs only what lies after its date, not a whole fold (R6).
//! - **Lapses.** A licence is lapsed if and only if its last valid day lies before the state's date (R4, D4).

mod amounts;
mod apply;
mod chips;
mod families;
mod journal;
mod licence;
mod licensees;
mod pools;
mod resume;

pub use amounts::{Amounts, Tally};
pub use chips::ChipIx;
pub use families::{Customer, CustomerIx, Registered, names};
pub use licence::{Closed, ClosedBy, Licence, LicenceIx, LicenceStatus, LineItem, Standing, Unshipped};
pub use licensees::{Licensee, LicenseeIx};

use super::ceiling::{Ceiling, Counts, Share};
use super::event::{Adoption, Exception, Registration, Seq};
use super::group::{Group, Pool};
use super::policy::Policy;
use super::text::{ChipName, Country, CustomerId, LicenceNumber, Name, Serial};
use super::units::{Overflow, Units};
use chips::Chips;
use chrono::NaiveDate;
use families::Families;
use hashbrown::HashMap;
use journal::Undo;
use licensees::Licensees;
use pools::{Pools, Shipped};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The policy in force, and the entry that adopted it.
#[derive(Clone, Debug)]
pub struct InForce {
    pub entry: Seq,
    pub adoption: Arc<Adoption>,
}

impl InForce {
    /// The policy of the adopted text.
    pub fn policy(&self) -> &Policy {
        &self.adoption.policy
    }
}

/// The limit for one group: the policy's, or an exception's (R8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    pub units: Units,
    /// The exception that set the limit.
    pub exception: Option<Seq>,
}

/// A figure of what a customer has had of a chip from others (R14).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reported {
    pub customer: CustomerIx,
    pub chip: ChipIx,
    /// The day that the figure is of.
    pub date: NaiveDate,
    pub count: i64,
}

/// An exception in the ledger.
#[derive(Clone, Debug)]
pub struct Granted {
    pub entry: Seq,
    /// The first day on which it holds.
    pub date: NaiveDate,
    /// Its group is the family that the named group was part of on that day (D16).
    pub exception: Exception,
}

/// Everything that the rules need to know at one place in effective order.
#[derive(Debug)]
pub struct State {
    date: NaiveDate,
    in_force: InForce,
    chips: Chips,
    families: Families,
    licensees: Licensees,
    total: Tally,
    licences: Vec<Licence>,
    by_number: HashMap<LicenceNumber, LicenceIx>,
    /// Last valid days of licences that have not lapsed, whether closed or not.
    lapsing: BTreeSet<(NaiveDate, LicenceIx)>,
    exceptions: Vec<Granted>,
    returned: HashMap<(Seq, Option<ChipIx>), i64>,
    serials: HashMap<Serial, Seq>,
    volumes: HashMap<(Name, ChipName), u64>,
    /// What customers have had from others, in effective order. A later figure replaces an earlier one for the same
    /// customer and chip (R14).
    elsewhere: Vec<Reported>,
    pools: Pools,
    /// Shipments by their entries; none where no ceiling needs them.
    shipments: Option<HashMap<Seq, Shipped>>,
    journal: Vec<Undo>,
}

impl State {
    /// The state before any entry. Line 1's policy governs already (D5).
    pub fn new(in_force: InForce) -> Self {
        State {
            date: NaiveDate::MIN,
            pools: Pools::under(in_force.policy()),
            shipments: in_force.policy().needs_shipments().then(HashMap::new),
            in_force,
            chips: Chips::default(),
            families: Families::default(),
            licensees: Licensees::default(),
            total: Tally::default(),
            licences: Vec::new(),
            by_number: HashMap::new(),
            lapsing: BTreeSet::new(),
            exceptions: Vec::new(),
            returned: HashMap::new(),
            serials: HashMap::new(),
            volumes: HashMap::new(),
            elsewhere: Vec::new(),
            journal: Vec::new(),
        }
    }

    /// The state before any entry, once more. Licensees keep their spellings, which are the first recorded ones.
    pub fn restarted(&self, in_force: InForce) -> Self {
        State {
            licensees: self.licensees.without_licences(),
            shipments: self.shipments.as_ref().map(|_| HashMap::new()),
            ..State::new(in_force)
        }
    }

    /// Puts a customer's first registration in force from the beginning (D5). This leaves nothing in the journal.
    pub fn seed(&mut self, first: Registered) -> Result<(), Overflow> {
        self.put_customer(first).map(drop)
    }

    /// The state's day. All lapses before it are done.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// The policy in force.
    pub fn in_force(&self) -> &InForce {
        &self.in_force
    }

    /// The policy in force, without its entry.
    pub fn policy(&self) -> &Policy {
        self.in_force.policy()
    }

    /// The customer with exactly this id.
    pub fn customer(&self, id: &CustomerId) -> Option<CustomerIx> {
        self.families.find(id)
    }

    /// The record in force of the customer with exactly this id.
    pub fn record(&self, id: &CustomerId) -> Option<&Registration> {
        Some(&self.customer_at(self.customer(id)?)?.registered.record)
    }

    /// The customer with this id, name or alias, in any spelling (R2, D31).
    pub fn customer_called(&self, given: &str) -> Option<CustomerIx> {
        self.customers_called(given).min()
    }

    /// The id of the customer that `given` names. An unknown name stays as given, and the judge refuses it.
    pub fn customer_id(&self, given: &str) -> CustomerId {
        let known = self.customer_called(given).and_then(|customer| self.customer_at(customer));
        known.map_or_else(|| CustomerId::new(given), |customer| customer.registered.record.id.clone())
    }

    /// Every customer with this name, in any order.
    pub fn customers_called(&self, name: &str) -> impl Iterator<Item = CustomerIx> + '_ {
        self.families.called(name)
    }

    /// The customer with this index.
    pub fn customer_at(&self, customer: CustomerIx) -> Option<&Customer> {
        self.families.get(customer)
    }

    /// All customers.
    pub fn customers(&self) -> impl Iterator<Item = (CustomerIx, &Customer)> {
        self.families.iter()
    }

    /// The customer's ultimate parent; the customer itself if it has no parent.
    pub fn root(&self, customer: CustomerIx) -> CustomerIx {
        self.families.root(customer)
    }

    /// The customer, its parent, and so on up to the ultimate parent.
    pub fn line_of_parents(&self, customer: CustomerIx) -> impl Iterator<Item = CustomerIx> + '_ {
        self.families.line_of_parents(customer)
    }

    /// The destination of goods: the shipment's, else the licence's, else the customer's own country (D13).
    pub fn destination<'a>(
        &'a self,
        shipment: Option<&'a Country>,
        licence: Option<&'a Country>,
        customer: Option<CustomerIx>,
    ) -> Option<&'a Country> {
        let own = || Some(&self.customer_at(customer?)?.registered.record.country);
        shipment.or(licence).or_else(own)
    }

    /// The country or country group that the customer's family counts in.
    pub fn country_of(&self, customer: CustomerIx) -> Option<&Country> {
        self.families.country(customer)
    }

    /// The countries and country groups that customers count in.
    pub fn countries(&self) -> impl Iterator<Item = &Country> {
        self.families.countries()
    }

    /// The licensees that hold a licence.
    pub fn licensees(&self) -> impl Iterator<Item = &Licensee> {
        self.licensees.iter()
    }

    /// The licensee with this index.
    pub fn licensee_at(&self, licensee: LicenseeIx) -> Option<&Licensee> {
        self.licensees.get(licensee)
    }

    /// The licensee with this name, in any spelling, if any entry so far names it.
    pub fn licensee_called(&self, name: &Name) -> Option<&Licensee> {
        self.licensees.find(name).and_then(|licensee| self.licensees.get(licensee))
    }

    /// The licence with this number.
    pub fn licence(&self, number: &LicenceNumber) -> Option<&Licence> {
        self.by_number.get(number).and_then(|licence| self.licences.get(licence.0 as usize))
    }

    /// All licences, in effective order of their approvals.
    pub fn licences(&self) -> impl Iterator<Item = &Licence> {
        self.licences.iter()
    }

    /// The last valid days of all licences, each once.
    pub fn expiries(&self) -> BTreeSet<NaiveDate> {
        self.licences.iter().filter_map(|licence| licence.status.expires).collect()
    }

    /// The chip's index, if the fold has met the chip.
    pub fn chip(&self, name: &ChipName) -> Option<ChipIx> {
        self.chips.find(name)
    }

    /// The name of the chip with this index.
    pub fn chip_name(&self, chip: ChipIx) -> Option<&ChipName> {
        self.chips.name(chip)
    }

    /// The count of chips of this model of a shipment that returns name, of any kind (R10). Without a chip, the value
    /// that undelivered returns of the shipment took off (R15).
    pub fn returned(&self, shipment: Seq, chip: Option<ChipIx>) -> i64 {
        self.returned.get(&(shipment, chip)).copied().unwrap_or(0)
    }

    /// The shipment under which this serial number is out, or the return that retired it.
    pub fn serial_out(&self, serial: &Serial) -> Option<Seq> {
        self.serials.get(serial).copied()
    }

    /// The last cumulative figure of a series for a chip.
    pub fn volume(&self, series: &Name, chip: &ChipName) -> Option<u64> {
        self.volumes.get(&(series.clone(), chip.clone())).copied()
    }

    /// All exceptions granted so far, oldest first, expired ones too.
    pub fn exceptions(&self) -> impl Iterator<Item = &Granted> {
        self.exceptions.iter()
    }

    /// The units of `count` chips under the policy in force.
    pub fn units(&self, chip: &ChipName, count: i64) -> Result<Units, Overflow> {
        chips::weight(self.policy(), chip).times(count)
    }

    /// What these chips weigh under a ceiling of the policy in force, and their units where there is no ceiling. `pick`
    /// chooses the amount of each chip.
    pub fn weigh(
        &self,
        ceiling: Option<&Ceiling>,
        chips: impl IntoIterator<Item = (ChipIx, Amounts)>,
        pick: impl Fn(Amounts) -> i64,
    ) -> Result<Units, Overflow> {
        let apart = ceiling.filter(|ceiling| !ceiling.is_plain());
        let place = apart.and_then(|ceiling| self.policy().place_of(ceiling));
        let mut sum = Units::ZERO;
        for (chip, amounts) in chips {
            let each = place.map_or_else(|| self.chips.weight(chip), |place| self.chips.weight_under(place, chip));
            sum = sum.plus(each.times(pick(amounts))?)?;
        }
        Ok(sum)
    }

    /// What one chip weighs under a ceiling; 0 where the policy in force does not have the chip (D17).
    pub fn weight(&self, ceiling: &Ceiling, chip: &ChipName) -> Units {
        chips::measured(self.policy(), ceiling, chip)
    }

    /// What a pool uses of a ceiling, if it counts `counts`. The policy in force now decides whether returns restore
    /// headroom (D17).
    pub fn used(&self, ceiling: &Ceiling, pool: &Pool, counts: Counts) -> Result<Units, Overflow> {
        let restores = self.policy().restores;
        self.weigh(Some(ceiling), self.amounts_in(ceiling, pool), |amounts| amounts.counted(counts, restores))
    }

    /// The part of a pool's usage that others sold (R14).
    pub fn used_elsewhere(&self, ceiling: &Ceiling, pool: &Pool) -> Result<Units, Overflow> {
        self.weigh(Some(ceiling), self.amounts_in(ceiling, pool), |amounts| amounts.elsewhere)
    }

    /// The group's amounts, for every chip that was ever counted in it.
    pub fn amounts<'a>(&'a self, group: &Group) -> impl Iterator<Item = (ChipIx, Amounts)> + use<'a> {
        self.only_of(group, self.tally(group))
    }

    /// The amounts of a group's tally. A group of one chip has the others' amounts in its tally as well.
    fn only_of<'a>(&self, group: &Group, tally: &'a Tally) -> impl Iterator<Item = (ChipIx, Amounts)> + use<'a> {
        let only = if let Group::Chip(name) = group { Some(self.chip(name)) } else { None };
        tally.iter().filter(move |(chip, _)| only.is_none_or(|only| only == Some(*chip)))
    }

    fn tally(&self, group: &Group) -> &Tally {
        let tally = match group {
            Group::Customer(customer) => self.families.get(*customer).map(|customer| &customer.own),
            Group::Family(root) => self.families.family_tally(*root),
            Group::Country(country) => self.families.country_tally(country),
            Group::Licensee(name) => self.licensee_called(name).map(|licensee| &licensee.tally),
            Group::Chip(_) | Group::Total => Some(&self.total),
            // Only pools have these sums.
            Group::Destination(_) | Group::Each(_) => None,
        };
        tally.unwrap_or(Tally::NOTHING)
    }

    /// Chips in use that a policy does not count, with their amounts: the policy lacks the chip or its equivalence
    /// (D17).
    pub fn dropped_by<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = (&'a ChipName, Amounts)> {
        let met = self.chips.names().iter().enumerate().map(|(index, name)| (ChipIx::at(index), name));
        let met = met.map(|(chip, name)| (chip, name, self.total.of(chip)));
        let had_from_others =
            |of: ChipIx| self.elsewhere.iter().any(|Reported { chip, count, .. }| *chip == of && *count > 0);
        met.filter(move |(chip, _, held)| held.authorised != 0 || held.shipped != 0 || had_from_others(*chip))
            .map(|(_, name, held)| (name, held))
            .filter(|(name, _)| policy.chip(name).is_none_or(|chip| chip.equivalence.is_none()))
    }

    /// The limit of a pool: that of the latest unexpired exception, else the policy's (D16). Of a period that has ended,
    /// the limit of its last day holds (R14, D46).
    pub fn limit(&self, ceiling: &Ceiling, pool: &Pool) -> Result<Limit, Overflow> {
        self.limit_ahead(ceiling, pool, self.date)
    }

    /// The limit of a pool on the state's day or a later one, if nothing more is recorded.
    pub fn limit_ahead(&self, ceiling: &Ceiling, pool: &Pool, day: NaiveDate) -> Result<Limit, Overflow> {
        let day = pool.limited_on(day);
        let granted = self.exceptions.iter().rev().find(|Granted { date, exception, .. }| {
            exception.ceiling == ceiling.name
                && *date <= day
                && exception.expires.is_none_or(|last_day| last_day >= day)
                && Group::granted(self, &ceiling.scope, &exception.group).as_ref() == Some(&pool.group)
        });
        if let Some(Granted { entry, exception, .. }) = granted {
            return Ok(Limit { units: Units::from_whole(exception.limit), exception: Some(*entry) });
        }
        let units = match ceiling.share() {
            Some(share) => self.shared(ceiling, share, &pool.group)?,
            None => ceiling.limit_on(day),
        };
        Ok(Limit { units, exception: None })
    }

    /// A share of the volumes recorded so far, of the covered chips of a group, in the ceiling's measure (R14). A
    /// millionth that is not whole is cut off: amounts are whole millionths, so this decides as the exact share does.
    fn shared(&self, ceiling: &Ceiling, share: &Share, group: &Group) -> Result<Units, Overflow> {
        let mut sum = Units::ZERO;
        for (chip, volume) in self.volumes_of(ceiling, share, group) {
            let volume = i64::try_from(volume).map_err(|_| Overflow)?;
            sum = sum.plus(self.weight(ceiling, chip).times(volume)?)?;
        }
        sum.percent(share.percent)
    }

    /// The volumes that a share is of, for each chip with one.
    pub fn volumes_of<'a>(
        &'a self,
        ceiling: &'a Ceiling,
        share: &'a Share,
        group: &'a Group,
    ) -> impl Iterator<Item = (&'a ChipName, u64)> {
        let covered = self.volumes.iter().filter(|((_, chip), _)| ceiling.covers(chip) && group.covers(chip));
        covered.filter(|((series, _), _)| *series == share.of).map(|((_, chip), volume)| (chip, *volume))
    }
}
