//! `policy diff` shows the smallest order that two policies decide differently.

use crate::*;

#[test]
fn cap_and_tpp_decide_an_order_of_mi325x_differently() {
    let folder = january();
    let (exit, document) = json(folder.path(), &format!("policy diff {CAP} {TPP}"));
    assert_eq!((exit, &document["schema"]), (1, &json!("exquota/policy-diff/1")));
    let verdicts: Vec<&Value> = document["ceilings"].as_array().unwrap().iter().map(|row| &row["verdict"]).collect();
    assert_eq!(verdicts, ["same", "same"]);
    let chips = document["chips"].as_array().unwrap();
    let chip = chips.iter().find(|chip| chip["chip"] == "MI325X").unwrap();
    assert_eq!((&chip["verdict"], &chip["prohibited_a"]), (&json!("stricter"), &Value::Null));
    let first_over = 75_000_000_000_u64 / 1_321_311 + 1;
    assert_eq!(
        chip["smallest"],
        json!({"quantity": first_over, "admitted_by": "a", "refused_by": "b", "code": "ceiling-exceeded", "ceiling": "per-customer"})
    );
    assert_eq!(first_over, 56_762);
    assert!(chips.iter().filter(|chip| chip["chip"] != "MI325X").all(|chip| chip["smallest"].is_null()));

    // The two policies really decide so.
    for (policy, exit) in [(CAP, 0), (TPP, 1)] {
        let folder = tempfile::tempdir().unwrap();
        copy_files(&root().join("policies"), folder.path());
        run(folder.path(), &format!("init --policy {policy} --date 2026-03-03"));
        run(folder.path(), "register alibaba --name 'Alibaba Group' --country CN --date 2026-03-03");
        assert_eq!(run(folder.path(), "check alibaba MI325X=56761").exit, 0);
        assert_eq!(run(folder.path(), "check alibaba MI325X=56762").exit, exit, "{policy}");
    }
}

#[test]
fn the_exit_code_of_policy_diff_is_its_answer() {
    let folder = january();
    let ran = run(folder.path(), &format!("policy diff {CAP} {CAP}"));
    assert_eq!(ran.exit, 0);
    assert!(ran.stdout.starts_with("ALIKE\n"), "{}", ran.stdout);
    let ran = run(folder.path(), &format!("policy diff rule.toml {CAP}"));
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stdout.contains("75,001: A admits it, B refuses it, ceiling-exceeded (per-customer)"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("destinations.allowed: anywhere → CN, HK, MO"), "{}", ran.stdout);
    let (_, document) = json(folder.path(), &format!("policy diff rule.toml {CAP}"));
    let row = &document["ceilings"][0];
    assert_eq!((&row["only_in"], &row["limit_a"], &row["verdict"]), (&json!("b"), &Value::Null, &json!("added")));
    assert_eq!(run(folder.path(), &format!("policy diff {CAP}")).exit, 2);
}
