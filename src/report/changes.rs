//! The rows that differ between two headrooms.

use super::row::row;
use super::table::Cell;
use crate::domain::headroom::{CeilingUse, Change, HeadroomRow};
use crate::domain::units::Units;

row! {
    it: Change {
        ceiling => text.dashed(),
        group => text,
        name => text.goes(1),
        /// The row as it was; null where there was none.
        before => number("used before").goes(4).dashed() = it.before.as_ref().map(|row| row.used),
        /// The row as it is; null where there is none any more.
        after
            => number("used").dashed() = it.after.as_ref().map(|row| row.used)
            => number("shipped before").goes(1).dashed() = it.before.as_ref().map(|row| row.shipped)
            => number("shipped").goes(1).dashed() = it.after.as_ref().map(|row| row.shipped)
            => number("limit before").goes(3).unless("") = limit_before(it)
            => number("limit").goes(3).dashed() = limit(&it.after)
            => number("headroom before").goes(2).dashed() = under(&it.before, |ceiling| ceiling.headroom)
            => number("headroom").dashed() = under(&it.after, |ceiling| ceiling.headroom)
            => text("status").dashed() = status(it),
        /// How much more is used; negative where less is.
        used => number("change") = signed(it.used),
    }
}

fn under<T>(row: &Option<HeadroomRow>, what: impl FnOnce(&CeilingUse) -> T) -> Option<T> {
    row.as_ref().and_then(|row| row.ceiling.as_ref()).map(what)
}

fn limit(row: &Option<HeadroomRow>) -> Option<Units> {
    under(row, |ceiling| ceiling.limit)
}

/// The limit as it was, if it is another one now.
fn limit_before(change: &Change) -> Option<Units> {
    limit(&change.before).filter(|before| limit(&change.after) != Some(*before))
}

/// The status, with the one before where it changed.
fn status(change: &Change) -> String {
    let [before, after] = [&change.before, &change.after].map(|row| under(row, |ceiling| ceiling.status));
    match (before, after) {
        (Some(before), Some(after)) if before != after => format!("{before}, now {after}"),
        (_, Some(after)) => after.to_string(),
        (_, None) => String::new(),
    }
}

fn signed(units: Units) -> Cell {
    let sign = if units > Units::ZERO { "+" } else { "" };
    Cell::number(format!("{sign}{}", units.grouped()), units)
}
