//! The answer of `policy diff`: two policies side by side.

use super::clean::clean;
use super::exact::Exact;
use super::paper::Paper;
use super::policies::PolicyLabel;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::policy_diff::{CeilingDiff, CeilingTerms, ChipDiff, ChipTerms, Other, PolicyDiff, Smallest};
use crate::domain::units::grouped;
use schemars::JsonSchema;
use serde::Serialize;

/// Two policies, A and B, and all in which they differ.
pub struct PoliciesCompared {
    /// The first.
    pub a: PolicyLabel,
    /// The second.
    pub b: PolicyLabel,
    /// The differences.
    pub diff: PolicyDiff,
}

/// What `policy diff` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct DiffDocument<'a> {
    #[schemars(extend("const" = "exquota/policy-diff/1"))]
    schema: &'static str,
    differs: bool,
    a: &'a PolicyLabel,
    b: &'a PolicyLabel,
    ceilings: Vec<CeilingDocument<'a>>,
    chips: Vec<ChipDocument<'a>>,
    others: Vec<OtherDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct CeilingDocument<'a> {
    ceiling: &'a str,
    #[schemars(with = "Option<words::Side>")]
    only_in: Option<&'static str>,
    limit_a: Option<Exact>,
    limit_b: Option<Exact>,
    #[schemars(with = "Option<words::Counts>")]
    counts_a: Option<&'static str>,
    #[schemars(with = "Option<words::Counts>")]
    counts_b: Option<&'static str>,
    #[schemars(with = "Option<words::Scope>")]
    scope_a: Option<&'static str>,
    #[schemars(with = "Option<words::Scope>")]
    scope_b: Option<&'static str>,
    #[schemars(with = "words::Change")]
    verdict: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct ChipDocument<'a> {
    chip: &'a str,
    #[schemars(with = "Option<words::Side>")]
    only_in: Option<&'static str>,
    equivalence_a: Option<Exact>,
    equivalence_b: Option<Exact>,
    prohibited_a: Option<&'a str>,
    prohibited_b: Option<&'a str>,
    #[schemars(with = "words::Change")]
    verdict: &'static str,
    smallest: Option<SmallestDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct SmallestDocument<'a> {
    quantity: u64,
    #[schemars(with = "words::Side")]
    admitted_by: &'static str,
    #[schemars(with = "words::Side")]
    refused_by: &'static str,
    #[schemars(with = "words::Refused")]
    code: &'static str,
    ceiling: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct OtherDocument<'a> {
    key: &'a str,
    a: &'a str,
    b: &'a str,
}

fn sides(smallest: &Smallest) -> (&'static str, &'static str) {
    if smallest.refused_by_second { ("a", "b") } else { ("b", "a") }
}

fn only_in<T>(a: Option<&T>, b: Option<&T>) -> Option<&'static str> {
    match (a, b) {
        (Some(_), None) => Some("a"),
        (None, Some(_)) => Some("b"),
        _ => None,
    }
}

/// What both say: `75,000`, or `75,000 → 60,000` where they differ.
fn both<T>(a: Option<&T>, b: Option<&T>, told: impl Fn(&T) -> String) -> String {
    let (a, b) = (a.map_or_else(|| "-".to_owned(), &told), b.map_or_else(|| "-".to_owned(), &told));
    if a == b { a } else { format!("{a} → {b}") }
}

fn ceilings_text(ceilings: &[CeilingDiff], paper: &Paper) -> String {
    let mut table = Table::new([
        Column::text("ceiling"),
        Column::text("scope"),
        Column::text("counts"),
        Column::number("limit"),
        Column::text("verdict"),
    ]);
    for ceiling in ceilings {
        let (a, b) = (ceiling.a.as_ref(), ceiling.b.as_ref());
        table.push([
            Cell::of(&ceiling.ceiling),
            Cell::of(both(a, b, |terms: &CeilingTerms| terms.scope.as_str().to_owned())),
            Cell::of(both(a, b, |terms: &CeilingTerms| terms.counts.as_str().to_owned())),
            Cell::of(both(a, b, |terms: &CeilingTerms| terms.limit.grouped())),
            Cell::of(ceiling.change.as_str()),
        ]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.text(paper)) }
}

