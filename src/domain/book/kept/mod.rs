//! Going on from what a fold came to, without the entries that it was made of.
//!
//! A [`Snapshot`] holds what is few: sums, customers, exceptions. What is many, licences and references, stays in a
//! [`Base`] and is asked for by name. A book that was resumed so answers as the whole fold does, or says
//! [`FoldError::NotInBase`]: of what happened before its last entry, of voids, registrations, returns and serial
//! numbers only the whole fold can tell.
//!
//! **Invariant.** Whatever an entry names is asked of the base before the entry is judged or takes effect, and whatever
//! lapses up to a day before the state moves on to that day. So the judge finds what it would find in the whole fold,
//! and is the same judge.
//!
//! A resumed book can be kept in its turn: what changed since is among what was asked for, all else is as the base has it.
//!
//! What is kept are numbers and texts ([`Plain`]): who stores them need not know what they mean.

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

/// What a fold came to after its last entry: all that is few.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// How many entries were folded.
    pub entries: Seq,
    /// Where the archive has the policy, registrations and exceptions in force; the place of the last entry; findings;
    /// balances.
    pub plain: Plain,
}

/// A finding, as far as a resumed book can still tell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted {
    /// The line that should not have been written.
    pub entry: Seq,
    /// When what it tells of happened.
    pub date: NaiveDate,
    /// The first rule that says no.
    pub code: Code,
    /// Whether the line says itself that it was recorded despite the rules (R13).
    pub violation: bool,
    /// Whether it changes nothing (D6).
    pub inert: bool,
    /// The void that took it out.
    pub voided_by: Option<Seq>,
}

/// A licence number that is taken, as a base keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The number.
    pub number: LicenceNumber,
    /// The live entry that has it.
    pub entry: Seq,
    /// Where the archive has that entry.
    pub at: u64,
    /// The licence; none where the entry changes nothing (D6).
    pub licence: Option<Licence>,
}

impl Kept {
    /// As a base keeps it.
    pub fn plain(&self) -> Plain {
        Plain::of(self)
    }

    /// The key that leads to it among [`Keys::Lapses`], if it is yet to lapse.
    pub fn lapses(&self) -> Option<u32> {
        let status = self.licence.as_ref()?.status;
        status.expires.filter(|_| !status.lapsed).map(day_key)
    }
}

/// What leads to many things in a base.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keys {
    /// Prints of licence numbers, to records.
    Numbers,
    /// Prints of references, to where the archive has their entries.
    References,
    /// Last valid days, to records of licences that had not lapsed.
    Lapses,
}

/// Days in the order of their keys.
fn day_key(day: NaiveDate) -> u32 {
    day.num_days_from_ce().cast_unsigned() ^ (1 << 31)
}

fn key_day(key: u32) -> Result<NaiveDate, Unread> {
    NaiveDate::from_num_days_from_ce_opt((key ^ (1 << 31)).cast_signed()).ok_or_else(not_said)
}

/// Where a resumed book asks for what is many. Every entry can be had from it by its place in the archive.
pub trait Base: Archive {
    /// What prints are taken with.
    fn printer(&self) -> Printer;

    /// What these keys lead to, in the order of the keys.
    fn rows(&self, of: Keys, keys: RangeInclusive<u32>) -> Result<Vec<(u32, u64)>, Unread>;

    /// The record that stands here.
    fn record(&self, here: u64) -> Result<Plain, Unread>;

    /// The licence number whose record stands here.
    fn kept(&self, here: u64) -> Result<Kept, Unread> {
        Kept::take(&mut self.record(here)?)
    }

    /// The record of this licence number, and where it stands.
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

    /// Where the archive has entries that may hold this reference; all that do are among them.
    fn references(&self, reference: &Reference) -> Result<Vec<u64>, Unread> {
        let print = self.printer().print(reference);
        Ok(self.rows(Keys::References, print..=print)?.into_iter().map(|(_, at)| at).collect())
    }

