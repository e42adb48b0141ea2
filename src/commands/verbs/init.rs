//! `init`: creates a ledger. No other verb does.

use crate::commands::batch::Batch;
use crate::commands::session::{Opened, Session, Writing, not_written};
use crate::commands::sheets::Reading;
use crate::commands::{Answer, customers, customers_csv, policy_file, writing};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Book, Judgement};
use crate::domain::event::{Digest, Entry, Event};
use crate::report::policies::PolicyLabel;
use crate::store::ledger::source::Source;
use crate::store::{policy, record};
use chrono::SubsecRound;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    pub policy: PathBuf,
    pub customers: Option<PathBuf>,
    /// Columns of it to ignore, as lists of headings.
    pub ignore: Vec<String>,
}

/// Judges every customer, then creates the file with all of them or not at all (D27).
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let Prepared { mut opened, judgement, entries } = prepare(session, options, request)?;
    if options.dry_run {
        entries.iter().try_for_each(|entry| writing::readable(entry.entry()))?;
        return Ok(writing::answer(opened, judgement, None));
    }
    opened.head = session.ledger.file().create(&entries).map_err(not_written)?;
    Ok(writing::answer(opened, judgement, Some(1)))
}

/// What `init` would write.
#[derive(Debug)]
pub struct Preview {
    /// The name, version and status of the policy, in a line.
    pub policy: String,
    /// The lines as they would be written now.
    pub lines: Vec<String>,
    pub warnings: Vec<String>,
}

/// Judges as [`run`] does, and writes nothing.
pub fn preview(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Preview> {
    let Prepared { opened, judgement, entries } = prepare(session, options, request)?;
    entries.iter().try_for_each(|entry| writing::readable(entry.entry()))?;
    let lines = record::write_lines(entries.iter().map(Admitted::entry));
    Ok(Preview {
        lines: lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect(),
        policy: PolicyLabel::of(&judgement.in_force.adoption).line(),
        warnings: opened.warnings.into_iter().chain(judgement.warnings).collect(),
    })
}

/// Fails if the ledger exists.
pub fn must_be_new(session: &Session) -> anyhow::Result<()> {
    Ok(session.ledger.file().must_not_exist()?)
}

/// A policy that may be adopted.
#[derive(Debug)]
pub struct Offered {
    pub path: PathBuf,
    /// Its name, version and status, in a line.
    pub label: String,
}

/// The valid policies of a folder, by name. Other files are left out.
pub fn policies_in(folder: &Path) -> Vec<Offered> {
    let offered = policy::file::files_in(folder).into_iter().filter_map(|path| {
        let label = PolicyLabel::of(&policy_file::adoption(&path).ok()?).line();
        Some(Offered { path, label })
    });
    offered.collect()
}

/// Everything that `init` writes.
struct Prepared {
    opened: Opened,
    judgement: Judgement,
    entries: Vec<Admitted>,
}

fn prepare(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Prepared> {
    let adoption = policy_file::adoption(&request.policy)?;
    session.ledger.file().must_not_exist()?;
    let date = options.date.unwrap_or(session.today);
    let first = Entry {
        seq: 1,
        recorded_at: session.system.now().trunc_subsecs(0),
        recorded_by: options.by.clone(),
        date,
        despite: None,
        event: Event::Policy(adoption),
    };
    let (book, judgement, admitted) = Book::found(first)?;
    let source = Rc::new(Source::of_bytes(Path::new(""), Vec::new()));
    let mut opened = Opened::of(book, source, Digest::ZERO, judgement.entry.recorded_at, &session.progress);
    let mut entries = vec![admitted];
    if let Some(path) = &request.customers {
        let reading = Reading { path, again: "run `init` again; nothing was created" };
        let sheet = reading.open(&customers_csv::FORM, &request.ignore)?;
        // A new ledger has no head yet.
        let options = Writing { expect_head: None, ..options.clone() };
        let mut batch = Batch::on(opened, session, &options)?;
        let mut read = customers_csv::read(&sheet);
        customers::judge(&mut batch, &sheet, &mut read)?;
        if !read.faults.is_empty() {
            return Err(reading.wrong_rows(sheet, read.faults));
        }
        entries.extend(batch.admitted);
        opened = batch.opened;
    }
    Ok(Prepared { opened, judgement, entries })
}
