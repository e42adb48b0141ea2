//! The policies of the repository pass their tests, and the tests notice a policy that was loosened.

use crate::*;
use std::path::PathBuf;

fn files(ending: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(root().join("policies")).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.to_str().unwrap().ends_with(ending)).collect();
    files.sort();
    files
}

#[test]
fn every_policy_is_covered_by_the_tests_beside_it() {
    let tests = files(".tests.toml");
    let tested: Vec<_> = tests.iter().map(|path| path.to_str().unwrap().replace(".tests.toml", ".toml")).collect();
    let policies: Vec<_> = files(".toml").into_iter().filter(|path| !tests.contains(path)).collect();
    let without: Vec<_> = policies.iter().filter(|path| !tested.contains(&path.to_str().unwrap().to_owned())).collect();
    assert!(without.is_empty() && !tests.is_empty(), "these policies have no tests: {without:?}");
    let names: Vec<_> = tests.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let ran = run(&root().join("policies"), &format!("policy test {} --coverage", names.join(" ")));
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_loosened_policy_fails_its_tests() {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("policies"), folder.path());
    let path = folder.path().join(CAP);
    let policy = fs::read_to_string(&path).unwrap();
    for (rule, loosened) in [
        ("limit   = 75_000", "limit   = 75_001"),
        ("limit   = 75_000", "limit   = 74_999"),
        ("limit   = 1_000_000", "limit   = 1_000_001"),
        ("scope   = \"country\"", "scope   = \"licensee\""),
        ("equivalence = 1\naliases     = [\"MI325\"]", "equivalence = 0.999999\naliases     = [\"MI325\"]"),
        ("equivalence = 0 ", "equivalence = 0.000001 "),
        ("prohibited =", "equivalence = 1 #"),
        ("\"HK\", \"MO\"]    #", "\"HK\", \"MO\", \"MY\"] #"),
        ("\"us-availability\", ", ""),
        ("\"third-party-test\"", ""),
        ("\"entity-list\" = \"refuse\"", "\"entity-list\" = \"warn\""),
        ("\"1260H\"       = \"warn\"", "\"1260H\" = \"refuse\""),
        ("restores = false", "restores = true"),
    ] {
        assert!(policy.contains(rule), "{rule}");
        fs::write(&path, policy.replacen(rule, loosened, 1)).unwrap();
        let ran = run(folder.path(), &format!("policy test {}", CAP.replace(".toml", ".tests.toml")));
        assert_ne!(ran.exit, 0, "{loosened}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn tests_touch_no_file() {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("policies"), folder.path());
    let names = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        files.map(|path| (path.clone(), fs::read(path).unwrap())).collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = names();
    assert_eq!(run(folder.path(), "policy test china-cap-2026-03.tests.toml").exit, 0);
    assert!(names() == before);
}
