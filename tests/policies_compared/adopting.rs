//! `adopt` prints the impact of a policy and records it.

use crate::*;

#[test]
fn adopt_prints_the_impact_and_writes() {
    let folder = january();
    let before = bytes(&folder);
    let adopt = format!("adopt {CAP} --date 2026-03-05 --clock 2026-03-05T08:00:00Z");
    let ran = run(folder.path(), &format!("{adopt} --dry-run"));
    assert_eq!((ran.exit, bytes(&folder) == before), (0, true), "a dry run must write nothing");
    assert!(ran.stdout.contains("\nImpact on 2026-03-05 of policy china-cap"), "{}", ran.stdout);

    let ran = run(folder.path(), &adopt);
    assert_eq!(ran.exit, 0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("RECORDED as entry 7: policy china-cap 2026-03-03"), "{}", ran.stdout);
    assert!(lines[3].starts_with("Impact on 2026-03-05 of policy china-cap 2026-03-03 (proposed): 2 ceilings over"));
    assert!(ran.stdout.contains("replace: H200 from 150,000 to 75,000, MI325X from 50,000 to 0"), "{}", ran.stdout);
    assert_ne!(bytes(&folder), before);
    let (exit, headroom) = json(folder.path(), "headroom --as-of 2026-03-05");
    assert_eq!((exit, &headroom["rows"][0]["headroom"]), (0, &json!(-125_000)), "headroom must be as in the impact");
    let ran = run(folder.path(), &adopt);
    assert!(ran.stdout.starts_with("ALREADY RECORDED") && !ran.stdout.contains("Impact"), "{}", ran.stdout);
}

#[test]
fn the_decision_document_of_adopt_has_the_impact_as_warnings() {
    let folder = january();
    let keys = |document: &Value| document.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let (_, check) = json(folder.path(), "check alibaba H200=1 --date 2026-01-20");
    let (exit, document) = json(folder.path(), &format!("adopt {CAP} --date 2026-03-05"));
    assert_eq!((exit, &document["decision"]), (0, &json!("recorded")));
    assert_eq!(keys(&document), keys(&check));
    let warnings: Vec<&str> =
        document["warnings"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert_eq!(warnings.len(), 4, "two ceilings and two licences must each have a warning: {warnings:?}");
    assert!(warnings[0].starts_with("impact: `per-customer` for `alibaba` is over by 125,000"), "{warnings:?}");
    let (_, document) = json(folder.path(), "adopt rule.toml --date 2026-04-01");
    assert_eq!(document["warnings"], json!([]));
}

#[test]
fn a_ledger_conforms_once_the_proposals_of_adopt_are_recorded() {
    let folder = ledger(
        "approve D1100001 alibaba H200=200000 --date 2026-01-16
         approve D1100002 tencent H200=200000 --date 2026-01-17",
    );
    let clock = "--date 2026-03-05 --clock 2026-03-05T08:00:00Z";
    for line in [format!("adopt {CAP}"), "amend D1100001 H200=75000".to_owned(), "amend D1100002 H200=75000".to_owned()]
    {
        assert_eq!(run(folder.path(), &format!("{line} {clock}")).exit, 0, "{line}");
    }
    let (_, document) = json(folder.path(), &format!("whatif --policy {CAP} --date 2026-03-05"));
    assert_eq!((&document["over"], &document["licences"]), (&json!([]), &json!([])));
}

#[test]
fn a_refused_adoption_shows_its_impact_and_writes_nothing() {
    let folder = january();
    let before = bytes(&folder);
    let ran = run(folder.path(), &format!("adopt {CAP} --date 2026-01-16 --clock 2026-03-05T08:00:00Z"));
    assert_eq!((ran.exit, bytes(&folder) == before), (1, true));
    assert!(ran.stdout.starts_with("REFUSED"), "{}", ran.stdout);
    let impact = ran.stdout.find("\nImpact on 2026-01-16");
    let refusal = ran.stdout.find("\nrefused [policy-retroactive]");
    assert!(impact.is_some() && impact < refusal, "{}", ran.stdout);
}
