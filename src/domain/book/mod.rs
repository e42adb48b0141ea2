//! The fold judges every live entry at its place in effective order, and finds what a proposal would change (R6).
//!
//! **The rule of admission.** The book accepts an entry if and only if the fold with it has no refusal that the fold
//! without it did not have. The book holds the refusals of the fold as it stands. It puts a proposal in at its place
//! and judges everything after it again. A refusal that is new then is something that the proposal would break. Replay
//! and live writes run this same code.
//!
//! The book does not judge entries before the proposal's place: the rules look only at what comes before an entry. A
//! customer's first registration is different, because it governs from the beginning (D5, see `registrations`). The
//! book also skips the entries after a late shipment that provably can't affect them (see `late`).
//!
//! A book may resume from a cached fold instead of line 1. [`kept`] holds everything for this; the rest works without
//! it.

mod checks;
mod consequences;
mod fold;
pub mod kept;
mod late;
mod proposal;
mod registrations;
mod repeat;
mod search;
mod under;

pub use proposal::{Judgement, Proposal, Verdict};
pub use search::Opening;

use super::entries::{Archive, Entries, FoldError, Unread};
use super::event::{Adoption, Entry, Event, Place, Seq};
use super::judge::{Asked, Ground, Refused, Ruling, judge, judge_recorded};
use super::policy::Policy;
use super::refusal::{Code, Refusal};
use super::state::{InForce, State};
use chrono::NaiveDate;
use kept::Resumed;
use registrations::Registrations;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// The refusals of a line that is in the ledger nevertheless. A [`Judgement`] answers for a proposal; a finding is
/// about a recorded line.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// The refused line (D20).
    pub entry: Seq,
    pub date: NaiveDate,
    pub refusals: Vec<Refusal>,
    /// True for a violation: the line itself says that it was recorded despite the rules (R13). False for a breach.
    pub violation: bool,
}

/// A ledger's entries and their fold.
#[derive(Debug)]
pub struct Book {
    entries: Entries,
    /// Places of live entries that are neither voids nor inert, ascending.
    order: Vec<Place>,
    /// Places in `order` whose entries may affect a late shipment before them (see `late`).
    disturbing: BTreeSet<Place>,
    state: State,
    /// For each entry of `order` that the state holds: the journal's mark before the entry and before the lapses that
    /// precede it.
    applied: Vec<usize>,
    /// The journal's mark after the last applied entry. Later changes are lapses up to the state's date.
    settled: usize,
    refused: Refused,
    registrations: Registrations,
    findings: Vec<Finding>,
    /// What the book resumed from; none if it began with line 1.
    resumed: Option<Resumed>,
}

impl Book {
    /// Begins with line 1. The policy of line 1 also governs what is dated before it (D5).
    pub fn begin(first: Entry) -> Result<Self, FoldError> {
        Self::begin_with(first, None)
    }

