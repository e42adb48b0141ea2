//! `validate --extends-git` with real repositories: no ledger that was rewritten since a revision may pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[allow(dead_code, reason = "this target takes what it needs")]
mod support;
#[allow(dead_code, reason = "this target takes what it needs")]
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Ran, exquota, root};
use tempfile::TempDir;

/// A repository with one commit: four lines in `ledger.jsonl`.
struct Repository(TempDir);

impl Repository {
    fn new() -> Option<Repository> {
        if !tools::has("git") {
            return None;
        }
        let repository = Repository(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet"]);
        repository.put("ledger.jsonl", 4);
        repository.commit();
        Some(repository)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn git(&self, args: &[&str]) {
        let identity = ["-c", "user.name=analyst-1", "-c", "user.email=analyst-1@example.org"];
        let mut git = Command::new("git");
        git.args(identity).args(args).current_dir(self.0.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let status = git.status().unwrap();
        assert!(status.success(), "git {args:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    /// Puts the first `lines` of a sound ledger into the work tree.
    fn put(&self, name: &str, lines: usize) {
        let text = fs::read_to_string(root().join("fixtures/faults/several-files/good.jsonl")).unwrap();
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        fs::write(self.at(name), text.split_inclusive('\n').take(lines).collect::<String>()).unwrap();
    }

    /// Edits the last line: nothing in the file alone shows it.
    fn edit_last_line(&self, name: &str) {
        let text = fs::read_to_string(self.at(name)).unwrap();
        let (kept, last) = text.trim_end().rsplit_once('\n').unwrap();
        fs::write(self.at(name), format!("{kept}\n{}\n", last.replace("analyst-1", "analyst-2"))).unwrap();
        let alone = exquota(self.0.path(), &["validate", "--", name]);
        assert_eq!(alone.exit, 0, "only a comparison finds an edited last line: {}", alone.stdout);
    }

    fn validate(&self, revision: &str, ledgers: &[&str]) -> Ran {
        let options = ["validate".to_owned(), format!("--extends-git={revision}"), "--".to_owned()];
        let args: Vec<String> = options.into_iter().chain(ledgers.iter().map(|name| (*name).to_owned())).collect();
        exquota(self.0.path(), &args)
    }

    fn expect(&self, ledgers: &[&str], exit: i32, told: &str) {
        let ran = self.validate("HEAD", ledgers);
        assert_eq!(ran.exit, exit, "{ledgers:?}: {}{}", ran.stdout, ran.stderr);
        assert!((ran.stdout.clone() + &ran.stderr).contains(told), "{ledgers:?}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_ledger_may_only_grow() {
    let Some(repository) = Repository::new() else { return };
    repository.expect(&["ledger.jsonl"], 0, "VALID");
    repository.put("ledger.jsonl", 6);
    repository.expect(&["ledger.jsonl"], 0, "6 entries");
    repository.put("ledger.jsonl", 3);
    repository.expect(&["ledger.jsonl"], 3, "fault [not-an-extension] ledger.jsonl:4: it is shorter");
    repository.put("ledger.jsonl", 4);
    repository.edit_last_line("ledger.jsonl");
    repository.expect(&["ledger.jsonl"], 3, "fault [not-an-extension] ledger.jsonl:4: it does not begin with");
    repository.commit();
    repository.expect(&["ledger.jsonl"], 0, "VALID");
    assert_eq!(repository.validate("HEAD^", &["ledger.jsonl"]).exit, 3);
}

#[test]
fn any_name_is_the_same_file_in_git() {
    let Some(repository) = Repository::new() else { return };
    let odd = ["-x.jsonl", "a b/#1,é[x]*?.jsonl", ":(top)x.jsonl", "'\"\n\\.jsonl", "HEAD", "sub/-/y.jsonl"];
    for name in odd {
        repository.put(name, 4);
    }
    repository.commit();
    for name in odd {
        for given in [name, repository.at(name).to_str().unwrap(), &format!("a b/../{name}")] {
            repository.put(name, 5);
            let ran = repository.validate("HEAD", &[given]);
            assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{given:?} is in HEAD: {}", ran.stdout);
            repository.put(name, 4);
            repository.edit_last_line(name);
            repository.expect(&[given], 3, "not-an-extension");
        }
    }
    repository.put("HEAD", 5);
    let below = repository.at("sub/-");
    let ran = exquota(&below, &["validate", "--extends-git", "HEAD", "--", "../../HEAD"]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

/// A name that git never saw passes with a note. A pattern also finds what is gone, so that a rename does not pass.
#[test]
fn a_new_ledger_passes_and_a_renamed_one_does_not() {
    let Some(repository) = Repository::new() else { return };
    repository.put("new.jsonl", 2);
    repository.expect(&["ledger.jsonl", "new.jsonl"], 0, "new.jsonl: it is not in `HEAD`: a new ledger");
    fs::create_dir(repository.at("books")).unwrap();
    repository.git(&["mv", "ledger.jsonl", "books/ledger.jsonl"]);
    repository.edit_last_line("books/ledger.jsonl");
    repository.expect(&["ledger.jsonl"], 4, "there is no ledger at `ledger.jsonl`");
    let below = format!("{}/*.jsonl", repository.0.path().display());
    for pattern in ["*.jsonl", "**/*.jsonl", "./[a-m]*.jsonl", &below] {
        repository.expect(&[pattern, "new.jsonl", "books/*"], 4, "");
    }
    repository.expect(&["**/*.jsonl"], 4, "ledger.jsonl: `HEAD` has it, and it is gone");
    repository.commit();
    repository.expect(&["**/*.jsonl"], 0, "2 valid");
}

/// Whoever can point a link elsewhere could hide the older file behind a new one.
#[test]
fn a_link_hides_no_rewritten_ledger() {
    let Some(repository) = Repository::new() else { return };
    repository.put("books/ledger.jsonl", 4);
    symlink("ledger.jsonl", repository.at("was-link.jsonl")).unwrap();
    repository.commit();
    repository.put("other/ledger.jsonl", 2);
    fs::remove_file(repository.at("ledger.jsonl")).unwrap();
    symlink("other/ledger.jsonl", repository.at("ledger.jsonl")).unwrap();
    fs::remove_dir_all(repository.at("books")).unwrap();
    symlink("other", repository.at("books")).unwrap();
    for link in ["ledger.jsonl", "books/ledger.jsonl", "books/*.jsonl"] {
        repository.expect(&[link], 4, "is a symbolic link");
    }
    repository.expect(&["ledger.jsonl"], 4, "other/ledger.jsonl`\n");
    fs::remove_file(repository.at("was-link.jsonl")).unwrap();
    repository.put("was-link.jsonl", 4);
    repository.expect(&["was-link.jsonl"], 4, "`HEAD` has `was-link.jsonl`, but not as a file");
}

#[test]
fn what_git_can_not_answer_never_passes() {
    let Some(repository) = Repository::new() else { return };
    for revision in ["no-such", "-x", "--all", "-", "^HEAD", "HEAD..HEAD", "HEAD^", "HEAD:ledger.jsonl", "HEAD^{tree}"]
    {
        let ran = repository.validate(revision, &["ledger.jsonl"]);
        assert_eq!(ran.exit, 4, "{revision}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.starts_with(&format!("error: git knows no commit `{revision}` here\nhelp: ")));
    }
    assert_eq!(repository.validate("", &["ledger.jsonl"]).exit, 2, "an empty variable is no revision");
    let outside = tempfile::tempdir().unwrap();
    fs::copy(repository.at("ledger.jsonl"), outside.path().join("ledger.jsonl")).unwrap();
    let ran = exquota(outside.path(), &["validate", "--extends-git", "HEAD"]);
    assert_eq!(ran.exit, 4);
    assert!(ran.stderr.contains("not a git repository"), "{}", ran.stderr);
    let without = Command::new(env!("CARGO_BIN_EXE_exquota"))
        .args(["validate", "--extends-git", "HEAD", "--format", "json"])
        .current_dir(repository.0.path())
        .env("PATH", outside.path())
        .output()
        .unwrap();
    assert_eq!(without.status.code(), Some(4));
    let document: serde_json::Value = serde_json::from_slice(&without.stdout).unwrap();
    assert!(document["next"].as_str().unwrap().starts_with("install git"), "{document}");

    // What stands at the revision must be a ledger itself (D37).
    fs::write(repository.at("ledger.jsonl"), "no ledger\n").unwrap();
    repository.commit();
    repository.put("ledger.jsonl", 4);
    repository.expect(&["ledger.jsonl"], 3, "`HEAD` has no sound ledger of this name to continue: line 1: ");
}

/// Before the first commit there is nothing to continue. A branch without history is not that.
#[test]
fn the_first_commit_has_nothing_to_continue() {
    let Some(repository) = Repository::new() else { return };
    repository.git(&["checkout", "--quiet", "--orphan", "fresh"]);
    repository.expect(&["ledger.jsonl"], 4, "git knows no commit `HEAD` here");
    fs::remove_dir_all(repository.at(".git")).unwrap();
    repository.git(&["init", "--quiet"]);
    repository.expect(&["ledger.jsonl"], 0, "it is not in `HEAD`");
    assert_eq!(repository.validate("main", &["ledger.jsonl"]).exit, 4);
}

/// In a hook, git's variables may name another repository, or another top of the work tree.
#[test]
fn the_ledgers_folder_says_which_repository() {
    let (Some(repository), Some(other)) = (Repository::new(), Repository::new()) else { return };
    repository.put("books/ledger.jsonl", 4);
    repository.commit();
    repository.edit_last_line("books/ledger.jsonl");
    let git = |repository: &Repository| repository.at(".git").into_os_string();
    for (variable, value) in [("GIT_DIR", git(&other)), ("GIT_DIR", git(&repository)), ("GIT_WORK_TREE", "/".into())] {
        let output = Command::new(env!("CARGO_BIN_EXE_exquota"))
            .args(["validate", "--extends-git", "HEAD", "books/ledger.jsonl"])
            .current_dir(repository.0.path())
            .env(variable, &value)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{variable}={}", Path::new(&value).display());
    }
}
