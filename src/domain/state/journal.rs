//! The changes of a state, each with its inverse.

use super::amounts::Amounts;
use super::chips::ChipIx;
use super::families::Registered;
use super::licence::{Licence, LicenceIx, LicenceStatus, LineItem, Unshipped};
use super::{Granted, InForce, Reported, State};
use crate::domain::event::{Entry, Exception, Seq};
use crate::domain::group::Group;
use crate::domain::text::{ChipName, LicenceNumber, Name, Serial};
use crate::domain::units::Overflow;
use chrono::NaiveDate;

/// The inverse of one change.
#[derive(Debug)]
pub(super) enum Undo {
    Date(NaiveDate),
    Policy(Box<InForce>),
    Customer(Box<Registered>),
    Opened(LicenceIx),
    LicenceStatus(LicenceIx, Box<LicenceStatus>),
    Lapsed(LicenceIx),
    Shipped(LicenceIx, ChipIx, i64),
    LineItem(LicenceIx, Box<LineItem>),
    Value(LicenceIx, Box<Option<i64>>),
    ShippedValue(LicenceIx, i64),
    ChipAdded(LicenceIx),
    Exception,
    Returned(Box<(Seq, Option<ChipIx>, i64)>),
    Moved(Box<(Seq, ChipIx, Amounts)>),
    Serial(Box<(Serial, Option<Seq>)>),
    Volume(Box<(Name, ChipName, Option<u64>)>),
    Reported,
}

/// Every shipment leaves one, so its size matters.
const _: () = assert!(size_of::<Undo>() <= 16);

impl State {
    /// The count of changes so far. [`State::undo_to`] returns to it.
    pub fn mark(&self) -> usize {
        self.journal.len()
    }

    /// Moves the latest `records` changes to `mark`, as if they had been made there. The changes must commute with all
    /// changes made after `mark`.
    pub fn move_latest_to(&mut self, mark: usize, records: usize) {
        if let Some(since) = self.journal.get_mut(mark..) {
            since.rotate_right(records.min(since.len()));
        }
    }

    /// Takes back every change after `mark`, newest first.
    pub fn undo_to(&mut self, mark: usize) -> Result<(), Overflow> {
        while self.journal.len() > mark {
            let Some(undo) = self.journal.pop() else { break };
            match undo {
                Undo::Date(date) => self.date = date,
                Undo::Policy(in_force) => self.put_policy(*in_force)?,
                Undo::Customer(registered) => drop(self.put_customer(*registered)?),
                Undo::Opened(licence) => self.unopen(licence)?,
                Undo::LicenceStatus(licence, status) => self.put_status(licence, *status)?,
                Undo::Lapsed(licence) => self.put_lapsed(licence, false)?,
                Undo::Shipped(licence, chip, count) => self.draw(licence, chip, -count)?,
                Undo::LineItem(licence, held) => self.put_held(licence, *held)?,
                Undo::Value(licence, value) => drop(self.put_value(licence, *value)),
                Undo::ShippedValue(licence, value) => self.add_shipped_value(licence, -value)?,
                Undo::ChipAdded(licence) => self.drop_chip(licence)?,
                Undo::Exception => drop(self.exceptions.pop()),
                Undo::Returned(returned) => {
                    let (shipment, chip, count) = *returned;
                    self.add_returned(shipment, chip, -count)?;
                }
                Undo::Moved(moved) => {
                    let (shipment, chip, change) = *moved;
                    self.put_shipped(shipment, chip, Amounts::default().since(change)?)?;
                }
                Undo::Serial(moved) => {
                    let (serial, before) = *moved;
                    self.put_serial(serial, before);
                }
                Undo::Reported => {
                    self.pool_report(self.elsewhere.len().saturating_sub(1), -1)?;
                    self.elsewhere.pop();
                }
                Undo::Volume(reported) => {
                    let (series, chip, before) = *reported;
                    self.put_volume(series, chip, before);
                }
            }
        }
        Ok(())
    }

