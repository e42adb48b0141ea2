//! `close`: a licence ended before its expiry.

use super::session::{Fold, Session, Writing};
use super::{Answer, writing};
use crate::domain::event::{Closure, ClosureReason, Event};
use crate::domain::text::{LicenceNumber, Text};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which licence.
    pub licence: String,
    /// Why.
    pub reason: ClosureReason,
    /// More about it.
    pub note: Option<String>,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let closure = Closure {
        licence: LicenceNumber::new(request.licence.as_str()),
        reason: request.reason,
        note: request.note.as_deref().map(Text::new),
    };
    writing::record(session, options, Fold::Whole, |_| Ok(Event::Closure(closure)))
}
