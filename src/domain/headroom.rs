//! The headroom of every ceiling, for every group of it (D10).

mod by;
mod compare;
mod order;
mod refused;

pub use by::{GroupBy, headroom_by};
pub use compare::{Change, compare};
pub use order::SortBy;

use super::ceiling::{Ceiling, Counts, Measure, Scope};
use super::event::Seq;
use super::group::{Charge, Group, Pool};
use super::refusal::Code;
use super::state::{Amounts, CustomerIx, Granted, Licence, Limit, State, Tally};
use super::text::{CeilingName, Name, Text};
use super::units::{Overflow, Units};
use super::window::Period;
use super::words::words;
use chrono::{Days, NaiveDate};
use std::collections::HashSet;

words! {
    /// How full a ceiling is.
    pub enum Fullness {
        /// Below the lowest warning level.
        Open = "open",
        /// From the lowest warning level on.
        Critical = "critical",
        /// Used in full.
        Exhausted = "exhausted",
        /// Exceeded.
        Over = "over",
        /// Within, but nothing more would pass, whatever the quantity.
        Refused = "refused",
    }
}

/// An exception that sets a row's limit, and what holds after it (D42).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excepted {
    pub entry: Seq,
    /// In the ceiling's measure.
    pub limit: Units,
    /// Last day, inclusive.
    pub expires: Option<NaiveDate>,
    /// The limit on the day after, by what is recorded; none where the exception does not end in the row's period.
    pub then: Option<Units>,
}

/// A ceiling's figures for one group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CeilingUse {
    pub ceiling: CeilingName,
    /// The period of the day, if the ceiling has a window (R14).
    pub window: Option<Period>,
    /// The limit in force.
    pub limit: Units,
    /// The exception that sets the limit, if one does.
    pub exception: Option<Excepted>,
    pub counts: Counts,
    /// What `limit`, `headroom` and the row's `used` add up.
    pub measure: Measure,
    /// Shipped, in the measure.
    pub shipped: Units,
    /// The part that may still ship, in the measure.
    pub outstanding: Units,
    /// What others sold, in the measure, as far as `used` includes it (R14).
    pub elsewhere: Units,
    /// The series of which no volume is recorded for the group's chips, where the limit is a share of it: the limit is 0.
    pub unreported: Option<Name>,
    /// The room left; negative where the ceiling is exceeded.
    pub headroom: Units,
    /// `used` in per mille of `limit`, cut off; none where the limit is 0.
    pub used_per_mille: Option<i128>,
    /// The percentage of the limit from which the group is critical; none where the policy names none.
    pub warn_from: Option<u8>,
    pub status: Fullness,
}

/// The figures of one group under one ceiling. Amounts are gross, in units. `used` is in the ceiling's measure, and net of
/// returns where the policy lets them restore headroom.
#[derive(Clone, Debug)]
pub struct HeadroomRow {
    /// None where no ceiling limits the requested groups.
    pub ceiling: Option<CeilingUse>,
    pub who: Pool,
    /// The group's name in output.
    pub group: Text,
    /// A customer's full name, else the group's name in output.
    pub name: Text,
    /// Allowed by licences, open or not.
    pub authorised: Units,
    pub shipped: Units,
    /// The part that may still ship.
    pub outstanding: Units,
    /// The part that never shipped.
    pub released: Units,
    /// Shipped plus outstanding.
    pub committed: Units,
    /// The amount that the ceiling counts; committed where there is no ceiling.
    pub used: Units,
    /// The chips that the other amounts add up.
    pub chips: Tally,
    /// The codes by which every order would be refused, whatever its quantity.
    pub refused: Vec<Code>,
}

impl HeadroomRow {
    /// Whether less than `percent` of the limit is left.
    pub fn is_below(&self, percent: u8) -> bool {
        self.ceiling.as_ref().is_some_and(|ceiling| {
            let left = ceiling.headroom.millionths().saturating_mul(100);
            left < ceiling.limit.millionths().saturating_mul(i128::from(percent))
        })
    }

    /// The headroom, unless none of it is to be had because every order is refused.
    pub fn to_be_had(&self) -> Option<Units> {
        let ceiling = self.ceiling.as_ref().filter(|ceiling| ceiling.status != Fullness::Refused)?;
        Some(ceiling.headroom)
    }

