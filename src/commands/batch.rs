//! What the rows of a file record, each judged on top of those before it, and written all at once.

use crate::commands::session::{Opened, Session, Writing};
use crate::commands::{Answer, Exit, writing};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Proposal, Verdict};
use crate::domain::event::Event;
use crate::domain::judge::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::report::import::{Imported, ImportedRow, Outcome};
use crate::store::ledger::recording_time;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashSet;

/// A ledger, and what is to be appended to it.
pub(super) struct Batch<'a> {
    pub(super) opened: Opened,
    pub(super) admitted: Vec<Admitted>,
    /// The day of rows that have none.
    pub(super) date: NaiveDate,
    options: &'a Writing,
    recorded_at: DateTime<Utc>,
    head_moved: Option<Refusal>,
    warned: HashSet<String>,
}

impl<'a> Batch<'a> {
    /// Nothing is judged yet.
    pub(super) fn on(opened: Opened, session: &Session, options: &'a Writing) -> anyhow::Result<Self> {
        Ok(Batch {
            admitted: Vec::new(),
            date: options.date.unwrap_or(session.today),
            options,
            recorded_at: recording_time(session.system.now(), opened.last_recorded)?,
            head_moved: writing::head_moved(options, &opened),
            warned: HashSet::new(),
            opened,
        })
    }

    /// Judges what the row of this line says. What is admitted is in the book from here on.
    pub(super) fn enter(&mut self, line: u64, event: Event, date: NaiveDate) -> anyhow::Result<Outcome> {
        let holder = self.opened.book.entries().holder(&event)?;
        let entry = writing::entry(&self.opened, event, date, self.recorded_at, &self.options.by, None);
        let proposal = Proposal { entry, asked: Asked::Record, head_moved: self.head_moved.clone() };
        let (judgement, admitted) = self.opened.book.enter(proposal)?;
        self.warn(line, judgement.warnings);
        Ok(match judgement.verdict {
            Verdict::AlreadyRecorded(seq) => Outcome::AlreadyRecorded(seq),
            Verdict::Admitted => {
                if self.options.dry_run && self.admitted.is_empty() {
                    // Cells were checked as they were read: what only this can tell is the name of who records them.
                    writing::readable(&judgement.entry)?;
                }
                self.admitted.extend(admitted);
                Outcome::New(judgement.entry.seq)
            }
            Verdict::Refused => match judgement.refusals.as_slice() {
                [taken] if matches!(taken.code, Code::LicenceExists | Code::ReferenceExists) => Outcome::Conflict {
                    entry: holder,
                    differs: taken.differs.clone(),
                    message: taken.message().into_owned(),
                },
                _ => Outcome::Refused(judgement.refusals),
            },
        })
    }

    /// Each warning once, with the first line it is about.
    pub(super) fn warn(&mut self, line: u64, warnings: impl IntoIterator<Item = String>) {
        let new = warnings.into_iter().filter(|told| self.warned.insert(told.clone()));
        self.opened.warnings.extend(new.map(|told| format!("line {line}: {told}")));
    }

    /// Writes what was admitted, unless a row is wrong; with `partial` whatever the others are.
    pub(super) fn finish(
        mut self,
        rows: Vec<ImportedRow>,
        outcomes: Vec<Outcome>,
        partial: bool,
        whole: bool,
    ) -> anyhow::Result<Answer> {
        let dry_run = self.options.dry_run;
        let mut written = 0;
        if !dry_run && (partial || !outcomes.iter().any(Outcome::is_wrong)) {
            self.opened.append(&self.admitted)?;
            written = self.admitted.len();
        }
        let exit = outcomes.iter().fold(Exit::Fine, |exit, outcome| match outcome {
            Outcome::New(_) | Outcome::AlreadyRecorded(_) => exit,
            Outcome::Conflict { .. } | Outcome::Refused(_) | Outcome::Orphaned(_) => exit.max(Exit::No),
            Outcome::Bad(_) | Outcome::HeldBack(_) => exit.max(Exit::NotValid),
        });
        let Opened { head, warnings, .. } = self.opened;
        let document = Imported { head, dry_run, partial, whole, written, rows, outcomes, warnings: warnings.clone() };
        Ok(Answer { document: Box::new(document), exit, warnings })
    }
}
