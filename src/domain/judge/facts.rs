//! Checks policies, exceptions, volumes, what others sold, and voids. No ceiling judges these at their own place (D1).

use super::{MOST, Ruling, quantities, value};
use crate::domain::ceiling::{Ceiling, Scope};
use crate::domain::country;
use crate::domain::entries::{Entries, Unread};
use crate::domain::event::{Adoption, Elsewhere, Event, Exception, Void, Volume};
use crate::domain::group::{self, Group};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Amounts, State};
use crate::domain::text::{ChipName, Country, CustomerId, Name, Text, nearest};
use crate::domain::units::grouped;
use chrono::NaiveDate;

/// Refuses an adoption that drops a chip in use or its equivalence (R7, D17).
pub(super) fn adoption(state: &State, adoption: &Adoption, ruling: &mut Ruling) {
    value::warn_of_other_currency(state, &adoption.policy, ruling);
    for (name, amounts) in state.dropped_by(&adoption.policy) {
        let told = if amounts == Amounts::default() {
            format!("customers have had `{name}` from others, and the policy does not count it")
        } else {
            format!(
                "the ledger holds {} authorised and {} shipped of `{name}`, which the policy does not count",
                grouped(amounts.authorised),
                grouped(amounts.shipped),
            )
        };
        let equivalence = format!("give `[chips.{name}]` an equivalence in the policy");
        let help = format!("{equivalence}; with 0, the ledger records the chip and counts nothing for it");
        ruling.refuse(Refusal::new(Code::PolicyDropsChip, told).chip(name).help(help));
    }
}

/// Refuses an exception that names an unknown ceiling or group (R8, D16).
pub(super) fn exception(state: &State, date: NaiveDate, exception: &Exception, ruling: &mut Ruling) {
    let policy = state.policy();
    let Some(ceiling) = policy.ceiling(&exception.ceiling) else {
        let known = policy.ceilings.iter().map(|ceiling| ceiling.name.as_str());
        let told = format!("policy `{} {}` has no ceiling `{}`", policy.name, policy.version, exception.ceiling);
        let refusal = Refusal::new(Code::CeilingUnknown, told)
            .field("ceiling")
            .nearest(nearest(exception.ceiling.as_str(), known))
            .policy_key("ceilings");
        ruling.refuse(refusal.help("`exquota policy show` lists the ceilings"));
        return;
    };
    if let Some(last_day) = exception.expires.filter(|last_day| *last_day < date) {
        ruling.warnings.push(format!("the exception never holds: its last day {last_day} is before {date}"));
    }
    let group = &exception.group;
    if let Some(named) = Group::named(state, &ceiling.scope, group.as_str()) {
        if !named.is_under(state, ceiling) {
            ruling.refuse(not_limited(ceiling, group));
        }
        return;
    }
    let Some(parts) = group::parts(&ceiling.scope, group.as_str()) else {
        let scopes: Vec<&str> = ceiling.scope.iter().map(|scope| scope.as_str()).collect();
        let form = scopes.join("/");
        ruling.refuse(
            Refusal::new(
                Code::CeilingUnknown,
                format!("ceiling `{}` has groups of the form `{form}`, and not `{group}`", ceiling.name),
            )
            .field("group")
            .help("write `/` between the parts, as in the rows of `exquota headroom`"),
        );
        return;
    };
    for (scope, part) in ceiling.scope.iter().zip(parts) {
        if Group::named(state, &[*scope], part).is_none() {
            ruling.refuse(no_such_group(state, ceiling, *scope, part));
        }
    }
}

/// Refuses a part of a group that names nothing.
fn no_such_group(state: &State, ceiling: &Ceiling, scope: Scope, group: &str) -> Refusal {
    let policy = state.policy();
    match scope {
        Scope::Customer => super::registration::unknown(state, &CustomerId::new(group), "group"),
        Scope::Country | Scope::Destination => {
            Refusal::new(Code::CountryUnknown, format!("`{group}` is not a country code of ISO 3166-1"))
                .field("group")
                .nearest(nearest(group, country::codes()))
                .help("use the two letters, as in CN")
        }
        Scope::Chip => Refusal::new(
            Code::ChipUnknown,
            format!("policy `{} {}` has no chip `{group}`", policy.name, policy.version),
        )
        .chip(&ChipName::new(group))
        .field("group")
        .nearest(nearest(group, policy.chip_names()))
        .help("`exquota policy show` lists the chips"),
        Scope::Licensee | Scope::Total => Refusal::new(
            Code::CeilingUnknown,
            format!("ceiling `{}` has only the group `total`, and not `{group}`", ceiling.name),
        )
        .field("group")
        .nearest(vec![Text::new("total")])
        .help("use `--group total`"),
    }
}

