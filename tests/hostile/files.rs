//! Hostile text in files: rows and headers of every CSV, serial numbers, and ledgers that another program wrote.

use super::desk::Desk;
use super::texts::{all, assert_safe, assert_whole, run};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

const TABLES: &[&str] = &["text", "json", "csv", "markdown"];
const DOCUMENTS: &[&str] = &["text", "json"];

fn hold(args: &[&str], formats: &[&str], ledger: &str, hostile: &str, told: &str) {
    for &format in formats {
        let whole: Vec<&str> =
            ["exquota"].iter().chain(args).chain(&["--ledger", ledger, "--format", format]).copied().collect();
        let printed = run(&whole);
        assert_safe(&printed, told);
        // A line break or a carriage return ends a row, and so cuts the text.
        if format == "json" && !hostile.contains(['\r', '\n']) {
            assert_whole(&printed, hostile, told);
        }
    }
}

/// Files of a valid header and row. In each file one cell, one cell in quotes or one heading holds the hostile text.
fn spoilt(header: &str, row: &str, hostile: &str) -> Vec<String> {
    let mut files = Vec::new();
    for index in 0..header.split(',').count() {
        let put = |line: &str, spoiler: &str| -> String {
            let cells = line.split(',').enumerate();
            cells.map(|(at, cell)| if at == index { spoiler } else { cell }).collect::<Vec<_>>().join(",")
        };
        files.push(format!("{header}\n{}\n", put(row, hostile)));
        files.push(format!("{header}\n{}\n", put(row, &format!("\"{hostile}\""))));
        files.push(format!("{}\n{row}\n", put(header, hostile)));
    }
    files
}

#[test]
fn no_cell_and_no_heading_is_printed_raw() {
    let desk = Desk::small();
    desk.ok("approve L1 a H200=10");
    let ledger = desk.path().display().to_string();
    let new = format!("{ledger}.new");
    let policy = desk.file("p.toml", super::desk::POLICY).display().to_string();
    for hostile in all() {
        let file = |text: &str| desk.file("given.csv", text).display().to_string();
        let filings =
            "event,licence,reference,customer,items,date,expires,destination,licensee,replaces,consignee,attest";
        for text in spoilt(filings, "approval,L2,,a,H200=1,2026-03-01,,CN,,,,", &hostile) {
            hold(&["import", &file(&text), "--partial", "--dry-run"], TABLES, &ledger, &hostile, "import --partial");
            hold(&["import", &file(&text), "--dry-run"], DOCUMENTS, &ledger, &hostile, "import");
        }
        for text in spoilt("licence,reference,chip,quantity,consignee", "L1,X1,H200,1,Somebody", &hostile) {
            hold(&["import", &file(&text), "--partial", "--dry-run"], TABLES, &ledger, &hostile, "import of shipments");
        }
        for text in spoilt("customer,items,name,date,destination,licensee", "a,H200=200,first,2026-03-01,CN,", &hostile)
        {
            hold(&["plan", &file(&text)], TABLES, &ledger, &hostile, "plan");
        }
        for text in spoilt("id,name,country,parent,aliases,flags", "n,New,CN,,Also,listed", &hostile) {
            let init = ["init", "--policy", &policy, "--customers", &file(&text), "--dry-run"];
            hold(&init, DOCUMENTS, &new, &hostile, "init --customers");
        }
        let serials = format!("H200={}", file(&format!("{hostile}\n")));
        hold(
            &["ship", "X2", "--licence", "L1", "H200=1", "--serials", &serials, "--dry-run"],
            DOCUMENTS,
            &ledger,
            &hostile,
            "serials",
        );
    }
}

#[test]
fn a_ledger_made_by_hand_shows_nothing_raw() {
    let desk = Desk::small();
    desk.ok("approve L1 a H200=10 --licensee Lenovo");
    desk.ok("ship X1 --licence L1 H200=5 --consignee Somebody");
    let sound = String::from_utf8(desk.bytes()).unwrap();
    let made = desk.file("made.jsonl", "").display().to_string();
    for hostile in all() {
        let escaped = serde_json::Value::from(hostile.as_str()).to_string();
        let ascii: String = hostile.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        for spelling in [hostile.as_str(), &escaped[1..escaped.len() - 1], &ascii] {
            for word in [
                "Alpha",
                "Lenovo",
                "Somebody",
                "L1",
                "X1",
                "H200",
                "CN",
                "analyst-1",
                "approval",
                "licence",
                "2026-03-01",
                "10",
            ] {
                let text = sound.replace(&format!("\"{word}\""), &format!("\"{spelling}\""));
                desk.file("made.jsonl", &text);
                for verb in [&["validate"][..], &["headroom"]] {
                    hold(verb, DOCUMENTS, &made, &hostile, &format!("{verb:?} with {word} spelt {spelling:?}"));
                }
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_reported_and_not_printed() {
    let desk = Desk::small();
    let mut bytes = desk.bytes();
    bytes.extend_from_slice(b"\xff\x1b[2J\xc2\x9b\n\x1b]0;x\x07torn");
    let path = desk.path().display().to_string();
    std::fs::write(&path, bytes).unwrap();
    let policy = desk.file("bad.toml", "").display().to_string();
    std::fs::write(&policy, b"name = \"\xff\x1b[2J\"\n").unwrap();
    for verb in
        [&["validate"][..], &["headroom"], &["policy", "check", &policy], &["plan", &policy], &["import", &policy]]
    {
        hold(verb, DOCUMENTS, &path, "", &format!("{verb:?}"));
    }
}

/// A file that is no ledger may have more faults than anybody reads, and more than memory holds (D39).
#[test]
fn of_very_many_faults_of_a_ledger_the_first_are_kept() {
    let desk = Desk::small();
    let lines: String = (0..3000).map(|line| format!("{{\"a{line}\":1}}\n")).collect();
    let ledger = desk.file("many.jsonl", &lines).display().to_string();
    let validated = |more: &[&str]| run(&[&["exquota", "validate", &ledger], more].concat()).out;
    let text = validated(&[]);
    assert_eq!(text.matches("fault [").count(), 100);
    assert!(text.contains("and 2907 more faults; `--all` prints all of them"), "{text}");
    assert_eq!(validated(&["--all"]).matches("fault [").count(), 3007);
    for (more, listed, unlisted) in [(&[][..], 1000, 2007), (&["--all"], 3007, 0)] {
        let json = validated(&[&["--format", "json"], more].concat());
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        let validated = &document["ledgers"][0];
        assert_eq!(validated["faults"].as_array().unwrap().len(), listed);
        assert_eq!(validated["more_faults"], unlisted);
    }
}

#[test]
fn a_pattern_finds_names_that_are_no_text() {
    let desk = Desk::small();
    let one = desk.file("one.jsonl", "");
    let folder = one.parent().unwrap();
    for name in [&b"below"[..], b"\xff"] {
        std::fs::create_dir(folder.join(OsStr::from_bytes(name))).unwrap();
        let copy = folder.join(OsStr::from_bytes(name)).join(OsStr::from_bytes(b"r\xff.jsonl"));
        std::fs::copy(folder.join("ledger.jsonl"), copy).unwrap();
    }
    for pattern in ["*/*.jsonl", "**/r*.jsonl"] {
        let said = desk.ok(&format!("validate {}", folder.join(pattern).display()));
        assert_eq!(said["ledgers"].as_array().map(Vec::len), Some(2), "{said}");
    }
}
