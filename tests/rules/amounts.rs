//! R1 (exact units), R3 (four amounts), R4 (licence life), R5 (shipments), R10 (returns), R12 (everything at once).

use crate::desk::{Desk, POLICY, refused_with};
use serde_json::json;

#[test]
fn r1_the_limit_is_within_and_one_more_is_not() {
    let desk = Desk::small();
    let row = &desk.ok("check a H200=60 MI325X=40")["ceilings"][0];
    assert_eq!((&row["after"], &row["within"], &row["exceeded_by"]), (&json!(100), &json!(true), &json!(0)));
    let row = &desk.refused("check a H200=60 MI325X=41", &["ceiling-exceeded"])["ceilings"][0];
    assert_eq!((&row["after"], &row["within"], &row["exceeded_by"]), (&json!(101), &json!(false), &json!(1)));
}

#[test]
fn r1_one_millionth_above_the_limit_is_refused() {
    let weighted = |limit: &str| {
        Desk::with(
            &POLICY
                .replace("limit = 100", &format!("limit = {limit}"))
                .replace("[chips.MI325X]\nequivalence = 1", "[chips.MI325X]\nequivalence = 1.000001"),
        )
    };
    let exact = weighted("100.0001");
    exact.ok("register a --name Alpha --country CN");
    exact.ok("check a MI325X=100");
    let short = weighted("100.000099");
    short.ok("register a --name Alpha --country CN");
    let said = short.refused("check a MI325X=100", &["ceiling-exceeded"]);
    assert_eq!(said["ceilings"][0]["exceeded_by"], json!(0.000001));
    assert_eq!(said["largest_within"], json!({"MI325X": 99}));
}

#[test]
fn r1_quantities_are_1_to_1_000_000_000() {
    let desk = Desk::small();
    desk.refused("check a H200=0", &["quantity-invalid"]);
    desk.ok("check a H20=1_000_000_000");
    let said = desk.refused("check a H20=1_000_000_001", &["quantity-invalid"]);
    assert_eq!(said["ceilings"], json!([]), "D8: an invalid quantity must give no rows");
}

#[test]
fn r1_a_new_policy_weighs_old_usage_again() {
    let desk = Desk::small();
    desk.ok("approve D1 a MI325X=50");
    let heavier = POLICY.replace("[chips.MI325X]\nequivalence = 1", "[chips.MI325X]\nequivalence = 2");
    let file = desk.file("heavier.toml", &heavier);
    desk.ok(&format!("adopt {} --date 2026-04-01", file.display()));
    assert_eq!(desk.headroom("per-customer", "a", "2026-03-31")["used"], 50);
    assert_eq!(desk.headroom("per-customer", "a", "2026-04-01")["used"], 100);
    desk.refused("check a H200=1 --date 2026-04-01", &["ceiling-exceeded"]);
}

#[test]
fn r3_an_approval_and_its_shipments_are_never_both_counted() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.ok("ship X1 --licence D1 H200=25");
    let row = desk.headroom("per-customer", "a", "2026-03-01");
    let amounts = ["authorised", "shipped", "outstanding", "released", "committed", "used", "headroom"];
    assert_eq!(amounts.map(|name| row[name].as_i64().unwrap()), [60, 25, 35, 0, 60, 60, 40]);
    desk.ok("close D1 --reason surrendered --date 2026-03-02");
    let row = desk.headroom("per-customer", "a", "2026-03-02");
    assert_eq!(amounts.map(|name| row[name].as_i64().unwrap()), [60, 25, 0, 35, 25, 25, 75]);
}

#[test]
fn r3_a_shipped_ceiling_counts_only_shipments() {
    let desk = Desk::with(&POLICY.replace("limit = 100", "limit = 100\ncounts = \"shipped\""));
    desk.ok("register a --name Alpha --country CN");
    let said = desk.ok("approve D1 a H200=150");
    assert_eq!((&said["ceilings"][0]["requested"], &said["ceilings"][0]["counts"]), (&json!(0), &json!("shipped")));
    desk.ok("ship X1 --licence D1 H200=100");
    desk.refused("ship X2 --licence D1 H200=1", &["ceiling-exceeded"]);
}

#[test]
fn r4_the_last_valid_day_is_inclusive() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60 --expires 2026-03-31");
    desk.ok("ship X1 --licence D1 H200=10 --date 2026-03-31");
    desk.refused("ship X2 --licence D1 H200=10 --date 2026-04-01", &["licence-expired"]);
    assert_eq!(desk.headroom("per-customer", "a", "2026-03-31")["used"], 60);
    assert_eq!(desk.headroom("per-customer", "a", "2026-04-01")["used"], 10);
    assert_eq!(desk.headroom("per-customer", "a", "2026-04-01")["released"], 50);
}

#[test]
fn r4_a_shipment_never_exceeds_the_balance_of_a_chip() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=10 MI325X=5");
    desk.refused("ship X1 --licence D1 MI325X=6", &["balance-exceeded"]);
    let said = desk.refused("ship X1 --licence D1 H200=11 MI325X=5", &["balance-exceeded"]);
    assert_eq!(said["largest_within"], json!({"H200": 10, "MI325X": 5}));
    desk.ok("ship X1 --licence D1 H200=10 MI325X=5");
    desk.refused("ship X2 --licence D1 H200=1", &["balance-exceeded"]);
    desk.refused("ship X2 --licence D1 H20=1", &["chip-not-licensed"]);
}

#[test]
fn r4_an_amendment_is_never_below_what_has_shipped() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.ok("ship X1 --licence D1 H200=25");
    desk.refused("amend D1 H200=24", &["below-shipped"]);
    let said = desk.ok("amend D1 H200=25");
    assert_eq!(said["ceilings"][0]["requested"], -35, "D7: `requested` must be the net change");
    desk.ok("amend D1 H200=60 MI325X=40 --date 2026-03-02");
    desk.refused("amend D1 MI325X=41 --date 2026-03-03", &["ceiling-exceeded"]);
}

