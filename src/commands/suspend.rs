//! `suspend`: a licence was suspended.

use super::session::{Fold, Session, Writing};
use super::{Answer, writing};
use crate::domain::event::{Event, StandingChange};
use crate::domain::text::{LicenceNumber, Text};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which licence.
    pub licence: String,
    /// Why.
    pub reason: String,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let change = StandingChange {
        licence: LicenceNumber::new(request.licence.as_str()),
        reason: Text::new(request.reason.as_str()),
    };
    writing::record(session, options, Fold::Whole, |_| Ok(Event::Suspension(change)))
}
