//! Judge, then write: the one way into the ledger for every verb.

use super::error::Misuse;
use super::session::{Opened, Session, Writing, open};
use super::{Answer, Exit};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Book, Judgement, Proposal, Verdict};
use crate::domain::event::{Digest, Entry, Event};
use crate::domain::judge::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::State;
use crate::domain::text::Text;
use crate::report::decision::{Decision, PolicyLine};
use crate::store::ledger::cache::Cache;
use crate::store::ledger::file::{self, LedgerError, Locked, Opening};
use crate::store::policy::key_place;
use crate::store::record;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::Path;
use std::rc::Rc;

/// An event as a verb makes it, with what a person should know of it besides what the rules say.
pub(super) struct Draft {
    pub(super) event: Event,
    pub(super) warnings: Vec<String>,
}

impl From<Event> for Draft {
    fn from(event: Event) -> Self {
        Draft { event, warnings: Vec::new() }
    }
}

/// Records an event if the rules admit it. `draft` makes the event from what is known at its place: names are
/// resolved there.
pub(super) fn record<D: Into<Draft>>(
    session: &Session,
    writing: &Writing,
    draft: impl FnOnce(&State) -> anyhow::Result<D>,
) -> anyhow::Result<Answer> {
    let (decided, ()) = record_after(session, writing, draft, |_, _| Ok(()))?;
    Ok(decided.into())
}

/// Records an event that has a number of its own: what a cache of the fold can tell of.
pub(super) fn record_numbered<D: Into<Draft>>(
    session: &Session,
    writing: &Writing,
    draft: impl Fn(&State) -> anyhow::Result<D>,
) -> anyhow::Result<Answer> {
    if writing.dry_run {
        return session.answer(|mut opened| {
            let judgement = judge(session, writing, &mut opened, &draft)?;
            Ok(decided(opened, judgement, None).into())
        });
    }
    let mut locked = Locked::open(&*session.system, &session.ledger, session.lock_timeout)?;
    session.answer_from(Rc::new(locked.source()?), Opening::Append, |mut opened, cache| {
        let judgement = judge(session, writing, &mut opened, &draft)?;
        Ok(write(&mut locked, opened, judgement, cache)?.into())
    })
}

/// Records an event likewise; `look` sees the book with its judgement before anything is written.
pub(super) fn record_after<D: Into<Draft>, T>(
    session: &Session,
    writing: &Writing,
    draft: impl FnOnce(&State) -> anyhow::Result<D>,
    look: impl FnOnce(&mut Book, &Judgement) -> anyhow::Result<T>,
) -> anyhow::Result<(Decided, T)> {
    if writing.dry_run {
        let mut opened = session.read()?;
        let judgement = judge(session, writing, &mut opened, draft)?;
        let seen = look(&mut opened.book, &judgement)?;
        return Ok((decided(opened, judgement, None), seen));
    }
    let mut locked = Locked::open(&*session.system, &session.ledger, session.lock_timeout)?;
    let (mut opened, cache) = open_to_write(session, &locked)?;
    let judgement = judge(session, writing, &mut opened, draft)?;
    let seen = look(&mut opened.book, &judgement)?;
    Ok((write(&mut locked, opened, judgement, cache.as_ref())?, seen))
}

/// The whole ledger folded, and its cache, if one holds.
pub(super) fn open_to_write(session: &Session, locked: &Locked<'_>) -> anyhow::Result<(Opened, Option<Cache>)> {
    let source = Rc::new(locked.source()?);
    let cache = Cache::open(&*session.system, &session.ledger, &source, Opening::Append);
    Ok((open(&session.ledger, source, None, &*session.progress)?, cache))
}

/// Writes what was judged, if it is admitted.
fn write(
    locked: &mut Locked<'_>,
    mut opened: Opened,
    judgement: Judgement,
    cache: Option<&Cache>,
) -> anyhow::Result<Decided> {
    let admitted: Vec<_> = opened.book.admit(&judgement)?.into_iter().collect();
    let written = (!admitted.is_empty()).then_some(judgement.entry.seq);
    if written.is_none() && !matches!(judgement.verdict, Verdict::AlreadyRecorded(_)) {
        return Ok(decided(opened, judgement, None));
    }
    append(locked, &mut opened, &admitted, cache)?;
    Ok(decided(opened, judgement, written))
}

