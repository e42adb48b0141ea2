//! `init` and `register` without arguments ask for every value, and write the same lines as with flags.

use crate::pty::{Screen, at_terminal};
use crate::support::{copy_files, exquota, ok, root, words};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const ENTER: &str = "\r";
const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";
const FOUNDED: &str = "--date 2026-03-04 --clock 2026-03-04T08:00:00Z --by analyst-1";
const LATER: &str = "--date 2026-03-05 --clock 2026-03-05T08:00:00Z --by analyst-1";

/// The questions at the registration of a cloud, each with its answer.
const CLOUD: [(&str, &str); 6] = [
    ("id, as in", "aliyun"),
    ("full name: ", "Alibaba Cloud"),
    ("country, two letters: ", "sg"),
    ("parent, if it belongs to one: ", "Alibaba"),
    ("other names, `;` between them: ", "阿里云; Aliyun"),
    ("flags, `;` between them: ", "1260H"),
];

/// The policies, a customers' file, and no ledger.
fn desk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("policies")).unwrap();
    copy_files(&root().join("policies"), &folder.path().join("policies"));
    copy_files(&root().join("fixtures/stories/working-day"), folder.path());
    fs::remove_file(folder.path().join("ledger.jsonl")).unwrap();
    folder
}

/// The same, with a ledger.
fn founded() -> TempDir {
    let folder = desk();
    ok(folder.path(), &format!("init --policy policies/china-cap-2026-03.toml --customers customers.csv {FOUNDED}"));
    folder
}

fn ledger(folder: &Path) -> String {
    fs::read_to_string(folder.join("ledger.jsonl")).unwrap_or_default()
}

/// Runs a command line and answers its questions in this order.
fn talk(folder: &Path, line: &str, answers: &[(&str, &str)]) -> Screen {
    talk_in(folder, &[], line, answers)
}

/// The same with these variables.
fn talk_in(folder: &Path, variables: &[(&str, &str)], line: &str, answers: &[(&str, &str)]) -> Screen {
    let mut answers = answers.iter();
    let mut next = answers.next();
    at_terminal(folder, 400, &words(line), variables, &mut |shown| {
        let (_, answer) = next.filter(|(question, _)| is_asked(shown, question))?;
        next = answers.next();
        let ends_itself = [CTRL_C, CTRL_D].contains(answer);
        Some(if ends_itself { (*answer).to_owned() } else { format!("{answer}{ENTER}") })
    })
}

/// Whether the question was shown and the program waits for its answer. Text typed earlier would be lost.
fn is_asked(shown: &str, question: &str) -> bool {
    let shown = anstream::adapter::strip_str(shown).to_string();
    shown.contains(question) && shown.trim_end().ends_with(':')
}

#[test]
fn answers_write_the_shown_line_and_the_same_as_flags() {
    let asked = founded();
    let screen = talk(asked.path(), &format!("register {LATER}"), &[&CLOUD[..], &[("Write it?", "y")]].concat());
    assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
    let flags = founded();
    let line = "register aliyun --name 'Alibaba Cloud' --country SG --parent alibaba --alias 阿里云 --alias Aliyun --flag 1260H";
    ok(flags.path(), &format!("{line} {LATER}"));
    assert_eq!(ledger(asked.path()), ledger(flags.path()));
    let written = ledger(asked.path()).lines().last().unwrap().to_owned();
    assert!(screen.text().lines().any(|line| line == written), "the line must have been shown: {}", screen.text());
    assert!(screen.text().contains("RECORDED as entry 5"), "{}", screen.text());
}

#[test]
fn d31_white_space_in_answers_makes_no_other_line() {
    let line = |answers: &[(&str, &str)]| {
        let folder = founded();
        let screen = talk(folder.path(), &format!("register {LATER}"), &[answers, &[("Write it?", "y")]].concat());
        assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
        ledger(folder.path())
    };
    let untidy = [
        ("id, as in", " aliyun "),
        ("full name: ", "\u{200b} "),
        ("a new customer needs one", "Alibaba\u{a0}  Cloud\u{3000}"),
        ("country, two letters: ", " sg"),
        ("parent, if it belongs to one: ", "ALIBABA\u{2003}"),
        ("other names, `;` between them: ", " 阿里云\u{a0}; ;\u{2003}Aliyun ; aliyun"),
        ("flags, `;` between them: ", "1260H ;1260h"),
    ];
    assert_eq!(line(&untidy), line(&CLOUD));
}

