//! `void`: takes entries out, several in one batch, newest first, all or none (R9).

use crate::commands::batch::Batch;
use crate::commands::comparing::Comparing;
use crate::commands::error::Misuse;
use crate::commands::session::{Fold, Opened, Session, Writing};
use crate::commands::{Answer, Exit, writing};
use crate::domain::book::{Book, Proposal};
use crate::domain::entries::Entries;
use crate::domain::event::{Entry, Event, Number, Seq, Void};
use crate::domain::judge::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::{LicenceNumber, Reference, Text, nearest};
use crate::domain::units::counted;
use crate::report::import::Outcome;
use crate::report::voids::{Voided, Voids};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The entries that a refusal looks through for what stands on them.
const SOUGHT: usize = 50;
/// The entries that a help text names.
const NAMED: usize = 20;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// Entries' numbers, licences and references.
    pub entries: Vec<Text>,
    pub reason: Text,
}

/// An entry to take out. A text that names none has the refusal that says so.
struct Target {
    named: Vec<Text>,
    entry: Result<Seq, Refusal>,
}

/// Judges the voids, then writes them.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let mut opened = session.open_to_write(options, Fold::Whole)?;
    let day = options.date.unwrap_or(session.today);
    let mut targets: Vec<Target> = Vec::new();
    for given in &request.entries {
        let entry = find(&mut opened, day, given)?;
        match targets.iter_mut().find(|target| entry.is_ok() && target.entry == entry) {
            Some(target) => target.named.push(given.clone()),
            None => targets.push(Target { named: vec![given.clone()], entry }),
        }
    }
    match (request.entries.len(), targets.pop()) {
        (1, Some(only)) => one(session, options, opened, only, &request.reason),
        (_, last) => {
            targets.extend(last);
            several(session, options, opened, targets, &request.reason)
        }
    }
}

fn one(session: &Session, options: &Writing, opened: Opened, target: Target, reason: &Text) -> anyhow::Result<Answer> {
    let event = void(*target.entry.as_ref().unwrap_or(&0), reason);
    let mut judged = writing::judge_on(opened, session, options, None, |_| Ok(event))?;
    if let (Err(unknown), [refused]) = (target.entry, judged.judgement.refusals.as_mut_slice())
        && refused.code == Code::EntryUnknown
    {
        *refused = unknown;
    }
    let proposed = judged.judgement.entry.clone();
    let first = first(&mut judged.opened, &judged.judgement.refusals, &proposed)?;
    if let Some(last) = judged.judgement.refusals.iter_mut().rfind(|refusal| refusal.entry.is_some()) {
        last.help = Some(take_out_first(&first));
    }
    Ok(judged.write(options)?.into())
}

fn several(
    session: &Session,
    options: &Writing,
    opened: Opened,
    mut targets: Vec<Target>,
    reason: &Text,
) -> anyhow::Result<Answer> {
    if options.despite.is_some() {
        let next = "leave it out, or take out one entry at a time";
        return Err(Misuse::new("--despite goes with one entry", next).into());
    }
    targets.sort_by_key(|target| Reverse(target.entry.as_ref().ok().copied()));
    let mut batch = Batch::on(opened, session, options)?;
    let date = batch.date;
    let entries = batch.opened.book.entries();
    let live = targets.iter().filter_map(|target| target.entry.as_ref().ok());
    let live = live.filter(|entry| entries.voided_by(**entry).is_none());
    let drafts: Vec<Entry> = live.map(|entry| batch.draft(void(*entry, reason), date)).collect();
    let comparing = Comparing::begin(&mut batch.opened, &drafts)?;
    let mut outcomes = Vec::with_capacity(targets.len());
    for target in &targets {
        outcomes.push(match &target.entry {
            Ok(entry) => {
                let (outcome, warnings) = batch.judge(void(*entry, reason), date)?;
                batch.opened.warnings.extend(warnings);
                outcome
            }
            Err(unknown) => Outcome::Refused(vec![unknown.clone()]),
        });
    }
    let refusals: Vec<Refusal> = outcomes.iter().flat_map(Outcome::refusals).cloned().collect();
    let proposed = batch.draft(void(0, reason), date);
    let mut first = first(&mut batch.opened, &refusals, &proposed)?;
    first.retain(|seq| targets.iter().all(|target| target.entry.as_ref().ok() != Some(seq)));
    let is_wrong = outcomes.iter().any(Outcome::is_wrong);
    let comparing = comparing.filter(|_| !is_wrong && !batch.admitted.is_empty());
    let effects = comparing.map(|comparing| comparing.finish(&mut batch.opened)).transpose()?;
    let written = batch.write(&outcomes, false)?;
    let Opened { book, head, warnings, .. } = batch.opened;
    let help = (!first.is_empty()).then(|| take_out_first(&first));
    let rows = rows(&book, targets, outcomes)?;
    let document = Voids {
        head,
        date,
        reason: reason.clone(),
        written: written > 0,
        refused: is_wrong,
        rows,
        first,
        help,
        effects,
        warnings: warnings.clone(),
    };
    let exit = if is_wrong { Exit::No } else { Exit::Fine };
    Ok(Answer { document: Box::new(document), exit, warnings })
}

