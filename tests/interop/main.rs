//! Other programs check and make checkpoints and proofs: Go's `sumdb/note` and `sumdb/tlog`, and OpenSSH.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{ok, ran, root, words};
use tempfile::TempDir;
use tools::{has, may_run};

/// The folder of Debian's `golang-golang-x-mod-dev`.
const GO_PATH: &str = "/usr/share/gocode";

/// A folder with the ledger of the working day, which has 8 entries.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ledger = root().join("fixtures/stories/working-day/ledger.jsonl");
    fs::copy(ledger, folder.path().join("ledger.jsonl")).unwrap();
    folder
}

/// Builds the outsider's program. `None` without Go or its library.
fn outsider(folder: &Path) -> Option<PathBuf> {
    let library = Path::new(GO_PATH).join("src/golang.org/x/mod/sumdb/tlog").is_dir();
    if !has("go") || !may_run("go", library) {
        return None;
    }
    let program = folder.join("outsider");
    let built = Command::new("go")
        .arg("build")
        .arg("-o")
        .args([&program, &root().join("tests/interop/outsider.go")])
        .current_dir(folder)
        .env("GO111MODULE", "off")
        .env("GOPATH", GO_PATH)
        .env("GOCACHE", folder.join("go-cache"))
        .env("GOFLAGS", "")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(program)
}

