//! `register`: a customer, new or changed. A customer event holds the whole record; the verb starts from the one in
//! force on its date and changes only what is given (D15).

use super::error::Misuse;
use super::session::{Session, Writing};
use super::{Answer, order, writing};
use crate::domain::event::{Event, Registration};
use crate::domain::state::State;
use crate::domain::text::{CustomerId, NameKey, Text};

/// What is asked; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What the ledger calls it.
    pub id: String,
    /// Its full name.
    pub name: Option<String>,
    /// Where it is headquartered.
    pub country: Option<String>,
    /// The company it belongs to.
    pub parent: Option<String>,
    /// It belongs to none.
    pub no_parent: bool,
    /// Other names, added.
    pub aliases: Vec<String>,
    /// Lists it is on, added.
    pub flags: Vec<String>,
    /// Other names it no longer goes by.
    pub drop_aliases: Vec<String>,
    /// Lists it is no longer on.
    pub drop_flags: Vec<String>,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    writing::record(session, options, |state| Ok(Event::Customer(record(state, request)?)))
}

pub(super) fn record(state: &State, request: &Request) -> anyhow::Result<Registration> {
    let id = CustomerId::new(request.id.as_str());
    let known = state.customer(&id).and_then(|customer| state.customer_at(customer));
    let mut record = match known {
        Some(customer) => customer.registered.record.as_ref().clone(),
        None => {
            let (Some(name), Some(country)) = (&request.name, &request.country) else {
                return Err(Misuse::new(
                    format!("customer `{id}` is new: its name and country are needed"),
                    "add --name NAME --country CC",
                )
                .into());
            };
            Registration {
                id,
                name: Text::new(name.as_str()),
                country: order::country(country),
                parent: None,
                aliases: Vec::new(),
                flags: Vec::new(),
            }
        }
    };
    if let Some(name) = &request.name {
        record.name = Text::new(name.as_str());
    }
    if let Some(country) = &request.country {
        record.country = order::country(country);
    }
    if request.no_parent {
        record.parent = None;
    }
    if let Some(parent) = &request.parent {
        record.parent = Some(order::customer(state, parent));
    }
    drop_from(&mut record.aliases, &request.drop_aliases, "alias", &record.id, same_name)?;
    drop_from(&mut record.flags, &request.drop_flags, "flag", &record.id, str::eq)?;
    add_to(&mut record.aliases, &request.aliases, same_name);
    add_to(&mut record.flags, &request.flags, str::eq);
    Ok(record)
}

fn same_name(a: &str, b: &str) -> bool {
    NameKey::of(a) == NameKey::of(b)
}

fn add_to(held: &mut Vec<Text>, given: &[String], same: impl Fn(&str, &str) -> bool) {
    for text in given {
        if !held.iter().any(|known| same(known.as_str(), text)) {
            held.push(Text::new(text.as_str()));
        }
    }
}

fn drop_from(
    held: &mut Vec<Text>,
    given: &[String],
    what: &str,
    id: &CustomerId,
    same: impl Fn(&str, &str) -> bool,
) -> anyhow::Result<()> {
    for text in given {
        let before = held.len();
        held.retain(|known| !same(known.as_str(), text));
        if held.len() == before {
            let listed: Vec<&str> = held.iter().map(Text::as_str).collect();
            let next = if listed.is_empty() { format!("it has no {what}") } else { format!("it has: {}", listed.join(", ")) };
            return Err(Misuse::new(format!("customer `{id}` has no {what} `{text}` to drop"), next).into());
        }
    }
    Ok(())
}