#[test]
fn every_answer_is_judged_at_once() {
    let folder = founded();
    let answers = [
        ("id, as in", "Not An Id"),
        ("is not an id", "aliyun"),
        ("full name: ", "TENCENT"),
        ("already belongs to customer `tencent` [name-taken]", "\u{16}\u{1b}[2J"),
        ("control character", "Alib\u{430}ba Cloud"),
        ("mixes scripts", "UK"),
        ("[country-unknown]", "SG"),
        ("parent, if", "alibba"),
        ("did you mean `Alibaba`?", "alibaba"),
        ("other names", "JD.com"),
        ("[name-taken]", "Aliyun"),
        ("flags, ", "1260G"),
        ("did you mean `1260H`?", "y"),
    ];
    let screen = talk(folder.path(), &format!("register {LATER}"), &answers);
    assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
    let last = ledger(folder.path()).lines().last().unwrap().to_owned();
    for part in ["\"id\":\"aliyun\"", "Alib\u{430}ba Cloud", "\"country\":\"SG\"", "[\"Aliyun\"]", "[\"1260G\"]"] {
        assert!(last.contains(part), "{part} in {last}");
    }
    assert_eq!(screen.text().matches("mixes scripts").count(), 1, "a warning must come once: {}", screen.text());
    assert!(!screen.raw.contains("\u{1b}[2J"), "a typed control sequence must not clear the terminal");
}

#[test]
fn cancelling_writes_nothing() {
    let folder = founded();
    let before = ledger(folder.path());
    let questions: Vec<(&str, &str)> = [&CLOUD[..], &[("Write it?", "y")]].concat();
    for (index, (question, _)) in questions.iter().enumerate() {
        for end in [CTRL_C, CTRL_D] {
            let answers = [&questions[..index], &[(*question, end)]].concat();
            let screen = talk(folder.path(), &format!("register {LATER}"), &answers);
            assert_eq!(screen.exit, Some(2), "{end:?} at {question}: {}{}", screen.raw, screen.stderr);
            assert!(screen.stderr.contains("nothing was written"), "{}", screen.stderr);
            assert_eq!(ledger(folder.path()), before);
        }
    }
    for no in ["", "n", "no", "maybe"] {
        let screen = talk(folder.path(), &format!("register {LATER}"), &[&CLOUD[..], &[("Write it?", no)]].concat());
        assert_eq!((screen.exit, ledger(folder.path())), (Some(2), before.clone()), "{no}: {}", screen.stderr);
    }
    let screen = talk(folder.path(), &format!("register --dry-run {LATER}"), &CLOUD);
    assert_eq!((screen.exit, ledger(folder.path())), (Some(0), before), "{}", screen.raw);
}

#[test]
fn an_empty_answer_about_a_known_customer_changes_nothing() {
    let folder = founded();
    let before = ledger(folder.path());
    let empty =
        [("id, as in", "jd"), ("[JD.com]", ""), ("[CN]", ""), ("parent, if", ""), ("other names", ""), ("flags", "")];
    let screen = talk(folder.path(), &format!("register {LATER}"), &empty);
    assert_eq!((screen.exit, ledger(folder.path())), (Some(0), before), "{}{}", screen.raw, screen.stderr);
    assert!(screen.text().contains("ALREADY RECORDED as entry 4"), "{}", screen.text());
    ok(folder.path(), &format!("register jd --parent tencent {LATER}"));
    let detached = [
        ("id, as in", "jd"),
        ("full name", ""),
        ("country", ""),
        ("`-` for none [tencent]", "-"),
        ("other names", "京东"),
        ("flags", ""),
        ("Write it?", "yes"),
    ];
    let screen = talk(folder.path(), &format!("register {LATER}"), &detached);
    assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
    let last = ledger(folder.path()).lines().last().unwrap().to_owned();
    assert!(
        last.ends_with("\"customer\":{\"id\":\"jd\",\"name\":\"JD.com\",\"country\":\"CN\",\"aliases\":[\"京东\"]}}}"),
        "{last}"
    );
}

