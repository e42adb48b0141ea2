//! Two branches of a ledger in a real git repository: merged by the driver, refused, rebased, and joined as text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]
#![allow(clippy::print_stdout, reason = "the tests print how much they did")]

#[allow(dead_code, reason = "each test takes what it needs")]
mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use support::{exquota, ok, root, words};
use tempfile::TempDir;

const DRIVER: &str = "*.jsonl merge=exquota -text\n";

/// A repository whose main has a ledger of four entries; Alibaba has 20,000 left.
struct Desk(TempDir);

impl Desk {
    fn new(attributes: &str) -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.git("init --quiet --initial-branch=main", true);
        let driver =
            format!("'{}' --clock 2026-03-20T12:00:00Z merge-driver %O %A %B %P", env!("CARGO_BIN_EXE_exquota"));
        desk.git(&format!("config merge.exquota.driver {}", shlex::try_quote(&driver).unwrap()), true);
        fs::write(desk.path().join(".gitattributes"), attributes).unwrap();
        let policy = root().join("policies/china-cap-2026-03.toml");
        desk.record(&format!("init --policy '{}' --date 2026-03-03", policy.display()));
        desk.record("register alibaba --name Alibaba --country CN --date 2026-03-03");
        desk.record("register tencent --name Tencent --country CN --date 2026-03-03");
        desk.approve("D1000001 alibaba H200=55000");
        desk.commit();
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs git, which must succeed or fail. Gives what it prints.
    fn git(&self, line: &str, succeeds: bool) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=analyst-1", "-c", "user.email=analyst-1@example.org"]).args(words(line));
        git.current_dir(self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_EDITOR", "true");
        let output = git.output().unwrap();
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert_eq!(output.status.success(), succeeds, "git {line}\n{told}");
        told
    }

    fn commit(&self) {
        self.git("add --all", true);
        self.git("commit --quiet --message x", true);
    }

    fn record(&self, line: &str) {
        ok(self.path(), &format!("{line} --clock 2026-03-10T09:00:00Z"));
    }

    fn approve(&self, what: &str) {
        let attested = "--attest us-availability --attest customer-due-diligence --expires 2027-03-04";
        self.record(&format!("approve {what} --date 2026-03-05 {attested}"));
    }

    fn ledger(&self) -> String {
        fs::read_to_string(self.path().join("ledger.jsonl")).unwrap()
    }

    /// Main and a feature, each with entries of its own. Gives main's ledger.
    fn branch(&self, on_main: &[&str], on_feature: &[&str]) -> String {
        self.git("switch --quiet --create feature", true);
        for what in on_feature {
            self.approve(what);
            self.commit();
        }
        self.git("switch --quiet main", true);
        for what in on_main {
            self.approve(what);
        }
        self.commit();
        self.ledger()
    }

    fn is_valid(&self, entries: usize) {
        let told = ok(self.path(), "validate");
        assert!(told.contains(&format!("{entries} entries, no faults, no breaches")), "{told}");
    }
}

#[test]
fn a_merge_keeps_the_lines_of_main_and_judges_those_of_the_feature_anew() {
    let desk = Desk::new(DRIVER);
    let main =
        desk.branch(&["D1000002 alibaba H200=15000"], &["D1000003 alibaba H200=5000", "D1000004 tencent H200=7"]);
    let told = desk.git("merge --no-edit feature", true);
    assert!(told.contains("MERGED ledger.jsonl of the other branch onto ledger.jsonl as checked out"), "{told}");
    assert!(desk.ledger().starts_with(&main));
    desk.is_valid(7);
    ok(desk.path(), "validate --extends-git HEAD~1");
    // The feature goes on as it was. What came over already is passed over when it comes again.
    desk.git("switch --quiet feature", true);
    desk.record("suspend D1000004 --reason 'end use is investigated' --date 2026-03-06");
    desk.commit();
    desk.record("reinstate D1000004 --reason 'nothing was found' --date 2026-03-07");
    desk.commit();
    desk.git("switch --quiet main", true);
    desk.git("merge --no-edit feature", true);
    desk.is_valid(9);
    desk.git("switch --quiet feature", true);
    desk.approve("D1000005 tencent H200=8");
    desk.commit();
    desk.git("switch --quiet main", true);
    desk.git("merge --no-edit feature", true);
    desk.is_valid(10);
    assert!(desk.ledger().starts_with(&main));
}

