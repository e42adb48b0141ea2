//! `approve`: a licence was granted.

use super::order::{self, Attest, Quantities};
use super::session::{Fold, Session, Writing};
use super::{Answer, writing};
use crate::domain::event::{Approval, Event};
use crate::domain::state::State;
use crate::domain::text::{LicenceNumber, Text};
use chrono::NaiveDate;

/// The licence's terms, without its number: `check` asks about the same.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Who buys.
    pub customer: String,
    /// How many of what.
    pub items: Quantities,
    /// Last valid day.
    pub expires: Option<NaiveDate>,
    /// Where the goods go.
    pub destination: Option<String>,
    /// Who holds it.
    pub licensee: Option<String>,
    /// The licence it closes.
    pub replaces: Option<String>,
    /// What the exporter asserts.
    pub attest: Vec<Attest>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The licence's number.
    pub licence: String,
    /// Its terms.
    pub terms: Terms,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    writing::record(session, options, Fold::Cached, |state| event(state, &request.licence, &request.terms))
}

pub(super) fn event(state: &State, licence: &str, terms: &Terms) -> anyhow::Result<Event> {
    Ok(Event::Approval(Approval {
        licence: LicenceNumber::new(licence),
        customer: order::customer(state, &terms.customer),
        items: order::items(state.policy(), &terms.items)?,
        expires: terms.expires,
        destination: terms.destination.as_deref().map(order::country),
        licensee: terms.licensee.as_deref().map(Text::new),
        replaces: terms.replaces.as_deref().map(LicenceNumber::new),
        attestations: order::attestations(&terms.attest)?,
    }))
}
