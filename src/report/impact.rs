//! What a policy does to what is recorded: for a person, in lines, and as parts of documents.

use super::clean::clean;
use super::decision::Decision;
use super::exact::{Exact, Pairs};
use super::paper::Paper;
use super::policies::PolicyLabel;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, faults};
use crate::domain::event::Event;
use crate::domain::impact::{Impact, NewTotal, Nonconforming, Over, Remedy};
use crate::domain::refusal::Refusal;
use crate::domain::text::Text;
use crate::domain::units::{Units, grouped};
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// The answer of `adopt`: a decision with the impact that was looked at before it was written.
pub struct Adopted {
    decision: Decision,
    impact: Impact,
}

impl Adopted {
    /// The decision document keeps its keys: the impact stands in its warnings, one line for each finding.
    pub fn new(mut decision: Decision, impact: Impact) -> Self {
        decision.judgement.warnings.extend(lines(&impact));
        Adopted { decision, impact }
    }
}

impl Document for Adopted {
    /// The verdict and the policy in the first two lines, as for every verb that writes, and then the impact.
    fn text(&self, paper: &Paper) -> String {
        let text = self.decision.text(paper);
        let end_of_header = text.match_indices('\n').nth(1).map_or(text.len(), |(at, _)| at + 1);
        let (header, rest) = text.split_at(end_of_header);
        let adopted = &self.decision.judgement.entry.event;
        let policy =
            if let Event::Policy(adoption) = adopted { PolicyLabel::of(adoption).line() } else { String::new() };
        format!(
            "{header}\nImpact on {} of {policy}: {}\n{}{rest}",
            self.impact.as_of,
            count(&self.impact),
            tables(&self.impact, paper)
        )
    }

    fn json(&self) -> serde_json::Result<String> {
        self.decision.json()
    }
}

/// How much does not conform, in words.
pub(super) fn count(impact: &Impact) -> String {
    if impact.is_nothing() {
        return "everything recorded conforms".to_owned();
    }
    format!(
        "{} over, {} to change; in {}",
        faults::count(impact.over.len(), "ceiling", "ceilings"),
        faults::count(impact.licences.len(), "licence", "licences"),
        clean(impact.unit.as_str())
    )
}

/// Every ceiling that is over, every licence that no longer conforms, and every chip that is not counted.
pub(super) fn tables(impact: &Impact, paper: &Paper) -> String {
    let mut text = String::new();
    if !impact.over.is_empty() {
        text += &format!("\n{}", over_table(&impact.over).text(paper));
    }
    if !impact.licences.is_empty() {
        text += &format!("\n{}", licence_table(&impact.licences).text(paper));
    }
    for chip in &impact.dropped_chips {
        text += &format!("\n{}\n", clean(&dropped(chip.as_str())));
    }
    text
}

fn over_table(over: &[Over]) -> Table {
    let mut table = Table::new([
        Column::text("ceiling"),
        Column::text("group"),
        Column::text("counts"),
        Column::number("limit"),
        Column::number("used"),
        Column::number("over by"),
        Column::number("may still ship"),
        Column::number("over after the changes"),
    ]);
    for row in over {
        table.push([
            Cell::of(&row.ceiling),
            Cell::of(&row.group),
            Cell::of(row.counts.as_str()),
            Cell::units(row.limit),
            Cell::units(row.used),
            Cell::units(row.over_by),
            Cell::units(row.may_still_ship),
            Cell::units(row.still_over_by),
        ]);
    }
    table
}

fn licence_table(licences: &[Nonconforming]) -> Table {
    let mut table = Table::new([
        Column::text("licence, newest first"),
        Column::text("customer"),
        Column::text("proposed"),
        Column::text("because"),
    ]);
    for licence in licences {
        table.push([
            Cell::of(&licence.licence),
            Cell::of(&licence.customer),
            Cell::of(proposed(licence)),
            Cell::of(because(licence)),
        ]);
    }
    table
}

/// The rules that a licence no longer keeps, each once: `ceiling-exceeded (per-customer), chip-prohibited (B200)`.
fn because(licence: &Nonconforming) -> String {
    let told: Vec<String> = licence
        .reasons
        .iter()
        .map(|reason| {
            let about =
                reason.ceiling.as_ref().map(|name| name.as_str()).or(reason.chip.as_ref().map(|chip| chip.as_str()));
            about.map_or_else(|| reason.code.as_str().to_owned(), |about| format!("{} ({about})", reason.code.as_str()))
        })
        .collect();
    told.join(", ")
}

