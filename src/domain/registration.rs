//! The changes that a registration makes. A customer event holds the whole record; a part that is not given stays as it
//! is (D15).

use super::event::Registration;
use super::lookalike::Given;
use super::text::{Country, CustomerId, Name, Text};

/// The given parts of a customer's record. The others stay as in the record in force.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct RecordChange {
    pub id: CustomerId,
    pub name: Option<Text>,
    /// Its headquarters.
    pub country: Option<Country>,
    /// The parent company. `Some(None)` detaches the customer from its parent.
    pub parent: Option<Option<CustomerId>>,
    /// Added to the aliases.
    pub aliases: Vec<Name>,
    /// Added to the flags.
    pub flags: Vec<Name>,
    /// Removed from the aliases.
    pub drop_aliases: Vec<Name>,
    /// Removed from the flags.
    pub drop_flags: Vec<Name>,
}

impl RecordChange {
    /// The whole record; none where a new customer lacks its name or country.
    pub fn apply(&self, held: Option<&Registration>) -> Option<Registration> {
        let (aliases, flags) = held.map_or_else(Default::default, |held| (held.aliases.clone(), held.flags.clone()));
        Some(Registration {
            id: self.id.clone(),
            name: self.name.clone().or_else(|| Some(held?.name.clone()))?,
            country: self.country.clone().or_else(|| Some(held?.country.clone()))?,
            parent: self.parent.clone().unwrap_or_else(|| held?.parent.clone()),
            aliases: changed(aliases, &self.drop_aliases, &self.aliases),
            flags: changed(flags, &self.drop_flags, &self.flags),
        })
    }

    /// The change that makes `after` of `before`.
    pub fn between(before: &Registration, after: &Registration) -> Self {
        let without = |all: &[Name], others: &[Name]| -> Vec<Name> {
            all.iter().filter(|name| !others.contains(name)).cloned().collect()
        };
        RecordChange {
            id: after.id.clone(),
            name: (after.name != before.name).then(|| after.name.clone()),
            country: (after.country != before.country).then(|| after.country.clone()),
            parent: (after.parent != before.parent).then(|| after.parent.clone()),
            aliases: without(&after.aliases, &before.aliases),
            flags: without(&after.flags, &before.flags),
            drop_aliases: without(&before.aliases, &after.aliases),
            drop_flags: without(&before.flags, &after.flags),
        }
    }

    /// Warnings about names and flags to drop that the record does not have: they may be misspelt.
    pub fn strangers(&self, held: &Registration) -> Vec<String> {
        let absent = |what: &str, dropped: &[Name], held: &[Name]| {
            let strangers = dropped.iter().filter(|name| !held.contains(name));
            strangers.map(|name| format!("customer `{}` has no {what} `{name}` to drop", self.id)).collect()
        };
        let aliases: Vec<String> = absent("alias", &self.drop_aliases, &held.aliases);
        [aliases, absent("flag", &self.drop_flags, &held.flags)].concat()
    }

    /// The given names, each with its kind. The id is among them only for a new customer.
    pub fn names(&self, held: Option<&Registration>) -> Vec<Given<'_>> {
        let new_id = held.is_none().then_some(("id", self.id.as_str()));
        let name = self.name.iter().map(|name| ("name", name.as_str()));
        let aliases = self.aliases.iter().map(|alias| ("alias", alias.as_str()));
        new_id.into_iter().chain(name).chain(aliases).collect()
    }
}

/// Ignores a dropped name that the record does not have, because the command may be a repetition (R11).
fn changed(mut names: Vec<Name>, dropped: &[Name], added: &[Name]) -> Vec<Name> {
    names.retain(|name| !dropped.contains(name));
    for name in added {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}
