//! The recorded entries, which of them are void, and which numbers they took (R9, R11).
//!
//! Shipments make up the bulk of a ledger, and what they say is in the ledger: a shipment that can be had again from an
//! [`Archive`] is not held here. Everything else is, so most questions are answered without one.

use super::event::{Approval, Entry, Event, Number, Seq, Shipment};
use super::fingerprints::{Fingerprints, Printer};
use super::text::{LicenceNumber, Reference};
use super::units::Overflow;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

/// Where entries can be had again: the ledger that they were read from.
pub trait Archive: fmt::Debug {
    /// The entry at this place, which only the archive understands.
    fn entry(&self, at: u64) -> Result<Entry, Unread>;
}

/// An entry that was recorded could not be had again.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the ledger can't be read again: {0}")]
pub struct Unread(pub String);

/// Why a fold can't go on.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FoldError {
    /// R1.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// The archive failed.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// The first line adopts no policy, so there is nothing to judge by.
    #[error("the first entry adopts no policy")]
    NoPolicy,
    /// What a fold went on from does not hold what this needs: only a fold of every entry can tell.
    #[error("this can't be told without a fold of every entry")]
    NotInBase,
}

/// Numbers that a void freed (D3), each with the last entry that had it and that entry's void.
#[derive(Debug, Default)]
pub struct Freed {
    licences: HashMap<LicenceNumber, (Seq, Seq)>,
    references: HashMap<Reference, (Seq, Seq)>,
}

impl Freed {
    /// The last voided entry that had the number of this event, and its void.
    pub fn last(&self, event: &Event) -> Option<(Seq, Seq)> {
        match event.number()? {
            Number::Licence(number) => self.licences.get(number).copied(),
            Number::Reference(reference) => self.references.get(reference).copied(),
        }
    }
}

/// One recorded entry, but for the newest.
#[derive(Debug)]
enum Kept {
    /// With where the archive has it, if it does.
    Whole(Box<(Entry, Option<u64>)>),
    /// A shipment, and where the archive has it.
    Archived(u64),
}

/// Every recorded entry in the order of recording.
#[derive(Debug, Default)]
pub struct Entries {
    /// How many come before those kept: a base has them, and gives those that are asked for (see `book::kept`).
    in_base: Seq,
    /// With where the archive has it.
    from_base: HashMap<Seq, (Entry, u64)>,
    kept: Vec<Kept>,
    /// The last one: it is whole while it is judged and takes effect.
    newest: Option<Entry>,
    /// Where the archive has the last one.
    newest_at: Option<u64>,
    archive: Option<Rc<dyn Archive>>,
    voided_by: HashMap<Seq, Seq>,
    licences: HashMap<LicenceNumber, Seq>,
    references: Fingerprints,
    /// Entries that wanted a number while another one had it, ascending.
    without_number: Vec<Seq>,
}

impl Entries {
    /// None yet; shipments need not be held if there is an archive.
    pub(super) fn new(archive: Option<Rc<dyn Archive>>) -> Self {
        Entries { archive, ..Entries::default() }
    }

    /// Likewise, after this many that a base has, which takes prints of references with this printer.
    pub(super) fn after(in_base: Seq, archive: Rc<dyn Archive>, printer: Printer) -> Self {
        Entries { in_base, archive: Some(archive), references: Fingerprints::with(printer), ..Entries::default() }
    }

    /// Takes a live entry in that the base has, and the archive at this place.
    pub(super) fn take_from_base(&mut self, entry: Entry, at: u64) {
        if !self.from_base.contains_key(&entry.seq) {
            self.give_number(&entry.event, entry.seq);
            self.from_base.insert(entry.seq, (entry, at));
        }
    }

    /// Of an entry that the base has: this void took it out.
    pub(super) fn know_void(&mut self, seq: Seq, by: Seq) {
        self.voided_by.insert(seq, by);
    }

    /// How many there are; the next one's seq is one more.
    pub fn len(&self) -> usize {
        self.in_base as usize + self.kept.len() + usize::from(self.newest.is_some())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of this seq.
    pub fn get(&self, seq: Seq) -> Result<Option<Cow<'_, Entry>>, Unread> {
        match self.find(seq) {
            None if (1..=self.in_base).contains(&seq) => Err(Unread(format!("entry {seq} was not asked for"))),
            None => Ok(None),
            Some((Some(entry), _)) => Ok(Some(Cow::Borrowed(entry))),
            Some((None, at)) => {
                let Some((archive, at)) = self.archive.as_ref().zip(at) else {
                    return Err(Unread("there is no archive".to_owned()));
                };
                let entry = archive.entry(at)?;
                if entry.seq != seq {
                    return Err(Unread(format!("where entry {seq} was, entry {} stands now", entry.seq)));
                }
                Ok(Some(Cow::Owned(entry)))
            }
        }
    }

    /// The entry of this seq, if it is held; what is not held is a shipment.
    pub fn held(&self, seq: Seq) -> Option<&Entry> {
        self.find(seq)?.0
    }

