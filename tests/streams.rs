//! `-` is standard input where a file is read and standard output where one is written. `-o` puts any answer into a file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[allow(dead_code, reason = "each test takes what it needs")]
mod support;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::{Ran, exquota_reading, ok, ran, root, words};
use tempfile::TempDir;

const CLOCK: &str = "--clock 2026-03-20T12:00:00Z";

/// A folder with the ledger, the policy and the customers of a story.
fn desk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::copy_files(&root().join("fixtures/stories/working-day"), folder.path());
    support::copy_files(&root().join("policies"), folder.path());
    folder
}

/// Runs a command line with this file as standard input.
fn fed(folder: &Path, line: &str, file: &str) -> Ran {
    exquota_reading(folder, &words(line), File::open(folder.join(file)).unwrap())
}

/// What `path` prints, and what `-` prints with that file as standard input, must differ in the name alone.
fn same(folder: &Path, line: &str, file: &str) {
    let (named, read) = (ran(folder, &line.replace('@', file)), fed(folder, &line.replace('@', "-"), file));
    let told = |ran: &Ran| format!("exit {}\n{}{}", ran.exit, ran.stdout, ran.stderr);
    assert_eq!(told(&named).replace(file, "-"), told(&read), "{line}");
}

#[test]
fn every_file_that_is_read_may_be_standard_input() {
    let desk = desk();
    let folder = desk.path();
    fs::write(folder.join("orders.csv"), "customer,chip,quantity\ntencent,H200,1\n").unwrap();
    fs::write(folder.join("new.csv"), "id,name,country\nnew,New,CN\n").unwrap();
    fs::write(
        folder.join("filings.csv"),
        "licence,customer,chip,quantity,date,attest\nD1999999,tencent,H200,1,2026-03-20,us-availability;customer-due-diligence\n",
    )
    .unwrap();
    let ledger = fs::read_to_string(folder.join("ledger.jsonl")).unwrap();
    fs::write(folder.join("base.jsonl"), ledger.split_inclusive('\n').take(3).collect::<String>()).unwrap();
    fs::write(folder.join("serials"), "SN1\nSN2\n").unwrap();
    fs::write(folder.join("broken.csv"), "id,name\n").unwrap();
    for (line, file) in [
        ("headroom --ledger @", "ledger.jsonl"),
        ("validate @", "ledger.jsonl"),
        ("validate --ledger @", "ledger.jsonl"),
        ("validate ledger.jsonl --extends @", "base.jsonl"),
        ("validate ledger.jsonl --policy @", "china-cap-2026-03.toml"),
        ("validate @", "new.csv"),
        ("log --ledger @", "ledger.jsonl"),
        ("report --ledger @", "ledger.jsonl"),
        ("export --to csv --ledger @", "ledger.jsonl"),
        ("checkpoint --origin example.com/l --ledger @", "ledger.jsonl"),
        ("check tencent H200=1 --ledger @", "ledger.jsonl"),
        ("approve D1999999 tencent H200=1 --dry-run --ledger @", "ledger.jsonl"),
        ("policy check @", "china-cap-2026-03.toml"),
        ("policy check @", "new.csv"),
        ("policy show @", "china-cap-2026-03.toml"),
        ("policy diff china-cap-2026-03.toml @", "china-cap-tpp-2026-03.toml"),
        ("whatif --policy @", "china-cap-tpp-2026-03.toml"),
        ("adopt @ --dry-run", "china-cap-2026-03.toml"),
        ("init --policy @ --ledger new.jsonl --dry-run", "china-cap-2026-03.toml"),
        ("init --policy china-cap-2026-03.toml --customers @ --ledger new.jsonl --dry-run", "new.csv"),
        ("import @ --dry-run", "filings.csv"),
        ("import --customers @ --dry-run", "new.csv"),
        ("import --customers @ --dry-run", "broken.csv"),
        ("plan @", "orders.csv"),
        ("approve D1999999 tencent H200=1 --attest us-availability=@ --dry-run", "orders.csv"),
        ("check alibaba H200=2 --licence D1100234 --serials H200=@", "serials"),
    ] {
        same(folder, &format!("{line} {CLOCK}"), file);
    }
}

