//! Checks the value of a licence: stated where it must be, and not exceeded (R15; 15 CFR 750.7(f)).

use super::Ruling;
use crate::domain::event::{Amendment, Approval, Return, ReturnKind, Seq, Shipment};
use crate::domain::policy::{Policy, ValueRule};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Licence, State};
use crate::domain::text::Text;
use crate::domain::units::{Overflow, grouped};

/// The figures of a licence's value before and after an entry. What counts is the shipped value, so an approval and an
/// amendment request nothing (as in D8).
#[derive(Clone, PartialEq, Debug)]
pub struct ValueRow {
    /// The policy's currency.
    pub currency: Option<Text>,
    /// The value that the licence allows, just after the entry.
    pub authorised: i64,
    /// Shipped just before the entry.
    pub used: i64,
    /// The value of the shipment; below zero for goods that were not delivered.
    pub requested: i64,
    /// Shipped just after the entry.
    pub after: i64,
    /// The value that the licence allows and the policy's tolerance, cut to a whole unit.
    pub limit: i64,
    /// Whether the value holds. `after == limit` is within (R1); a value that is not stated, or is below what has
    /// shipped, is not.
    pub within: bool,
}

impl ValueRow {
    fn new(policy: &Policy, authorised: i64, used: i64, requested: i64) -> Result<Self, Overflow> {
        // A whole amount is within the exact limit if and only if it is within the limit cut to a whole unit.
        let limit = i128::from(authorised) * i128::from(100 + policy.value_tolerance_percent) / 100;
        let limit = i64::try_from(limit).map_err(|_| Overflow)?;
        let after = used.checked_add(requested).ok_or(Overflow)?;
        let currency = policy.currency.clone();
        Ok(ValueRow { currency, authorised, used, requested, after, limit, within: after <= limit })
    }
}

/// An amount with the policy's currency, for a person.
fn amount(policy: &Policy, amount: i64) -> String {
    let currency = policy.currency.as_ref().map(|currency| format!(" {currency}")).unwrap_or_default();
    grouped(amount) + &currency
}

fn whole(value: u64) -> Result<i64, Overflow> {
    i64::try_from(value).map_err(|_| Overflow)
}

/// Refuses an approval without a value where the policy requires one.
pub(super) fn approved(policy: &Policy, approval: &Approval, ruling: &mut Ruling) -> Result<(), Overflow> {
    match approval.value {
        None if policy.value == ValueRule::Required => {
            ruling.refuse(missing("the policy requires the value of every approval, and this one states none"));
        }
        None => {}
        Some(value) => ruling.value = Some(ValueRow::new(policy, whole(value)?, 0, 0)?),
    }
    Ok(())
}

/// Refuses a shipment without a value where it needs one, and one that exceeds the licence's value. The licence is none
/// where it is unknown or not yet valid.
pub(super) fn shipped(
    policy: &Policy,
    licence: Option<&Licence>,
    shipment: &Shipment,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let limited = licence.and_then(|licence| Some((licence, licence.value?)));
    if shipment.value.is_none() {
        if let Some((licence, value)) = limited {
            let told = amount(policy, value);
            let number = &licence.number;
            ruling.refuse(missing(format!("licence `{number}` has a value of {told}, and the shipment states none")));
        } else if policy.value == ValueRule::Required {
            ruling.refuse(missing("the policy requires the value of every shipment, and this one states none"));
        }
    }
    let Some((licence, authorised)) = limited else { return Ok(()) };
    let mut row = ValueRow::new(policy, authorised, licence.shipped_value, whole(shipment.value.unwrap_or(0))?)?;
    row.within &= shipment.value.is_some();
    // A shipment that adds nothing exceeds nothing (D7).
    if row.requested > 0 && !row.within {
        let tolerance = match policy.value_tolerance_percent {
            0 => String::new(),
            percent => format!(" with {percent} % tolerance"),
        };
        let reason = format!(
            "licence `{}`: a value of {} shipped and {} requested come to {}, {} over the limit of {}{tolerance}",
            licence.number,
            grouped(row.used),
            grouped(row.requested),
            amount(policy, row.after),
            grouped(row.after - row.limit),
            grouped(row.limit),
        );
        let told = reason;
        let refusal =
            Refusal::new(Code::ValueExceeded, told).field("value").policy_key("licences.value_tolerance_percent");
        ruling.refuse(refusal.help(
            "check the value against the invoice; a higher one needs an amended licence (`exquota amend --value`)",
        ));
    }
    ruling.value = Some(row);
    Ok(())
}

/// Refuses a new value below what has shipped. The tolerance does not lower it.
pub(super) fn amended(
    policy: &Policy,
    licence: &Licence,
    amendment: &Amendment,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let value = amendment.value.map(whole).transpose()?;
    if let Some(value) = value.filter(|value| *value < licence.shipped_value) {
        let (value, shipped) = (grouped(value), amount(policy, licence.shipped_value));
        let told =
            format!("a value of {value} would be below the {shipped} already shipped under `{}`", licence.number);
        let refusal = Refusal::new(Code::BelowShipped, told).field("value");
        ruling.refuse(refusal.help(format!("the lowest possible new value is {shipped}")));
    }
    if let Some(authorised) = value.or(licence.value) {
        let mut row = ValueRow::new(policy, authorised, licence.shipped_value, 0)?;
        row.within &= value.is_none_or(|value| value >= licence.shipped_value);
        ruling.value = Some(row);
    }
    Ok(())
}

/// Refuses an undelivered return that takes off more value than its shipment, recorded as `seq`, has left.
pub(super) fn undelivered(
    state: &State,
    seq: Seq,
    shipment: &Shipment,
    returned: &Return,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let (Some(ReturnKind::Undelivered), Some(value)) = (returned.kind, returned.value) else { return Ok(()) };
    let (policy, value, before) = (state.policy(), whole(value)?, state.returned(seq, None));
    let left = whole(shipment.value.unwrap_or(0))? - before;
    if value > left {
        let told = format!(
            "shipment `{}` has a value of {} left; {} more can't be taken off",
            returned.shipment,
            amount(policy, left),
            grouped(value)
        );
        let refusal = Refusal::new(Code::ReturnExceeded, told).field("value");
        ruling.refuse(refusal.help("the value of a return is the part of the shipment's value that was not delivered"));
    }
    if let Some(licence) = state.licence(&shipment.licence)
        && let Some(authorised) = licence.value
    {
        let mut row = ValueRow::new(policy, authorised, licence.shipped_value, -value)?;
        row.within &= value <= left;
        ruling.value = Some(row);
    }
    Ok(())
}

/// Warns of an adoption under which the recorded values would be in another currency.
pub(super) fn warn_of_other_currency(state: &State, adopted: &Policy, ruling: &mut Ruling) {
    let valued = |licence: &Licence| licence.value.is_some() || licence.shipped_value > 0;
    let before = &state.policy().currency;
    if *before != adopted.currency && state.licences().any(valued) {
        let named = |currency: &Option<Text>| currency.as_ref().map_or("none".to_owned(), |name| format!("`{name}`"));
        ruling.warnings.push(format!(
            "`licences.currency` is {}, and was {}: the recorded values are not converted",
            named(&adopted.currency),
            named(before)
        ));
    }
}

fn missing(reason: impl Into<String>) -> Refusal {
    Refusal::new(Code::ValueMissing, reason)
        .field("value")
        .policy_key("licences.value")
        .help("add `--value` with the value in whole units of the policy's currency")
}
