//! The answer of `policy diff`: two policies side by side.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::policies::{PolicyLabel, limit_of};
use super::row::{object, row};
use super::table::Table;
use super::values::{Scopes, words_in_output};
use super::wording::{and, joined};
use crate::domain::ceiling::Ceiling;
use crate::domain::policy_diff::{CeilingDiff, ChipDiff, ChipTerms, Other, PolicyDiff, Smallest};
use crate::domain::units::{Units, grouped};
use crate::domain::window::Window;
use crate::domain::words::words;
use std::fmt::Display;

/// Two policies, A and B, and every difference between them.
pub struct PoliciesCompared {
    pub a: PolicyLabel,
    pub b: PolicyLabel,
    pub diff: PolicyDiff,
}

words! {
    /// One of two policies.
    enum Side {
        A = "a",
        B = "b",
    }
}

words_in_output!(Side);

object! {
    /// What `policy diff` answers.
    "policy-diff" it: PoliciesCompared {
        differs: it.diff.differs(),
        a,
        b,
        ceilings: &it.diff.ceilings,
        chips: &it.diff.chips,
        others: &it.diff.others,
    }
}

row! {
    it: CeilingDiff {
        ceiling => text
            => text("scope") = both(&it.a, &it.b, |terms| Scopes(&terms.scope).to_string())
            => text("counts") = both(&it.a, &it.b, |terms| terms.counts.to_string())
            => text("measure").unless("units") = terms(it, |terms| terms.measure.to_string())
            => text("covers").unless("every chip") = terms(it, |terms| listed(&terms.chips, "every chip"))
            => text("to").unless("anywhere") = terms(it, |terms| listed(&terms.to, "anywhere"))
            => text("window").unless("for ever") = terms(it, window_of)
            => text("elsewhere").unless("no") = terms(it, |terms| if terms.elsewhere { "yes" } else { "no" }.to_owned())
            => text("limits").unless("every group") = terms(it, |terms| listed(&terms.groups, "every group"))
            => number("limit") = both(&it.a, &it.b, limit_of),
        only_in: only_in(&it.a, &it.b),
        limit_a: it.a.as_ref().and_then(Ceiling::plain_limit),
        limit_b: it.b.as_ref().and_then(Ceiling::plain_limit),
        limits_a: it.a.as_ref().and_then(Ceiling::steps),
        limits_b: it.b.as_ref().and_then(Ceiling::steps),
        counts_a: it.a.as_ref().map(|terms| terms.counts),
        counts_b: it.b.as_ref().map(|terms| terms.counts),
        measure_a: it.a.as_ref().map(|terms| &terms.measure),
        measure_b: it.b.as_ref().map(|terms| &terms.measure),
        chips_a: it.a.as_ref().map(|terms| &terms.chips),
        chips_b: it.b.as_ref().map(|terms| &terms.chips),
        groups_a: it.a.as_ref().map(|terms| &terms.groups),
        groups_b: it.b.as_ref().map(|terms| &terms.groups),
        scope_a: it.a.as_ref().map(|terms| Scopes(&terms.scope)),
        scope_b: it.b.as_ref().map(|terms| Scopes(&terms.scope)),
        share_a: it.a.as_ref().and_then(Ceiling::share),
        share_b: it.b.as_ref().and_then(Ceiling::share),
        to_a: it.a.as_ref().map(|terms| &terms.to),
        to_b: it.b.as_ref().map(|terms| &terms.to),
        window_a: it.a.as_ref().map(|terms| &terms.window),
        window_b: it.b.as_ref().map(|terms| &terms.window),
        elsewhere_a: it.a.as_ref().map(|terms| terms.elsewhere),
        elsewhere_b: it.b.as_ref().map(|terms| terms.elsewhere),
        verdict: it.change => text,
    }
}