    /// Whether more than `percent` of the limit is used. Of a limit of 0, any usage is.
    pub fn is_beyond(&self, percent: u8) -> bool {
        self.ceiling.as_ref().is_some_and(|ceiling| {
            let used = self.used.millionths().saturating_mul(100);
            used > ceiling.limit.millionths().saturating_mul(i128::from(percent))
        })
    }

    /// Whether goods may go to the group, or something has gone: a nation or destination without either is only listed
    /// on demand.
    pub fn is_reached(&self) -> bool {
        !self.refused.contains(&Code::DestinationNotAllowed)
            || [self.authorised, self.used].iter().any(|amount| *amount != Units::ZERO)
    }
}

/// A row for every ceiling and group: customer ceilings first, each by descending use, then the wider ceilings. With
/// charges, only the groups that one of them counts in. A ceiling with a window has rows for the day's period alone.
pub fn headroom(state: &State, only: Option<&[Charge<'_>]>) -> Result<Vec<HeadroomRow>, Overflow> {
    let mut rows = Vec::new();
    let (customers, wider): (Vec<&Ceiling>, Vec<&Ceiling>) =
        state.policy().ceilings.iter().partition(|ceiling| ceiling.shares(Scope::Customer));
    for ceiling in customers.into_iter().chain(wider) {
        let mut groups = only.map_or_else(
            || Group::under(state, ceiling),
            |charges| each_once(charges.iter().filter_map(|charge| Some(Pool::of(state, ceiling, *charge)?.group))),
        );
        groups.retain(|group| group.is_under(state, ceiling));
        rows.extend(rows_of(state, Some(ceiling), groups)?);
    }
    Ok(rows)
}

/// A row for every pool whose period has ended and of which something may still ship: a shipment counts there where the
/// ceiling counts what was licensed (R14).
pub fn ended(state: &State) -> Result<Vec<HeadroomRow>, Overflow> {
    let mut rows = Vec::new();
    for ceiling in &state.policy().ceilings {
        let ended = |pool: &Pool| pool.period.and_then(|period| period.until).is_some_and(|last| last < state.date());
        let may_ship = |tally: &Tally| tally.iter().any(|(_, amounts)| amounts.outstanding > 0);
        for (pool, tally) in state.pools(ceiling).filter(|(pool, tally)| ended(pool) && may_ship(tally)) {
            if pool.group.is_under(state, ceiling) {
                rows.push(row(state, Some(ceiling), tally.clone(), pool.clone())?);
            }
        }
    }
    rows.sort_by(|a, b| (a.who.period, &a.group).cmp(&(b.who.period, &b.group)));
    Ok(rows)
}

/// What these families are charged with: as customers, under each of their licences for each of its chips, and for each
/// shipment that the state keeps. The state must hold its licences.
pub fn charges<'s>(state: &'s State, families: &[CustomerIx]) -> Vec<Charge<'s>> {
    let of_customer = |customer| Charge::of_customer(state, customer);
    let mut charges: Vec<Charge<'s>> = families.iter().copied().map(of_customer).collect();
    for licence in state.licences().filter(|licence| families.contains(&state.root(licence.customer))) {
        charges.extend(charges_under(state, licence));
    }
    charges.extend(state.shipments().filter(|charge| families.contains(&state.root(charge.customer))));
    charges
}

/// What a licence charges: as a whole, and for each of its chips.
pub fn charges_under<'s>(state: &'s State, licence: &'s Licence) -> impl Iterator<Item = Charge<'s>> {
    let charge = Charge::under(state, licence);
    let chips = licence.chips.iter().filter_map(|held| state.chip_name(held.chip));
    std::iter::once(charge).chain(chips.map(move |chip| charge.of_chip(chip)))
}

fn each_once(groups: impl Iterator<Item = Group>) -> Vec<Group> {
    let mut met = HashSet::new();
    groups.filter(|group| met.insert(group.clone())).collect()
}

