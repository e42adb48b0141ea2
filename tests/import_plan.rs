//! Runs `import` and `plan` as a person would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "each test takes what it needs")]
mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{Ran, copy_files, exquota, root, words};
use tempfile::TempDir;

const CLOCK: &str = "--clock 2026-03-31T12:00:00Z";
const TEST: &str = "third-party-test";
const ASSERTED: &str = "us-availability;customer-due-diligence";

/// A folder with a ledger of so many customers: `buyer-1` and so on.
fn ledger(customers: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("policies"), folder.path());
    let rows: String = (1..=customers).map(|n| format!("buyer-{n},Buyer {n} Ltd,CN\n")).collect();
    fs::write(folder.path().join("c.csv"), format!("id,name,country\n{rows}")).unwrap();
    let init = "init --policy china-cap-2026-03.toml --customers c.csv --date 2026-01-01 --clock 2026-01-01T08:00:00Z";
    fine(&run(folder.path(), init));
    folder
}

fn run(folder: &Path, line: &str) -> Ran {
    exquota(folder, &words(line))
}

fn fine(ran: &Ran) {
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
}

/// Runs a verb on a CSV with this text. Returns the exit code and the document.
fn on(folder: &Path, verb: &str, csv: &str, options: &str) -> (i32, Value) {
    fs::write(folder.join("f.csv"), csv).unwrap();
    let ran = run(folder, &format!("{verb} f.csv --format json {CLOCK} {options}"));
    (
        ran.exit,
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr)),
    )
}

fn import(folder: &TempDir, csv: &str, options: &str) -> (i32, Value) {
    on(folder.path(), "import", csv, options)
}

fn bytes(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join("ledger.jsonl")).unwrap()
}

/// The values of one field, row by row.
fn each<'a>(document: &'a Value, list: &str, field: &str) -> Vec<&'a Value> {
    document[list].as_array().unwrap().iter().map(|row| &row[field]).collect()
}

fn filings() -> String {
    let mut csv = "License Number,Purchaser,ITN,chip,quantity,Date of Export,Country of Ultimate Destination,Ultimate Consignee,attest\n".to_owned();
    csv += &format!("D1100001,Buyer 1 Ltd,,H200,60_000,2026-03-01,CN,,{ASSERTED}\n");
    csv += &format!("D1100002,buyer-2,,MI325X,\"1,000\",2026-03-02,,,{ASSERTED}\n");
    csv += &format!("D1100001,,X20260303000001,H200,512,2026-03-03,cn,Hangzhou DC 2,{TEST}\n");
    csv += &format!("D1100001,,X20260304000001,H200 SXM,100,2026-03-04,CN,,{TEST}=sha256:{}\n", "ab".repeat(32));
    // The same licence as in line 3, so both lines make one entry with two chips.
    csv + &format!("D1100002,BUYER-2,,H200,500,2026-03-02,,,{ASSERTED}\n")
}

