//! The answer of `check` and of every verb that writes: the same words for all of them (R12).

use super::clean::clean;
use super::entries::summary;
use super::exact::{Exact, Pairs};
use super::paper::{Paper, Tone};
use super::policies::PolicyLabel;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::book::{Judgement, Verdict};
use crate::domain::event::{Digest, Event, Items, Number, Seq};
use crate::domain::judge::Row;
use crate::domain::refusal::Refusal;
use crate::domain::text::{ChipName, Text};
use crate::domain::units::{Overflow, grouped};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// A line of the frozen policy, shown behind a refusal (D29).
#[derive(Clone, Debug)]
pub struct PolicyLine {
    /// Its number in the policy's text.
    pub line: u64,
    /// The whole line.
    pub text: String,
}

/// What was asked, what the rules say, and what was done about it.
pub struct Decision {
    /// What the book says.
    pub judgement: Judgement,
    /// The entry that was written; none for a question, a dry run or a refusal.
    pub written: Option<Seq>,
    /// The ledger's head after the command.
    pub head: Digest,
    /// For each refusal, the policy's own line behind it.
    pub policy_lines: Vec<Option<PolicyLine>>,
}

/// What `check` and every verb that writes answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct DecisionDocument<'a> {
    #[schemars(extend("const" = "exquota/decision/1"))]
    schema: &'static str,
    #[schemars(with = "words::Decided")]
    decision: &'static str,
    policy: PolicyLabel,
    #[schemars(with = "words::Sha256")]
    head: String,
    #[schemars(with = "words::Day")]
    date: String,
    customer: Option<&'a str>,
    family: Option<&'a str>,
    items: Pairs<&'a str, u64>,
    units: Option<Exact>,
    ceilings: Vec<RowDocument<'a>>,
    refusals: Vec<RefusalDocument<'a>>,
    warnings: &'a [String],
    largest_within: Option<Pairs<&'a str, u64>>,
    #[schemars(with = "Option<words::Day>")]
    fits_from: Option<String>,
    entry: Option<Seq>,
}

#[derive(Serialize, JsonSchema)]
struct RowDocument<'a> {
    ceiling: &'a str,
    group: &'a str,
    #[schemars(with = "words::Counts")]
    counts: &'static str,
    limit: Exact,
    used: Exact,
    requested: Exact,
    after: Exact,
    headroom: Exact,
    within: bool,
    exceeded_by: Exact,
    exception: Option<Seq>,
}

/// A refusal in a document.
#[derive(Serialize, JsonSchema)]
pub(super) struct RefusalDocument<'a> {
    #[schemars(with = "words::Refused")]
    code: &'static str,
    ceiling: Option<&'a str>,
    group: Option<&'a str>,
    entry: Option<Seq>,
    chip: Option<&'a str>,
    field: Option<&'a str>,
    #[schemars(with = "Vec<String>")]
    differs: &'a [&'static str],
    nearest: Vec<&'a str>,
    message: Cow<'a, str>,
}

