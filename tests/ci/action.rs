//! Runs the shell steps of the GitHub action as a workflow would, and checks the files that other tools read.

use super::{PROGRAM, ROOT, has_packages, python, tools};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const ACTION: &str = ".github/actions/validate";

/// A checkout with a base revision, and the folders and variables that a runner gives a step.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new() -> Runner {
        let folder = tempfile::tempdir().unwrap();
        let runner = Runner { folder };
        fs::create_dir_all(runner.temp().join("exquota/bin")).unwrap();
        fs::create_dir(runner.checkout()).unwrap();
        symlink(PROGRAM, runner.temp().join("exquota/bin/exquota")).unwrap();
        runner.git(&["init", "--quiet"]);
        runner
    }

    fn temp(&self) -> PathBuf {
        self.folder.path().join("temp")
    }

    /// The file that GitHub shows below the step.
    fn summary(&self) -> PathBuf {
        self.folder.path().join("summary.md")
    }

    fn checkout(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    fn git(&self, args: &[&str]) {
        let identity = ["-c", "user.name=analyst-1", "-c", "user.email=analyst-1@example.org"];
        let status = Command::new("git").args(identity).args(args).current_dir(self.checkout()).status().unwrap();
        assert!(status.success(), "git {args:?}");
    }

    /// Puts the first `lines` of a fixture into the checkout.
    fn put(&self, fixture: &str, lines: usize, name: &str) {
        let text = fs::read_to_string(Path::new(ROOT).join("fixtures").join(fixture)).unwrap();
        let path = self.checkout().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.split_inclusive('\n').take(lines).collect::<String>()).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
    }

    /// The exit code and output of the validating step.
    fn validate(&self, inputs: &[(&str, &str)]) -> (i32, String) {
        let mut command = Command::new(Path::new(ROOT).join(ACTION).join("validate.sh"));
        command.current_dir(self.checkout()).env("RUNNER_TEMP", self.temp()).env("LEDGERS", "ledger.jsonl");
        for input in ["BASE", "EXTENDS", "POLICY", "STRICT", "EXQUOTA_LEDGER"] {
            command.env_remove(input);
        }
        let _ = fs::remove_file(self.summary());
        command.env("GITHUB_STEP_SUMMARY", self.summary());
        let output = command.envs(inputs.iter().copied()).output().unwrap();
        let left: Vec<_> = fs::read_dir(self.temp()).unwrap().collect();
        assert_eq!(left.len(), 1, "the step must leave no file");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }
}

fn has_git_and_bash() -> bool {
    tools::has("git") && tools::has("bash")
}

const GOOD: &str = "faults/several-files/good.jsonl";
const BREACH: &str = "faults/several-files/breach.jsonl";

#[test]
fn a_pull_request_may_only_append() {
    if !has_git_and_bash() {
        return;
    }
    let runner = Runner::new();
    runner.put(GOOD, 4, "ledger.jsonl");
    runner.put(GOOD, 6, "a b/#1,é.jsonl");
    runner.commit();
    runner.put(GOOD, 6, "ledger.jsonl");
    runner.put(GOOD, 3, "new.jsonl");
    runner.commit();
    let (exit, printed) = runner.validate(&[("BASE", "HEAD^1")]);
    assert_eq!((exit, printed.lines().count()), (0, 1), "{printed}");
    let all = "ledger.jsonl\na b/#1,é.jsonl\n\nnew.jsonl\n";
    for ledgers in [all, "*.jsonl\n**/#*.jsonl"] {
        let (exit, printed) = runner.validate(&[("BASE", "HEAD^1"), ("LEDGERS", ledgers)]);
        let wanted = "::notice title=exquota::3 of 3 ledgers valid: 15 entries,";
        assert!(exit == 0 && printed.contains(wanted), "{printed}");
        assert!(printed.contains("file=new.jsonl") && printed.contains("it is not in `HEAD^1`"), "{printed}");
        let summary = fs::read_to_string(runner.summary()).unwrap();
        assert_eq!(summary.matches("### `").count(), 2, "only what changed: {summary}");
        for told in [
            "### `ledger.jsonl`\n\nSince HEAD^1 (4 entries, head ",
            "2 entries came: now 6 entries",
            "| ceiling | group |",
            "### `new.jsonl`\n\nA new ledger: `HEAD^1` does not have it.\n",
        ] {
            assert!(summary.contains(told), "{summary}");
        }
    }

    // One of the three is sound but lacks lines of the base. The step reports it, and still checks the other two.
    runner.put(GOOD, 2, "a b/#1,é.jsonl");
    let (exit, printed) = runner.validate(&[("BASE", "HEAD^1"), ("LEDGERS", all)]);
    assert_eq!(exit, 3, "{printed}");
    assert!(printed.contains("::error file=a b/#1%2Cé.jsonl,line=3,title=not-an-extension (fault)::"), "{printed}");
    assert!(printed.contains("::notice title=exquota::2 of 3 ledgers valid"), "{printed}");
    let summary = fs::read_to_string(runner.summary()).unwrap();
    assert!(summary.contains("It does not continue the ledger of `HEAD^1`: see the annotations.\n"), "{summary}");
    let (exit, _) = runner.validate(&[("LEDGERS", all)]);
    assert_eq!(exit, 0, "without a base no ledger must extend another");
    assert!(!runner.summary().exists(), "without a base there is nothing to compare with");
    runner.put(BREACH, 6, "ledger.jsonl");
    let (exit, printed) = runner.validate(&[]);
    assert_eq!(exit, 1, "{printed}");
    fs::remove_file(runner.checkout().join("ledger.jsonl")).unwrap();
    assert_eq!(runner.validate(&[("BASE", "HEAD^1"), ("LEDGERS", all)]).0, 4, "a missing ledger must fail");
}