#[test]
fn a_rebase_of_several_commits_keeps_the_lines_of_main() {
    let desk = Desk::new(DRIVER);
    let main =
        desk.branch(&["D1000002 alibaba H200=15000"], &["D1000003 alibaba H200=5000", "D1000004 tencent H200=7"]);
    desk.git("switch --quiet feature", true);
    desk.git("rebase --quiet main", true);
    assert!(desk.ledger().starts_with(&main));
    desk.is_valid(7);
    ok(desk.path(), "validate --extends-git main");
    // What a pull request shows as a comment.
    let old = desk.git("show main:ledger.jsonl", true);
    fs::write(desk.path().join("main.jsonl"), old).unwrap();
    let comment = ok(desk.path(), "diff main.jsonl --format markdown --as-of 2026-03-10");
    assert!(comment.starts_with("Since main.jsonl (5 entries, head"), "{comment}");
    assert!(comment.contains("| 6 | 2026-03-05 | approval | D1000003: 5,000 H200 for alibaba"), "{comment}");
}

/// Alibaba's last 20,000 are given away on both branches.
#[test]
fn a_quota_given_away_twice_is_a_conflict() {
    let desk = Desk::new(DRIVER);
    let main = desk.branch(&["D1000002 alibaba H200=20000"], &["D1000003 alibaba H200=20000"]);
    let told = desk.git("merge --no-edit feature", false);
    assert!(told.contains("entry 5 is refused [ceiling-exceeded]"), "{told}");
    assert!(told.contains("CONFLICT"), "{told}");
    assert_eq!(desk.ledger(), main, "what is checked out stays as it was");
    // The way out that records what happened, as the message says it.
    fs::write(desk.path().join("other.jsonl"), desk.git("show :3:ledger.jsonl", true)).unwrap();
    let line = "--ledger other.jsonl rebase --onto ledger.jsonl --despite 'both letters were sent' \
                --clock 2026-03-20T12:00:00Z";
    ok(desk.path(), line);
    fs::rename(desk.path().join("other.jsonl"), desk.path().join("ledger.jsonl")).unwrap();
    assert!(desk.ledger().starts_with(&main));
    let told = ok(desk.path(), "validate");
    assert!(told.contains("6 entries, no faults, no breaches, 1 violation"), "{told}");
    desk.git("reset --quiet --hard", true);
    // The other way out: the feature takes its approval out again. Then neither it nor its void comes over.
    desk.git("switch --quiet feature", true);
    desk.record("void D1000003 --reason 'given away on main' --date 2026-03-06");
    desk.commit();
    desk.git("switch --quiet main", true);
    desk.git("merge --no-edit feature", true);
    assert_eq!(desk.ledger(), main);
    // A rebase stops at the commit with the approval; the next one takes it out.
    desk.git("reset --quiet --hard HEAD~1", true);
    desk.git("switch --quiet feature", true);
    let told = desk.git("rebase main", false);
    assert!(told.contains("[ceiling-exceeded]"), "{told}");
    desk.git("rebase --skip", true);
    assert_eq!(desk.ledger(), main);
}

#[test]
fn lines_that_git_joined_or_took_out_are_found() {
    let desk = Desk::new("*.jsonl merge=union -text\n");
    desk.branch(&["D1000002 alibaba H200=20000"], &["D1000003 alibaba H200=20000"]);
    desk.git("merge --no-edit feature", true);
    let ran = exquota(desk.path(), &["validate"]);
    assert_eq!(ran.exit, 3, "{}", ran.stdout);
    for expected in ["[seq-gap]", "`seq` is 5; it must be 6", "[chain-broken]", "merge=union", "exquota rebase --onto"]
    {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }

    let desk = Desk::new("*.jsonl -text\n");
    desk.branch(&["D1000002 alibaba H200=20000"], &["D1000003 alibaba H200=20000"]);
    desk.git("merge --no-edit feature", false);
    let ran = exquota(desk.path(), &["validate"]);
    for expected in ["conflict markers", "rebase --onto", "merge-driver"] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }

    let desk = Desk::new(DRIVER);
    for what in ["D1000002 tencent H200=1", "D1000003 tencent H200=2"] {
        desk.approve(what);
        desk.commit();
    }
    let before = desk.ledger();
    let told = desk.git("revert --no-edit HEAD~1", false);
    assert!(told.contains("takes entry 5 out of the file"), "{told}");
    assert_eq!(desk.ledger(), before);
}

#[test]
fn init_in_a_work_tree_names_the_attributes() {
    let desk = Desk::new(DRIVER);
    let told = ok(desk.path(), "init --ledger other.jsonl --policy china-cap-2026-03 --date 2026-03-03");
    assert!(told.contains("`*.jsonl merge=exquota -text`"), "{told}");
}

