//! Runs the hooks with pre-commit itself, in repositories of their own, where people commit.

use super::{PROGRAM, ROOT, has_packages, python, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A repository whose commits run these hooks.
struct Desk(TempDir);

impl Desk {
    /// A build takes minutes, so the hooks run the program that is built already.
    fn with(hooks: &str) -> Option<Desk> {
        if !has_packages() || !tools::has("git") {
            return None;
        }
        let desk = Desk(tempfile::tempdir().unwrap());
        for folder in ["hooks", "bin", "work"] {
            fs::create_dir(desk.0.path().join(folder)).unwrap();
        }
        let manifest = fs::read_to_string(Path::new(ROOT).join(".pre-commit-hooks.yaml")).unwrap();
        let manifest = manifest.replace("language: rust", "language: system");
        fs::write(desk.0.path().join("hooks/.pre-commit-hooks.yaml"), manifest).unwrap();
        std::os::unix::fs::symlink(PROGRAM, desk.0.path().join("bin/exquota")).unwrap();
        for args in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "x"]] {
            assert!(desk.git("hooks", args).0, "git {args:?}");
        }
        assert!(desk.git("work", &["init", "--quiet"]).0);
        let revision = desk.git("hooks", &["rev-parse", "HEAD"]).1;
        let repository = desk.0.path().join("hooks");
        let config = format!("repos:\n  - repo: {}\n    rev: {revision}    hooks:\n{hooks}", repository.display());
        fs::write(desk.work(".pre-commit-config.yaml"), config).unwrap();
        let installed = desk.command(&python(), "work").args(["-m", "pre_commit", "install"]).output().unwrap();
        assert!(installed.status.success());
        Some(desk)
    }

    fn work(&self, name: &str) -> PathBuf {
        self.0.path().join("work").join(name)
    }

    fn command(&self, program: &str, folder: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap();
        command
            .current_dir(self.0.path().join(folder))
            .env("PATH", format!("{}:{path}", self.0.path().join("bin").display()))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("PRE_COMMIT_HOME", self.0.path().join("home"))
            .env_remove("EXQUOTA_LEDGER");
        command
    }

    /// Whether git succeeded, and what it printed.
    fn git(&self, folder: &str, args: &[&str]) -> (bool, String) {
        let identity = ["-c", "user.name=analyst-1", "-c", "user.email=analyst-1@example.org"];
        let output = self.command("git", folder).args(identity).args(args).output().unwrap();
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.success(), told)
    }

    /// Puts a fixture into the work tree; of a ledger, its first lines.
    fn put(&self, fixture: &str, lines: usize, name: &str) {
        let text = fs::read_to_string(Path::new(ROOT).join("fixtures").join(fixture)).unwrap();
        fs::write(self.work(name), text.split_inclusive('\n').take(lines).collect::<String>()).unwrap();
    }

    fn commit(&self) -> (bool, String) {
        self.git("work", &["add", "--all"]);
        self.git("work", &["commit", "--quiet", "--message", "x"])
    }

    fn passes(&self) {
        let (passed, told) = self.commit();
        assert!(passed, "{told}");
    }

    fn fails(&self, why: &str) {
        let (passed, told) = self.commit();
        assert!(!passed && told.contains(why), "{told}");
    }
}

const GOOD: &str = "faults/several-files/good.jsonl";

#[test]
fn no_commit_rewrites_a_ledger() {
    let Some(desk) = Desk::with("      - id: exquota-validate\n") else { return };
    // Pre-commit gives the names of changed files, and a name may begin with a dash. The first commit has no HEAD.
    for name in ["ledger.jsonl", "-odd.ledger.jsonl"] {
        desk.put(GOOD, 4, name);
    }
    desk.passes();
    for name in ["ledger.jsonl", "-odd.ledger.jsonl"] {
        desk.put(GOOD, 5, name);
        desk.passes();
        desk.put(GOOD, 4, name);
        desk.fails("it is shorter than the older ledger");
        desk.put(GOOD, 5, name);
        let text = fs::read_to_string(desk.work(name)).unwrap();
        let (kept, last) = text.trim_end().rsplit_once('\n').unwrap();
        fs::write(desk.work(name), format!("{kept}\n{}\n", last.replace("analyst-1", "analyst-2"))).unwrap();
        desk.fails(&format!("fault [not-an-extension] {name}:5"));
        desk.put(GOOD, 6, name);
        desk.passes();
    }
    desk.put("faults/several-files/breach.jsonl", 99, "new.ledger.jsonl");
    desk.fails("breach [");
}

#[test]
fn no_commit_leaves_a_policy_that_its_ledger_has_not_adopted() {
    let hook = "      - id: exquota-adopted\n        args: [policies/small.toml, ledger.jsonl]\n";
    let Some(desk) = Desk::with(hook) else { return };
    fs::create_dir(desk.work("policies")).unwrap();
    desk.put("faults/policy-differs/ledger.jsonl", 99, "ledger.jsonl");
    desk.put("faults/policy-differs/small.toml", 99, "policies/small.toml");
    desk.passes();
    desk.put("faults/policy-differs/other.toml", 99, "policies/small.toml");
    desk.fails("fault [policy-differs] ledger.jsonl");
    // Without the policy there is nothing to hold a ledger against: that is no pass.
    fs::remove_file(desk.work("policies/small.toml")).unwrap();
    desk.put("faults/policy-differs/small.toml", 99, "policies/renamed.toml");
    desk.fails("policies/small.toml");
}

#[test]
fn the_hook_for_policies_asks_for_a_policy() {
    let Some(desk) = Desk::with("      - id: exquota-adopted\n") else { return };
    desk.put(GOOD, 4, "ledger.jsonl");
    desk.fails("--policy <POLICY>");
}
