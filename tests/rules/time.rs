//! R6 (effective order): a late entry is judged against the past it belongs to, and against everything after it.

use crate::desk::Desk;
use serde_json::json;

#[test]
fn r6_a_late_approval_may_not_break_a_later_one() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60 --date 2026-04-01");
    let said = desk.refused("approve D2 a H200=41 --date 2026-03-01", &["ceiling-exceeded"]);
    assert_eq!(said["refusals"][0]["entry"], 4);
    let row = &said["ceilings"][0];
    assert_eq!((&row["after"], &row["exceeded_by"]), (&json!(101), &json!(1)), "D44: the verdict at that entry");
    assert_eq!(said["largest_within"], json!({"H200": 40}), "D9: later entries must count");
    desk.ok("approve D2 a H200=40 --date 2026-03-01");
}

#[test]
fn r6_a_late_shipment_may_not_take_chips_shipped_since() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60");
    desk.ok("ship X1 --licence D1 H200=50 --date 2026-04-01");
    let said = desk.refused("ship X2 --licence D1 H200=11 --date 2026-03-15", &["balance-exceeded"]);
    assert_eq!(said["refusals"][0]["entry"], 5);
    desk.ok("ship X2 --licence D1 H200=10 --date 2026-03-15");
}

#[test]
fn r6_nothing_is_recorded_before_it_happened() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=1 --date 2026-07-01");
    desk.refused("approve D2 a H200=1 --date 2026-07-02", &["date-in-future"]);
    desk.ok("check a H200=1 --date 2027-07-02");
    let policy = desk.file("next.toml", &crate::desk::POLICY.replace("\"1\"", "\"2\""));
    desk.ok(&format!("adopt {} --date 2027-01-01", policy.display()));
}

#[test]
fn d4_on_one_day_seq_decides_and_lapses_come_first() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=100 --expires 2026-03-31");
    desk.ok("approve D2 a H200=100 --date 2026-04-01");
    desk.refused("approve D3 a H200=1 --date 2026-04-01", &["ceiling-exceeded"]);
    desk.refused("ship X1 --licence D2 H200=1 --date 2026-03-31", &["licence-not-yet-valid"]);
}

#[test]
fn d12_a_late_shipment_under_a_lapsed_licence_is_recorded() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60 --expires 2026-03-31");
    desk.ok("ship X1 --licence D1 H200=10 --date 2026-03-20");
    assert_eq!(desk.headroom("per-customer", "a", "2026-04-01")["used"], 10);
}

#[test]
fn d11_an_extension_may_not_keep_room_given_away_since() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=100 --expires 2026-03-31");
    desk.ok("approve D2 a H200=100 --date 2026-04-01");
    let said = desk.refused("amend D1 --expires 2026-04-01 --date 2026-03-15", &["ceiling-exceeded"]);
    assert_eq!(said["refusals"][0]["entry"], 5);
    desk.refused("amend D1 --expires 2026-12-31 --date 2026-04-01", &["licence-expired", "ceiling-exceeded"]);
}

#[test]
fn d9_an_order_fits_on_no_day_that_breaks_a_later_entry() {
    let desk = Desk::small();
    desk.ok("approve D1 a H200=60 --expires 2026-04-30");
    desk.ok("approve D2 a H200=70 --date 2026-06-01 --expires 2026-06-15");
    let said = desk.refused("check a H200=50", &["ceiling-exceeded"]);
    assert_eq!(said["fits_from"], "2026-06-16", "it fits on 1 May, but D2 would no longer fit");
    assert_eq!(desk.refused("check a H200=41", &["ceiling-exceeded"])["fits_from"], "2026-06-16");
    assert_eq!(desk.ok("check a H200=30")["fits_from"], json!(null));
}

#[test]
fn d43_an_order_fits_when_a_stricter_exception_ends() {
    let desk = Desk::small();
    desk.ok("grant --ceiling per-customer --group a --limit 10 --authority letter --expires 2026-04-15");
    assert_eq!(desk.refused("check a H200=11", &["ceiling-exceeded"])["fits_from"], "2026-04-16");
    assert_eq!(desk.refused("check a H200=101", &["ceiling-exceeded"])["fits_from"], json!(null));
}
