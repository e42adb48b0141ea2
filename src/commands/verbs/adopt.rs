//! `adopt`: a policy governs from a date on (R7). First the impact, then the line.

use crate::commands::session::{Fold, Session, Writing};
use crate::commands::{Answer, policy_file, writing};
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
    let mut judged = writing::judge(session, options, Fold::Whole, |_| Ok(Event::Policy(adoption)))?;
    if !is_news(&judged.judgement) {
        return Ok(judged.write(options)?.into());
    }
    let impact = judged.opened.book.under(&judged.judgement.entry, impact)?;
    let decided = judged.write(options)?;
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