fn rows(book: &Book, targets: Vec<Target>, outcomes: Vec<Outcome>) -> anyhow::Result<Vec<Voided>> {
    let mut rows = Vec::with_capacity(targets.len());
    for (Target { named, entry }, outcome) in targets.into_iter().zip(outcomes) {
        let entry = entry.map_or(Ok(None), |seq| book.entries().get(seq))?;
        rows.push(Voided { named, entry: entry.map(|entry| entry.into_owned()), outcome });
    }
    Ok(rows)
}

fn void(entry: Seq, reason: &Text) -> Event {
    Event::Void(Void { entry, reason: reason.clone() })
}

/// The entry that a text names: its number, or the licence or reference of a live entry. If only voided entries had that
/// number, the last of them, so that a command given again finds what it did (D19).
fn find(opened: &mut Opened, day: NaiveDate, given: &Text) -> anyhow::Result<Result<Seq, Refusal>> {
    let called = called(opened.book.entries(), given)?;
    if let Ok(seq) = given.as_str().parse::<Seq>()
        && (called.is_empty() || (1..opened.book.next_seq()).contains(&seq))
    {
        opened.warnings.extend(called.iter().filter(|other| **other != seq).map(|other| {
            format!("`{given}` is taken as entry {seq}; to take out what has the number `{given}`, give entry {other}")
        }));
        return Ok(Ok(seq));
    }
    match called.as_slice() {
        [only] => Ok(Ok(*only)),
        [] => {
            let state = opened.as_of(day)?;
            let mut known: Vec<String> = state.licences().map(|licence| licence.number.to_string()).collect();
            known.extend(opened.book.entries().shipment_references()?);
            let told = format!("no entry, licence or reference is called `{given}`");
            let refusal = Refusal::new(Code::EntryUnknown, told).field("entry");
            let near = nearest(given.as_str(), known.iter().map(String::as_str));
            Ok(Err(refusal.nearest(near).help("`exquota log` lists the entries")))
        }
        [licence, reference, ..] => {
            let told = format!("`{given}` is a licence (entry {licence}) and a reference (entry {reference})");
            Err(Misuse::new(told, "give the entry's number").into())
        }
    }
}

/// The entries that have this licence number or this reference; where no live entry has either, those that had it last.
fn called(entries: &Entries, given: &Text) -> anyhow::Result<Vec<Seq>> {
    let (licence, reference) = (LicenceNumber::new(given.as_str()), Reference::new(given.as_str()));
    let numbers = [Number::Licence(&licence), Number::Reference(&reference)];
    let mut called = Vec::new();
    for number in numbers {
        called.extend(entries.holder_beside(number, None)?);
    }
    if called.is_empty() {
        let freed = entries.freed()?;
        called.extend(numbers.into_iter().filter_map(|number| freed.last_called(number)).map(|(entry, _)| entry));
    }
    Ok(called)
}

/// What is to be taken out before the refused entries, newest first: what their voids would break, and what stands on
/// that.
fn first(opened: &mut Opened, refusals: &[Refusal], proposed: &Entry) -> anyhow::Result<Vec<Seq>> {
    let mut first = BTreeSet::new();
    let mut open: Vec<Seq> = broken(refusals).collect();
    while let Some(entry) = open.pop() {
        if !first.insert(entry) || first.len() > SOUGHT {
            continue;
        }
        let event = Event::Void(Void { entry, reason: Text::default() });
        let entry = Entry { seq: opened.book.next_seq(), event, ..proposed.clone() };
        let judgement = opened.propose(Proposal { entry, asked: Asked::Record, head_moved: None })?;
        open.extend(broken(&judgement.refusals));
    }
    Ok(first.into_iter().rev().collect())
}

fn broken(refusals: &[Refusal]) -> impl Iterator<Item = Seq> {
    refusals.iter().filter_map(|refusal| refusal.entry.as_ref()).map(|broken| broken.seq)
}

fn take_out_first(first: &[Seq]) -> String {
    let named: Vec<String> = first.iter().take(NAMED).map(ToString::to_string).collect();
    let more = first.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {} more", counted(more, "entry", "entries")) };
    format!("take out first, in this order: {}{more}; one `exquota void` takes several entries", named.join(", "))
}