fn chips_text(chips: &[ChipDiff], paper: &Paper) -> String {
    let mut table = Table::new([
        Column::text("chip"),
        Column::number("counts as"),
        Column::text("prohibited"),
        Column::text("verdict"),
        Column::text("smallest order decided differently"),
    ]);
    for chip in chips {
        let (a, b) = (chip.a.as_ref(), chip.b.as_ref());
        let weight =
            |terms: &ChipTerms| terms.equivalence.map_or_else(|| "nothing stated".to_owned(), |units| units.grouped());
        let prohibited = |terms: &ChipTerms| if terms.prohibited.is_some() { "yes" } else { "no" }.to_owned();
        table.push([
            Cell::of(&chip.chip),
            Cell::of(both(a, b, weight)),
            Cell::of(both(a, b, prohibited)),
            Cell::of(chip.change.as_str()),
            Cell::of(chip.smallest.as_ref().map_or_else(|| "none".to_owned(), smallest_text)),
        ]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.text(paper)) }
}

/// In words: `56,762: A admits it, B refuses it, ceiling-exceeded (per-customer)`.
fn smallest_text(smallest: &Smallest) -> String {
    let (admits, refuses) = sides(smallest);
    let quantity = i64::try_from(smallest.quantity).map_or_else(|_| smallest.quantity.to_string(), grouped);
    let ceiling = smallest.ceiling.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    format!(
        "{quantity}: {} admits it, {} refuses it, {}{ceiling}",
        admits.to_uppercase(),
        refuses.to_uppercase(),
        smallest.code.as_str()
    )
}

impl Document for PoliciesCompared {
    fn text(&self, paper: &Paper) -> String {
        let verdict = if self.diff.differs() { "DIFFERENT" } else { "ALIKE" };
        let mut text = format!("{verdict}\nA: {}\nB: {}\n", self.a.line(), self.b.line());
        text += &ceilings_text(&self.diff.ceilings, paper);
        text += &chips_text(&self.diff.chips, paper);
        if self.diff.chips.iter().any(|chip| chip.smallest.is_some()) {
            text += "orders of one chip, for a customer with no usage in a country with none\n";
        }
        for (index, Other { key, a, b }) in self.diff.others.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            text += &format!("{gap}{}: {} → {}\n", clean(key), clean(a), clean(b));
        }
        text
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&DiffDocument {
            schema: "exquota/policy-diff/1",
            differs: self.diff.differs(),
            a: &self.a,
            b: &self.b,
            ceilings: self.diff.ceilings.iter().map(ceiling_document).collect(),
            chips: self.diff.chips.iter().map(chip_document).collect(),
            others: self.diff.others.iter().map(|Other { key, a, b }| OtherDocument { key, a, b }).collect(),
        })
    }
}

fn ceiling_document(ceiling: &CeilingDiff) -> CeilingDocument<'_> {
    let (a, b) = (ceiling.a, ceiling.b);
    CeilingDocument {
        ceiling: ceiling.ceiling.as_str(),
        only_in: only_in(a.as_ref(), b.as_ref()),
        limit_a: a.map(|terms| Exact(terms.limit)),
        limit_b: b.map(|terms| Exact(terms.limit)),
        counts_a: a.map(|terms| terms.counts.as_str()),
        counts_b: b.map(|terms| terms.counts.as_str()),
        scope_a: a.map(|terms| terms.scope.as_str()),
        scope_b: b.map(|terms| terms.scope.as_str()),
        verdict: ceiling.change.as_str(),
    }
}

fn chip_document(chip: &ChipDiff) -> ChipDocument<'_> {
    let (a, b) = (chip.a.as_ref(), chip.b.as_ref());
    ChipDocument {
        chip: chip.chip.as_str(),
        only_in: only_in(a, b),
        equivalence_a: a.and_then(|terms| terms.equivalence).map(Exact),
        equivalence_b: b.and_then(|terms| terms.equivalence).map(Exact),
        prohibited_a: a.and_then(|terms| terms.prohibited.as_ref()).map(|reason| reason.as_str()),
        prohibited_b: b.and_then(|terms| terms.prohibited.as_ref()).map(|reason| reason.as_str()),
        verdict: chip.change.as_str(),
        smallest: chip.smallest.as_ref().map(smallest_document),
    }
}

fn smallest_document(smallest: &Smallest) -> SmallestDocument<'_> {
    let (admitted_by, refused_by) = sides(smallest);
    SmallestDocument {
        quantity: smallest.quantity,
        admitted_by,
        refused_by,
        code: smallest.code.as_str(),
        ceiling: smallest.ceiling.as_ref().map(|ceiling| ceiling.as_str()),
    }
}