/// The ceiling is not there for the group, so an exception would set no limit (R14).
fn not_limited(ceiling: &Ceiling, group: &Name) -> Refusal {
    let texts = |names: Vec<&str>| names.into_iter().map(Text::new).collect();
    let (what, listed) = match (&ceiling.groups, &ceiling.to) {
        (Some(groups), _) => ("groups", texts(groups.iter().map(Name::as_str).collect())),
        (None, Some(to)) if ceiling.shares(Scope::Destination) => {
            ("to", texts(to.iter().map(Country::as_str).collect()))
        }
        (None, _) => ("chips", texts(ceiling.chips.iter().flatten().map(ChipName::as_str).collect())),
    };
    Refusal::new(Code::CeilingUnknown, format!("ceiling `{}` does not limit `{group}`", ceiling.name))
        .field("group")
        .nearest(listed)
        .policy_key(format!("ceilings.{}.{what}", ceiling.name))
        .help(
            "name a group that the ceiling limits; another limit for this one takes a ceiling of its own in the policy",
        )
}

/// Refuses a cumulative volume that is lower than the one before.
pub(super) fn volume(state: &State, volume: &Volume, ruling: &mut Ruling) {
    quantities::quantity_valid(&volume.chip, volume.quantity, "quantity", ruling);
    quantities::chip_known(state, &volume.chip, "chip", ruling);
    if let Some(before) = state.volume(&volume.series, &volume.chip).filter(|before| volume.quantity < *before) {
        let told = format!("`{}` of `{}` is already {before}; {} is less", volume.series, volume.chip, volume.quantity);
        let refusal = Refusal::new(Code::VolumeDecreased, told).chip(&volume.chip).field("quantity");
        ruling.refuse(refusal.help("volumes are cumulative; if the earlier figure was wrong, void it"));
    }
}

/// Refuses what an unknown customer has had from others, or an unknown chip. A figure may go down: a certificate corrects
/// an earlier one (D48).
pub(super) fn elsewhere(state: &State, elsewhere: &Elsewhere, ruling: &mut Ruling) {
    if state.customer(&elsewhere.customer).is_none() {
        ruling.refuse(super::registration::unknown(state, &elsewhere.customer, "customer"));
    }
    for (chip, quantity) in elsewhere.items.iter() {
        if *quantity > MOST {
            let told =
                format!("{} of `{chip}`: a figure is 0 to 1,000,000,000 whole chips", quantities::shown(*quantity));
            let refusal = Refusal::new(Code::QuantityInvalid, told).chip(chip).field("items");
            ruling.refuse(refusal.help("check the figure against its source"));
        }
        quantities::chip_known(state, chip, "items", ruling);
    }
    let policy = state.policy();
    if !policy.ceilings.iter().any(|ceiling| ceiling.elsewhere) {
        ruling.warnings.push(format!(
            "no ceiling of policy `{} {}` has `elsewhere = true`, so these figures count in none",
            policy.name, policy.version
        ));
    }
}

/// Refuses a void of an unknown entry, of line 1, of a void, or of an entry that is void already (R9, D3).
pub(super) fn void(entries: &Entries, void: &Void, ruling: &mut Ruling) -> Result<(), Unread> {
    let entry = void.entry;
    let Some(target) = entries.get(entry)? else {
        let told = format!("the ledger has no entry {entry}; its last is {}", entries.len());
        let refusal = Refusal::new(Code::EntryUnknown, told).field("entry");
        ruling.refuse(refusal.help("`exquota log` lists the entries"));
        return Ok(());
    };
    let why_not = if entry == 1 {
        "entry 1 adopts the policy that the ledger begins with; `exquota adopt` replaces it".to_owned()
    } else if let Event::Void(_) = target.event {
        format!("entry {entry} is a void itself")
    } else if let Some(by) = entries.voided_by(entry) {
        format!("entry {entry} is void already, by entry {by}")
    } else {
        return Ok(());
    };
    ruling
        .refuse(Refusal::new(Code::VoidNotAllowed, why_not).field("entry").help("record what happened as a new entry"));
    Ok(())
}