/// Numbers that look random, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// A command that may be refused.
    fn command(&mut self) -> String {
        let [licence, shipment, quantity, day] = [6, 5, 8, 9].map(|end| self.below(end));
        let (customer, quantity) = (["a", "b", "c"][self.below(3) as usize], 10 * (quantity + 1));
        let line = match self.below(18) {
            0..=3 => format!("approve L{licence} {customer} H200={quantity}"),
            4..=6 => format!("ship X{shipment} --licence L{licence} H200={quantity}"),
            7 => format!("amend L{licence} H200={quantity}"),
            8 => format!("suspend L{licence} --reason r"),
            9 => format!("reinstate L{licence} --reason r"),
            10 => format!("return R{shipment} --shipment X{shipment} H200={quantity}"),
            11 => format!("void L{licence} --reason r"),
            12 => format!("void X{shipment} --reason r"),
            13 => format!("register {customer} --alias N{}", self.below(4)),
            14 => format!("register b --parent {}", ["a", "c"][self.below(2) as usize]),
            15 => format!("register d --name D{} --country CN", self.below(2)),
            16 => format!("grant --ceiling per-customer --group {customer} --limit {quantity} --authority l"),
            _ => format!("check {customer} H200={quantity} --record"),
        };
        let despite = if !line.starts_with("check") && self.below(6) == 0 { " --despite why" } else { "" };
        format!("{line}{despite} --date 2026-03-{:02} --clock 2026-03-12T09:00:00Z", day + 3)
    }
}

/// Gives each command to the ledger, and keeps those that it recorded, with `--despite` only where it was needed.
fn recorded(folder: &Path, ledger: &str, by: &str, dice: &mut Dice, count: usize) -> Vec<String> {
    let lines = || fs::read_to_string(folder.join(ledger)).unwrap().lines().count();
    let mut kept = Vec::new();
    for command in (0..count).map(|_| dice.command()) {
        let before = lines();
        exquota(folder, &words(&format!("{command} --ledger {ledger} --by {by}")));
        if lines() > before {
            let text = fs::read_to_string(folder.join(ledger)).unwrap();
            let needed = text.lines().last().unwrap().contains("\"despite\"");
            kept.push(if needed { command } else { command.replace(" --despite why", "") });
        }
    }
    kept
}

/// A rebase does what giving the same commands again on the other branch would do, whatever the histories are.
#[test]
fn a_rebase_equals_the_same_commands_given_by_hand() {
    let rounds = std::env::var("EXQUOTA_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    let (mut done, mut refused, mut left_out) = (0, 0, 0);
    for round in 0..40 * rounds {
        let (folder, mut dice) = (tempfile::tempdir().unwrap(), Dice(round));
        let path = folder.path();
        let policy = "name = \"p\"\nversion = \"1\"\nstatus = \"scenario\"\n[ceilings.per-customer]\nscope = \"customer\"\n\
                      limit = 120\n[chips.H200]\nequivalence = 1\n";
        fs::write(path.join("p.toml"), policy).unwrap();
        ok(path, "init --policy p.toml --date 2026-03-01 --clock 2026-03-12T09:00:00Z");
        for customer in ["a", "b", "c"] {
            let told = format!("register {customer} --name {customer} --country CN --date 2026-03-01");
            ok(path, &format!("{told} --clock 2026-03-12T09:00:00Z"));
        }
        let count = dice.below(10) as usize;
        recorded(path, "ledger.jsonl", "analyst-1", &mut dice, count);
        fs::copy(path.join("ledger.jsonl"), path.join("theirs.jsonl")).unwrap();
        recorded(path, "theirs.jsonl", "analyst-2", &mut dice, 8);
        let ours = recorded(path, "ledger.jsonl", "analyst-1", &mut dice, 8);
        fs::copy(path.join("theirs.jsonl"), path.join("by-hand.jsonl")).unwrap();
        let mut none_refused = true;
        for command in &ours {
            let ran = exquota(path, &words(&format!("{command} --ledger by-hand.jsonl --by analyst-1")));
            none_refused &= ran.exit == 0 || command.starts_with("check");
        }
        let [theirs, by_hand] =
            ["theirs.jsonl", "by-hand.jsonl"].map(|name| fs::read_to_string(path.join(name)).unwrap());
        let before = fs::read_to_string(path.join("ledger.jsonl")).unwrap();
        let line = "rebase --onto theirs.jsonl --clock 2026-03-12T09:00:00Z --format json";
        let ran = exquota(path, &words(line));
        let after = fs::read_to_string(path.join("ledger.jsonl")).unwrap();
        let told = format!("round {round}\n{ours:#?}\n{}{}", ran.stdout, ran.stderr);
        if ran.exit == 1 {
            refused += 1;
            assert!(!none_refused, "by hand nothing is refused: {told}");
            assert_eq!(after, before, "{told}");
            continue;
        }
        assert_eq!(ran.exit, 0, "{told}");
        assert!(after.starts_with(&theirs), "the other branch's lines stay: {told}");
        ok(path, "validate");
        if ran.stdout.contains("\"left-out\"") {
            left_out += 1;
        } else {
            done += 1;
            assert_eq!(after, by_hand, "{told}");
        }
    }
    assert!(done >= 5 && refused >= 5, "{done} done, {refused} refused, {left_out} with entries left out");
    println!("{done} rebases as by hand, {refused} refused, {left_out} with entries left out");
}