row! {
    it: ChipDiff {
        chip => text,
        only_in: only_in(&it.a, &it.b),
        equivalence_a: it.a.as_ref().and_then(|terms| terms.equivalence),
        equivalence_b: it.b.as_ref().and_then(|terms| terms.equivalence)
            => number("counts as") = both(&it.a, &it.b, weight),
        prohibited_a: it.a.as_ref().and_then(|terms| terms.prohibited.as_ref()),
        prohibited_b: it.b.as_ref().and_then(|terms| terms.prohibited.as_ref())
            => text("prohibited")
                = both(&it.a, &it.b, |terms| if terms.prohibited.is_some() { "yes" } else { "no" }.to_owned()),
        verdict: it.change => text,
        smallest
            => text("smallest order decided differently")
                = it.smallest.as_ref().map_or_else(|| "none".to_owned(), smallest_text),
    }
}

object! {
    it: Smallest { quantity, admitted_by: sides(it).0, refused_by: sides(it).1, code, ceiling }
}

object! {
    it: Other { key, a, b }
}

/// The side that admits the order, and the side that refuses it.
fn sides(smallest: &Smallest) -> (Side, Side) {
    if smallest.refused_by_second { (Side::A, Side::B) } else { (Side::B, Side::A) }
}

fn window_of(ceiling: &Ceiling) -> String {
    ceiling.window.as_ref().map_or_else(|| "for ever".to_owned(), Window::to_string)
}

/// The words of both sides. A policy without the ceiling counts as the other one here.
fn terms(it: &CeilingDiff, told: impl Fn(&Ceiling) -> String) -> String {
    let [a, b] = [it.a.as_ref().or(it.b.as_ref()), it.b.as_ref().or(it.a.as_ref())];
    both(&a, &b, |ceiling| told(ceiling))
}

fn listed<T: Display>(names: &Option<Vec<T>>, all: &str) -> String {
    names.as_ref().map_or_else(|| all.to_owned(), |names| joined(names, ", "))
}

fn only_in<T>(a: &Option<T>, b: &Option<T>) -> Option<Side> {
    match (a, b) {
        (Some(_), None) => Some(Side::A),
        (None, Some(_)) => Some(Side::B),
        _ => None,
    }
}

fn weight(terms: &ChipTerms) -> String {
    terms.equivalence.map_or_else(|| "nothing stated".to_owned(), Units::grouped)
}

/// The words of both sides: `75,000`, or `75,000 → 60,000` if they differ.
fn both<T>(a: &Option<T>, b: &Option<T>, told: impl Fn(&T) -> String) -> String {
    let [a, b] = [a, b].map(|side| side.as_ref().map_or_else(|| "-".to_owned(), &told));
    if a == b { a } else { format!("{a} → {b}") }
}

/// Describes the smallest order: `56,762: A admits it, B refuses it, ceiling-exceeded (per-customer)`.
fn smallest_text(smallest: &Smallest) -> String {
    let (admits, refuses) = sides(smallest);
    let ceiling = smallest.ceiling.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    format!(
        "{}: {} admits it, {} refuses it, {}{ceiling}",
        grouped(smallest.quantity),
        admits.as_str().to_uppercase(),
        refuses.as_str().to_uppercase(),
        smallest.code
    )
}

impl Document for PoliciesCompared {
    fn text(&self, medium: &Medium) -> String {
        let mut text = medium.prose(&format!(
            "{}\nA: {}\nB: {}\n",
            if self.diff.differs() { "DIFFERENT" } else { "ALIKE" },
            self.a.line(),
            self.b.line()
        ));
        for table in [Table::of(&self.diff.ceilings), Table::of(&self.diff.chips)] {
            if !table.is_empty() {
                text += &format!("\n{}", table.text(medium));
            }
        }
        let mut told = String::new();
        if self.diff.chips.iter().any(|chip| chip.smallest.is_some()) {
            let day = and(", on ", self.diff.day);
            told +=
                &format!("a smallest order is for one chip, by a customer and a country that have used nothing{day}\n");
        }
        for (index, Other { key, a, b }) in self.diff.others.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            told += &format!("{gap}{}: {} → {}\n", clean(key), clean(a), clean(b));
        }
        text + &medium.prose(&told)
    }
}
