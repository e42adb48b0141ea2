//! `import --customers`: the customers of a file, registered under one lock and with one sync, all or none.
//!
//! The file is that of `init --customers` (D27). Who is registered with this record is passed over (R11); who is
//! registered with another one is a conflict, since a file states facts and changes none.

use super::customers::{self, Judged, Recording};
use super::session::{Fold, Opened, Session, Writing};
use super::sheets::Reading;
use super::{Answer, Exit, customers_csv, writing};
use crate::report::import::{Filed, Imported, ImportedRow, Outcome};
use crate::store::ledger::recording_time;
use std::path::Path;

/// Judges every row, then registers all customers that are new, or none.
pub fn run(session: &Session, options: &Writing, path: &Path, ignore: &[String]) -> anyhow::Result<Answer> {
    let reading = Reading { path, again: "run `import --customers` again; nothing was written" };
    let sheet = reading.open(&customers_csv::FORM, ignore)?;
    let read = customers_csv::read(&sheet);
    let unreadable = !read.faults.is_empty();
    // With a row that can't be read nothing is written: the others are judged for what is wrong with them.
    let mut opened =
        if unreadable { session.open(Fold::Whole)? } else { session.open_to_write(options, Fold::Whole)? };
    let recording = Recording {
        date: options.date.unwrap_or(session.today),
        recorded_at: recording_time(session.system.now(), opened.last_recorded)?,
        by: options.by.as_str(),
        head_moved: writing::head_moved(options, &opened),
    };
    let judged = customers::judge(&mut opened, &recording, &sheet, read)?;
    if unreadable {
        return Err(reading.wrong_rows(sheet, judged.faults));
    }
    let mut written = 0;
    if !options.dry_run && !judged.rows.iter().any(|(_, outcome)| outcome.is_wrong()) {
        opened.append(&judged.admitted)?;
        written = judged.admitted.len();
    }
    Ok(answer(opened, judged, written, options.dry_run))
}

fn answer(opened: Opened, judged: Judged, written: usize, dry_run: bool) -> Answer {
    let Judged { mut rows, warnings: own, .. } = judged;
    // Parents were judged first; the file's order is what a person reads.
    rows.sort_by_key(|(row, _)| row.place.line);
    let exit = rows.iter().fold(Exit::Fine, |exit, (_, outcome)| match outcome {
        Outcome::New(_) | Outcome::AlreadyRecorded(_) => exit,
        Outcome::Conflict { .. } | Outcome::Refused(_) | Outcome::Orphaned(_) => exit.max(Exit::No),
        Outcome::Bad(_) | Outcome::HeldBack(_) => exit.max(Exit::NotValid),
    });
    let mut warnings = opened.warnings;
    warnings.extend(own);
    let (rows, outcomes) = rows
        .into_iter()
        .enumerate()
        .map(|(index, (row, outcome))| {
            let line = row.place.line;
            (
                ImportedRow { line, event: Some(Filed::Customer), number: row.change.id.to_string(), outcome: index },
                outcome,
            )
        })
        .unzip();
    let document = Imported {
        head: opened.head,
        dry_run,
        partial: false,
        whole: true,
        written,
        rows,
        outcomes,
        warnings: warnings.clone(),
    };
    Answer { document: Box::new(document), exit, warnings }
}
