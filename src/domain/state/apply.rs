//! Applies each event to the balances after the judge has decided that it counts.

use super::amounts::Amounts;
use super::licence::{ClosedBy, Licence, LicenceIx, LicenceStatus, LineItem};
use super::{ChipIx, InForce, Registered, Reported, State};
use crate::domain::entries::{Entries, FoldError};
use crate::domain::event::{Amendment, Approval, Entry, Event, Return, ReturnKind, Seq, Shipment};
use crate::domain::text::{ChipName, LicenceNumber};
use crate::domain::units::Overflow;
use std::sync::Arc;

impl State {
    /// Applies an entry. The entry must name nothing that can't be moved (D6). Other refusals do not matter here: what
    /// happened counts (R13).
    pub fn apply(&mut self, entry: &Entry, entries: &Entries) -> Result<(), FoldError> {
        match &entry.event {
            Event::Policy(adoption) => {
                self.set_policy(InForce { entry: entry.seq, adoption: Arc::new(adoption.clone()) })?;
            }
            Event::Customer(record) => {
                self.set_customer(Registered { record: Arc::new(record.clone()), entry: entry.seq })?;
            }
            Event::Approval(approval) => self.apply_approval(entry, approval)?,
            Event::Amendment(amendment) => self.apply_amendment(amendment)?,
            Event::Suspension(change) => {
                self.change_status(&change.licence, |status| LicenceStatus { suspended: Some(entry.seq), ..status })?;
            }
            Event::Reinstatement(change) => {
                self.change_status(&change.licence, |status| LicenceStatus { suspended: None, ..status })?
            }
            Event::Closure(closure) => self.close(&closure.licence, entry, closure.reason.into())?,
            Event::Shipment(shipment) => self.apply_shipment(entry, shipment)?,
            Event::Return(returned) => self.apply_return(entry.seq, returned, entries)?,
            Event::Exception(exception) => self.grant(entry, exception),
            Event::Volume(volume) => {
                self.report_volume(volume.series.clone(), volume.chip.clone(), volume.quantity);
            }
            Event::Elsewhere(elsewhere) => {
                let Some(customer) = self.customer(&elsewhere.customer) else { return Ok(()) };
                for (name, quantity) in elsewhere.items.iter() {
                    let chip = self.meet_chip(name);
                    let count = i64::try_from(*quantity).map_err(|_| Overflow)?;
                    self.report_elsewhere(Reported { customer, chip, date: entry.date, count })?;
                }
            }
            // A void removes its entry from effective order (R9), and a check is not in it (D49).
            Event::Void(_) | Event::Check(_) => {}
        }
        Ok(())
    }

    fn apply_approval(&mut self, entry: &Entry, approval: &Approval) -> Result<(), Overflow> {
        if let Some(replaced) = &approval.replaces {
            self.close(replaced, entry, ClosedBy::Replaced)?;
        }
        let Some(customer) = self.customer(&approval.customer) else { return Ok(()) };
        let mut chips = Vec::with_capacity(approval.items.len());
        for (name, quantity) in approval.items.iter() {
            let chip = self.meet_chip(name);
            let authorised = i64::try_from(*quantity).map_err(|_| Overflow)?;
            chips.push(LineItem { authorised, licensed: true, ..LineItem::unlicensed(chip) });
        }
        let licensee = approval.licensee.as_ref().map(|name| self.licensees.meet(name, entry.seq));
        self.open(Licence {
            number: approval.licence.clone(),
            entry: entry.seq,
            opened: entry.date,
            customer,
            licensee,
            destination: approval.destination.clone(),
            value: approval.value.map(|value| i64::try_from(value).map_err(|_| Overflow)).transpose()?,
            shipped_value: 0,
            status: LicenceStatus { expires: approval.expires, closed: None, suspended: None, lapsed: false },
            chips,
        })?;
        self.lapse_due()
    }

    fn apply_amendment(&mut self, amendment: &Amendment) -> Result<(), Overflow> {
        for (name, quantity) in amendment.items.iter() {
            let chip = self.meet_chip(name);
            self.set_authorised(&amendment.licence, chip, i64::try_from(*quantity).map_err(|_| Overflow)?)?;
        }
        if let (Some(value), Some(licence)) = (amendment.value, self.licence_ix(&amendment.licence)) {
            self.set_value(licence, Some(i64::try_from(value).map_err(|_| Overflow)?));
        }
        if let Some(expires) = amendment.expires {
            let date = self.date;
            self.change_status(&amendment.licence, |status| status.amended(expires, date))?;
        }
        Ok(())
    }

