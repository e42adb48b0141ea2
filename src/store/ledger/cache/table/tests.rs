use super::super::pages::{HELD, Paging};
use super::*;
use std::fs::{self, File};
use std::rc::Rc;

/// A table of these rows behind something else, in a file.
fn written(rows: &[Printed], folder: &tempfile::TempDir) -> (Table, Pages) {
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
    let prints: [fn(u32) -> u32; 3] = [|row| row * 3, |row| u32::MAX - row * 3, |row| row.wrapping_mul(0x9e37_79b9)];
    for (count, print) in [0, 1, 2, 1000].into_iter().flat_map(|count| prints.map(|print| (count, print))) {
        // Some prints are there twice.
        let mut rows: Vec<Printed> = (0..count).map(|row| (print(row / 2), u64::from(count - row))).collect();
        rows.sort_unstable();
        let (table, pages) = written(&rows, &folder);
        let ends = [0, 1, 1 << 31, u32::MAX];
        for print in (0..count)
            .map(print)
            .flat_map(|print| [print.saturating_sub(1), print, print.saturating_add(1)])
            .chain(ends)
        {
            let expected: Vec<Printed> = rows.iter().filter(|row| row.0 == print).copied().collect();
            assert_eq!(table.range(&pages, print..=print).unwrap(), expected, "{print} of {count}");
            let from: usize = rows.iter().filter(|row| row.0 >= print).count();
            assert_eq!(table.range(&pages, print..=u32::MAX).unwrap().len(), from);
        }
    }
}