fn rows_of(state: &State, ceiling: Option<&Ceiling>, groups: Vec<Group>) -> Result<Vec<HeadroomRow>, Overflow> {
    let whole = |group: Group| match ceiling {
        Some(ceiling) => Pool::on(ceiling, group, state.date()).map(|pool| {
            let chips = Tally::sum(state.amounts_in(ceiling, &pool))?;
            row(state, Some(ceiling), chips, pool)
        }),
        None => Some(
            Tally::sum(state.amounts(&group)).and_then(|chips| row(state, None, chips, Pool { group, period: None })),
        ),
    };
    let mut rows = groups.into_iter().filter_map(whole).collect::<Result<Vec<_>, _>>()?;
    sort(&mut rows);
    Ok(rows)
}

fn sort(rows: &mut [HeadroomRow]) {
    rows.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.group.cmp(&b.group)));
}

fn row(state: &State, ceiling: Option<&Ceiling>, chips: Tally, who: Pool) -> Result<HeadroomRow, Overflow> {
    let weigh = |pick: &dyn Fn(Amounts) -> i64| state.weigh(None, chips.iter(), pick);
    let refused = refused::refused(state, &who.group);
    let (counts, restores) = (ceiling.map_or(Counts::Committed, |ceiling| ceiling.counts), state.policy().restores);
    let used = state.weigh(ceiling, chips.iter(), |amounts| amounts.counted(counts, restores))?;
    Ok(HeadroomRow {
        ceiling: ceiling
            .map(|ceiling| ceiling_use(state, ceiling, &who, &chips, used, !refused.is_empty()))
            .transpose()?,
        group: who.group.name(state),
        name: who.group.full_name(state),
        authorised: weigh(&|amounts| amounts.authorised)?,
        shipped: weigh(&|amounts| amounts.shipped)?,
        outstanding: weigh(&|amounts| amounts.outstanding)?,
        released: weigh(&|amounts| amounts.released)?,
        committed: weigh(&|amounts| amounts.committed())?,
        used,
        who,
        chips,
        refused,
    })
}

fn ceiling_use(
    state: &State,
    ceiling: &Ceiling,
    pool: &Pool,
    chips: &Tally,
    used: Units,
    is_refused: bool,
) -> Result<CeilingUse, Overflow> {
    let Limit { units: limit, exception } = state.limit(ceiling, pool)?;
    let share = ceiling.share().filter(|_| exception.is_none());
    let used_per_mille = used.per_mille_of(limit)?;
    let lowest_warning = ceiling.warn_at.iter().min().copied();
    let status = if used > limit {
        Fullness::Over
    } else if is_refused {
        Fullness::Refused
    } else if used == limit {
        Fullness::Exhausted
    } else if let (Some(percent), Some(tenths)) = (lowest_warning, used_per_mille)
        && tenths >= i128::from(percent) * 10
    {
        Fullness::Critical
    } else {
        Fullness::Open
    };
    Ok(CeilingUse {
        ceiling: ceiling.name.clone(),
        window: pool.period,
        limit,
        exception: exception.and_then(|entry| excepted(state, ceiling, pool, entry).transpose()).transpose()?,
        counts: ceiling.counts,
        measure: ceiling.measure.clone(),
        shipped: state.weigh(Some(ceiling), chips.iter(), |amounts| amounts.shipped)?,
        outstanding: state.weigh(Some(ceiling), chips.iter(), |amounts| amounts.outstanding)?,
        elsewhere: state.weigh(Some(ceiling), chips.iter(), |amounts| amounts.elsewhere)?,
        unreported: share
            .filter(|share| state.volumes_of(ceiling, share, &pool.group).next().is_none())
            .map(|share| share.of.clone()),
        headroom: limit.minus(used)?,
        used_per_mille,
        warn_from: lowest_warning,
        status,
    })
}

fn excepted(state: &State, ceiling: &Ceiling, pool: &Pool, entry: Seq) -> Result<Option<Excepted>, Overflow> {
    let Some(Granted { exception, .. }) = state.exceptions().find(|granted| granted.entry == entry) else {
        return Ok(None);
    };
    let day_after = exception.expires.and_then(|last_day| last_day.checked_add_days(Days::new(1)));
    let day_after = day_after.filter(|day| pool.period.is_none_or(|period| period.holds(*day)));
    Ok(Some(Excepted {
        entry,
        limit: Units::from_whole(exception.limit),
        expires: exception.expires,
        then: day_after.map(|day| state.limit_ahead(ceiling, pool, day)).transpose()?.map(|limit| limit.units),
    }))
}
