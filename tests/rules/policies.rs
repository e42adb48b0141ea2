//! R7 (policies are dated and frozen), R8 (exceptions), and the policy's conditions.

use crate::desk::{Desk, POLICY};
use serde_json::json;

#[test]
fn r7_each_entry_is_judged_by_the_policy_in_force_on_its_date() {
    let desk = Desk::small();
    let tighter = desk.file("tighter.toml", &POLICY.replace("limit = 100", "limit = 40"));
    desk.ok(&format!("adopt {} --date 2026-04-01", tighter.display()));
    desk.ok("check a H200=100 --date 2026-03-31");
    desk.refused("check a H200=41 --date 2026-04-01", &["ceiling-exceeded"]);
    std::fs::write(&tighter, "edited").unwrap();
    desk.refused("check a H200=41 --date 2026-04-01", &["ceiling-exceeded"]);
}

#[test]
fn r7_a_new_policy_keeps_every_chip_in_use_and_breaks_no_line() {
    let desk = Desk::small();
    desk.ok("approve D1 a MI325X=50");
    let without = desk.file("without.toml", &POLICY.replace("[chips.MI325X]\nequivalence = 1\n", ""));
    let dropped = format!("adopt {} --date 2026-04-01", without.display());
    desk.refused(&dropped, &["policy-drops-chip"]);
    desk.refused(&format!("{dropped} --despite 'the authority said so'"), &["policy-drops-chip"]);
    let tighter = desk.file("tighter.toml", &POLICY.replace("limit = 100", "limit = 49"));
    let said = desk.refused(&format!("adopt {} --date 2026-02-01", tighter.display()), &["policy-retroactive"]);
    assert_eq!(said["refusals"][0]["entry"], 4);
    desk.ok(&format!("adopt {} --date 2026-04-01", tighter.display()));
}

#[test]
fn r8_a_limit_is_moved_by_an_authority() {
    let desk = Desk::small();
    desk.refused("grant --ceiling per-customr --group a --limit 150 --authority BIS", &["ceiling-unknown"]);
    desk.refused("grant --ceiling per-customer --group nobody --limit 150 --authority BIS", &["customer-unknown"]);
    desk.ok("grant --ceiling per-customer --group Alpha --limit 150 --authority BIS --expires 2026-03-31");
    let row = &desk.refused("check a H200=151", &["ceiling-exceeded"])["ceilings"][0];
    assert_eq!((&row["limit"], &row["exception"]), (&json!(150), &json!(4)));
    desk.ok("check a H200=150 --date 2026-03-31");
    desk.refused("check a H200=101 --date 2026-04-01", &["ceiling-exceeded"]);
    desk.refused("check b H200=101", &["ceiling-exceeded"]);
}

#[test]
fn r8_a_limit_of_0_stops_every_chip_that_counts() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=10");
    desk.ok("grant --ceiling per-customer --group a --limit 0 --authority BIS --date 2026-03-02");
    desk.refused("check a H200=1 --date 2026-03-02", &["ceiling-exceeded"]);
    desk.refused("ship X1 --licence D1 H200=1 --date 2026-03-02", &["ceiling-exceeded"]);
    desk.ok("check a H20=1000 --date 2026-03-02");
}

#[test]
fn d16_an_older_exception_holds_again_when_a_newer_one_lapses() {
    let desk = Desk::small();
    desk.ok("grant --ceiling per-customer --group a --limit 120 --authority one");
    desk.ok(
        "grant --ceiling per-customer --group a --limit 150 --authority two --expires 2026-03-31 --date 2026-03-02",
    );
    desk.ok("check a H200=150 --date 2026-03-31");
    desk.refused("check a H200=121 --date 2026-04-01", &["ceiling-exceeded"]);
    desk.ok("check a H200=120 --date 2026-04-01");
}

const CONDITIONS: &str = r#"
[chips.B200]
prohibited = "too fast"
[destinations]
allowed = ["CN", "HK"]
[attestations]
approval = ["due-diligence"]
shipment = ["third-party-test"]
[flags]
"entity-list" = "refuse"
"1260H" = "warn"
[licences]
number_pattern = "^D[0-9]{3}$"
shipment_reference_pattern = "^X[0-9]{3}$"
"#;

#[test]
fn the_policys_conditions_are_judged_for_approvals_and_shipments() {
    let desk = Desk::with(&format!("{POLICY}{CONDITIONS}"));
    desk.ok("register a --name Alpha --country CN --flag 1260H");
    desk.ok("register b --name Beta --country US --parent a --flag Entity-List");
    desk.refused("approve D001 a H200=1", &["attestation-missing"]);
    desk.refused(
        "approve D1 a B200=1 --attest due-diligence --destination MY",
        &["number-malformed", "chip-prohibited", "destination-not-allowed"],
    );
    desk.refused("approve D001 b H200=1 --attest due-diligence", &["destination-not-allowed", "customer-flagged"]);
    let said = desk.ok("approve D001 a H200=9 --attest due-diligence");
    assert!(
        said["warnings"].as_array().unwrap().iter().any(|told| told.as_str().unwrap().contains("1260H")),
        "{said:#}"
    );
    desk.refused("ship X1 --licence D001 H200=1", &["number-malformed", "attestation-missing"]);
    desk.ok("ship X001 --licence D001 H200=1 --attest third-party-test");
    let asked = desk.ok("check a H200=1");
    assert!(
        asked["warnings"].as_array().unwrap().iter().any(|warning| warning.as_str().unwrap().contains("due-diligence"))
    );
    desk.ok("return anything --shipment X001 H200=1");
}

#[test]
fn d16_an_exception_holds_on_its_last_day_and_warns_if_it_never_holds() {
    let desk = Desk::small();
    let grant = "grant --ceiling per-customer --group a --limit 150 --authority BIS --date 2026-03-02";
    let said = desk.ok(&format!("{grant} --expires 2026-03-01"));
    assert!(said["warnings"][0].as_str().unwrap().starts_with("the exception never holds"));
    assert_eq!(desk.ok(&format!("{grant} --expires 2026-03-02"))["warnings"], json!([]));
    desk.ok("check a H200=150 --date 2026-03-02");
    desk.refused("check a H200=101 --date 2026-03-03", &["ceiling-exceeded"]);
}
