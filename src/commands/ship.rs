//! `ship`: goods left under a licence.

use super::order::{self, Attest, Quantities, SerialFile};
use super::session::{Fold, Session, Writing};
use super::{Answer, writing};
use crate::domain::event::{Event, Shipment};
use crate::domain::state::State;
use crate::domain::text::{LicenceNumber, Reference, Text};

/// What left, without its reference: `check --licence` asks about the same.
#[derive(Clone, Debug)]
pub struct Consignment {
    /// Under which licence.
    pub licence: String,
    /// How many of what.
    pub items: Quantities,
    /// Where to.
    pub destination: Option<String>,
    /// Who receives it.
    pub consignee: Option<String>,
    /// What the exporter asserts.
    pub attest: Vec<Attest>,
    /// Which chips.
    pub serials: Vec<SerialFile>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The shipment's reference.
    pub reference: String,
    /// What left.
    pub consignment: Consignment,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    writing::record(session, options, Fold::Cached, |state| event(state, &request.reference, &request.consignment))
}

pub(super) fn event(state: &State, reference: &str, consignment: &Consignment) -> anyhow::Result<Event> {
    Ok(Event::Shipment(Shipment {
        reference: Reference::new(reference),
        licence: LicenceNumber::new(consignment.licence.as_str()),
        items: order::items(state.policy(), &consignment.items)?,
        destination: consignment.destination.as_deref().map(order::country),
        consignee: consignment.consignee.as_deref().map(Text::new),
        attestations: order::attestations(&consignment.attest)?,
        serials: order::serials(state.policy(), &consignment.serials)?,
    }))
}
