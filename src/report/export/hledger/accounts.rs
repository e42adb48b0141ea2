//! The names of accounts and commodities. Nothing in a name of the ledger has a meaning for hledger.

use crate::domain::state::{CustomerIx, Licence, LineItem, State};
use crate::domain::words::words;
use crate::report::clean::is_unsafe;
use std::fmt::Write;

words! {
    /// The accounts of a licence's chips.
    #[derive(PartialOrd, Ord)]
    pub(super) enum Account {
        Authorised = "authorised",
        Outstanding = "outstanding",
        Shipped = "shipped",
        Released = "released",
        Excess = "excess",
        Returned = "returned",
        Retired = "retired",
        /// The account that returned and retired chips come from.
        Consignees = "consignees",
    }
}

impl Account {
    /// The account's name under the customer, family or licence at `path`.
    pub(super) fn at(self, path: &str) -> String {
        if path.is_empty() { self.to_string() } else { format!("{self}:{path}") }
    }

    /// The account of chips that have not shipped.
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

/// The path of all licences of a customer.
pub(super) fn home(state: &State, customer: CustomerIx) -> String {
    format!("{}:{}", family_path(state, state.root(customer)), id_of(state, customer))
}

/// The path of all licences of a family.
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

/// Escapes a name for use in an account or a description. The result ends no account, begins no comment and is no mark.
/// Different names stay different.
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
