//! Every entry as rows of a spreadsheet: one for each chip it names, one where it names none.

use crate::domain::event::{Entry, Seq};
use crate::domain::text::{CustomerId, LicenceNumber, Serial};
use crate::report::table::{Cell, Column, Table};

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

/// What the columns are called, and whether they hold numbers. A field of an event has the column of its name.
const COLUMNS: [(&str, bool); 40] = [
    ("entry", true),
    ("date", false),
    ("event", false),
    // `counts`, `void`, or `changes nothing` (D6).
    ("standing", false),
    ("void_by", true),
    ("refused", false),
    ("despite", false),
    ("customer", false),
    ("licence", false),
    ("reference", false),
    ("chip", false),
    // Of an amendment the new total, of a volume the total so far.
    ("quantity", true),
    ("expires", false),
    ("destination", false),
    ("licensee", false),
    ("replaces", false),
    ("consignee", false),
    ("shipment", false),
    ("attestations", false),
    ("serials", false),
    ("reason", false),
    ("note", false),
    ("authority", false),
    ("ceiling", false),
    ("group", false),
    ("limit", true),
    ("series", false),
    ("source", false),
    ("voids", true),
    ("name", false),
    ("country", false),
    ("parent", false),
    ("aliases", false),
    ("flags", false),
    ("policy", false),
    ("version", false),
    ("status", false),
    ("digest", false),
    ("recorded_at", false),
    ("recorded_by", false),
];

/// The column of a field, unless it has rows of its own.
fn column_of(field: &'static str) -> Option<&'static str> {
    match field {
        "items" => None,
        "id" => Some("customer"),
        "entry" => Some("voids"),
        named => Some(named),
    }
}

/// A table with no entry yet.
pub fn empty() -> Table {
    Table::new(COLUMNS.map(|(name, is_number)| if is_number { Column::number(name) } else { Column::text(name) }))
}

/// Adds the rows of an entry.
pub fn push(table: &mut Table, entry: &Entry, beside: &Beside) {
    let event = &entry.event;
    let row = row(entry, beside);
    let Some(items) = event.items().filter(|items| !items.is_empty()) else { return table.push(row.cells()) };
    for (chip, quantity) in items.iter() {
        let mut row = row.clone();
        row.set("chip", chip);
        row.set("quantity", quantity);
        let serials = event.serials().and_then(|serials| serials.get(chip)).map(|serials| joined(serials));
        row.set("serials", serials.unwrap_or_default());
        table.push(row.cells());
    }
}

/// One row; what an entry does not say is empty.
#[derive(Clone)]
struct Row([String; COLUMNS.len()]);

impl Row {
    fn set(&mut self, column: &str, text: impl ToString) {
        if let Some((_, cell)) = COLUMNS.iter().zip(&mut self.0).find(|((name, _), _)| *name == column) {
            *cell = text.to_string();
        }
    }

    fn set_any(&mut self, column: &str, text: Option<impl ToString>) {
        if let Some(text) = text {
            self.set(column, text);
        }
    }

    fn cells(self) -> [Cell; COLUMNS.len()] {
        self.0.map(Cell::of)
    }
}

/// What every row of the entry says.
fn row(entry: &Entry, beside: &Beside) -> Row {
    let standing = match (beside.void_by, beside.inert) {
        (Some(_), _) => "void",
        (None, true) => "changes nothing",
        (None, false) => "counts",
    };
    let kind = entry.event.kind();
    let mut row = Row([const { String::new() }; COLUMNS.len()]);
    row.set("entry", entry.seq);
    row.set("date", entry.date);
    row.set("event", kind);
    row.set("standing", standing);
    row.set_any("void_by", beside.void_by);
    row.set("refused", beside.refused.join(";"));
    row.set_any("despite", entry.despite.as_ref());
    row.set_any("customer", beside.customer.as_ref());
    row.set_any("licence", beside.licence.as_ref());
    row.set("recorded_at", entry.recorded_at.format("%Y-%m-%dT%H:%M:%SZ"));
    row.set("recorded_by", &entry.recorded_by);
    for (field, text) in kind.fields().iter().zip(entry.event.texts()) {
        if let Some(column) = column_of(field) {
            row.set(column, text);
        }
    }
    row
}

fn joined(serials: &[Serial]) -> String {
    serials.iter().map(Serial::as_str).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::EventKind;

    #[test]
    fn every_field_of_an_event_has_a_column() {
        for kind in EventKind::ALL {
            for column in kind.fields().iter().filter_map(|field| column_of(field)) {
                assert!(COLUMNS.iter().any(|(name, _)| *name == column), "`{column}` of `{kind}`");
            }
        }
    }
}