/// Whether the outsider agreed, and its output.
fn asked(program: &Path, folder: &Path, line: &str) -> (bool, String) {
    let output = Command::new(program).args(words(line)).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

/// Writes the first lines of the ledger as an older ledger.
fn older(folder: &Path, entries: usize) {
    let ledger = fs::read_to_string(folder.join("ledger.jsonl")).unwrap();
    let lines: String = ledger.split_inclusive('\n').take(entries).collect();
    fs::write(folder.join("older.jsonl"), lines).unwrap();
}

#[test]
fn go_verifies_our_proofs_and_makes_the_same() {
    let folder = folder();
    let folder = folder.path();
    let Some(go) = outsider(folder) else { return };
    ok(folder, "keygen desk.key --origin example.com/ledger");
    let ledger = fs::read_to_string(folder.join("ledger.jsonl")).unwrap();
    for (entry, line) in (1..).zip(ledger.lines()) {
        for size in 1..=8 {
            older(folder, size);
            ok(folder, &format!("--ledger older.jsonl checkpoint --key desk.key -o {entry}-{size}"));
            let proof = format!("prove {entry} --checkpoint {entry}-{size} -o {entry}-{size}.proof");
            if entry > size {
                assert_eq!(ran(folder, &proof).exit, 2, "{proof}");
                continue;
            }
            ok(folder, &proof);
            let said = asked(&go, folder, &format!("check desk.key.pub {entry}-{size}.proof"));
            assert_eq!(said, (true, format!("{line}\n")), "entry {entry} of {size}");
        }
    }
    for (index, size) in [(0, 1), (3, 5), (6, 7), (7, 8)] {
        older(folder, size);
        let made = tempfile::tempdir_in(folder).unwrap();
        let line = format!("make desk.key ledger.jsonl {index} {size} {}", made.path().display());
        assert_eq!(asked(&go, folder, &line), (true, String::new()));
        let same = |name: &str, command: &str| {
            let here = ok(folder, command);
            assert_eq!(here, fs::read_to_string(made.path().join(name)).unwrap(), "{command}");
        };
        same("checkpoint", "checkpoint --key desk.key");
        same("older", "--ledger older.jsonl checkpoint --key desk.key");
        same("entry", &format!("prove {} --key desk.key", index + 1));
        let since = made.path().join("older").display().to_string();
        same("since", &format!("prove --since {since} --key desk.key"));
        let proof = made.path().join("since").display().to_string();
        let (agreed, said) = asked(&go, folder, &format!("check desk.key.pub {proof} {since}"));
        assert_eq!((agreed, said), (true, format!("{size} of 8 entries unchanged\n")));
        ok(folder, &format!("verify-proof {proof} --since {since} --key desk.key.pub"));
        ok(folder, &format!("verify-proof {} --key desk.key.pub", made.path().join("entry").display()));
    }
}

#[test]
fn go_refuses_an_altered_proof() {
    let folder = folder();
    let folder = folder.path();
    let Some(go) = outsider(folder) else { return };
    ok(folder, "keygen desk.key --origin example.com/ledger");
    let good = ok(folder, "prove 8 --key desk.key");
    let root = good.lines().rev().nth(2).unwrap();
    let others = ok(folder, "prove 7 --key desk.key");
    let entry = |proof: &str| proof.lines().nth(1).unwrap().to_owned();
    for altered in [
        good.replace("index 7", "index 6"),
        good.replace(&entry(&good), &entry(&others)),
        good.replace("\n8\n", "\n9\n"),
        good.replace(root, &root.replacen(|letter: char| letter.is_ascii_lowercase(), "A", 1)),
        good.replace("— example.com", "— example.org"),
    ] {
        assert_ne!(altered, good);
        fs::write(folder.join("altered"), &altered).unwrap();
        assert!(!asked(&go, folder, "check desk.key.pub altered").0, "{altered}");
        assert_eq!(ran(folder, "verify-proof altered --key desk.key.pub").exit, 1, "{altered}");
    }
}

#[test]
fn a_key_made_by_go_works_here() {
    let folder = folder();
    let folder = folder.path();
    let Some(go) = outsider(folder) else { return };
    let (_, keys) = asked(&go, folder, "keygen example.com/made-by-go");
    let (secret, public) = keys.trim_end().split_once('\n').unwrap();
    fs::write(folder.join("go.key"), secret).unwrap();
    fs::write(folder.join("go.key.pub"), public).unwrap();
    fs::write(folder.join("proof"), ok(folder, "prove 6 --key go.key")).unwrap();
    assert!(asked(&go, folder, "check go.key.pub proof").0);
    assert!(ok(folder, "verify-proof proof --key go.key.pub").starts_with("HOLDS"));
}

#[test]
fn proofs_work_with_a_checkpoint_signed_by_ssh() {
    if !has("ssh-keygen") {
        return;
    }
    let folder = folder();
    let folder = folder.path();
    let ssh = |line: &str, stdin: &str| {
        let stdin = File::open(folder.join(stdin)).unwrap();
        Command::new("ssh-keygen").args(words(line)).current_dir(folder).stdin(stdin).output().unwrap().status.success()
    };
    older(folder, 5);
    assert!(ssh("-q -t ed25519 -N '' -C desk -f id", "older.jsonl"));
    let key = fs::read_to_string(folder.join("id.pub")).unwrap();
    fs::write(folder.join("signers"), format!("desk@example.com namespaces=\"exquota-checkpoint\" {key}")).unwrap();
    let verified = |name: &str| {
        ssh(&format!("-Y verify -f signers -I desk@example.com -n exquota-checkpoint -s {name}.sig"), name)
    };
    for (ledger, name) in [("older.jsonl", "then"), ("ledger.jsonl", "now")] {
        ok(folder, &format!("--ledger {ledger} checkpoint --origin example.com/ledger -o {name}"));
        assert!(ssh(&format!("-Y sign -f id -n exquota-checkpoint {name}"), name));
        assert!(verified(name));
    }
    ok(folder, "prove 8 --checkpoint now -o entry");
    ok(folder, "prove --since then --checkpoint now -o since");
    assert!(ok(folder, "verify-proof entry --checkpoint now").starts_with("HOLDS"));
    assert!(ok(folder, "verify-proof since --checkpoint now --since then").starts_with("HOLDS"));
    // First with a checkpoint that is not the signed one, then with the signed one after a change.
    assert_eq!(ran(folder, "verify-proof entry --checkpoint then").exit, 1);
    let changed = fs::read_to_string(folder.join("now")).unwrap().replace("\n8\n", "\n9\n");
    fs::write(folder.join("now"), changed).unwrap();
    assert!(!verified("now"));
    assert_eq!(ran(folder, "verify-proof entry --checkpoint now").exit, 1);
}
