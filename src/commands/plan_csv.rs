//! The orders of `plan`, one a row.

use super::approve::Terms;
use super::sheets::{date, items};
use crate::domain::fault::Fault;
use crate::store::csv::{Form, Place, Sheet, columns};
use crate::store::record::TextRule::{Long, Short};
use chrono::NaiveDate;

columns! { Orders:
    Customer "customer" ["purchaser"], Some(Long), "";
    Items "items" [], None, "";
    Chip "chip" ["model"], Some(Short), "";
    Quantity "quantity" ["qty"], Some(Short), "";
    Name "name" ["order"], Some(Long), "";
    Date "date" [], Some(Short), "";
    Destination "destination" ["country of ultimate destination"], Some(Short), "";
    Licensee "licensee" [], Some(Long), "";
    Expires "expires" ["expiration date", "expiry"], Some(Short), "";
}

pub(super) const FORM: Form = Form {
    what: "the orders' file",
    columns: Orders::ALL,
    needs: &["customer", "items | chip + quantity"],
    lenient: false,
};

/// One proposed order.
pub(super) struct Order {
    /// Its row in the file.
    pub(super) place: Place,
    /// Its label.
    pub(super) name: Option<String>,
    /// The day in question, where the row gives one.
    pub(super) date: Option<NaiveDate>,
    /// What is asked.
    pub(super) terms: Terms,
}

impl Order {
    /// The fault, at what is ordered.
    pub(super) fn blame(&self, sheet: &Sheet, fault: Fault) -> Fault {
        sheet.blame(self.place, Orders::Items, fault)
    }
}

/// Every order that can be read, and everything that is wrong with the others.
pub(super) fn read(sheet: &Sheet) -> (Vec<Order>, Vec<Fault>) {
    let (mut orders, mut faults) = (Vec::new(), Vec::new());
    for mut row in sheet.rows() {
        if row.whole {
            let text = |column| row.text(column).map(|text| text.into_owned());
            let (name, destination, licensee) = (text(Orders::Name), text(Orders::Destination), text(Orders::Licensee));
            let order = Order {
                place: row.place,
                name,
                date: date(&mut row, Orders::Date),
                terms: Terms {
                    customer: row.needed(Orders::Customer).into_owned(),
                    items: items(&mut row, Orders::Items, Orders::Chip, Orders::Quantity),
                    expires: date(&mut row, Orders::Expires),
                    destination,
                    licensee,
                    replaces: None,
                    attest: Vec::new(),
                },
            };
            if row.faults.is_empty() {
                orders.push(order);
            }
        }
        faults.append(&mut row.faults);
    }
    (orders, faults)
}
