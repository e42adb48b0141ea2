//! The fold of a ledger's lines in effective order (R6). It always starts from the first line.

use std::{collections::BTreeMap, rc::Rc};

use crate::dates::Day;
use crate::json::sha256;
use crate::judge::{self, Refusal, Row};
use crate::lines::{Event, Line};
use crate::policy::Policy;
use crate::records;
use crate::state::State;

/// A written line, and the rules' verdict at the time of writing.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) line: Line,
    pub(crate) refusals: Vec<Refusal>,
    /// The line's breach leaves nothing to count (D6).
    pub(crate) inert: bool,
}

/// Everything recorded so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) written: Vec<Written>,
    pub(crate) policies: BTreeMap<String, Rc<Policy>>,
}

/// The results of a fold: every refusal, the state at its end, and the ceiling rows of one line.
pub(crate) struct Folded {
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) state: State,
    pub(crate) rows: Vec<Row>,
    /// The rows of the other lines that a ceiling refuses, with their entries, in effective order.
    pub(crate) exceeded: Vec<(u64, Row)>,
    pub(crate) value: Option<([i128; 5], bool)>,
}

/// The facts that judging a line needs besides the state at its place.
pub(crate) struct World<'a> {
    /// The lines of the fold, in effective order.
    pub(crate) folded: &'a [&'a Line],
    /// Every line that is not void, in order of seq. Inert lines are here too, because they take numbers.
    pub(crate) live: &'a [&'a Line],
    pub(crate) book: &'a Book,
}

impl Book {
    pub(crate) fn policy(&self, digest: &str) -> Rc<Policy> {
        self.policies.get(digest).cloned().unwrap_or_default()
    }

    pub(crate) fn head(&self) -> String {
        self.written.last().map_or_else(|| "0".repeat(64), |last| sha256(last.line.json().as_bytes()))
    }

    /// The ledger file.
    pub(crate) fn bytes(&self) -> String {
        self.written.iter().map(|written| written.line.json() + "\n").collect()
    }

    /// The entries that the recorded voids took out (R9).
    pub(crate) fn voided(&self) -> Vec<u64> {
        let target = |written: &Written| match written.line.event {
            Event::Void { entry, .. } if !written.inert => Some(entry),
            _ => None,
        };
        self.written.iter().filter_map(target).collect()
    }

    /// Every line that is not void, in order of seq.
    pub(crate) fn live(&self) -> Vec<&Line> {
        let voided = self.voided();
        self.written.iter().map(|written| &written.line).filter(|line| !voided.contains(&line.seq)).collect()
    }

    /// The line that counted when entry `at` was recorded; the one that counts now where there was none.
    pub(crate) fn stood(&self, at: u64, is_meant: impl Fn(&Event) -> bool) -> Option<&Line> {
        let gone = |seq: u64| {
            self.written.iter().any(|written| {
                let void = matches!(written.line.event, Event::Void { entry, .. } if entry == seq);
                void && !written.inert && written.line.seq <= at
            })
        };
        let mut meant = self.written.iter().map(|written| &written.line).filter(|line| is_meant(&line.event));
        let then = meant.rfind(|line| line.seq <= at && !gone(line.seq));
        then.or_else(|| self.live().into_iter().rfind(|line| is_meant(&line.event)))
    }

    /// Folds the lines that count, with a proposal or without.
    pub(crate) fn fold(&self, proposal: Option<&Line>, until: Option<Day>) -> Folded {
        let mut voided = self.voided();
        if let Some(Line { seq, event: Event::Void { entry, .. }, .. }) = proposal {
            // A void can't take itself out.
            voided.extend(Some(*entry).filter(|entry| entry != seq));
        }
        let live: Vec<&Line> =
            self.written.iter().map(|w| &w.line).chain(proposal).filter(|line| !voided.contains(&line.seq)).collect();
        // An inert line changes nothing, whatever comes after it (D6, D20).
        let inert = |line: &&Line| {
            let mut written = self.written.iter();
            written.any(|written| written.inert && written.line.seq == line.seq)
        };
        let counting: Vec<&Line> = live.iter().copied().filter(|line| !inert(line)).collect();
        let beginnings = records::beginnings(&counting);
        let counted = records::as_they_count(&counting);
        let mut folded: Vec<&Line> = counted.iter().collect();
        folded.sort_by_key(|line| (!beginnings.contains(&line.seq), line.date, line.seq));

        let world = World { folded: &folded, live: &live, book: self };
        // Line 1's policy and each customer's first registration govern from the beginning (D5).
        let mut state = State::new(self.first_policy(proposal));
        for line in &folded {
            if let Event::Customer(record) = &line.event {
                state.customers.entry(record.id.clone()).or_insert_with(|| record.clone());
            }
        }
        let watched = proposal.map(|line| line.seq);
        let (mut refusals, mut rows, mut exceeded, mut value) = (Vec::new(), Vec::new(), Vec::new(), None);
        let reached = |line: &&&Line| until.is_none_or(|until| line.date <= until || beginnings.contains(&line.seq));
        for line in folded.iter().filter(reached) {
            let judged = judge::judge(&state, line, &world);
            if Some(line.seq) == watched {
                (rows, value) = (judged.rows, judged.value);
            } else {
                let over = judged.rows.into_iter().filter(Row::is_over);
                exceeded.extend(over.map(|row| (line.seq, row)));
            }
            // A line in breach counts, unless its refusal leaves nothing to count (D6).
            if !judged.refusals.iter().any(Refusal::leaves_nothing) {
                state.apply(line, |digest| self.policy(digest));
            }
            refusals.extend(judged.refusals);
        }
        Folded { refusals, state, rows, exceeded, value }
    }

    fn first_policy(&self, proposal: Option<&Line>) -> Rc<Policy> {
        let first = self.written.first().map(|written| &written.line).or(proposal);
        match first.map(|line| &line.event) {
            Some(Event::Policy { digest, .. }) => self.policy(digest),
            _ => Rc::default(),
        }
    }

    /// The latest date of an entry that counts.
    pub(crate) fn last_date(&self) -> Day {
        let moves = |line: &&&Line| !matches!(line.event, Event::Check(_));
        self.live().iter().filter(moves).map(|line| line.date).max().unwrap_or(0)
    }

    /// The state after all entries dated on or before a day.
    pub(crate) fn state(&self, day: Day) -> State {
        self.fold(None, Some(day)).state
    }
}
