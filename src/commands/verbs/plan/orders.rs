//! The orders of `plan`, one per row.

use crate::commands::sheets::items;
use crate::commands::values;
use crate::domain::event::{Approval, Event};
use crate::domain::fault::Fault;
use crate::domain::text::{Country, CustomerId, Name};
use crate::store::csv::{Form, Place, Sheet, columns};
use crate::store::record::TextRule::{Long, Short};
use chrono::NaiveDate;
use std::borrow::Cow;

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
    Value "value" [], Some(Short), "";
}

pub(super) const FORM: Form = Form {
    what: "the orders' file",
    columns: Orders::ALL,
    needs: "customer; items | chip + quantity",
    lenient: false,
    exported: None,
};

/// One proposed order.
pub(super) struct Order {
    /// Its row in the file.
    pub(super) place: Place,
    pub(super) name: Option<String>,
    /// None where the row gives no day.
    pub(super) date: Option<NaiveDate>,
    pub(super) event: Event,
}

impl Order {
    /// The fault, placed at the items.
    pub(super) fn blame(&self, sheet: &Sheet, fault: Fault) -> Fault {
        sheet.blame(self.place, Orders::Items, fault)
    }
}

/// Every order that can be read, and the faults of the others.
pub(super) fn read(sheet: &Sheet) -> (Vec<Order>, Vec<Fault>) {
    let (mut orders, mut faults) = (Vec::new(), Vec::new());
    for mut row in sheet.rows() {
        if row.whole {
            let (name, day) = (row.text(Orders::Name).map(Cow::into_owned), row.parsed(Orders::Date, values::date));
            let approval = Approval {
                destination: row.text(Orders::Destination).map(Country::new),
                licensee: row.text(Orders::Licensee).map(Name::new),
                customer: CustomerId::new(row.needed(Orders::Customer)),
                items: items(&mut row, Orders::Items, Orders::Chip, Orders::Quantity),
                value: row.parsed(Orders::Value, values::value),
                expires: row.parsed(Orders::Expires, values::date),
                ..Approval::default()
            };
            let order = Order { place: row.place, name, date: day, event: Event::Approval(approval) };
            if row.faults.is_empty() {
                orders.push(order);
            }
        }
        faults.append(&mut row.faults);
    }
    (orders, faults)
}
