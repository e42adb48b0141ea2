//! What else a reader has to know: licences that expire, exceptions, and what counts although the rules refuse it.

use super::table::{Column, table};
use super::{Counted, Report, counted, text};
use crate::domain::exceptions::Holding;
use crate::domain::text::Text;
use crate::domain::units::{Units, grouped};
use crate::report::licences::LicenceStanding;
use crate::report::wording::summary;
use maud::{Markup, html};

/// Entries against the rules that are listed; `validate` lists any number.
const LISTED: usize = 100;

pub(super) fn expiring(report: &Report) -> Markup {
    let soon = &report.soon;
    let columns = [
        Column::subject("licence"),
        Column::text("customer"),
        Column::text("licensee"),
        Column::text("state"),
        Column::text("last valid day"),
        Column::number("days left"),
        Column::text("chips outstanding"),
    ];
    let caption =
        format!("Open licences whose last valid day is at most {} days after {}", soon.days, report.headroom.as_of);
    html! {
        section id="expiring" {
            h2 { "Licences that expire soon" }
            @if soon.licences.is_empty() {
                p.none { "No open licence expires within " (soon.days) " days." }
            } @else {
                (table(&caption, "list", &columns, soon.licences.iter().map(licence)))
            }
        }
    }
}

fn licence(licence: &LicenceStanding) -> Vec<Markup> {
    let held = licence.chips.iter().filter(|chip| chip.outstanding != 0);
    let outstanding: Vec<String> = held.map(|chip| format!("{} {}", grouped(chip.outstanding), chip.chip)).collect();
    vec![
        text(licence.licence.as_str()),
        text(&licence.customer),
        text(licence.licensee.as_ref().map_or("-", Text::as_str)),
        html! { (licence.state.as_str()) },
        html! { time { (licence.expires.map_or_else(|| "-".to_owned(), |day| day.to_string())) } },
        html! { (licence.days_to_expiry.map_or_else(|| "-".to_owned(), grouped)) },
        if outstanding.is_empty() {
            html! { "none" }
        } else {
            text(outstanding.join(", "))
        },
    ]
}

pub(super) fn exceptions(report: &Report) -> Markup {
    let columns = [
        Column::subject("group"),
        Column::text("ceiling"),
        Column::number("limit"),
        Column::number("instead of"),
        Column::text("last day"),
        Column::text("authority"),
        Column::number("entry"),
    ];
    let caption =
        format!("Exceptions that set a limit on {}, in {}", report.headroom.as_of, super::clean(&report.headroom.unit));
    html! {
        section id="exceptions" {
            h2 { "Exceptions in force" }
            @if report.exceptions.is_empty() {
                p.none { "No exception is in force: every limit is the policy's." }
            } @else {
                (table(&caption, "list", &columns, report.exceptions.iter().map(exception)))
            }
        }
    }
}

fn exception(holding: &Holding) -> Vec<Markup> {
    let given = &holding.exception;
    vec![
        html! {
            (text(given.group.as_str()))
            @if given.group != holding.group { " " span.id { "for " (text(holding.group.as_str())) } }
        },
        text(given.ceiling.as_str()),
        html! { (Units::from_whole(given.limit).grouped()) },
        html! { (holding.usual.grouped()) },
        html! { @match given.expires { Some(last_day) => time { (last_day) }, None => "open-ended" } },
        text(given.authority.as_str()),
        html! { (holding.entry) },
    ]
}

/// Violations and breaches; a section only where there are any, as most ledgers never have one.
pub(super) fn against_the_rules(report: &Report) -> Markup {
    let columns = [
        Column::subject("entry"),
        Column::text("what"),
        Column::text("date"),
        Column::text("recorded"),
        Column::text("why the rules refuse it"),
    ];
    let (violations, breaches) = (report.headroom.violations.len(), report.headroom.breaches.len());
    let caption = format!("Entries that count on {} although the rules refuse them", report.headroom.as_of);
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
                (table(&caption, "list", &columns, report.counted.iter().take(LISTED).map(refused)))
                @if report.counted.len() > LISTED {
                    p.none { "And " (grouped(report.counted.len() - LISTED)) " more, which `exquota validate` lists." }
                }
            }
        }
    }
}

fn refused(counted: &Counted) -> Vec<Markup> {
    let entry = &counted.entry;
    let word = if entry.despite.is_some() { "violation" } else { "breach" };
    vec![
        html! { (entry.seq) },
        html! { (entry.event.kind()) " " (text(summary(&entry.event))) },
        html! { time { (entry.date) } },
        html! { (word) @if let Some(reason) = &entry.despite { ": " (text(reason.as_str())) } },
        html! { @for refusal in &counted.refusals { p { code { (refusal.code.as_str()) } " " (text(refusal.message())) } } },
    ]
}
