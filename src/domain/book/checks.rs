//! Recorded checks: a question with its answer, as evidence that somebody asked before acting (D49).
//!
//! A check moves nothing, so it is inert and not in effective order: no later line judges it again, and it breaks none.
//! When the book takes a check in, it asks the same question on the lines before, and compares the answers.

use super::{Book, Finding, Judgement, Proposal};
use crate::domain::admitted::Admitted;
use crate::domain::entries::FoldError;
use crate::domain::event::{Answered, Approval, Check, Entry, Event, Shipment};
use crate::domain::judge::{Asked, judge_recorded};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::{CustomerId, Text};

/// The question that a check answers, as `exquota check` would ask it.
fn question(check: &Check) -> (Event, Asked) {
    let Check { items, value, destination, .. } = check.clone();
    let customer = CustomerId::new(check.customer.as_str());
    match check.licence.clone() {
        None => {
            let (expires, licensee) = (check.expires, check.licensee.clone());
            let approval = Approval { customer, items, value, expires, destination, licensee, ..Approval::default() };
            (Event::Approval(approval), Asked::Check { held_by: None })
        }
        Some(licence) => {
            let shipment = Shipment { licence, items, value, destination, ..Shipment::default() };
            (Event::Shipment(shipment), Asked::Check { held_by: Some(customer) })
        }
    }
}

/// The check that records a question with this answer; none for an event that is no question.
fn answered(question: &Event, asked: &Asked, refusals: &[Refusal]) -> Option<Check> {
    let mut codes: Vec<Code> = refusals.iter().map(|refusal| refusal.code).collect();
    codes.dedup();
    let decision = if codes.is_empty() { Answered::Within } else { Answered::Refused };
    match (question, asked) {
        (Event::Approval(approval), Asked::Check { .. }) => {
            let Approval { customer, items, value, expires, destination, licensee, .. } = approval.clone();
            let customer = Text::new(customer.as_str());
            Some(Check { customer, items, licence: None, value, expires, destination, licensee, decision, codes })
        }
        (Event::Shipment(shipment), Asked::Check { held_by: Some(customer) }) => {
            let Shipment { licence, items, value, destination, .. } = shipment.clone();
            let (customer, licence) = (Text::new(customer.as_str()), Some(licence));
            Some(Check { customer, items, licence, value, expires: None, destination, licensee: None, decision, codes })
        }
        _ => None,
    }
}

/// What a check says in words: `within`, or `refused (ceiling-exceeded)`.
fn told(check: &Check) -> String {
    let codes: Vec<&str> = check.codes.iter().map(|code| code.as_str()).collect();
    if codes.is_empty() { check.decision.to_string() } else { format!("{} ({})", check.decision, codes.join(", ")) }
}

impl Book {
    /// Records a question with the answer that this judgement gives. None where it can't be recorded, because it is
    /// dated ahead (R6).
    pub fn record_answer(&mut self, judgement: &Judgement, asked: &Asked) -> Result<Option<Admitted>, FoldError> {
        let Some(check) = answered(&judgement.entry.event, asked, &judgement.refusals) else { return Ok(None) };
        let entry = Entry { event: Event::Check(check.clone()), ..judgement.entry.clone() };
        if !self.refusals_of_check(&entry, &check)?.is_empty() {
            return Ok(None);
        }
        self.record(entry.clone())?;
        Ok(Some(Admitted::new(entry)))
    }

    /// Records the question of a check of another branch, with the answer that it gets here. None where it can't be
    /// recorded, because it is dated ahead (R6).
    pub fn ask_again(&mut self, entry: &Entry, check: &Check) -> Result<Option<Admitted>, FoldError> {
        let (event, asked) = question(check);
        let question = Entry { event, ..entry.clone() };
        let judgement = self.propose(Proposal { entry: question, asked: asked.clone(), head_moved: None })?;
        self.record_answer(&judgement, &asked)
    }

    /// Takes in a recorded check.
    pub(super) fn record_check(&mut self, entry: Entry, check: &Check) -> Result<(), FoldError> {
        let refusals = self.refusals_of_check(&entry, check)?;
        if !refusals.is_empty() {
            self.findings.push(Finding { entry: entry.seq, date: entry.date, refusals, violation: false });
        }
        self.refused.set_inert(entry.seq);
        Ok(self.entries.push(entry)?)
    }

    /// Judges a check on the lines so far: it may not be dated ahead (R6), and its answer follows from them (D49).
    fn refusals_of_check(&mut self, entry: &Entry, check: &Check) -> Result<Vec<Refusal>, FoldError> {
        let (event, asked) = question(check);
        let question = Entry { event, despite: None, ..entry.clone() };
        self.ask_base(&question)?;
        let found = self.refusals_everywhere(question.clone(), &asked)?;
        let mut refusals = judge_recorded(self.ground(), entry)?.refusals;
        let Some(answered) = answered(&question.event, &asked, &found) else { return Ok(refusals) };
        let differs = check.differing(&answered);
        if differs.is_empty() {
            return Ok(refusals);
        }
        let reason = if (check.decision, &check.codes) == (answered.decision, &answered.codes) {
            // Only the fields of the other kind of question are left.
            format!("a question about a shipment has no {}", differs.join(" and no "))
        } else {
            format!("the check says {}, and the lines before it say {}", told(check), told(&answered))
        };
        refusals.push(Refusal::new(Code::CheckDiffers, reason));
        Ok(refusals)
    }
}
