//! The fold: every live entry in effective order, judged at its place, and what a proposal would change (R6).
//!
//! **The rule of admission.** An entry is accepted if and only if the fold with it has no refusal that the fold
//! without it did not have. The book holds the refusals of the fold as it stands; a proposal is put in at its place,
//! everything after it is judged anew, and what is refused then and was not before is what the proposal would break.
//! Replay and live writes run this same code.
//!
//! What is skipped: entries before the place of the proposal, as nothing they are judged by lies after them, save for
//! a customer's first registration, which governs from the beginning (D5, see `registrations`); and the entries after
//! a late shipment that provably do not notice it (see `late`).
//!
//! A book may go on from a cached fold instead of line 1: [`kept`] holds all that serves this, and the rest works without.

mod fold;
pub mod kept;
mod late;
mod proposal;
mod registrations;
mod repeat;
mod search;
mod under;

pub use proposal::{Judgement, Proposal, Verdict};

use super::entries::{Archive, Entries, FoldError, Unread};
use super::event::{Adoption, Entry, Event, Place, Seq};
use super::judge::{Asked, Ground, Refused, Ruling, judge, refusals};
use super::refusal::{Code, Refusal};
use super::state::{InForce, State};
use chrono::NaiveDate;
use kept::Resumed;
use registrations::Registrations;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// What the rules would have refused of a line that is recorded all the same.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// The line that should not have been written (D20).
    pub entry: Seq,
    /// When what it tells of happened.
    pub date: NaiveDate,
    /// Why not.
    pub refusals: Vec<Refusal>,
    /// Whether the line says itself that it was recorded despite the rules (R13); else it is a breach.
    pub violation: bool,
}

/// A ledger's entries, folded.
#[derive(Debug)]
pub struct Book {
    entries: Entries,
    /// Places of live entries that are neither voids nor inert, ascending.
    order: Vec<Place>,
    /// Those of `order` that may matter to a late shipment before them (see `late`).
    disturbing: BTreeSet<Place>,
    state: State,
    /// For each entry of `order` that the state holds, the journal's mark before it and the lapses before it.
    applied: Vec<usize>,
    /// The journal's mark after the last entry applied; what lies beyond are lapses up to the state's date.
    settled: usize,
    refused: Refused,
    registrations: Registrations,
    findings: Vec<Finding>,
    /// Where the fold goes on from, if it did not begin with line 1.
    resumed: Option<Resumed>,
}

impl Book {
    /// Begins with line 1, whose policy governs what is dated before it too (D5).
    pub fn begin(first: Entry) -> Result<Self, FoldError> {
        Self::begin_with(first, None)
    }

    /// Likewise; what the archive has, line 1 at its start, need not be held (see [`Book::record_archived`]).
    pub fn begin_with(first: Entry, archive: Option<Rc<dyn Archive>>) -> Result<Self, FoldError> {
        let Event::Policy(adoption) = &first.event else { return Err(FoldError::NoPolicy) };
        let in_force = InForce { entry: first.seq, adoption: Arc::new(adoption.clone()) };
        let place = first.place();
        let mut entries = Entries::new(archive);
        entries.push(first)?;
        entries.archive_newest(Some(0));
        Ok(Book {
            entries,
            order: vec![place],
            disturbing: BTreeSet::from([place]),
            state: State::new(in_force),
            applied: Vec::new(),
            settled: 0,
            refused: Refused::default(),
            registrations: Registrations::default(),
            findings: Vec::new(),
            resumed: None,
        })
    }

    /// Takes in a line that is recorded already: it is judged on the lines before it, and counts whatever the rules
    /// say, unless it names something that can't be moved (D6, D20).
    pub fn record(&mut self, entry: Entry) -> Result<(), FoldError> {
        self.record_line(Cow::Owned(entry), None)
    }

    /// Likewise, an entry that the archive has at this place.
    pub fn record_archived(&mut self, entry: &Entry, at: u64) -> Result<(), FoldError> {
        self.record_line(Cow::Borrowed(entry), Some(at))
    }

    fn record_line(&mut self, entry: Cow<'_, Entry>, at: Option<u64>) -> Result<(), FoldError> {
        self.ask_base(&entry)?;
        if self.apply_commuting(&entry)? {
            self.entries.push_admitted(entry, at);
            return Ok(());
        }
        self.seek_place(entry.place())?;
        let own = refusals(self.ground(), &entry)?;
        if own.is_empty() && self.comes_last(&entry) {
            self.apply_last(&entry)?;
            self.entries.push_admitted(entry, at);
            return Ok(());
        }
        self.record_judged(entry.into_owned(), own)?;
        self.entries.archive_newest(at);
        Ok(())
    }

