//! Recorded checks: a question and its answer (D49).

use crate::dates::DAY;
use crate::fold::Book;
use crate::judge::Refusal;
use crate::lines::{Approval, Ask, Event, Items, Line, Shipment};
use crate::verdict::Answer;

/// The codes in the order of R12's table.
const TABLE: &str = "quantity-invalid customer-unknown chip-unknown country-unknown licence-unknown shipment-unknown \
    entry-unknown ceiling-unknown name-taken family-cycle number-malformed date-in-future licence-exists \
    reference-exists licence-not-yet-valid licence-expired licence-suspended licence-closed licence-not-suspended \
    chip-not-licensed balance-exceeded below-shipped return-exceeded value-missing value-exceeded chip-prohibited \
    destination-not-allowed destination-not-licensed attestation-missing customer-flagged ceiling-exceeded \
    check-differs policy-drops-chip policy-retroactive serial-mismatch serial-taken volume-decreased \
    void-not-allowed licence-not-held head-moved";

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Check {
    pub(crate) customer: String,
    pub(crate) items: Items,
    pub(crate) licence: Option<String>,
    pub(crate) value: Option<u64>,
    pub(crate) expires: Option<crate::dates::Day>,
    pub(crate) destination: Option<String>,
    pub(crate) licensee: Option<String>,
    pub(crate) decision: String,
    pub(crate) codes: Vec<String>,
}

impl Check {
    /// The question of a line, not answered yet.
    fn of(question: &Line) -> Option<Check> {
        match question.event.clone() {
            Event::Approval(Approval { customer, items, value, expires, destination, licensee, .. }) => {
                Some(Check { customer, items, value, expires, destination, licensee, ..Check::default() })
            }
            Event::Shipment(Shipment { licence, items, value, destination, .. }) => {
                let customer = question.ask.holder.clone()?;
                Some(Check { customer, items, licence: Some(licence), value, destination, ..Check::default() })
            }
            _ => None,
        }
    }

    fn answered(self, refusals: &[Refusal]) -> Check {
        let codes: Vec<String> = TABLE
            .split_whitespace()
            .filter(|code| refusals.iter().any(|refusal| refusal.code == *code))
            .map(str::to_owned)
            .collect();
        let decision = if codes.is_empty() { "within" } else { "refused" };
        Check { decision: decision.to_owned(), codes, ..self }
    }

    /// The line that asks the question again.
    fn question(&self, line: &Line) -> Line {
        let Check { customer, items, value, expires, destination, licensee, .. } = self.clone();
        let ask = Ask { check: true, ahead: true, holder: self.licence.as_ref().map(|_| customer.clone()) };
        let event = match self.licence.clone() {
            None => {
                let approval =
                    Approval { customer, items, value, expires, destination, licensee, ..Approval::default() };
                Event::Approval(approval)
            }
            Some(licence) => Event::Shipment(Shipment { licence, items, value, destination, ..Shipment::default() }),
        };
        Line { event, ask, despite: None, ..line.clone() }
    }
}

impl Book {
    /// The line that records a question with its answer; none for one about a day ahead (R6).
    pub(crate) fn recorded_check(&self, question: &Line, refusals: &[Refusal]) -> Option<Line> {
        let check = Check::of(question)?.answered(refusals);
        let ahead = question.date > question.recorded_at.div_euclid(DAY) + 1;
        let line = Line { event: Event::Check(check), ask: Ask::default(), despite: None, ..question.clone() };
        (!ahead).then_some(line)
    }

    /// A check is judged on the lines before it, and changes nothing.
    pub(crate) fn judge_check(&self, line: &Line, check: &Check) -> Answer {
        let question = check.question(line);
        let again = Check::of(&question).map(|asked| asked.answered(&self.judge(&question).refusals));
        let mut codes = Vec::new();
        if line.date > line.recorded_at.div_euclid(DAY) + 1 {
            codes.push("date-in-future");
        }
        if again.as_ref() != Some(check) {
            codes.push("check-differs");
        }
        let refusal = |code| Refusal {
            entry: line.seq,
            code,
            inert: false,
            ceiling: None,
            group: None,
            chip: None,
            differs: vec![],
        };
        Answer { refusals: codes.into_iter().map(refusal).collect(), inert: true, ..Answer::default() }
    }
}
