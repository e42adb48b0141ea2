//! The verbs that record what happened: `approve`, `ship`, `amend`, `suspend`, `reinstate`, `close`, `return`, `grant`,
//! `volume` and `elsewhere`. Each records one event.

use crate::commands::error::Misuse;
use crate::commands::facts::Fact;
use crate::commands::session::{Fold, Session, Writing};
use crate::commands::{Answer, writing};
use crate::domain::event::{Amendment, Event};

/// Judges the event, then writes it.
pub fn run(session: &Session, options: &Writing, fact: &Fact) -> anyhow::Result<Answer> {
    if let Event::Amendment(Amendment { items, value: None, expires: None, .. }) = &fact.event
        && items.is_empty()
    {
        let told = "an amendment changes a quantity, the value or the expiry";
        return Err(Misuse::new(told, "give CHIP=QTY, --value VALUE or --expires DATE").into());
    }
    let fold = if matches!(fact.event, Event::Approval(_) | Event::Shipment(_)) { Fold::Cached } else { Fold::Whole };
    writing::record(session, options, fold, Some(&fact.event), |state| fact.draft(state))
}
