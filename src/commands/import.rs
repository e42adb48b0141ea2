//! `import`: approvals and shipments from a CSV, under one lock and with one sync.
//!
//! Entries are judged in file order, each on top of those before it, by the same rules as `approve` and `ship`. What is
//! recorded already is passed over (R11), so the same file may be imported again, and a longer one goes on where the
//! last one ended. Without `--partial` it is all or nothing. `import_csv` lists the columns.

use super::error::Misuse;
use super::import_csv::{self, Filing, Filings};
use super::session::{Fold, Opened, Session, Writing};
use super::sheets::Reading;
use super::{Answer, Exit, order, writing};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Proposal, Verdict};
use crate::domain::event::Event;
use crate::domain::judge::Asked;
use crate::domain::lines::Freed;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::words::Word;
use crate::report::import::{Filed, Imported, ImportedRow, Outcome};
use crate::store::ledger::recording_time;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::PathBuf;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The filings' CSV.
    pub file: PathBuf,
    /// Columns of it to pass over, as lists of headings.
    pub ignore: Vec<String>,
    /// Record what is good, even if other rows are not.
    pub partial: bool,
}

/// Judges every row, then writes all of them, or none.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let reading = Reading { path: &request.file, again: "run `import` again; nothing was written" };
    let sheet = reading.open(&import_csv::FORM, &request.ignore)?;
    let filings = import_csv::read(&sheet);
    let faults = filings.faults(&sheet);
    if !faults.is_empty() && !request.partial {
        let again = format!("{}, and `--partial` records the good rows alone", reading.again);
        return Err(Reading { again: &again, ..reading }.wrong_rows(sheet, faults));
    }
    let opened = session.open_to_write(options, Fold::Whole)?;
    let mut batch = Batch::judge(session, options, opened, &filings)?;
    let may_write = request.partial || !batch.outcomes.iter().any(Outcome::is_wrong);
    if may_write && !options.dry_run {
        batch.opened.append(&batch.admitted)?;
        batch.written = batch.admitted.len();
    }
    Ok(batch.answer(filings, request, options.dry_run))
}

/// All filings, judged on top of one another.
struct Batch {
    opened: Opened,
    admitted: Vec<Admitted>,
    /// One for each filing.
    outcomes: Vec<Outcome>,
    warnings: Vec<String>,
    written: usize,
}

impl Batch {
    fn judge(session: &Session, options: &Writing, opened: Opened, filings: &Filings<'_>) -> anyhow::Result<Self> {
        let recorded_at = recording_time(session.system.now(), opened.last_recorded)?;
        let default_date = options.date.unwrap_or(session.today);
        let head_moved = writing::head_moved(options, &opened);
        let freed = opened.book.lines().freed()?;
        let mut batch = Batch { opened, admitted: Vec::new(), outcomes: Vec::new(), warnings: Vec::new(), written: 0 };
        let undated = filings.filings.iter().filter(|filing| filing.date.is_none()).count();
        if undated > 0 && options.date.is_none() {
            batch.warnings.push(format!(
                "{undated} entries of the file have no date, so they are dated {default_date}; imported again on another day \
                 they would conflict: give --date"
            ));
        }
        let all = filings.filings.len() as u64;
        for (done, filing) in (0..).zip(&filings.filings) {
            session.progress.at("judging entries", done, all);
            let date = filing.date.unwrap_or(default_date);
            let outcome = batch.judge_one(filing, date, recorded_at, options, &head_moved, &freed)?;
            batch.outcomes.push(outcome);
        }
        Ok(batch)
    }

    fn judge_one(
        &mut self,
        filing: &Filing,
        date: NaiveDate,
        recorded_at: DateTime<Utc>,
        options: &Writing,
        head_moved: &Option<Refusal>,
        freed: &Freed,
    ) -> anyhow::Result<Outcome> {
        if let Some(line) = filing.spoilt_by {
            return Ok(Outcome::HeldBack(line));
        }
        if let Some(message) = filing.clash() {
            return Ok(Outcome::Conflict { entry: None, differs: filing.clashes.clone(), message });
        }
        let event = match order::event(self.opened.book.as_of(date)?, &filing.event) {
            Ok(event) => event,
            // Only with the policy at hand is an alias known to be the same chip (D22).
            Err(Misuse { message, .. }) => {
                return Ok(Outcome::Conflict { entry: None, differs: vec!["items"], message });
            }
        };
        let holder = self.opened.book.lines().holder(&event)?;
        if let (None, Some((entry, by))) = (holder, freed.last(&event)) {
            // The number is free again (D3), but whoever voided the entry did not ask for its return.
            let told = format!(
                "entry {entry} with this number was voided by entry {by}; if it did happen, record it with `{}`",
                if let Event::Approval(_) = filing.event { "approve" } else { "ship" }
            );
            return Ok(Outcome::Conflict { entry: Some(entry), differs: Vec::new(), message: told });
        }
        let entry = writing::entry(&self.opened, event, date, recorded_at, &options.by, None);
        let proposal = Proposal { entry, asked: Asked::Record, head_moved: head_moved.clone() };
        let (judgement, admitted) = self.opened.book.enter(proposal)?;
        for warning in &judgement.warnings {
            self.warn(filing.place.line, warning);
        }
        Ok(match judgement.verdict {
            Verdict::AlreadyRecorded(seq) => Outcome::AlreadyRecorded(seq),
            Verdict::Admitted => {
                if options.dry_run && self.admitted.is_empty() {
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
    fn warn(&mut self, line: u64, warning: &str) {
        if !self.warnings.iter().any(|held| held.split_once(": ").is_some_and(|(_, told)| told == warning)) {
            self.warnings.push(format!("line {line}: {warning}"));
        }
    }

    fn answer(self, filings: Filings<'_>, request: &Request, dry_run: bool) -> Answer {
        let Batch { opened, mut outcomes, warnings: own, written, .. } = self;
        let mut rows = Vec::with_capacity(filings.rows.len());
        for row in filings.rows {
            let outcome = match row.read {
                Ok(filing) => filing,
                Err(faults) => {
                    outcomes.push(Outcome::Bad(faults));
                    outcomes.len() - 1
                }
            };
            rows.push(ImportedRow {
                line: row.line,
                event: row.kind.and_then(|kind| Filed::named(kind.as_str())),
                number: row.number.into_owned(),
                outcome,
            });
        }
        let exit = outcomes.iter().fold(Exit::Fine, |exit, outcome| match outcome {
            Outcome::New(_) | Outcome::AlreadyRecorded(_) => exit,
            Outcome::Conflict { .. } | Outcome::Refused(_) | Outcome::Orphaned(_) => exit.max(Exit::No),
            Outcome::Bad(_) | Outcome::HeldBack(_) => exit.max(Exit::NotValid),
        });
        let mut warnings = opened.warnings;
        warnings.extend(own);
        let document = Imported {
            head: opened.head,
            dry_run,
            partial: request.partial,
            whole: false,
            written,
            rows,
            outcomes,
            warnings: warnings.clone(),
        };
        Answer { document: Box::new(document), exit, warnings }
    }
}
