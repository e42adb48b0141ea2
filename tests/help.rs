//! The help: every verb in a group, two examples of each that run, and what the program says where it was misunderstood.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[allow(dead_code, reason = "each test takes what it needs")]
mod support;

use std::collections::BTreeSet;
use std::fs;
use support::{copy_files, exquota, ok, root, words};

/// The verbs in the help, in its order: `check`, `policy check`.
fn verbs() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let help = ok(folder.path(), "--help");
    let groups = help.split("\n\n").skip_while(|part| !part.starts_with("Begin here:"));
    let groups = groups.take_while(|part| !part.starts_with("Options:"));
    let lines = groups.flat_map(|group| group.lines().skip(1));
    let named = lines.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    named.map(|line| line.split("  ").next().unwrap().to_owned()).collect()
}

/// The examples in the help of a verb.
fn examples(verb: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let help = ok(folder.path(), &format!("{verb} --help")).replace(" \\\n   ", "");
    let (_, examples) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{verb} has no examples"));
    examples.lines().map(|line| line.strip_prefix("  exquota ").expect("an example").to_owned()).collect()
}

/// The manual has a page for every verb, and the help a line.
#[test]
fn the_help_lists_every_verb() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), "man --into .");
    let pages = fs::read_dir(folder.path()).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<String> = pages.filter_map(|page| Some(page.strip_suffix(".1")?.to_owned())).collect();
    let mut listed: BTreeSet<String> =
        verbs().iter().map(|verb| format!("exquota-{}", verb.replace(' ', "-"))).collect();
    assert_eq!(listed.len(), verbs().len(), "no verb is listed twice");
    listed.extend(["exquota", "exquota-policy"].map(str::to_owned));
    assert_eq!(pages, listed);
}

#[test]
fn every_verb_has_two_examples_and_they_run() {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("fixtures/examples"), folder.path());
    fs::create_dir(folder.path().join("policies")).unwrap();
    copy_files(&root().join("policies"), &folder.path().join("policies"));
    let mut wrong = Vec::new();
    for verb in verbs() {
        let examples = examples(&verb);
        assert_eq!(examples.len(), 2, "{verb}");
        for example in examples {
            assert!(example.starts_with(&verb), "{example}");
            // A question needs somebody who answers; tests/terminal asks.
            if example.contains("--ask") {
                continue;
            }
            let mut args = words(&example);
            args.extend(["--clock", "2026-03-06T12:00:00Z"].map(str::to_owned));
            let ran = exquota(folder.path(), &args);
            // A plan may be refused in part.
            if ran.exit > 1 || ran.stdout.starts_with("REFUSED") {
                wrong.push(format!("exquota {example}\n{}{}", ran.stdout, ran.stderr));
            }
        }
        // `diff` needs the ledger as it was.
        if verb == "init" {
            fs::copy(folder.path().join("ledger.jsonl"), folder.path().join("last-week.jsonl")).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
