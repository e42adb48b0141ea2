//! `whatif` shows which licences another policy would cut, to which quantities, and which entries it would refuse.

use crate::*;

#[test]
fn january_licences_are_cut_to_the_ceilings_of_march() {
    let folder = january();
    let before = bytes(&folder);
    let (exit, document) = json(folder.path(), &format!("whatif --policy {CAP} --date 2026-03-05"));
    assert_eq!((exit, &document["schema"], &document["as_of"]), (1, &json!("exquota/whatif/1"), &json!("2026-03-05")));
    assert_eq!(document["policy"]["name"], "china-cap");
    for (row, group) in [(0, "alibaba"), (1, "tencent")] {
        let row = &document["over"][row];
        assert_eq!((&row["ceiling"], &row["group"]), (&json!("per-customer"), &json!(group)));
        assert_eq!((&row["limit"], &row["used"], &row["over_by"]), (&json!(75_000), &json!(200_000), &json!(125_000)));
    }
    assert_eq!(document["over"][0]["may_still_ship"], 74_488, "75,000 less the 512 that have shipped");
    assert_eq!(
        proposed(&document),
        json!([["D1100002", "replace", {"H200": 75_000, "MI325X": 0}], ["D1100001", "amend", {"H200": 75_000}]])
    );
    assert_eq!(document["licences"][0]["reasons"][0]["code"], "ceiling-exceeded");
    assert_eq!((&document["first_refused"]["entry"], &document["refused_entries"]), (&json!(4), &json!(3)));
    let codes: Vec<&Value> =
        document["first_refused"]["refusals"].as_array().unwrap().iter().map(|refusal| &refusal["code"]).collect();
    assert_eq!(codes, ["attestation-missing", "attestation-missing", "ceiling-exceeded"]);
    assert_eq!(bytes(&folder), before, "whatif must write nothing");
}

#[test]
fn whatif_prints_the_verdict_first_and_exits_by_it() {
    let folder = january();
    let ran = run(folder.path(), &format!("whatif --policy {CAP} --date 2026-03-05"));
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stdout.starts_with(
            "DOES NOT CONFORM: the ledger under policy china-cap 2026-03-03 (proposed), as of 2026-03-05\n"
        )
    );
    assert!(ran.stdout.contains("amend H200 from 200,000 to 75,000 (512 shipped)"), "{}", ran.stdout);
    assert!(ran.stdout.contains("the first is entry 4 of 2026-01-16: approval D1100001"), "{}", ran.stdout);
    let ran = run(folder.path(), "whatif --policy rule.toml");
    assert_eq!(ran.exit, 0);
    assert!(ran.stdout.starts_with("CONFORMS: "), "{}", ran.stdout);
    assert_eq!(run(folder.path(), "whatif").exit, 2);
    fs::write(folder.path().join("bad.toml"), "name = 1").unwrap();
    assert_eq!(run(folder.path(), "whatif --policy bad.toml").exit, 3);
    assert_eq!(run(folder.path(), "whatif --policy none.toml").exit, 4);
}

#[test]
fn decimals_leave_the_largest_whole_number_that_fits() {
    let folder = ledger(
        "approve D1100001 alibaba MI325X=56761 --date 2026-01-16
         approve D1100002 tencent MI325X=56762 --date 2026-01-17",
    );
    let (exit, document) = json(folder.path(), &format!("whatif --policy {TPP} --date 2026-03-05"));
    assert_eq!(exit, 1);
    assert_eq!(proposed(&document), json!([["D1100002", "amend", {"MI325X": 56_761}]]));
    let ran = run(folder.path(), &format!("whatif --policy {TPP} --date 2026-03-05 --format json"));
    assert!(ran.stdout.contains("\"used\": 75000.254982"), "56,762 times 1.321311 must be exact:\n{}", ran.stdout);
    assert!(ran.stdout.contains("\"over_by\": 0.254982"), "{}", ran.stdout);
}

#[test]
fn the_newest_licences_are_cut_first_and_never_below_what_has_shipped() {
    let folder = ledger(
        "approve D1100001 alibaba H200=50000 --date 2026-01-16
         approve D1100003 alibaba H200=50000 --date 2026-01-18
         approve D1100002 alibaba H200=50000 --date 2026-01-17
         ship X20260119000001 --licence D1100003 H200=40000 --date 2026-01-19",
    );
    let (_, document) = json(folder.path(), &format!("whatif --policy {CAP} --date 2026-03-05"));
    assert_eq!(
        proposed(&document),
        json!([
            ["D1100003", "amend", {"H200": 40_000}],
            ["D1100002", "close", {"H200": 0}],
            ["D1100001", "amend", {"H200": 35_000}],
        ])
    );
}

#[test]
fn whatif_names_a_chip_in_use_that_the_policy_leaves_out() {
    let folder = january();
    fs::write(folder.path().join("fewer.toml"), RULE.split("[chips.MI325X]").next().unwrap()).unwrap();
    let (exit, document) = json(folder.path(), "whatif --policy fewer.toml --date 2026-03-05");
    assert_eq!((exit, &document["dropped_chips"]), (1, &json!(["MI325X"])));
    assert_eq!(proposed(&document), json!([["D1100002", "replace", {"MI325X": 0}]]));
    assert_eq!(document["first_refused"]["refusals"][0]["code"], "chip-unknown");
    let before = bytes(&folder);
    let ran = run(folder.path(), "adopt fewer.toml --date 2026-03-05");
    assert_eq!((ran.exit, bytes(&folder) == before), (1, true));
    assert!(ran.stdout.starts_with("REFUSED"), "{}", ran.stdout);
}

#[test]
fn d20_a_return_is_judged_again_by_its_shipment() {
    let folder = ledger(
        "approve D1100001 alibaba H200=100 --date 2026-01-16
         ship X20260119000001 --licence D1100001 H200=50 --date 2026-01-17
         ship X20260119000002 --licence D1100001 H200=50 --date 2026-01-18
         return R1 --shipment X20260119000001 H200=50 --date 2026-01-19",
    );
    let (exit, document) = json(folder.path(), "whatif --policy rule.toml --date 2026-01-20");
    assert_eq!((exit, &document["refused_entries"]), (0, &json!(0)));
}
