//! Entries as the file holds them: `log` and `show`.

use super::clean::clean;
use super::decision::{quantities, shown};
use super::headroom::{Headroom, HeadroomDocument};
use super::licences::{self, LicenceStanding};
use super::paper::Paper;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::event::{Digest, Entry, Event, Seq};
use crate::domain::text::Text;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Serialize, ser::Error};
use serde_json::value::RawValue;

/// One entry with its line.
#[derive(Clone, Debug)]
pub struct LoggedEntry {
    /// What it says.
    pub entry: Entry,
    /// Its line, without the end of line.
    pub line: String,
    /// The void that took it out.
    pub void_by: Option<Seq>,
}

impl LoggedEntry {
    /// The line's object with `void_by` added.
    fn document(&self) -> serde_json::Result<Box<RawValue>> {
        let object = self.line.strip_suffix('}').ok_or_else(|| serde_json::Error::custom("a line is no object"))?;
        let void_by = self.void_by.map_or_else(|| "null".to_owned(), |seq| seq.to_string());
        RawValue::from_string(format!("{object},\"void_by\":{void_by}}}"))
    }

    fn cells(&self) -> [Cell; 6] {
        let entry = &self.entry;
        let mut marks = Vec::new();
        if let Some(by) = self.void_by {
            marks.push(format!("VOID by {by}"));
        }
        if let Some(reason) = &entry.despite {
            marks.push(format!("DESPITE: {reason}"));
        }
        [
            Cell::of(entry.seq),
            Cell::of(entry.date),
            Cell::of(entry.event.kind()),
            Cell::of(summary(&entry.event)),
            Cell::of(format!("{} {}", entry.recorded_at.format("%Y-%m-%dT%H:%M:%SZ"), entry.recorded_by)),
            Cell::of(marks.join("; ")),
        ]
    }
}

/// What an event says, in a line.
pub fn summary(event: &Event) -> String {
    let for_whom = |customer: &dyn std::fmt::Display| format!(" for {customer}");
    let until = |day: Option<NaiveDate>| day.map(|day| format!(", valid to {day}")).unwrap_or_default();
    match event {
        Event::Policy(adoption) => {
            let policy = &adoption.policy;
            format!("{} {} ({})", policy.name, policy.version, policy.status.as_str())
        }
        Event::Customer(record) => {
            let parent = record.parent.as_ref().map(|parent| format!(", part of {parent}")).unwrap_or_default();
            let flags =
                if record.flags.is_empty() { String::new() } else { format!(", flags {}", listed(&record.flags)) };
            let aliases =
                if record.aliases.is_empty() { String::new() } else { format!(", also {}", listed(&record.aliases)) };
            format!("{}: {}, {}{aliases}{parent}{flags}", record.id, record.name, record.country)
        }
        Event::Approval(approval) => {
            let replaces = approval.replaces.as_ref().map(|old| format!(", replaces {old}")).unwrap_or_default();
            let held_by = approval.licensee.as_ref().map(|name| format!(", held by {name}")).unwrap_or_default();
            format!(
                "{}: {}{}{}{held_by}{replaces}",
                approval.licence,
                quantities(&approval.items),
                for_whom(&approval.customer),
                until(approval.expires)
            )
        }
        Event::Amendment(amendment) => {
            let totals = if amendment.items.is_empty() {
                String::new()
            } else {
                format!(", now {}", quantities(&amendment.items))
            };
            format!("{}{totals}{}", amendment.licence, until(amendment.expires))
        }
        Event::Suspension(change) | Event::Reinstatement(change) => format!("{}: {}", change.licence, change.reason),
        Event::Closure(closure) => {
            let note = closure.note.as_ref().map(|note| format!(", {note}")).unwrap_or_default();
            format!("{}: {}{note}", closure.licence, closure.reason.as_str())
        }
        Event::Shipment(shipment) => {
            let to = shipment.consignee.as_ref().map(|name| format!(" to {name}")).unwrap_or_default();
            format!("{}: {}{to} under {}", shipment.reference, quantities(&shipment.items), shipment.licence)
        }
        Event::Return(returned) => {
            format!("{}: {} of shipment {}", returned.reference, quantities(&returned.items), returned.shipment)
        }
        Event::Exception(exception) => format!(
            "{} for {}: {}{}, by {}",
            exception.ceiling,
            exception.group,
            shown(exception.limit),
            until(exception.expires),
            exception.authority
        ),
        Event::Volume(volume) => format!("{}: {} {} so far", volume.series, shown(volume.quantity), volume.chip),
        Event::Void(void) => format!("entry {}: {}", void.entry, void.reason),
    }
}

