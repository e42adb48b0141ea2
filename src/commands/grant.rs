//! `grant`: an authority set another limit for one group of one ceiling (R8).

use super::session::{Fold, Session, Writing};
use super::{Answer, order, writing};
use crate::domain::event::{Event, Exception};
use crate::domain::policy::Scope;
use crate::domain::state::State;
use crate::domain::text::{CeilingName, Text};
use chrono::NaiveDate;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which ceiling.
    pub ceiling: String,
    /// Which group.
    pub group: String,
    /// In whole units.
    pub limit: u64,
    /// Who granted it, with a reference.
    pub authority: String,
    /// Last day it holds.
    pub expires: Option<NaiveDate>,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    writing::record(session, options, Fold::Whole, |state| {
        let ceiling = CeilingName::new(request.ceiling.as_str());
        Ok(Event::Exception(Exception {
            group: group(state, &ceiling, &request.group),
            ceiling,
            limit: request.limit,
            authority: Text::new(request.authority.as_str()),
            expires: request.expires,
        }))
    })
}

/// The group as the ledger calls it: a customer's id, a country code, the policy's name of a chip.
fn group(state: &State, ceiling: &CeilingName, given: &str) -> Text {
    match state.policy().ceiling(ceiling).map(|ceiling| ceiling.scope) {
        Some(Scope::Customer) => Text::new(order::customer(state, given).as_str()),
        Some(Scope::Country) => Text::new(order::country(given).as_str()),
        Some(Scope::Chip) => Text::new(order::chip(state.policy(), given).as_str()),
        Some(Scope::Licensee | Scope::Total) | None => Text::new(given),
    }
}