/// Appends what was admitted to the ledger.
pub(super) fn append(
    locked: &mut Locked<'_>,
    opened: &mut Opened,
    admitted: &[Admitted],
    cache: Option<&Cache>,
) -> anyhow::Result<()> {
    // A cache holds on for what this writer appends to the file that it held for, and for nothing else.
    let cache = cache.filter(|_| opened.source.unchanged().is_some());
    opened.head = locked.append(admitted, &opened.head).map_err(not_written)?;
    if let Some((cache, last)) = cache.zip(admitted.last()) {
        cache.stamp(locked, last.entry().seq, opened.head);
    }
    // Nothing is thrown away: where the bytes of an unfinished last line are now.
    let told = |path: &Path| format!("the bytes of the unfinished last line are kept in `{}`", path.display());
    opened.warnings.extend(locked.set_aside().map(told));
    Ok(())
}

fn judge<D: Into<Draft>>(
    session: &Session,
    writing: &Writing,
    opened: &mut Opened,
    draft: impl FnOnce(&State) -> anyhow::Result<D>,
) -> anyhow::Result<Judgement> {
    let date = writing.date.unwrap_or(session.today);
    let recorded_at = file::recording_time(session.system.now(), opened.last_recorded)?;
    let Draft { event, warnings } = draft(opened.book.as_of(date)?)?.into();
    let despite = writing.despite.as_deref();
    let entry = entry(opened, event, date, recorded_at, &writing.by, despite);
    let head_moved = head_moved(writing, opened);
    let mut judgement = opened.book.propose(Proposal { entry, asked: Asked::Record, head_moved })?;
    judgement.warnings.extend(warnings);
    if writing.dry_run && judgement.verdict == Verdict::Admitted {
        readable(&judgement.entry)?;
    }
    Ok(judgement)
}

/// The refusal where `--expect-head` names another head.
pub(super) fn head_moved(writing: &Writing, opened: &Opened) -> Option<Refusal> {
    writing.expect_head.filter(|expected| *expected != opened.head).map(|expected| {
        Refusal::new(Code::HeadMoved, format!("the ledger's head is {}, not {expected}", opened.head))
            .help("somebody wrote in between: look at `exquota log`, and judge anew")
    })
}

/// The entry that would be written next.
pub(super) fn entry(
    opened: &Opened,
    event: Event,
    date: NaiveDate,
    recorded_at: DateTime<Utc>,
    by: &str,
    despite: Option<&str>,
) -> Entry {
    Entry {
        seq: opened.book.next_seq(),
        recorded_at,
        recorded_by: Text::new(by),
        date,
        despite: despite.map(Text::new),
        event,
    }
}

/// Says of an entry that is not to be written now what the store would say before it writes it.
pub(super) fn readable(entry: &Entry) -> anyhow::Result<()> {
    let line = record::write_line(&Digest::ZERO, entry);
    record::read_line(&line, entry.seq).map(drop).map_err(|faults| not_written(LedgerError::Unwritable { faults }))
}

/// What can't stand in a ledger came from the command line: text too long, or with control characters in it.
pub(super) fn not_written(error: LedgerError) -> anyhow::Error {
    let LedgerError::Unwritable { faults } = error else { return error.into() };
    let told: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
    Misuse::new(
        format!("this can't stand in a ledger: {}", told.join("; ")),
        "ids, numbers and references have 1 to 64 characters, names and free text 1 to 512, none of them control characters",
    )
    .into()
}

/// A decision, and how the command ends.
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
fn decided(opened: Opened, mut judgement: Judgement, written: Option<u64>) -> Decided {
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
    Decided { decision: Decision { judgement, written, head: opened.head, policy_lines }, exit, warnings }
}