    /// Takes in a line that was judged at its place, and judges anew what comes after it.
    fn record_judged(&mut self, entry: Entry, own: Vec<Refusal>) -> Result<(), FoldError> {
        let Place { date, seq } = entry.place();
        let despite = entry.despite.is_some();
        if own.iter().any(|refusal| refusal.code.leaves_nothing_to_record()) {
            return self.record_inert(entry, own);
        }
        let inserted = self.insert(entry, &own)?;
        let mut refusals = own;
        // A violation hides nothing (R13); of a breach, its own refusals are all (D2).
        if refusals.is_empty() || despite {
            refusals.extend(inserted.refusals());
        }
        if inserted.broken_codes().any(Code::leaves_nothing_to_record) {
            // It would take away what a line recorded before it stands on: that line stays, this one changes nothing.
            if let Some(entry) = self.take_out(inserted)? {
                self.record_inert(entry, refusals)?;
            }
        } else if !refusals.is_empty() {
            self.findings.push(Finding { entry: seq, date, refusals, violation: despite });
        }
        Ok(())
    }

    /// A line that changes nothing still takes its number, and is still a breach (D6).
    fn record_inert(&mut self, entry: Entry, refusals: Vec<Refusal>) -> Result<(), FoldError> {
        self.findings.push(Finding { entry: entry.seq, date: entry.date, refusals, violation: false });
        self.refused.set_inert(entry.seq);
        Ok(self.entries.push(entry)?)
    }

    /// The number the next entry gets.
    pub fn next_seq(&self) -> Seq {
        self.entries.len() as Seq + 1
    }

    /// Everything recorded.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// Breaches and violations, in the order of recording.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What the rules would have refused of one entry.
    pub fn finding(&self, seq: Seq) -> Option<&Finding> {
        let place = self.findings.binary_search_by_key(&seq, |finding| finding.entry).ok()?;
        self.findings.get(place)
    }

    /// Breaches and violations that count on a day, in the order of recording.
    pub fn findings_on(&self, date: NaiveDate) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| {
            let counts = self.entries.voided_by(finding.entry).is_none() && !self.is_inert(finding.entry);
            counts && finding.date <= date
        })
    }

    /// Whether the entry changes nothing, because it names something that can't be moved (D6).
    pub fn is_inert(&self, seq: Seq) -> bool {
        self.refused.is_inert(seq)
    }

    /// Live entries in effective order, voids left out.
    pub fn effective(&self) -> impl Iterator<Item = Result<Cow<'_, Entry>, Unread>> {
        self.order.iter().filter_map(|place| self.entries.get(place.seq).transpose())
    }

    /// Adoptions in effective order.
    pub fn adoptions(&self) -> impl DoubleEndedIterator<Item = (Seq, &Adoption)> {
        self.order.iter().filter_map(|place| {
            let Event::Policy(adoption) = &self.entries.held(place.seq)?.event else { return None };
            Some((place.seq, adoption))
        })
    }

    /// What holds at the end of `date`, by all that is recorded.
    pub fn as_of(&mut self, date: NaiveDate) -> Result<&State, FoldError> {
        let position = self.order.partition_point(|place| place.date <= date);
        self.seek(position, date)?;
        Ok(&self.state)
    }

    /// What holds just after `seq` at its place; none where it is void or unknown.
    pub fn just_after(&mut self, seq: Seq) -> Result<Option<&State>, FoldError> {
        let Some(place) = self.entries.get(seq)?.map(|entry| entry.place()) else { return Ok(None) };
        let position = self.position(place);
        if self.order.get(position) != Some(&place) {
            return Ok(None);
        }
        self.seek(position + 1, place.date)?;
        Ok(Some(&self.state))
    }

    fn position(&self, place: Place) -> usize {
        match self.order.last() {
            Some(last) if *last < place => self.order.len(),
            _ => self.order.partition_point(|held| *held < place),
        }
    }

    /// Judges an entry on the balances just before its place, which the state is brought to.
    fn judge_at_place(&mut self, entry: &Entry, asked: &Asked) -> Result<Ruling, FoldError> {
        self.seek_place(entry.place())?;
        judge(self.ground(), entry, asked)
    }

    fn seek_place(&mut self, place: Place) -> Result<(), FoldError> {
        self.seek(self.position(place), place.date)
    }

    fn ground(&self) -> Ground<'_> {
        Ground { state: &self.state, entries: &self.entries, refused: &self.refused }
    }
}