    /// Moves on to `date`. Licences that lapse before `date` do so before that day's entries (D4).
    pub fn advance(&mut self, date: NaiveDate) -> Result<(), Overflow> {
        if date > self.date {
            self.journal.push(Undo::Date(self.date));
            self.date = date;
            self.lapse_due()?;
        }
        Ok(())
    }

    /// Lapses every licence whose last valid day has passed.
    pub(super) fn lapse_due(&mut self) -> Result<(), Overflow> {
        while let Some((last_day, licence)) = self.lapsing.first().copied() {
            if last_day >= self.date {
                break;
            }
            self.put_lapsed(licence, true)?;
            self.journal.push(Undo::Lapsed(licence));
        }
        Ok(())
    }

    fn put_lapsed(&mut self, licence: LicenceIx, lapsed: bool) -> Result<(), Overflow> {
        match self.licence_at(licence).map(|held| held.status) {
            Some(status) => self.put_status(licence, LicenceStatus { lapsed, ..status }),
            None => Ok(()),
        }
    }

    pub(super) fn set_policy(&mut self, in_force: InForce) -> Result<(), Overflow> {
        self.journal.push(Undo::Policy(Box::new(self.in_force.clone())));
        self.put_policy(in_force)
    }

    fn put_policy(&mut self, in_force: InForce) -> Result<(), Overflow> {
        self.in_force = in_force;
        self.chips.reweigh(&self.in_force.adoption.policy);
        self.families.regroup(&self.in_force.adoption.policy)?;
        self.pool_anew()
    }

    /// Returns the record in force before.
    pub(super) fn put_customer(&mut self, registered: Registered) -> Result<Option<Registered>, Overflow> {
        let (before, regrouped) = self.families.put(registered, self.in_force.policy())?;
        if regrouped {
            self.pool_anew()?;
        }
        Ok(before)
    }

    pub(super) fn set_customer(&mut self, registered: Registered) -> Result<(), Overflow> {
        // A customer without a record in force was not seeded. Its first registration was refused when it was judged,
        // and became acceptable since (by a void or a later registration). The customer then stays known (D5).
        if let Some(before) = self.put_customer(registered)? {
            self.journal.push(Undo::Customer(Box::new(before)));
        }
        Ok(())
    }

    pub(super) fn licence_at(&self, licence: LicenceIx) -> Option<&Licence> {
        self.licences.get(licence.0 as usize)
    }

    pub(super) fn licence_ix(&self, number: &LicenceNumber) -> Option<LicenceIx> {
        self.by_number.get(number).copied()
    }

    pub(super) fn open(&mut self, licence: Licence) -> Result<LicenceIx, Overflow> {
        let index = LicenceIx(u32::try_from(self.licences.len()).map_err(|_| Overflow)?);
        if let Some(licensee) = licence.licensee.and_then(|licensee| self.licensees.get_mut(licensee)) {
            licensee.licences += 1;
        }
        if let Some(last_day) = licence.status.expires {
            self.lapsing.insert((last_day, index));
        }
        self.by_number.insert(licence.number.clone(), index);
        self.licences.push(licence);
        let unshipped = self.licence_at(index).map(|licence| licence.status.unshipped());
        self.retally_each(index, None, unshipped)?;
        self.journal.push(Undo::Opened(index));
        Ok(index)
    }

    fn unopen(&mut self, index: LicenceIx) -> Result<(), Overflow> {
        let unshipped = self.licence_at(index).map(|licence| licence.status.unshipped());
        self.retally_each(index, unshipped, None)?;
        self.pools.forget(index);
        // Licences of a base may have been taken up since, and move up by one.
        let since = self.licences.split_off((index.0 as usize).min(self.licences.len()));
        for (place, licence) in (index.0..).zip(&since) {
            self.by_number.remove(&licence.number);
            if let Some(last_day) = licence.status.expires {
                self.lapsing.remove(&(last_day, LicenceIx(place)));
            }
        }
        let mut since = since.into_iter();
        if let Some(licensee) = since.next().and_then(|opened| self.licensees.get_mut(opened.licensee?)) {
            licensee.licences -= 1;
        }
        since.for_each(|licence| self.take_up(licence));
        Ok(())
    }