impl Decision {
    fn word(&self) -> &'static str {
        match (self.judgement.verdict, self.written) {
            (Verdict::Admitted, Some(_)) => "recorded",
            // Only `--despite` would record it: that is no "within".
            (Verdict::Admitted, None) if self.judgement.is_violation() => "refused",
            (Verdict::Admitted, None) => "within",
            (Verdict::AlreadyRecorded(_), _) => "already-recorded",
            (Verdict::Refused, _) => "refused",
        }
    }

    fn entry(&self) -> Option<Seq> {
        match self.judgement.verdict {
            Verdict::AlreadyRecorded(seq) => Some(seq),
            _ => self.written,
        }
    }

    fn verdict_line(&self) -> String {
        let subject = subject(&self.judgement.entry.event);
        let subject = clean(&subject);
        let date = self.judgement.entry.date;
        match (self.judgement.verdict, self.written) {
            (Verdict::Admitted, Some(seq)) if self.judgement.is_violation() => {
                format!("RECORDED as entry {seq}, DESPITE the rules: {subject}, dated {date}")
            }
            (Verdict::Admitted, Some(seq)) => format!("RECORDED as entry {seq}: {subject}, dated {date}"),
            (Verdict::Admitted, None) if self.judgement.is_violation() => {
                format!(
                    "REFUSED: {subject}, dated {date}; --despite would record it as a violation; nothing is written"
                )
            }
            // A fact that no ceiling judges at its own place (D1) is not called within one.
            (Verdict::Admitted, None) if self.judgement.rows.is_empty() => {
                format!("NOT REFUSED: {subject}, dated {date}; nothing is written")
            }
            (Verdict::Admitted, None) => format!("WITHIN CEILINGS: {subject}, dated {date}; nothing is written"),
            (Verdict::AlreadyRecorded(seq), _) => {
                format!("ALREADY RECORDED as entry {seq}: {subject}; nothing is written")
            }
            (Verdict::Refused, _) => format!("REFUSED: {subject}, dated {date}; nothing is written"),
        }
    }

    fn ceilings_text(&self, paper: &Paper) -> Result<String, Overflow> {
        let mut table = Table::new([
            Column::text("ceiling"),
            Column::text("group"),
            Column::text("counts").goes(1),
            Column::number("limit"),
            Column::number("used").goes(4),
            Column::number("requested").goes(2),
            Column::number("after"),
            Column::number("headroom").goes(3),
            Column::text("verdict"),
        ]);
        for row in &self.judgement.rows {
            let verdict =
                if row.within() { "within".to_owned() } else { format!("over by {}", row.exceeded_by()?.grouped()) };
            table.push([
                Cell::of(&row.ceiling),
                Cell::of(&row.group),
                Cell::of(row.counts.as_str()),
                Cell::units(row.limit),
                Cell::units(row.used),
                Cell::units(row.requested),
                Cell::units(row.after),
                Cell::units(row.headroom()?),
                Cell::of(verdict).toned((!row.within()).then_some(Tone::Alarm)),
            ]);
        }
        Ok(if table.is_empty() { String::new() } else { format!("\n{}", table.text(paper)) })
    }

    fn refusal_text(&self, refusal: &Refusal, line: Option<&PolicyLine>) -> String {
        let mut text = format!("\nrefused [{}]: {}\n", refusal.code.as_str(), clean(&refusal.message()));
        let policy = &self.judgement.in_force.adoption.policy;
        match (refusal.exception, line) {
            (Some(entry), _) => text += &format!("  set by the exception of entry {entry}: `exquota show {entry}`\n"),
            (None, Some(line)) => {
                text += &format!(
                    "  --> {} {}, line {}\n   |  {}\n",
                    clean(policy.name.as_str()),
                    clean(policy.version.as_str()),
                    line.line,
                    clean(line.text.trim())
                );
            }
            (None, None) => {}
        }
        if !refusal.nearest.is_empty() {
            let names: Vec<String> = refusal.nearest.iter().map(|name| format!("`{}`", clean(name.as_str()))).collect();
            text += &format!("  nearest known: {}\n", names.join(", "));
        }
        if let Some(help) = &refusal.help {
            text += &format!("  help: {}\n", clean(help));
        }
        text
    }

    /// What would pass now, and from which day all of it would.
    fn advice(&self) -> String {
        if self.judgement.verdict != Verdict::Refused {
            return String::new();
        }
        let mut text = String::new();
        if let Some(largest) = &self.judgement.largest_within {
            let would_pass: Vec<String> = largest
                .iter()
                .filter(|(_, quantity)| *quantity > 0)
                .map(|(chip, quantity)| format!("{}={quantity}", clean(chip.as_str())))
                .collect();
            text += &match would_pass.as_slice() {
                [] if self.judgement.refusals.iter().all(|refusal| refusal.code.is_about_amounts()) => {
                    "\nhelp: no part of it would pass now\n".to_owned()
                }
                [] => String::new(),
                some => format!("\nhelp: would pass now: {}\n", some.join(" ")),
            };
        }
        if let Some(date) = self.judgement.fits_from {
            text += &format!("help: all of it would pass from {date} on, as a licence lapses the day before\n");
        }
        text
    }
}

impl Document for Decision {
    fn text(&self, paper: &Paper) -> String {
        let label = PolicyLabel::of(&self.judgement.in_force.adoption);
        let unit = clean(self.judgement.in_force.policy().unit.as_str());
        let mut text = paper.prose(&format!("{}\n{}; unit {unit}\n", self.verdict_line(), label.line()));
        text += &self.ceilings_text(paper).unwrap_or_else(|overflow| format!("\n{overflow}\n"));
        let lines = self.policy_lines.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        for (refusal, line) in self.judgement.refusals.iter().zip(lines) {
            text += &paper.prose(&self.refusal_text(refusal, line));
        }
        text + &paper.prose(&self.advice())
    }

