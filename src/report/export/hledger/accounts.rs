//! What accounts and commodities are called: nothing in a name of the ledger means anything to hledger.

use crate::domain::state::{CustomerIx, Licence, LineItem, State};
use crate::domain::words::words;
use crate::report::clean::is_unsafe;
use std::fmt::Write;

words! {
    /// What a licence's chips are held in.
    #[derive(PartialOrd, Ord)]
    pub(super) enum Account {
        Authorised = "authorised",
        Outstanding = "outstanding",
        Shipped = "shipped",
        Released = "released",
        Excess = "excess",
        Returned = "returned",
        /// Where what came back came from.
        Consignees = "consignees",
    }
}

impl Account {
    /// Of the customer, family or licence at `path`.
    pub(super) fn at(self, path: &str) -> String {
        if path.is_empty() { self.to_string() } else { format!("{self}:{path}") }
    }

    /// Where what was not shipped lies.
    pub(super) fn of_balance(held: LineItem, open: bool) -> Account {
        match (held.balance() < 0, open) {
            (true, _) => Account::Excess,
            (false, true) => Account::Outstanding,
            (false, false) => Account::Released,
        }
    }
}

/// The path of a licence's accounts.
pub(super) fn path_of(state: &State, licence: &Licence) -> String {
    format!("{}:{}", home(state, licence.customer), safe(licence.number.as_str()))
}

/// The path under which all licences of a customer stand.
pub(super) fn home(state: &State, customer: CustomerIx) -> String {
    format!("{}:{}", family_path(state, state.root(customer)), id_of(state, customer))
}

/// The path under which all licences of a family stand.
pub(super) fn family_path(state: &State, root: CustomerIx) -> String {
    let country = state.country_of(root).map(|country| safe(country.as_str())).unwrap_or_else(|| safe(""));
    format!("{country}:{}", id_of(state, root))
}

fn id_of(state: &State, customer: CustomerIx) -> String {
    safe(state.customer_at(customer).map_or("", |customer| customer.registered.record.id.as_str()))
}

pub(super) fn commodity(name: &str) -> String {
    format!("\"{}\"", escaped(name, |letter| letter == ' ' || is_plain(letter)))
}

/// A name as part of an account or a description: nothing in it ends an account, begins a comment or is taken for a
/// mark. Different names stay different.
pub(super) fn safe(name: &str) -> String {
    escaped(name, is_plain)
}

fn is_plain(letter: char) -> bool {
    matches!(letter, '-' | '_' | '.' | '/' | '#' | '+') || (letter.is_alphanumeric() && !is_unsafe(letter))
}

fn escaped(name: &str, plain: impl Fn(char) -> bool) -> String {
    if name.is_empty() {
        return "%".to_owned();
    }
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        if plain(letter) {
            text.push(letter);
        } else {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string does not fail.
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}
