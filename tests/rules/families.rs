//! R2: the customer who is charged.

use crate::desk::Desk;
use serde_json::json;

#[test]
fn r2_a_misspelt_customer_gets_no_fresh_ceiling() {
    let desk = Desk::small();
    let said = desk.refused("check alhpa H200=1", &["customer-unknown"]);
    assert_eq!(said["refusals"][0]["nearest"], json!(["Alpha"]));
    for spelling in ["a", "A", "ALPHA", "ａｌｐｈａ"] {
        assert_eq!(desk.ok(&format!("check {spelling} H200=1"))["customer"], "a");
    }
    desk.refused("check аlpha H200=1", &["customer-unknown"]);
}

#[test]
fn r2_a_name_belongs_to_one_customer() {
    let desk = Desk::small();
    desk.refused("register c --name ALPHA --country CN", &["name-taken"]);
    desk.refused("register c --name Gamma --country CN --alias Beta", &["name-taken"]);
    desk.ok("register c --name Gamma --country CN --alias Delta");
    desk.refused("register a --alias delta", &["name-taken"]);
}

#[test]
fn r2_the_whole_family_shares_one_ceiling() {
    let desk = Desk::small();
    desk.ok("register cloud --name 'Alpha Cloud' --country SG --parent a");
    desk.ok("approve D1 cloud H200=60");
    let said = desk.refused("check a H200=41", &["ceiling-exceeded"]);
    assert_eq!((&said["family"], &said["ceilings"][0]["group"]), (&json!("a"), &json!("a")));
    desk.ok("check a H200=40");
    assert_eq!(desk.headroom("national", "CN", "2026-03-01")["used"], 60, "the ultimate parent's country must count");
}

#[test]
fn r2_parents_form_no_loop() {
    let desk = Desk::small();
    desk.ok("register b --parent a");
    desk.refused("register a --parent b", &["family-cycle"]);
    desk.refused("register a --parent a", &["family-cycle"]);
    desk.refused("register a --parent nobody", &["customer-unknown"]);
}

#[test]
fn r2_a_takeover_moves_usage_from_its_date_on() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.ok("approve D2 b H200=70");
    desk.ok("register b --parent a --date 2026-05-01");
    assert_eq!(desk.headroom("per-customer", "a", "2026-04-30")["used"], 60);
    let after = desk.headroom("per-customer", "a", "2026-05-01");
    assert_eq!((&after["used"], &after["headroom"]), (&json!(130), &json!(-30)), "R6: a fact is not refused");
    desk.refused("check b H200=1 --date 2026-05-01", &["ceiling-exceeded"]);
    desk.ok("check b H200=30 --date 2026-04-30");
}

#[test]
fn r2_hong_kong_counts_as_china_if_the_policy_groups_them() {
    let desk = Desk::small();
    desk.ok("register hk --name 'Harbour Ltd' --country HK");
    desk.ok("approve D1 hk H200=60");
    assert_eq!(desk.headroom("national", "CN", "2026-03-01")["used"], 60);
}

#[test]
fn d15_a_registration_changes_only_the_given_fields() {
    let desk = Desk::small();
    desk.ok("register cloud --name 'Alpha Cloud' --country CN --parent a");
    desk.ok("register cloud --alias Aliyun --date 2026-03-02");
    desk.ok("approve D1 a H200=100");
    desk.refused("check aliyun H200=1 --date 2026-03-02", &["ceiling-exceeded"]);
    desk.ok("register cloud --no-parent --date 2026-03-03");
    desk.ok("check aliyun H200=1 --date 2026-03-03");
}

#[test]
fn d5_a_first_registration_governs_earlier_entries_too() {
    let desk = Desk::small();
    desk.ok("register late --name Latecomer --country CN --date 2026-03-10");
    desk.ok("approve D1 late H200=5 --date 2026-02-01");
    assert_eq!(desk.headroom("per-customer", "late", "2026-02-01")["used"], 5);
}

#[test]
fn every_customer_stands_below_its_parent_whoever_came_first() {
    let desk = Desk::small();
    desk.ok("register c --name C --country CN");
    desk.ok("register below --name Below --country CN --parent c");
    desk.ok("register under --name Under --country CN --parent below");
    desk.ok("register beside --name Beside --country CN --parent c");
    desk.ok("register c --parent a");
    desk.ok("approve D1 under H200=7");
    let answer = desk.ok("customers under");
    let shown: Vec<_> = answer["customers"].as_array().unwrap().iter().map(|one| (&one["id"], &one["depth"])).collect();
    let expected = [("a", 0), ("c", 1), ("below", 2), ("under", 3), ("beside", 2)];
    let expected = expected.map(|(id, depth)| (json!(id), json!(depth)));
    assert_eq!(shown, expected.iter().map(|(id, depth)| (id, depth)).collect::<Vec<_>>());
    assert_eq!((&answer["customers"][0]["used"], &answer["customers"][0]["family_used"]), (&json!(0), &json!(7)));
}