#[test]
fn the_shown_line_is_refused_if_somebody_wrote_meanwhile() {
    let folder = founded();
    let mut answers = [&CLOUD[..], &[("Write it?", "y")]].concat().into_iter().peekable();
    let screen = at_terminal(folder.path(), 200, &words(&format!("register {LATER}")), &[], &mut |shown| {
        let (question, answer) = answers.next_if(|(question, _)| is_asked(shown, question))?;
        if question == "Write it?" {
            ok(folder.path(), &format!("register baidu --name Baidu --country CN {LATER}"));
        }
        Some(format!("{answer}{ENTER}"))
    });
    assert_eq!(screen.exit, Some(1), "{}{}", screen.raw, screen.stderr);
    assert!(screen.text().contains("refused [head-moved]"), "{}", screen.text());
    assert_eq!(ledger(folder.path()).lines().count(), 5);
}

#[test]
fn init_by_answers_creates_the_same_ledger_as_by_flags() {
    let asked = desk();
    let answers = [
        ("3  china-cap-2026-03: proposed; Proposed", ""),
        ("a ledger needs a policy", "99"),
        ("the list has the numbers 1 to 6", "nowhere"),
        ("can't be read", "customers.csv"),
        ("customers.csv` is not valid", "3"),
        ("the customers' CSV", "nowhere.csv"),
        ("can't be read", "customers.csv"),
        ("Create the ledger?", "y"),
    ];
    let broken =
        talk(asked.path(), &format!("init {FOUNDED}"), &[&answers[..7], &[("Create the ledger?", "n")]].concat());
    assert_eq!(broken.exit, Some(2), "{}{}", broken.raw, broken.stderr);
    assert!(!asked.path().join("ledger.jsonl").exists());
    let screen = talk(asked.path(), &format!("init {FOUNDED}"), &answers);
    assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
    assert_eq!(ledger(asked.path()), ledger(founded().path()));
    for line in ledger(asked.path()).lines().skip(1) {
        assert!(screen.text().lines().any(|shown| shown == line), "{line} in {}", screen.text());
    }
    let again = talk(asked.path(), &format!("init {FOUNDED}"), &[]);
    assert_eq!(again.exit, Some(4), "init must not ask if the ledger exists: {}{}", again.raw, again.stderr);
}

#[test]
fn init_by_answers_needs_only_a_policy() {
    let folder = desk();
    fs::rename(folder.path().join("policies/china-cap-2026-03.toml"), folder.path().join("own.toml")).unwrap();
    let answers = [("the policy (", "own.toml"), ("the customers' CSV", ""), ("Create the ledger?", "yes")];
    let screen = talk(folder.path(), &format!("init {FOUNDED}"), &answers);
    assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
    assert_eq!(ledger(folder.path()).lines().count(), 1);
}

#[test]
fn tab_completes_names_and_paths_and_a_tilde_is_the_home_folder() {
    let folder = desk();
    let home = desk();
    fs::rename(home.path().join("customers.csv"), home.path().join("their customers.csv")).unwrap();
    let answers =
        [("the policy (", "China-cap-2026-03\t"), ("the customers' CSV", "~/their c\t"), ("Create the ledger?", "y")];
    let home = [("HOME", home.path().to_str().unwrap())];
    let screen = talk_in(folder.path(), &home, &format!("init {FOUNDED}"), &answers);
    assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
    assert_eq!(ledger(folder.path()), ledger(founded().path()));
    let answers =
        [("id, as in", "aliyun"), ("full name", "Alibaba Cloud"), ("country", "c\t"), ("parent, if", "alib\t")];
    let answers = [&answers[..], &[("other names", ""), ("flags", ""), ("Write it?", "y")]].concat();
    let screen = talk(folder.path(), &format!("register {LATER}"), &answers);
    assert_eq!(screen.exit, Some(0), "{}{}", screen.raw, screen.stderr);
    let last = ledger(folder.path()).lines().last().unwrap().to_owned();
    assert!(last.contains("\"country\":\"CN\",\"parent\":\"alibaba\""), "{last}");
}

#[test]
fn arguments_or_a_document_mean_no_questions() {
    let folder = founded();
    for line in ["register --name X", "register --", "init --customers customers.csv", "approve", "ship"] {
        let at_terminal = talk(folder.path(), line, &[]);
        let piped = exquota(folder.path(), &words(line));
        assert_eq!((at_terminal.exit, &at_terminal.stderr), (Some(2), &piped.stderr), "{line}");
    }
    for line in ["register --format json", "register --ask --format json"] {
        let screen = talk(folder.path(), line, &[]);
        assert_eq!(screen.exit, Some(2), "{line}: {}", screen.raw);
        assert!(screen.raw.contains("\"schema\": \"exquota/error/1\""), "{line}: {}", screen.raw);
    }
}
