//! Moves the state along effective order, and inserts or removes an entry.

use super::Book;
use crate::domain::ceiling::Ceiling;
use crate::domain::entries::FoldError;
use crate::domain::event::{Entry, Event, Place, Reach, Seq};
use crate::domain::judge::{CeilingRow, Ruling, judge_recorded};
use crate::domain::policy::Policy;
use crate::domain::refusal::{Broken, Code, Refusal, RefusalKey};
use crate::domain::state::{InForce, Registered};
use chrono::NaiveDate;
use std::sync::Arc;

/// An inserted entry: what it would break, and what its removal needs.
pub(super) struct Inserted {
    seq: Seq,
    /// The place that the entry added to the order; for a void, the place that it removed.
    moved: Option<Place>,
    /// The previous refusals of every entry whose refusals changed.
    before: Vec<(Seq, Vec<RefusalKey>)>,
    /// Whether a customer's first registration changed.
    first_changed: bool,
    /// The code that replaces the codes of broken entries, by the kind of the inserted entry (D2).
    renamed: Option<Code>,
    broken: Vec<Refusal>,
    /// The figures of the ceilings that broken entries exceed, in effective order.
    exceeded: Vec<CeilingRow>,
}

impl Inserted {
    fn breaks_something(&self) -> bool {
        !self.broken.is_empty()
    }

    /// The codes of the refusals that other entries would get, and the code that replaces them.
    pub(super) fn broken_codes(&self) -> impl Iterator<Item = Code> + '_ {
        let renamed = self.renamed.filter(|_| self.breaks_something());
        self.broken.iter().map(|refusal| refusal.code).chain(renamed)
    }

    /// The refusals of other entries, as refusals of this one: in the order of R12's table, then in effective order.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let mut refusals: Vec<Refusal> = self
            .broken
            .iter()
            .map(|refusal| Refusal { code: self.renamed.unwrap_or(refusal.code), ..refusal.clone() })
            .collect();
        refusals.sort_by_key(|refusal| refusal.code);
        refusals
    }

    /// Puts the figures at the first broken entry in the place of the order's own, for each ceiling and group that the
    /// order breaks later (D44).
    pub(super) fn show_exceeded(&self, rows: &mut Vec<CeilingRow>) {
        for broken in &self.exceeded {
            match rows.iter_mut().find(|row| row.is_of(broken)) {
                Some(row) if row.at.is_none() => row.clone_from(broken),
                Some(_) => {}
                None => rows.push(broken.clone()),
            }
        }
    }
}

impl Book {
    /// Brings the state to just before `order[position]`, after all lapses up to `date`.
    pub(super) fn seek(&mut self, position: usize, date: NaiveDate) -> Result<(), FoldError> {
        self.ask_base_for_lapses(position, date)?;
        self.unwind(position)?;
        if self.state.date() > date {
            self.state.undo_to(self.settled)?;
        }
        while self.applied.len() < position {
            let Some(place) = self.order.get(self.applied.len()).copied() else { break };
            self.state.advance(place.date)?;
            self.apply(place.seq)?;
        }
        Ok(self.state.advance(date)?)
    }

    fn unwind(&mut self, position: usize) -> Result<(), FoldError> {
        while self.applied.len() > position {
            let Some(mark) = self.applied.pop() else { break };
            self.state.undo_to(mark)?;
            self.settled = mark;
        }
        Ok(())
    }

    /// Applies the next entry of the order. The state is at the entry's date already.
    fn apply(&mut self, seq: Seq) -> Result<(), FoldError> {
        // Until the book knows what a proposal breaks, an entry that the proposal would make impossible changes nothing
        // (D6).
        if let Some(entry) = self.entries.get(seq)?.filter(|_| !self.refused.changes_nothing(seq))
            && !self.governs_from_the_beginning(&entry)
        {
            self.state.apply(&self.registrations.as_counted(entry), &self.entries)?;
        }
        self.applied.push(self.settled);
        self.settled = self.state.mark();
        Ok(())
    }

