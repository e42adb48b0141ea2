//! `void`: an entry is taken out, as if it had never been (R9).

use super::session::{Fold, Session, Writing};
use super::{Answer, writing};
use crate::domain::event::{Event, Seq, Void};
use crate::domain::text::Text;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which entry.
    pub entry: Seq,
    /// Why.
    pub reason: String,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let void = Void { entry: request.entry, reason: Text::new(request.reason.as_str()) };
    writing::record(session, options, Fold::Whole, |_| Ok(Event::Void(void)))
}
