//! Judge, then write. Every verb that records takes this way.

use crate::commands::comparing::Comparing;
use crate::commands::session::{Fold, Opened, Session, Writing, not_written};
use crate::commands::{Answer, Exit};
use crate::domain::book::{Judgement, Proposal, Verdict};
use crate::domain::event::{Digest, Entry, Event};
use crate::domain::judge::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::State;
use crate::domain::text::Text;
use crate::report::decision::{Decision, PolicyLine};
use crate::store::ledger::{LedgerError, recording_time};
use crate::store::policy::key_place;
use crate::store::record;
use chrono::{DateTime, NaiveDate, Utc};

/// An event as a verb makes it, with the warnings that the rules do not give.
pub(super) struct Draft {
    pub(super) event: Event,
    pub(super) warnings: Vec<String>,
}

impl From<Event> for Draft {
    fn from(event: Event) -> Self {
        Draft { event, warnings: Vec::new() }
    }
}

/// Records an event if the rules admit it. `draft` makes the event from the state on its date, which resolves the names
/// in it. A cached fold is enough for an event with a number of its own; `numbered` is such an event as it was given.
pub(super) fn record<D: Into<Draft>>(
    session: &Session,
    writing: &Writing,
    fold: Fold,
    numbered: Option<&Event>,
    draft: impl FnOnce(&State) -> anyhow::Result<D>,
) -> anyhow::Result<Answer> {
    Ok(judge(session, writing, fold, numbered, draft)?.write(writing)?.into())
}

/// A judged event, and the ledger that it would be written to.
pub(super) struct Judged {
    pub(super) opened: Opened,
    pub(super) judgement: Judgement,
}

/// Judges an event as the next entry of the ledger.
pub(super) fn judge<D: Into<Draft>>(
    session: &Session,
    writing: &Writing,
    fold: Fold,
    numbered: Option<&Event>,
    draft: impl FnOnce(&State) -> anyhow::Result<D>,
) -> anyhow::Result<Judged> {
    judge_on(session.open_to_write(writing, fold)?, session, writing, numbered, draft)
}

/// Judges an event as the next entry of an opened ledger.
pub(super) fn judge_on<D: Into<Draft>>(
    mut opened: Opened,
    session: &Session,
    writing: &Writing,
    numbered: Option<&Event>,
    draft: impl FnOnce(&State) -> anyhow::Result<D>,
) -> anyhow::Result<Judged> {
    let date = opened.date(writing.date, numbered)?.unwrap_or(session.today);
    let recorded_at = recording_time(session.system.now(), opened.last_recorded, writing.after_last)?;
    let Draft { event, warnings } = draft(opened.as_of(date)?)?.into();
    let despite = writing.despite.clone();
    let entry = entry(&opened, event, date, recorded_at, &writing.by, despite);
    let head_moved = head_moved(writing, opened.head);
    let mut judgement = opened.propose(Proposal { entry, asked: Asked::Record, head_moved })?;
    judgement.warnings.extend(warnings);
    if let (Verdict::AlreadyRecorded(seq), None) = (judgement.verdict, writing.date) {
        judgement.entry.date = opened.book.entries().get(seq)?.map_or(date, |recorded| recorded.date);
    }
    if writing.dry_run && judgement.verdict == Verdict::Admitted {
        readable(&judgement.entry)?;
    }
    Ok(Judged { opened, judgement })
}

impl Judged {
    /// Writes the event if the judgement admits it; with `--dry-run`, writes nothing.
    pub(super) fn write(self, writing: &Writing) -> anyhow::Result<Decided> {
        let Judged { mut opened, judgement } = self;
        let is_new = judgement.verdict == Verdict::Admitted;
        let comparing = if is_new { Comparing::begin(&mut opened, [&judgement.entry])? } else { None };
        let mut admitted = Vec::new();
        if comparing.is_some() || !writing.dry_run {
            admitted.extend(opened.admit(&judgement)?);
        }
        let effects = comparing.map(|comparing| comparing.finish(&mut opened)).transpose()?;
        let mut written = None;
        if !writing.dry_run {
            written = (!admitted.is_empty()).then_some(judgement.entry.seq);
            if written.is_some() || matches!(judgement.verdict, Verdict::AlreadyRecorded(_)) {
                opened.append(&admitted, Some(judgement.entry.date))?;
            }
        }
        let mut decided = decided(opened, judgement, written);
        decided.decision.effects = effects;
        Ok(decided)
    }
}

/// The refusal where `--expect-head` names another head.
pub(super) fn head_moved(writing: &Writing, head: Digest) -> Option<Refusal> {
    writing.expect_head.filter(|expected| *expected != head).map(|expected| {
        Refusal::new(Code::HeadMoved, format!("the ledger's head is {head}, not {expected}"))
            .help("somebody else wrote in between: read `exquota log`, then decide again")
    })
}

/// The entry that would be written next.
pub(super) fn entry(
    opened: &Opened,
    event: Event,
    date: NaiveDate,
    recorded_at: DateTime<Utc>,
    by: &Text,
    despite: Option<Text>,
) -> Entry {
    Entry { seq: opened.book.next_seq(), recorded_at, recorded_by: by.clone(), date, despite, event }
}

/// Checks an entry that is not written now as the store would check it before writing.
pub(super) fn readable(entry: &Entry) -> anyhow::Result<()> {
    let line = record::write_line(&Digest::ZERO, entry);
    record::read_line(&line, entry.seq).map(drop).map_err(|faults| not_written(LedgerError::Unwritable { faults }))
}

/// The decision to print, with the exit code and the warnings. A [`Decision`] is the document alone.
pub(super) struct Decided {
    pub(super) decision: Decision,
    pub(super) exit: Exit,
    pub(super) warnings: Vec<String>,
}

impl From<Decided> for Answer {
    fn from(Decided { decision, exit, warnings }: Decided) -> Self {
        Answer { document: Box::new(decision), exit, warnings }
    }
}

/// The answer to a judgement.
pub(super) fn answer(opened: Opened, judgement: Judgement, written: Option<u64>) -> Answer {
    decided(opened, judgement, written).into()
}

/// The decision on a judgement, with the policy's own lines behind its refusals (D29).
pub(super) fn decided(opened: Opened, mut judgement: Judgement, written: Option<u64>) -> Decided {
    let source = &judgement.in_force.adoption.source;
    let policy_lines = judgement
        .refusals
        .iter()
        .map(|refusal| {
            // Another entry's refusal is about the policy in force at that entry.
            let key = refusal.policy_key.as_ref().filter(|_| refusal.entry.is_none())?;
            key_place(source, key).map(|place| PolicyLine { line: place.line, text: place.text })
        })
        .collect();
    let refused = judgement.verdict == Verdict::Refused || (judgement.is_violation() && written.is_none());
    let exit = if refused { Exit::No } else { Exit::Fine };
    let mut warnings = opened.warnings;
    warnings.append(&mut judgement.warnings);
    judgement.warnings = warnings.clone();
    Decided {
        decision: Decision { judgement, written, head: opened.head, policy_lines, effects: None },
        exit,
        warnings,
    }
}
