//! The rows of a customers' file, each judged on top of those before it: for a ledger to come and for one that is there.

use super::customers_csv::{Customers, Row};
use super::session::Opened;
use super::{register, writing};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Proposal, Verdict};
use crate::domain::event::{Event, Seq};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::judge::Asked;
use crate::domain::lookalike::Looks;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::State;
use crate::domain::text::Text;
use crate::report::import::Outcome;
use crate::store::csv::Sheet;
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
    /// What is wrong with rows, whether they can't be read or can't be registered.
    pub(super) faults: Vec<Fault>,
}

/// Judges the rows and takes them into the book. Of whoever has a parent in a row that is wrong, nothing is known.
pub(super) fn judge(
    opened: &mut Opened,
    recording: &Recording<'_>,
    sheet: &Sheet,
    customers: Customers,
) -> anyhow::Result<Judged> {
    let Customers { rows, mut spoilt, faults } = customers;
    let mut looks = Looks::of(opened.book.as_of(recording.date)?);
    let mut judged = Judged { admitted: Vec::with_capacity(rows.len()), faults, ..Judged::default() };
    for row in rows {
        if let Some(parent) = row.parent().filter(|parent| spoilt.contains(*parent)) {
            let outcome = Outcome::Orphaned(parent.to_string());
            spoilt.insert(row.change.id.clone());
            judged.rows.push((row, outcome));
            continue;
        }
        let state = opened.book.as_of(recording.date)?;
        let change = register::resolved(state, &row.change);
        let record = register::record(&change, state.record(&change.id))?;
        let known = state.customer(&record.id).and_then(|known| state.customer_at(known));
        let differs = known.map(|known| (known.registered.entry, known.registered.record.differing(&record)));
        let told = looks.warnings(&change.id, &change.names(state.record(&change.id)));
        judged.warnings.extend(told.into_iter().map(|told| format!("line {}: {told}", row.place.line)));
        looks.add(&record);
        let event = Event::Customer(record);
        let entry = writing::entry(opened, event, recording.date, recording.recorded_at, recording.by, None);
        let outcome = if let Some((holder, differs)) = differs.filter(|(_, differs)| !differs.is_empty()) {
            let (message, field) = (conflict(&row, holder, &differs), differs.first().copied());
            let fault = Fault::new(FaultCode::FieldInvalid, message.clone());
            judged.faults.push(row.blame(sheet, field, fault));
            Outcome::Conflict { entry: Some(holder), differs, message }
        } else {
            let head_moved = recording.head_moved.clone();
            let (judgement, admitted) = opened.book.enter(Proposal { entry, asked: Asked::Record, head_moved })?;
            judged.warnings.extend(judgement.warnings.iter().map(|told| format!("line {}: {told}", row.place.line)));
            match judgement.verdict {
                Verdict::AlreadyRecorded(seq) => Outcome::AlreadyRecorded(seq),
                Verdict::Admitted => {
                    if judged.admitted.is_empty() {
                        // Cells were checked as they were read: only the name of who records them was not.
                        writing::readable(&judgement.entry)?;
                    }
                    judged.admitted.extend(admitted);
                    Outcome::New(judgement.entry.seq)
                }
                Verdict::Refused => {
                    spoilt.insert(row.change.id.clone());
                    let state = opened.book.as_of(recording.date)?;
                    judged
                        .faults
                        .extend(judgement.refusals.iter().map(|refusal| as_fault(refusal, &row, state, sheet)));
                    Outcome::Refused(judgement.refusals)
                }
            }
        };
        judged.rows.push((row, outcome));
    }
    Ok(judged)
}

/// A refusal as a fault of the cell that it is about.
fn as_fault(refusal: &Refusal, row: &Row, state: &State, sheet: &Sheet) -> Fault {
    let told = format!("{} ({})", refusal.message(), refusal.code.as_str());
    let fault = Fault { help: refusal.help.clone(), ..Fault::new(FaultCode::FieldInvalid, told) };
    let taken = |name: &str| state.customers_called(name).next().is_some();
    let field = match refusal.code {
        Code::NameTaken if taken(row.change.id.as_str()) => Some("id"),
        Code::NameTaken if !row.change.name.as_ref().is_some_and(|name| taken(name.as_str())) => Some("aliases"),
        _ => refusal.field.as_ref().map(Text::as_str),
    };
    row.blame(sheet, field, fault)
}

/// A file states facts; it does not change what is recorded (R11).
fn conflict(row: &Row, holder: Seq, differs: &[&'static str]) -> String {
    let id = &row.change.id;
    format!(
        "customer `{id}` is registered as entry {holder} with another {}; `exquota register {id}` changes it",
        differs.join(", another ")
    )
}
