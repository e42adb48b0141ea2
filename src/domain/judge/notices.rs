//! Notices: an entry of a certain amount must attest the notice's name (R14).

use super::quantities::MOST;
use super::{Asked, Ruling, conditions};
use crate::domain::ceiling::Counts;
use crate::domain::coverage::{Meeting, Point};
use crate::domain::event::{Attestations, Items};
use crate::domain::group::Group;
use crate::domain::notice::{Notice, NoticeOf, NoticeOn};
use crate::domain::state::{CustomerIx, State};
use crate::domain::units::{Overflow, Units, grouped};

/// Refuses an entry that reaches a notice and does not attest it. A question need not attest, and gets a warning (D14).
pub(super) fn notices(
    state: &State,
    on: NoticeOn,
    customer: Option<CustomerIx>,
    items: &Items,
    given: &Attestations,
    asked: &Asked,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    for notice in state.policy().notices.iter().filter(|notice| notice.on == on) {
        let family = match (notice.of, customer) {
            (NoticeOf::Entry, _) => None,
            (NoticeOf::Family, Some(customer)) => Some(Group::Family(state.root(customer))),
            // Nobody knows what an unknown customer has had.
            (NoticeOf::Family, None) => continue,
        };
        let before = family.as_ref().map_or(Ok(Units::ZERO), |family| shipped(state, notice, family))?;
        if before >= notice.at {
            continue;
        }
        let each = |chip| notice.weight(state.policy(), chip);
        let mut after = before;
        for (chip, quantity) in items.iter() {
            // A larger quantity is refused anyway.
            let count = i64::try_from(*quantity.min(&MOST)).map_err(|_| Overflow)?;
            after = after.plus(each(chip).times(count)?)?;
        }
        let point = |meeting| Point { rule: format!("notices.{}", notice.name), meeting };
        if after < notice.at {
            let lightest = items.iter().map(|(chip, _)| each(chip)).filter(|each| *each > Units::ZERO).min();
            if lightest.is_some_and(|each| after.plus(each).is_ok_and(|one_more| one_more >= notice.at)) {
                ruling.met.push(point(Meeting::JustBelow));
            }
            continue;
        }
        ruling.met.push(point(Meeting::Met));
        if given.get(&notice.name).is_some() {
            continue;
        }
        let (name, after) = (&notice.name, after.grouped());
        let this_one = match family {
            None => format!("comes to {after}"),
            Some(family) => format!("brings `{}` from {} to {after}", family.name(state), before.grouped()),
        };
        let entries = notice.entries(state.policy().unit.as_str());
        let mut reason = format!("{entries} must attest `{name}`, and this one {this_one}");
        if let Some(without) = without_notice(state, notice, items, before)? {
            reason += &format!("; {without} need no such notice");
        }
        if *asked == Asked::Record {
            let key = format!("notices.{name}");
            ruling.refuse(conditions::missing(state.policy(), name, given, reason, key));
        } else {
            ruling.warnings.push(reason);
        }
    }
    Ok(())
}

/// The family's shipped usage in the notice's measure.
fn shipped(state: &State, notice: &Notice, family: &Group) -> Result<Units, Overflow> {
    let policy = state.policy();
    let mut sum = Units::ZERO;
    for (chip, amounts) in state.amounts(family) {
        let each = state.chip_name(chip).map_or(Units::ZERO, |chip| notice.weight(policy, chip));
        sum = sum.plus(each.times(amounts.counted(Counts::Shipped, policy.restores))?)?;
    }
    Ok(sum)
}

/// The largest order that stays below the notice, where only one chip is ordered: `up to 202 of `H200``.
fn without_notice(state: &State, notice: &Notice, items: &Items, before: Units) -> Result<Option<String>, Overflow> {
    let mut ordered = items.iter();
    let (Some((chip, _)), None) = (ordered.next(), ordered.next()) else { return Ok(None) };
    let below = notice.at.minus(before)?.millionths() - 1;
    let most = below.checked_div(notice.weight(state.policy(), chip).millionths()).filter(|most| *most > 0);
    Ok(most.map(|most| format!("up to {} of `{chip}`", grouped(most))))
}
