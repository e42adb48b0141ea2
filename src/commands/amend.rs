//! `amend`: a licence was revised.

use super::error::Misuse;
use super::order::{self, Quantities};
use super::session::{Fold, Session, Writing};
use super::{Answer, writing};
use crate::domain::event::{Amendment, Event};
use crate::domain::text::{LicenceNumber, Text};
use chrono::NaiveDate;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which licence.
    pub licence: String,
    /// New authorised totals.
    pub items: Quantities,
    /// A new last valid day.
    pub expires: Option<NaiveDate>,
    /// Who revised it.
    pub authority: Option<String>,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    if request.items.is_empty() && request.expires.is_none() {
        return Err(
            Misuse::new("an amendment changes a quantity or the expiry", "give CHIP=QTY or --expires DATE").into()
        );
    }
    writing::record(session, options, Fold::Whole, |state| {
        Ok(Event::Amendment(Amendment {
            licence: LicenceNumber::new(request.licence.as_str()),
            items: order::items(state.policy(), &request.items)?,
            expires: request.expires,
            authority: request.authority.as_deref().map(Text::new),
        }))
    })
}
