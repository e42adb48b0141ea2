//! `register`: a customer, new or changed. A customer event holds the whole record; the verb starts from the one in
//! force on its date and changes only what is given (D15).

use super::error::Misuse;
use super::session::{Session, Writing};
use super::writing::Draft;
use super::{Answer, order, writing};
use crate::domain::book::Verdict;
use crate::domain::event::{Digest, Event, Registration, Seq};
use crate::domain::lookalike::{Given, Looks};
use crate::domain::refusal::Refusal;
use crate::domain::state::State;
use crate::domain::text::{CustomerId, NameKey, Text};
use crate::report::clean::clean;
use crate::report::decision::Decision;
use crate::store::record::{self, TextRule};

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
    writing::record(session, options, |state| draft(state, request))
}

/// What a registration would do; nothing is written.
#[derive(Debug)]
pub struct Preview {
    /// The line as it would be written now, by this program and on top of what the ledger holds; none where a rule refuses
    /// it.
    pub line: Option<String>,
    /// Why it would not be written, each with what to do.
    pub problems: Vec<String>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// The entry that records it already.
    pub recorded: Option<Seq>,
    /// The ledger's head.
    pub head: Digest,
}

/// Judges by the way that [`run`] takes, and writes nothing.
pub fn preview(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Preview> {
    let options = Writing { dry_run: true, ..options.clone() };
    let (decided, ()) = writing::record_after(session, &options, |state| draft(state, request), |_, _| Ok(()))?;
    let Decision { judgement, head, .. } = decided.decision;
    let recorded = match judgement.verdict {
        Verdict::AlreadyRecorded(seq) => Some(seq),
        Verdict::Admitted | Verdict::Refused => None,
    };
    let refused = judgement.verdict == Verdict::Refused;
    let told = |refusal: &Refusal| match &refusal.help {
        Some(help) => format!("{} [{}]; {help}", refusal.message(), refusal.code.as_str()),
        None => format!("{} [{}]", refusal.message(), refusal.code.as_str()),
    };
    Ok(Preview {
        line: (!refused).then(|| String::from_utf8_lossy(&record::write_line(&head, &judgement.entry)).into_owned()),
        problems: judgement.refusals.iter().filter(|_| refused).map(told).collect(),
        warnings: decided.warnings,
        recorded,
        head,
    })
}

/// The record of this id that is in force on the day, if there is one.
pub fn registered(session: &Session, options: &Writing, id: &str) -> anyhow::Result<Option<Registration>> {
    let mut opened = session.read()?;
    let state = opened.book.as_of(options.date.unwrap_or(session.today))?;
    let known = state.customer(&CustomerId::new(id)).and_then(|customer| state.customer_at(customer));
    Ok(known.map(|customer| customer.registered.record.as_ref().clone()))
}

/// Why a text can't be a customer's id, if so.
pub fn id_problem(id: &str) -> Option<String> {
    TextRule::Id.check(id).err().map(|fault| format!("`{}` {fault}", clean(id)))
}

fn draft(state: &State, request: &Request) -> anyhow::Result<Draft> {
    let mut warnings = warn_of_strangers(state, request);
    let record = record(state, request)?;
    warnings.extend(warn_of_looks(&Looks::of(state), state, request));
    Ok(Draft { event: Event::Customer(record), warnings })
}

/// What the names that are given look like; those that a customer has already were looked at when they were new.
pub(super) fn warn_of_looks(looks: &Looks, state: &State, request: &Request) -> Vec<String> {
    let id = CustomerId::new(request.id.as_str());
    let new_id = state.customer(&id).is_none().then_some(("id", request.id.as_str()));
    let name = request.name.as_deref().map(|name| ("name", name));
    let aliases = request.aliases.iter().map(|alias| ("alias", alias.as_str()));
    let given: Vec<Given<'_>> = new_id.into_iter().chain(name).chain(aliases).collect();
    looks.warnings(&id, &given)
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
    drop_from(&mut record.aliases, &request.drop_aliases);
    drop_from(&mut record.flags, &request.drop_flags);
    add_to(&mut record.aliases, &request.aliases);
    add_to(&mut record.flags, &request.flags);
    Ok(record)
}

fn same_name(a: &str, b: &str) -> bool {
    NameKey::of(a) == NameKey::of(b)
}

fn add_to(held: &mut Vec<Text>, given: &[String]) {
    for text in given {
        if !held.iter().any(|known| same_name(known.as_str(), text)) {
            held.push(Text::new(text.as_str()));
        }
    }
}

/// Drops what is held; what is not is already gone, as when the command is given again (R11).
fn drop_from(held: &mut Vec<Text>, given: &[String]) {
    held.retain(|known| !given.iter().any(|text| same_name(known.as_str(), text)));
}

/// A name to drop that the customer's record does not hold may be misspelt.
fn warn_of_strangers(state: &State, request: &Request) -> Vec<String> {
    let id = CustomerId::new(request.id.as_str());
    let known = state.customer(&id).and_then(|customer| state.customer_at(customer));
    let holds = |held: &[Text], text: &str| held.iter().any(|known| same_name(known.as_str(), text));
    let absent = |what: &str, text: &str| format!("customer `{id}` has no {what} `{text}` to drop");
    let Some(record) = known.map(|customer| &customer.registered.record) else { return Vec::new() };
    let aliases =
        request.drop_aliases.iter().filter(|text| !holds(&record.aliases, text)).map(|text| absent("alias", text));
    let flags = request.drop_flags.iter().filter(|text| !holds(&record.flags, text)).map(|text| absent("flag", text));
    aliases.chain(flags).collect()
}