    pub(super) fn set_status(&mut self, licence: LicenceIx, status: LicenceStatus) -> Result<(), Overflow> {
        if let Some(before) = self.licence_at(licence).map(|held| held.status) {
            self.journal.push(Undo::LicenceStatus(licence, Box::new(before)));
        }
        self.put_status(licence, status)
    }

    fn put_status(&mut self, index: LicenceIx, status: LicenceStatus) -> Result<(), Overflow> {
        let Some(licence) = self.licences.get_mut(index.0 as usize) else { return Ok(()) };
        let before = std::mem::replace(&mut licence.status, status);
        if let Some(last_day) = before.expires.filter(|_| !before.lapsed) {
            self.lapsing.remove(&(last_day, index));
        }
        if let Some(last_day) = status.expires.filter(|_| !status.lapsed) {
            self.lapsing.insert((last_day, index));
        }
        if before.unshipped() != status.unshipped() {
            self.retally_each(index, Some(before.unshipped()), Some(status.unshipped()))?;
        }
        Ok(())
    }

    /// Moves the sums by the change of every chip of a licence. Without a before or an after the licence is not there.
    fn retally_each(
        &mut self,
        index: LicenceIx,
        before: Option<Unshipped>,
        after: Option<Unshipped>,
    ) -> Result<(), Overflow> {
        for slot in 0.. {
            let Some(held) = self.licence_at(index).and_then(|licence| licence.chips.get(slot)).copied() else { break };
            let amounts = |unshipped: Option<Unshipped>| unshipped.map(|unshipped| held.amounts(unshipped));
            self.retally(index, held.chip, amounts(before).unwrap_or_default(), amounts(after).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Draws the licence down by `count` of a chip it holds.
    pub(super) fn ship(&mut self, licence: LicenceIx, chip: ChipIx, count: i64) -> Result<(), Overflow> {
        self.draw(licence, chip, count)?;
        self.journal.push(Undo::Shipped(licence, chip, count));
        Ok(())
    }

    fn draw(&mut self, licence: LicenceIx, chip: ChipIx, count: i64) -> Result<(), Overflow> {
        match self.licence_at(licence).and_then(|licence| licence.held(chip)) {
            Some(held) => {
                let shipped = held.shipped.checked_add(count).ok_or(Overflow)?;
                self.put_held(licence, LineItem { shipped, ..held })
            }
            None => Ok(()),
        }
    }

    /// Adds to the value of what has shipped under the licence.
    pub(super) fn ship_value(&mut self, licence: LicenceIx, value: i64) -> Result<(), Overflow> {
        self.add_shipped_value(licence, value)?;
        self.journal.push(Undo::ShippedValue(licence, value));
        Ok(())
    }

    fn add_shipped_value(&mut self, licence: LicenceIx, value: i64) -> Result<(), Overflow> {
        if let Some(licence) = self.licences.get_mut(licence.0 as usize) {
            licence.shipped_value = licence.shipped_value.checked_add(value).ok_or(Overflow)?;
        }
        Ok(())
    }

    /// Replaces the value that the licence allows.
    pub(super) fn set_value(&mut self, licence: LicenceIx, value: Option<i64>) {
        let before = self.put_value(licence, value);
        self.journal.push(Undo::Value(licence, Box::new(before)));
    }

    /// Returns the value that the licence allowed before.
    fn put_value(&mut self, licence: LicenceIx, value: Option<i64>) -> Option<i64> {
        std::mem::replace(&mut self.licences.get_mut(licence.0 as usize)?.value, value)
    }

    /// Replaces the figures of a chip that the licence holds.
    pub(super) fn set_held(&mut self, licence: LicenceIx, held: LineItem) -> Result<(), Overflow> {
        if let Some(before) = self.licence_at(licence).and_then(|licence| licence.held(held.chip)) {
            self.journal.push(Undo::LineItem(licence, Box::new(before)));
        }
        self.put_held(licence, held)
    }

    fn put_held(&mut self, index: LicenceIx, after: LineItem) -> Result<(), Overflow> {
        let Some(licence) = self.licences.get_mut(index.0 as usize) else { return Ok(()) };
        let unshipped = licence.status.unshipped();
        let Some(held) = licence.chips.iter_mut().find(|held| held.chip == after.chip) else { return Ok(()) };
        let before = std::mem::replace(held, after);
        self.retally(index, after.chip, before.amounts(unshipped), after.amounts(unshipped))
    }

    /// Adds an empty line item for a chip that the licence does not hold.
    pub(super) fn add_chip(&mut self, index: LicenceIx, chip: ChipIx) {
        if let Some(licence) = self.licences.get_mut(index.0 as usize) {
            licence.chips.push(LineItem::unlicensed(chip));
            self.journal.push(Undo::ChipAdded(index));
        }
    }

    fn drop_chip(&mut self, index: LicenceIx) -> Result<(), Overflow> {
        let Some(licence) = self.licences.get_mut(index.0 as usize) else { return Ok(()) };
        licence.chips.pop();
        Ok(())
    }

    fn retally(&mut self, licence: LicenceIx, chip: ChipIx, before: Amounts, after: Amounts) -> Result<(), Overflow> {
        let change = after.since(before)?;
        let Some(held) = self.licence_at(licence) else { return Ok(()) };
        let (customer, licensee) = (held.customer, held.licensee);
        self.families.tallies_mut(customer, |tally| tally.shift(chip, change))?;
        if let Some(licensee) = licensee.and_then(|licensee| self.licensees.get_mut(licensee)) {
            licensee.tally.shift(chip, change)?;
        }
        self.total.shift(chip, change)?;
        self.pool_licence(licence, chip, change)
    }

    pub(super) fn grant(&mut self, entry: &Entry, exception: &Exception) {
        let ceiling = self.policy().ceiling(&exception.ceiling);
        // A member's name stands for the family that it is part of on this day (D16).
        let named = ceiling.and_then(|ceiling| Group::named(self, &ceiling.scope, exception.group.as_str()));
        let family = named.filter(|group| group.family().is_some());
        let group = family.map_or_else(|| exception.group.clone(), |family| Name::new(family.name(self).as_str()));
        let exception = Exception { group, ..exception.clone() };
        self.exceptions.push(Granted { entry: entry.seq, date: entry.date, exception });
        self.journal.push(Undo::Exception);
    }

    pub(super) fn take_back(&mut self, shipment: Seq, chip: Option<ChipIx>, count: i64) -> Result<(), Overflow> {
        self.add_returned(shipment, chip, count)?;
        self.journal.push(Undo::Returned(Box::new((shipment, chip, count))));
        Ok(())
    }

    fn add_returned(&mut self, shipment: Seq, chip: Option<ChipIx>, count: i64) -> Result<(), Overflow> {
        let returned = self.returned.entry((shipment, chip)).or_default();
        *returned = returned.checked_add(count).ok_or(Overflow)?;
        Ok(())
    }

    pub(super) fn move_serial(&mut self, serial: Serial, shipment: Option<Seq>) {
        let before = self.put_serial(serial.clone(), shipment);
        self.journal.push(Undo::Serial(Box::new((serial, before))));
    }

    /// Returns the shipment under which the chip was out before.
    fn put_serial(&mut self, serial: Serial, shipment: Option<Seq>) -> Option<Seq> {
        match shipment {
            Some(shipment) => self.serials.insert(serial, shipment),
            None => self.serials.remove(&serial),
        }
    }

    pub(super) fn report_volume(&mut self, series: Name, chip: ChipName, quantity: u64) {
        let before = self.volume(&series, &chip);
        self.put_volume(series.clone(), chip.clone(), Some(quantity));
        self.journal.push(Undo::Volume(Box::new((series, chip, before))));
    }

    pub(super) fn report_elsewhere(&mut self, reported: Reported) -> Result<(), Overflow> {
        self.elsewhere.push(reported);
        self.journal.push(Undo::Reported);
        self.pool_report(self.elsewhere.len().saturating_sub(1), 1)
    }

    fn put_volume(&mut self, series: Name, chip: ChipName, quantity: Option<u64>) {
        match quantity {
            Some(quantity) => drop(self.volumes.insert((series, chip), quantity)),
            None => drop(self.volumes.remove(&(series, chip))),
        }
    }
}
