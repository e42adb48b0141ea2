//! Every entry as rows of a spreadsheet: one for each chip it names, one where it names none.

use crate::domain::event::{Attestations, Entry, Event, Seq};
use crate::domain::text::{ChipName, CustomerId, LicenceNumber, Text};
use crate::report::table::{Cell, Column, Table};
use chrono::NaiveDate;

/// What stands beside an entry: what the ledger knows of it and the entry itself does not say.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The void that took it out.
    pub void_by: Option<Seq>,
    /// Whether it changes nothing, because it names something that can't be moved (D6).
    pub inert: bool,
    /// Codes of what the rules refuse of it: a breach or a violation.
    pub refused: Vec<&'static str>,
    /// The licence it is about, also through a shipment or a voided entry.
    pub licence: Option<LicenceNumber>,
    /// Who is charged under that licence.
    pub customer: Option<CustomerId>,
}

macro_rules! columns {
    ($($field:ident $kind:ident,)*) => {
        /// One row; what an event does not say is empty.
        #[derive(Clone, Default)]
        struct Row {
            $($field: String,)*
        }

        impl Row {
            fn headings() -> Vec<Column> {
                vec![$(Column::$kind(stringify!($field)),)*]
            }

            fn cells(self) -> Vec<Cell> {
                vec![$(Cell::of(self.$field),)*]
            }
        }
    };
}

columns! {
    entry number,
    date text,
    event text,
    // `counts`, `void`, or `changes nothing` (D6).
    standing text,
    void_by number,
    refused text,
    despite text,
    customer text,
    licence text,
    reference text,
    chip text,
    // Of an amendment the new total, of a volume the total so far.
    quantity number,
    expires text,
    destination text,
    licensee text,
    replaces text,
    consignee text,
    shipment text,
    attestations text,
    serials text,
    reason text,
    note text,
    authority text,
    ceiling text,
    group text,
    limit number,
    series text,
    source text,
    voids number,
    name text,
    country text,
    parent text,
    aliases text,
    flags text,
    policy text,
    version text,
    status text,
    digest text,
    recorded_at text,
    recorded_by text,
}

/// A table with no entry yet.
pub fn empty() -> Table {
    Table::new(Row::headings())
}

/// Adds the rows of an entry.
pub fn push(table: &mut Table, entry: &Entry, beside: &Beside) {
    let row = row(entry, beside);
    let each: Vec<(&ChipName, u64)> = match &entry.event {
        Event::Volume(volume) => vec![(&volume.chip, volume.quantity)],
        event => event.items().into_iter().flat_map(|items| items.iter()).map(|(chip, count)| (chip, *count)).collect(),
    };
    if each.is_empty() {
        table.push(row.clone().cells());
    }
    for (chip, quantity) in each {
        let serials = match &entry.event {
            Event::Shipment(shipment) => shipment.serials.get(chip),
            Event::Return(returned) => returned.serials.get(chip),
            _ => None,
        };
        let serials = serials.map(|serials| joined(serials.iter().map(|serial| serial.as_str()))).unwrap_or_default();
        let row = Row { chip: chip.to_string(), quantity: quantity.to_string(), serials, ..row.clone() };
        table.push(row.cells());
    }
}

/// What every row of the entry says.
fn row(entry: &Entry, beside: &Beside) -> Row {
    let standing = match (beside.void_by, beside.inert) {
        (Some(_), _) => "void",
        (None, true) => "changes nothing",
        (None, false) => "counts",
    };
    let common = Row {
        entry: entry.seq.to_string(),
        date: entry.date.to_string(),
        event: entry.event.kind().to_owned(),
        standing: standing.to_owned(),
        void_by: or_empty(beside.void_by.as_ref()),
        refused: beside.refused.join(";"),
        despite: or_empty(entry.despite.as_ref()),
        customer: or_empty(beside.customer.as_ref()),
        licence: or_empty(beside.licence.as_ref()),
        recorded_at: entry.recorded_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        recorded_by: entry.recorded_by.to_string(),
        ..Row::default()
    };
    of_event(&entry.event, common)
}

/// The row with what this kind of event says.
fn of_event(event: &Event, row: Row) -> Row {
    let day = |day: &Option<NaiveDate>| or_empty(day.as_ref());
    match event {
        Event::Policy(adoption) => Row {
            policy: adoption.policy.name.to_string(),
            version: adoption.policy.version.to_string(),
            status: adoption.policy.status.as_str().to_owned(),
            digest: adoption.digest.to_string(),
            ..row
        },
        Event::Customer(record) => Row {
            customer: record.id.to_string(),
            name: record.name.to_string(),
            country: record.country.to_string(),
            parent: or_empty(record.parent.as_ref()),
            aliases: joined(record.aliases.iter().map(Text::as_str)),
            flags: joined(record.flags.iter().map(Text::as_str)),
            ..row
        },
        Event::Approval(approval) => Row {
            customer: approval.customer.to_string(),
            expires: day(&approval.expires),
            destination: or_empty(approval.destination.as_ref()),
            licensee: or_empty(approval.licensee.as_ref()),
            replaces: or_empty(approval.replaces.as_ref()),
            attestations: attested(&approval.attestations),
            ..row
        },
        Event::Amendment(amendment) => {
            Row { expires: day(&amendment.expires), authority: or_empty(amendment.authority.as_ref()), ..row }
        }
        Event::Suspension(change) | Event::Reinstatement(change) => Row { reason: change.reason.to_string(), ..row },
        Event::Closure(closure) => {
            Row { reason: closure.reason.as_str().to_owned(), note: or_empty(closure.note.as_ref()), ..row }
        }
        Event::Shipment(shipment) => Row {
            reference: shipment.reference.to_string(),
            destination: or_empty(shipment.destination.as_ref()),
            consignee: or_empty(shipment.consignee.as_ref()),
            attestations: attested(&shipment.attestations),
            ..row
        },
        Event::Return(returned) => Row {
            reference: returned.reference.to_string(),
            shipment: returned.shipment.to_string(),
            reason: or_empty(returned.reason.as_ref()),
            ..row
        },
        Event::Exception(exception) => Row {
            ceiling: exception.ceiling.to_string(),
            group: exception.group.to_string(),
            limit: exception.limit.to_string(),
            authority: exception.authority.to_string(),
            expires: day(&exception.expires),
            ..row
        },
        Event::Volume(volume) => Row { series: volume.series.to_string(), source: volume.source.to_string(), ..row },
        Event::Void(void) => Row { voids: void.entry.to_string(), reason: void.reason.to_string(), ..row },
    }
}

fn or_empty(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(";")
}

fn attested(attestations: &Attestations) -> String {
    attestations.iter().map(|(name, evidence)| format!("{name}={evidence}")).collect::<Vec<_>>().join(";")
}
