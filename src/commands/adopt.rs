//! `adopt`: a policy governs from a date on (R7). First the impact, then the line.

use super::session::{Session, Writing};
use super::{Answer, policy_file, writing};
use crate::domain::book::{Judgement, Verdict};
use crate::domain::event::Event;
use crate::domain::impact::impact;
use crate::domain::refusal::Code;
use crate::report::impact::Adopted;
use std::path::PathBuf;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The policy's file.
    pub policy: PathBuf,
}

/// Judges, says what would no longer conform on the adoption's date, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let adoption = policy_file::adoption(&request.policy)?;
    let (decided, impact) = writing::record_after(
        session,
        options,
        |_| Ok(Event::Policy(adoption)),
        |book, judgement| Ok(if is_news(judgement) { Some(book.under(&judgement.entry, impact)?) } else { None }),
    )?;
    let Some(impact) = impact else {
        return Ok(decided.into());
    };
    let document = Adopted::new(decided.decision, impact);
    Ok(Answer { document: Box::new(document), exit: decided.exit, warnings: decided.warnings })
}

/// An adoption that is recorded already changes nothing; one that can't be recorded as it stands has no impact to look
/// at. One that breaks later lines has: what it would do to the licences may be why.
fn is_news(judgement: &Judgement) -> bool {
    match judgement.verdict {
        Verdict::Admitted => true,
        Verdict::AlreadyRecorded(_) => false,
        Verdict::Refused => judgement.refusals.iter().all(|refusal| refusal.code == Code::PolicyRetroactive),
    }
}
