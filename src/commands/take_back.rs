//! `return`: goods of a shipment came back.

use super::order::{self, Quantities, SerialFile};
use super::session::{Fold, Session, Writing};
use super::{Answer, writing};
use crate::domain::event::{Event, Return};
use crate::domain::text::{Reference, Text};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The return's own reference.
    pub reference: String,
    /// The shipment it belongs to.
    pub shipment: String,
    /// How many of what.
    pub items: Quantities,
    /// Why.
    pub reason: Option<String>,
    /// Which chips.
    pub serials: Vec<SerialFile>,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    writing::record(session, options, Fold::Whole, |state| {
        Ok(Event::Return(Return {
            reference: Reference::new(request.reference.as_str()),
            shipment: Reference::new(request.shipment.as_str()),
            items: order::items(state.policy(), &request.items)?,
            reason: request.reason.as_deref().map(Text::new),
            serials: order::serials(state.policy(), &request.serials)?,
        }))
    })
}
