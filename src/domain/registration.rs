//! What a registration changes. A customer event holds the whole record; what is not given stays as it is (D15).

use super::event::Registration;
use super::lookalike::Given;
use super::text::{Country, CustomerId, NameKey, Text};

/// What is given of a customer; what is absent stays as the record in force has it.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct RecordChange {
    /// What the ledger calls it.
    pub id: CustomerId,
    /// Its full name.
    pub name: Option<Text>,
    /// Where it is headquartered.
    pub country: Option<Country>,
    /// The company it belongs to; `Some(None)` where it is to belong to none.
    pub parent: Option<Option<CustomerId>>,
    /// Other names, added.
    pub aliases: Vec<Text>,
    /// Lists it is on, added.
    pub flags: Vec<Text>,
    /// Other names it no longer goes by.
    pub drop_aliases: Vec<Text>,
    /// Lists it is no longer on.
    pub drop_flags: Vec<Text>,
}

impl RecordChange {
    /// The whole record; none where a new customer lacks its name or its country.
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

    /// What a person should know: a name to drop that the record does not hold may be misspelt.
    pub fn strangers(&self, held: &Registration) -> Vec<String> {
        let absent = |what: &str, dropped: &[Text], held: &[Text]| {
            let strangers = dropped.iter().filter(|text| !holds(held, text));
            strangers.map(|text| format!("customer `{}` has no {what} `{text}` to drop", self.id)).collect()
        };
        let aliases: Vec<String> = absent("alias", &self.drop_aliases, &held.aliases);
        [aliases, absent("flag", &self.drop_flags, &held.flags)].concat()
    }

    /// The names given, each with what it is; the id only where it is new.
    pub fn names(&self, held: Option<&Registration>) -> Vec<Given<'_>> {
        let new_id = held.is_none().then_some(("id", self.id.as_str()));
        let name = self.name.iter().map(|name| ("name", name.as_str()));
        let aliases = self.aliases.iter().map(|alias| ("alias", alias.as_str()));
        new_id.into_iter().chain(name).chain(aliases).collect()
    }
}

/// What is dropped and not held is gone already, as when the command is given again (R11).
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