    fn json(&self) -> serde_json::Result<String> {
        let judgement = &self.judgement;
        let items = judgement.entry.event.items().map(pairs).unwrap_or_default();
        let mut rows = Vec::with_capacity(judgement.rows.len());
        for row in &judgement.rows {
            rows.push(row_document(row).map_err(serde::ser::Error::custom)?);
        }
        to_json(&DecisionDocument {
            schema: "exquota/decision/1",
            decision: self.word(),
            policy: PolicyLabel::of(&judgement.in_force.adoption),
            head: self.head.to_string(),
            date: judgement.entry.date.to_string(),
            customer: judgement.customer.as_ref().map(Text::as_str),
            family: judgement.family.as_ref().map(|family| family.as_str()),
            items: Pairs(items),
            units: judgement.units.map(Exact),
            ceilings: rows,
            refusals: judgement.refusals.iter().map(refusal_document).collect(),
            warnings: &judgement.warnings,
            largest_within: judgement
                .largest_within
                .as_ref()
                .map(|largest| Pairs(largest.iter().map(|(chip, quantity)| (chip.as_str(), *quantity)).collect())),
            fits_from: judgement.fits_from.as_ref().map(NaiveDate::to_string),
            entry: self.entry(),
        })
    }
}

fn pairs(items: &Items) -> Vec<(&str, u64)> {
    items.iter().map(|(chip, quantity)| (chip.as_str(), *quantity)).collect()
}

fn row_document(row: &Row) -> Result<RowDocument<'_>, Overflow> {
    Ok(RowDocument {
        ceiling: row.ceiling.as_str(),
        group: row.group.as_str(),
        counts: row.counts.as_str(),
        limit: Exact(row.limit),
        used: Exact(row.used),
        requested: Exact(row.requested),
        after: Exact(row.after),
        headroom: Exact(row.headroom()?),
        within: row.within(),
        exceeded_by: Exact(row.exceeded_by()?),
        exception: row.exception,
    })
}

/// As every document gives it.
pub(super) fn refusal_document(refusal: &Refusal) -> RefusalDocument<'_> {
    RefusalDocument {
        code: refusal.code.as_str(),
        ceiling: refusal.ceiling.as_ref().map(|ceiling| ceiling.as_str()),
        group: refusal.group.as_ref().map(Text::as_str),
        entry: refusal.entry.as_ref().map(|broken| broken.seq),
        chip: refusal.chip.as_ref().map(|chip| chip.as_str()),
        field: refusal.field.as_ref().map(Text::as_str),
        differs: &refusal.differs,
        nearest: refusal.nearest.iter().map(Text::as_str).collect(),
        message: refusal.message(),
    }
}

/// What was asked, in words: `approval of 60,000 H200 for alibaba`.
fn subject(event: &Event) -> String {
    // A question has no number (D14).
    let number = event.number().map(Number::as_str).filter(|number| !number.is_empty());
    let number = number.map(|number| format!(" {number}")).unwrap_or_default();
    if let Event::Approval(approval) = event {
        format!("approval{number} of {} for {}", quantities(&approval.items), approval.customer)
    } else if let Event::Shipment(shipment) = event {
        format!("shipment{number} of {} under {}", quantities(&shipment.items), shipment.licence)
    } else {
        format!("{} {}", event.kind(), summary(event))
    }
}

/// A number with separators, for a person.
pub fn shown(number: u64) -> String {
    i64::try_from(number).map_or_else(|_| number.to_string(), grouped)
}

/// Quantities in words: `60,000 H200 and 20,000 MI325X`.
pub fn quantities(items: &Items) -> String {
    listed(items.iter().map(|(chip, quantity)| format!("{} {chip}", shown(*quantity))).collect())
}

/// Likewise of what may be less than nothing.
pub(super) fn quantities_of(chips: &[(ChipName, i64)]) -> String {
    listed(chips.iter().map(|(chip, count)| format!("{} {chip}", grouped(*count))).collect())
}

fn listed(parts: Vec<String>) -> String {
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}
