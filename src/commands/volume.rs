//! `volume`: a cumulative figure was reported.

use super::session::{Fold, Session, Writing};
use super::{Answer, order, writing};
use crate::domain::event::{Event, Volume};
use crate::domain::text::Text;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The series' name.
    pub series: String,
    /// Of which chip.
    pub chip: String,
    /// So far, in all.
    pub quantity: u64,
    /// Where the figure comes from.
    pub source: String,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    writing::record(session, options, Fold::Whole, |state| {
        Ok(Event::Volume(Volume {
            series: Text::new(request.series.as_str()),
            chip: order::chip(state.policy(), &request.chip),
            quantity: request.quantity,
            source: Text::new(request.source.as_str()),
        }))
    })
}
