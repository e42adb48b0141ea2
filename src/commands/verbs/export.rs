//! `export`: writes the ledger as rows for a spreadsheet, as a journal that hledger checks independently, or as its own
//! lines.

use crate::commands::error::Misuse;
use crate::commands::session::{KnownAt, Opened, Session};
use crate::commands::{Answer, Exit};
use crate::domain::about;
use crate::domain::book::Book;
use crate::domain::entries::Unread;
use crate::domain::event::Entry;
use crate::domain::units::counted;
use crate::report::export::hledger::Journal;
use crate::report::export::rows::{Beside, Rows};
use crate::report::export::{Exported, Target};
use crate::report::table::BOM;
use crate::report::wording::summary;
use crate::store::put::{put_new, refuse_existing};
use chrono::NaiveDate;
use std::path::PathBuf;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    pub to: Target,
    /// Whether a CSV begins with a byte order mark.
    pub bom: bool,
    /// The file to create.
    pub out: Option<PathBuf>,
    /// Entries after this day are left out. For hledger, today where none is given, because lapses depend on the day.
    pub as_of: Option<NaiveDate>,
    /// Answers from what was recorded up to here.
    pub known_at: Option<KnownAt>,
}

/// Writes the export to its file, or answers with it.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    refuse_existing(&*session.system, request.out.as_deref())?;
    let mut lines = String::new();
    let mut opened = session.open_with(request.known_at.into(), |_, line| {
        if request.to == Target::Ledger {
            // A line without a fault is UTF-8.
            lines += &String::from_utf8_lossy(line);
            lines.push('\n');
        }
    })?;
    let mut exported = match request.to {
        Target::Ledger if request.as_of.is_some() => {
            let next = "leave --as-of out; --known-at ends it with an entry";
            return Err(Misuse::new("a ledger's lines can't be left out by their date", next).into());
        }
        Target::Ledger => {
            let entries = lines.lines().count();
            let head = opened.head;
            Exported { to: Target::Ledger, as_of: None, head, entries, left_out: 0, content: lines, path: None }
        }
        Target::Csv => table(&opened, request.as_of)?,
        Target::Hledger => journal(&mut opened, request.as_of.unwrap_or(session.today))?,
    };
    if request.bom {
        exported.content.insert_str(0, BOM);
    }
    let mut warnings = opened.warnings;
    if let Some(day) = exported.as_of.filter(|_| exported.left_out > 0) {
        let entries = counted(exported.left_out, "entry is", "entries are");
        warnings.push(format!("{entries} dated after {day}, and left out; --as-of YYYY-MM-DD sets another day"));
    }
    if let Some(path) = &request.out {
        put_new(&*session.system, path, exported.content.as_bytes())?;
        exported.path = Some(path.display().to_string());
    }
    Ok(Answer { document: Box::new(exported), exit: Exit::Fine, warnings })
}

/// Every entry, void or not, in the order of recording.
fn table(opened: &Opened, as_of: Option<NaiveDate>) -> anyhow::Result<Exported> {
    let book = &opened.book;
    let mut rows = Rows::default();
    let (mut entries, mut left_out) = (0, 0);
    for entry in book.entries().iter() {
        let entry = entry?;
        if as_of.is_some_and(|day| entry.date > day) {
            left_out += 1;
            continue;
        }
        entries += 1;
        rows.push(&entry, &beside(book, &entry)?);
    }
    let content = rows.table().csv();
    Ok(Exported { to: Target::Csv, as_of, head: opened.head, entries, left_out, content, path: None })
}

/// What the ledger knows of an entry.
pub(super) fn beside(book: &Book, entry: &Entry) -> Result<Beside, Unread> {
    let refusals = book.finding(entry.seq).map(|finding| finding.refusals.as_slice()).unwrap_or_default();
    Ok(Beside {
        void_by: book.entries().voided_by(entry.seq),
        inert: book.is_inert(entry.seq),
        refused: refusals.iter().map(|refusal| refusal.code.as_str()).collect(),
        licence: about::licence(book.entries(), entry)?,
        customer: about::customer(book.entries(), entry)?,
    })
}

/// The entries that count, in effective order, with the amounts that the fold gives after each.
fn journal(opened: &mut Opened, as_of: NaiveDate) -> anyhow::Result<Exported> {
    let mut places = Vec::new();
    for entry in opened.book.effective() {
        places.push(entry?.place());
    }
    let all = places.len();
    places.retain(|place| place.date <= as_of);
    let head = opened.head;
    let last = opened.book.next_seq() - 1;
    let begins = places.first().map_or(as_of, |place| place.date);
    let head_lines = [
        "a ledger of export quotas, for hledger: `hledger -f FILE check` adds everything up anew".to_owned(),
        "postings are what the entries say, amounts behind `=` in transactions called `check` what exquota says"
            .to_owned(),
        format!("as of {as_of}, with entries up to {last}, head {head}"),
    ];
    let mut journal = Journal::headed(&head_lines, begins);
    for place in &places {
        let Some(entry) = opened.book.entries().get(place.seq)?.map(|entry| entry.into_owned()) else { continue };
        let licence = about::licence(opened.book.entries(), &entry)?;
        while let Some(day) = journal.next_lapse_before(place.date) {
            journal.lapse(day, opened.book.as_of(day)?);
        }
        if let Some(state) = opened.book.just_after(place.seq)? {
            journal.record(&entry, state, licence.as_ref());
        }
    }
    while let Some(day) = journal.next_lapse_before(as_of) {
        journal.lapse(day, opened.book.as_of(day)?);
    }
    let mut notes = not_counted(opened)?;
    let state = opened.book.as_of(as_of)?;
    for ceiling in state.policy().ceilings.iter().filter(|ceiling| ceiling.is_pooled()) {
        notes.push(format!(
            "no balance here is what `{}` counts: `exquota headroom` sums it by period, by destination, or with what others sold",
            ceiling.name
        ));
    }
    let content = journal.finish(as_of, state, &notes);
    let (entries, left_out) = (places.len(), all - places.len());
    Ok(Exported { to: Target::Hledger, as_of: Some(as_of), head, entries, left_out, content, path: None })
}

/// Says which entries are void, and which change nothing.
fn not_counted(opened: &Opened) -> anyhow::Result<Vec<String>> {
    let mut told = Vec::new();
    for entry in opened.book.entries().iter() {
        let entry = entry?;
        let why = match opened.book.entries().voided_by(entry.seq) {
            Some(by) => format!("void by entry {by}"),
            None if opened.book.is_inert(entry.seq) => "changes nothing".to_owned(),
            None => continue,
        };
        let kind = entry.event.kind();
        told.push(format!("left out, {why}: {} entry {}: {kind} {}", entry.date, entry.seq, summary(&entry.event)));
    }
    Ok(told)
}
