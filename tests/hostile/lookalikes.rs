//! A registration warns of a name that only looks like another customer's (R2).

use super::desk::{Desk, POLICY};
use super::texts::run;
use serde_json::Value;

const MIXED: &str = "mixes scripts: `а` (U+0430, Cyrillic) stands among Latin letters";

fn warnings(document: &Value) -> Vec<&str> {
    document["warnings"].as_array().unwrap().iter().map(|warning| warning.as_str().unwrap()).collect()
}

#[test]
fn a_cyrillic_letter_in_a_latin_name_gets_a_warning() {
    let desk = Desk::small();
    desk.ok("register alibaba --name 'Alibaba Group' --country CN");
    let said = desk.ok("register other --name 'аlibaba' --country CN --alias 'Tenсent'");
    let told = warnings(&said);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("name `аlibaba`") && told[0].contains(MIXED), "{told:?}");
    assert!(told[1].contains("looks like `alibaba` of customer `alibaba`"), "{told:?}");
    assert!(told[2].starts_with("alias `Tenсent` mixes scripts: `с` (U+0441, Cyrillic)"), "{told:?}");
}

#[test]
fn a_name_that_looks_like_another_gets_a_warning() {
    let desk = Desk::small();
    desk.ok("register shell --name Shell --country CN");
    for (id, name) in [("s1", "Ѕһеӏӏ"), ("she11", "Other"), ("s3", "SheIl")] {
        let said = desk.ok(&format!("register {id} --name '{name}' --country CN"));
        let told = warnings(&said);
        assert!(
            told.iter().any(|told| told.contains("looks like `") && told.contains("another name")),
            "{name}: {told:?}"
        );
    }
}

#[test]
fn ordinary_names_get_no_warning() {
    let desk = Desk::small();
    for (id, name) in
        [("c1", "阿里巴巴 Alibaba"), ("c2", "トヨタ Toyota 自動車"), ("c3", "삼성전자 Samsung"), ("c4", "Газпром")]
    {
        let said = desk.ok(&format!("register {id} --name '{name}' --country CN --alias '{name} 1'"));
        assert_eq!(warnings(&said), [""; 0]);
    }
}

#[test]
fn only_new_names_get_a_warning() {
    let desk = Desk::small();
    desk.ok("register other --name 'аlibaba' --country CN");
    assert_eq!(warnings(&desk.ok("register other --alias Baba")), [""; 0]);
}

#[test]
fn customers_of_init_get_warnings_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("p.toml"), POLICY).unwrap();
    std::fs::write(
        path("c.csv"),
        "id,name,country,parent,aliases\nalibaba,Alibaba,CN\nb,Beta,CN,,Аlibaba;Быт\n".replace("CN\nb", "CN,,\nb"),
    )
    .unwrap();
    let (policy, customers, ledger) = (path("p.toml"), path("c.csv"), path("l.jsonl"));
    let args = ["exquota", "init", "--policy", &policy, "--customers", &customers, "--ledger", &ledger, "--dry-run"];
    let text = run(&args);
    assert!(
        text.err.contains("warning: line 3: alias `Аlibaba` mixes scripts: `А` (U+0410, Cyrillic)"),
        "{}",
        text.err
    );
    let json = run(&[&args[..], &["--format", "json"]].concat());
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(warnings(&document).len(), 2, "{document:#}");
}

#[test]
fn a_warning_of_register_is_in_its_document_and_once_on_standard_error() {
    let desk = Desk::small();
    let ledger = desk.path().display().to_string();
    let args =
        ["exquota", "register", "a", "--drop-alias", "nobody", "--drop-flag", "none", "--dry-run", "--ledger", &ledger];
    let json = run(&[&args[..], &["--format", "json"]].concat());
    let told = ["customer `a` has no alias `nobody` to drop", "customer `a` has no flag `none` to drop"];
    assert_eq!(warnings(&serde_json::from_str(&json.out).unwrap()), told);
    for printed in [json, run(&args)] {
        for told in told {
            assert_eq!(printed.err.matches(told).count(), 1, "{}", printed.err);
        }
    }
}
