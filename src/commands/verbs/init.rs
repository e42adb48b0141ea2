//! `init`: creates a ledger. No other verb does.

use crate::commands::batch::Batch;
use crate::commands::policy_file::{self, PolicyRead};
use crate::commands::session::{Opened, Session, Writing, not_written};
use crate::commands::sheets::Reading;
use crate::commands::writing::{self, Decided};
use crate::commands::{Answer, customers, customers_csv};
use crate::domain::admitted::Admitted;
use crate::domain::book::{Book, Judgement};
use crate::domain::event::{Digest, Entry, Event};
use crate::report::carried::CarriedPolicy;
use crate::report::founding::Founded;
use crate::report::policies::PolicyLabel;
use crate::store::git;
use crate::store::ledger::source::Source;
use crate::store::record;
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
    let Prepared { mut opened, judgement, entries, is_carried } = prepare(session, options, request)?;
    if options.dry_run {
        entries.iter().try_for_each(|entry| writing::readable(entry.entry()))?;
    } else {
        opened.head = session.ledger.create(&entries).map_err(not_written)?;
    }
    let written = (!options.dry_run).then_some(1);
    let Decided { decision, exit, warnings } = writing::decided(opened, judgement, written);
    let carried = is_carried.then(|| request.policy.display().to_string());
    let customers = entries.len().saturating_sub(1);
    let ledger = session.ledger.name();
    let in_git = git::is_work_tree(&*session.system, ledger.as_ref());
    let document = Founded { decision, carried, customers, ledger, in_git };
    Ok(Answer { document: Box::new(document), exit, warnings })
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
    let Prepared { opened, judgement, entries, .. } = prepare(session, options, request)?;
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
    Ok(session.ledger.must_not_exist()?)
}

/// The policies that need no file.
pub fn carried() -> Vec<CarriedPolicy> {
    policy_file::carried()
}

/// Everything that `init` writes.
struct Prepared {
    opened: Opened,
    judgement: Judgement,
    entries: Vec<Admitted>,
    /// Whether the policy is the program's, and not a file.
    is_carried: bool,
}

fn prepare(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Prepared> {
    let PolicyRead { policy: adoption, is_carried, warnings } = policy_file::adoption(&request.policy)?;
    session.ledger.must_not_exist()?;
    let date = options.date.unwrap_or(session.today);
    let first = Entry {
        seq: 1,
        recorded_at: session.system.now().trunc_subsecs(0),
        recorded_by: options.by.clone(),
        date,
        despite: None,
        event: Event::Policy(adoption),
    };
    let (book, mut judgement, admitted) = Book::found(first)?;
    judgement.warnings.extend(warnings);
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
    Ok(Prepared { opened, judgement, entries, is_carried })
}
