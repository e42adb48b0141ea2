//! `init`: founds a ledger; the only verb that creates one.

use super::customers::{self, Judged, Recording};
use super::error::{MachineFailed, NotValid};
use super::session::{Opened, Session, Writing, not_written};
use super::{Answer, customers_csv, policy_file, writing};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Book, Judgement};
use crate::domain::event::{Digest, Entry, Event};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::refusal::Refusal;
use crate::domain::text::Text;
use crate::report::import::Outcome;
use crate::report::policies::PolicyLabel;
use crate::store::ledger::source::Source;
use crate::store::record;
use chrono::SubsecRound;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The policy's file.
    pub policy: PathBuf,
    /// The customers' CSV.
    pub customers: Option<PathBuf>,
}

/// Judges every customer, then creates the file with all of them or not at all (D27).
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let Prepared { mut opened, judgement, entries } = prepare(session, options, request)?;
    if options.dry_run {
        entries.iter().try_for_each(|entry| writing::readable(entry.entry()))?;
        return Ok(writing::answer(opened, judgement, None));
    }
    opened.head = session.ledger.create(&entries).map_err(not_written)?;
    Ok(writing::answer(opened, judgement, Some(1)))
}

/// What a founding would write; nothing is.
#[derive(Debug)]
pub struct Preview {
    /// The policy, in a line.
    pub policy: String,
    /// The lines as they would be written now.
    pub lines: Vec<String>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// Judges by the way that [`run`] takes, and writes nothing.
pub fn preview(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Preview> {
    let Prepared { opened, judgement, entries } = prepare(session, options, request)?;
    entries.iter().try_for_each(|entry| writing::readable(entry.entry()))?;
    let mut prev = Digest::ZERO;
    let lines = entries.iter().map(|entry| {
        let line = record::write_line(&prev, entry.entry());
        prev = Digest(Sha256::digest(&line).into());
        String::from_utf8_lossy(&line).into_owned()
    });
    Ok(Preview {
        lines: lines.collect(),
        policy: PolicyLabel::of(&judgement.in_force.adoption).line(),
        warnings: opened.warnings.into_iter().chain(judgement.warnings).collect(),
    })
}

/// A ledger that is there is said at once.
pub fn must_be_new(session: &Session) -> anyhow::Result<()> {
    Ok(session.ledger.must_not_exist()?)
}

/// A policy that may be adopted.
#[derive(Debug)]
pub struct Offered {
    /// Its file.
    pub path: PathBuf,
    /// What it says it is, in a line.
    pub label: String,
}

/// The valid policies of a folder, by name; what else is there is not offered.
pub fn policies_in(folder: &Path) -> Vec<Offered> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(|file| Some(file.ok()?.path()));
    let mut offered: Vec<Offered> = files
        .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        .filter_map(|path| {
            let adoption = policy_file::adoption(&path).ok()?;
            Some(Offered { path, label: PolicyLabel::of(&adoption).line() })
        })
        .collect();
    offered.sort_by(|a, b| a.path.cmp(&b.path));
    offered
}

/// Everything that is to be written.
struct Prepared {
    opened: Opened,
    judgement: Judgement,
    entries: Vec<Admitted>,
}

fn prepare(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Prepared> {
    let adoption = policy_file::adoption(&request.policy)?;
    session.ledger.must_not_exist()?;
    let date = options.date.unwrap_or(session.today);
    let first = Entry {
        seq: 1,
        recorded_at: session.system.now().trunc_subsecs(0),
        recorded_by: Text::new(options.by.as_str()),
        date,
        despite: None,
        event: Event::Policy(adoption),
    };
    let (book, judgement, admitted) = Book::found(first)?;
    let source = Rc::new(Source::of_bytes(Path::new(""), Vec::new()));
    let mut opened = Opened::of(book, source, Digest::ZERO, judgement.entry.recorded_at, &session.progress);
    let mut entries = vec![admitted];
    if let Some(path) = &request.customers {
        entries.extend(registered(&mut opened, &judgement.entry, options, path)?);
    }
    Ok(Prepared { opened, judgement, entries })
}

fn registered(opened: &mut Opened, first: &Entry, options: &Writing, path: &Path) -> anyhow::Result<Vec<Admitted>> {
    let bytes = std::fs::read(path).map_err(|error| MachineFailed {
        message: format!("the customers' file `{}` can't be read: {error}", path.display()),
        next: "check the path and its permissions".to_owned(),
    })?;
    let not_valid = |faults| NotValid {
        what: "the customers' file",
        path: path.display().to_string(),
        source_text: String::new(),
        faults,
        next: "mend these rows and run `init` again; nothing was created".to_owned(),
    };
    let mut read = customers_csv::read(&bytes).map_err(not_valid)?;
    let mut faults = std::mem::take(&mut read.faults);
    let recording =
        Recording { date: first.date, recorded_at: first.recorded_at, by: options.by.as_str(), head_moved: None };
    let Judged { rows, admitted, mut warnings } = customers::judge(opened, &recording, read)?;
    for (row, outcome) in rows {
        match outcome {
            Outcome::Bad(found) => faults.extend(found),
            Outcome::Refused(refusals) => faults.extend(refusals.iter().map(|refusal| as_fault(refusal, row.line))),
            _ => {}
        }
    }
    faults.sort_by_key(|fault| fault.line);
    opened.warnings.append(&mut warnings);
    if faults.is_empty() { Ok(admitted) } else { Err(not_valid(faults).into()) }
}

fn as_fault(refusal: &Refusal, line: u64) -> Fault {
    let told = format!("{} ({})", refusal.message(), refusal.code.as_str());
    let fault = Fault::new(FaultCode::FieldInvalid, told).line(line);
    match &refusal.help {
        Some(help) => fault.help(help.clone()),
        None => fault,
    }
}
