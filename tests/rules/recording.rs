//! R9 (corrections), R11 (idempotence), R13 (violations are recorded), and the lines that the verbs write.

use crate::desk::{Desk, POLICY, refused_with};
use serde_json::json;

#[test]
fn r9_a_void_entry_no_longer_counts() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.ok("ship X1 --licence D1 H200=10");
    let said = desk.refused("void 4 --reason typo", &["void-not-allowed"]);
    assert_eq!(said["refusals"][0]["entry"], 5, "its shipment must be void first");
    desk.ok("void 5 --reason typo");
    desk.ok("void 4 --reason typo");
    assert_eq!(desk.headroom("per-customer", "a", "2026-03-01")["used"], 0);
    desk.ok("approve D1 a H200=61");
    desk.refused("void 4 --reason other", &["void-not-allowed"]);
    desk.refused("void 7 --reason undo", &["void-not-allowed"]);
    desk.refused("void 1 --reason all", &["void-not-allowed"]);
    desk.refused("void 9 --reason none", &["entry-unknown"]);
}

#[test]
fn r11_a_repeated_entry_succeeds_and_writes_nothing() {
    let desk = Desk::small();
    let line = "approve D1 a H200=60 MI325X=10 --licensee Lenovo";
    desk.ok(line);
    let before = desk.bytes();
    let again = desk.ok("approve D1 a MI325X=10 H200=60 --licensee Lenovo");
    assert_eq!((&again["decision"], &again["entry"]), (&json!("already-recorded"), &json!(4)));
    assert!(desk.bytes() == before);
    let said = desk.refused("approve D1 b H200=60 MI325X=10", &["licence-exists"]);
    assert_eq!(said["refusals"][0]["differs"], json!(["customer", "licensee"]));
    let said = desk.refused(&format!("{line} --date 2026-03-02"), &["licence-exists"]);
    assert_eq!(said["refusals"][0]["differs"], json!(["date"]), "D18: the date is content");
}

#[test]
fn r11_shipments_and_returns_share_one_namespace() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.ok("ship X1 --licence D1 H200=10");
    assert_eq!(desk.ok("ship X1 --licence D1 H200=10")["decision"], "already-recorded");
    desk.refused("return X1 --shipment X1 H200=1", &["reference-exists"]);
    desk.refused("ship X1 --licence D1 H200=11", &["reference-exists"]);
}

#[test]
fn d19_an_entry_without_a_number_is_known_by_its_subject() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    for line in [
        "suspend D1 --reason r",
        "amend D1 H200=50",
        "grant --ceiling national --group CN --limit 900 --authority BIS",
        "volume us H200=5 --source report",
    ] {
        assert_eq!(desk.ok(line)["decision"], "recorded", "{line}");
        assert_eq!(desk.ok(line)["decision"], "already-recorded", "{line}");
    }
    desk.ok("reinstate D1 --reason r");
    let again = desk.ok("suspend D1 --reason r");
    assert_eq!(again["decision"], "recorded", "a second suspension must be a new entry");
    desk.refused("volume us H200=4 --source report", &["volume-decreased"]);
    desk.ok("close D1 --reason revoked");
    assert_eq!(desk.ok("close D1 --reason revoked")["decision"], "already-recorded");
    desk.refused("close D1 --reason surrendered", &["licence-closed"]);
}

#[test]
fn r13_a_violation_is_recorded_and_shown_for_ever() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=100");
    desk.refused("ship X1 --licence D1 H200=101", &["balance-exceeded", "ceiling-exceeded"]);
    let said = desk.ok("ship X1 --licence D1 H200=101 --despite 'left the port'");
    assert_eq!(said["decision"], "recorded");
    assert_eq!(refused_with(&said), ["balance-exceeded", "ceiling-exceeded"]);
    assert_eq!(desk.headroom("per-customer", "a", "2026-03-01")["headroom"], -1);
    let valid = desk.ok("validate");
    assert_eq!(valid["ledgers"][0]["violations"][0]["entry"], 5);
    assert_eq!(desk.ask("validate --strict").exit, 1);
    desk.refused("check a H200=1", &["ceiling-exceeded"]);
}

#[test]
fn r13_despite_is_dropped_if_nothing_is_refused_and_overrides_no_unknown_name() {
    let desk = Desk::small();
    let said = desk.ok("approve D1 a H200=1 --expires 2027-01-01 --despite 'just in case'");
    assert_eq!(said["warnings"].as_array().unwrap().len(), 1);
    assert!(!String::from_utf8(desk.bytes()).unwrap().contains("despite"));
    for (line, code) in [
        ("approve D2 nobody H200=1", "customer-unknown"),
        ("approve D2 a H200=0", "quantity-invalid"),
        ("approve D1 b H200=1", "licence-exists"),
        ("ship X1 --licence D9 H200=1", "licence-unknown"),
        ("void 1 --reason r", "void-not-allowed"),
    ] {
        desk.refused(&format!("{line} --despite 'it happened'"), &[code]);
    }
}

