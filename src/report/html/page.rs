//! The page as a whole: the verdict, the facts behind it, the sections, and how to check them.

use super::{Report, bars, counted, lists, steps, text};
use crate::domain::ceiling::{Ceiling, Scope};
use crate::domain::headroom::Fullness;
use crate::domain::policy::Status;
use crate::domain::units;
use crate::domain::units::grouped;
use crate::report::clean::clean;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
/// The style of stacked rows. A narrow screen stacks every table; elsewhere only tables of the class `stacked` are.
const STACKED: &str = include_str!("stacked.css");

/// The content security policy: the page loads nothing and runs nothing. Only the style in the page applies.
const FORBIDS: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

pub(super) fn page(report: &Report) -> Markup {
    let policy = &report.adoption.policy;
    let (as_of, verdict) = (report.headroom.as_of.date, report.verdict());
    let (families, wider): (Vec<&Ceiling>, Vec<&Ceiling>) =
        policy.ceilings.iter().partition(|ceiling| ceiling.shares(Scope::Customer));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(FORBIDS);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { @if let Some(title) = &report.title { (clean(title.as_str())) ": " } "Export quotas as of " (as_of) ": " (verdict.to_lowercase()) }
                style { (PreEscaped(style(report))) }
            }
            body {
                (patterns())
                main {
                    (header(report, &verdict))
                    (attention(report))
                    @if !wider.is_empty() || report.widest.iter().any(|timeline| !timeline.steps.is_empty()) {
                        section id="wider" {
                            h2 { (wider_title(&wider)) }
                            @for ceiling in wider { (bars::ceiling(report, ceiling)) }
                            @if let Some(timeline) = &report.widest { (steps::chart(report, timeline)) }
                        }
                    }
                    @if !families.is_empty() {
                        section id="families" {
                            h2 { "Customers, with their families" }
                            @for ceiling in families { (bars::ceiling(report, ceiling)) }
                            @for timeline in &report.families { (steps::chart(report, timeline)) }
                        }
                    }
                    (lists::expiring(report))
                    (lists::suspended(report))
                    (lists::without_expiry(report))
                    (lists::exceptions(report))
                    (lists::against_the_rules(report))
                }
                (footer(report))
            }
        }
    }
}

fn wider_title(wider: &[&Ceiling]) -> &'static str {
    match wider {
        [] => "All licences",
        [one] if one.scope == [Scope::Country] => "The nation",
        [one] if one.scope == [Scope::Total] => "Everything together",
        _ => "The wider ceilings",
    }
}

/// The whole style sheet. Each printed sheet ends with the day and the head. Neither can contain CSS.
fn style(report: &Report) -> String {
    let (stacked, narrow) = (STACKED.replace("TABLE", ".stacked"), STACKED.replace("TABLE", "table"));
    let foot = format!("as of {}, head {}", report.headroom.as_of.date, report.headroom.head);
    format!(
        "{STYLE}{stacked}@media screen and (max-width: 66rem) {{\n{narrow}}}\n@page {{ @bottom-left {{ content: \"{foot}\"; }} }}\n"
    )
}

/// The fill patterns of amounts. Readers can tell them apart without colour.
fn patterns() -> Markup {
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" {
            defs {
                pattern #hatch width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.under width="5" height="5" {}
                    rect.stripe width="2" height="5" {}
                }
                pattern #cross width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.under width="6" height="6" {}
                    rect.stripe width="2.5" height="6" {}
                    rect.stripe width="6" height="2.5" {}
                }
            }
        }
    }
}

fn header(report: &Report, verdict: &str) -> Markup {
    let policy = &report.adoption.policy;
    let over = report.how_many_are(Fullness::Over) > 0;
    html! {
        header {
            @if let Some(title) = &report.title { p.kicker { strong { (text(title.as_str())) } } }
            p.kicker { "Export quotas as of " strong { time { (report.headroom.as_of.date) } } (report.headroom.as_of.note()) }
            h1 class=[over.then_some("over")] { span.sign aria-hidden="true" { (if over { "▲" } else { "✓" }) } " " (verdict) }
            p.lead { (lead(report)) }
            dl.facts {
                div {
                    dt { "Policy" }
                    dd {
                        strong { (text(policy.name.as_str())) " " (text(policy.version.as_str())) } " "
                        span.badge { (policy.status.as_str()) }
                        @if let Some(title) = &policy.title { br; (text(title.as_str())) }
                        @if !policy.sources.is_empty() {
                            br;
                            span.aside { "Sources: " @for (index, source) in policy.sources.iter().enumerate() {
                                @if index > 0 { "; " } (text(source.as_str()))
                            } }
                        }
                    }
                }
                div { dt { "Counted in" } dd { (text(&report.headroom.unit)) } }
                div {
                    dt { "Ledger" }
                    dd {
                        (text(&report.ledger)) ": " (grouped(report.entries))
                        (if report.entries == 1 { " entry" } else { " entries" })
                        @if report.known_at.is_some() { " (as it was then, not as it is now)" }
                        ", the last one recorded "
                        time { (report.last_recorded.format("%Y-%m-%dT%H:%M:%SZ")) }
                    }
                }
                div { dt { "Ledger head" } dd { code.hash { (report.headroom.head) } } }
                div { dt { "Policy digest" } dd { code.hash { (report.adoption.digest) } } }
            }
        }
    }
}

