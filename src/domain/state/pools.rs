//! The sums of ceilings that the sums by family, country, licensee and chip can't answer: those with a window,
//! destinations, several scopes, or usage elsewhere (R14).
//!
//! **Invariant.** The sums of a pool are those of all amounts that are attributed to it: under a ceiling that follows
//! shipments, what shipped to the shipments and the rest to the licences; under others, all of it to the licences. An
//! adoption or a takeover attributes everything anew.

use super::amounts::{Amounts, Tally};
use super::chips::ChipIx;
use super::journal::Undo;
use super::licence::LicenceIx;
use super::{Reported, State};
use crate::domain::ceiling::Ceiling;
use crate::domain::event::Seq;
use crate::domain::group::{Attribution, Charge, Pool};
use crate::domain::policy::Policy;
use crate::domain::text::Country;
use crate::domain::units::Overflow;
use chrono::NaiveDate;
use hashbrown::HashMap;
use smallvec::SmallVec;

/// The sums of one ceiling.
#[derive(Clone, Default, Debug)]
struct Sums {
    places: HashMap<Pool, usize>,
    tallies: Vec<Tally>,
}

impl Sums {
    fn get(&self, pool: &Pool) -> Option<&Tally> {
        self.tallies.get(*self.places.get(pool)?)
    }

    fn iter(&self) -> impl Iterator<Item = (&Pool, &Tally)> {
        self.places.iter().filter_map(|(pool, at)| Some((pool, self.tallies.get(*at)?)))
    }

    fn shift(&mut self, at: usize, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        self.tallies.get_mut(at).map_or(Ok(()), |tally| tally.shift(chip, change))
    }

    /// The place of a pool's sums; a new pool gets the next one.
    fn meet(&mut self, pool: Pool) -> usize {
        *self.places.entry(pool).or_insert_with(|| {
            self.tallies.push(Tally::default());
            self.tallies.len() - 1
        })
    }
}

/// One ceiling's sums that a chip of a licence counts in.
#[derive(Clone, Copy, Debug)]
struct Counted {
    chip: ChipIx,
    /// The ceiling's place in the policy.
    ceiling: u16,
    /// The place of the sums.
    at: u32,
}

/// The sums of every pooled ceiling of the policy in force.
#[derive(Clone, Default, Debug)]
pub(super) struct Pools {
    /// By the ceiling's place in the policy; none for a ceiling without pools. Empty where no ceiling has any.
    of: Vec<Option<Sums>>,
    /// By licence, as far as it was asked: where its amounts count. Each shipment asks, and the answer changes only when
    /// everything is attributed anew.
    licences: Vec<SmallVec<[Counted; 2]>>,
}

impl Pools {
    /// Empty sums for the policy's ceilings.
    pub(super) fn under(policy: &Policy) -> Self {
        if !policy.ceilings.iter().any(Ceiling::is_pooled) {
            return Pools::default();
        }
        let of = policy.ceilings.iter().map(|ceiling| ceiling.is_pooled().then(Sums::default)).collect();
        Pools { of, licences: Vec::new() }
    }

    pub(super) fn are_none(&self) -> bool {
        self.of.is_empty()
    }

    /// The sums of each pooled ceiling, to be kept: equal sums in the same order, whatever made them.
    pub(super) fn sums(&self) -> Vec<Vec<(Pool, Tally)>> {
        let all = self.of.iter().flatten();
        let kept = |sums: &Sums| {
            let used = sums.iter().filter(|(_, tally)| !tally.is_nothing());
            let mut kept: Vec<(Pool, Tally)> = used.map(|(pool, tally)| (pool.clone(), tally.clone())).collect();
            kept.sort_by_cached_key(|(pool, _)| format!("{pool:?}"));
            kept
        };
        all.map(kept).collect()
    }

    /// Puts back what [`Pools::sums`] gave, under the same policy.
    pub(super) fn put_sums(&mut self, kept: Vec<Vec<(Pool, Tally)>>) {
        for (sums, kept) in self.of.iter_mut().flatten().zip(kept) {
            for (pool, tally) in kept {
                sums.places.insert(pool, sums.tallies.len());
                sums.tallies.push(tally);
            }
        }
    }

    fn at(&self, ceiling: usize) -> Option<&Sums> {
        self.of.get(ceiling)?.as_ref()
    }

    fn shift(&mut self, ceiling: usize, pool: Pool, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        match self.of.get_mut(ceiling) {
            Some(Some(sums)) => {
                let at = sums.meet(pool);
                sums.shift(at, chip, change)
            }
            _ => Ok(()),
        }
    }

