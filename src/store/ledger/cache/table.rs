//! Prints of names with what they lead to, sorted: found in a file by halving, with no more than a few pages read.

use super::pages::Pages;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// A print, and what it leads to.
pub(super) type Row = (u32, u64);

/// A print of four bytes, and eight of what it leads to.
const ROW: u64 = 12;

/// Where a table stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Table {
    offset: u64,
    rows: u64,
}

/// Writes rows that are in order.
pub(super) fn write(out: &mut impl Write, rows: impl Iterator<Item = Row>) -> io::Result<()> {
    for (print, value) in rows {
        let mut bytes = [0; ROW as usize];
        bytes[..4].copy_from_slice(&print.to_be_bytes());
        bytes[4..].copy_from_slice(&value.to_be_bytes());
        out.write_all(&bytes)?;
    }
    Ok(())
}

impl Table {
    /// A table of so many rows at this offset.
    pub(super) fn at(offset: u64, rows: usize) -> Self {
        Table { offset, rows: rows as u64 }
    }

    /// How many rows it has.
    pub(super) fn count(&self) -> usize {
        self.rows as usize
    }

    /// Where it begins.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Where it ends.
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(self.rows.saturating_mul(ROW))
    }

    /// Every row, out of bytes that hold the table where it stands.
    pub(super) fn rows(self, bytes: &[u8]) -> Option<impl Iterator<Item = Row> + use<'_>> {
        let table = bytes.get(usize::try_from(self.offset).ok()?..usize::try_from(self.end()).ok()?)?;
        Some(table.as_chunks().0.iter().copied().map(row))
    }

    /// Everything that this print leads to.
    pub(super) fn find(&self, pages: &Pages, print: u32) -> io::Result<Vec<u64>> {
        Ok(self.range(pages, print, print.checked_add(1))?.into_iter().map(|(_, value)| value).collect())
    }

    /// The rows from one print on up to another one, or to the end.
    pub(super) fn range(&self, pages: &Pages, first: u32, end: Option<u32>) -> io::Result<Vec<Row>> {
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

    fn row(&self, pages: &Pages, number: u64) -> io::Result<Row> {
        let mut bytes = [0; ROW as usize];
        pages.read_at(self.offset.saturating_add(number.saturating_mul(ROW)), &mut bytes)?;
        Ok(row(bytes))
    }
}

fn row(bytes: [u8; ROW as usize]) -> Row {
    let [print @ .., a, b, c, d, e, f, g, h] = bytes;
    (u32::from_be_bytes(print), u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

#[cfg(test)]
mod tests {
    use super::super::pages::Paging;
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
            let mut sorted = rows.clone();
            sorted.sort_unstable();
            let mut bytes = vec![9; 5];
            write(&mut bytes, sorted.iter().copied()).unwrap();
            let table = Table::at(5, rows.len());
            assert_eq!(table.end(), bytes.len() as u64);
            assert!(table.rows(&bytes).unwrap().eq(sorted));
            assert!(table.rows(&bytes[..bytes.len() - 1]).is_none());
            let mut paging = Paging::new(Vec::new(), 1);
            paging.write_all(&bytes).unwrap();
            fs::write(&path, paging.finish().unwrap()).unwrap();
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
