//! The effect of a policy on what is recorded: as text for people, in lines, and as parts of documents.

use super::Document;
use super::clean::clean;
use super::decision::Decision;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::problems::reasons;
use super::row::{object, row};
use super::table::{Table, table};
use super::values::Pairs;
use super::wording::{count, joined};
use crate::domain::event::Event;
use crate::domain::impact::{Impact, NewTotal, Nonconforming, Over, Remedy};
use crate::domain::text::{CeilingName, ChipName};
use crate::domain::units::{Units, grouped};
use serde::Serialize;

/// The answer of `adopt`: a decision, with the policy's impact as it was before the adoption was written.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Adopted {
    decision: Decision,
    #[serde(skip)]
    impact: Impact,
}

impl Adopted {
    /// Puts the impact into the decision's warnings, one line for each finding. So the decision document keeps its
    /// keys.
    pub fn new(mut decision: Decision, impact: Impact) -> Self {
        decision.judgement.warnings.extend(lines(&impact).iter().map(|line| format!("impact: {line}")));
        Adopted { decision, impact }
    }
}

impl Document for Adopted {
    /// Prints the verdict and the policy in the first two lines, as every verb that writes does, and then the impact.
    fn text(&self, medium: &Medium) -> String {
        let adopted = &self.decision.judgement.entry.event;
        let policy =
            if let Event::Policy(adoption) = adopted { PolicyLabel::of(adoption).line() } else { String::new() };
        let impact = format!("Impact on {} of {policy}: {}", self.impact.as_of, conforming(&self.impact));
        format!(
            "{}\n{}{}{}",
            self.decision.header(medium),
            medium.line(&impact),
            tables(&self.impact, medium),
            self.decision.body(medium)
        )
    }

    fn table(&self) -> Option<Table> {
        self.decision.table()
    }
}

/// Says how much does not conform.
pub(super) fn conforming(impact: &Impact) -> String {
    if impact.is_nothing() {
        return "no ceiling is over, and no licence has to change".to_owned();
    }
    format!(
        "{} over, {} to change; in {}",
        count(impact.over.len(), "ceiling", "ceilings"),
        count(impact.licences.len(), "licence", "licences"),
        clean(impact.unit.as_str())
    )
}

/// Lists every ceiling that is over, every licence that no longer conforms, and every chip that the policy does not
/// count.
pub(super) fn tables(impact: &Impact, medium: &Medium) -> String {
    let mut text = String::new();
    if !impact.over.is_empty() {
        text += &format!("\n{}", Table::of(&impact.over).text(medium));
    }
    if !impact.licences.is_empty() {
        text += &format!("\n{}", licences(impact, "licence, newest first").text(medium));
    }
    for chip in &impact.dropped_chips {
        text += &format!("\n{}", medium.line(&dropped(chip.as_str())));
    }
    text
}

/// The licences that no longer conform, the newest first, with this heading of their numbers.
pub(super) fn licences(impact: &Impact, number: &'static str) -> Table {
    table!(&impact.licences, |licence| {
        text(number) = &licence.licence,
        text("customer") = &licence.customer,
        text("proposed") = proposed(licence),
        text("because") = because(licence),
    })
}

row! {
    /// A ceiling that is over, in a document.
    over: Over {
        ceiling => text,
        group => text,
        name,
        counts => text,
        measure => text.unless("units"),
        /// The period that it counts in; null without a window.
        window: over.who.period => text.unless("") = over.who.period.map(|period| period.to_string()),
        limit => number,
        used => number,
        over_by => number("over by"),
        may_still_ship => number("may still ship"),
        still_over_by => number("over after the changes"),
    }
}

object! {
    /// A licence that no longer conforms, in a document.
    it: Nonconforming {
        licence,
        entry,
        customer,
        reasons: reasons(&it.reasons),
        remedy,
        amendment: it.remedy.map(|_| Pairs(it.amendment.iter().map(|total| (&total.chip, total.to)).collect())),
    }
}

/// The rules that a licence no longer keeps, each once: `ceiling-exceeded (per-customer), chip-prohibited (B200)`.
fn because(licence: &Nonconforming) -> String {
    let told = licence.reasons.iter().map(|reason| {
        let about = reason.ceiling.as_ref().map(CeilingName::as_str).or(reason.chip.as_ref().map(ChipName::as_str));
        about.map_or_else(|| reason.code.to_string(), |about| format!("{} ({about})", reason.code))
    });
    joined(told, ", ")
}

/// What would make a licence conform: `amend H200 from 200,000 to 75,000 (512 shipped)`.
fn proposed(licence: &Nonconforming) -> String {
    let Some(remedy) = licence.remedy else {
        return "no quantity would help".to_owned();
    };
    let told = joined(licence.amendment.iter().map(new_total), ", ");
    match remedy {
        Remedy::Amend => format!("amend {told}"),
        Remedy::Close => format!("close: {told}"),
        Remedy::Replace => format!("replace: {told}"),
    }
}

fn new_total(total: &NewTotal) -> String {
    let shipped = if total.shipped > 0 { format!(" ({} shipped)", grouped(total.shipped)) } else { String::new() };
    format!("{} from {} to {}{shipped}", total.chip, grouped(total.from), grouped(total.to))
}

fn dropped(chip: &str) -> String {
    format!("the ledger uses `{chip}`, which the policy does not count: it can't be adopted as it stands")
}

/// The impact in lines, one for each finding.
pub(super) fn lines(impact: &Impact) -> Vec<String> {
    let mut told = Vec::new();
    for row in &impact.over {
        let after = if row.still_over_by > Units::ZERO {
            format!("; {} over even after the changes proposed", row.still_over_by.grouped())
        } else {
            String::new()
        };
        told.push(format!(
            "`{}` for `{}` is over by {}: {} {} used of {}; {} may still ship{after}",
            row.ceiling,
            row.group,
            row.over_by.grouped(),
            row.used.grouped(),
            row.measure.unit(impact.unit.as_str()),
            row.limit.grouped(),
            row.may_still_ship.grouped(),
        ));
    }
    for licence in &impact.licences {
        told.push(format!(
            "licence `{}` of `{}` no longer conforms ({}); {}",
            licence.licence,
            licence.customer,
            because(licence),
            proposed(licence),
        ));
    }
    told.extend(impact.dropped_chips.iter().map(|chip| dropped(chip.as_str())));
    told
}
