//! `check`: judges a proposed approval or, with a licence, a proposed shipment; writes nothing.

use crate::commands::facts::Fact;
use crate::commands::session::{Fold, Session};
use crate::commands::{Answer, writing};
use crate::domain::book::Proposal;
use crate::domain::judge::Asked;
use crate::domain::text::CustomerId;
use chrono::NaiveDate;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// An approval or a shipment, without a number.
    pub fact: Fact,
    /// For a shipment: the customer whose family must hold the licence.
    pub held_by: Option<CustomerId>,
}

/// Judges as of `date`, which may be in the future.
pub fn run(session: &Session, date: Option<NaiveDate>, request: &Request) -> anyhow::Result<Answer> {
    let date = date.unwrap_or(session.today);
    let mut opened = session.open(Fold::Cached)?;
    let state = opened.as_of(date)?;
    let event = request.fact.event(state)?;
    let held_by = request.held_by.as_ref().map(|customer| state.customer_id(customer.as_str()));
    let entry = writing::entry(&opened, event, date, session.system.now(), &Default::default(), None);
    let judgement = opened.propose(Proposal { entry, asked: Asked::Check { held_by }, head_moved: None })?;
    Ok(writing::answer(opened, judgement, None))
}
