//! Counts, quantities and events in words.

use crate::domain::event::{Event, Void};
use crate::domain::text::ChipName;
use crate::domain::units::{counted, grouped};
use chrono::{DateTime, Utc};
use std::fmt::Display;

/// `1 fault`, `3 faults`, `no breaches`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

/// `1 entry`, `3 entries`, `0 entries`.
pub(super) fn entries(number: impl Display) -> String {
    counted(number, "entry", "entries")
}

/// Quantities in words: `60,000 H200 and 20,000 MI325X`.
pub(super) fn quantities<'i, N: Display + 'i>(items: impl IntoIterator<Item = &'i (ChipName, N)>) -> String {
    let parts: Vec<String> = items.into_iter().map(|(chip, count)| format!("{} {chip}", grouped(count))).collect();
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// Joins texts with `between`.
pub(super) fn joined<T: Display>(texts: impl IntoIterator<Item = T>, between: &str) -> String {
    texts.into_iter().map(|text| text.to_string()).collect::<Vec<_>>().join(between)
}

/// Puts `before` before the value. Empty if there is no value.
pub(super) fn and(before: &str, value: Option<impl Display>) -> String {
    value.map(|value| format!("{before}{value}")).unwrap_or_default()
}

/// Formats a time of recording.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Summarises an event in a line.
pub fn summary(event: &Event) -> String {
    match event {
        Event::Policy(adoption) => {
            let policy = &adoption.policy;
            format!("{} {} ({})", policy.name, policy.version, policy.status)
        }
        Event::Customer(record) => {
            let listed = |before, names: &[_]| and(before, (!names.is_empty()).then(|| joined(names, ", ")));
            let parent = and(", part of ", record.parent.as_ref());
            let (aliases, flags) = (listed(", also ", &record.aliases), listed(", flags ", &record.flags));
            format!("{}: {}, {}{aliases}{parent}{flags}", record.id, record.name, record.country)
        }
        Event::Approval(approval) => format!(
            "{}: {} for {}{}{}{}{}",
            approval.licence,
            quantities(approval.items.iter()),
            approval.customer,
            and(", value ", approval.value.map(grouped)),
            and(", valid to ", approval.expires),
            and(", held by ", approval.licensee.as_ref()),
            and(", replaces ", approval.replaces.as_ref()),
        ),
        Event::Amendment(amendment) => {
            let totals = (!amendment.items.is_empty()).then(|| quantities(amendment.items.iter()));
            let value = and(", value ", amendment.value.map(grouped));
            format!("{}{}{value}{}", amendment.licence, and(", now ", totals), and(", valid to ", amendment.expires))
        }
        Event::Suspension(change) | Event::Reinstatement(change) => format!("{}: {}", change.licence, change.reason),
        Event::Closure(closure) => {
            format!("{}: {}{}", closure.licence, closure.reason, and(", ", closure.note.as_ref()))
        }
        Event::Shipment(shipment) => format!(
            "{}: {}{} under {}{}",
            shipment.reference,
            quantities(shipment.items.iter()),
            and(" to ", shipment.consignee.as_ref()),
            shipment.licence,
            and(", value ", shipment.value.map(grouped))
        ),
        Event::Return(returned) => {
            let (items, kind) = (quantities(returned.items.iter()), and(", ", returned.kind));
            let value = and(", value ", returned.value.map(grouped));
            format!("{}: {items} of shipment {}{kind}{value}", returned.reference, returned.shipment)
        }
        Event::Exception(exception) => format!(
            "{} for {}: {}{}, by {}",
            exception.ceiling,
            exception.group,
            grouped(exception.limit),
            and(", valid to ", exception.expires),
            exception.authority
        ),
        Event::Volume(volume) => format!("{}: {} {} so far", volume.series, grouped(volume.quantity), volume.chip),
        Event::Elsewhere(elsewhere) => {
            let items = quantities(elsewhere.items.iter());
            format!("{}: {items} from others ({})", elsewhere.customer, elsewhere.source)
        }
        Event::Check(check) => format!(
            "{} for {}{}: {}{}",
            quantities(check.items.iter()),
            check.customer,
            and(" under ", check.licence.as_ref()),
            check.decision,
            and(": ", (!check.codes.is_empty()).then(|| joined(&check.codes, ", "))),
        ),
        // Entries are numbered from 1: no entry goes by the name that was given.
        Event::Void(Void { entry: 0, reason }) => format!("of an unknown entry: {reason}"),
        Event::Void(void) => format!("entry {}: {}", void.entry, void.reason),
    }
}
