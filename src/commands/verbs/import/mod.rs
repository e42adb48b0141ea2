//! `import`: records approvals and shipments from a CSV, under one lock and with one sync.
//!
//! Entries are judged in effective order (D33), each on top of those before it, by the same rules as `approve` and
//! `ship`: by date, on one day approvals before shipments and these before returns, then in file order. What is recorded
//! already is skipped (R11), so the same file may be imported again, and a longer file continues where the last one
//! ended. Without `--partial` it is all or nothing. `filings` lists the columns.

pub mod customers;
pub mod filings;

use crate::commands::batch::Batch;
use crate::commands::session::{Fold, Session, Writing};
use crate::commands::sheets::Reading;
use crate::commands::{Answer, customers as registered, facts};
use crate::domain::entries::Freed;
use crate::domain::event::{Event, EventKind};
use crate::domain::units::counted;
use crate::domain::words::Word;
use crate::report::import::{Filed, ImportedRow, Outcome};
use chrono::NaiveDate;
use filings::Filing;
use std::path::PathBuf;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    pub file: PathBuf,
    /// Columns of it to ignore, as lists of headings.
    pub ignore: Vec<String>,
    /// Record the good rows even if others are bad.
    pub partial: bool,
}

/// Judges every row, then writes all of them, or none.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let reading = Reading { path: &request.file, again: "run `import` again; nothing was written" };
    let sheet = reading.open(&filings::FORM, &request.ignore)?;
    let filed = filings::read(&sheet);
    let faults = filed.faults(&sheet);
    if !faults.is_empty() && !request.partial {
        let again = format!("{}, and `--partial` records the good rows alone", reading.again);
        return Err(Reading { again: &again, ..reading }.wrong_rows(sheet, faults));
    }
    let mut batch = Batch::on(session.open_to_write(options, Fold::Whole)?, session, options)?;
    let undated = filed.filings.iter().filter(|filing| filing.date.is_none()).count();
    if undated > 0 && options.date.is_none() {
        batch.opened.warnings.push(format!(
            "the file has {} without a date: what is new of them is dated {}; --date sets another day",
            counted(undated, "entry", "entries"),
            batch.date
        ));
    }
    batch.opened.warnings.extend(filed.left_out());
    let freed = batch.opened.book.entries().freed()?;
    let all = filed.filings.len() as u64;
    let mut ordered = Vec::with_capacity(filed.filings.len());
    for (index, filing) in filed.filings.into_iter().enumerate() {
        let date = batch.date_of(filing.date, &filing.event)?;
        ordered.push((date, filing.event.kind(), index, filing));
    }
    // The first registration of a customer holds from the beginning (D5), so customers come first, as they were recorded.
    ordered.sort_by_key(|(date, kind, index, _)| {
        (Some(*date).filter(|_| *kind != EventKind::Customer), later(*kind), *index)
    });
    let mut judged = Vec::with_capacity(ordered.len());
    for (done, (date, _, index, filing)) in (0..).zip(ordered) {
        session.progress.at("judging entries", done, all);
        judged.push((index, judge(&mut batch, filing, date, &freed)?));
    }
    judged.sort_by_key(|(index, _)| *index);
    let mut outcomes: Vec<Outcome> = judged.into_iter().map(|(_, outcome)| outcome).collect();
    let mut rows = Vec::with_capacity(filed.rows.len());
    for row in filed.rows {
        let outcome = row.read.unwrap_or_else(|faults| {
            outcomes.push(Outcome::Bad(faults));
            outcomes.len() - 1
        });
        let event = row.kind.and_then(|kind| Filed::named(kind.as_str()));
        rows.push(ImportedRow { line: row.line, event, number: row.number.into_owned(), outcome });
    }
    batch.finish(rows, outcomes, request.partial, false)
}

/// On one day approvals come first, then shipments, then what came back of them.
fn later(kind: EventKind) -> Option<usize> {
    [EventKind::Shipment, EventKind::Return].iter().position(|later| *later == kind)
}

fn judge(batch: &mut Batch<'_>, filing: Filing, date: NaiveDate, freed: &Freed) -> anyhow::Result<Outcome> {
    if let Some(line) = filing.spoilt_by {
        return Ok(Outcome::HeldBack(line));
    }
    if let Some(message) = filing.clash() {
        return Ok(Outcome::Conflict { entry: None, differs: filing.clashes, message });
    }
    let event = match facts::event(batch.opened.book.as_of(date)?, &filing.event) {
        Ok(event) => event,
        // Only the policy shows that an alias names the same chip (D22).
        Err(misuse) => {
            return Ok(Outcome::Conflict { entry: None, differs: vec!["items"], message: misuse.message });
        }
    };
    if let Event::Customer(record) = &event
        && let Some(conflict) = registered::conflict(batch, record, date)?
    {
        return Ok(conflict);
    }
    let holder = batch.opened.book.entries().holder(&event)?;
    if let (None, Some((entry, by))) = (holder, freed.last(&event)) {
        // The number is free again (D3), but the void shows that somebody took the entry back on purpose.
        let message = format!(
            "entry {entry} with this number was voided by entry {by}; if it did happen, record it with `{}`",
            match event {
                Event::Approval(_) => "approve",
                Event::Return(_) => "return",
                _ => "ship",
            }
        );
        return Ok(Outcome::Conflict { entry: Some(entry), differs: Vec::new(), message });
    }
    batch.enter(filing.place.line, event, date)
}
