//! Every entry as rows of a spreadsheet: one row for each chip that it names, or one row if it names none.

use crate::domain::event::{Entry, EventKind, Seq};
use crate::domain::text::{CustomerId, LicenceNumber};
use crate::report::table::{Cell, Column, Table};
use crate::report::wording::{joined, time};
use std::borrow::Cow;

/// What the ledger knows of an entry and the entry itself does not say.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The void that cancels the entry.
    pub void_by: Option<Seq>,
    /// Whether the entry changes nothing, because it names something that can't be moved (D6).
    pub inert: bool,
    /// The codes of the rules that refuse it: it is a breach or a violation.
    pub refused: Vec<&'static str>,
    /// The licence that the entry is about, also through a shipment or a voided entry.
    pub licence: Option<LicenceNumber>,
    /// Who is charged under that licence.
    pub customer: Option<CustomerId>,
}

/// The first columns. A field of an event goes into the column of its name. Fields without a column here follow in the
/// order of the table of events.
///
/// `standing` is `counts`, `void`, or `changes nothing` (D6). `quantity` is the new total of an amendment, and the total so
/// far of a volume. `value` is of the whole entry, in the row of each chip. `return_kind` is empty where the goods came
/// back.
const FIRST: &str = "entry date event standing void_by refused despite customer licence reference chip quantity value \
                     expires destination licensee replaces consignee shipment return_kind attestations serials reason \
                     note authority ceiling group limit series source voids name country parent aliases flags";

const LAST: [&str; 2] = ["recorded_at", "recorded_by"];

const NUMBERS: [&str; 6] = ["entry", "void_by", "quantity", "value", "limit", "voids"];

/// The column of a field, unless each chip has a row.
fn column_of(field: &'static str) -> Option<&'static str> {
    match field {
        "items" | "serials" => None,
        "id" => Some("customer"),
        "entry" => Some("voids"),
        // `import` reads `kind` as another name of `event`.
        "kind" => Some("return_kind"),
        named => Some(named),
    }
}

/// The entries of a ledger, row by row.
pub struct Rows {
    columns: Vec<&'static str>,
    table: Table,
}

impl Default for Rows {
    fn default() -> Self {
        let mut columns: Vec<&str> = FIRST.split(' ').collect();
        for column in EventKind::ALL.iter().flat_map(|kind| kind.fields()).filter_map(|field| column_of(field)) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns.extend(LAST);
        let heading = |name| if NUMBERS.contains(&name) { Column::number(name) } else { Column::text(name) };
        let table = Table::new(columns.iter().copied().map(heading).collect::<Vec<_>>());
        Rows { columns, table }
    }
}

impl Rows {
    /// Adds the rows of an entry.
    pub fn push(&mut self, entry: &Entry, beside: &Beside) {
        let mut said = said(entry, beside);
        let Some(items) = entry.event.items().filter(|items| !items.is_empty()) else { return self.push_row(&said) };
        let known = said.len();
        for (chip, quantity) in items.iter() {
            let serials = entry.event.serials().and_then(|serials| serials.get(chip));
            said.extend([("chip", chip.as_str().into()), ("quantity", quantity.to_string().into())]);
            said.extend(serials.map(|serials| ("serials", joined(serials, ";").into())));
            self.push_row(&said);
            said.truncate(known);
        }
    }

    /// Adds a row. Columns without a value stay empty.
    fn push_row(&mut self, said: &[(&str, Cow<'_, str>)]) {
        let text = |column| said.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text);
        self.table.push(self.columns.iter().map(|column| Cell::of(text(*column))).collect::<Vec<_>>());
    }

    /// All rows as a table.
    pub fn table(self) -> Table {
        self.table
    }
}

/// The values in every row of the entry, first those of the entry itself.
fn said<'a>(entry: &'a Entry, beside: &'a Beside) -> Vec<(&'static str, Cow<'a, str>)> {
    let standing = match (beside.void_by, beside.inert) {
        (Some(_), _) => "void",
        (None, true) => "changes nothing",
        (None, false) => "counts",
    };
    let fields = entry.event.kind().fields().iter().zip(entry.event.texts());
    let mut said: Vec<_> = fields.filter_map(|(field, text)| Some((column_of(field)?, text))).collect();
    said.extend([
        ("entry", entry.seq.to_string().into()),
        ("date", entry.date.to_string().into()),
        ("event", entry.event.kind().as_str().into()),
        ("standing", standing.into()),
        ("refused", beside.refused.join(";").into()),
        ("recorded_at", time(entry.recorded_at).into()),
        ("recorded_by", entry.recorded_by.as_str().into()),
    ]);
    said.extend(beside.void_by.map(|by| ("void_by", by.to_string().into())));
    said.extend(entry.despite.as_ref().map(|reason| ("despite", reason.as_str().into())));
    said.extend(beside.customer.as_ref().map(|customer| ("customer", customer.as_str().into())));
    said.extend(beside.licence.as_ref().map(|licence| ("licence", licence.as_str().into())));
    said
}