/// What would make a licence conform: `amend H200 from 200,000 to 75,000 (512 shipped)`.
fn proposed(licence: &Nonconforming) -> String {
    let Some(remedy) = licence.remedy else {
        return "no quantity would help".to_owned();
    };
    let told: Vec<String> = licence.amendment.iter().map(new_total).collect();
    let told = told.join(", ");
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
            "impact: `{}` for `{}` is over by {}: {} {} used of {}; {} may still ship{after}",
            row.ceiling,
            row.group,
            row.over_by.grouped(),
            row.used.grouped(),
            impact.unit,
            row.limit.grouped(),
            row.may_still_ship.grouped(),
        ));
    }
    for licence in &impact.licences {
        told.push(format!(
            "impact: licence `{}` of `{}` no longer conforms ({}); {}",
            licence.licence,
            licence.customer,
            because(licence),
            proposed(licence),
        ));
    }
    told.extend(impact.dropped_chips.iter().map(|chip| format!("impact: {}", dropped(chip.as_str()))));
    told
}

/// A ceiling that is over, in a document.
#[derive(Serialize, JsonSchema)]
pub(super) struct OverDocument<'a> {
    ceiling: &'a str,
    group: &'a str,
    name: &'a str,
    #[schemars(with = "words::Counts")]
    counts: &'static str,
    limit: Exact,
    used: Exact,
    over_by: Exact,
    may_still_ship: Exact,
    still_over_by: Exact,
}

/// A licence that no longer conforms, in a document.
#[derive(Serialize, JsonSchema)]
pub(super) struct LicenceDocument<'a> {
    licence: &'a str,
    entry: u64,
    customer: &'a str,
    reasons: Vec<ReasonDocument<'a>>,
    #[schemars(with = "Option<words::Remedy>")]
    remedy: Option<&'static str>,
    amendment: Option<Pairs<&'a str, i64>>,
}

/// A rule that says no, in a document.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReasonDocument<'a> {
    #[schemars(with = "words::Refused")]
    code: &'static str,
    ceiling: Option<&'a str>,
    group: Option<&'a str>,
    chip: Option<&'a str>,
    message: Cow<'a, str>,
}

pub(super) fn over_documents(impact: &Impact) -> Vec<OverDocument<'_>> {
    impact.over.iter().map(over_document).collect()
}

fn over_document(row: &Over) -> OverDocument<'_> {
    OverDocument {
        ceiling: row.ceiling.as_str(),
        group: row.group.as_str(),
        name: row.name.as_str(),
        counts: row.counts.as_str(),
        limit: Exact(row.limit),
        used: Exact(row.used),
        over_by: Exact(row.over_by),
        may_still_ship: Exact(row.may_still_ship),
        still_over_by: Exact(row.still_over_by),
    }
}

pub(super) fn licence_documents(impact: &Impact) -> Vec<LicenceDocument<'_>> {
    impact.licences.iter().map(licence_document).collect()
}

fn licence_document(licence: &Nonconforming) -> LicenceDocument<'_> {
    let totals = licence.amendment.iter().map(|total| (total.chip.as_str(), total.to)).collect();
    LicenceDocument {
        licence: licence.licence.as_str(),
        entry: licence.entry,
        customer: licence.customer.as_str(),
        reasons: reason_documents(&licence.reasons),
        remedy: licence.remedy.map(Remedy::as_str),
        amendment: licence.remedy.map(|_| Pairs(totals)),
    }
}

pub(super) fn reason_documents(reasons: &[Refusal]) -> Vec<ReasonDocument<'_>> {
    reasons
        .iter()
        .map(|reason| ReasonDocument {
            code: reason.code.as_str(),
            ceiling: reason.ceiling.as_ref().map(|ceiling| ceiling.as_str()),
            group: reason.group.as_ref().map(Text::as_str),
            chip: reason.chip.as_ref().map(|chip| chip.as_str()),
            message: reason.message(),
        })
        .collect()
}
