//! The changes that a registration makes. A customer event holds the whole record; a part that is not given stays as it
//! is (D15).

use super::event::Registration;
use super::lookalike::Given;
use super::text::{Country, CustomerId, NameKey, Text};

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
    pub aliases: Vec<Text>,
    /// Added to the flags.
    pub flags: Vec<Text>,
    /// Removed from the aliases.
    pub drop_aliases: Vec<Text>,
    /// Removed from the flags.
    pub drop_flags: Vec<Text>,
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

    /// Warnings about names and flags to drop that the record does not have: they may be misspelt.
    pub fn strangers(&self, held: &Registration) -> Vec<String> {
        let absent = |what: &str, dropped: &[Text], held: &[Text]| {
            let strangers = dropped.iter().filter(|text| !holds(held, text));
            strangers.map(|text| format!("customer `{}` has no {what} `{text}` to drop", self.id)).collect()
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

/// Ignores a dropped text that the record does not have, because the command may be a repetition (R11).
fn changed(mut texts: Vec<Text>, dropped: &[Text], added: &[Text]) -> Vec<Text> {
    texts.retain(|text| !holds(dropped, text));
    for text in added {
        if !holds(&texts, text) {
            texts.push(text.clone());
        }
    }
    texts
}

fn holds(texts: &[Text], wanted: &Text) -> bool {
    let wanted = NameKey::of(wanted.as_str());
    texts.iter().any(|text| NameKey::of(text.as_str()) == wanted)
}
