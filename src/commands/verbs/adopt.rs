//! `adopt`: adopts a policy, which governs from a date on (R7). It finds the impact first, then writes the line.

use crate::commands::policy_file::{self, PolicyRead};
use crate::commands::session::{Fold, Session, Writing};
use crate::commands::{Answer, writing};
use crate::domain::book::{Judgement, Verdict};
use crate::domain::event::Event;
use crate::domain::impact::impact;
use crate::domain::refusal::Code;
use crate::report::impact::Adopted;
use std::path::PathBuf;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    pub policy: PathBuf,
}

/// Judges the adoption, finds what would no longer conform on its date, then writes it.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let PolicyRead { policy: adoption, warnings, .. } = policy_file::adoption(&request.policy)?;
    let mut judged = writing::judge(session, options, Fold::Whole, None, |_| Ok(Event::Policy(adoption)))?;
    judged.judgement.warnings.extend(warnings);
    if !is_news(&judged.judgement) {
        return Ok(judged.write(options)?.into());
    }
    let impact = judged.opened.book.under(&judged.judgement.entry, impact)?;
    let decided = judged.write(options)?;
    let document = Adopted::new(decided.decision, impact);
    Ok(Answer { document: Box::new(document), exit: decided.exit, warnings: decided.warnings })
}

/// Whether the adoption has an impact to show. One that is recorded already changes nothing. Of the refused ones, only
/// those that break later lines have one: the effect on licences may explain the refusal.
fn is_news(judgement: &Judgement) -> bool {
    match judgement.verdict {
        Verdict::Admitted => true,
        Verdict::AlreadyRecorded(_) => false,
        Verdict::Refused => judgement.refusals.iter().all(|refusal| refusal.code == Code::PolicyRetroactive),
    }
}
