//! Licence numbers and references: well formed, and taken once (R11, D18).

use super::{Ground, Ruling};
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::lines::Unread;
use crate::domain::policy::Policy;
use crate::domain::refusal::{Code, Refusal};

/// The number fits the policy's pattern; the shipment pattern does not bind returns (D14).
pub(super) fn well_formed(policy: &Policy, event: &Event, ruling: &mut Ruling) {
    let (pattern, number, field, key) = match event {
        Event::Approval(approval) => {
            (&policy.number_pattern, approval.licence.as_str(), "licence", "licences.number_pattern")
        }
        Event::Shipment(shipment) => (
            &policy.shipment_reference_pattern,
            shipment.reference.as_str(),
            "reference",
            "licences.shipment_reference_pattern",
        ),
        _ => return,
    };
    if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.matches(number)) {
        ruling.refuse(
            Refusal::new(
                Code::NumberMalformed,
                format!("`{number}` does not match the pattern `{}`", pattern.as_str()),
            )
            .field(field)
            .policy_key(key)
            .help(format!("check the {field} against the document it comes from")),
        );
    }
}

/// The number or reference belongs to another entry, with other content.
pub(super) fn taken(ground: Ground<'_>, entry: &Entry, holder: Seq) -> Result<Refusal, Unread> {
    let (code, number) = match &entry.event {
        Event::Approval(approval) => (Code::LicenceExists, approval.licence.as_str()),
        Event::Shipment(shipment) => (Code::ReferenceExists, shipment.reference.as_str()),
        Event::Return(returned) => (Code::ReferenceExists, returned.reference.as_str()),
        _ => (Code::ReferenceExists, ""),
    };
    let differs = ground.lines.get(holder)?.map(|recorded| differing_fields(entry, &recorded)).unwrap_or_default();
    let told = match differs.as_slice() {
        [] if ground.refused.is_inert(holder) => "with the same content, but that line counts nowhere".to_owned(),
        [] => "with the same content".to_owned(),
        fields => format!(
            "with other content: {} {}",
            fields.join(", "),
            if fields.len() == 1 { "differs" } else { "differ" }
        ),
    };
    let mut refusal = Refusal::new(code, format!("`{number}` is already recorded as entry {holder}, {told}"));
    refusal.differs = differs;
    Ok(refusal.help(format!(
        "`exquota show {holder}` prints what is recorded; if that is wrong, void it and record the fact anew"
    )))
}

/// The fields in which two entries that want one number differ; the date is content, the recording is not (D18).
pub fn differing_fields(a: &Entry, b: &Entry) -> Vec<&'static str> {
    let mut fields = Vec::new();
    let mut note = |name: &'static str, same: bool| {
        if !same {
            fields.push(name);
        }
    };
    match (&a.event, &b.event) {
        (Event::Approval(x), Event::Approval(y)) => {
            note("date", a.date == b.date);
            note("customer", x.customer == y.customer);
            note("items", x.items == y.items);
            note("expires", x.expires == y.expires);
            note("destination", x.destination == y.destination);
            note("licensee", x.licensee == y.licensee);
            note("replaces", x.replaces == y.replaces);
            note("attestations", x.attestations == y.attestations);
        }
        (Event::Shipment(x), Event::Shipment(y)) => {
            note("date", a.date == b.date);
            note("licence", x.licence == y.licence);
            note("items", x.items == y.items);
            note("destination", x.destination == y.destination);
            note("consignee", x.consignee == y.consignee);
            note("attestations", x.attestations == y.attestations);
            note("serials", x.serials == y.serials);
        }
        (Event::Return(x), Event::Return(y)) => {
            note("date", a.date == b.date);
            note("shipment", x.shipment == y.shipment);
            note("items", x.items == y.items);
            note("reason", x.reason == y.reason);
            note("serials", x.serials == y.serials);
        }
        _ => note("event", false),
    }
    fields
}