#[test]
fn r11_a_repeated_import_skips_recorded_numbers() {
    let folder = ledger(3);
    let half: String = filings().lines().take(4).map(|line| line.to_owned() + "\n").collect();
    // Leave out the licence with two rows, because one row of it would be another licence.
    let half: String =
        half.lines().filter(|line| !line.contains("D1100002")).map(|line| line.to_owned() + "\n").collect();
    let (exit, first) = import(&folder, &half, "");
    assert_eq!((exit, &first["decision"], &first["counts"]["written"]), (0, &"recorded".into(), &2.into()), "{first}");

    let (exit, all) = import(&folder, &filings(), "");
    assert_eq!(exit, 0, "{all}");
    let results = ["already-recorded", "new", "already-recorded", "new", "new"];
    assert_eq!(each(&all, "rows", "result"), results);
    assert_eq!(each(&all, "rows", "entry"), [5, 7, 6, 8, 7]);
    assert_eq!(each(&all, "rows", "line"), [2, 3, 4, 5, 6]);
    fine(&run(folder.path(), "validate"));

    let before = bytes(&folder);
    let (exit, again) = import(&folder, &filings(), "");
    assert_eq!((exit, &again["decision"]), (0, &"already-recorded".into()));
    assert_eq!(again["head"], all["head"]);
    assert_eq!(before, bytes(&folder));
    let text = String::from_utf8(before).unwrap();
    assert!(text.contains(r#""items":{"MI325X":1000,"H200":500}"#), "two rows must make one entry with two chips");
    assert!(text.contains(&format!(r#"{{"third-party-test":"sha256:{}"}}"#, "ab".repeat(32))));
}

#[test]
fn a_dry_run_gives_the_same_answer_and_writes_nothing() {
    let folder = ledger(3);
    let before = bytes(&folder);
    let (exit, dry) = import(&folder, &filings(), "--dry-run");
    assert_eq!((exit, &dry["decision"], &dry["counts"]["new"]), (0, &"within".into(), &5.into()));
    assert!(each(&dry, "rows", "entry").iter().all(|entry| entry.is_null()));
    assert_eq!(before, bytes(&folder));
    let ran = run(folder.path(), &format!("import f.csv --dry-run {CLOCK}"));
    assert!(ran.stdout.starts_with("WITHIN CEILINGS; 5 rows: 5 new; nothing is written\n"), "{}", ran.stdout);
    let csv = run(folder.path(), &format!("import f.csv --dry-run --format csv {CLOCK}"));
    assert!(
        csv.stdout.starts_with("line,event,number,result,entry,why\n2,approval,D1100001,new,,\n"),
        "{}",
        csv.stdout
    );
}

#[test]
fn conflicts_and_refusals_write_nothing_unless_partial() {
    let folder = ledger(3);
    fine_import(&folder, &filings());
    let before = bytes(&folder);
    let csv = format!(
        "licence,customer,reference,items,date,attest\n\
         D1100001,buyer-1,,H200=60001,2026-03-01,{ASSERTED}\n\
         D1100003,buyer-3,,H200=75000,2026-03-05,{ASSERTED}\n\
         D1100004,buyer-3,,H200=1,2026-03-05,{ASSERTED}\n\
         D1100005,buyer-2,,H200=1,2026-03-05,{ASSERTED}\n\
         D1100005,buyer-2,,MI325X=1,2026-03-06,{ASSERTED}\n\
         D1100003,,X20260306000001,H200=5,2026-03-06,{TEST}\n\
         D1100006,buyer-2,,H200=1;H200 SXM=1,2026-03-06,{ASSERTED}\n"
    );
    let (exit, all) = import(&folder, &csv, "");
    let results = ["conflict", "new", "refused", "conflict", "conflict", "new", "conflict"];
    assert_eq!((exit, &all["decision"]), (1, &"refused".into()));
    assert_eq!(each(&all, "rows", "result"), results);
    assert_eq!(before, bytes(&folder));
    let rows = all["rows"].as_array().unwrap();
    assert_eq!(
        (&rows[0]["entry"], &rows[0]["differs"]),
        (&5.into(), &serde_json::json!(["customer", "items", "destination"][1..]))
    );
    assert_eq!(rows[2]["refusals"][0]["code"], "ceiling-exceeded");
    assert_eq!(rows[3]["differs"], serde_json::json!(["date"]));

    let (exit, partial) = import(&folder, &csv, "--partial");
    assert_eq!((exit, &partial["decision"], &partial["counts"]["written"]), (1, &"recorded".into(), &2.into()));
    assert_eq!(each(&partial, "rows", "result"), results);
    fine(&run(folder.path(), "validate"));
    let (_, again) = import(&folder, &csv, "--partial");
    assert_eq!(each(&again, "rows", "result")[1], "already-recorded");
}

fn fine_import(folder: &TempDir, csv: &str) {
    let (exit, document) = import(folder, csv, "");
    assert_eq!(exit, 0, "{document}");
}

#[test]
fn a_voided_number_is_a_conflict_not_a_new_entry() {
    let folder = ledger(3);
    fine_import(&folder, &filings());
    fine(&run(folder.path(), &format!("void 8 --reason typo {CLOCK}")));
    let before = bytes(&folder);
    let (exit, document) = import(&folder, &filings(), "--partial");
    assert_eq!(exit, 1);
    let row = &document["rows"][3];
    assert_eq!((&row["result"], &row["entry"]), (&"conflict".into(), &8.into()), "{document}");
    assert!(row["message"].as_str().unwrap().contains("voided by entry 9"), "{row}");
    assert_eq!(before, bytes(&folder));
    // After a new entry with this number, the number means that entry.
    let ship =
        "ship X20260304000001 --licence D1100001 H200=100 --date 2026-03-04 --destination CN --attest third-party-test";
    fine(&run(folder.path(), &format!("{ship} {CLOCK}")));
    let (_, document) = import(&folder, &filings(), "");
    assert_eq!(document["rows"][3]["differs"], serde_json::json!(["attestations"]));
}

#[test]
fn bad_rows_are_all_reported_with_line_and_column() {
    let folder = ledger(3);
    let before = bytes(&folder);
    let csv = format!(
        "licence,customer,reference,chip,quantity,date,attest\n\
         D1100001,buyer-1,,H200,\"1,5\",2026-03-01,{ASSERTED}\n\
         D1100002,buyer-2,,H200,7,2026-03-02,{ASSERTED}\n\
         D1100002,buyer-2,,MI325X,,2026-03-02,{ASSERTED}\n\
         D1100003,buyer-3,,H200,7,02/03/2026,{ASSERTED}\n\
         D1100003,buyer-3\n\
         D1100004,buyer-3,,H200,9,2026-03-02,{ASSERTED}\n\
         D1100004,buyer-3,X20260302000001,H200,9,2026-03-02,{TEST}=md5:1\n"
    );
    let (exit, failed) = import(&folder, &csv, "");
    assert_eq!((exit, &failed["schema"]), (3, &"exquota/error/1".into()));
    let places: Vec<(u64, u64)> = failed["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["line"].as_u64().unwrap(), fault["column"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [(2, 24), (4, 26), (5, 26), (6, 10), (8, 10), (8, 52)]);
    assert_eq!(before, bytes(&folder));
    let told = run(folder.path(), &format!("import f.csv {CLOCK}"));
    assert!(told.stderr.contains("f.csv:2:24"), "{}", told.stderr);

    let (exit, partial) = import(&folder, &csv, "--partial");
    assert_eq!((exit, &partial["counts"]["written"]), (3, &1.into()), "{partial}");
    // One of two rows of D1100002 can't be read, so neither is recorded.
    assert_eq!(each(&partial, "rows", "result"), ["bad", "bad", "bad", "bad", "bad", "new", "bad"]);
    let (exit, header) = import(&folder, "licence,custommer,items\n", "--partial");
    assert_eq!((exit, &header["faults"][0]["column"]), (3, &9.into()));
    assert_eq!(import(&folder, "licence,items\nD1,H200=1\n", "").0, 3);
}

#[test]
fn a_moved_head_refuses_only_new_entries() {
    let folder = ledger(3);
    let moved = format!("--expect-head {}", "0".repeat(64));
    let (exit, document) = import(&folder, &filings(), &moved);
    assert_eq!((exit, &document["rows"][0]["refusals"][0]["code"]), (1, &"head-moved".into()));
    fine_import(&folder, &filings());
    assert_eq!(import(&folder, &filings(), &moved).0, 0);
}

#[test]
fn rows_without_a_date_take_the_option_or_today_with_a_warning() {
    let folder = ledger(3);
    let csv = format!("licence,customer,items,attest\nD1100001,buyer-1,H200=1,{ASSERTED}\n");
    let (_, warned) = import(&folder, &csv, "--dry-run");
    assert!(warned["warnings"][0].as_str().unwrap().contains("2026-03-31"), "{warned}");
    let (exit, document) = import(&folder, &csv, "--date 2026-03-05");
    assert_eq!((exit, &document["warnings"]), (0, &serde_json::json!([])));
    assert!(String::from_utf8(bytes(&folder)).unwrap().contains(r#""date":"2026-03-05","event":{"approval""#));
}

#[test]
fn plan_says_where_the_binding_ceiling_flips() {
    let folder = ledger(16);
    let before = bytes(&folder);
    let mut csv = "name,customer,chip,quantity\n".to_owned();
    for n in 1..=13 {
        csv += &format!("order-{n},buyer-{n},H200,75000\n");
    }
    csv += "order-14,buyer-14,MI325X,\"25,000\"\norder-15,buyer-15,H200,1\n";
    let (exit, plan) = on(folder.path(), "plan", &csv, "--date 2026-03-05");
    assert_eq!((exit, &plan["schema"]), (1, &"exquota/plan/1".into()));
    let verdicts = each(&plan, "orders", "verdict");
    assert!(verdicts[..14].iter().all(|verdict| *verdict == "fits"), "{plan}");
    assert_eq!(verdicts[14], "refused");
    assert_eq!(plan["orders"][12]["binding"]["ceiling"], "per-customer");
    let flips = plan["flips"].as_array().unwrap();
    assert_eq!(flips.len(), 1);
    assert_eq!((&flips[0]["line"], &flips[0]["name"]), (&15.into(), &"order-14".into()));
    assert_eq!((&flips[0]["from"], &flips[0]["to"]), (&"per-customer".into(), &"national".into()));
    assert_eq!(plan["orders"][14]["largest_within"], serde_json::json!({"H200": 0}));
    assert_eq!(plan["totals"]["units_fitting"], 1_000_000);
    let text = run(folder.path(), &format!("plan f.csv --date 2026-03-05 {CLOCK}")).stdout;
    assert!(
        text.contains("The binding ceiling flips from `per-customer` to `national` at line 15 (order-14)"),
        "{text}"
    );
    assert!(text.contains("15 orders: 14 fit, 1 refused; 1,000,000 of 1,000,001 H200e"), "{text}");
    assert_eq!(before, bytes(&folder), "a plan must write nothing");
}

#[test]
fn a_refused_order_takes_no_headroom() {
    let folder = ledger(3);
    let csv = "customer,items,date,name\n\
               buyer-1,H200=50000,,a\n\
               buyer-1,H200=20000;MI325X=9000,,b\n\
               buyer-1,MI325X=25000,,c\n\
               nobody,H200=1,,d\n";
    let (exit, plan) = on(folder.path(), "plan", csv, "");
    assert_eq!(exit, 1);
    assert_eq!(each(&plan, "orders", "verdict"), ["fits", "refused", "fits", "refused"]);
    let second = &plan["orders"][1];
    assert_eq!(second["largest_within"], serde_json::json!({"H200": 20000, "MI325X": 5000}));
    assert_eq!(
        (&second["binding"]["ceiling"], &second["binding"]["headroom"]),
        (&"per-customer".into(), &25_000.into())
    );
    assert_eq!(plan["orders"][2]["binding"]["headroom"], 0);
    assert_eq!(plan["orders"][3]["refusals"][0]["code"], "customer-unknown");
    let csv = run(folder.path(), &format!("plan f.csv --format csv {CLOCK}")).stdout;
    assert!(csv.starts_with("line,name,customer,order,verdict,"), "{csv}");
}

#[test]
fn r6_an_order_that_breaks_an_earlier_row_names_its_line() {
    let folder = ledger(3);
    let csv = "customer,items,date,expires\n\
               buyer-1,H200=75000,2026-06-01,\n\
               buyer-1,H200=1,2026-05-01,\n\
               buyer-1,H200=75000,2026-04-01,2026-05-31\n";
    let (exit, plan) = on(folder.path(), "plan", csv, "");
    assert_eq!(exit, 1);
    assert_eq!(each(&plan, "orders", "verdict"), ["fits", "refused", "fits"]);
    let refusal = &plan["orders"][1]["refusals"][0];
    assert!(refusal["entry"].is_null());
    assert!(refusal["message"].as_str().unwrap().starts_with("the order of line 2 ("), "{refusal}");
}

#[test]
fn bad_orders_are_all_reported() {
    let folder = ledger(3);
    let csv = "customer,items,date\n,H200=1,\nbuyer-1,H200,\nbuyer-1,H200=1,soon\n";
    let (exit, failed) = on(folder.path(), "plan", csv, "");
    assert_eq!(exit, 3);
    assert_eq!(each(&failed, "faults", "line"), [2, 3, 4]);
    assert_eq!(each(&failed, "faults", "column"), [1, 9, 16]);
    // That an alias is the same chip is known with the policy at hand; the other rows are reported all the same.
    let csv = "note,customer,items\n,buyer-1,H200=1;H200 SXM=2\nx,buyer-1,H200=\"1\n,buyer-2,H200=1\n,,H200=1\n";
    let (exit, failed) = on(folder.path(), "plan", csv, "--ignore NOTE");
    assert_eq!(exit, 3);
    let places = |field| each(&failed, "faults", field);
    assert_eq!(
        (places("line"), places("column")),
        (vec![&2.into(), &3.into(), &5.into()], vec![&10.into(), &11.into(), &2.into()]),
        "{failed}"
    );
}

#[test]
fn d32_a_file_of_serial_numbers_is_content() {
    let folder = ledger(1);
    fine_import(
        &folder,
        &format!("licence,customer,items,date,attest\nD1100001,buyer-1,H200=2,2026-03-01,{ASSERTED}\n"),
    );
    let ship = |file: &str, bytes: &[u8]| {
        fs::write(folder.path().join(file), bytes).unwrap();
        let line = format!(
            "ship X20260303000001 --licence D1100001 H200=2 --attest {TEST} --serials H200={file} --dry-run {CLOCK}"
        );
        let ran = run(folder.path(), &format!("{line} --format json"));
        (ran.exit, serde_json::from_str::<Value>(&ran.stdout).unwrap())
    };
    for (file, bytes) in
        [("s.txt", &b"\xef\xbb\xbfS1\r\n\r\nS2\r\n"[..]), ("s.csv", b"Box;No,SERIAL_NUMBER\n1,S1\n2,S2\n")]
    {
        let (exit, shipped) = ship(file, bytes);
        assert_eq!(exit, 0, "{shipped}");
    }
    for (file, bytes, line, told) in [
        ("s.txt", &b"\xff\xfeS\x001\x00"[..], None, "the file is UTF-16 text"),
        ("s.txt", b"S1\nS\x002\n", Some(2), "`serial` holds a NUL byte"),
        ("s.csv", b"box,serial\n1,\"S1\n2,S2\n", Some(2), "`serial` has an open quote"),
        ("s.csv", b"box\n1\n", Some(1), "the header has no column `serial`"),
    ] {
        let (exit, failed) = ship(file, bytes);
        let fault = &failed["faults"][0];
        assert_eq!((exit, fault["line"].as_u64(), fault["message"].as_str()), (3, line, Some(told)), "{failed}");
    }
}

/// An analyst exports a ledger and imports it into a new one: the same customers, licences and shipments, and so the same
/// headroom. Names that begin like a formula, evidence, serial numbers, voids and late registrations come through.
#[test]
fn an_export_can_be_imported_into_a_new_ledger() {
    let folder = ledger(2);
    let at = |line: &str| fine(&run(folder.path(), &format!("{line} {CLOCK}")));
    fs::write(folder.path().join("serials"), "S1\nS2\n").unwrap();
    let attest = "--attest us-availability --attest customer-due-diligence";
    at("register plus --name '+Plus; Ltd' --country HK --parent buyer-1 --alias @plus --alias Plus --date 2026-03-04");
    at("register late --name Late --country CN --date 2026-03-20");
    at(&format!("approve D1100009 late H200=7 {attest} --date 2026-03-05"));
    at(&format!("approve D1100001 plus H200=100 MI325X=50 {attest} --licensee=-minus --date 2026-03-05"));
    at(
        "ship X20260306000001 --licence D1100001 H200=2 MI325X=1 --attest third-party-test=serials --serials H200=serials --date 2026-03-06",
    );
    at(&format!("approve D1100002 buyer-2 H200=9 {attest} --expires 2027-01-01 --date 2026-03-06"));
    at("void 9 --reason typo --date 2026-03-06");
    at(&format!("approve D1100002 buyer-2 H200=8 {attest} --replaces D1100009 --destination MO --date 2026-03-07"));
    at("register plus --flag watched --date 2026-03-08");
    let export = |ledger: &str| {
        let csv = run(folder.path(), &format!("export --to csv --ledger {ledger} {CLOCK}")).stdout;
        fs::write(folder.path().join("export.csv"), &csv).unwrap();
        csv
    };
    export("ledger.jsonl");
    at("init --policy china-cap-2026-03.toml --date 2026-01-01 --ledger new.jsonl");
    let ran = run(folder.path(), &format!("import export.csv --ledger new.jsonl {CLOCK}"));
    fine(&ran);
    assert!(ran.stderr.contains("lines 12, 13: left out, as not counted in the exported ledger\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("line 2: the policy is left out"), "{}", ran.stderr);
    fine(&run(folder.path(), "validate new.jsonl"));
    let asked = |ledger: &str, question: &str| {
        run(folder.path(), &format!("{question} --ledger {ledger} --format csv {CLOCK}")).stdout
    };
    for question in ["headroom", "licences", "headroom --as-of 2026-03-06", "trace S2"] {
        let (old, new) = (asked("ledger.jsonl", question), asked("new.jsonl", question));
        let without_entries = |csv: String| {
            let cells =
                |line: &str| line.split(',').filter(|cell| cell.parse::<u8>().is_err()).collect::<Vec<_>>().join(",");
            csv.lines().map(cells).collect::<Vec<_>>()
        };
        if question == "trace S2" {
            assert_eq!(without_entries(old), without_entries(new));
        } else {
            // The two ledgers have different heads.
            let without_head = |csv: String| {
                let cells = |line: &str| line.split(',').filter(|cell| cell.len() != 64).collect::<Vec<_>>().join(",");
                csv.lines().map(cells).collect::<Vec<_>>()
            };
            assert_eq!(without_head(old), without_head(new), "{question}");
        }
    }
    // What comes from the export and counts is recorded already, in either ledger.
    for ledger in ["ledger.jsonl", "new.jsonl"] {
        let again = run(folder.path(), &format!("import export.csv --ledger {ledger} {CLOCK}"));
        assert!(again.stdout.starts_with("ALREADY RECORDED"), "{ledger}: {}{}", again.stdout, again.stderr);
    }
    // Import has no columns for other kinds, and says so once a kind.
    at("amend D1100001 H200=90 --date 2026-03-08");
    at("amend D1100001 H200=80 --date 2026-03-08");
    at("return R1 --shipment X20260306000001 MI325X=1 --date 2026-03-08");
    at("suspend D1100001 --reason audit --date 2026-03-08");
    export("ledger.jsonl");
    let ran = run(folder.path(), &format!("import export.csv --ledger new.jsonl {CLOCK}"));
    assert_eq!((ran.exit, ran.stderr.matches("error[field-invalid]").count()), (3, 2), "{}", ran.stderr);
    for told in ["kind `amendment`: lines 16, 17\n", "kind `suspension`: line 19\n"] {
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    let ran = run(folder.path(), &format!("import export.csv --partial --ledger new.jsonl {CLOCK}"));
    assert_eq!(ran.exit, 3, "{}", ran.stdout);
    assert!(ran.stdout.contains("kind `suspension`: line 19") && ran.stdout.contains("R1"), "{}", ran.stdout);
}
