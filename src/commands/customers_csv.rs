//! The customers' CSV of `init` and `import`: header `id,name,country,parent,aliases,flags`, the last three optional, lists
//! separated by `;` (D27).

use super::register;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::nearest;
use csv::StringRecord;
use std::collections::{BTreeSet, HashMap, HashSet};

const COLUMNS: [&str; 6] = ["id", "name", "country", "parent", "aliases", "flags"];
const NEEDED: usize = 3;

/// One customer's row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) request: register::Request,
}

/// What a file holds: rows that can be judged, and what is wrong with the others.
#[derive(Debug, Default)]
pub(super) struct Customers {
    pub(super) rows: Vec<Row>,
    pub(super) faults: Vec<Fault>,
    /// Ids of rows that can't be judged: whoever names them as a parent is not told that they are unknown.
    pub(super) spoilt: HashSet<String>,
}

/// Reads all rows, parents before their subsidiaries; a file without a sound header has none.
pub(super) fn read(bytes: &[u8]) -> Result<Customers, Vec<Fault>> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(vec![Fault::new(FaultCode::NotUtf8, "the file is not UTF-8 text")]);
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(bytes);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return Err(vec![unreadable(&error)]),
    };
    if header.iter().all(str::is_empty) {
        let fault = Fault::new(FaultCode::FieldMissing, "the file is empty").line(1);
        return Err(vec![fault.help(format!("its first line is {}", COLUMNS.join(",")))]);
    }
    let places = columns(&header)?;
    let mut customers = Customers::default();
    let mut ids = HashSet::new();
    for record in reader.records() {
        match record {
            Ok(record) => match row(&record, &header, &places) {
                Ok(row) if !ids.insert(row.request.id.clone()) => {
                    let told = format!("customer `{}` stands in the file twice", row.request.id);
                    customers.faults.push(Fault::new(FaultCode::KeyDuplicate, told).line(row.line));
                }
                Ok(row) => customers.rows.push(row),
                Err(mut found) => {
                    customers.faults.append(&mut found);
                    let id = places[0].and_then(|place| record.get(place)).unwrap_or_default();
                    customers.spoilt.insert(id.to_owned());
                }
            },
            Err(error) => customers.faults.push(unreadable(&error)),
        }
    }
    Ok(parents_first(customers))
}

/// Where each column stands in the header.
fn columns(header: &StringRecord) -> Result<[Option<usize>; COLUMNS.len()], Vec<Fault>> {
    let mut faults = Vec::new();
    for name in header.iter().filter(|name| !COLUMNS.contains(name)) {
        let fault = Fault::new(FaultCode::FieldUnknown, format!("unknown column `{name}`")).line(1);
        faults.push(match nearest(name, COLUMNS).first() {
            Some(known) => fault.help(format!("did you mean `{known}`?")),
            None => fault.help(format!("the columns are {}", COLUMNS.join(","))),
        });
    }
    let places = COLUMNS.map(|name| header.iter().position(|held| held == name));
    for (name, place) in COLUMNS.iter().zip(places).take(NEEDED) {
        if place.is_none() {
            faults.push(
                Fault::new(FaultCode::FieldMissing, format!("the header has no column `{name}`"))
                    .line(1)
                    .help(format!("the columns are {}", COLUMNS.join(","))),
            );
        }
    }
    for name in COLUMNS.iter().filter(|name| header.iter().filter(|held| held == *name).count() > 1) {
        faults.push(Fault::new(FaultCode::KeyDuplicate, format!("the header has the column `{name}` twice")).line(1));
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

fn row(
    record: &StringRecord,
    header: &StringRecord,
    places: &[Option<usize>; COLUMNS.len()],
) -> Result<Row, Vec<Fault>> {
    let line = record.position().map_or(0, csv::Position::line);
    if record.len() != header.len() {
        let told = format!("{} cells stand under {} columns", record.len(), header.len());
        return Err(vec![
            Fault::new(FaultCode::FieldInvalid, told).line(line).help("a cell with a comma stands in quotes"),
        ]);
    }
    let cell = |index: usize| places[index].and_then(|place| record.get(place)).filter(|text| !text.is_empty());
    let list = |index: usize| -> Vec<String> {
        let parts = cell(index).into_iter().flat_map(|text| text.split(';'));
        parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let faults: Vec<Fault> = (0..NEEDED)
        .filter(|index| cell(*index).is_none())
        .map(|index| {
            let column = places[index].map_or(0, |place| place as u64 + 1);
            Fault::new(FaultCode::FieldMissing, format!("`{}` is empty", COLUMNS[index])).line(line).column(column)
        })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Row {
        line,
        request: register::Request {
            id: cell(0).unwrap_or_default().to_owned(),
            name: cell(1).map(str::to_owned),
            country: cell(2).map(str::to_owned),
            parent: cell(3).map(str::to_owned),
            aliases: list(4),
            flags: list(5),
            ..register::Request::default()
        },
    })
}

/// In the order of the file, except that a parent in the file comes before those that name it.
fn parents_first(customers: Customers) -> Customers {
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
        faults.push(Fault::new(FaultCode::FieldInvalid, told).line(row.line).help("one company is above all others"));
        spoilt.insert(row.request.id);
    }
    Customers { rows, faults, spoilt }
}

fn unreadable(error: &csv::Error) -> Fault {
    let fault = Fault::new(FaultCode::FieldInvalid, format!("this is no CSV: {error}"));
    match error.position() {
        Some(position) => fault.line(position.line()),
        None => fault,
    }
}
