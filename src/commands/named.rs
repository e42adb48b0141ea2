//! The customers that a name on the command line stands for.

use crate::commands::error::{Misuse, did_you_mean};
use crate::domain::state::{CustomerIx, State, names};
use crate::domain::text::CustomerId;

/// The customers that these names stand for, in the order of registration: their whole families, or, `alone`, only the
/// named ones.
pub(super) fn meant(state: &State, given: &[String], alone: bool) -> Result<Vec<CustomerIx>, Misuse> {
    let find = |name: &String| state.customer_called(name).ok_or_else(|| unknown_customer(state, name));
    let named = given.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let is_meant = |customer: &CustomerIx| match alone {
        true => named.contains(customer),
        false => named.iter().any(|named| state.root(*named) == state.root(*customer)),
    };
    Ok(state.customers().map(|(customer, _)| customer).filter(is_meant).collect())
}

/// The ids of customers.
pub(super) fn ids(state: &State, customers: &[CustomerIx]) -> Vec<CustomerId> {
    let held = customers.iter().filter_map(|customer| state.customer_at(*customer));
    held.map(|customer| customer.registered.record.id.clone()).collect()
}

pub(super) fn unknown_customer(state: &State, given: &str) -> Misuse {
    let known = state.customers().flat_map(|(_, customer)| names(&customer.registered.record));
    let next = did_you_mean(given, known, "`exquota customers` lists them");
    Misuse::new(format!("no customer `{given}` is registered"), next)
}
