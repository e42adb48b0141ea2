//! Tests whole runs: the proposed amendments make a ledger conform, and another policy judges a ledger from line 1.

use super::*;

#[test]
fn the_rules_admit_the_proposed_amendments_and_the_ledger_then_conforms() {
    let mut ledger = Ledger::of_customers(&["alibaba", "tencent"]);
    ledger.approve("2026-01-10", "short", "alibaba", &[("H200", 900_000)]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("MI325X", 50_000), ("H200", 9_000)]);
    ledger.approve("2026-01-11", "L2", "alibaba", &[("H200", 7), ("MI325X", 70_000)]);
    ledger.ship("2026-01-12", "X1", "L2", &[("H200", 7), ("MI325X", 3)]);
    ledger.approve("2026-01-13", "L3", "tencent", &[("H200", 75_000)]);
    let cap = policy(CAP, CHIPS);
    let found = ledger.impact(cap.clone());
    assert_eq!(found.licences.len(), 2, "`short` has lapsed, and is not cut");
    assert_eq!(found, ledger.impact(cap.clone()), "a look changes nothing");
    ledger.record("2026-03-05", Event::Policy(adoption(cap.clone())));
    for licence in &found.licences {
        assert_eq!(licence.remedy, Some(Remedy::Amend));
        let given = licence.amendment.iter().map(|total| (total.chip.clone(), total.to.try_into().unwrap())).collect();
        let amendment = Amendment {
            licence: licence.licence.clone(),
            items: OrderedMap::new(given),
            value: None,
            expires: None,
            authority: None,
        };
        ledger.record("2026-03-05", Event::Amendment(amendment));
    }
    assert!(ledger.impact(cap).is_nothing());
}

#[test]
fn d20_another_policy_judges_the_whole_ledger_without_voided_entries() {
    let mut ledger = Ledger::of_customers(&["alibaba"]);
    ledger.approve("2026-01-10", "L1", "alibaba", &[("H200", 75_001)]);
    ledger.record("2026-01-10", Event::Void(Void { entry: 3, reason: Text::new("misread") }));
    ledger.approve("2026-01-10", "L1", "alibaba", &[("H200", 75_000)]);
    ledger.record("2026-01-11", Event::Policy(adoption(policy(&[], CHIPS))));
    let cap = adoption(policy(CAP, CHIPS));
    assert_eq!(ledger.0.rejudged(&cap).unwrap(), []);
    ledger.approve("2026-01-12", "L2", "alibaba", &[("H200", 1)]);
    let refused = ledger.0.rejudged(&cap).unwrap();
    assert_eq!(refused.iter().map(|finding| finding.entry).collect::<Vec<_>>(), [7]);
    assert_eq!(ledger.0.findings(), [], "the ledger itself stays as it is");
}
