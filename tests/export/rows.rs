//! Rows for a spreadsheet: one for each entry and chip, as recorded in the ledger.

use crate::support::{ok, root};
use crate::{deceiving, fixture, sound_ledgers, with};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The rows, by heading, as another program reads them.
fn rows(folder: &Path, args: &str) -> Vec<BTreeMap<String, String>> {
    let text = ok(folder, &format!("export --to csv {args}"));
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.unwrap()).collect()
}

/// The value of a key in the event of a ledger line.
fn said(line: &Value, key: &str) -> Option<String> {
    let (_, event) = line["event"].as_object().unwrap().iter().next().unwrap();
    match event.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(texts) => Some(texts.iter().map(|text| text.as_str().unwrap()).collect::<Vec<_>>().join(";")),
        _ => None,
    }
}

#[test]
fn every_entry_has_a_row_for_each_chip_with_its_lines_values() {
    let (mut compared, plain) =
        (0, ["licence", "reference", "expires", "name", "country", "parent", "limit", "series"]);
    for ledger in sound_ledgers() {
        let folder = with(&ledger);
        let rows = rows(folder.path(), "");
        let mut wanted = 0;
        let text = fs::read_to_string(&ledger).unwrap();
        // A last line without an end does not count.
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            let Some(event) = line["event"].as_object() else { continue };
            let (kind, event) = event.iter().next().unwrap();
            let seq = line["seq"].to_string();
            let of: Vec<_> = rows.iter().filter(|row| row["entry"] == seq).collect();
            let items: Vec<(String, String)> = match event.get("items") {
                Some(items) => {
                    items.as_object().unwrap().iter().map(|(chip, count)| (chip.clone(), count.to_string())).collect()
                }
                None if kind == "volume" => vec![(said(&line, "chip").unwrap(), said(&line, "quantity").unwrap())],
                None => Vec::new(),
            };
            assert_eq!(of.len(), items.len().max(1), "{} entry {seq}", ledger.display());
            for (row, (chip, count)) in of.iter().zip(&items) {
                assert_eq!((&row["chip"], &row["quantity"]), (chip, count));
            }
            for row in &of {
                assert_eq!((&row["event"], row["date"].as_str()), (kind, line["date"].as_str().unwrap()));
                for key in plain {
                    let Some(told) = said(&line, key).filter(|told| !told.starts_with(['=', '+', '-', '@'])) else {
                        continue;
                    };
                    assert_eq!(row[key], told, "{} entry {seq}: {key}", ledger.display());
                    compared += 1;
                }
            }
            wanted += of.len();
        }
        assert_eq!(rows.len(), wanted, "{}", ledger.display());
    }
    assert!(compared > 400, "{compared} cells are too few");
}

#[test]
fn void_and_refused_entries_are_marked() {
    let folder = fixture("breaches/violation");
    let rows = rows(folder.path(), "");
    let marks = |entry: usize| {
        let row = rows.iter().find(|row| row["entry"] == entry.to_string()).unwrap();
        (row["standing"].as_str(), row["void_by"].as_str(), row["refused"].as_str(), row["despite"].as_str())
    };
    assert_eq!(marks(4), ("counts", "", "", ""));
    assert_eq!(marks(6), ("counts", "", "ceiling-exceeded", "issued before the cap was known"));
    assert_eq!(marks(7), ("void", "8", "ceiling-exceeded", "issued likewise"));
    assert_eq!(rows.iter().find(|row| row["entry"] == "8").unwrap()["voids"], "7");
    let folder = fixture("breaches/despite-an-unknown-name");
    assert!(self::rows(folder.path(), "").iter().any(|row| row["standing"] == "changes nothing"));
}

#[test]
fn every_row_about_a_licence_names_its_customer() {
    let folder = fixture("stories/licence-life");
    let charged: Vec<_> = rows(folder.path(), "").into_iter().filter(|row| !row["licence"].is_empty()).collect();
    assert!(charged.iter().any(|row| row["event"] == "shipment"));
    for row in charged {
        assert!(!row["customer"].is_empty(), "{row:?}");
    }
}

#[test]
fn no_cell_runs_as_a_formula() {
    let folder = deceiving();
    let printed = ok(folder.path(), "export --to csv");
    for record in csv::Reader::from_reader(printed.as_bytes()).records() {
        for cell in record.unwrap().iter() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
        }
    }
    assert!(printed.contains("'=1+1") && printed.contains("'+49 (0)") && printed.contains("'=cmd"), "{printed}");
    let hostile = root().join("fixtures/hostile/spreadsheet-formulas/ledger.jsonl");
    assert!(ok(with(&hostile).path(), "export --to csv").contains("'="));
}

#[test]
fn rows_end_with_the_given_day_or_entry() {
    let folder = fixture("stories/licence-life");
    let all = rows(folder.path(), "");
    let early = rows(folder.path(), "--as-of 2026-03-10");
    assert!(early.len() < all.len() && early.iter().all(|row| row["date"].as_str() <= "2026-03-10"));
    let known = rows(folder.path(), "--known-at 4");
    assert_eq!(known.last().unwrap()["entry"], "4");
}
