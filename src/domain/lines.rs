//! The recorded entries, which of them are void, and which numbers they took (R9, R11).

use super::event::{Approval, Entry, Event, Seq, Shipment};
use super::text::{LicenceNumber, Reference};
use std::collections::HashMap;

/// Every recorded entry in the order of recording.
#[derive(Debug, Default)]
pub struct Lines {
    entries: Vec<Entry>,
    voided_by: HashMap<Seq, Seq>,
    licences: HashMap<LicenceNumber, Seq>,
    references: HashMap<Reference, Seq>,
}

impl Lines {
    /// How many there are; the next one's seq is one more.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of this seq.
    pub fn get(&self, seq: Seq) -> Option<&Entry> {
        usize::try_from(seq).ok()?.checked_sub(1).and_then(|index| self.entries.get(index))
    }

    /// All entries, void or not, in the order of recording.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// The void that took this entry out, if one did.
    pub fn voided_by(&self, seq: Seq) -> Option<Seq> {
        self.voided_by.get(&seq).copied()
    }

    /// The live approval under this number, wherever it lies in effective order.
    pub fn approval(&self, number: &LicenceNumber) -> Option<(&Entry, &Approval)> {
        let entry = self.licences.get(number).and_then(|seq| self.get(*seq))?;
        match &entry.event {
            Event::Approval(approval) => Some((entry, approval)),
            _ => None,
        }
    }

    /// The live shipment of this reference.
    pub fn shipment(&self, reference: &Reference) -> Option<(Seq, &Shipment)> {
        let entry = self.references.get(reference).and_then(|seq| self.get(*seq))?;
        match &entry.event {
            Event::Shipment(shipment) => Some((entry.seq, shipment)),
            _ => None,
        }
    }

    /// The live entry, shipment or return, of this reference.
    pub fn reference(&self, reference: &Reference) -> Option<&Entry> {
        self.references.get(reference).and_then(|seq| self.get(*seq))
    }

    /// References of live shipments, for "did you mean".
    pub fn shipment_references(&self) -> impl Iterator<Item = &str> {
        self.references.keys().filter(|reference| self.shipment(reference).is_some()).map(Reference::as_str)
    }

    /// The live entry that holds the number or reference this event wants (R11; two namespaces, D18).
    pub fn holder(&self, event: &Event) -> Option<Seq> {
        match event {
            Event::Approval(approval) => self.licences.get(&approval.licence).copied(),
            Event::Shipment(shipment) => self.references.get(&shipment.reference).copied(),
            Event::Return(returned) => self.references.get(&returned.reference).copied(),
            _ => None,
        }
    }

    /// Appends an entry; a number that is taken stays with the one that has it.
    pub(super) fn push(&mut self, entry: Entry) {
        self.claim(&entry.event, entry.seq);
        self.entries.push(entry);
    }

    /// Takes the last entry out again.
    pub(super) fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop()?;
        self.release(&entry.event, entry.seq);
        Some(entry)
    }

    /// Marks `seq` as void; its number is free again (D3), or goes to the next entry that wanted it.
    pub(super) fn void(&mut self, seq: Seq, by: Seq) {
        self.voided_by.insert(seq, by);
        if let Some(event) = self.get(seq).map(|entry| entry.event.clone()) {
            self.release(&event, seq);
            let heir = self
                .entries
                .iter()
                .find(|entry| !self.voided_by.contains_key(&entry.seq) && same_number(&entry.event, &event))
                .map(|entry| entry.seq);
            if let Some(heir) = heir {
                self.claim(&event, heir);
            }
        }
    }

    /// Takes a void back.
    pub(super) fn unvoid(&mut self, seq: Seq) {
        self.voided_by.remove(&seq);
        if let Some(event) = self.get(seq).map(|entry| entry.event.clone()) {
            if let Some(heir) = self.holder(&event) {
                self.release(&event, heir);
            }
            self.claim(&event, seq);
        }
    }

    fn claim(&mut self, event: &Event, seq: Seq) {
        match event {
            Event::Approval(approval) => {
                self.licences.entry(approval.licence.clone()).or_insert(seq);
            }
            Event::Shipment(shipment) => {
                self.references.entry(shipment.reference.clone()).or_insert(seq);
            }
            Event::Return(returned) => {
                self.references.entry(returned.reference.clone()).or_insert(seq);
            }
            _ => {}
        }
    }

    fn release(&mut self, event: &Event, seq: Seq) {
        if self.holder(event) != Some(seq) {
            return;
        }
        match event {
            Event::Approval(approval) => drop(self.licences.remove(&approval.licence)),
            Event::Shipment(shipment) => drop(self.references.remove(&shipment.reference)),
            Event::Return(returned) => drop(self.references.remove(&returned.reference)),
            _ => {}
        }
    }
}

fn same_number(a: &Event, b: &Event) -> bool {
    fn reference(event: &Event) -> Option<&Reference> {
        match event {
            Event::Shipment(shipment) => Some(&shipment.reference),
            Event::Return(returned) => Some(&returned.reference),
            _ => None,
        }
    }
    match (a, b) {
        (Event::Approval(a), Event::Approval(b)) => a.licence == b.licence,
        _ => reference(a).is_some() && reference(a) == reference(b),
    }
}