#[test]
fn keys_checkpoints_and_proofs_may_be_standard_input() {
    let desk = desk();
    let folder = desk.path();
    ok(folder, "keygen desk.key --origin example.com/l");
    ok(folder, "checkpoint --key desk.key -o old.checkpoint");
    ok(folder, "prove 2 --key desk.key -o proof");
    for (line, file) in [
        ("checkpoint --key @", "desk.key"),
        ("prove 2 --checkpoint @", "old.checkpoint"),
        ("prove --since @ --key desk.key", "old.checkpoint"),
        ("verify-proof @ --key desk.key.pub", "proof"),
        ("verify-proof proof --key @", "desk.key.pub"),
        ("verify-proof proof --checkpoint @", "old.checkpoint"),
        ("verify-proof @ --key desk.key.pub", "old.checkpoint"),
    ] {
        same(folder, line, file);
    }
}

#[test]
fn a_pipe_is_read_to_its_end_and_a_started_file_from_where_it_stands() {
    let desk = desk();
    let (folder, program) = (desk.path(), env!("CARGO_BIN_EXE_exquota"));
    let shell = |line: &str| {
        let output = std::process::Command::new("sh").args(["-c", line]).current_dir(folder).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let wanted = ok(folder, "validate ledger.jsonl").replace("ledger.jsonl", "-");
    assert_eq!(shell(&format!("cat ledger.jsonl | {program} validate -")), wanted);
    assert!(wanted.starts_with("VALID  -: "), "{wanted}");
    let started = shell(&format!(
        "(head -c 0 >/dev/null; dd bs=1 count=9 2>/dev/null >/dev/null; {program} validate - --format json) < ledger.jsonl"
    ));
    assert!(started.contains("not-json"), "{started}");
}

#[test]
fn a_file_named_like_the_stream_is_reached_by_its_folder() {
    let desk = desk();
    fs::rename(desk.path().join("ledger.jsonl"), desk.path().join("-")).unwrap();
    assert!(ok(desk.path(), "validate ./-").starts_with("VALID  ./-: "));
    let before = fs::read(desk.path().join("-")).unwrap();
    ok(desk.path(), "register new --name New --country CN --ledger ./-");
    assert!(fs::read(desk.path().join("-")).unwrap().len() > before.len());
}

#[test]
fn nothing_writes_to_a_ledger_that_is_standard_input() {
    let desk = desk();
    for line in [
        "register new --name New --country CN",
        "void 4 --reason mistaken",
        "adopt china-cap-2026-03.toml",
        "import customers.csv",
        "init --policy china-cap-2026-03.toml",
        "init --policy china-cap-2026-03.toml --dry-run",
        "recover",
    ] {
        if line.starts_with("import") {
            fs::write(desk.path().join("customers.csv"), "licence,customer,chip,quantity\nD1,tencent,H200,1\n")
                .unwrap();
        }
        let ran = fed(desk.path(), &format!("{line} --ledger -"), "ledger.jsonl");
        assert_eq!(ran.exit, 2, "{line}\n{}", ran.stderr);
        assert!(ran.stderr.contains("can be read but not written to"), "{line}\n{}", ran.stderr);
    }
    assert!(!desk.path().join("-").exists());
}

#[test]
fn only_one_file_is_standard_input() {
    let desk = desk();
    for line in [
        "validate - -",
        "validate - --extends -",
        "import - --ledger -",
        "init --policy - --customers -",
        "policy diff - -",
        "approve D1 tencent H200=1 --attest a=- --attest b=- --dry-run",
        "ship X1 --licence D1 H200=1 --serials H200=- --attest a=-",
        "--ledger - plan -",
        "verify-proof - --key -",
    ] {
        let ran = fed(desk.path(), line, "ledger.jsonl");
        assert_eq!(ran.exit, 2, "{line}\n{}", ran.stderr);
        assert!(ran.stderr.contains("standard input can be read only once"), "{line}\n{}", ran.stderr);
    }
    // The output is another stream.
    let ran = fed(desk.path(), "report --ledger - -o -", "ledger.jsonl");
    assert!(ran.exit == 0 && ran.stdout.starts_with("<!DOCTYPE html>"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_dash_as_an_output_is_standard_output() {
    let desk = desk();
    let folder = desk.path();
    ok(folder, "keygen desk.key");
    for line in
        ["headroom", "report", "export --to csv", "checkpoint --key desk.key", "prove 2 --key desk.key", "schema"]
    {
        assert_eq!(ok(folder, &format!("{line} -o - {CLOCK}")), ok(folder, &format!("{line} {CLOCK}")), "{line}");
    }
    assert_eq!(ran(folder, "keygen -").exit, 2);
    assert!(!folder.join("-").exists() && !folder.join("-.pub").exists());
}

#[test]
fn any_answer_goes_into_a_new_file() {
    let desk = desk();
    let folder = desk.path();
    for line in [
        "headroom",
        "headroom --format csv",
        "headroom --format json",
        "licences",
        "log",
        "show 3",
        "trace SN1",
        "validate ledger.jsonl --format junit",
        "check tencent H200=80000",
        "policy show",
        "explain",
        "schema entry",
        "completions bash",
        "man check",
        "validate customers.csv",
    ] {
        let line = format!("{line} {CLOCK}");
        let printed = ran(folder, &line);
        let put = ran(folder, &format!("{line} -o answer"));
        assert_eq!((put.exit, put.stdout.as_str(), &put.stderr), (printed.exit, "", &printed.stderr), "{line}");
        assert_eq!(fs::read_to_string(folder.join("answer")).unwrap(), printed.stdout, "{line}");
        fs::remove_file(folder.join("answer")).unwrap();
    }
}

#[test]
fn an_answer_replaces_no_file_and_none_is_left_without_one() {
    let desk = desk();
    let folder = desk.path();
    let before = fs::read(folder.join("ledger.jsonl")).unwrap();
    for line in ["headroom -o ledger.jsonl", "register new --name New --country CN -o ledger.jsonl"] {
        let ran = ran(folder, line);
        assert_eq!((ran.exit, ran.stdout.as_str()), (4, ""), "{line}");
        assert!(ran.stderr.contains("`ledger.jsonl` exists already and is not overwritten"), "{line}\n{}", ran.stderr);
    }
    assert_eq!(fs::read(folder.join("ledger.jsonl")).unwrap(), before);
    assert_eq!(ran(folder, "headroom nobody -o answer").exit, 2);
    for line in ["headroom -o missing/answer", "register new --name New --country CN -o missing/answer"] {
        assert_eq!(ran(folder, line).exit, 4, "{line}");
    }
    assert_eq!(fs::read(folder.join("ledger.jsonl")).unwrap(), before, "no verb records before its answer has a place");
    assert!(!folder.join("answer").exists());
    // For a program, a failure is a document too (D26).
    assert_eq!(ran(folder, "headroom nobody -o answer --format json").stdout, "");
    assert!(fs::read_to_string(folder.join("answer")).unwrap().contains("exquota/error/1"));
}

#[test]
fn what_is_handed_on_has_one_mode() {
    let desk = desk();
    let folder = desk.path();
    fs::write(folder.join("shell"), "").unwrap();
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    for line in ["headroom", "report", "export --to csv", "export --to hledger", "checkpoint --origin example.com/l"] {
        ok(folder, &format!("{line} -o answer {CLOCK}"));
        assert_eq!(mode("answer"), mode("shell") & 0o644, "{line}");
        fs::remove_file(folder.join("answer")).unwrap();
    }
}