    /// Amends one chip of a licence to a new total.
    pub fn set_authorised(&mut self, licence: &LicenceNumber, chip: ChipIx, authorised: i64) -> Result<(), Overflow> {
        let Some(licence) = self.licence_ix(licence) else { return Ok(()) };
        let held = self.hold(licence, chip);
        self.set_held(licence, LineItem { authorised, licensed: true, ..held })
    }

    fn apply_shipment(&mut self, entry: &Entry, shipment: &Shipment) -> Result<(), Overflow> {
        let Some(licence) = self.licence_ix(&shipment.licence) else { return Ok(()) };
        self.keep_shipment(entry.seq, licence, entry.date, shipment.destination.as_ref());
        for (name, quantity) in shipment.items.iter() {
            let chip = self.meet_chip(name);
            let count = i64::try_from(*quantity).map_err(|_| Overflow)?;
            self.hold(licence, chip);
            self.ship(licence, chip, count)?;
            self.move_shipped(entry.seq, chip, Amounts { shipped: count, ..Amounts::default() })?;
        }
        if let Some(value) = shipment.value {
            self.ship_value(licence, i64::try_from(value).map_err(|_| Overflow)?)?;
        }
        for serial in shipment.serials.iter().flat_map(|(_, serials)| serials) {
            self.move_serial(serial.clone(), Some(entry.seq));
        }
        Ok(())
    }

    fn apply_return(&mut self, entry: Seq, returned: &Return, entries: &Entries) -> Result<(), FoldError> {
        let Some((shipped_by, shipment)) = entries.shipment(&returned.shipment)? else { return Ok(()) };
        let Some(licence) = self.licence_ix(&shipment.licence) else { return Ok(()) };
        for (name, quantity) in returned.items.iter() {
            let chip = self.meet_chip(name);
            let count = i64::try_from(*quantity).map_err(|_| Overflow)?;
            let mut held = self.hold(licence, chip);
            let mut moved = Amounts::default();
            let (amount, part, change) = match returned.kind {
                None => (&mut held.returned, &mut moved.returned, count),
                // As if these chips had not left: the balance follows, and no amount holds them (R10).
                Some(ReturnKind::Undelivered) => (&mut held.shipped, &mut moved.shipped, -count),
                Some(ReturnKind::Retired) => (&mut held.retired, &mut moved.retired, count),
            };
            *amount = amount.checked_add(change).ok_or(Overflow)?;
            *part = change;
            self.set_held(licence, held)?;
            // What came back is attributed like its shipment (R14).
            self.move_shipped(shipped_by, chip, moved)?;
            self.take_back(shipped_by, Some(chip), count)?;
        }
        if let (Some(ReturnKind::Undelivered), Some(value)) = (returned.kind, returned.value) {
            let value = i64::try_from(value).map_err(|_| Overflow)?;
            self.ship_value(licence, -value)?;
            self.take_back(shipped_by, None, value)?;
        }
        for serial in returned.serials.iter().flat_map(|(_, serials)| serials) {
            // A retired chip stays out, under the entry that retired it, and so can't ship again.
            let retired = returned.kind == Some(ReturnKind::Retired);
            self.move_serial(serial.clone(), retired.then_some(entry));
        }
        Ok(())
    }

    fn close(&mut self, number: &LicenceNumber, entry: &Entry, by: ClosedBy) -> Result<(), Overflow> {
        self.change_status(number, |status| status.closed(by, entry.seq, entry.date))
    }

    fn change_status(
        &mut self,
        number: &LicenceNumber,
        change: impl Fn(LicenceStatus) -> LicenceStatus,
    ) -> Result<(), Overflow> {
        match self.licence_ix(number) {
            Some(index) => match self.licence_at(index).map(|licence| licence.status) {
                Some(status) => self.set_status(index, change(status)),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    pub(super) fn meet_chip(&mut self, name: &ChipName) -> ChipIx {
        self.chips.meet(name, &self.in_force.adoption.policy)
    }

    /// The licence's line item for a chip. A chip without one gets a line item of zeros.
    fn hold(&mut self, licence: LicenceIx, chip: ChipIx) -> LineItem {
        if let Some(held) = self.licence_at(licence).and_then(|licence| licence.held(chip)) {
            return held;
        }
        self.add_chip(licence, chip);
        LineItem::unlicensed(chip)
    }
}
