//! `status`: the ledger on one screen.

use crate::commands::Answer;
use crate::commands::session::{Session, warn_of_marker};
use crate::commands::verbs::licences::standing;
use crate::commands::verbs::validate::{exit_of, validate};
use crate::domain::exceptions::holding;
use crate::domain::headroom::{Fullness, HeadroomRow, headroom};
use crate::domain::state::{Licence, Standing};
use crate::report::licences::LicenceStanding;
use crate::report::policies::PolicyLabel;
use crate::report::status::Status;
use crate::report::validation::Validation;
use anyhow::Context;
use std::rc::Rc;

/// A licence expires soon if it does so within this many days.
const SOON: u32 = 30;

/// Answers as of today. Of a ledger with faults it says what `validate` says, because nothing can be judged from it.
pub fn run(session: &Session) -> anyhow::Result<Answer> {
    let source = Rc::new(session.ledger.open()?);
    let (mut ledger, book) = validate(&source, session, false)?;
    ledger.suspect = warn_of_marker(&*session.ledger)?;
    let exit = exit_of(&ledger, false);
    let warnings: Vec<String> = ledger.warned().cloned().collect();
    let (Some(mut book), Some(head)) = (book, ledger.head) else {
        let document = Validation { ledgers: vec![ledger], strict: false, all: false };
        return Ok(Answer { document: Box::new(document), exit, warnings });
    };
    let last = book.entries().get(book.next_seq() - 1)?.map(|last| last.recorded_at);
    let last_recorded = last.context("the last entry is gone since it was read")?;
    let state = book.as_of(session.today)?;
    let is_full = |row: &HeadroomRow| {
        let status = row.ceiling.as_ref().map(|ceiling| ceiling.status);
        matches!(status, Some(Fullness::Critical | Fullness::Exhausted | Fullness::Over))
    };
    let licences = |picked: &dyn Fn(&Licence) -> bool| -> Vec<LicenceStanding> {
        state.licences().filter(|licence| picked(licence)).map(|licence| standing(state, licence)).collect()
    };
    let mut expiring = licences(&|licence| licence.expires_within(session.today, SOON));
    expiring.sort_by_key(|licence| licence.expires);
    let document = Status {
        as_of: session.today,
        unit: state.policy().unit.to_string(),
        policy: PolicyLabel::of(&state.in_force().adoption),
        last_recorded,
        full: headroom(state, None)?.into_iter().filter(is_full).collect(),
        soon: SOON,
        expiring,
        suspended: licences(&|licence| matches!(licence.status.standing(), Standing::Suspended(_))),
        exceptions: holding(state),
        ledger,
        head,
    };
    Ok(Answer { document: Box::new(document), exit, warnings })
}
