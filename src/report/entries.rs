//! Entries as the ledger file holds them: the answers of `log` and `show`.

use super::Document;
use super::clean::clean;
use super::headroom::Headroom;
use super::licences::{self, LicenceStanding};
use super::medium::Medium;
use super::row::object;
use super::table::{Table, table};
use super::values::{Day, Raw, in_json, words_in_output};
use super::wording::{joined, summary, time};
use crate::domain::event::{Digest, Entry, Seq};
use crate::domain::words::words;

/// One entry with its line.
#[derive(Clone, Debug)]
pub struct LoggedEntry {
    pub entry: Entry,
    /// Its line, without the end of line.
    pub line: String,
    /// The void that cancels the entry.
    pub void_by: Option<Seq>,
}

in_json! {
    LoggedEntry: { "$ref": "#/$defs/entry" }, |it| it.with_void();
}

impl LoggedEntry {
    /// The line's object with `void_by` added.
    fn with_void(&self) -> Raw {
        let object = self.line.strip_suffix('}').unwrap_or_default();
        let void_by = self.void_by.map_or_else(|| "null".to_owned(), |seq| seq.to_string());
        Raw(format!("{object},\"void_by\":{void_by}}}"))
    }

    fn marks(&self) -> String {
        let void = self.void_by.map(|by| format!("VOID by {by}"));
        let despite = self.entry.despite.as_ref().map(|reason| format!("DESPITE: {reason}"));
        joined(void.into_iter().chain(despite), "; ")
    }
}

fn table(entries: &[LoggedEntry]) -> Table {
    table!(entries, |logged| {
        number("entry") = logged.entry.seq,
        text("date") = Day(logged.entry.date),
        text("event") = logged.entry.event.kind(),
        text("what") = summary(&logged.entry.event),
        text("recorded").goes(1) = format!("{} {}", time(logged.entry.recorded_at), logged.entry.recorded_by),
        text("mark") = logged.marks(),
    })
}

/// The answer of `log`: entries in the order of recording.
#[derive(Debug)]
pub struct Log {
    pub head: Digest,
    pub entries: Vec<LoggedEntry>,
}

object! {
    /// What `log` answers: entries as the ledger holds them.
    "log" it: Log { head, entries }
}

impl Document for Log {
    fn text(&self, medium: &Medium) -> String {
        if self.entries.is_empty() { "no entries\n".to_owned() } else { table(&self.entries).text(medium) }
    }

    fn table(&self) -> Option<Table> {
        Some(table(&self.entries))
    }
}

/// The answer of `show`: everything about one entry, licence, customer or reference.
pub struct Shown {
    pub kind: Asked,
    pub subject: String,
    /// The entry alone, or all entries about the subject.
    pub entries: Vec<LoggedEntry>,
    /// Breaches and violations among these entries, in words.
    pub refused: Vec<String>,
    /// The licences concerned, at the time of `totals`.
    pub licences: Vec<LicenceStanding>,
    /// For an entry, the running totals up to and including it; otherwise today's totals.
    pub totals: Headroom,
}

words! {
    /// The kind of subject that the user asked for.
    pub enum Asked {
        Entry = "entry",
        Licence = "licence",
        Customer = "customer",
        /// The reference of a shipment or a return.
        Reference = "reference",
    }
}

words_in_output!(Asked);

object! {
    /// What `show` answers: all about an entry, a licence, a customer or a reference.
    "show" it: Shown { kind, subject, head: it.totals.head, entries, refused, licences, totals }
}

impl Document for Shown {
    fn text(&self, medium: &Medium) -> String {
        let mut text = format!("{} {}\n\n{}", self.kind, clean(&self.subject), table(&self.entries).text(medium));
        for refused in &self.refused {
            text += &format!("\n{}\n", clean(refused));
        }
        if !self.licences.is_empty() {
            text += &format!("\nLicences, in chips\n{}", licences::table(&self.licences).text(medium));
        }
        if !self.totals.rows.is_empty() {
            text += &format!("\n{}", self.totals.text(medium));
        }
        text
    }
}
