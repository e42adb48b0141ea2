//! What an entry changes under the ceilings, where they do not judge it.

use super::medium::{Medium, Tone};
use super::row::row;
use super::table::{Cell, Table};
use crate::domain::effects::{Effect, Figures};
use crate::domain::units::Units;
use chrono::NaiveDate;

/// The rows that people see. An adoption may change thousands.
const SHOWN: usize = 50;

row! {
    /// A ceiling and group that the entry changes. What belongs to a ceiling that is not there before, or not after, is
    /// null.
    it: Effect {
        ceiling: &it.subject.ceiling => text,
        group: &it.subject.group => text,
        counts: it.subject.counts => text.goes(1),
        measure: &it.subject.measure => text.unless("units"),
        /// The period that it counts in; null without a window.
        window: it.subject.window => text.unless("") = it.subject.window.map(|period| period.to_string()),
        /// The limit after the entry.
        limit: it.after.map(|after| after.limit.units) => number("limit before").unless("") = former_limit(it) => number,
        /// What is used before the entry.
        used: it.before.map(|before| before.used) => number,
        /// The part of `used` that the customer has had from others.
        elsewhere: it.before.map(|before| before.elsewhere),
        /// What the entry adds; negative where it releases something.
        requested: it.added => number("change").goes(2),
        after: it.after.map(|after| after.used) => number,
        /// What was left before the entry.
        headroom: it.before.map(|before| before.left),
        /// What is left after it.
        left: it.after.map(|after| after.left) => number,
        within: it.after.map(|after| after.within()) => text("verdict") = verdict(it),
        exceeded_by: it.after.map(|after| after.exceeded_by),
        exception: it.after.and_then(|after| after.limit.exception),
    }
}

/// The limit before the entry, where it is another one after it.
fn former_limit(effect: &Effect) -> Option<Units> {
    let limit = |figures: Option<Figures>| figures.map(|figures| figures.limit.units);
    limit(effect.before).filter(|before| limit(effect.after) != Some(*before))
}

fn verdict(effect: &Effect) -> Cell {
    match effect.after {
        None => Cell::of("ceiling ends"),
        Some(after) if after.within() => Cell::of("within"),
        Some(Figures { exceeded_by, .. }) => {
            let [shown, exact] =
                [exceeded_by.grouped(), exceeded_by.to_string()].map(|units| format!("over by {units}"));
            Cell::number(shown, exact).toned(Some(Tone::Alarm))
        }
    }
}

/// The table of what an entry changes, with its heading; empty where it changes nothing.
pub(super) fn text(effects: &[Effect], day: NaiveDate, medium: &Medium) -> String {
    if effects.is_empty() {
        return String::new();
    }
    let heading = medium.prose(&format!("\nIt changes, on {day}:\n\n"));
    let more = effects.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!("\n{more} more: `--format json` lists all\n") };
    heading + &Table::of(effects.iter().take(SHOWN)).text(medium) + &medium.prose(&more)
}
