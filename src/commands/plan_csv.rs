//! The orders of `plan`, one a row: `customer`, then `items` (`H200=50000;MI325X=1000`) or `chip` and `quantity`;
//! optional `name` (the order's label), `date`, `destination`, `licensee`, `expires`.

use super::approve::Terms;
use super::sheet::{Column, Sheet};
use crate::domain::fault::Fault;
use crate::store::record::TextRule;
use chrono::NaiveDate;

const CUSTOMER: usize = 0;
const ITEMS: usize = 1;
const CHIP: usize = 2;
const QUANTITY: usize = 3;
const NAME: usize = 4;
const DATE: usize = 5;
const DESTINATION: usize = 6;
const LICENSEE: usize = 7;
const EXPIRES: usize = 8;

const COLUMNS: &[Column] = &[
    Column { name: "customer", also: &["purchaser"], rule: Some(TextRule::Long) },
    Column { name: "items", also: &[], rule: None },
    Column { name: "chip", also: &["model"], rule: Some(TextRule::Short) },
    Column { name: "quantity", also: &["qty"], rule: Some(TextRule::Short) },
    Column { name: "name", also: &["order"], rule: Some(TextRule::Long) },
    Column { name: "date", also: &[], rule: Some(TextRule::Short) },
    Column { name: "destination", also: &["country of ultimate destination"], rule: Some(TextRule::Short) },
    Column { name: "licensee", also: &[], rule: Some(TextRule::Long) },
    Column { name: "expires", also: &["expiration date", "expiry"], rule: Some(TextRule::Short) },
];

/// One proposed order.
pub(super) struct Order {
    /// Its line in the file.
    pub(super) line: u64,
    /// Its label.
    pub(super) name: Option<String>,
    /// The day in question, where the row gives one.
    pub(super) date: Option<NaiveDate>,
    /// What is asked.
    pub(super) terms: Terms,
}

/// Every order, or everything that is wrong with the file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Order>, Vec<Fault>> {
    let sheet = Sheet::read(bytes, COLUMNS)?;
    let mut faults = Vec::new();
    if !sheet.has(CUSTOMER) {
        faults.push(sheet.lacks("`customer`"));
    }
    let items = sheet.has(ITEMS) || (sheet.has(CHIP) && sheet.has(QUANTITY));
    if !items {
        faults.push(sheet.lacks("`items`, nor both `chip` and `quantity`"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut orders = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let mut cells = sheet.begin(row);
        if cells.faults.is_empty() {
            let order = Order {
                line: row.line,
                name: cells.text(NAME).map(str::to_owned),
                date: cells.date(DATE),
                terms: Terms {
                    customer: cells.needed(CUSTOMER).to_owned(),
                    items: cells.items(ITEMS, CHIP, QUANTITY),
                    expires: cells.date(EXPIRES),
                    destination: cells.text(DESTINATION).map(str::to_owned),
                    licensee: cells.text(LICENSEE).map(str::to_owned),
                    replaces: None,
                    attest: Vec::new(),
                },
            };
            orders.push(order);
        }
        faults.append(&mut cells.faults);
    }
    if faults.is_empty() { Ok(orders) } else { Err(faults) }
}
