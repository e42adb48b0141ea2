//! `log`: lists entries in the order of recording.

use crate::commands::session::{KnownAt, Opened, Session};
use crate::commands::verbs::export::beside;
use crate::commands::{Answer, Exit, named};
use crate::domain::about;
use crate::domain::entries::Unread;
use crate::domain::event::{Entry, Event, EventKind, Seq};
use crate::domain::text::LicenceNumber;
use crate::report::entries::{Log, LoggedEntry};
use crate::report::export::rows::Beside;
use chrono::NaiveDate;
use hashbrown::HashMap;
use std::collections::{BTreeSet, VecDeque};

/// The arguments of the verb. Each filter leaves out all entries that it does not name.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Entries about this customer's family and its licences.
    pub customer: Option<String>,
    /// Whether the customer stands for itself, without its family.
    pub alone: bool,
    /// Entries about this licence.
    pub licence: Option<LicenceNumber>,
    /// Entries of this kind.
    pub event: Option<EventKind>,
    /// Entries dated on or after this day.
    pub since: Option<NaiveDate>,
    /// Entries dated on or before this day.
    pub until: Option<NaiveDate>,
    /// Answers from what was recorded up to here.
    pub known_at: Option<KnownAt>,
    /// Only so many of the entries recorded last.
    pub last: Option<u64>,
    /// Whether the newest entry comes first.
    pub newest: bool,
}

/// Lists entries as the file holds them.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let licence = request.licence.as_ref();
    let is_listed = |entry: &Entry| {
        request.event.is_none_or(|kind| entry.event.kind() == kind)
            && request.since.is_none_or(|day| entry.date >= day)
            && request.until.is_none_or(|day| entry.date <= day)
    };
    let most = request.last.and_then(|last| usize::try_from(last).ok()).unwrap_or(usize::MAX);
    let (mut entries, mut left_out) = (VecDeque::new(), 0);
    let mut shipments = Shipments::default();
    let mut opened = session.open_with(request.known_at.into(), |line, bytes| {
        if request.customer.is_some() || licence.is_some() {
            shipments.take(&line.entry);
        } else if is_listed(&line.entry) {
            entries.push_back(logged(line.entry.clone(), bytes));
            if entries.len() > most {
                entries.pop_front();
                left_out += 1;
            }
        }
    })?;
    let customers = match &request.customer {
        Some(given) => {
            let state = opened.book.as_of(session.today)?;
            let meant = named::meant(state, std::slice::from_ref(given), request.alone)?;
            Some(named::ids(state, &meant))
        }
        None => None,
    };
    if customers.is_some() || licence.is_some() {
        let found = shipments.found(&opened, |entry| {
            let lines = opened.book.entries();
            let of_licence = |number| about::concerns_licence(lines, entry, number);
            let of_customers = |ids: &Vec<_>| about::concerns_customers(&opened.book, entry, ids);
            Ok(licence.map_or(Ok(true), of_licence)? && customers.as_ref().map_or(Ok(true), of_customers)?)
        })?;
        entries = read_again(&opened, found)?.into();
        entries.retain(|logged| is_listed(&logged.entry));
        left_out = entries.len().saturating_sub(most);
        entries.drain(..left_out);
    } else {
        for logged in &mut entries {
            logged.beside = beside(&opened.book, &logged.entry)?;
        }
    }
    let mut entries = Vec::from(entries);
    if request.newest {
        entries.reverse();
    }
    let document = Log { head: opened.head, left_out, entries };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

/// The shipments of each licence, noted while the ledger is read. A fold holds none of them; with these notes a
/// question finds its own without reading all lines again.
#[derive(Default)]
pub(super) struct Shipments(HashMap<LicenceNumber, (Entry, Vec<Seq>)>);

impl Shipments {
    /// Notes an entry if it is a shipment.
    pub(super) fn take(&mut self, entry: &Entry) {
        if let Event::Shipment(shipment) = &entry.event {
            let (_, seqs) = self.0.entry_ref(&shipment.licence).or_insert_with(|| (entry.clone(), Vec::new()));
            seqs.push(entry.seq);
        }
    }

    /// All entries that `concerns` picks. It must pick a shipment by its licence alone, because it sees only one
    /// shipment of each licence. If a number had several licences, it sees all shipments.
    pub(super) fn found(
        &self,
        opened: &Opened,
        concerns: impl Fn(&Entry) -> Result<bool, Unread>,
    ) -> Result<BTreeSet<Seq>, Unread> {
        let mut found = BTreeSet::new();
        for entry in opened.book.entries().iter_held() {
            found.extend(concerns(entry)?.then_some(entry.seq));
        }
        let lines = opened.book.entries();
        let freed = lines.freed()?;
        for (number, (entry, seqs)) in &self.0 {
            if !freed.had_licence(number) {
                found.extend(concerns(entry)?.then_some(seqs).into_iter().flatten());
                continue;
            }
            for seq in seqs {
                let concerned = lines.get(*seq)?.map_or(Ok(false), |entry| concerns(&entry))?;
                found.extend(concerned.then_some(*seq));
            }
        }
        Ok(found)
    }
}

/// Reads these entries with their lines from the ledger again.
pub(super) fn read_again(opened: &Opened, seqs: impl IntoIterator<Item = Seq>) -> Result<Vec<LoggedEntry>, Unread> {
    let lines = opened.book.entries();
    let read = |seq| {
        let at = lines.at(seq).ok_or_else(|| Unread(format!("entry {seq} has no place in it")))?;
        let (entry, line) = opened.source.entry_with_line(at)?;
        if entry.seq != seq {
            return Err(Unread(format!("entry {} is where entry {seq} was", entry.seq)));
        }
        Ok(LoggedEntry { beside: beside(&opened.book, &entry)?, ..logged(entry, &line) })
    };
    seqs.into_iter().map(read).collect()
}

fn logged(entry: Entry, line: &[u8]) -> LoggedEntry {
    LoggedEntry { entry, line: String::from_utf8_lossy(line).into_owned(), beside: Beside::default() }
}
