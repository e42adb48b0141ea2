use super::*;

const COLUMNS: &[Column] = &[
    Column { name: "reference", also: &["itn", "export filing"], rule: Some(TextRule::Short) },
    Column { name: "date", also: &["date of export"], rule: Some(TextRule::Long) },
    Column { name: "items", also: &[], rule: None },
    Column { name: "chip", also: &[], rule: Some(TextRule::Short) },
    Column { name: "quantity", also: &[], rule: Some(TextRule::Short) },
];

/// Every fault of every row: its line, its byte column, and what it says.
fn faults(text: &str) -> Vec<(u64, Option<u64>, String)> {
    let told = |fault: Fault| (fault.line.unwrap(), fault.column, fault.message);
    match Sheet::read(text.as_bytes(), COLUMNS) {
        Err(faults) => faults.into_iter().map(told).collect(),
        Ok(sheet) => sheet
            .rows
            .iter()
            .flat_map(|row| {
                let mut cells = sheet.begin(row);
                if cells.faults.is_empty() {
                    cells.needed(0);
                    cells.date(1);
                    cells.items(2, 3, 4);
                }
                cells.faults
            })
            .map(told)
            .collect(),
    }
}

#[test]
fn headings_match_by_name_and_alias_in_any_case() {
    assert!(faults("ITN,Date_of-Export,items\nX1,2026-03-01,H200=1\n").is_empty());
    let twice = faults("itn,reference,items\n");
    assert_eq!(twice, [(1, Some(5), "`reference` is the column `reference` a second time".to_owned())]);
    let unknown = faults("reference,dates,items\n");
    assert_eq!(unknown, [(1, Some(11), "unknown column `dates`".to_owned())]);
}

#[test]
fn lines_and_columns_are_those_of_the_file() {
    let text = "\u{feff}reference,date,items\r\n\r\n,,\r\n\"X,1\", 2026-3-1 ,\"H200=1\"\r\n阿,2026-03-01,H200=1x\r\n";
    let found = faults(text);
    assert_eq!(
        found.iter().map(|(line, column, _)| (*line, *column)).collect::<Vec<_>>(),
        [(4, Some(8)), (5, Some(16))]
    );
    assert!(found[0].2.contains("YYYY-MM-DD"), "{found:?}");
}

#[test]
fn quotes_are_those_of_rfc_4180() {
    let text = "reference,items\n \"a, \"\"b\"\"\" ,\"\"\n\"\",c\"d\n";
    let sheet = Sheet::read(text.as_bytes(), COLUMNS).ok().unwrap();
    let said = |row: usize, column| sheet.text(&sheet.rows[row], column);
    assert_eq!([said(0, 0), said(0, 2)], [Some("a, \"b\""), None]);
    assert_eq!([said(1, 0), said(1, 2)], [None, Some("c\"d")]);
}

#[test]
fn everything_wrong_with_a_row_is_said() {
    let found = faults("reference,date,chip,quantity\n,03/01/2026,H200,\n");
    let places: Vec<_> = found.iter().map(|(line, column, _)| (*line, column.unwrap())).collect();
    assert_eq!(places, [(2, 1), (2, 2), (2, 18)]);
    assert_eq!(faults("reference,date,items\nX1,2026-03-01\n")[0].2, "2 cells stand under 3 columns");
    assert_eq!(faults("reference,items\nX1,\n"), [(2, Some(4), "`items` is empty".to_owned())]);
}

#[test]
fn d22_a_chip_stands_once_in_a_cell() {
    assert!(faults("reference,items\nX1,H200=1;h200=2\n")[0].2.contains("ordered twice"));
    assert!(faults("reference,items,chip,quantity\nX1,H200=1,H200,1\n")[0].2.contains("one or the other"));
}

#[test]
fn an_open_quote_and_control_characters_are_faults() {
    let open = faults("reference,items\nX1,\"H200=1\nX2,H200\n");
    assert!(open[0].2.contains("left open") && open[1].0 == 3, "the rows after it are still read: {open:?}");
    assert!(faults("reference,items\n\"X1\"x,H200=1\n")[0].2.contains("goes on behind"));
    assert!(faults("reference,items\nX\u{1b}1,H200=1\n")[0].2.contains("U+001B"));
    assert!(faults(&format!("reference,items\n{},H200=1\n", "X".repeat(65)))[0].2.contains("64"));
    assert_eq!(faults("")[0].0, 1);
}
