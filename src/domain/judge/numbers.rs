//! Checks that licence numbers and references are well formed and used once (R11, D18).

use super::{Ground, Ruling};
use crate::domain::entries::Unread;
use crate::domain::event::{Entry, Event, Number, Seq};
use crate::domain::policy::Policy;
use crate::domain::refusal::{Code, Refusal};

/// Refuses a number that does not match the policy's pattern. The shipment pattern does not apply to returns (D14).
pub(super) fn well_formed(policy: &Policy, event: &Event, ruling: &mut Ruling) {
    let Some(number) = event.number().filter(|_| event.shipment().is_none()) else { return };
    let (pattern, field, key) = match number {
        Number::Licence(_) => (&policy.number_pattern, "licence", "licences.number_pattern"),
        Number::Reference(_) => {
            (&policy.shipment_reference_pattern, "reference", "licences.shipment_reference_pattern")
        }
    };
    let number = number.as_str();
    if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.matches(number)) {
        let told = format!("`{number}` does not match the pattern `{}`", pattern.as_str());
        let refusal = Refusal::new(Code::NumberMalformed, told).field(field).policy_key(key);
        ruling.refuse(refusal.help(format!("check the {field} against the document it comes from")));
    }
}

/// The refusal of a number or reference that another entry has.
pub(super) fn taken(ground: Ground<'_>, entry: &Entry, number: Number<'_>, holder: Seq) -> Result<Refusal, Unread> {
    let code = match number {
        Number::Licence(_) => Code::LicenceExists,
        Number::Reference(_) => Code::ReferenceExists,
    };
    let differs = ground.entries.get(holder)?.map(|recorded| differing_fields(entry, &recorded)).unwrap_or_default();
    let told = match differs.as_slice() {
        [] if ground.refused.is_inert(holder) => "with the same content, but that entry does not count".to_owned(),
        [] => "with the same content".to_owned(),
        fields => format!(
            "with other content: {} {}",
            fields.join(", "),
            if fields.len() == 1 { "differs" } else { "differ" }
        ),
    };
    let mut refusal =
        Refusal::new(code, format!("`{}` is already recorded as entry {holder}, {told}", number.as_str()));
    refusal.differs = differs;
    Ok(refusal.help(format!(
        "`exquota show {holder}` prints the recorded entry; if it is wrong, void it and record the fact again"
    )))
}

/// The fields in which two entries with the same number differ. The date is content; the time and author of the
/// recording are not (D18).
pub fn differing_fields(a: &Entry, b: &Entry) -> Vec<&'static str> {
    let Some(fields) = a.event.differing(&b.event) else { return vec!["event"] };
    (a.date != b.date).then_some("date").into_iter().chain(fields).collect()
}
