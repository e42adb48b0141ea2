//! The customers of `init` and `import`, one per row. `;` separates the parts of a list (D27).

use crate::domain::fault::{Fault, FaultCode};
use crate::domain::registration::RecordChange;
use crate::domain::text::{Country, CustomerId, Text};
use crate::store::csv::{Cells, Form, Place, Sheet, columns};
use crate::store::record::TextRule::{Id, Long, Short};
use std::collections::{BTreeSet, HashMap, HashSet};

columns! { Registered:
    Id "id" [], Some(Id), "";
    Name "name" [], Some(Long), "";
    Country "country" [], Some(Short), "";
    Parent "parent" [], Some(Long), "";
    Aliases "aliases" [], None, "";
    Flags "flags" [], None, "";
}

pub(super) const FORM: Form = Form {
    what: "the customers' file",
    columns: Registered::ALL,
    needs: "id; name; country",
    lenient: false,
    exported: None,
};

/// One customer's row.
#[derive(Debug)]
pub(super) struct CustomerRow {
    pub(super) place: Place,
    pub(super) change: RecordChange,
}

impl CustomerRow {
    /// The customer's parent, if the row names one.
    pub(super) fn parent(&self) -> Option<&CustomerId> {
        self.change.parent.as_ref()?.as_ref()
    }

    /// The fault, placed at the cell of a refusal's field; at the id if there is no such field.
    pub(super) fn blame(&self, sheet: &Sheet, field: Option<&str>, fault: Fault) -> Fault {
        let column = FORM.columns.iter().position(|column| Some(column.name) == field);
        sheet.blame(self.place, column.unwrap_or_default(), fault)
    }
}

/// The contents of a file: rows that can be judged, and the faults of the others.
#[derive(Debug, Default)]
pub(super) struct Customers {
    pub(super) rows: Vec<CustomerRow>,
    pub(super) faults: Vec<Fault>,
    /// Ids of rows that can't be judged. A row that names one as its parent is not refused for an unknown parent.
    pub(super) spoilt: HashSet<CustomerId>,
}

/// Reads all rows, parents before their subsidiaries.
pub(super) fn read(sheet: &Sheet) -> Customers {
    let mut customers = Customers::default();
    let mut ids = HashSet::new();
    for mut cells in sheet.rows() {
        let change = if cells.whole { change(&mut cells) } else { RecordChange::default() };
        let id = CustomerId::new(cells.text(Registered::Id).unwrap_or_default());
        if cells.whole && !id.as_str().is_empty() && !ids.insert(id.clone()) {
            let told = format!("customer `{id}` is in the file twice");
            customers.faults.push(sheet.blame(cells.place, Registered::Id, Fault::new(FaultCode::KeyDuplicate, told)));
        } else if cells.faults.is_empty() {
            customers.rows.push(CustomerRow { place: cells.place, change });
        } else {
            customers.spoilt.insert(id);
        }
        customers.faults.append(&mut cells.faults);
    }
    parents_first(sheet, customers)
}

fn change(cells: &mut Cells<'_>) -> RecordChange {
    RecordChange {
        id: CustomerId::new(cells.needed(Registered::Id)),
        name: Some(Text::new(cells.needed(Registered::Name))),
        country: Some(Country::new(cells.needed(Registered::Country))),
        parent: cells.text(Registered::Parent).map(|parent| Some(CustomerId::new(parent))),
        aliases: cells.list(Registered::Aliases),
        flags: cells.list(Registered::Flags),
        ..RecordChange::default()
    }
}

/// Sorts rows in the order of the file, except that a parent comes before its subsidiaries.
fn parents_first(sheet: &Sheet, customers: Customers) -> Customers {
    let Customers { rows, mut faults, mut spoilt } = customers;
    let places: HashMap<&CustomerId, usize> =
        rows.iter().enumerate().map(|(place, row)| (&row.change.id, place)).collect();
    let mut ready = BTreeSet::new();
    let mut subsidiaries = vec![Vec::new(); rows.len()];
    for (place, row) in rows.iter().enumerate() {
        match row.parent().and_then(|parent| places.get(parent)) {
            Some(parent) if *parent != place => subsidiaries[*parent].push(place),
            _ => drop(ready.insert(place)),
        }
    }
    let mut waiting: Vec<Option<CustomerRow>> = rows.into_iter().map(Some).collect();
    let mut rows = Vec::with_capacity(waiting.len());
    while let Some(place) = ready.pop_first() {
        rows.extend(waiting[place].take());
        ready.extend(&subsidiaries[place]);
    }
    for row in waiting.into_iter().flatten() {
        let told = format!("the parents of `{}` form a loop, or lead into one", row.change.id);
        let fault = Fault::new(FaultCode::FieldInvalid, told).help("a family has one company at its top");
        faults.push(sheet.blame(row.place, Registered::Parent, fault));
        spoilt.insert(row.change.id);
    }
    Customers { rows, faults, spoilt }
}
