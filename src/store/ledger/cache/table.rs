//! Prints of names with what they lead to, sorted: found in a file with no more than a few pages read.

use super::pages::Pages;
use serde::{Deserialize, Serialize};
use std::io::{self, BufReader, Read, Write};
use std::ops::RangeInclusive;

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
pub(super) fn write(out: &mut impl Write, rows: impl Iterator<Item = io::Result<Row>>) -> io::Result<()> {
    for row in rows {
        let (print, value) = row?;
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

    /// Every row, of a cache with so many pages.
    pub(super) fn rows<'p>(&self, pages: &'p Pages, count: u64) -> impl Iterator<Item = io::Result<Row>> + use<'p> {
        let mut bytes = BufReader::new(pages.onwards(self.offset, count));
        (0..self.rows).map(move |_| {
            let mut read = [0; ROW as usize];
            bytes.read_exact(&mut read)?;
            Ok(row(read))
        })
    }

    /// The rows of these prints.
    pub(super) fn range(&self, pages: &Pages, prints: RangeInclusive<u32>) -> io::Result<Vec<Row>> {
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

    /// The first row whose print is not below this one.
    fn first_from(&self, pages: &Pages, print: u32) -> io::Result<u64> {
        let is_below = |row: u64| Ok::<_, io::Error>(self.row(pages, row)?.0 < print);
        // Prints of names are spread evenly: the place is near where it would be if they were all the same way apart.
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
    use super::super::pages::{HELD, Paging};
    use super::*;
    use std::fs::{self, File};
    use std::rc::Rc;

    /// A table of these rows behind something else, in a file.
    fn written(rows: &[Row], folder: &tempfile::TempDir) -> (Table, Pages) {
        let mut bytes = vec![9; 5];
        write(&mut bytes, rows.iter().copied().map(Ok)).unwrap();
        let table = Table::at(5, rows.len());
        assert_eq!((table.end(), table.count()), (bytes.len() as u64, rows.len()));
        let mut paging = Paging::new(Vec::new(), 1);
        paging.write_all(&bytes).unwrap();
        let path = folder.path().join("table");
        fs::write(&path, paging.finish().unwrap()).unwrap();
        let pages = Pages::of(Rc::new(File::open(&path).unwrap()), 1);
        assert!(
            table.rows(&pages, (bytes.len() as u64).div_ceil(HELD as u64)).map(Result::unwrap).eq(rows.iter().copied())
        );
        (table, pages)
    }

    #[test]
    fn every_row_is_found_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let prints: [fn(u32) -> u32; 3] =
            [|row| row * 3, |row| u32::MAX - row * 3, |row| row.wrapping_mul(0x9e37_79b9)];
        for (count, print) in [0, 1, 2, 1000].into_iter().flat_map(|count| prints.map(|print| (count, print))) {
            // Some prints are there twice.
            let mut rows: Vec<Row> = (0..count).map(|row| (print(row / 2), u64::from(count - row))).collect();
            rows.sort_unstable();
            let (table, pages) = written(&rows, &folder);
            let ends = [0, 1, 1 << 31, u32::MAX];
            for print in (0..count)
                .map(print)
                .flat_map(|print| [print.saturating_sub(1), print, print.saturating_add(1)])
                .chain(ends)
            {
                let expected: Vec<Row> = rows.iter().filter(|row| row.0 == print).copied().collect();
                assert_eq!(table.range(&pages, print..=print).unwrap(), expected, "{print} of {count}");
                let from: usize = rows.iter().filter(|row| row.0 >= print).count();
                assert_eq!(table.range(&pages, print..=u32::MAX).unwrap().len(), from);
            }
        }
    }
}
