//! Sorted tables in a file, from the print of a name to an offset. A search reads only a few pages.

use super::pages::Pages;
use serde::{Deserialize, Serialize};
use std::io;
use std::ops::RangeInclusive;

/// A row: four bytes of a print, then eight bytes of the offset to which it leads. Rows sort as these two numbers do.
pub(super) type Row = [u8; ROW];

const ROW: usize = 12;

pub(super) fn row(print: u32, value: u64) -> Row {
    let mut row = [0; ROW];
    row[..4].copy_from_slice(&print.to_be_bytes());
    row[4..].copy_from_slice(&value.to_be_bytes());
    row
}

/// The print of a row, and its offset.
pub(super) fn read(row: Row) -> (u32, u64) {
    let [print @ .., a, b, c, d, e, f, g, h] = row;
    (u32::from_be_bytes(print), u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

/// The place of a table in the cache.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Table {
    offset: u64,
    rows: u64,
}

impl Table {
    /// The table with this offset and this number of rows.
    pub(super) fn at(offset: u64, rows: usize) -> Self {
        Table { offset, rows: rows as u64 }
    }

    /// Where it begins.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Where it ends.
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(self.rows.saturating_mul(ROW as u64))
    }

    /// Every row. `held` is the content of all pages.
    pub(super) fn rows(&self, held: &[u8]) -> Option<Vec<Row>> {
        let rows = usize::try_from(self.offset).ok()?..usize::try_from(self.end()).ok()?;
        Some(held.get(rows)?.as_chunks().0.to_vec())
    }

    /// The rows whose print is in the range.
    pub(super) fn range(&self, pages: &Pages, prints: RangeInclusive<u32>) -> io::Result<Vec<(u32, u64)>> {
        let mut rows = Vec::new();
        for row in self.first_from(pages, *prints.start())?..self.rows {
            let row = self.row(pages, row)?;
            if row.0 > *prints.end() {
                break;
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// The number of the first row whose print is at least `print`.
    fn first_from(&self, pages: &Pages, print: u32) -> io::Result<u64> {
        let is_below = |row: u64| Ok::<_, io::Error>(self.row(pages, row)?.0 < print);
        // Prints are spread evenly, so the row is near the place it would have if all prints were equally far apart.
        let near = ((u128::from(print) * u128::from(self.rows)) >> 32) as u64;
        let (mut low, mut high) = (near, near);
        let mut stride = self.rows.isqrt().max(1);
        while high < self.rows && is_below(high)? {
            low = high + 1;
            high = high.saturating_add(stride).min(self.rows);
            stride *= 2;
        }
        while low > 0 && !is_below(low - 1)? {
            high = low - 1;
            low = low.saturating_sub(stride);
            stride *= 2;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if is_below(middle)? { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    fn row(&self, pages: &Pages, number: u64) -> io::Result<(u32, u64)> {
        let mut bytes = [0; ROW];
        pages.read_at(self.offset.saturating_add(number.saturating_mul(ROW as u64)), &mut bytes)?;
        Ok(read(bytes))
    }
}

#[cfg(test)]
mod tests;
