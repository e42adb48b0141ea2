//! Prints of names with what they lead to, sorted: found in a file by halving, with no more than a few pages read.

use super::pages::Pages;
use serde::{Deserialize, Serialize};
use std::io;

/// A print of four bytes, and eight of what it leads to.
const ROW: u64 = 12;

/// Where a table stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Table {
    offset: u64,
    rows: u64,
}

impl Table {
    /// Writes a table behind `bytes`.
    pub(super) fn write(bytes: &mut Vec<u8>, mut rows: Vec<(u32, u64)>) -> Self {
        rows.sort_unstable();
        let offset = bytes.len() as u64;
        bytes.reserve(rows.len() * ROW as usize);
        for (print, value) in &rows {
            bytes.extend_from_slice(&print.to_be_bytes());
            bytes.extend_from_slice(&value.to_be_bytes());
        }
        Table { offset, rows: rows.len() as u64 }
    }

    /// Everything that this print leads to.
    pub(super) fn find(&self, pages: &Pages, print: u32) -> io::Result<Vec<u64>> {
        Ok(self.range(pages, print, print.checked_add(1))?.into_iter().map(|(_, value)| value).collect())
    }

    /// The rows from one print on up to another one, or to the end.
    pub(super) fn range(&self, pages: &Pages, first: u32, end: Option<u32>) -> io::Result<Vec<(u32, u64)>> {
        let mut rows = Vec::new();
        for row in self.first_from(pages, first)?..self.rows {
            let row = self.row(pages, row)?;
            if end.is_some_and(|end| row.0 >= end) {
                break;
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// The first row whose print is not below this one.
    fn first_from(&self, pages: &Pages, print: u32) -> io::Result<u64> {
        let (mut low, mut high) = (0, self.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.row(pages, middle)?.0 < print { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    fn row(&self, pages: &Pages, row: u64) -> io::Result<(u32, u64)> {
        let mut bytes = [0; ROW as usize];
        pages.read_at(self.offset.saturating_add(row.saturating_mul(ROW)), &mut bytes)?;
        let [print @ .., a, b, c, d, e, f, g, h] = bytes;
        Ok((u32::from_be_bytes(print), u64::from_be_bytes([a, b, c, d, e, f, g, h])))
    }
}

#[cfg(test)]
mod tests {
    use super::super::pages::paged;
    use super::*;
    use std::fs::{self, File};
    use std::rc::Rc;

    #[test]
    fn every_row_is_found_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        for count in [0, 1, 2, 1000] {
            // Every third print, some of them twice, behind something else.
            let rows: Vec<(u32, u64)> = (0..count).map(|row| (row / 2 * 3, u64::from(count - row))).collect();
            let mut bytes = vec![9; 5];
            let table = Table::write(&mut bytes, rows.clone());
            fs::write(&path, paged(1, &bytes)).unwrap();
            let pages = Pages::of(Rc::new(File::open(&path).unwrap()), 1);
            for print in 0..count * 2 {
                let mut expected: Vec<u64> = rows.iter().filter(|row| row.0 == print).map(|row| row.1).collect();
                expected.sort_unstable();
                assert_eq!(table.find(&pages, print).unwrap(), expected, "{print} of {count}");
                let from: usize = rows.iter().filter(|row| row.0 >= print).count();
                assert_eq!(table.range(&pages, print, None).unwrap().len(), from);
            }
            assert_eq!(table.find(&pages, u32::MAX).unwrap(), [0; 0]);
        }
    }
}