    /// Inserts an entry that was judged at its place with `own` refusals, and judges everything after it again.
    pub(super) fn insert(&mut self, entry: Entry, own: &[Refusal]) -> Result<Inserted, FoldError> {
        let seq = entry.seq;
        let place = entry.place();
        let mut inserted = Inserted {
            seq,
            moved: None,
            before: Vec::new(),
            first_changed: false,
            renamed: None,
            broken: Vec::new(),
            exceeded: Vec::new(),
        };
        self.refused.set(seq, own.iter().map(Refusal::key).collect());
        if let Event::Void(void) = &entry.event {
            let target = void.entry;
            inserted.renamed = Some(Code::VoidNotAllowed);
            self.entries.push(entry)?;
            self.void(target, &mut inserted)?;
        } else {
            if let Event::Policy(adoption) = &entry.event {
                inserted.renamed = Some(Code::PolicyRetroactive);
                self.note_policy(&adoption.policy, self.position(place), entry.date)?;
            }
            let record = if let Event::Customer(record) = &entry.event { Some(record.clone()) } else { None };
            self.entries.push(entry)?;
            let position = self.position(place);
            self.unwind(position)?;
            self.put_in_order(position, place);
            inserted.moved = Some(place);
            if let Some(record) = record {
                inserted.first_changed = !self.registrations.knows(&record.id);
                let unnamed = self.registrations.is_new_in_every_name(&record);
                self.registrations.add(&record, place);
                if inserted.first_changed && unnamed {
                    self.state.seed(Registered { record: Arc::new(record), entry: seq })?;
                } else if inserted.first_changed {
                    self.rebase()?;
                }
            }
        }
        self.rejudge(&mut inserted)?;
        Ok(inserted)
    }

    /// Prepares for a policy that is to be in force from a place on.
    pub(super) fn note_policy(&mut self, policy: &Policy, position: usize, date: NaiveDate) -> Result<(), FoldError> {
        self.registrations.note_groups(policy);
        self.attribute_under(policy, position, date)
    }

    /// Sees to it that the state can attribute amounts as the policy's ceilings say (R14). It stands just before the
    /// place then.
    pub(super) fn attribute_under(
        &mut self,
        policy: &Policy,
        position: usize,
        date: NaiveDate,
    ) -> Result<(), FoldError> {
        if self.is_resumed() && policy.ceilings.iter().any(Ceiling::is_pooled) {
            // The base can't attribute what it has summed up.
            return Err(FoldError::NotInBase);
        }
        if policy.needs_shipments() && self.state.keep_shipments() {
            self.rebase()?;
            self.seek(position, date)?;
        }
        Ok(())
    }

    /// Whether no entry comes after this one, and the entry affects none before it.
    pub(super) fn comes_last(&self, entry: &Entry) -> bool {
        entry.event.reach() != Reach::Earlier && self.order.last().is_none_or(|last| *last < entry.place())
    }

    /// Does the same as [`Book::insert`] for an entry that comes last and has no refusals. The state must stand at its
    /// place.
    pub(super) fn apply_last(&mut self, entry: &Entry) -> Result<(), FoldError> {
        if let Event::Policy(adoption) = &entry.event {
            self.note_policy(&adoption.policy, self.order.len(), entry.date)?;
        }
        self.state.apply(entry, &self.entries)?;
        self.order.push(entry.place());
        if entry.event.reach() != Reach::Nothing {
            self.disturbing.insert(entry.place());
        }
        self.applied.push(self.settled);
        self.settled = self.state.mark();
        Ok(())
    }

    fn put_in_order(&mut self, position: usize, place: Place) {
        self.order.insert(position, place);
        // An entry that is not held is a shipment, and a shipment disturbs nothing.
        if self.entries.held(place.seq).is_some_and(|entry| entry.event.reach() != Reach::Nothing) {
            self.disturbing.insert(place);
        }
    }

    fn take_from_order(&mut self, position: usize, place: Place) {
        self.order.remove(position);
        self.disturbing.remove(&place);
    }

    fn void(&mut self, target: Seq, inserted: &mut Inserted) -> Result<(), FoldError> {
        let Some(place) = self.entries.get(target)?.map(|entry| entry.place()) else { return Ok(()) };
        self.entries.void(target, inserted.seq)?;
        if self.refused.is_inert(target) {
            return Ok(());
        }
        let position = self.position(place);
        self.unwind(position)?;
        self.take_from_order(position, place);
        inserted.moved = Some(place);
        inserted.before.push((target, self.refused.set(target, Vec::new())));
        inserted.first_changed = self.entries.held(target).is_some_and(|entry| self.registrations.is_first(entry));
        self.forget_registration(target);
        if inserted.first_changed { self.rebase() } else { Ok(()) }
    }

