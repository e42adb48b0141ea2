//! Entries as the ledger file holds them: the answers of `log` and `show`.

use super::Document;
use super::clean::clean;
use super::export::rows::{Beside, Rows};
use super::headroom::Headroom;
use super::licences::{self, LicenceStanding};
use super::medium::Medium;
use super::row::object;
use super::table::{Table, table};
use super::values::{Day, Raw, in_json, words_in_output};
use super::wording::{and, joined, quantities, summary, time};
use crate::domain::event::{Digest, Entry, Items};
use crate::domain::text::CustomerId;
use crate::domain::units::counted;
use crate::domain::words::words;

/// One entry with its line.
#[derive(Clone, Debug)]
pub struct LoggedEntry {
    pub entry: Entry,
    /// Its line, without the end of line.
    pub line: String,
    pub beside: Beside,
}

in_json! {
    LoggedEntry: { "$ref": "#/$defs/entry" }, |it| it.with_void();
}

impl LoggedEntry {
    /// The line's object with `void_by` added.
    fn with_void(&self) -> Raw {
        let object = self.line.strip_suffix('}').unwrap_or_default();
        let void_by = self.beside.void_by.map_or_else(|| "null".to_owned(), |seq| seq.to_string());
        Raw(format!("{object},\"void_by\":{void_by}}}"))
    }

    fn marks(&self) -> String {
        let void = self.beside.void_by.map(|by| format!("VOID by {by}"));
        let despite = self.entry.despite.as_ref().map(|reason| format!("DESPITE: {reason}"));
        joined(void.into_iter().chain(despite), "; ")
    }

    /// Everything that the entry holds, field by field, without what it leaves out.
    fn fields(&self, medium: &Medium) -> String {
        let event = &self.entry.event;
        let fields = event.kind().fields().iter().zip(event.texts()).filter(|(_, text)| !text.is_empty());
        let told = fields.map(|(field, text)| {
            let told = match *field {
                "items" => quantities(event.items().into_iter().flat_map(Items::iter)),
                // The values of a list.
                "serials" | "attestations" | "aliases" | "flags" => text.replace(';', "; "),
                _ => text.into_owned(),
            };
            medium.item(field, &clean(&told))
        });
        told.collect()
    }
}

/// Makes a table of entries.
pub(super) fn table(entries: &[LoggedEntry]) -> Table {
    table!(entries, |logged| {
        number("entry") = logged.entry.seq,
        text("date") = Day(logged.entry.date),
        text("event") = logged.entry.event.kind(),
        text("what") = summary(&logged.entry.event),
        text("recorded").goes(1) = format!("{} {}", time(logged.entry.recorded_at), logged.entry.recorded_by),
        text("mark") = logged.marks(),
    })
}

/// The same rows as `export` makes, for programs: a column for each field, and a row for each chip.
fn rows(entries: &[LoggedEntry]) -> Table {
    let mut rows = Rows::default();
    for LoggedEntry { entry, beside, .. } in entries {
        rows.push(entry, beside);
    }
    rows.table()
}

/// The answer of `log`: entries in the order of recording.
#[derive(Debug)]
pub struct Log {
    pub head: Digest,
    /// How many earlier entries `-n` leaves out.
    pub left_out: usize,
    pub entries: Vec<LoggedEntry>,
}

object! {
    /// What `log` answers: entries as the ledger holds them.
    "log" it: Log {
        head,
        /// How many earlier entries `-n` leaves out.
        left_out,
        entries,
    }
}

impl Document for Log {
    fn text(&self, medium: &Medium) -> String {
        let mut text =
            if self.entries.is_empty() { medium.line("no entries") } else { table(&self.entries).text(medium) };
        if self.left_out > 0 && !medium.plain {
            let earlier = counted(self.left_out, "earlier entry is", "earlier entries are");
            text += &medium.prose(&format!("\n{earlier} not shown\n"));
        }
        text
    }

    fn table(&self) -> Option<Table> {
        Some(rows(&self.entries))
    }
}

/// The answer of `show`: everything about one entry, licence, customer or reference.
pub struct Shown {
    pub kind: Asked,
    pub subject: String,
    /// The customers that a customer stands for: its family, or itself alone.
    pub customers: Vec<CustomerId>,
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
    "show" it: Shown {
        kind,
        subject,
        /// The customers that a customer stands for: its family, or itself alone; empty for other subjects.
        customers,
        head: it.totals.head,
        entries,
        refused,
        licences,
        totals,
    }
}

impl Shown {
    /// Whether an entry is the subject itself, and not only about it.
    fn is_subject(&self, logged: &LoggedEntry) -> bool {
        let number = logged.entry.event.number();
        self.kind == Asked::Entry || number.is_some_and(|number| number.as_str() == self.subject)
    }
}

impl Document for Shown {
    fn text(&self, medium: &Medium) -> String {
        let others = self.customers.iter().filter(|id| id.as_str() != self.subject);
        let family = Some(joined(others, ", ")).filter(|others| !others.is_empty());
        let header = format!("{} {}{}", self.kind, self.subject, and(", with its family: ", family));
        let mut text = format!("{}\n\n{}", medium.prose(&clean(&header)), table(&self.entries).text(medium));
        for logged in self.entries.iter().filter(|logged| self.is_subject(logged)) {
            let LoggedEntry { entry, .. } = logged;
            let heading = medium.line(&format!("Entry {}, {}", entry.seq, entry.event.kind()));
            text += &format!("\n{heading}{}", logged.fields(medium));
        }
        for refused in &self.refused {
            text += &medium.prose(&format!("\n{}\n", clean(refused)));
        }
        if !self.licences.is_empty() {
            text += &licences::table(&self.licences).titled("Licences, in chips", medium);
        }
        if !self.totals.rows.is_empty() {
            text += &format!("\n{}", self.totals.text(medium));
        }
        text
    }

    fn table(&self) -> Option<Table> {
        Some(rows(&self.entries))
    }
}