    /// Notes where the amounts of a licence's chip count.
    fn attribute(&mut self, licence: usize, chip: ChipIx, pools: SmallVec<[(usize, Pool); 2]>) -> Result<(), Overflow> {
        if self.licences.len() <= licence {
            self.licences.resize_with(licence + 1, SmallVec::new);
        }
        for (ceiling, pool) in pools {
            let (Some(Some(sums)), Some(noted)) = (self.of.get_mut(ceiling), self.licences.get_mut(licence)) else {
                continue;
            };
            let at = u32::try_from(sums.meet(pool)).map_err(|_| Overflow)?;
            noted.push(Counted { chip, ceiling: u16::try_from(ceiling).map_err(|_| Overflow)?, at });
        }
        Ok(())
    }

    /// Forgets where a licence counts: its index may become another one's.
    pub(super) fn forget(&mut self, licence: LicenceIx) {
        self.licences.truncate(licence.0 as usize);
    }
}

/// A shipment as a ceiling that follows shipments counts it.
#[derive(Clone, Debug)]
pub(super) struct Shipped {
    licence: LicenceIx,
    date: NaiveDate,
    /// Where it went. A customer that moves later does not move the goods.
    destination: Option<Country>,
    /// What left, came back and was retired, of each chip.
    chips: SmallVec<[(ChipIx, Amounts); 1]>,
}

impl State {
    /// Sees to it that the state keeps its shipments, so that a ceiling may follow them. Returns whether it did not
    /// before: the fold must then begin anew.
    pub fn keep_shipments(&mut self) -> bool {
        let kept = self.shipments.is_some();
        self.shipments.get_or_insert_default();
        !kept
    }

    /// The pools of a ceiling that have an amount, in any order, with their amounts; none where it is not pooled.
    pub fn pools(&self, ceiling: &Ceiling) -> impl Iterator<Item = (&Pool, &Tally)> {
        self.sums_of(ceiling).into_iter().flat_map(Sums::iter).filter(|(_, tally)| !tally.is_nothing())
    }

