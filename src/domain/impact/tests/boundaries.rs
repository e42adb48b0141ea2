//! Tests exact boundaries: when a ceiling is exceeded, and which licences are cut by how much.

use super::*;
use crate::domain::policy::Prohibition;

#[test]
fn r1_the_limit_itself_is_within_and_one_more_is_not() {
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("H200", 75_000)]);
    assert!(ledger.impact(policy(CAP, CHIPS)).is_nothing());
    ledger.approve("2026-01-11", "L2", "alibaba", &[("H200", 1)]);
    let found = ledger.impact(policy(CAP, CHIPS));
    assert_eq!(found.over[0].over_by, Units::from_whole(1));
    assert_eq!(found.over[0].still_over_by, Units::ZERO);
    assert_eq!(totals(&found), [cut("L2", Remedy::Close, &[("H200", 0)])]);
}

#[test]
fn r1_a_cut_keeps_the_largest_whole_number_of_chips_that_fits() {
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("MI325X", 56_761)]);
    assert!(ledger.impact(policy(CAP, CHIPS)).is_nothing(), "56,761 of 1.321311 are 74,998.933671");
    ledger.approve("2026-01-11", "L2", "alibaba", &[("MI325X", 3_239)]);
    let found = ledger.impact(policy(CAP, CHIPS));
    assert_eq!(found.over[0].over_by, "4278.66".parse().unwrap());
    assert_eq!(totals(&found), [cut("L2", Remedy::Close, &[("MI325X", 0)])]);

    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("MI325X", 60_000), ("H200", 10)]);
    let found = ledger.impact(policy(CAP, CHIPS));
    let kept = [cut("L1", Remedy::Amend, &[("MI325X", 56_761), ("H200", 1)])];
    assert_eq!(totals(&found), kept, "filled in the order of the items: 1.066329 are left, room for one H200");
}

#[test]
fn d30_the_licence_with_the_newest_date_is_cut_first() {
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-20", "newer", "alibaba", &[("H200", 40_000)]);
    ledger.approve("2026-01-10", "older", "alibaba", &[("H200", 60_000)]);
    let found = ledger.impact(policy(CAP, CHIPS));
    assert_eq!(totals(&found), [cut("newer", Remedy::Amend, &[("H200", 15_000)])]);
}

#[test]
fn r4_no_cut_goes_below_the_shipped_quantity() {
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("H200", 60_000)]);
    ledger.approve("2026-01-11", "L2", "alibaba", &[("H200", 60_000), ("H20", 5)]);
    ledger.ship("2026-01-12", "X1", "L2", &[("H200", 50_000)]);
    let found = ledger.impact(policy(CAP, CHIPS));
    assert_eq!(
        totals(&found),
        [cut("L2", Remedy::Amend, &[("H200", 50_000)]), cut("L1", Remedy::Amend, &[("H200", 25_000)])]
    );
    assert_eq!(found.over[0].may_still_ship, Units::from_whole(25_000));
    ledger.ship("2026-01-13", "X2", "L1", &[("H200", 30_000)]);
    let found = ledger.impact(policy(CAP, CHIPS));
    assert_eq!(totals(&found)[1], cut("L1", Remedy::Amend, &[("H200", 30_000)]));
    assert_eq!(found.over[0].may_still_ship, Units::ZERO);
    assert_eq!(found.over[0].still_over_by, Units::from_whole(5_000));
}

#[test]
fn d30_each_cut_counts_for_every_ceiling() {
    let both: &[(&str, Scope, u64, Counts)] = &[
        CAP[0],
        ("national", Scope::Country, 140_000, Counts::Committed),
        ("h200", Scope::Chip, 1_000_000, Counts::Committed),
    ];
    let mut ledger = Ledger::of_customers(&["alibaba", "tencent"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("H200", 100_000)]);
    ledger.approve("2026-01-11", "L2", "tencent", &[("H200", 100_000)]);
    let found = ledger.impact(policy(both, CHIPS));
    assert_eq!(found.over.len(), 3, "two families and their country");
    assert!(found.over.iter().all(|row| row.still_over_by == Units::ZERO));
    assert_eq!(
        totals(&found),
        [cut("L2", Remedy::Amend, &[("H200", 65_000)]), cut("L1", Remedy::Amend, &[("H200", 75_000)])]
    );
    assert_eq!(found.licences[0].reasons.len(), 2, "its family's ceiling, then its country's");
}

