//! `import --customers`: registers the customers of a file under one lock and with one sync, all or none.
//!
//! The file is that of `init --customers` (D27). A customer that is registered with the same record is skipped (R11).
//! One that is registered with another record is a conflict, because a file states facts and changes none.

use crate::commands::batch::Batch;
use crate::commands::session::{Fold, Session, Writing};
use crate::commands::sheets::Reading;
use crate::commands::{Answer, customers, customers_csv};
use crate::report::import::{Filed, ImportedRow};
use std::path::Path;

/// Judges every row, then registers all customers that are new, or none.
pub fn run(session: &Session, options: &Writing, path: &Path, ignore: &[String]) -> anyhow::Result<Answer> {
    let reading = Reading { path, again: "run `import --customers` again; nothing was written" };
    let sheet = reading.open(&customers_csv::FORM, ignore)?;
    let mut read = customers_csv::read(&sheet);
    let unreadable = !read.faults.is_empty();
    // If a row can't be read, nothing is written. The others are judged all the same, to report every fault.
    let opened = if unreadable { session.open(Fold::Whole)? } else { session.open_to_write(options, Fold::Whole)? };
    let mut batch = Batch::on(opened, session, options)?;
    let mut judged = customers::judge(&mut batch, &sheet, &mut read)?;
    if unreadable {
        return Err(reading.wrong_rows(sheet, read.faults));
    }
    // Parents were judged first; the file's order is what a person reads.
    judged.sort_by_key(|(row, _)| row.place.line);
    let row = |(outcome, (row, became)): (usize, (customers_csv::CustomerRow, _))| {
        (
            ImportedRow {
                line: row.place.line,
                event: Some(Filed::Customer),
                number: row.change.id.to_string(),
                outcome,
            },
            became,
        )
    };
    let (rows, outcomes) = judged.into_iter().enumerate().map(row).unzip();
    batch.finish(rows, outcomes, false, true)
}