#[test]
fn r4_suspension_blocks_shipping_and_keeps_the_reservation() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.refused("reinstate D1 --reason cleared", &["licence-not-suspended"]);
    desk.ok("suspend D1 --reason diversion");
    desk.refused("ship X1 --licence D1 H200=1", &["licence-suspended"]);
    desk.refused("suspend D1 --reason again", &["licence-suspended"]);
    assert_eq!(desk.headroom("per-customer", "a", "2026-03-01")["used"], 60);
    desk.ok("reinstate D1 --reason cleared");
    desk.ok("ship X1 --licence D1 H200=1");
}

#[test]
fn r4_a_replacement_closes_the_old_licence_and_counts_alone() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=100");
    let said = desk.ok("approve D2 a H200=100 --replaces D1");
    assert_eq!((&said["ceilings"][0]["used"], &said["ceilings"][0]["requested"]), (&json!(100), &json!(0)));
    desk.refused("ship X1 --licence D1 H200=1", &["licence-closed"]);
    desk.refused("approve D3 a H200=1 --replaces D1", &["licence-closed", "ceiling-exceeded"]);
    desk.refused("approve D3 a H200=101 --replaces D2", &["ceiling-exceeded"]);
}

#[test]
fn r5_shipping_goes_on_up_to_a_tighter_cap_and_no_further() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=90");
    let tighter = desk.file("tighter.toml", &POLICY.replace("limit = 100", "limit = 40"));
    desk.ok(&format!("adopt {} --date 2026-04-01", tighter.display()));
    assert_eq!(desk.headroom("per-customer", "a", "2026-04-01")["headroom"], -50);
    let said = desk.refused("ship X1 --licence D1 H200=41 --date 2026-04-02", &["ceiling-exceeded"]);
    assert_eq!(said["ceilings"][0]["counts"], "shipped");
    desk.ok("ship X1 --licence D1 H200=40 --date 2026-04-02");
}

#[test]
fn r10_returns_restore_only_if_the_policy_says_so() {
    for (restores, used) in [("false", 60), ("true", 50)] {
        let desk = Desk::with(&format!("{POLICY}[returns]\nrestores = {restores}\n"));
        desk.ok("register a --name Alpha --country CN");
        desk.ok("approve D1 a H200=60");
        desk.ok("ship X1 --licence D1 H200=60");
        desk.refused("return R1 --shipment X2 H200=1", &["shipment-unknown"]);
        desk.refused("return R1 --shipment X1 H200=61", &["return-exceeded"]);
        desk.ok("return R1 --shipment X1 H200=10");
        desk.refused("return R2 --shipment X1 H200=51", &["return-exceeded"]);
        assert_eq!(desk.headroom("per-customer", "a", "2026-03-01")["used"], used);
        desk.refused("ship X3 --licence D1 H200=1", &["balance-exceeded"]);
    }
}

#[test]
fn r12_everything_is_reported_at_once_in_the_order_of_the_table() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=100");
    let said = desk.refused(
        "approve D2 nobody H100=5 H200=0 --destination XX --expires 2026-02-28 --replaces D9",
        &[
            "quantity-invalid",
            "customer-unknown",
            "chip-unknown",
            "country-unknown",
            "licence-unknown",
            "licence-expired",
        ],
    );
    assert_eq!(said["largest_within"], json!({"H100": 0, "H200": 0}));
    let said = desk.refused("check b H200=950 MI325X=60", &["ceiling-exceeded", "ceiling-exceeded"]);
    assert_eq!(said["largest_within"], json!({"H200": 100, "MI325X": 0}), "D9: the order of the items must count");
    assert_eq!(refused_with(&said), ["ceiling-exceeded"; 2]);
}

#[test]
fn r12_an_order_fits_from_the_day_after_a_lapse() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60 --expires 2026-09-30");
    desk.ok("approve D2 a H200=40 --expires 2026-12-31");
    let fits = |order: &str| desk.refused(order, &["ceiling-exceeded"])["fits_from"].clone();
    assert_eq!(fits("check a H200=60"), json!("2026-10-01"));
    assert_eq!(fits("check a H200=61"), json!("2027-01-01"));
    assert_eq!(fits("check a H200=101"), json!(null));
}

#[test]
fn d8_an_order_without_valid_quantities_has_no_rows() {
    let desk = Desk::small();
    assert_eq!(desk.refused("approve D1 a H200=0", &["quantity-invalid"])["ceilings"], json!([]));
    assert_eq!(desk.refused("approve D1 a H300=1", &["chip-unknown"])["ceilings"], json!([]));
    desk.ok("approve D1 a H200=1");
    assert_eq!(desk.refused("approve D1 a H200=2", &["licence-exists"])["ceilings"], json!([]));
    assert_eq!(desk.refused("approve D2 a H200=100", &["ceiling-exceeded"])["ceilings"].as_array().unwrap().len(), 2);
}

#[test]
fn below_leaves_out_the_share_itself() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=80");
    let groups = |below: u8| {
        let document = desk.ok(&format!("headroom --as-of 2026-03-01 --below {below}"));
        let rows = document["rows"].as_array().unwrap().iter().map(|row| row["group"].clone());
        rows.collect::<Vec<_>>()
    };
    assert_eq!(groups(20), [""; 0], "20 of the customer's 100 are left");
    assert_eq!(groups(21), ["a"]);
    assert_eq!(groups(92), ["a"], "920 of the nation's 1,000 are left");
    assert_eq!(groups(93), ["a", "CN"]);
}