#[test]
fn r13_a_violation_hides_no_other_refusal() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60 --expires 2026-05-31");
    desk.ok("approve D2 a H200=40 --date 2026-04-01");
    let said = desk.ok("approve D3 a H200=50 --expires 2026-04-30 --date 2026-03-15 --despite 'was granted'");
    let entries: Vec<_> = said["refusals"].as_array().unwrap().iter().map(|refusal| refusal["entry"].clone()).collect();
    assert_eq!(entries, [json!(null), json!(5)], "there must be its own refusal and that of the line it breaks");
}

#[test]
fn serials_match_the_quantity_and_none_is_out_twice() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    let two = desk.file("two.txt", "S1\nS2\n").display().to_string();
    let one = desk.file("one.txt", "S2\n").display().to_string();
    desk.refused(&format!("ship X1 --licence D1 H200=3 --serials H200={two}"), &["serial-mismatch"]);
    desk.ok(&format!("ship X1 --licence D1 H200=2 --serials H200={two}"));
    desk.refused(&format!("ship X2 --licence D1 H200=1 --serials H200={one}"), &["serial-taken"]);
    desk.ok(&format!("return R1 --shipment X1 H200=1 --serials H200={one}"));
    desk.ok(&format!("ship X2 --licence D1 H200=1 --serials H200={one}"));
    let sheet = desk.file("box.csv", "box,Serial\n1,S3\n2,S4\n").display().to_string();
    desk.ok(&format!("ship X3 --licence D1 H200=2 --serials H200={sheet}"));
    let way = desk.ok("trace S2");
    let steps: Vec<_> = way["steps"].as_array().unwrap().iter().map(|step| step["reference"].clone()).collect();
    assert_eq!(steps, ["X1", "R1", "X2"]);
    assert_eq!((&way["out"], &way["steps"][2]["family"]), (&json!(true), &json!("a")));
    assert_eq!(desk.ok("trace S4")["steps"][0]["entry"], 8);
    assert_eq!(desk.ask("trace S9").exit, 1);
}

#[test]
fn a_moved_head_is_refused_unless_the_entry_is_recorded_already() {
    let desk = Desk::small();
    let head = desk.ok("check a H200=1")["head"].as_str().unwrap().to_owned();
    desk.ok(&format!("approve D1 a H200=1 --expect-head {head}"));
    desk.refused(&format!("approve D2 a H200=1 --expect-head {head}"), &["head-moved"]);
    assert_eq!(desk.ok(&format!("approve D1 a H200=1 --expect-head {head}"))["decision"], "already-recorded");
}

#[test]
fn check_refuses_a_licence_of_another_family() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.ok("check a H200=60 --licence D1");
    desk.refused("check b H200=60 --licence D1", &["licence-not-held"]);
    desk.refused("check a H200=61 --licence D1", &["balance-exceeded"]);
}

#[test]
fn d49_a_recorded_check_counts_nothing_and_nothing_later_touches_it() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    let record = |line: &str, exit: u8, decision: &str, entry: u64| {
        let said = desk.ask(&format!("{line} --record --by analyst-1"));
        let answer = (said.exit, &said.document["decision"], &said.document["entry"]);
        assert_eq!(answer, (exit, &json!(decision), &json!(entry)), "{line}");
    };
    record("check a H200=40", 0, "within", 5);
    record("check a H200=40", 0, "within", 6);
    record("check a H200=41 --date 2026-06-30", 1, "refused", 7);
    record("check a 'H200 SXM=60' --licence D1", 0, "within", 8);
    record("check b H200=60 --licence D1", 1, "refused", 9);
    record("check a H200=41 --date 2026-02-01", 1, "refused", 10);
    assert_eq!(desk.headroom("per-customer", "a", "2026-06-30")["used"], 60);
    assert_eq!(desk.headroom("per-customer", "b", "2026-06-30")["used"], 0);
    // Each of these would change an answer, if the checks were asked again.
    desk.ok("approve D2 a H200=40 --date 2026-02-01");
    desk.ok("register b --parent a --date 2026-02-01");
    let tighter = desk.file("tighter.toml", &POLICY.replace("limit = 100\n", "limit = 1\n").replace("\"1\"", "\"2\""));
    desk.ok(&format!("adopt {} --date 2026-07-01", tighter.display()));
    desk.ok("void 4 --reason typo");
    desk.ok("void 5 --reason 'asked twice'");
    assert_eq!(desk.ok("validate")["valid"], true);
    desk.refused("void 5 --reason again", &["void-not-allowed"]);
    // A day ahead is answered and not recorded; another head answers nothing.
    let before = desk.bytes();
    let said = desk.ask("check a H200=1 --record --date 2026-07-02").document;
    assert_eq!((&said["decision"], &said["entry"]), (&json!("refused"), &json!(null)));
    assert!(desk.bytes() == before);
    let other = "0".repeat(64);
    desk.refused(&format!("check a H200=1 --record --expect-head {other}"), &["head-moved"]);
}
