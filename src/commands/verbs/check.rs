//! `check`: judges a proposed approval or, with a licence, a proposed shipment. It writes nothing, or with `--record` the
//! question and its answer.

use crate::commands::facts::Fact;
use crate::commands::session::{Fold, KnownAt, Session, Writing};
use crate::commands::{Answer, writing};
use crate::domain::book::Proposal;
use crate::domain::judge::Asked;
use crate::domain::text::CustomerId;
use crate::store::ledger::recording_time;
use chrono::NaiveDate;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// An approval or a shipment, without a number.
    pub fact: Fact,
    /// For a shipment: the customer whose family must hold the licence.
    pub held_by: Option<CustomerId>,
    /// The day to judge on, which may be in the future; today where none is given.
    pub date: Option<NaiveDate>,
    /// Judges by what was recorded up to here.
    pub known_at: Option<KnownAt>,
    /// How to record the question with its answer (D49); none writes nothing.
    pub record: Option<Writing>,
}

/// Judges the question. A refusal is recorded like any other answer.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let date = request.date.unwrap_or(session.today);
    let (mut opened, recorded_at, by) = match &request.record {
        None => (
            session.open(request.known_at.map_or(Fold::Cached, Fold::Until))?,
            session.system.now(),
            Default::default(),
        ),
        Some(record) => {
            let opened = session.open_to_write(record, Fold::Cached)?;
            let recorded_at = recording_time(session.system.now(), opened.last_recorded, record.after_last)?;
            (opened, recorded_at, record.by.clone())
        }
    };
    if request.known_at.is_some() {
        let last = opened.book.entries().len();
        opened.warnings.push(format!("judged by entries 1 to {last} alone, as --known-at says"));
    }
    let state = opened.as_of(date)?;
    let event = request.fact.event(state)?;
    let held_by = request.held_by.as_ref().map(|customer| state.customer_id(customer.as_str()));
    let asked = Asked::Check { held_by };
    let entry = writing::entry(&opened, event, date, recorded_at, &by, None);
    let head_moved = request.record.as_ref().and_then(|record| writing::head_moved(record, opened.head));
    let is_judged = head_moved.is_none();
    let mut judgement = opened.propose(Proposal { entry, asked: asked.clone(), head_moved })?;
    let Some(record) = request.record.as_ref().filter(|_| is_judged) else {
        return Ok(writing::answer(opened, judgement, None));
    };
    let Some(admitted) = opened.record_answer(&judgement, &asked)? else {
        judgement
            .warnings
            .push(format!("the check is not recorded, because {date} is still ahead: ask again on that day"));
        return Ok(writing::answer(opened, judgement, None));
    };
    if record.dry_run {
        writing::readable(admitted.entry())?;
        return Ok(writing::answer(opened, judgement, None));
    }
    let seq = admitted.entry().seq;
    opened.append(&[admitted], None)?;
    Ok(writing::answer(opened, judgement, Some(seq)))
}
