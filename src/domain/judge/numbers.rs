//! Checks that licence numbers and references are well formed and used once (R11, D18).

use super::{Ground, Ruling};
use crate::domain::entries::Unread;
use crate::domain::event::{Entry, Event, Number, Seq};
use crate::domain::policy::Policy;
use crate::domain::refusal::{Code, Refusal};
use std::borrow::Cow;

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
    let recorded = ground.entries.get(holder)?;
    let differs = recorded.as_ref().map(|recorded| differing_fields(entry, recorded)).unwrap_or_default();
    let told = match recorded.filter(|_| !differs.is_empty()) {
        None if ground.refused.is_inert(holder) => "with the same content, but that entry does not count".to_owned(),
        None => "with the same content".to_owned(),
        Some(recorded) => {
            let each = differs.iter().map(|field| difference(field, entry, &recorded));
            format!("with other content: {}", each.collect::<Vec<_>>().join(", "))
        }
    };
    let mut refusal =
        Refusal::new(code, format!("`{}` is already recorded as entry {holder}, {told}", number.as_str()));
    refusal.differs = differs;
    let revised = match number {
        Number::Licence(number) => format!("if the licence was revised, record that with `exquota amend {number}`"),
        Number::Reference(_) => "if this is another movement of goods, give it its own reference".to_owned(),
    };
    Ok(refusal.help(format!(
        "{revised}; if entry {holder} is wrong, `exquota void {holder} --reason R` takes it out: then record the fact \
         again"
    )))
}

/// What the entry says in the field, and what the recorded one says. Serial numbers and other long values are left out.
fn difference(field: &str, entry: &Entry, recorded: &Entry) -> String {
    const LONGEST: usize = 60;
    match [entry, recorded].map(|entry| value(field, entry)) {
        [new, old] if new.chars().chain(old.chars()).count() > LONGEST => format!("{field} differs"),
        values => {
            let [new, old] = values.map(|value| if value.is_empty() { "not given".into() } else { value });
            format!("{field} {new} (recorded: {old})")
        }
    }
}

/// The entry's value of a field that [`differing_fields`] names.
fn value<'a>(field: &str, entry: &'a Entry) -> Cow<'a, str> {
    let (event, kind) = (&entry.event, entry.event.kind());
    match field {
        "event" => kind.as_str().into(),
        "date" => entry.date.to_string().into(),
        _ => {
            let mut fields = kind.fields().iter().zip(event.texts());
            fields.find(|(known, _)| **known == field).map(|(_, text)| text).unwrap_or_default()
        }
    }
}

/// The fields in which two entries with the same number differ. The date is content; the time and author of the
/// recording are not (D18).
pub fn differing_fields(a: &Entry, b: &Entry) -> Vec<&'static str> {
    let Some(fields) = a.event.differing(&b.event) else { return vec!["event"] };
    (a.date != b.date).then_some("date").into_iter().chain(fields).collect()
}
