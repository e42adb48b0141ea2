//! Customers below their parents (R2).

use super::state::{CustomerIx, State};
use hashbrown::HashMap;

/// A customer, and how many parents are above it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    pub customer: CustomerIx,
    pub depth: usize,
}

/// All customers by families, each below its parent, otherwise in the order of registration.
pub fn family_trees(state: &State) -> Vec<Member> {
    let mut below: HashMap<Option<CustomerIx>, Vec<CustomerIx>> = HashMap::new();
    for (customer, _) in state.customers() {
        below.entry(state.line_of_parents(customer).nth(1)).or_default().push(customer);
    }
    // A list and not a recursion: a chain of parents may be long.
    let mut waiting: Vec<Member> = Vec::new();
    let mut members = Vec::new();
    let mut above = None;
    let mut depth = 0;
    loop {
        let children = below.remove(&above).unwrap_or_default();
        waiting.extend(children.into_iter().rev().map(|customer| Member { customer, depth }));
        let Some(next) = waiting.pop() else { return members };
        members.push(next);
        (above, depth) = (Some(next.customer), next.depth + 1);
    }
}