fn listed(texts: &[Text]) -> String {
    texts.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

fn table(entries: &[LoggedEntry]) -> Table {
    let mut table = Table::new([
        Column::number("entry"),
        Column::text("date"),
        Column::text("event"),
        Column::text("what"),
        Column::text("recorded").goes(1),
        Column::text("mark"),
    ]);
    for entry in entries {
        table.push(entry.cells());
    }
    table
}

/// `log`: entries in the order of recording.
#[derive(Debug)]
pub struct Log {
    /// The ledger's head.
    pub head: Digest,
    /// What was asked for.
    pub entries: Vec<LoggedEntry>,
}

/// What `log` answers: entries as the ledger holds them.
#[derive(Serialize, JsonSchema)]
pub(super) struct LogDocument {
    #[schemars(extend("const" = "exquota/log/1"))]
    schema: &'static str,
    #[schemars(with = "words::Sha256")]
    head: String,
    #[schemars(with = "Vec<words::LoggedEntry>")]
    entries: Vec<Box<RawValue>>,
}

impl Document for Log {
    fn text(&self, paper: &Paper) -> String {
        if self.entries.is_empty() { "no entries\n".to_owned() } else { table(&self.entries).text(paper) }
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&LogDocument {
            schema: "exquota/log/1",
            head: self.head.to_string(),
            entries: self.entries.iter().map(LoggedEntry::document).collect::<Result<_, _>>()?,
        })
    }

    fn table(&self) -> Option<Table> {
        Some(table(&self.entries))
    }
}

/// `show`: everything about one entry, licence, customer or reference.
pub struct Shown {
    /// What was asked for: `entry`, `licence`, `customer` or `reference`.
    pub kind: &'static str,
    /// As it was resolved.
    pub subject: String,
    /// What it was recorded with, or all that concerns it.
    pub entries: Vec<LoggedEntry>,
    /// What the rules refuse of these entries, in words: breaches and violations.
    pub refused: Vec<String>,
    /// The licences concerned, at the time that `totals` is of.
    pub licences: Vec<LicenceStanding>,
    /// Running totals, the entry itself included; or those of today.
    pub totals: Headroom,
}

/// What `show` answers: all about an entry, a licence, a customer or a reference.
#[derive(Serialize, JsonSchema)]
pub(super) struct ShownDocument<'a> {
    #[schemars(extend("const" = "exquota/show/1"))]
    schema: &'static str,
    #[schemars(with = "words::Shown")]
    kind: &'static str,
    subject: &'a str,
    #[schemars(with = "words::Sha256")]
    head: String,
    #[schemars(with = "Vec<words::LoggedEntry>")]
    entries: Vec<Box<RawValue>>,
    refused: &'a [String],
    licences: &'a [LicenceStanding],
    #[schemars(with = "HeadroomDocument<'_>")]
    totals: Box<RawValue>,
}

impl Document for Shown {
    fn text(&self, paper: &Paper) -> String {
        let mut text = format!("{} {}\n\n{}", self.kind, clean(&self.subject), table(&self.entries).text(paper));
        for refused in &self.refused {
            text += &format!("\n{}\n", clean(refused));
        }
        if !self.licences.is_empty() {
            text += &format!("\nLicences, in chips\n{}", licences::table(&self.licences).text(paper));
        }
        if !self.totals.rows.is_empty() {
            text += &format!("\n{}", self.totals.text(paper));
        }
        text
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&ShownDocument {
            schema: "exquota/show/1",
            kind: self.kind,
            subject: &self.subject,
            head: self.totals.head.to_string(),
            entries: self.entries.iter().map(LoggedEntry::document).collect::<Result<_, _>>()?,
            refused: &self.refused,
            licences: &self.licences,
            totals: RawValue::from_string(self.totals.json()?)?,
        })
    }
}
