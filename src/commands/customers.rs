//! The rows of a customers' file, each judged on top of those before it: for a ledger to come and for one that is there.

use super::customers_csv::{Customers, Row};
use super::session::Opened;
use super::{register, writing};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Proposal, Verdict};
use crate::domain::event::{Digest, Entry, Event, Registration, Seq};
use crate::domain::fault::Fault;
use crate::domain::judge::Asked;
use crate::domain::lookalike::Looks;
use crate::domain::refusal::Refusal;
use crate::report::import::Outcome;
use crate::store::record;
use chrono::{DateTime, NaiveDate, Utc};

/// Whose entries they are to be.
pub(super) struct Recording<'a> {
    pub(super) date: NaiveDate,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) by: &'a str,
    /// The refusal where `--expect-head` names another head.
    pub(super) head_moved: Option<Refusal>,
}

/// What became of the rows.
#[derive(Default)]
pub(super) struct Judged {
    /// Rows in the order in which they were judged: parents first.
    pub(super) rows: Vec<(Row, Outcome)>,
    pub(super) admitted: Vec<Admitted>,
    pub(super) warnings: Vec<String>,
}

/// Judges the rows and takes them into the book. Of whoever has a parent in a row that is wrong, nothing is known.
pub(super) fn judge(opened: &mut Opened, recording: &Recording<'_>, customers: Customers) -> anyhow::Result<Judged> {
    let Customers { rows, mut spoilt, .. } = customers;
    let mut looks = Looks::of(opened.book.as_of(recording.date)?);
    let mut judged = Judged { admitted: Vec::with_capacity(rows.len()), ..Judged::default() };
    for row in rows {
        if let Some(parent) = row.request.parent.as_ref().filter(|parent| spoilt.contains(*parent)) {
            let outcome = Outcome::Orphaned(parent.clone());
            spoilt.insert(row.request.id.clone());
            judged.rows.push((row, outcome));
            continue;
        }
        let state = opened.book.as_of(recording.date)?;
        let change = register::change(state, &row.request);
        let record = register::record(&change, state.record(&change.id))?;
        let known = state.customer(&record.id).and_then(|known| state.customer_at(known));
        let differs = known.map(|known| (known.registered.entry, differing(&known.registered.record, &record)));
        let told = looks.warnings(&change.id, &change.names(state.record(&change.id)));
        judged.warnings.extend(told.into_iter().map(|told| format!("line {}: {told}", row.line)));
        looks.add(&record);
        let event = Event::Customer(record);
        let entry = writing::entry(opened, event, recording.date, recording.recorded_at, recording.by, None);
        let outcome = match (differs.filter(|(_, differs)| !differs.is_empty()), faults(&entry, row.line)) {
            (Some((holder, differs)), _) => conflict(&row, holder, differs),
            (None, Some(faults)) => Outcome::Bad(faults),
            (None, None) => {
                let head_moved = recording.head_moved.clone();
                let (judgement, admitted) = opened.book.enter(Proposal { entry, asked: Asked::Record, head_moved })?;
                judged.warnings.extend(judgement.warnings.iter().map(|told| format!("line {}: {told}", row.line)));
                match judgement.verdict {
                    Verdict::AlreadyRecorded(seq) => Outcome::AlreadyRecorded(seq),
                    Verdict::Admitted => {
                        judged.admitted.extend(admitted);
                        Outcome::New(judgement.entry.seq)
                    }
                    Verdict::Refused => Outcome::Refused(judgement.refusals),
                }
            }
        };
        if matches!(outcome, Outcome::Bad(_) | Outcome::Refused(_)) {
            spoilt.insert(row.request.id.clone());
        }
        judged.rows.push((row, outcome));
    }
    Ok(judged)
}

/// What keeps the entry from standing in a ledger, if anything does.
fn faults(entry: &Entry, line: u64) -> Option<Vec<Fault>> {
    let found = record::read_line(&record::write_line(&Digest::ZERO, entry), entry.seq).err()?;
    Some(found.into_iter().map(|fault| Fault { column: None, span: None, ..fault }.line(line)).collect())
}

/// A file states facts; it does not change what is recorded (R11).
fn conflict(row: &Row, holder: Seq, differs: Vec<&'static str>) -> Outcome {
    let id = &row.request.id;
    let message = format!(
        "customer `{id}` is registered as entry {holder} with another {}; `exquota register {id}` changes it",
        differs.join(", another ")
    );
    Outcome::Conflict { entry: Some(holder), differs, message }
}

/// The fields in which two records of one customer differ.
fn differing(held: &Registration, given: &Registration) -> Vec<&'static str> {
    [
        ("name", held.name == given.name),
        ("country", held.country == given.country),
        ("parent", held.parent == given.parent),
        ("aliases", held.aliases == given.aliases),
        ("flags", held.flags == given.flags),
    ]
    .into_iter()
    .filter_map(|(field, same)| (!same).then_some(field))
    .collect()
}
