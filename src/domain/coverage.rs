//! What a policy's tests must meet to cover it: each ceiling at its limit and past it, and each other rule that refuses
//! or warns.

use super::book::Judgement;
use super::ceiling::Ceiling;
use super::policy::{Chip, Policy};
use super::refusal::Code;
use super::units::Units;
use super::words::words;

words! {
    /// How a test meets a rule of the policy.
    pub enum Meeting {
        /// An order brings a group exactly to the ceiling's limit.
        AtLimit = "at-limit",
        /// A ceiling refuses an order that would fit with one chip fewer.
        PastLimit = "past-limit",
        /// An order that one chip more would bring to a notice.
        JustBelow = "just-below",
        /// The rule refuses, a flag warns, or an order reaches a notice.
        Met = "met",
    }
}

/// A rule of a policy, and one way to meet it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Point {
    /// The path of the policy's key, with the name of the attestation or of the chip outside a class behind a blank.
    pub rule: String,
    pub meeting: Meeting,
}

impl Point {
    pub(super) fn met(rule: impl Into<String>) -> Self {
        Point { rule: rule.into(), meeting: Meeting::Met }
    }
}

/// Everything that the tests of a policy must meet, in the order of its text.
pub fn points(policy: &Policy) -> Vec<Point> {
    let limits = policy.ceilings.iter().flat_map(|ceiling| {
        let rule = format!("ceilings.{}", ceiling.name);
        [Meeting::AtLimit, Meeting::PastLimit].map(|meeting| Point { rule: rule.clone(), meeting })
    });
    let prohibited = policy.chips.iter().filter_map(prohibition);
    let notices = policy.notices.iter().flat_map(|notice| {
        let rule = format!("notices.{}", notice.name);
        [Meeting::JustBelow, Meeting::Met].map(|meeting| Point { rule: rule.clone(), meeting })
    });
    let attested = [("approval", &policy.approval_attestations), ("shipment", &policy.shipment_attestations)];
    let attested = attested.into_iter().flat_map(|(kind, names)| names.iter().map(move |name| attestation(kind, name)));
    limits
        .chain(prohibited)
        .chain(policy.destinations.iter().map(|_| Point::met("destinations.allowed")))
        .chain(attested)
        .chain(notices)
        .chain(policy.flags.iter().map(|(flag, _)| Point::met(format!("flags.{flag}"))))
        .collect()
}

fn prohibition(chip: &Chip) -> Option<Point> {
    let prohibited = chip.prohibited.as_ref()?;
    let key = prohibited.policy_key(&chip.name);
    Some(Point::met(if prohibited.is_outside { format!("{key} {}", chip.name) } else { key }))
}

fn attestation(kind: &str, name: impl std::fmt::Display) -> Point {
    Point::met(format!("attestations.{kind} {name}"))
}

/// What a judgement meets. What a later entry would meet does not count.
pub fn met(judgement: &Judgement) -> Vec<Point> {
    let policy = judgement.in_force.policy();
    let mut met = Vec::new();
    for row in judgement.rows.iter().filter(|row| row.exception.is_none() && row.at.is_none()) {
        let point = |meeting| Point { rule: format!("ceilings.{}", row.ceiling), meeting };
        let adds = row.requested > Units::ZERO;
        // A limit of 0 leaves nothing to add.
        if row.after == row.limit && (adds || row.limit == Units::ZERO) {
            met.push(point(Meeting::AtLimit));
        }
        let least = policy.ceiling(&row.ceiling).and_then(|ceiling| least(policy, ceiling, judgement));
        if adds && !row.within() && least.is_some_and(|least| row.exceeded_by <= least) {
            met.push(point(Meeting::PastLimit));
        }
    }
    for refusal in judgement.refusals.iter().filter(|refusal| refusal.entry.is_none()) {
        match (&refusal.policy_key, &refusal.field) {
            (Some(key), Some(name)) if refusal.code == Code::AttestationMissing => {
                met.push(Point::met(format!("{key} {name}")));
            }
            (Some(_), _) if refusal.code == Code::ChipProhibited => {
                met.extend(refusal.chip.as_ref().and_then(|chip| prohibition(policy.chip(chip)?)));
            }
            (Some(key), _) => met.push(Point::met(key.clone())),
            (None, _) => {}
        }
    }
    met.extend(judgement.met.iter().cloned());
    met
}

/// What the lightest of the ordered chips counts under the ceiling.
fn least(policy: &Policy, ceiling: &Ceiling, judgement: &Judgement) -> Option<Units> {
    let chips = judgement.entry.event.items()?.iter().filter_map(|(chip, _)| policy.chip(chip));
    chips.map(|chip| ceiling.weight(chip)).filter(|weight| *weight > Units::ZERO).min()
}
