//! `import --customers`: the customers of a file, registered under one lock and with one sync, all or none.
//!
//! The file is that of `init --customers` (D27). Who is registered with this record is passed over (R11); who is
//! registered with another one is a conflict, since a file states facts and changes none.

use super::customers::{self, Judged, Recording};
use super::error::NotValid;
use super::session::{Fold, Opened, Session, Writing};
use super::{Answer, Exit, customers_csv, sheet, writing};
use crate::report::import::{Imported, ImportedRow, Outcome};
use crate::store::ledger::recording_time;
use std::path::Path;

/// Judges every row, then registers all customers that are new, or none.
pub fn run(session: &Session, options: &Writing, path: &Path) -> anyhow::Result<Answer> {
    let bytes = sheet::load(path)?;
    let not_valid = |faults| NotValid {
        what: "the customers' file",
        path: path.display().to_string(),
        source_text: String::new(),
        faults,
        next: "mend these rows and run `import --customers` again; nothing was written".to_owned(),
    };
    let mut read = customers_csv::read(&bytes).map_err(not_valid)?;
    if !read.faults.is_empty() {
        read.faults.sort_by_key(|fault| fault.line);
        return Err(not_valid(read.faults).into());
    }
    let mut opened = session.open_to_write(options, Fold::Whole)?;
    let recording = Recording {
        date: options.date.unwrap_or(session.today),
        recorded_at: recording_time(session.system.now(), opened.last_recorded)?,
        by: options.by.as_str(),
        head_moved: writing::head_moved(options, &opened),
    };
    let judged = customers::judge(&mut opened, &recording, read)?;
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
    rows.sort_by_key(|(row, _)| row.line);
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
            let line = row.line;
            (ImportedRow { line, event: Some("customer"), number: row.request.id, outcome: index }, outcome)
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