    /// Where the archive has the entry, if it is not held.
    pub(super) fn archived_at(&self, seq: Seq) -> Option<u64> {
        self.find(seq).filter(|(held, _)| held.is_none())?.1
    }

    /// Where the archive has the entry, held or not.
    pub fn at(&self, seq: Seq) -> Option<u64> {
        self.find(seq)?.1
    }

    pub(super) fn archive(&self) -> Option<Rc<dyn Archive>> {
        self.archive.clone()
    }

    /// Where it is in `kept`; none for one that the base has.
    fn index(&self, seq: Seq) -> Option<usize> {
        usize::try_from(seq.checked_sub(self.in_base)?).ok()?.checked_sub(1)
    }

    /// The entry, if it is held, and where the archive has it, if that is known.
    fn find(&self, seq: Seq) -> Option<(Option<&Entry>, Option<u64>)> {
        let Some(index) = self.index(seq) else {
            return self.from_base.get(&seq).map(|(entry, at)| (Some(entry), Some(*at)));
        };
        match self.kept.get(index) {
            Some(Kept::Whole(whole)) => Some((Some(&whole.0), whole.1)),
            Some(Kept::Archived(at)) => Some((None, Some(*at))),
            None => self.newest.as_ref().filter(|entry| entry.seq == seq).map(|entry| (Some(entry), self.newest_at)),
        }
    }

