//! The orders that rows can be put in.

use super::HeadroomRow;
use crate::domain::units::Units;
use crate::domain::words::words;
use std::cmp::Reverse;

words! {
    /// The figure or name that rows are sorted by.
    pub enum SortBy {
        Group = "group",
        Name = "name",
        Limit = "limit",
        Authorised = "authorised",
        Shipped = "shipped",
        Outstanding = "outstanding",
        Released = "released",
        Committed = "committed",
        Used = "used",
        /// The least first: what is nearest to its limit.
        Headroom = "headroom",
        UsedPercent = "used_percent",
    }
}

impl SortBy {
    /// Sorts names by the alphabet, headroom from the least up, and other figures from the largest down. Rows without the
    /// figure come last. Equal rows keep their order.
    pub fn sort(self, rows: &mut [HeadroomRow]) {
        let largest = |row: &HeadroomRow| match self {
            SortBy::Authorised => Some(row.authorised),
            SortBy::Shipped => Some(row.shipped),
            SortBy::Outstanding => Some(row.outstanding),
            SortBy::Released => Some(row.released),
            SortBy::Committed => Some(row.committed),
            SortBy::Used => Some(row.used),
            SortBy::Limit => row.ceiling.as_ref().map(|ceiling| ceiling.limit),
            SortBy::Group | SortBy::Name | SortBy::Headroom | SortBy::UsedPercent => None,
        };
        match self {
            SortBy::Group => rows.sort_by(|a, b| a.group.cmp(&b.group)),
            SortBy::Name => rows.sort_by(|a, b| a.name.cmp(&b.name)),
            SortBy::Headroom => rows.sort_by_key(|row| (row.to_be_had().is_none(), row.to_be_had())),
            SortBy::UsedPercent => rows.sort_by_key(|row| Reverse(fullness(row))),
            _ => rows.sort_by_key(|row| Reverse(largest(row))),
        }
    }
}

/// The share of the limit that is used. Of a limit of 0, any usage is more than any share.
fn fullness(row: &HeadroomRow) -> Option<i128> {
    let beyond_all = if row.used > Units::ZERO { i128::MAX } else { 0 };
    row.ceiling.as_ref().map(|ceiling| ceiling.used_per_mille.unwrap_or(beyond_all))
}
