//! Judges the rows of a file, each on top of those before it, and writes them all at once.

use crate::commands::session::{Opened, Session, Writing};
use crate::commands::{Answer, Exit, writing};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Proposal, Verdict};
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::judge::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::report::import::{Imported, ImportedRow, Outcome};
use crate::store::ledger::recording_time;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashSet;

/// A ledger, and the entries to append to it.
pub(super) struct Batch<'a> {
    pub(super) opened: Opened,
    pub(super) admitted: Vec<Admitted>,
    /// The day of rows without one.
    pub(super) date: NaiveDate,
    /// The number of its first entry.
    pub(super) first_new: Seq,
    options: &'a Writing,
    recorded_at: DateTime<Utc>,
    head_moved: Option<Refusal>,
    warned: HashSet<String>,
}

impl<'a> Batch<'a> {
    /// A batch on an opened ledger, with nothing judged yet.
    pub(super) fn on(opened: Opened, session: &Session, options: &'a Writing) -> anyhow::Result<Self> {
        Ok(Batch {
            admitted: Vec::new(),
            date: options.date.unwrap_or(session.today),
            first_new: opened.book.next_seq(),
            options,
            recorded_at: recording_time(session.system.now(), opened.last_recorded, options.after_last)?,
            head_moved: writing::head_moved(options, opened.head),
            warned: HashSet::new(),
            opened,
        })
    }

    /// The day of a row: its own, else the batch's (D36).
    pub(super) fn date_of(&mut self, own: Option<NaiveDate>, event: &Event) -> anyhow::Result<NaiveDate> {
        Ok(self.opened.date(own.or(self.options.date), Some(event))?.unwrap_or(self.date))
    }

    /// The entry that would be written next.
    pub(super) fn draft(&self, event: Event, date: NaiveDate) -> Entry {
        writing::entry(&self.opened, event, date, self.recorded_at, &self.options.by, self.options.despite.clone())
    }

    /// Judges the event of the row on this line. An admitted event is in the book from here on.
    pub(super) fn enter(&mut self, line: u64, event: Event, date: NaiveDate) -> anyhow::Result<Outcome> {
        let (outcome, warnings) = self.judge(event, date)?;
        self.warn(line, warnings);
        Ok(outcome)
    }

    /// Judges an event, and gives its warnings. An admitted event is in the book from here on.
    pub(super) fn judge(&mut self, event: Event, date: NaiveDate) -> anyhow::Result<(Outcome, Vec<String>)> {
        let holder = self.opened.book.entries().holder(&event)?;
        let entry = self.draft(event, date);
        let proposal = Proposal { entry, asked: Asked::Record, head_moved: self.head_moved.clone() };
        let (mut judgement, admitted) = self.opened.book.enter(proposal)?;
        if judgement.is_violation() {
            let against = judgement.refusals.iter().map(|refusal| format!("[{}] {}", refusal.code, refusal.message()));
            judgement.warnings.extend(against.map(|told| format!("recorded despite the rules: {told}")));
        }
        let outcome = match judgement.verdict {
            Verdict::AlreadyRecorded(seq) => Outcome::AlreadyRecorded(seq),
            Verdict::Admitted => {
                if self.options.dry_run && self.admitted.is_empty() {
                    // Cells were checked as they were read. Only the name of the person who records them was not.
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
        };
        Ok((outcome, judgement.warnings))
    }

    /// Adds each warning once, with the first line that it is about.
    pub(super) fn warn(&mut self, line: u64, warnings: impl IntoIterator<Item = String>) {
        let new = warnings.into_iter().filter(|told| self.warned.insert(told.clone()));
        self.opened.warnings.extend(new.map(|told| format!("line {line}: {told}")));
    }

    /// Writes the admitted entries if no outcome is wrong; with `partial`, in any case. Gives how many it wrote.
    pub(super) fn write(&mut self, outcomes: &[Outcome], partial: bool) -> anyhow::Result<usize> {
        if self.options.dry_run || (!partial && outcomes.iter().any(Outcome::is_wrong)) {
            return Ok(0);
        }
        self.opened.append(&self.admitted, Some(self.date))?;
        Ok(self.admitted.len())
    }

    /// Writes what may be written, and answers for the rows.
    pub(super) fn finish(
        mut self,
        rows: Vec<ImportedRow>,
        outcomes: Vec<Outcome>,
        partial: bool,
        whole: bool,
    ) -> anyhow::Result<Answer> {
        let dry_run = self.options.dry_run;
        let written = self.write(&outcomes, partial)?;
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
