//! Checks customers and families: each name belongs to one customer, and parents form no loop (R2).

use super::{Ruling, conditions};
use crate::domain::event::Registration;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{State, names};
use crate::domain::text::{CustomerId, NameKey, nearest};
use std::collections::{BTreeSet, HashSet};

/// Judges a registration, of a new or a known customer.
pub(super) fn registration(state: &State, record: &Registration, ruling: &mut Ruling) {
    conditions::country_known(&record.country, "country", ruling);
    names_free(state, record, ruling);
    let policy = state.policy();
    for flag in record.flags.iter().filter(|flag| policy.flag(flag).is_none()) {
        let told =
            format!("policy `{} {}` does not define the flag `{flag}`: it has no effect", policy.name, policy.version);
        ruling.warnings.push(
            match nearest(flag.as_str(), policy.flags.iter().map(|(name, _)| name.as_str())).first() {
                Some(known) => format!("{told}; did you mean `{known}`?"),
                None => told,
            },
        );
    }
    let Some(parent) = &record.parent else { return };
    if state.customer(parent).is_none() && *parent != record.id {
        ruling.refuse(unknown(state, parent, "parent"));
        return;
    }
    let loops = *parent == record.id
        || state.customer(parent).is_some_and(|parent| {
            state
                .line_of_parents(parent)
                .any(|member| state.customer_at(member).is_some_and(|member| member.registered.record.id == record.id))
        });
    if loops {
        let told = if *parent == record.id {
            format!("`{parent}` can't be its own parent")
        } else {
            format!("`{}` can't have the parent `{parent}`: `{}` is itself above `{parent}`", record.id, record.id)
        };
        let refusal = Refusal::new(Code::FamilyCycle, told).field("parent");
        ruling.refuse(
            refusal.help(format!("`exquota show {parent}` prints its parents; detach one with `--no-parent` first")),
        );
    }
}

/// Refuses an id, name or alias that belongs to another customer.
fn names_free(state: &State, record: &Registration, ruling: &mut Ruling) {
    let wanted: HashSet<NameKey> = names(record).map(NameKey::of).collect();
    let holders: BTreeSet<_> = names(record).flat_map(|name| state.customers_called(name)).collect();
    for other in holders.into_iter().filter_map(|other| state.customer_at(other)) {
        let other = &other.registered.record;
        if other.id == record.id {
            continue;
        }
        if let Some(shared) = names(other).find(|name| wanted.contains(&NameKey::of(name))) {
            let told = format!("`{shared}` already belongs to customer `{}`", other.id);
            let refusal = Refusal::new(Code::NameTaken, told).field("name");
            ruling.refuse(refusal.help(format!(
                "if they are one company, use `{}`; if one is part of the other, register it with `--parent {}`",
                other.id, other.id
            )));
        }
    }
}

/// The refusal of an unknown customer.
pub(super) fn unknown(state: &State, id: &CustomerId, field: &str) -> Refusal {
    let known = state.customers().flat_map(|(_, customer)| names(&customer.registered.record));
    let near = nearest(id.as_str(), known);
    Refusal::new(Code::CustomerUnknown, format!("no customer `{id}` is registered"))
        .field(field)
        .help(match near.first() {
            Some(name) => format!("did you mean `{name}`? To add a new customer, use `exquota register`"),
            None => "register it first: `exquota register ID --name NAME --country CC`".to_owned(),
        })
        .nearest(near)
}
