//! `report`: makes one page to hand on, from what `headroom`, `licences` and `log` show.

use crate::commands::error::MachineFailed;
use crate::commands::session::{KnownAt, Session};
use crate::commands::verbs::{headroom, licences};
use crate::commands::{Answer, Exit};
use crate::domain::book::{Book, Finding};
use crate::domain::exceptions::holding;
use crate::domain::headroom::{HeadroomRow, headroom as all_rows};
use crate::domain::state::{Licence, Standing};
use crate::domain::text::Text;
use crate::domain::timeline::{Followed, timelines};
use crate::report::html::{Counted, Report, Soon};
use crate::report::licences::LicenceStanding;
use crate::store::put::{FileError, PagePlace};
use anyhow::Context;
use chrono::NaiveDate;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who hands the page on, or what it is about.
    pub title: Option<Text>,
    /// The page's file. An older page is replaced. The page is printed where no file is given.
    pub out: Option<PathBuf>,
    /// Today where none is given.
    pub as_of: Option<NaiveDate>,
    /// Answers from what was recorded up to here.
    pub known_at: Option<KnownAt>,
    /// A licence expires soon if it does so within this many days.
    pub expiring: u32,
    /// Whether to draw how each family used its ceiling over time.
    pub curves: bool,
}

/// Makes the page, and writes it or answers with it.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let place =
        request.out.as_deref().map(|path| PagePlace::at(&*session.system, path)).transpose().map_err(not_written)?;
    let mut opened = session.open(request.known_at.into())?;
    let as_of = opened.day(request.as_of, session.today)?;
    let date = as_of.date;
    let mut rows = all_rows(opened.book.as_of(date)?, None)?;
    rows.retain(HeadroomRow::is_reached);
    let mut followed = vec![Followed::widest(&rows)];
    if request.curves {
        followed.extend(Followed::families(&rows));
    }
    let mut timelines = timelines(&mut opened.book, followed, date)?.into_iter();
    let headroom = headroom::table(&mut opened, as_of, rows, None)?;
    let counted = counted(&opened.book, date)?;
    let entries = opened.book.entries().len() as u64;
    let state = opened.book.as_of(date)?;
    let soon = state.licences().filter(|licence| licence.expires_within(date, request.expiring));
    let standings = |licences: Vec<&Licence>| -> Vec<LicenceStanding> {
        licences.into_iter().map(|licence| licences::standing(state, licence)).collect()
    };
    let mut soon = standings(soon.collect());
    soon.sort_by_key(|licence| licence.expires);
    let is_suspended = |licence: &&Licence| matches!(licence.status.standing(), Standing::Suspended(_));
    let is_endless = |licence: &&Licence| licence.status.is_open() && licence.status.expires.is_none();
    let name = opened.source.name();
    let report = Report {
        title: request.title.clone(),
        ledger: Path::new(&name).file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned()),
        suspended: standings(state.licences().filter(is_suspended).collect()),
        without_expiry: standings(state.licences().filter(is_endless).collect()),
        adoption: Arc::clone(&state.in_force().adoption),
        entries,
        last_recorded: opened.last_recorded,
        known_at: request.known_at.map(|_| entries),
        soon: Soon { days: request.expiring, licences: soon },
        exceptions: holding(state),
        counted,
        widest: timelines.next(),
        families: timelines.collect(),
        warnings: opened.warnings.clone(),
        path: request.out.as_ref().map(|path| path.display().to_string()),
        headroom,
    };
    if let Some(place) = place {
        place.put(&*session.system, &report.page()).map_err(not_written)?;
    }
    Ok(Answer { document: Box::new(report), exit: Exit::Fine, warnings: opened.warnings })
}

/// Entries that count although the rules refuse them, violations first.
fn counted(book: &Book, date: NaiveDate) -> anyhow::Result<Vec<Counted>> {
    let (mut found, breaches): (Vec<&Finding>, _) = book.findings_on(date).partition(|finding| finding.violation);
    found.extend::<Vec<&Finding>>(breaches);
    let counted = found.into_iter().map(|Finding { entry: seq, refusals, .. }| {
        let entry = book.entries().get(*seq)?.with_context(|| format!("there is no entry {seq}"))?.into_owned();
        Ok(Counted { entry, refusals: refusals.clone() })
    });
    counted.collect()
}

/// Says that the page can still be printed.
fn not_written(error: FileError) -> anyhow::Error {
    match error {
        FileError::System { .. } => {
            let next = format!("{}; without -o the page is printed", error.next_step());
            MachineFailed { message: format!("{:#}", anyhow::Error::from(error)), next }.into()
        }
        error => error.into(),
    }
}
