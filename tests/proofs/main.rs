//! `keygen`, `checkpoint`, `prove` and `verify-proof`: the files they write, the files they leave alone, and the keys
//! they believe.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../support/mod.rs"]
mod support;
mod unsyncable;

use chrono::NaiveDate;
use exquota::commands::session::Session;
use exquota::commands::verbs::{checkpoint, prove};
use exquota::store::ledger::Access;
use exquota::store::ledger::file::LedgerFile;
use exquota::store::proof::checkpoint::Checkpoint;
use exquota::store::proof::key::PrivateKey;
use exquota::store::proof::tlog_proof::Inclusion;
use exquota::store::proof::tree::{Tree, TreeHash};
use exquota::store::system::{Disk, System};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use support::{ok, ran, root};
use tempfile::TempDir;
use unsyncable::Unsyncable;

/// A folder with the ledger of the working day, which has 8 entries, and a key.
fn desk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path(), "stories/working-day");
    ok(folder.path(), "keygen desk.key --origin example.com/ledger");
    folder
}

fn copy(folder: &Path, fixture: &str) {
    fs::copy(root().join("fixtures").join(fixture).join("ledger.jsonl"), folder.join("ledger.jsonl")).unwrap();
}

/// Checks the exit code of a command line, and that it prints `said`. An error must also say what to do next.
fn ends(folder: &Path, line: &str, exit: i32, said: &str) {
    let ran = ran(folder, line);
    let all = ran.stdout + &ran.stderr;
    assert_eq!(ran.exit, exit, "{line}\n{all}");
    assert!(all.contains(said), "{line}\n{all}");
    assert!(
        exit < 2 || all.contains("\nhelp: ") || all.contains("--help"),
        "{line} does not say what to do next\n{all}"
    );
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Writes the first entries as an older ledger.
fn older(folder: &Path, entries: usize) {
    let lines: String = read(folder, "ledger.jsonl").split_inclusive('\n').take(entries).collect();
    fs::write(folder.join("older.jsonl"), lines).unwrap();
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_private_key_is_never_shown_and_readable_only_by_its_owner() {
    let folder = desk();
    let folder = folder.path();
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("desk.key"), 0o600);
    assert_eq!(read(folder, "desk.key").lines().count(), 1);
    // `PRIVATE+KEY+name+id+key`: the key is Base64, and may hold a `+` itself.
    let secret = read(folder, "desk.key").trim().splitn(5, '+').nth(4).unwrap().to_owned();
    assert_eq!(secret.len(), 44);
    fs::write(folder.join("spoilt.key"), read(folder, "desk.key").replace("example", "Example")).unwrap();
    fs::set_permissions(folder.join("spoilt.key"), Permissions::from_mode(0o600)).unwrap();
    let ledger = fs::read(folder.join("ledger.jsonl")).unwrap();
    fs::write(folder.join("proof"), ok(folder, "prove 8 --key desk.key")).unwrap();
    for line in [
        "checkpoint --key desk.key",
        "checkpoint --key desk.key -o cp",
        "checkpoint --key desk.key.pub",
        "checkpoint --key spoilt.key",
        "prove 8 --key desk.key",
        "prove --since cp --key desk.key",
        "prove 8 --checkpoint desk.key",
        "verify-proof proof --key desk.key",
        "verify-proof desk.key --key desk.key.pub",
        "verify-proof proof --checkpoint desk.key",
        "verify-proof proof --key desk.key.pub --entry desk.key",
        "keygen desk.key",
        "--ledger desk.key checkpoint --key desk.key",
        "--ledger desk.key validate",
    ] {
        for format in ["text", "json"] {
            let ran = ran(folder, &format!("{line} --format {format}"));
            assert!(!(ran.stdout + &ran.stderr).contains(&secret), "{line}");
        }
    }
    assert_eq!(ledger, fs::read(folder.join("ledger.jsonl")).unwrap());
    fs::set_permissions(folder.join("desk.key"), Permissions::from_mode(0o640)).unwrap();
    assert!(ran(folder, "checkpoint --key desk.key").stderr.contains("warning: other users can read"));
}

#[test]
fn no_file_is_overwritten_or_left_half_written() {
    let folder = desk();
    let folder = folder.path();
    for name in ["cp", "taken.pub", "sub"] {
        fs::write(folder.join(name), "kept").unwrap();
    }
    let before = names(folder);
    for line in [
        "keygen desk.key",
        "keygen taken",
        "keygen nowhere/desk.key",
        "checkpoint --key desk.key -o cp",
        "checkpoint --key desk.key -o nowhere/cp",
        "prove 8 --key desk.key -o cp",
        "prove 8 --key desk.key -o sub/proof",
    ] {
        ends(folder, line, 4, "error: ");
    }
    assert_eq!(names(folder), before);
    assert_eq!(read(folder, "cp"), "kept");
    fs::create_dir(folder.join("proofs")).unwrap();
    fs::write(folder.join("proofs/entry-8.tlog-proof"), "kept").unwrap();
    ends(folder, "prove D1100234 --key desk.key -o proofs", 4, "exists already");
    assert_eq!(names(&folder.join("proofs")).len(), 1, "the proof of entry 6 must not be there either");
}

#[test]
fn d30_prove_of_a_licence_proves_every_entry_that_names_it() {
    let folder = desk();
    let folder = folder.path();
    ok(folder, "return R1 --shipment X20260305123456 H200=12 --date 2026-03-05 --by a --clock 2026-03-06T08:00:00Z");
    ok(folder, "void 9 --reason mistaken --date 2026-03-06 --by a --clock 2026-03-06T08:00:00Z");
    fs::create_dir(folder.join("proofs")).unwrap();
    let made = ran(folder, "prove D1100234 --key desk.key -o proofs");
    assert!(made.stderr.contains("4 entries name licence `D1100234`; the proofs don't show that no other entry does"));
    let expected = ["10", "6", "8", "9"].map(|entry| format!("entry-{entry}.tlog-proof"));
    assert_eq!(names(&folder.join("proofs")), BTreeSet::from(expected));
    fs::write(folder.join("all"), ok(folder, "prove D1100234 --key desk.key")).unwrap();
    let said = ok(folder, "verify-proof all --key desk.key.pub --format json");
    let said: Value = serde_json::from_str(&said).unwrap();
    let entries: Vec<_> = said["proofs"].as_array().unwrap().iter().map(|one| one["entry"].as_u64()).collect();
    assert_eq!(entries, [6, 8, 9, 10].map(Some));
    // A reference means the entry that has it, void or not.
    let ledger = read(folder, "ledger.jsonl");
    for (reference, entry) in [("X20260305123456", 8), ("R1", 9)] {
        fs::write(folder.join("one"), ok(folder, &format!("prove {reference} --key desk.key"))).unwrap();
        let said: Value =
            serde_json::from_str(&ok(folder, "verify-proof one --key desk.key.pub --format json")).unwrap();
        assert_eq!(said["proofs"][0]["line"]["seq"], entry);
        assert!(ok(folder, "verify-proof one --key desk.key.pub").contains(ledger.lines().nth(entry - 1).unwrap()));
    }
    ends(folder, "prove D110023 --key desk.key", 2, "did you mean `D1100234`?");
    ends(folder, "prove alibaba --key desk.key", 2, "`exquota log` lists the entries");
    ends(folder, "prove 11 --key desk.key", 2, "no entry, licence or reference is called `11`");
}

#[test]
fn a_ledger_with_breaches_has_a_checkpoint_and_one_with_faults_has_none() {
    let folder = desk();
    let folder = folder.path();
    copy(folder, "breaches/over-the-cap");
    ok(folder, "checkpoint --key desk.key");
    ok(folder, "prove 1 --key desk.key");
    copy(folder, "faults/chain-broken");
    ends(folder, "checkpoint --key desk.key", 3, "chain-broken");
    ends(folder, "checkpoint --origin example.com/ledger", 3, "chain-broken");
    ends(folder, "prove 1 --key desk.key", 3, "chain-broken");
    fs::write(folder.join("ledger.jsonl"), "").unwrap();
    ends(folder, "checkpoint --key desk.key", 3, "ledger-empty");
    fs::remove_file(folder.join("ledger.jsonl")).unwrap();
    ends(folder, "checkpoint --key desk.key", 4, "there is no ledger");
}

#[test]
fn lines_that_may_not_last_are_not_signed() {
    let folder = desk();
    let folder = folder.path();
    let whole = ok(folder, "checkpoint --key desk.key");
    // A last line without an end is not part of the tree.
    fs::write(folder.join("ledger.jsonl"), read(folder, "ledger.jsonl") + "{\"v\":1,").unwrap();
    let torn = ran(folder, "checkpoint --key desk.key");
    assert_eq!((torn.exit, torn.stdout), (0, whole));
    assert!(torn.stderr.contains("the last line has no end"), "{}", torn.stderr);
    assert!(ran(folder, "prove 8 --key desk.key").stdout.contains("\nexample.com/ledger\n8\n"));
    // After a failed write the disk may not hold what the file shows.
    fs::write(folder.join("cp"), ok(folder, "checkpoint --key desk.key")).unwrap();
    fs::write(folder.join("ledger.jsonl.suspect"), "").unwrap();
    ends(folder, "checkpoint --key desk.key", 4, "ledger.jsonl.suspect");
    ends(folder, "checkpoint --origin example.com/ledger", 4, "ledger.jsonl.suspect");
    ends(folder, "prove 8 --key desk.key", 4, "ledger.jsonl.suspect");
    ok(folder, "prove 8 --checkpoint cp");
}

#[test]
fn a_ledger_that_cannot_be_synced_is_not_signed() {
    let folder = desk();
    let folder = folder.path();
    ok(folder, "checkpoint --key desk.key -o cp");
    let system: Arc<dyn System> = Arc::new(Unsyncable(Disk::new(None)));
    let session = Session {
        access: Access::default(),
        ledger: Arc::new(LedgerFile::at(Arc::clone(&system), &folder.join("ledger.jsonl"), Duration::ZERO)),
        system,
        today: NaiveDate::default(),
        cached_from: u64::MAX,
        progress: Arc::new(exquota::commands::progress::Unwatched),
    };
    let key = Some(folder.join("desk.key"));
    let request = checkpoint::Request { key: key.clone(), origin: None, out: Some(folder.join("never")) };
    let error = checkpoint::run(&session, &request).err().unwrap();
    assert!(format!("{error:#}").contains("the disk is gone"), "{error:#}");
    assert!(!folder.join("never").exists());
    let subject = Some("8".to_owned());
    let signing = prove::Request { subject, since: None, key, checkpoint: None, out: None };
    assert!(prove::run(&session, &signing).is_err());
    let under_an_old_one = prove::Request { key: None, checkpoint: Some(folder.join("cp")), ..signing };
    assert!(prove::run(&session, &under_an_old_one).is_ok(), "a proof under an old checkpoint signs nothing");
}

#[test]
fn a_rewritten_ledger_has_no_proof_since_an_older_checkpoint() {
    let folder = desk();
    let folder = folder.path();
    ok(folder, "checkpoint --key desk.key -o cp");
    older(folder, 7);
    ends(folder, "--ledger older.jsonl prove --since cp --key desk.key", 3, "covers 8 entries, but the ledger has 7");
    // The chain of the older ledger is good, but from entry 8 on it is another ledger.
    ok(
        folder,
        "--ledger older.jsonl ship X20260305999999 --licence D1100234 H200=1 --attest third-party-test \
         --date 2026-03-05 --by a --clock 2026-03-05T10:00:00Z",
    );
    ok(folder, "--ledger older.jsonl validate");
    for line in ["prove --since cp --key desk.key", "prove 1 --checkpoint cp", "prove --since cp --checkpoint cp"] {
        ends(folder, &format!("--ledger older.jsonl {line}"), 3, "not-an-extension");
    }
    // A proof under another root does not deceive a reader who kept the checkpoint.
    ok(folder, "--ledger older.jsonl checkpoint --key desk.key -o other");
    fs::write(folder.join("since"), ok(folder, "prove --since cp --key desk.key")).unwrap();
    ok(folder, "verify-proof since --since cp --key desk.key.pub");
    ends(folder, "verify-proof since --since other --key desk.key.pub", 1, "DOES NOT HOLD");
    older(folder, 3);
    ok(folder, "--ledger older.jsonl checkpoint --key desk.key -o three");
    ends(folder, "prove --since cp --checkpoint three", 2, "give the older one to --since");
    ends(folder, "prove 8 --checkpoint three", 2, "recorded after the checkpoint");
}

#[test]
fn only_given_keys_are_believed() {
    let folder = desk();
    let folder = folder.path();
    ok(folder, "keygen namesake.key --origin example.com/ledger");
    ok(folder, "keygen other.key");
    older(folder, 5);
    for key in ["desk", "namesake", "other"] {
        ok(folder, &format!("--ledger older.jsonl checkpoint --key {key}.key -o {key}.then"));
        ok(folder, &format!("prove 8 --key {key}.key -o {key}.proof"));
        ok(folder, &format!("prove --since {key}.then --key {key}.key -o {key}.since"));
        ok(folder, &format!("verify-proof {key}.proof --key {key}.key.pub"));
        ok(folder, &format!("verify-proof {key}.since --since {key}.then --key {key}.key.pub"));
    }
    ends(folder, "verify-proof desk.proof --key namesake.key.pub", 1, "no given key has signed");
    ends(folder, "verify-proof desk.proof --key other.key.pub", 1, "no given key has signed");
    ok(folder, "verify-proof desk.proof namesake.proof --key namesake.key.pub --key desk.key.pub");
    ends(folder, "verify-proof desk.proof namesake.proof --key desk.key.pub", 1, "HOLDS  desk.proof");
    ends(
        folder,
        "verify-proof desk.since --since namesake.then --key desk.key.pub",
        1,
        "has signed the older checkpoint",
    );
    ok(folder, "verify-proof desk.since --since namesake.then --key desk.key.pub --key namesake.key.pub");
    let both = "--key desk.key.pub --key other.key.pub";
    ends(
        folder,
        &format!("verify-proof desk.since --since other.then {both}"),
        1,
        "the later one to `example.com/ledger`",
    );
    ends(folder, "prove --since other.then --key desk.key", 2, "not of `example.com/ledger`");
    // A known key signs a checkpoint of another log. The key can't sign for that log.
    let root = TreeHash::from_base64(read(folder, "desk.then").lines().nth(2).unwrap()).unwrap();
    let secret = PrivateKey::parse(&read(folder, "desk.key")).unwrap();
    let foreign = Checkpoint::unsigned("example.com/another", 5, root).note.signed(&secret).written();
    let proof = ok(folder, "--ledger older.jsonl prove 5 --key desk.key");
    let (body, _) = proof.split_once("\n\n").unwrap();
    fs::write(folder.join("foreign"), format!("{body}\n\n{foreign}")).unwrap();
    ends(folder, "verify-proof foreign --key desk.key.pub", 1, "can't sign for it");
    // A trusted checkpoint is trusted for its three lines, whoever signed it.
    ok(folder, "prove 5 --checkpoint desk.then -o five");
    ok(folder, "verify-proof five --checkpoint namesake.then");
    ends(folder, "verify-proof five --checkpoint other.then", 1, "not the trusted one");
    ends(folder, "verify-proof other.since --checkpoint desk.then --since desk.then", 1, "not the trusted one");
}

#[test]
fn an_entry_is_in_its_proof_or_given_beside_it() {
    let folder = desk();
    let folder = folder.path();
    ok(folder, "prove 8 --key desk.key -o proof");
    let ledger = read(folder, "ledger.jsonl");
    for (number, name) in [(7, "seven"), (8, "eight")] {
        fs::write(folder.join(name), format!("{}\n", ledger.lines().nth(number - 1).unwrap())).unwrap();
    }
    fs::remove_file(folder.join("ledger.jsonl")).unwrap();
    ok(folder, "verify-proof proof --key desk.key.pub");
    ok(folder, "verify-proof proof --key desk.key.pub --entry eight");
    ends(folder, "verify-proof proof --key desk.key.pub --entry seven", 1, "for another entry than the one given");
    let bare: String = read(folder, "proof").split_inclusive('\n').filter(|line| !line.starts_with("extra ")).collect();
    fs::write(folder.join("bare"), bare).unwrap();
    ends(folder, "verify-proof bare --key desk.key.pub", 2, "--entry");
    assert!(ok(folder, "verify-proof bare --key desk.key.pub --entry eight").contains("X20260305123456: 512 H200"));
    ends(folder, "verify-proof bare --key desk.key.pub --entry seven", 1, "do not lead to the checkpoint's root");
    ends(folder, "verify-proof bare --key desk.key.pub --entry nowhere", 4, "nowhere");
    ends(folder, "verify-proof proof --key desk.key.pub --since proof", 3, "checkpoint");
}

/// Proofs of a log that signs any line hold, but they say nothing about a ledger.
#[test]
fn a_signed_line_must_be_the_entry_of_its_place() {
    let folder = desk();
    let folder = folder.path();
    let key = PrivateKey::parse(&read(folder, "desk.key")).unwrap();
    let ledger = read(folder, "ledger.jsonl");
    let swapped = [ledger.lines().nth(1).unwrap(), ledger.lines().next().unwrap(), "\u{1b}[2Jno entry"];
    let tree = Tree::of(swapped.map(|line| TreeHash::of_line(line.as_bytes())));
    for (index, line) in (0..).zip(swapped) {
        let unsigned = Checkpoint::unsigned("example.com/ledger", 3, tree.root_at(3).unwrap());
        let checkpoint = Checkpoint { note: unsigned.note.clone().signed(&key), ..unsigned };
        let path = tree.inclusion(index, 3).unwrap();
        let proof = Inclusion { line: Some(line.as_bytes().to_vec()), index, path, checkpoint };
        fs::write(folder.join(format!("proof-{index}")), proof.written()).unwrap();
    }
    ends(folder, "verify-proof proof-0 --key desk.key.pub", 1, "number 2, but it is in the place of 1");
    ends(folder, "verify-proof proof-2 --key desk.key.pub", 3, "the proof holds, but its bytes are no ledger entry");
    assert!(!ran(folder, "verify-proof proof-2 --key desk.key.pub").stderr.contains('\u{1b}'));
}

#[test]
fn long_lines_are_cut_in_text_and_whole_in_json() {
    let folder = desk();
    let folder = folder.path();
    ok(folder, "prove 1 --key desk.key -o proof");
    let shown = ok(folder, "verify-proof proof --key desk.key.pub");
    assert!(shown.contains("... (all of it with --format json)"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 2100));
    let whole: Value =
        serde_json::from_str(&ok(folder, "verify-proof proof --key desk.key.pub --format json")).unwrap();
    let line: Value = serde_json::from_str(read(folder, "ledger.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!(whole["proofs"][0]["line"], line);
}

#[test]
fn an_unclear_command_line_is_a_usage_error() {
    let folder = desk();
    let folder = folder.path();
    ok(folder, "checkpoint --key desk.key -o cp");
    for line in [
        "checkpoint",
        "checkpoint --key desk.key --origin example.com/ledger",
        "checkpoint --origin 'a b'",
        "keygen new.key --origin a+b",
        "prove 8",
        "prove --key desk.key",
        "prove 8 --since cp --key desk.key",
        "prove 8 --key desk.key --checkpoint cp",
        "verify-proof cp",
        "verify-proof --key desk.key.pub",
        "verify-proof cp --key desk.key.pub --checkpoint cp",
    ] {
        ends(folder, line, 2, "error: ");
    }
    assert!(!folder.join("new.key").exists());
    fs::write(folder.join("large"), vec![b'a'; 5000]).unwrap();
    ends(folder, "checkpoint --key large", 4, "longer than 4096 bytes");
}
