//! Resumes a fold from its result, without the entries that it was made of.
//!
//! A [`Snapshot`] holds the parts that are few: sums, customers, exceptions. Licences and references are many. They
//! stay in a [`Base`], and the book asks for them by name. A resumed book answers as the whole fold does, or fails with
//! [`FoldError::NotInBase`]. Only the whole fold can answer about voids, registrations, returns, serial numbers and
//! what happened before the last entry.
//!
//! **Invariant.** Before the judge or the state sees an entry, the book has asked the base for everything that the
//! entry names. Before the state moves to a day, the book has asked the base for everything that lapses up to that day.
//! So the judge finds what it would find in the whole fold, and is the same judge.
//!
//! A resumed book can be kept again: everything that changed is among what the book asked for, and the base has the
//! rest.
//!
//! A base stores numbers and texts ([`Plain`]) and need not know what they mean.

mod plain;

pub(in crate::domain) use plain::Keep;
pub use plain::Plain;

use super::{Book, Finding};
use crate::domain::entries::{Archive, Entries, FoldError, Unread};
use crate::domain::event::{Entry, Number, Place, Reach, Seq};
use crate::domain::fingerprints::Printer;
use crate::domain::judge::Refused;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Licence, State};
use crate::domain::text::{LicenceNumber, Reference};
use chrono::{Datelike, NaiveDate};
use hashbrown::HashMap;
use plain::not_said;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::rc::Rc;

/// The result of a fold after its last entry: the parts that are few.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The count of folded entries.
    pub entries: Seq,
    /// The archive's places of the policy, registrations and exceptions in force; the place of the last entry; the
    /// findings; the balances.
    pub plain: Plain,
}

/// The part of a finding that a resumed book needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted {
    /// The refused line.
    pub entry: Seq,
    pub date: NaiveDate,
    /// The code of the first refusal.
    pub code: Code,
    /// Whether the line itself says that it was recorded despite the rules (R13).
    pub violation: bool,
    /// Whether the line changes nothing (D6).
    pub inert: bool,
    pub voided_by: Option<Seq>,
}

/// A taken licence number, as a base keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub number: LicenceNumber,
    /// The live entry that has the number.
    pub entry: Seq,
    /// The archive's place of that entry.
    pub at: u64,
    /// None where the entry changes nothing (D6).
    pub licence: Option<Licence>,
}

impl Kept {
    /// The record as a base stores it.
    pub fn plain(&self) -> Plain {
        Plain::of(self)
    }

    /// The key of the record among [`Keys::Lapses`]; none where the licence has no last valid day or has lapsed.
    pub fn lapses(&self) -> Option<u32> {
        let status = self.licence.as_ref()?.status;
        status.expires.filter(|_| !status.lapsed).map(day_key)
    }
}

/// The indexes of a base.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keys {
    /// From prints of licence numbers to records.
    Numbers,
    /// From prints of references to the archive's places of their entries.
    References,
    /// From last valid days to records of licences that had not lapsed.
    Lapses,
}

/// A key for each day, in the same order as the days.
fn day_key(day: NaiveDate) -> u32 {
    day.num_days_from_ce().cast_unsigned() ^ (1 << 31)
}

fn key_day(key: u32) -> Result<NaiveDate, Unread> {
    NaiveDate::from_num_days_from_ce_opt((key ^ (1 << 31)).cast_signed()).ok_or_else(not_said)
}

/// Answers a resumed book's questions about licences and references. Every entry can be read from it by its place in
/// the archive.
pub trait Base: Archive {
    /// Makes the prints of this base.
    fn printer(&self) -> Printer;

    /// The index rows with these keys, in the order of the keys.
    fn rows(&self, of: Keys, keys: RangeInclusive<u32>) -> Result<Vec<(u32, u64)>, Unread>;

    /// The record at this place of the base.
    fn record(&self, here: u64) -> Result<Plain, Unread>;

    /// The licence number whose record is at this place of the base.
    fn kept(&self, here: u64) -> Result<Kept, Unread> {
        Kept::take(&mut self.record(here)?)
    }

    /// The record of this licence number, and its place in the base.
    fn licence(&self, number: &LicenceNumber) -> Result<Option<(u64, Kept)>, Unread> {
        let print = self.printer().print(number);
        for (_, here) in self.rows(Keys::Numbers, print..=print)? {
            let kept = self.kept(here)?;
            if kept.number == *number {
                return Ok(Some((here, kept)));
            }
        }
        Ok(None)
    }

    /// The archive's places of all entries that have this reference, and perhaps of some that do not.
    fn references(&self, reference: &Reference) -> Result<Vec<u64>, Unread> {
        let print = self.printer().print(reference);
        Ok(self.rows(Keys::References, print..=print)?.into_iter().map(|(_, at)| at).collect())
    }