#[test]
fn cuts_leave_nothing_of_a_prohibited_chip_and_cut_nothing_for_a_destination() {
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("H200", 10), ("MI325X", 10)]);
    ledger.approve("2026-01-11", "done", "alibaba", &[("MI325X", 10)]);
    ledger.ship("2026-01-12", "X1", "done", &[("MI325X", 10)]);
    let mut stricter = policy(&[], CHIPS);
    stricter.chips[1].prohibited = Some(Prohibition { reason: Text::new("too fast"), is_outside: false });
    let found = ledger.impact(stricter.clone());
    assert_eq!(totals(&found), [cut("L1", Remedy::Replace, &[("MI325X", 0)])], "what has left has left");
    assert_eq!(found.dropped_chips, []);
    ledger.ship("2026-01-13", "X2", "L1", &[("MI325X", 4)]);
    assert_eq!(totals(&ledger.impact(stricter)), [cut("L1", Remedy::Amend, &[("MI325X", 4)])]);

    let mut elsewhere = policy(&[], CHIPS);
    elsewhere.destinations = Some(vec![Country::new("HK")]);
    let found = ledger.impact(elsewhere);
    assert_eq!(totals(&found), [("L1".to_owned(), None, Vec::new())]);
    assert!(found.over.is_empty() && !found.is_nothing());
    let found = ledger.impact(policy(&[], &CHIPS[..1]));
    assert_eq!(found.dropped_chips, [ChipName::new("MI325X")]);
    assert_eq!(totals(&found), [cut("L1", Remedy::Amend, &[("MI325X", 4)])]);
}

#[test]
fn no_cut_helps_under_a_ceiling_that_counts_shipped_chips() {
    let shipped: &[(&str, Scope, u64, Counts)] = &[("cap", Scope::Total, 10, Counts::Shipped)];
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("H200", 100)]);
    ledger.ship("2026-01-12", "X1", "L1", &[("H200", 10)]);
    assert!(ledger.impact(policy(shipped, CHIPS)).is_nothing());
    ledger.ship("2026-01-13", "X2", "L1", &[("H200", 1)]);
    let found = ledger.impact(policy(shipped, CHIPS));
    assert_eq!((found.over[0].over_by, found.over[0].still_over_by), (Units::from_whole(1), Units::from_whole(1)));
    assert_eq!(found.licences, []);
}

#[test]
fn a_ceiling_of_one_chip_cuts_that_chip_alone() {
    let five: &[(&str, Scope, u64, Counts)] = &[("chip", Scope::Chip, 5, Counts::Committed)];
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("MI325X", 3), ("H200", 5)]);
    assert!(ledger.impact(policy(five, CHIPS)).is_nothing());
    ledger.approve("2026-01-11", "L2", "alibaba", &[("MI325X", 7), ("H20", 1_000), ("H200", 5)]);
    let found = ledger.impact(policy(five, CHIPS));
    assert_eq!(found.over.iter().map(|row| row.still_over_by).collect::<Vec<_>>(), [Units::ZERO; 2]);
    assert_eq!(totals(&found), [cut("L2", Remedy::Replace, &[("MI325X", 0), ("H200", 0)])]);
}

#[test]
fn a_licensees_ceiling_cuts_the_licences_of_every_spelling() {
    let held: &[(&str, Scope, u64, Counts)] = &[("licensee", Scope::Licensee, 10, Counts::Committed)];
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    for (day, licence, licensee) in [(10, "L1", "Lenovo"), (11, "L2", "LENOVO"), (12, "L3", "Inspur")] {
        let Event::Approval(approval) = approval(licence, "alibaba", &[("H200", 8)]) else { panic!("an approval") };
        let approval = Approval { licensee: Some(Name::new(licensee)), ..approval };
        ledger.record(&format!("2026-01-{day}"), Event::Approval(approval));
    }
    let found = ledger.impact(policy(held, CHIPS));
    assert_eq!(totals(&found), [cut("L2", Remedy::Amend, &[("H200", 2)])]);
}

#[test]
fn d17_a_policy_may_drop_a_chip_whose_entries_are_all_void() {
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("MI325X", 10)]);
    assert_eq!(ledger.impact(policy(&[], &CHIPS[..1])).dropped_chips, [ChipName::new("MI325X")]);
    ledger.record("2026-01-11", Event::Void(Void { entry: 3, reason: Text::new("misread") }));
    assert!(ledger.impact(policy(&[], &CHIPS[..1])).is_nothing());
}