    /// The amounts of one pool, for every chip that was ever counted in it.
    pub fn amounts_in<'a>(
        &'a self,
        ceiling: &Ceiling,
        pool: &Pool,
    ) -> impl Iterator<Item = (ChipIx, Amounts)> + use<'a> {
        let tally = if ceiling.is_pooled() {
            self.sums_of(ceiling).and_then(|sums| sums.get(pool)).unwrap_or(Tally::NOTHING)
        } else {
            self.tally(&pool.group)
        };
        self.only_of(&pool.group, tally)
    }

    fn sums_of(&self, ceiling: &Ceiling) -> Option<&Sums> {
        self.pools.at(self.policy().place_of(ceiling)?)
    }

    /// The charges of all shipments that the state keeps, for each of their chips.
    pub fn shipments(&self) -> impl Iterator<Item = Charge<'_>> {
        let kept = self.shipments.iter().flat_map(HashMap::values);
        kept.filter_map(|shipped| Some((self.charge_of(shipped)?, shipped))).flat_map(move |(charge, shipped)| {
            let moved = shipped.chips.iter().filter(|(_, amounts)| *amounts != Amounts::default());
            moved.filter_map(move |(chip, _)| Some(charge.of_chip(self.chip_name(*chip)?)))
        })
    }

    fn charge_of<'a>(&'a self, shipped: &'a Shipped) -> Option<Charge<'a>> {
        let charge = Charge::under(self, self.licence_at(shipped.licence)?);
        Some(charge.shipped(shipped.date, shipped.destination.as_ref()))
    }

    /// The pools that a charge counts in, each with its ceiling's place in the policy.
    fn pools_of(&self, charge: Charge<'_>) -> SmallVec<[(usize, Pool); 2]> {
        let ceilings = self.policy().ceilings.iter().enumerate();
        let pooled = ceilings.filter(|(place, ceiling)| {
            let follows = ceiling.counts.follows_shipments();
            self.pools.at(*place).is_some() && (charge.shipment.is_none() || follows)
        });
        pooled.filter_map(|(place, ceiling)| Some((place, Pool::of(self, ceiling, charge)?))).collect()
    }

    /// Adds the change of a licence's amounts to the pools that it is attributed to.
    pub(super) fn pool_licence(&mut self, licence: LicenceIx, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        if self.pools.are_none() {
            return Ok(());
        }
        let (Some(held), Some(name)) = (self.licence_at(licence), self.chips.name(chip)) else { return Ok(()) };
        let index = licence.0 as usize;
        let counted = |pools: &Pools| -> SmallVec<[Counted; 2]> {
            pools.licences.get(index).into_iter().flatten().filter(|counted| counted.chip == chip).copied().collect()
        };
        let mut all = counted(&self.pools);
        if all.is_empty() {
            let pools = self.pools_of(Charge::under(self, held).of_chip(name));
            self.pools.attribute(index, chip, pools)?;
            all = counted(&self.pools);
        }
        for Counted { ceiling, at, .. } in all {
            let ceiling = usize::from(ceiling);
            let follows = self.policy().ceilings.get(ceiling).is_some_and(|held| held.counts.follows_shipments());
            let change = if follows { change.of_licences() } else { change };
            if let Some(Some(sums)) = self.pools.of.get_mut(ceiling) {
                sums.shift(at as usize, chip, change)?;
            }
        }
        Ok(())
    }

    fn pool_shipment(&mut self, shipment: Seq, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        let shipped = self.shipments.as_ref().and_then(|kept| kept.get(&shipment));
        let (Some(charge), Some(name)) = (shipped.and_then(|shipped| self.charge_of(shipped)), self.chips.name(chip))
        else {
            return Ok(());
        };
        for (place, pool) in self.pools_of(charge.of_chip(name)) {
            self.pools.shift(place, pool, chip, change)?;
        }
        Ok(())
    }

    /// Keeps a shipment, if any ceiling may follow it. Nothing of it has moved yet.
    pub(super) fn keep_shipment(
        &mut self,
        shipment: Seq,
        licence: LicenceIx,
        date: NaiveDate,
        destination: Option<&Country>,
    ) {
        let Some(held) = self.licence_at(licence).filter(|_| self.shipments.is_some()) else { return };
        let destination = self.destination(destination, held.destination.as_ref(), Some(held.customer)).cloned();
        if let Some(kept) = &mut self.shipments {
            kept.insert(shipment, Shipped { licence, date, destination, chips: SmallVec::new() });
        }
    }

    /// Moves amounts of a shipment: they left, came back or were retired.
    pub(super) fn move_shipped(&mut self, shipment: Seq, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        if self.shipments.is_some() {
            self.put_shipped(shipment, chip, change)?;
            self.journal.push(Undo::Moved(Box::new((shipment, chip, change))));
        }
        Ok(())
    }

    pub(super) fn put_shipped(&mut self, shipment: Seq, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        let Some(kept) = self.shipments.as_mut().and_then(|kept| kept.get_mut(&shipment)) else { return Ok(()) };
        match kept.chips.iter_mut().find(|(held, _)| *held == chip) {
            Some((_, amounts)) => *amounts = amounts.plus(change)?,
            None => kept.chips.push((chip, change)),
        }
        self.pool_shipment(shipment, chip, change)
    }

    /// Attributes everything anew, after families or the policy changed.
    pub(super) fn pool_anew(&mut self) -> Result<(), Overflow> {
        self.pools = Pools::under(self.policy());
        if self.pools.are_none() {
            return Ok(());
        }
        for place in 0..self.licences.len() {
            let licence = LicenceIx(u32::try_from(place).map_err(|_| Overflow)?);
            let Some(held) = self.licence_at(licence) else { continue };
            let unshipped = held.status.unshipped();
            let chips: SmallVec<[_; 4]> = held.chips.iter().map(|held| (held.chip, held.amounts(unshipped))).collect();
            for (chip, amounts) in chips {
                self.pool_licence(licence, chip, amounts)?;
            }
        }
        let kept = self.shipments.iter().flatten();
        let moved: Vec<(Seq, ChipIx, Amounts)> = kept
            .flat_map(|(seq, shipped)| shipped.chips.iter().map(|(chip, amounts)| (*seq, *chip, *amounts)))
            .collect();
        moved.into_iter().try_for_each(|(seq, chip, amounts)| self.pool_shipment(seq, chip, amounts))?;
        (0..self.elsewhere.len()).try_for_each(|at| self.pool_report(at, 1))
    }

    /// Puts a figure of what others sold in place of the one before it in the same period (R14), or takes it back.
    pub(super) fn pool_report(&mut self, at: usize, sign: i64) -> Result<(), Overflow> {
        let Some((Reported { customer, chip, date, count }, before)) =
            self.elsewhere.get(..=at).and_then(|so_far| so_far.split_last()).map(|(last, before)| (*last, before))
        else {
            return Ok(());
        };
        if self.pools.are_none() {
            return Ok(());
        }
        let charge = Charge::of_customer(self, customer);
        let charge = Charge { licence: Attribution { date, ..charge.licence }, chip: self.chips.name(chip), ..charge };
        let counting = self.pools_of(charge).into_iter().filter_map(|(place, pool)| {
            let counts_it = self.policy().ceilings.get(place)?.elsewhere;
            let replaced = before.iter().rev().find(|earlier| {
                let in_period = pool.period.is_none_or(|period| period.holds(earlier.date));
                earlier.customer == customer && earlier.chip == chip && in_period
            });
            let change = count - replaced.map_or(0, |replaced| replaced.count);
            counts_it.then(|| (place, pool, Amounts { elsewhere: change * sign, ..Amounts::default() }))
        });
        let counting: SmallVec<[_; 2]> = counting.collect();
        counting.into_iter().try_for_each(|(place, pool, change)| self.pools.shift(place, pool, chip, change))
    }
}