    /// All entries, void or not, in the order of recording.
    pub fn iter(&self) -> impl Iterator<Item = Result<Cow<'_, Entry>, Unread>> {
        (1..=self.len() as Seq).filter_map(|seq| self.get(seq).transpose())
    }

    /// Likewise, but only those that are held: shipments may be missing.
    pub fn iter_held(&self) -> impl Iterator<Item = &Entry> {
        (1..=self.len() as Seq).filter_map(|seq| self.held(seq))
    }

    /// The void that took this entry out, if one did.
    pub fn voided_by(&self, seq: Seq) -> Option<Seq> {
        self.voided_by.get(&seq).copied()
    }

    /// The numbers that voided entries had, whether others have them now or not.
    pub fn freed(&self) -> Result<Freed, Unread> {
        let mut voided: Vec<(Seq, Seq)> = self.voided_by.iter().map(|(entry, void)| (*entry, *void)).collect();
        voided.sort_unstable();
        let mut freed = Freed::default();
        for (seq, by) in voided {
            match self.get(seq)?.as_ref().and_then(|entry| entry.event.number()) {
                Some(Number::Licence(number)) => drop(freed.licences.insert(number.clone(), (seq, by))),
                Some(Number::Reference(reference)) => drop(freed.references.insert(reference.clone(), (seq, by))),
                None => {}
            }
        }
        Ok(freed)
    }

    /// The live approval under this number, wherever it lies in effective order.
    pub fn approval(&self, number: &LicenceNumber) -> Option<(&Entry, &Approval)> {
        let entry = self.licences.get(number).and_then(|seq| self.held(*seq))?;
        let Event::Approval(approval) = &entry.event else { return None };
        Some((entry, approval))
    }

    /// The live shipment of this reference.
    pub fn shipment(&self, reference: &Reference) -> Result<Option<(Seq, Shipment)>, Unread> {
        let entry = self.reference(reference)?.map(Cow::into_owned);
        let Some(Entry { seq, event: Event::Shipment(shipment), .. }) = entry else { return Ok(None) };
        Ok(Some((seq, shipment)))
    }

    /// The live entry, shipment or return, of this reference.
    pub fn reference(&self, reference: &Reference) -> Result<Option<Cow<'_, Entry>>, Unread> {
        self.reference_beside(reference, None)
    }

    fn reference_beside(&self, reference: &Reference, own: Option<Seq>) -> Result<Option<Cow<'_, Entry>>, Unread> {
        for seq in self.references.candidates(reference).filter(|seq| Some(*seq) != own) {
            let number = Some(Number::Reference(reference));
            if let Some(entry) = self.get(seq)?.filter(|entry| entry.event.number() == number) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// References of live shipments, for "did you mean".
    pub fn shipment_references(&self) -> Result<Vec<String>, Unread> {
        let mut references = Vec::new();
        for (_, seq) in self.references.prints() {
            if let Some(Event::Shipment(shipment)) = self.get(seq)?.map(|entry| entry.into_owned().event) {
                references.push(shipment.reference.as_str().to_owned());
            }
        }
        Ok(references)
    }

    /// The live entry that holds the number this event wants (R11).
    pub fn holder(&self, event: &Event) -> Result<Option<Seq>, Unread> {
        event.number().map_or(Ok(None), |number| self.holder_beside(number, None))
    }

    /// The live entry that holds this number; none where it is `own`.
    pub(super) fn holder_beside(&self, number: Number<'_>, own: Option<Seq>) -> Result<Option<Seq>, Unread> {
        Ok(match number {
            Number::Licence(number) => self.licences.get(number).copied().filter(|holder| Some(*holder) != own),
            Number::Reference(reference) => self.reference_beside(reference, own)?.map(|entry| entry.seq),
        })
    }

    /// Appends an entry; a number that is taken stays with the one that has it.
    pub(super) fn push(&mut self, entry: Entry) -> Result<(), Unread> {
        self.settle();
        self.claim(&entry.event, entry.seq)?;
        self.newest = Some(entry);
        Ok(())
    }

    /// Appends an entry whose number was judged to be free; it need not be held if the archive has it.
    pub(super) fn push_admitted(&mut self, entry: Cow<'_, Entry>, at: Option<u64>) {
        self.settle();
        self.give_number(&entry.event, entry.seq);
        match at.filter(|_| may_be_archived(&entry)) {
            Some(at) => self.kept.push(Kept::Archived(at)),
            None => {
                self.newest = Some(entry.into_owned());
                self.newest_at = at;
            }
        }
    }

    /// From now on the last entry can be had from the archive, if it has it.
    pub(super) fn archive_newest(&mut self, at: Option<u64>) {
        self.newest_at = at;
    }

    /// The last entry is followed by another one.
    fn settle(&mut self) {
        let at = self.newest_at.take();
        if let Some(entry) = self.newest.take() {
            self.kept.push(match at.filter(|_| may_be_archived(&entry)) {
                Some(at) => Kept::Archived(at),
                None => Kept::Whole(Box::new((entry, at))),
            });
        }
    }

    /// Takes the entry out again that was appended last.
    pub(super) fn pop(&mut self) -> Result<Option<Entry>, Unread> {
        let Some(entry) = self.newest.take() else { return Ok(None) };
        if self.without_number.last() == Some(&entry.seq) {
            self.without_number.pop();
        } else {
            self.release(&entry.event, entry.seq);
        }
        Ok(Some(entry))
    }

    /// Marks `seq` as void; its number is free again (D3), or goes to the next entry that wanted it.
    pub(super) fn void(&mut self, seq: Seq, by: Seq) -> Result<(), Unread> {
        let was_live = self.voided_by.insert(seq, by).is_none();
        let Some(event) = self.get(seq)?.map(|entry| entry.into_owned().event) else { return Ok(()) };
        if !was_live || !self.holds(&event, seq) {
            return Ok(());
        }
        self.release(&event, seq);
        for index in 0..self.without_number.len() {
            let Some(heir) = self.without_number.get(index).copied() else { break };
            let wants = |heir: &Entry| heir.event.number() == event.number();
            if !self.voided_by.contains_key(&heir) && self.get(heir)?.is_some_and(|heir| wants(&heir)) {
                return self.claim(&event, heir);
            }
        }
        Ok(())
    }

    /// Takes a void back.
    pub(super) fn unvoid(&mut self, seq: Seq) -> Result<(), Unread> {
        self.voided_by.remove(&seq);
        let Some(event) = self.get(seq)?.map(|entry| entry.into_owned().event) else { return Ok(()) };
        match self.holder(&event)? {
            // It had no number to lose.
            Some(holder) if holder < seq => return Ok(()),
            Some(heir) => self.release(&event, heir),
            None => {}
        }
        self.claim(&event, seq)
    }

    /// Whether this entry holds the number of this event, its own.
    fn holds(&self, event: &Event, seq: Seq) -> bool {
        match event.number() {
            None => false,
            Some(Number::Licence(number)) => self.licences.get(number) == Some(&seq),
            Some(Number::Reference(reference)) => self.references.candidates(reference).any(|held| held == seq),
        }
    }

    /// The numbers that licences have, each with its approval.
    pub(super) fn licence_numbers(&self) -> impl Iterator<Item = (&LicenceNumber, Seq)> {
        self.licences.iter().map(|(number, seq)| (number, *seq))
    }

    /// Prints of the references that shipments and returns have, each with its entry, and what they were taken with.
    /// Those that a base has are not among them.
    pub(super) fn reference_prints(&self) -> (Printer, impl Iterator<Item = (u32, Seq)>) {
        (self.references.printer(), self.references.prints().filter(|(_, seq)| *seq > self.in_base))
    }

    fn claim(&mut self, event: &Event, seq: Seq) -> Result<(), Unread> {
        if self.holder(event)?.is_some() {
            self.without_number.push(seq);
            return Ok(());
        }
        self.give_number(event, seq);
        Ok(())
    }

    fn give_number(&mut self, event: &Event, seq: Seq) {
        match event.number() {
            None => {}
            Some(Number::Licence(number)) => drop(self.licences.insert(number.clone(), seq)),
            Some(Number::Reference(reference)) => self.references.insert(reference, seq),
        }
    }

    fn release(&mut self, event: &Event, seq: Seq) {
        match event.number() {
            Some(Number::Licence(number)) if self.holds(event, seq) => drop(self.licences.remove(number)),
            Some(Number::Reference(reference)) => self.references.remove(reference, seq),
            Some(Number::Licence(_)) | None => {}
        }
    }
}

/// Shipments are what a ledger has most of, and the least is asked of them.
fn may_be_archived(entry: &Entry) -> bool {
    matches!(entry.event, Event::Shipment(_))
}
