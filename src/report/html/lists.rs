//! The page's lists: licences that expire, exceptions, and entries that count although the rules refuse them.

use super::table::list;
use super::{Counted, Report, counted, text};
use crate::domain::exceptions::Holding;
use crate::domain::units;
use crate::domain::units::{Units, grouped};
use crate::report::licences::LicenceStanding;
use crate::report::wording::{joined, summary};
use maud::{Markup, html};

/// The most refused entries to list. `validate` lists all of them.
const LISTED: usize = 100;

pub(super) fn expiring(report: &Report) -> Markup {
    let soon = &report.soon;
    let days = units::counted(soon.days, "day", "days");
    let caption = format!("Open licences whose last valid day is at most {days} after {}", report.headroom.as_of.date);
    html! {
        section id="expiring" {
            h2 { "Licences that expire soon" }
            @if soon.licences.is_empty() {
                p.none { "No open licence expires within " (days) "." }
            } @else {
                (licences(&caption, &soon.licences))
            }
        }
    }
}

/// The section of suspended licences. Most ledgers have none; then there is no section.
pub(super) fn suspended(report: &Report) -> Markup {
    let caption = format!("Licences that are suspended on {}", report.headroom.as_of.date);
    html! {
        @if !report.suspended.is_empty() {
            section id="suspended" { h2 { "Suspended licences" } (licences(&caption, &report.suspended)) }
        }
    }
}

/// The section of open licences without a last valid day, if there are any.
pub(super) fn without_expiry(report: &Report) -> Markup {
    let caption = format!("Open licences without a last valid day, on {}", report.headroom.as_of.date);
    html! {
        @if !report.without_expiry.is_empty() {
            section id="without-expiry" {
                h2 { "Licences without an expiry" }
                (licences(&caption, &report.without_expiry))
            }
        }
    }
}

fn licences(caption: &str, licences: &[LicenceStanding]) -> Markup {
    list!(caption, licences, |licence| {
        Subject("licence") = text(licence.licence.as_str()),
        Text("customer") = text(&licence.customer),
        Text("licensee") = text(or_dash(licence.licensee.as_ref())),
        Text("state") = licence.state.as_str(),
        Text("last valid day") = html! { time { (or_dash(licence.expires)) } },
        Number("days left") = or_dash(licence.days_to_expiry.map(grouped)),
        Text("chips outstanding") = outstanding(licence),
    })
}

fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn outstanding(licence: &LicenceStanding) -> Markup {
    let held = licence.chips.iter().filter(|chip| chip.outstanding != 0);
    let outstanding = joined(held.map(|chip| format!("{} {}", grouped(chip.outstanding), chip.chip)), ", ");
    if outstanding.is_empty() {
        html! { "none" }
    } else {
        text(outstanding)
    }
}

pub(super) fn exceptions(report: &Report) -> Markup {
    let caption = format!("Exceptions that set a limit on {}", report.headroom.as_of.date);
    html! {
        section id="exceptions" {
            h2 { "Exceptions in force" }
            @if report.exceptions.is_empty() {
                p.none { "No exception is in force: every limit is the policy's." }
            } @else {
                (list!(&caption, &report.exceptions, |Holding { exception, group, measure, usual, entry }| {
                    Subject("group") = html! {
                        (text(exception.group.as_str()))
                        @if exception.group.as_str() != group.as_str() { " " span.id { "for " (text(group.as_str())) } }
                    },
                    Text("ceiling") = text(exception.ceiling.as_str()),
                    Text("in") = text(measure.unit(&report.headroom.unit)),
                    Number("limit") = Units::from_whole(exception.limit).grouped(),
                    Number("instead of") = usual.grouped(),
                    Text("last day") = html! {
                        @match exception.expires { Some(last_day) => time { (last_day) }, None => "open-ended" }
                    },
                    Text("authority") = text(exception.authority.as_str()),
                    Number("entry") = entry,
                }))
            }
        }
    }
}

/// The section of violations and breaches. Most ledgers never have one; then there is no section.
pub(super) fn against_the_rules(report: &Report) -> Markup {
    let (violations, breaches) = (report.headroom.violations.len(), report.headroom.breaches.len());
    let caption = format!("Entries that count on {} although the rules refuse them", report.headroom.as_of.date);
    html! {
        section id="refused" {
            h2 { "Violations and breaches" }
            @if report.counted.is_empty() {
                p.none { "None: the rules admit every entry that counts here." }
            } @else {
                p {
                    (counted(violations, "violation", "violations")) ", recorded despite the rules and with a reason, and "
                    (counted(breaches, "breach", "breaches")) ", recorded although the rules refuse it. All of them count above."
                }
                (list!(&caption, report.counted.iter().take(LISTED), |Counted { entry, refusals }| {
                    Subject("entry") = entry.seq,
                    Text("what") = html! { (entry.event.kind()) " " (text(summary(&entry.event))) },
                    Text("date") = html! { time { (entry.date) } },
                    Text("recorded") = html! {
                        @match &entry.despite {
                            Some(reason) => { "violation: " (text(reason.as_str())) },
                            None => "breach",
                        }
                    },
                    Text("why the rules refuse it") = html! {
                        @for refusal in refusals { p { code { (refusal.code) } " " (text(refusal.message())) } }
                    },
                }))
                @if report.counted.len() > LISTED {
                    p.none { "And " (grouped(report.counted.len() - LISTED)) " more, which `exquota validate` lists." }
                }
            }
        }
    }
}
