//! The recorded entries: which of them are void, and which numbers they hold (R9, R11).
//!
//! Most entries of a ledger are shipments. A shipment that an [`Archive`] can read again is not held in memory.
//! Everything else is, so most questions need no archive.

use super::event::{Approval, Entry, Event, Number, Seq, Shipment};
use super::fingerprints::{Fingerprints, Printer};
use super::text::{LicenceNumber, Reference};
use super::units::Overflow;
use chrono::NaiveDate;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

/// The ledger that the entries came from. It can read them again.
pub trait Archive: fmt::Debug {
    /// The entry at this place. Only the archive knows what the number means.
    fn entry(&self, at: u64) -> Result<Entry, Unread>;
}

/// A recorded entry could not be read again.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the ledger can't be read again: {0}")]
pub struct Unread(pub String);

/// The reason why a fold can't continue.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FoldError {
    /// An amount is too large to count (R1).
    #[error(transparent)]
    Overflow(#[from] Overflow),
    #[error(transparent)]
    Unread(#[from] Unread),
    /// The first line adopts no policy, so there are no rules.
    #[error("the first entry adopts no policy")]
    NoPolicy,
    /// The cached state lacks something this question needs; fold the whole ledger.
    #[error("the cached state lacks something this question needs; fold the whole ledger")]
    NotInBase,
}

/// Numbers that voids freed (D3). Each has the last entry that held it, and that entry's void.
#[derive(Debug, Default)]
pub struct Freed {
    licences: HashMap<LicenceNumber, (Seq, Seq)>,
    references: HashMap<Reference, (Seq, Seq)>,
}

impl Freed {
    /// Whether a voided approval had this number.
    pub fn had_licence(&self, number: &LicenceNumber) -> bool {
        self.licences.contains_key(number)
    }

    /// The last voided entry that held the number of this event, and its void.
    pub fn last(&self, event: &Event) -> Option<(Seq, Seq)> {
        self.last_called(event.number()?)
    }

    /// The last voided entry that held this number, and its void.
    pub fn last_called(&self, number: Number<'_>) -> Option<(Seq, Seq)> {
        match number {
            Number::Licence(number) => self.licences.get(number).copied(),
            Number::Reference(reference) => self.references.get(reference).copied(),
        }
    }
}

/// One recorded entry. The newest entry is kept apart.
#[derive(Debug)]
enum Kept {
    /// The entry, and its place in the archive if known.
    Whole(Box<(Entry, Option<u64>)>),
    /// A shipment's place in the archive.
    Archived(u64),
}

/// Every recorded entry in the order of recording.
#[derive(Debug, Default)]
pub struct Entries {
    /// How many entries come before `kept`. A base has them, and gives those that are needed (see `book::kept`).
    in_base: Seq,
    /// Entries taken from the base, each with its place in the archive.
    from_base: HashMap<Seq, (Entry, u64)>,
    kept: Vec<Kept>,
    /// The last entry, whole while it is judged and applied.
    newest: Option<Entry>,
    /// The last entry's place in the archive.
    newest_at: Option<u64>,
    archive: Option<Rc<dyn Archive>>,
    voided_by: HashMap<Seq, Seq>,
    licences: HashMap<LicenceNumber, Seq>,
    references: Fingerprints,
    /// Entries that asked for a number while another entry held it, ascending.
    without_number: Vec<Seq>,
}

impl Entries {
    /// No entries. With an archive, shipments need not be held.
    pub(super) fn new(archive: Option<Rc<dyn Archive>>) -> Self {
        Entries { archive, ..Entries::default() }
    }

    /// No entries after the first `in_base`, which a base has. The base makes its prints of references with `printer`.
    pub(super) fn after(in_base: Seq, archive: Rc<dyn Archive>, printer: Printer) -> Self {
        Entries { in_base, archive: Some(archive), references: Fingerprints::with(printer), ..Entries::default() }
    }

    /// Takes in a live entry of the base, at this place of the archive.
    pub(super) fn take_from_base(&mut self, entry: Entry, at: u64) {
        if !self.from_base.contains_key(&entry.seq) {
            self.give_number(&entry.event, entry.seq);
            self.from_base.insert(entry.seq, (entry, at));
        }
    }

    /// Notes that the void `by` took out an entry of the base.
    pub(super) fn know_void(&mut self, seq: Seq, by: Seq) {
        self.voided_by.insert(seq, by);
    }

    /// The count of entries. The next entry's seq is one more.
    pub fn len(&self) -> usize {
        self.in_base as usize + self.kept.len() + usize::from(self.newest.is_some())
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of this seq.
    pub fn get(&self, seq: Seq) -> Result<Option<Cow<'_, Entry>>, Unread> {
        match self.find(seq) {
            None if (1..=self.in_base).contains(&seq) => Err(Unread(format!("entry {seq} was not read from the base"))),
            None => Ok(None),
            Some((Some(entry), _)) => Ok(Some(Cow::Borrowed(entry))),
            Some((None, at)) => {
                let Some((archive, at)) = self.archive.as_ref().zip(at) else {
                    return Err(Unread("there is no archive".to_owned()));
                };
                let entry = archive.entry(at)?;
                if entry.seq != seq {
                    return Err(Unread(format!("entry {} is where entry {seq} was", entry.seq)));
                }
                Ok(Some(Cow::Owned(entry)))
            }
        }
    }

    /// The entry of this seq, if it is held. An entry that is not held is a shipment.
    pub fn held(&self, seq: Seq) -> Option<&Entry> {
        self.find(seq)?.0
    }

    /// The entry's place in the archive, if the entry is not held.
    pub(super) fn archived_at(&self, seq: Seq) -> Option<u64> {
        self.find(seq).filter(|(held, _)| held.is_none())?.1
    }

    /// The entry's place in the archive, whether the entry is held or not.
    pub fn at(&self, seq: Seq) -> Option<u64> {
        self.find(seq)?.1
    }

    pub(super) fn archive(&self) -> Option<Rc<dyn Archive>> {
        self.archive.clone()
    }

    /// The entry's index in `kept`; none for an entry of the base.
    fn index(&self, seq: Seq) -> Option<usize> {
        usize::try_from(seq.checked_sub(self.in_base)?).ok()?.checked_sub(1)
    }

    /// The entry if it is held, and its place in the archive if known.
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

    /// The held entries, in the order of recording. Shipments may be missing.
    pub fn iter_held(&self) -> impl Iterator<Item = &Entry> {
        (1..=self.len() as Seq).filter_map(|seq| self.held(seq))
    }

    /// The void that took this entry out, if one did.
    pub fn voided_by(&self, seq: Seq) -> Option<Seq> {
        self.voided_by.get(&seq).copied()
    }

    /// The numbers that voided entries held, even if other entries hold them now.
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

    /// The live approval of this number, wherever it is in effective order.
    pub fn approval(&self, number: &LicenceNumber) -> Option<(&Entry, &Approval)> {
        let entry = self.licences.get(number).and_then(|seq| self.held(*seq))?;
        let Event::Approval(approval) = &entry.event else { return None };
        Some((entry, approval))
    }

    /// The live shipment with this reference.
    pub fn shipment(&self, reference: &Reference) -> Result<Option<(Seq, Shipment)>, Unread> {
        let entry = self.reference(reference)?.map(Cow::into_owned);
        let Some(Entry { seq, event: Event::Shipment(shipment), .. }) = entry else { return Ok(None) };
        Ok(Some((seq, shipment)))
    }

    /// The live shipment or return with this reference.
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

    /// The references of live shipments, for "did you mean".
    pub fn shipment_references(&self) -> Result<Vec<String>, Unread> {
        let mut references = Vec::new();
        for (_, seq) in self.references.prints() {
            if let Some(Event::Shipment(shipment)) = self.get(seq)?.map(|entry| entry.into_owned().event) {
                references.push(shipment.reference.as_str().to_owned());
            }
        }
        Ok(references)
    }

    /// The entry that had this number when entry `seq` was recorded; the one that has it now where none had it.
    pub fn holder_at(&self, number: Number<'_>, seq: Seq) -> Result<Option<Cow<'_, Entry>>, Unread> {
        let live = self.holder_beside(number, None)?;
        if live.is_none_or(|holder| holder > seq) {
            // Only shipments are not held in memory, and they have references.
            let may_have = |held| matches!(number, Number::Reference(_)) || self.held(held).is_some();
            for (held, _) in self.voided_by.iter().filter(|(held, by)| **held <= seq && seq < **by && may_have(**held))
            {
                if let Some(entry) = self.get(*held)?.filter(|entry| entry.event.number() == Some(number)) {
                    return Ok(Some(entry));
                }
            }
        }
        live.map_or(Ok(None), |holder| self.get(holder))
    }

    /// The live entry that holds the event's number (R11).
    pub fn holder(&self, event: &Event) -> Result<Option<Seq>, Unread> {
        event.number().map_or(Ok(None), |number| self.holder_beside(number, None))
    }

    /// The date of the live entry that has the event's number already.
    pub fn recorded_on(&self, event: &Event) -> Result<Option<NaiveDate>, Unread> {
        let Some(holder) = self.holder(event)? else { return Ok(None) };
        Ok(self.get(holder)?.map(|entry| entry.date))
    }

    /// The live entry that holds this number, unless it is `own`.
    pub fn holder_beside(&self, number: Number<'_>, own: Option<Seq>) -> Result<Option<Seq>, Unread> {
        Ok(match number {
            Number::Licence(number) => self.licences.get(number).copied().filter(|holder| Some(*holder) != own),
            Number::Reference(reference) => self.reference_beside(reference, own)?.map(|entry| entry.seq),
        })
    }

    /// Appends an entry. A taken number stays with its holder.
    pub(super) fn push(&mut self, entry: Entry) -> Result<(), Unread> {
        self.settle();
        self.claim(&entry.event, entry.seq)?;
        self.newest = Some(entry);
        Ok(())
    }

    /// Appends an entry whose number is known to be free. The entry is not held if the archive has it and it may be
    /// read from there.
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

    /// Notes the last entry's place in the archive.
    pub(super) fn archive_newest(&mut self, at: Option<u64>) {
        self.newest_at = at;
    }

    /// Moves the newest entry to `kept`, before another one follows.
    fn settle(&mut self) {
        let at = self.newest_at.take();
        if let Some(entry) = self.newest.take() {
            self.kept.push(match at.filter(|_| may_be_archived(&entry)) {
                Some(at) => Kept::Archived(at),
                None => Kept::Whole(Box::new((entry, at))),
            });
        }
    }

    /// Removes and returns the last entry.
    pub(super) fn pop(&mut self) -> Result<Option<Entry>, Unread> {
        let Some(entry) = self.newest.take() else { return Ok(None) };
        if self.without_number.last() == Some(&entry.seq) {
            self.without_number.pop();
        } else {
            self.release(&entry.event, entry.seq);
        }
        Ok(Some(entry))
    }

    /// Marks `seq` as void. Its number is free again (D3), or goes to the next live entry that asked for it.
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
            // The entry held no number.
            Some(holder) if holder < seq => return Ok(()),
            Some(heir) => self.release(&event, heir),
            None => {}
        }
        self.claim(&event, seq)
    }

    /// Whether this entry holds its event's number.
    fn holds(&self, event: &Event, seq: Seq) -> bool {
        match event.number() {
            None => false,
            Some(Number::Licence(number)) => self.licences.get(number) == Some(&seq),
            Some(Number::Reference(reference)) => self.references.candidates(reference).any(|held| held == seq),
        }
    }

    /// The numbers of licences, each with its approval.
    pub(super) fn licence_numbers(&self) -> impl Iterator<Item = (&LicenceNumber, Seq)> {
        self.licences.iter().map(|(number, seq)| (number, *seq))
    }

    /// The printer, and the prints of references, each with its entry. References of the base are left out.
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

/// Shipments are the bulk of a ledger, and few questions need them.
fn may_be_archived(entry: &Entry) -> bool {
    matches!(entry.event, Event::Shipment(_))
}