    /// Begins with line 1, as [`Book::begin`] does. Shipments that the archive has are not held in memory (see
    /// [`Book::record_archived`]); line 1 is at the archive's start.
    pub fn begin_with(first: Entry, archive: Option<Rc<dyn Archive>>) -> Result<Self, FoldError> {
        let Event::Policy(adoption) = &first.event else { return Err(FoldError::NoPolicy) };
        let in_force = InForce { entry: first.seq, adoption: Arc::new(adoption.clone()) };
        let place = first.place();
        let mut registrations = Registrations::default();
        registrations.note_groups(&adoption.policy);
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
            registrations,
            findings: Vec::new(),
            resumed: None,
        })
    }

    /// Takes in a recorded line. The book judges the line on the lines before it. The line counts whatever the rules
    /// say, unless it names something that can't be moved (D6, D20).
    pub fn record(&mut self, entry: Entry) -> Result<(), FoldError> {
        self.record_line(Cow::Owned(entry), None)
    }

    /// Takes in a recorded line that the archive has at this place.
    pub fn record_archived(&mut self, entry: &Entry, at: u64) -> Result<(), FoldError> {
        self.record_line(Cow::Borrowed(entry), Some(at))
    }

    fn record_line(&mut self, entry: Cow<'_, Entry>, at: Option<u64>) -> Result<(), FoldError> {
        if let Event::Check(check) = &entry.event {
            let check = check.clone();
            self.record_check(entry.into_owned(), &check)?;
            self.entries.archive_newest(at);
            return Ok(());
        }
        self.ask_base(&entry)?;
        if self.apply_commuting(&entry)? {
            self.entries.push_admitted(entry, at);
            return Ok(());
        }
        self.seek_place(&entry)?;
        let own = judge_recorded(self.ground(), &entry)?.refusals;
        if own.is_empty() && self.comes_last(&entry) {
            self.apply_last(&entry)?;
            self.entries.push_admitted(entry, at);
            return Ok(());
        }
        self.record_judged(entry.into_owned(), own)?;
        self.entries.archive_newest(at);
        Ok(())
    }

    /// Takes in a line that was judged at its place, and judges again what comes after it.
    fn record_judged(&mut self, entry: Entry, own: Vec<Refusal>) -> Result<(), FoldError> {
        let Place { date, seq } = entry.place();
        let despite = entry.despite.is_some();
        if own.iter().any(|refusal| refusal.code.leaves_nothing_to_record()) {
            return self.record_inert(entry, own);
        }
        let inserted = self.insert(entry, &own)?;
        let mut refusals = own;
        // A violation shows all refusals (R13); a breach shows only its own (D2).
        if refusals.is_empty() || despite {
            refusals.extend(inserted.refusals());
        }
        if inserted.broken_codes().any(Code::leaves_nothing_to_record) {
            // The line would remove what an earlier recorded line needs. The earlier line stays, and this one changes
            // nothing.
            if let Some(entry) = self.take_out(inserted)? {
                self.record_inert(entry, refusals)?;
            }
        } else if !refusals.is_empty() {
            self.findings.push(Finding { entry: seq, date, refusals, violation: despite });
        }
        Ok(())
    }

    /// A line that changes nothing still takes its seq, and is still a breach (D6).
    fn record_inert(&mut self, entry: Entry, refusals: Vec<Refusal>) -> Result<(), FoldError> {
        self.findings.push(Finding { entry: entry.seq, date: entry.date, refusals, violation: false });
        self.refused.set_inert(entry.seq);
        Ok(self.entries.push(entry)?)
    }

    /// The seq of the next entry.
    pub fn next_seq(&self) -> Seq {
        self.entries.len() as Seq + 1
    }

    /// Every recorded entry.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// All breaches and violations, in the order of recording.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The finding about one entry.
    pub fn finding(&self, seq: Seq) -> Option<&Finding> {
        let place = self.findings.binary_search_by_key(&seq, |finding| finding.entry).ok()?;
        self.findings.get(place)
    }

    /// Breaches and violations that count on `date`, in the order of recording. Void and inert lines do not count.
    pub fn findings_on(&self, date: NaiveDate) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| {
            let counts = self.entries.voided_by(finding.entry).is_none() && !self.is_inert(finding.entry);
            counts && finding.date <= date
        })
    }

    /// Whether the entry is inert: it changes nothing, because it is a recorded check
    /// (D49), or names something that can't be moved (D6).
    pub fn is_inert(&self, seq: Seq) -> bool {
        self.refused.is_inert(seq)
    }

    /// Live entries in effective order, without voids and inert entries.
    pub fn effective(&self) -> impl Iterator<Item = Result<Cow<'_, Entry>, Unread>> {
        self.order.iter().filter_map(|place| self.entries.get(place.seq).transpose())
    }

    /// Adoptions in effective order. Line 1's comes first, whatever its date (D5).
    pub fn adoptions(&self) -> impl DoubleEndedIterator<Item = (Place, &Adoption)> {
        let first = self.entries.held(1).map(|entry| entry.place());
        let others = self.order.iter().copied().filter(|place| place.seq != 1);
        first.into_iter().chain(others).filter_map(|place| {
            let Event::Policy(adoption) = &self.entries.held(place.seq)?.event else { return None };
            Some((place, adoption))
        })
    }

    /// The policy in force at a place; line 1's before any adoption (D5).
    pub fn policy_at(&self, place: Place) -> Option<&Policy> {
        let adopted = |held: &Place| match &self.entries.held(held.seq)?.event {
            Event::Policy(adoption) => Some(&*adoption.policy),
            _ => None,
        };
        let before = self.order.get(..self.position(place))?;
        before.iter().rev().chain(&self.order).find_map(adopted)
    }

    /// The balances at the end of `date`, by everything recorded.
    pub fn as_of(&mut self, date: NaiveDate) -> Result<&State, FoldError> {
        let position = self.order.partition_point(|place| place.date <= date);
        self.seek(position, date)?;
        Ok(&self.state)
    }

    /// The balances where the fold stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The balances just after `seq` at its place; none where `seq` is void or unknown.
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

    /// Brings the state to just before the entry's place and judges the entry there.
    fn judge_at_place(&mut self, entry: &Entry, asked: &Asked) -> Result<Ruling, FoldError> {
        self.seek_place(entry)?;
        judge(self.ground(), entry, asked)
    }

    /// Brings the state to just before the place of a new entry.
    fn seek_place(&mut self, entry: &Entry) -> Result<(), FoldError> {
        let place = entry.place();
        match &entry.event {
            // A customer's first registration governs from the beginning (D5). The place makes no difference where no
            // line so far names the customer.
            Event::Customer(record)
                if !self.registrations.knows(&record.id) && !self.registrations.is_new_in_every_name(record) =>
            {
                self.seek(0, NaiveDate::MIN)
            }
            _ => self.seek(self.position(place), place.date),
        }
    }

    fn ground(&self) -> Ground<'_> {
        Ground { state: &self.state, entries: &self.entries, refused: &self.refused }
    }
}
