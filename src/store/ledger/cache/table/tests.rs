use super::super::pages;
use super::*;
use std::fs::{self, File};
use std::rc::Rc;

/// A file with a table of these rows after other bytes.
fn written(rows: &[Row], folder: &tempfile::TempDir) -> (Table, Pages) {
    let bytes = [&[9; 5], rows.as_flattened()].concat();
    let table = Table::at(5, rows.len());
    assert_eq!(table.end(), bytes.len() as u64);
    assert_eq!(table.rows(&bytes).unwrap(), rows);
    assert!(rows.is_empty() || table.rows(&bytes[..bytes.len() - 1]).is_none());
    let mut paged = Vec::new();
    pages::write(&mut paged, 1, &[&bytes]).unwrap();
    let path = folder.path().join("table");
    fs::write(&path, paged).unwrap();
    (table, Pages::of(Rc::new(File::open(&path).unwrap()), 1))
}

#[test]
fn every_row_is_found_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let prints: [fn(u32) -> u32; 3] = [|row| row * 3, |row| u32::MAX - row * 3, |row| row.wrapping_mul(0x9e37_79b9)];
    for (count, print) in [0, 1, 2, 1000].into_iter().flat_map(|count| prints.map(|print| (count, print))) {
        // Some prints are there twice.
        let mut rows: Vec<(u32, u64)> = (0..count).map(|row| (print(row / 2), u64::from(count - row))).collect();
        let mut written_rows: Vec<Row> = rows.iter().map(|(print, value)| row(*print, *value)).collect();
        rows.sort_unstable();
        written_rows.sort_unstable();
        assert!(written_rows.iter().copied().map(read).eq(rows.iter().copied()), "they sort alike");
        let (table, pages) = written(&written_rows, &folder);
        let ends = [0, 1, 1 << 31, u32::MAX];
        for print in (0..count)
            .map(print)
            .flat_map(|print| [print.saturating_sub(1), print, print.saturating_add(1)])
            .chain(ends)
        {
            let expected: Vec<(u32, u64)> = rows.iter().filter(|row| row.0 == print).copied().collect();
            assert_eq!(table.range(&pages, print..=print).unwrap(), expected, "{print} of {count}");
            let from: usize = rows.iter().filter(|row| row.0 >= print).count();
            assert_eq!(table.range(&pages, print..=u32::MAX).unwrap().len(), from);
        }
    }
}