    /// The licences that had not lapsed and whose last valid day lies in `days`: each day, and the place of the record.
    fn lapsing(&self, days: Range<NaiveDate>) -> Result<Vec<(NaiveDate, u64)>, Unread> {
        let keys = day_key(days.start)..=day_key(days.end) - 1;
        self.rows(Keys::Lapses, keys)?.into_iter().map(|(key, here)| Ok((key_day(key)?, here))).collect()
    }
}

/// What a resumed book continues from.
pub(super) struct Resumed {
    base: Rc<dyn Base>,
    last: Place,
    /// The day up to which the book asked the base for lapses.
    lapses_until: NaiveDate,
    /// The licence numbers that the book asked for: the record's place in the base, and the entry's place in the
    /// archive.
    asked: HashMap<LicenceNumber, (u64, u64)>,
}

impl fmt::Debug for Resumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {:?}", self.last)
    }
}

impl Book {
    /// The fold's result without licences and references: [`Book::kept_licences`] and [`Book::kept_references`] give
    /// those.
    pub fn snapshot(&mut self) -> Result<Snapshot, FoldError> {
        let before = self.resumed.as_ref().map(|resumed| resumed.last);
        let last = self.order.last().copied().or(before).ok_or(FoldError::NotInBase)?;
        self.seek(self.order.len(), last.date)?;
        let noted = |finding: &Finding| Noted {
            entry: finding.entry,
            date: finding.date,
            code: finding.refusals.first().map_or(Code::EntryUnknown, |refusal| refusal.code),
            violation: finding.violation,
            inert: self.refused.is_inert(finding.entry),
            voided_by: self.entries.voided_by(finding.entry),
        };
        let places = self.state.holding().map(|entry| self.entries.at(entry)).collect::<Option<Vec<u64>>>();
        let findings: Vec<Noted> = self.findings.iter().map(noted).collect();
        let mut plain = Plain::of(&(places.ok_or(FoldError::NotInBase)?, (last, findings)));
        self.state.keep(&mut plain);
        Ok(Snapshot { entries: self.entries.len() as Seq, plain })
    }