    /// Licences whose last valid day lies in `days` and that had not lapsed: the day, and where the record stands.
    fn lapsing(&self, days: Range<NaiveDate>) -> Result<Vec<(NaiveDate, u64)>, Unread> {
        let keys = day_key(days.start)..=day_key(days.end) - 1;
        self.rows(Keys::Lapses, keys)?.into_iter().map(|(key, here)| Ok((key_day(key)?, here))).collect()
    }
}

/// What a resumed book goes on from.
pub(super) struct Resumed {
    base: Rc<dyn Base>,
    last: Place,
    /// Up to which day it was asked for lapses.
    lapses_until: NaiveDate,
    /// Licence numbers that it was asked for: where the record stands, and where the archive has the entry.
    asked: HashMap<LicenceNumber, (u64, u64)>,
}

impl fmt::Debug for Resumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {:?}", self.last)
    }
}

impl Book {
    /// What the fold came to. What is many is left to [`Book::kept_licences`] and [`Book::kept_references`].
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

    /// Every licence number that is taken, in the state that [`Book::snapshot`] left; of a resumed book, those that are
    /// new or that it asked its base for. None for one whose entry the archive does not have.
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

    /// Where the base has an older record of this licence number, if it was asked for.
    pub fn older_record(&self, number: &LicenceNumber) -> Option<u64> {
        self.resumed.as_ref()?.asked.get(number).map(|(here, _)| *here)
    }

    /// A print of every reference that is taken, with where the archive has its entry; of a resumed book, those that are
    /// new. And what prints are taken with.
    pub fn kept_references(&self) -> (Printer, impl Iterator<Item = Option<(u32, u64)>> + '_) {
        let (printer, prints) = self.entries.reference_prints();
        (printer, prints.map(|(print, entry)| Some((print, self.entries.at(entry)?))))
    }

    /// Goes on from a snapshot.
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

    /// Whether it goes on from a snapshot, and may so say [`FoldError::NotInBase`].
    pub fn is_resumed(&self) -> bool {
        self.resumed.is_some()
    }

    /// Asks the base for what an entry names that is to take effect.
    pub(super) fn ask_base(&mut self, entry: &Entry) -> Result<(), FoldError> {
        let Some(resumed) = &self.resumed else { return Ok(()) };
        if entry.place() < resumed.last || self.order.last().is_some_and(|last| entry.place() < *last) {
            return Err(FoldError::NotInBase);
        }
        let event = &entry.event;
        // A base has neither what came back of each shipment nor which serial numbers are out.
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
        let named = event.licence().into_iter().chain(event.replaces());
        named
            .filter(|number| own != Some(Number::Licence(number)))
            .try_for_each(|number| self.must_have_licence(number))
    }

    /// Likewise, of one that is proposed: only for what has a number can a base tell whether it is recorded already.
    pub(super) fn ask_base_for_proposal(&mut self, entry: &Entry) -> Result<(), FoldError> {
        let can_tell = self.resumed.is_none() || entry.event.number().is_some();
        if can_tell { self.ask_base(entry) } else { Err(FoldError::NotInBase) }
    }

    /// Before the state moves to `date`: what lapses up to it must be known, and nothing is taken back.
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

    /// Last valid days in the base, from the state's last entry on, of licences that are not taken up.
    pub(super) fn expiries_in_base(&self) -> Result<BTreeSet<NaiveDate>, FoldError> {
        let mut expiries = BTreeSet::new();
        if let Some(resumed) = &self.resumed {
            for (day, here) in resumed.base.lapsing(resumed.last.date..NaiveDate::MAX)? {
                // One day needs no second licence, and few licences were taken up.
                if !expiries.contains(&day) && !resumed.asked.contains_key(&resumed.base.kept(here)?.number) {
                    expiries.insert(day);
                }
            }
        }
        Ok(expiries)
    }

    /// A licence that must be there for the entry to be judged: the names of those that are near take the whole fold.
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

    /// A licence is taken up once.
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