/// The verdict in a sentence, and what it does not mean.
fn lead(report: &Report) -> Markup {
    let ceilings = report.headroom.rows.len();
    let status = match report.adoption.policy.status {
        Status::Proposed => "The policy is a proposal, not a rule in force. ",
        Status::LicenceCondition => "The policy is no rule: it states a condition of licences. ",
        Status::NotEnforced => "The policy's text stands, but it is not enforced. ",
        Status::Rescinded => "The policy was rescinded. ",
        Status::Scenario => "The policy is a scenario. ",
        Status::InForce => "",
    };
    html! {
        @if ceilings == 0 {
            "The policy has no ceiling that applies to anybody here. "
        } @else {
            (counted(ceilings, "ceiling", "ceilings")) " (each group counted by itself): "
            strong { (report.tally()) } ". "
        }
        (status)
        "Within ceilings means that the arithmetic fits: it is not a licence, and not legal advice."
    }
}

/// Lists what needs attention, each with a link to its place.
fn attention(report: &Report) -> Markup {
    let (violations, breaches) = (report.headroom.violations.len(), report.headroom.breaches.len());
    let soon = report.soon.licences.len();
    let (suspended, endless) = (report.suspended.len(), report.without_expiry.len());
    let ending = report.exceptions_ending().count();
    let days = units::counted(report.soon.days, "day", "days");
    let full = bars::full(report);
    let nothing = full.0.is_empty()
        && report.counted.is_empty()
        && [soon, suspended, endless, ending].iter().all(|count| *count == 0)
        && report.warnings.is_empty();
    html! {
        section.attention id="attention" {
            h2 { "To look at" }
            @if nothing {
                p.none {
                    "Nothing: every ceiling is open, no licence is suspended or without an expiry, no licence or exception ends within "
                    (days) ", and the rules admit every entry that counts."
                 }
            } @else {
                ul {
                    (full)
                    @if breaches > 0 { li {
                        strong { (counted(breaches, "breach", "breaches")) } ": recorded although the rules refuse it, "
                        a href="#refused" { "listed below" }
                    } }
                    @if violations > 0 { li {
                        strong { (counted(violations, "violation", "violations")) } ": recorded despite the rules, "
                        a href="#refused" { "listed below" }
                    } }
                    @if soon > 0 { li {
                        strong { (counted(soon, "open licence expires", "open licences expire")) } " within " (days) ", "
                        a href="#expiring" { "listed below" }
                    } }
                    @if ending > 0 { li {
                        strong { (counted(ending, "exception ends", "exceptions end")) } " within " (days) ", "
                        a href="#exceptions" { "listed below" }
                    } }
                    @if suspended > 0 { li {
                        strong { (counted(suspended, "licence is", "licences are")) " suspended" } ": nothing may ship, "
                        a href="#suspended" { "listed below" }
                    } }
                    @if endless > 0 { li {
                        strong { (counted(endless, "open licence has", "open licences have")) " no expiry" }
                        ": what is outstanding stays reserved until somebody closes it, "
                        a href="#without-expiry" { "listed below" }
                    } }
                    @for warning in &report.warnings { li { strong { "Warning" } ": " (text(warning)) } }
                }
            }
        }
    }
}

fn footer(report: &Report) -> Markup {
    let as_of = report.headroom.as_of.date;
    let known_at = report.known_at.map(|seq| format!(" --known-at {seq}")).unwrap_or_default();
    html! {
        footer {
            h2 { "Words" }
            dl.words {
                div { dt { "authorised" } dd { "what licences allow in all, open or not" } }
                div { dt { "shipped" } dd { "what has left" } }
                div { dt { "outstanding" } dd { "what may still leave under open licences" } }
                div { dt { "released" } dd { "what never left before its licence closed or expired" } }
                div { dt { "used" } dd { "what the ceiling counts; returns give room back only where the policy says so" } }
                div { dt { "headroom" } dd { "the limit less what is used; negative where it is over" } }
                @if report.headroom.rows.iter().any(|row| !row.refused.is_empty()) {
                    div { dt { "refused" } dd { "a flag, a destination or a chip for which nothing would pass" } }
                }
            }
            h2 { "To check this page" }
            p {
                "Whoever has the ledger gets the same numbers from " code { "exquota headroom --as-of " (as_of) (known_at) }
                ", and from " code { "exquota validate" } " whether every line is sound. The head is the SHA-256 of the ledger's "
                (if report.known_at.is_some() { "last line then" } else { "last line" })
                ": it proves that this page and that ledger belong together."
            }
        }
    }
}
