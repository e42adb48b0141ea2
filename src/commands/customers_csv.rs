//! The customers of `init` and `import`, one a row; lists are separated by `;` (D27).

use super::register;
use crate::domain::fault::{Fault, FaultCode};
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

pub(super) const FORM: Form =
    Form { what: "the customers' file", columns: Registered::ALL, needs: &["id", "name", "country"], lenient: false };

/// One customer's row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) request: register::Request,
}

impl Row {
    /// The fault, at the cell that the field of a refusal stands in; at the id for want of one.
    pub(super) fn blame(&self, sheet: &Sheet, field: Option<&str>, fault: Fault) -> Fault {
        let column = FORM.columns.iter().position(|column| Some(column.name) == field);
        sheet.blame(self.place, column.unwrap_or_default(), fault)
    }
}

/// What a file holds: rows that can be judged, and what is wrong with the others.
#[derive(Debug, Default)]
pub(super) struct Customers {
    pub(super) rows: Vec<Row>,
    pub(super) faults: Vec<Fault>,
    /// Ids of rows that can't be judged: whoever names them as a parent is not told that they are unknown.
    pub(super) spoilt: HashSet<String>,
}

/// Reads all rows, parents before their subsidiaries.
pub(super) fn read(sheet: &Sheet) -> Customers {
    let mut customers = Customers::default();
    let mut ids = HashSet::new();
    for mut cells in sheet.rows() {
        let request = if cells.whole { request(&mut cells) } else { register::Request::default() };
        let id = cells.text(Registered::Id).unwrap_or_default().into_owned();
        if cells.whole && !request.id.is_empty() && !ids.insert(id.clone()) {
            let told = format!("customer `{id}` stands in the file twice");
            customers.faults.push(sheet.blame(cells.place, Registered::Id, Fault::new(FaultCode::KeyDuplicate, told)));
        } else if cells.faults.is_empty() {
            customers.rows.push(Row { place: cells.place, request });
        } else {
            customers.spoilt.insert(id);
        }
        customers.faults.append(&mut cells.faults);
    }
    parents_first(sheet, customers)
}

fn request(cells: &mut Cells<'_>) -> register::Request {
    register::Request {
        id: cells.needed(Registered::Id).into_owned(),
        name: Some(cells.needed(Registered::Name).into_owned()),
        country: Some(cells.needed(Registered::Country).into_owned()),
        parent: cells.text(Registered::Parent).map(|parent| parent.into_owned()),
        aliases: cells.list(Registered::Aliases),
        flags: cells.list(Registered::Flags),
        ..register::Request::default()
    }
}

/// In the order of the file, except that a parent in the file comes before those that name it.
fn parents_first(sheet: &Sheet, customers: Customers) -> Customers {
    let Customers { rows, mut faults, mut spoilt } = customers;
    let places: HashMap<&str, usize> =
        rows.iter().enumerate().map(|(place, row)| (row.request.id.as_str(), place)).collect();
    let mut ready = BTreeSet::new();
    let mut subsidiaries = vec![Vec::new(); rows.len()];
    for (place, row) in rows.iter().enumerate() {
        match row.request.parent.as_deref().and_then(|parent| places.get(parent)) {
            Some(parent) if *parent != place => subsidiaries[*parent].push(place),
            _ => drop(ready.insert(place)),
        }
    }
    let mut waiting: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    let mut rows = Vec::with_capacity(waiting.len());
    while let Some(place) = ready.pop_first() {
        rows.extend(waiting[place].take());
        ready.extend(&subsidiaries[place]);
    }
    for row in waiting.into_iter().flatten() {
        let told = format!("the parents of `{}` form a loop, or lead into one", row.request.id);
        let fault = Fault::new(FaultCode::FieldInvalid, told).help("one company is above all others");
        faults.push(sheet.blame(row.place, Registered::Parent, fault));
        spoilt.insert(row.request.id);
    }
    Customers { rows, faults, spoilt }
}
