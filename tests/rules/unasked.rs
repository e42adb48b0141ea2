//! Lines that no rule checked when they were written, and late lines, still count by the rules (D5, D6, D20, R6).

use crate::desk::{Desk, POLICY};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;

/// Appends a line as anybody with access to the file can: in the form of the last line, chained to it, but not judged.
fn write_unasked(desk: &Desk, date: &str, event: &str) {
    let bytes = desk.bytes();
    let last = bytes.strip_suffix(b"\n").unwrap().rsplit(|byte| *byte == b'\n').next().unwrap();
    let before: Value = serde_json::from_slice(last).unwrap();
    let prev: String = Sha256::digest(last).iter().map(|byte| format!("{byte:02x}")).collect();
    let (seq, time, by) = (before["seq"].as_u64().unwrap() + 1, &before["recorded_at"], &before["recorded_by"]);
    let mut file = std::fs::File::options().append(true).open(desk.path()).unwrap();
    let start = format!(r#"{{"v":1,"seq":{seq},"prev":"{prev}","recorded_at":{time},"recorded_by":{by},"#);
    writeln!(file, r#"{start}"date":"{date}","event":{event}}}"#).unwrap();
}

fn approval(licence: &str, customer: &str, quantity: u64) -> String {
    format!(r#"{{"approval":{{"licence":"{licence}","customer":"{customer}","items":{{"H200":{quantity}}}}}}}"#)
}

fn shipment(reference: &str, licence: &str, quantity: u64) -> String {
    format!(r#"{{"shipment":{{"reference":"{reference}","licence":"{licence}","items":{{"H200":{quantity}}}}}}}"#)
}

/// The entry and code of every breach.
fn breaches(desk: &Desk) -> Vec<(u64, String)> {
    let said = desk.ask("validate");
    let found = said.document["ledgers"][0]["breaches"].as_array().unwrap().clone();
    found
        .iter()
        .map(|breach| (breach["entry"].as_u64().unwrap(), breach["code"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn d6_a_freed_number_goes_to_the_next_line_with_it() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=30");
    desk.ok("approve D2 a H200=20");
    write_unasked(&desk, "2026-03-01", &approval("D2", "b", 10));
    write_unasked(&desk, "2026-03-01", &approval("D1", "b", 5));
    write_unasked(&desk, "2026-03-01", &approval("D1", "b", 7));
    let exists = |entry| (entry, "licence-exists".to_owned());
    assert_eq!(breaches(&desk), [exists(6), exists(7), exists(8)]);
    desk.ok("void 4 --reason typo");
    desk.refused("approve D1 a H200=1", &["licence-exists"]);
    desk.ok("void 7 --reason typo");
    desk.refused("approve D1 a H200=1", &["licence-exists"]);
    assert_eq!(desk.headroom("per-customer", "b", "2026-03-01")["used"], 0, "a line in breach must change nothing");
    desk.ok("void 8 --reason typo");
    desk.ok("approve D1 a H200=1");
    desk.ok("void 6 --reason typo");
    desk.refused("approve D2 a H200=1", &["licence-exists"]);
}

#[test]
fn r11_a_line_that_changes_nothing_does_not_record_its_fact() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=30");
    write_unasked(&desk, "2026-03-01", &approval("D1", "b", 5));
    desk.ok("void 4 --reason typo");
    let said = desk.refused("approve D1 b H200=5", &["licence-exists"]);
    assert_eq!(said["refusals"][0]["differs"], json!([]));
    assert_eq!(desk.headroom("per-customer", "b", "2026-03-01")["used"], 0);
    desk.ok("void 5 --reason never-judged");
    desk.ok("approve D1 b H200=5");
    assert_eq!(desk.headroom("per-customer", "b", "2026-03-01")["used"], 5);
}

#[test]
fn d6_a_freed_reference_goes_to_the_next_line_with_it() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=30");
    desk.ok("ship X1 --licence D1 H200=3");
    desk.ok("ship X2 --licence D1 H200=4");
    write_unasked(&desk, "2026-03-01", &shipment("X2", "D1", 5));
    write_unasked(&desk, "2026-03-01", &shipment("X1", "D1", 6));
    let exists = |entry| (entry, "reference-exists".to_owned());
    assert_eq!(breaches(&desk), [exists(7), exists(8)]);
    desk.ok("void 5 --reason typo");
    assert_eq!(desk.headroom("per-customer", "a", "2026-03-01")["shipped"], 4);
    desk.refused("ship X1 --licence D1 H200=1", &["reference-exists"]);
    desk.ok("void 8 --reason typo");
    desk.ok("ship X1 --licence D1 H200=1");
    desk.ok("void 7 --reason typo");
    desk.refused("ship X2 --licence D1 H200=1", &["reference-exists"]);
    assert_eq!(desk.headroom("per-customer", "a", "2026-03-01")["shipped"], 5);
}

#[test]
fn d5_the_first_recorded_registration_governs_from_the_beginning_and_a_later_one_from_its_date() {
    let desk = Desk::small();
    desk.ok("register c --name Gamma --country US --date 2026-03-01");
    desk.ok("approve D1 c H200=10 --date 2026-01-05");
    assert_eq!(desk.headroom("national", "US", "2026-01-10")["used"], 10);
    write_unasked(&desk, "2026-01-15", r#"{"customer":{"id":"c","name":"Gamma","country":"CN"}}"#);
    assert_eq!(desk.headroom("national", "US", "2026-01-14")["used"], 10);
    assert_eq!(desk.headroom("national", "CN", "2026-01-15")["used"], 10);
    assert_eq!(desk.headroom("national", "CN", "2026-03-01")["used"], 10, "the first one's date changes nothing");
    write_unasked(&desk, "2026-02-01", r#"{"customer":{"id":"c","name":"Gamma","country":"JP"}}"#);
    assert_eq!(desk.headroom("national", "CN", "2026-01-31")["used"], 10);
    assert_eq!(desk.headroom("national", "JP", "2026-02-01")["used"], 10);
    desk.ok("void 4 --reason typo");
    assert_eq!(desk.headroom("national", "CN", "2026-01-10")["used"], 10, "the next one recorded is the first");
    assert_eq!(desk.headroom("national", "JP", "2026-02-01")["used"], 10);
}

#[test]
fn r6_a_late_shipment_counts_from_its_date_on() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=30 MI325X=30");
    desk.ok("ship X1 --licence D1 H200=1 --date 2026-03-10");
    desk.ok("ship X2 --licence D1 MI325X=2 --date 2026-03-20");
    desk.ok("ship X3 --licence D1 H200=4 MI325X=8 --date 2026-03-15");
    desk.ok("ship X4 --licence D1 H200=16 --date 2026-03-12");
    for (date, shipped) in [(9, 0), (10, 1), (11, 1), (12, 17), (14, 17), (15, 29), (19, 29), (20, 31)] {
        let row = desk.headroom("per-customer", "a", &format!("2026-03-{date:02}"));
        assert_eq!((&row["shipped"], &row["used"]), (&json!(shipped), &json!(60)), "{date} March");
    }
}

/// A desk with a ceiling on a customer's shipments.
fn shipped_desk() -> Desk {
    let policy = POLICY.replace("limit = 100\n", "limit = 100\ncounts = \"shipped\"\n");
    assert_ne!(policy, POLICY);
    let desk = Desk::with(&policy);
    desk.ok("register a --name Alpha --country CN --date 2026-01-01");
    desk.ok("approve D1 a H200=100");
    desk
}

#[test]
fn r8_a_late_shipment_is_judged_by_the_exception_of_its_day() {
    let desk = shipped_desk();
    desk.ok("grant --ceiling per-customer --group a --limit 50 --authority BIS --date 2026-03-02 --expires 2026-04-30");
    desk.ok("ship X1 --licence D1 H200=40 --date 2026-03-10");
    desk.ok("ship X2 --licence D1 H200=10 --date 2026-05-10");
    write_unasked(&desk, "2026-04-15", &shipment("X3", "D1", 10));
    assert_eq!(breaches(&desk), []);
    write_unasked(&desk, "2026-04-16", &shipment("X4", "D1", 1));
    assert_eq!(breaches(&desk), [(8, "ceiling-exceeded".to_owned())], "61 fit today, but not under the exception");
}

#[test]
fn r6_a_late_shipment_is_judged_by_its_licence_on_that_day() {
    let desk = shipped_desk();
    desk.ok("suspend D1 --reason audit --date 2026-03-10");
    desk.ok("reinstate D1 --reason done --date 2026-03-20");
    desk.ok("amend D1 H200=90 --date 2026-03-25");
    desk.ok("ship X1 --licence D1 H200=5 --date 2026-04-01");
    write_unasked(&desk, "2026-03-09", &shipment("X2", "D1", 5));
    write_unasked(&desk, "2026-03-15", &shipment("X3", "D1", 5));
    write_unasked(&desk, "2026-03-20", &shipment("X4", "D1", 5));
    assert_eq!(breaches(&desk), [(9, "licence-suspended".to_owned())]);
}

#[test]
fn d10_a_licensee_whose_licences_are_all_void_has_no_row() {
    let desk = Desk::with(&format!("{POLICY}[ceilings.licensee]\nscope = \"licensee\"\nlimit = 50\n"));
    desk.ok("register a --name Alpha --country CN --date 2026-01-01");
    let licensees = |desk: &Desk| {
        let document = desk.ok("headroom --as-of 2026-03-01");
        let rows = document["rows"].as_array().unwrap().iter().filter(|row| row["ceiling"] == "licensee");
        rows.map(|row| row["group"].clone()).collect::<Vec<_>>()
    };
    desk.ok("approve D1 a H200=5 --licensee Lenovo");
    desk.ok("approve D2 a H200=5 --licensee Inspur");
    assert_eq!(licensees(&desk), ["Inspur", "Lenovo"]);
    desk.ok("void 3 --reason typo");
    assert_eq!(licensees(&desk), ["Inspur"]);
}

#[test]
fn a_cumulative_volume_may_stay_the_same() {
    let desk = Desk::small();
    desk.ok("volume us H200=5 --source report");
    let said = desk.ok("volume us H200=5 --source 'the next report'");
    assert_eq!(said["decision"], "recorded");
    desk.refused("volume us H200=4 --source 'another report'", &["volume-decreased"]);
}

#[test]
fn d6_a_void_in_breach_frees_no_number() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=30");
    desk.ok("ship X1 --licence D1 H200=3");
    write_unasked(&desk, "2026-03-01", &approval("D1", "b", 5));
    write_unasked(&desk, "2026-03-01", r#"{"void":{"entry":4,"reason":"typo"}}"#);
    write_unasked(&desk, "2026-03-01", &shipment("X1", "D1", 4));
    write_unasked(&desk, "2026-03-01", r#"{"void":{"entry":8,"reason":"typo"}}"#);
    let told = |entry: u64, code: &str| (entry, code.to_owned());
    let found = [told(6, "licence-exists"), told(7, "void-not-allowed"), told(8, "reference-exists")];
    assert_eq!(breaches(&desk), found);
    assert_eq!(desk.ok("approve D1 a H200=30")["entry"], 4);
    assert_eq!(desk.ok("ship X1 --licence D1 H200=3")["entry"], 5);
    desk.ok("ship X2 --licence D1 H200=27");
}

#[test]
fn d11_an_expired_licence_extended_despite_the_rules_is_open_again() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=10 --date 2026-03-01 --expires 2026-03-10");
    for (last_day, date) in [("2026-03-15", "2026-03-15"), ("2026-03-25", "2026-03-20")] {
        let extended = format!("amend D1 --expires {last_day} --date {date}");
        desk.refused(&extended, &["licence-expired"]);
        desk.ok(&format!("{extended} --despite 'the authority did'"));
    }
    let said = desk.refused("amend D1 MI325X=5 --date 2026-03-19", &["licence-expired"]);
    assert_eq!(said["ceilings"][0]["requested"], 0, "no more may ship under it");
    for (day, used) in [(10, 10), (11, 0), (14, 0), (15, 10), (16, 0), (19, 0), (20, 10), (25, 10), (26, 0)] {
        let row = desk.headroom("per-customer", "a", &format!("2026-03-{day}"));
        assert_eq!(row["used"], used, "{day} March");
    }
}

#[test]
fn d17_a_chip_whose_entries_are_all_void_is_not_in_use() {
    let desk = Desk::small();
    desk.ok("approve D1 a MI325X=50");
    let without = desk.file("without.toml", &POLICY.replace("[chips.MI325X]\nequivalence = 1\n", ""));
    let adopt = format!("adopt {} --date 2026-04-01", without.display());
    desk.refused(&adopt, &["policy-drops-chip"]);
    desk.ok("void 4 --reason typo");
    desk.ok("approve D2 a H200=50");
    desk.ok(&adopt);
}

#[test]
fn d5_a_name_that_another_customer_had_is_not_free() {
    let desk = Desk::small();
    desk.ok("register b --alias Bee --date 2026-01-02");
    desk.ok("register b --drop-alias Bee --date 2026-02-01");
    let said = desk.refused("register c --name Bee --country CN --date 2026-03-01", &["name-taken"]);
    assert_eq!(said["refusals"][0]["entry"], 4, "the first registration governs from the beginning");
    desk.ok("register c --name Wasp --country CN --date 2026-03-01");
}