    fn forget_registration(&mut self, seq: Seq) {
        if let Some(Event::Customer(record)) = self.entries.held(seq).map(|entry| &entry.event) {
            self.registrations.remove(&record.id, seq);
        }
    }

    /// Removes the entry that was inserted last, and returns it.
    pub(super) fn take_out(&mut self, inserted: Inserted) -> Result<Option<Entry>, FoldError> {
        let voided = self.entries.held(inserted.seq).and_then(|entry| {
            let Event::Void(void) = &entry.event else { return None };
            Some(void.entry)
        });
        if let Some(target) = voided {
            self.entries.unvoid(target)?;
        }
        if let Some(place) = inserted.moved {
            let position = self.position(place);
            self.unwind(position)?;
            if voided.is_some() {
                self.put_in_order(position, place);
                if let Some(Event::Customer(record)) = self.entries.held(place.seq).map(|entry| &entry.event) {
                    self.registrations.restore(record, place);
                }
            } else {
                self.take_from_order(position, place);
                self.forget_registration(place.seq);
            }
        }
        let entry = self.entries.pop()?;
        for (seq, keys) in inserted.before.into_iter().rev() {
            self.refused.set(seq, keys);
        }
        self.refused.set(inserted.seq, Vec::new());
        if inserted.first_changed {
            self.rebase()?;
        }
        Ok(entry)
    }

    /// Whether the entry is in force before all others, whatever its date: line 1's policy, and the first registration
    /// of each customer (D5). The state begins with them.
    fn governs_from_the_beginning(&self, entry: &Entry) -> bool {
        entry.seq == 1 || self.registrations.is_first(entry)
    }

    /// Starts the fold again, because the customers known from the beginning have changed (D5).
    pub(super) fn rebase(&mut self) -> Result<(), FoldError> {
        let first = self.entries.held(1).map(|entry| &entry.event);
        if let Some(Event::Policy(adoption)) = first {
            let in_force = InForce { entry: 1, adoption: Arc::new(adoption.clone()) };
            let mut state = self.state.restarted(in_force);
            for registered in self.registrations.firsts() {
                state.seed(registered)?;
            }
            self.state = state;
            self.applied.clear();
            self.settled = 0;
        }
        Ok(())
    }

    /// Judges every entry that the state does not hold yet, and collects the new refusals.
    fn rejudge(&mut self, inserted: &mut Inserted) -> Result<(), FoldError> {
        if inserted.first_changed && self.applied.is_empty() {
            for first in self.registrations.firsts() {
                self.rejudge_one(first.entry, inserted)?;
            }
        }
        while let Some(place) = self.order.get(self.applied.len()).copied() {
            self.state.advance(place.date)?;
            // The proposal was judged already. Only a change of the customers known from the beginning can alter that.
            let again = place.seq != inserted.seq || inserted.first_changed;
            if again && !self.entries.held(place.seq).is_some_and(|entry| self.governs_from_the_beginning(entry)) {
                self.rejudge_one(place.seq, inserted)?;
            }
            self.apply(place.seq)?;
        }
        Ok(())
    }

    fn rejudge_one(&mut self, seq: Seq, inserted: &mut Inserted) -> Result<(), FoldError> {
        let Some(entry) = self.entries.get(seq)?.map(|entry| self.registrations.as_counted(entry)) else {
            return Ok(());
        };
        let Ruling { refusals, rows, .. } = judge_recorded(self.ground(), &entry)?;
        if refusals.is_empty() && self.refused.of(seq).is_empty() {
            return Ok(());
        }
        let (kind, date) = (entry.event.kind(), entry.date);
        let keys: Vec<RefusalKey> = refusals.iter().map(Refusal::key).collect();
        let before = self.refused.set(seq, keys);
        if seq != inserted.seq {
            for mut refusal in refusals.into_iter().filter(|refusal| !before.contains(&refusal.key())) {
                let exceeded = rows.iter().filter(|row| row.is_refused_by(&refusal));
                inserted.exceeded.extend(exceeded.map(|row| CeilingRow { at: Some(entry.place()), ..row.clone() }));
                refusal.entry = Some(Broken { seq, kind, date, code: inserted.renamed.map(|_| refusal.code) });
                refusal.help =
                    Some(format!("`exquota show {seq}` prints that entry; a new entry must not break a recorded one"));
                inserted.broken.push(refusal);
            }
        }
        inserted.before.push((seq, before));
        Ok(())
    }
}