    /// Every taken licence number, in the state that [`Book::snapshot`] left. A resumed book gives the new ones and
    /// those that it asked its base for. An item is none where the archive does not have the entry.
    pub fn kept_licences(&self) -> impl Iterator<Item = Option<Kept>> + '_ {
        let asked = self.resumed.iter().flat_map(|resumed| &resumed.asked);
        let lapsed = asked.filter(|(number, _)| self.entries.approval(number).is_none()).map(|(number, (_, at))| {
            let licence = self.state.licence(number)?.clone();
            Some(Kept { number: number.clone(), entry: licence.entry, at: *at, licence: Some(licence) })
        });
        let numbered = self.entries.licence_numbers().map(|(number, entry)| {
            let (at, licence) = (self.entries.at(entry)?, self.state.licence(number).cloned());
            Some(Kept { number: number.clone(), entry, at, licence })
        });
        numbered.chain(lapsed)
    }

    /// The place of the base's older record of this licence number, if the book asked for it.
    pub fn older_record(&self, number: &LicenceNumber) -> Option<u64> {
        self.resumed.as_ref()?.asked.get(number).map(|(here, _)| *here)
    }

    /// The printer, and a print of every taken reference with its entry's place in the archive. A resumed book gives
    /// only the new references.
    pub fn kept_references(&self) -> (Printer, impl Iterator<Item = Option<(u32, u64)>> + '_) {
        let (printer, prints) = self.entries.reference_prints();
        (printer, prints.map(|(print, entry)| Some((print, self.entries.at(entry)?))))
    }

    /// Makes a book from a snapshot and its base.
    pub fn resume(snapshot: Snapshot, base: Rc<dyn Base>) -> Result<Self, FoldError> {
        let Snapshot { entries, mut plain } = snapshot;
        let archive: Rc<dyn Archive> = Rc::<dyn Base>::clone(&base);
        let mut entries = Entries::after(entries, archive, base.printer());
        for at in Vec::<u64>::take(&mut plain)? {
            entries.take_from_base(base.entry(at)?, at);
        }
        let (last, noted) = <(Place, Vec<Noted>)>::take(&mut plain)?;
        let mut refused = Refused::default();
        let mut findings = Vec::with_capacity(noted.len());
        for Noted { entry, date, code, violation, inert, voided_by } in noted {
            if inert {
                refused.set_inert(entry);
            }
            if let Some(by) = voided_by {
                entries.know_void(entry, by);
            }
            findings.push(Finding { entry, date, refusals: vec![Refusal::new(code, "")], violation });
        }
        let state = State::resume(&mut plain, &entries)?;
        let lapses_until = state.date();
        Ok(Book {
            entries,
            order: Vec::new(),
            disturbing: BTreeSet::new(),
            state,
            applied: Vec::new(),
            settled: 0,
            refused,
            registrations: super::Registrations::default(),
            findings,
            resumed: Some(Resumed { base, last, lapses_until, asked: HashMap::new() }),
        })
    }

    /// Whether the book was resumed from a snapshot, and so may fail with [`FoldError::NotInBase`].
    pub fn is_resumed(&self) -> bool {
        self.resumed.is_some()
    }

    /// Asks the base for everything that an entry names, before the entry takes effect.
    pub(super) fn ask_base(&mut self, entry: &Entry) -> Result<(), FoldError> {
        let Some(resumed) = &self.resumed else { return Ok(()) };
        if entry.place() < resumed.last || self.order.last().is_some_and(|last| entry.place() < *last) {
            return Err(FoldError::NotInBase);
        }
        let event = &entry.event;
        // A base holds neither the returns of each shipment nor the serial numbers that are out.
        let of_one_shipment = event.shipment().is_some() || event.serials().is_some_and(|serials| !serials.is_empty());
        if of_one_shipment || event.reach() == Reach::Earlier {
            return Err(FoldError::NotInBase);
        }
        let own = event.number();
        match own {
            Some(Number::Licence(number)) => self.ask_for_licence(number)?,
            Some(Number::Reference(reference)) => self.ask_for_reference(reference)?,
            None => {}
        }
        // An approval may name its own number as the one that it replaces. Then that must be there too.
        let named = event.licence().filter(|number| own != Some(Number::Licence(number)));
        named.into_iter().chain(event.replaces()).try_for_each(|number| self.must_have_licence(number))
    }

    /// Asks the base for everything that a proposed entry names. A base can find a repeated entry only by its number,
    /// so an event without one needs the whole fold.
    pub(super) fn ask_base_for_proposal(&mut self, entry: &Entry) -> Result<(), FoldError> {
        let can_tell = self.resumed.is_none() || entry.event.number().is_some();
        if can_tell { self.ask_base(entry) } else { Err(FoldError::NotInBase) }
    }

    /// Asks the base for the lapses up to `date`, before the state moves there. A resumed state can't move back.
    pub(super) fn ask_base_for_lapses(&mut self, position: usize, date: NaiveDate) -> Result<(), FoldError> {
        let Some(resumed) = &mut self.resumed else { return Ok(()) };
        if date < resumed.last.date || position < self.applied.len() {
            return Err(FoldError::NotInBase);
        }
        if resumed.lapses_until < date {
            let days = std::mem::replace(&mut resumed.lapses_until, date)..date;
            let base = Rc::clone(&resumed.base);
            for (_, here) in base.lapsing(days)? {
                self.take_up(here, base.kept(here)?);
            }
        }
        Ok(())
    }

    /// Last valid days from the state's last entry on, for licences that only the base holds.
    pub(super) fn expiries_in_base(&self) -> Result<BTreeSet<NaiveDate>, FoldError> {
        let mut expiries = BTreeSet::new();
        if let Some(resumed) = &self.resumed {
            for (day, here) in resumed.base.lapsing(resumed.last.date..NaiveDate::MAX)? {
                // One licence for each day is enough, and the book has taken up few licences.
                if !expiries.contains(&day) && !resumed.asked.contains_key(&resumed.base.kept(here)?.number) {
                    expiries.insert(day);
                }
            }
        }
        Ok(expiries)
    }

    /// Asks for a licence without which the entry can't be judged. If it is unknown, the refusal names similar numbers,
    /// and those need the whole fold.
    fn must_have_licence(&mut self, number: &LicenceNumber) -> Result<(), FoldError> {
        self.ask_for_licence(number)?;
        if self.state.licence(number).is_some() { Ok(()) } else { Err(FoldError::NotInBase) }
    }

    fn ask_for_licence(&mut self, number: &LicenceNumber) -> Result<(), FoldError> {
        let Some(resumed) = &self.resumed else { return Ok(()) };
        if self.entries.approval(number).is_none()
            && let Some((here, kept)) = resumed.base.licence(number)?
        {
            self.entries.take_from_base(resumed.base.entry(kept.at)?, kept.at);
            self.take_up(here, kept);
        }
        Ok(())
    }

    /// Takes a licence up, at most once.
    fn take_up(&mut self, here: u64, Kept { number, at, licence, .. }: Kept) {
        if let Some(resumed) = &mut self.resumed
            && resumed.asked.insert(number, (here, at)).is_none()
            && let Some(licence) = licence
        {
            self.state.take_up(licence);
        }
    }

    fn ask_for_reference(&mut self, reference: &Reference) -> Result<(), FoldError> {
        if let Some(resumed) = &self.resumed {
            for at in resumed.base.references(reference)? {
                self.entries.take_from_base(resumed.base.entry(at)?, at);
            }
        }
        Ok(())
    }
}