#[test]
fn the_actions_inputs_are_the_programs_options() {
    if !has_git_and_bash() {
        return;
    }
    let runner = Runner::new();
    runner.put(GOOD, 4, "older.jsonl");
    runner.put("ci/well/ledger.jsonl", 99, "ledger.jsonl");
    runner.commit();
    assert_eq!(runner.validate(&[("STRICT", "false")]).0, 0);
    assert_eq!(runner.validate(&[("STRICT", "true")]).0, 1);
    runner.put("faults/policy-differs/ledger.jsonl", 99, "ledger.jsonl");
    for (policy, exit) in [("small.toml", 0), ("other.toml", 3)] {
        runner.put(&format!("faults/policy-differs/{policy}"), 99, "policy.toml");
        assert_eq!(runner.validate(&[("POLICY", "policy.toml")]).0, exit, "{policy}");
    }
    runner.put(GOOD, 6, "ledger.jsonl");
    assert_eq!(runner.validate(&[("EXTENDS", "older.jsonl")]).0, 0);
    runner.put(GOOD, 3, "ledger.jsonl");
    assert_eq!(runner.validate(&[("EXTENDS", "older.jsonl")]).0, 3);
    for inputs in [
        [("STRICT", "yes"), ("BASE", "")],
        [("BASE", "HEAD"), ("EXTENDS", "older.jsonl")],
        [("LEDGERS", "a.jsonl\nb.jsonl"), ("EXTENDS", "older.jsonl")],
        [("LEDGERS", "\n"), ("STRICT", "")],
    ] {
        let (exit, printed) = runner.validate(&inputs);
        assert_eq!(exit, 2, "{inputs:?}: {printed}");
        assert!(printed.starts_with("::error title=exquota::"), "{printed}");
    }
    for base in ["no-such-revision", "--all", "-"] {
        let (exit, printed) = runner.validate(&[("BASE", base)]);
        assert_eq!(exit, 4, "{printed}");
        assert!(printed.starts_with("::error title=exquota::git knows no commit"), "{printed}");
    }
    let (exit, printed) = runner.validate(&[("LEDGERS", "--help")]);
    assert_eq!(exit, 4, "a path must never be taken for an option: {printed}");
}

/// A build takes minutes, so the test only checks what would be built.
#[test]
fn the_action_builds_this_repository() {
    if !has_git_and_bash() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    fs::write(&cargo, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let action = Path::new(ROOT).join(ACTION);
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let output = Command::new(action.join("install.sh"))
        .env("PATH", path)
        .env("GITHUB_ACTION_PATH", &action)
        .env("RUNNER_TEMP", folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let root = fs::canonicalize(ROOT).unwrap();
    let wanted =
        format!("install\n--locked\n--path\n{}\n--root\n{}/exquota\n", root.display(), folder.path().display());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), wanted);
    let steps = fs::read_to_string(action.join("action.yml")).unwrap();
    for script in ["key.sh", "install.sh", "validate.sh"] {
        assert!(steps.contains(&format!("run: '\"$GITHUB_ACTION_PATH/{script}\"'")), "{script} is not a step");
    }
}

/// Another source or another compiler is another build.
#[test]
fn the_cache_is_keyed_by_source_and_compiler() {
    if !has_git_and_bash() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for name in ["Cargo.toml", "Cargo.lock", "src/main.rs", "policies/a.toml"] {
        put(name, "");
    }
    put("bin/rustc", "#!/bin/sh\necho rustc 1\n");
    fs::set_permissions(folder.path().join("bin/rustc"), fs::Permissions::from_mode(0o755)).unwrap();
    let key = || {
        let _ = fs::remove_file(folder.path().join("output"));
        let path = format!("{}:{}", folder.path().join("bin").display(), std::env::var("PATH").unwrap());
        let output = Command::new(Path::new(ROOT).join(ACTION).join("key.sh"))
            .env("PATH", path)
            .env("GITHUB_ACTION_PATH", folder.path().join(ACTION))
            .env("GITHUB_OUTPUT", folder.path().join("output"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read_to_string(folder.path().join("output")).unwrap()
    };
    fs::create_dir_all(folder.path().join(ACTION)).unwrap();
    let first = key();
    assert!(first.starts_with("key=exquota-") && first.trim_end().len() == "key=exquota-".len() + 40, "{first}");
    assert_eq!(key(), first);
    for (name, text) in [("src/main.rs", "//"), ("bin/rustc", "#!/bin/sh\necho rustc 2\n")] {
        put(name, text);
        assert_ne!(key(), first, "{name}");
    }
}

/// Runs a Python module on a file.
fn accepts(module: &str, args: &[&str], file: &Path) {
    let output = Command::new(python()).args(["-m", module]).args(args).arg(file).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}:\n{told}", file.display());
}

#[test]
fn other_tools_accept_the_action_the_hooks_and_the_readmes_examples() {
    if !has_packages() {
        return;
    }
    let root = Path::new(ROOT);
    accepts("check_jsonschema", &["--builtin-schema", "vendor.github-actions"], &root.join(ACTION).join("action.yml"));
    accepts("pre_commit", &["validate-manifest"], &root.join(".pre-commit-hooks.yaml"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let blocks: Vec<&str> = readme.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2, "the README must show a workflow and a configuration of pre-commit");
    for (block, name) in blocks.into_iter().zip(["workflow.yml", "pre-commit.yaml"]) {
        let file = folder.path().join(name);
        fs::write(&file, block).unwrap();
        match name {
            "workflow.yml" => accepts("check_jsonschema", &["--builtin-schema", "vendor.github-workflows"], &file),
            _ => accepts("pre_commit", &["validate-config"], &file),
        }
    }
}
