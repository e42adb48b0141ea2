//! `check`: would it pass? Judges a proposed approval or, with a licence, a proposed shipment; writes nothing.

use super::approve::{self, Terms};
use super::session::{Fold, Session};
use super::ship::{self, Consignment};
use super::{Answer, order, writing};
use crate::domain::book::Proposal;
use crate::domain::judge::Asked;
use chrono::NaiveDate;

/// What is asked about.
#[derive(Clone, Debug)]
pub enum Request {
    /// A licence.
    Approval(Terms),
    /// A shipment under a licence of this customer's family.
    Shipment {
        /// Whose family must hold the licence.
        customer: String,
        /// What would leave.
        consignment: Consignment,
    },
}

/// Judges as of `date`, which may lie ahead.
pub fn run(session: &Session, date: Option<NaiveDate>, request: &Request) -> anyhow::Result<Answer> {
    let date = date.unwrap_or(session.today);
    let mut opened = session.open(Fold::Cached)?;
    let state = opened.as_of(date)?;
    let (event, held_by) = match request {
        Request::Approval(terms) => (approve::event(state, "", terms)?, None),
        Request::Shipment { customer, consignment } => {
            (ship::event(state, "", consignment)?, Some(order::customer(state, customer)))
        }
    };
    let entry = writing::entry(&opened, event, date, session.system.now(), "", None);
    let judgement = opened.propose(Proposal { entry, asked: Asked::Check { held_by }, head_moved: None })?;
    Ok(writing::answer(opened, judgement, None))
}
