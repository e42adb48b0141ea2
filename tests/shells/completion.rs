//! Bash, zsh and fish complete words from the ledger in use. Completion never writes, waits or complains, whatever the
//! ledger is.

use crate::support::{copy_files, ok, root};
use crate::tools::has;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn desk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("fixtures/stories/working-day"), folder.path());
    folder
}

/// The output of a shell that runs this script, with the program on its path.
fn shell(folder: &Path, program: &str, args: &[&str], script: &str) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_exquota")).parent().unwrap().display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    let output = Command::new(program)
        .args(args)
        .args(["-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .env_remove("EXQUOTA_LEDGER")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.is_empty(), "{script}\n{told}");
    String::from_utf8(output.stdout).unwrap()
}

/// The words that bash would put in the place of the last of these words. The words are split as bash splits them.
fn in_bash(folder: &Path, words: &[&str]) -> Vec<String> {
    let quoted: Vec<String> = words.iter().map(|word| shlex::try_quote(word).unwrap().into_owned()).collect();
    let script = format!(
        "source <(exquota completions bash)
        COMP_WORDS=({}) COMP_CWORD=$(({} - 1)) COMP_TYPE=9
        _clap_complete_exquota exquota {} ''
        printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words.len(),
        quoted.last().unwrap(),
    );
    let printed = shell(folder, "bash", &["--norc"], &script);
    printed.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

/// Asks as a shell's script does, without the shell.
fn asked(folder: &Path, shell: &str, words: &[&str], ledger: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exquota"));
    command.arg("--").args(words).current_dir(folder).env_remove("EXQUOTA_LEDGER").stdin(Stdio::null());
    command.env("EXQUOTA_COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
    if let Some(ledger) = ledger {
        command.env("EXQUOTA_LEDGER", ledger);
    }
    command.output().unwrap()
}

fn suggested(folder: &Path, words: &[&str], ledger: Option<&str>) -> Vec<String> {
    let output = asked(folder, "fish", words, ledger);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn bash_completes_verbs_names_and_chips() {
    if !has("bash") {
        return;
    }
    let folder = desk();
    let bash = |words: &[&str]| in_bash(folder.path(), words);
    assert_eq!(bash(&["exquota", "whati"]), ["whatif"]);
    assert_eq!(bash(&["exquota", "check", "ali"]), ["alibaba", "alibaba-cloud"]);
    assert_eq!(bash(&["exquota", "check", "TEN"]), ["tencent"]);
    assert_eq!(bash(&["exquota", "check", "tencent", "mi"]), ["MI325X="]);
    assert_eq!(bash(&["exquota", "explain", "balance"]), ["balance-exceeded"]);
    assert_eq!(bash(&["exquota", "ship", "X1", "--licence", "D11002345"]), [""; 0]);
    // Bash splits a word at its `=`.
    assert_eq!(bash(&["exquota", "ship", "X1", "--licence", "=", "D"]), ["D1100234", "D1100235"]);
    assert_eq!(bash(&["exquota", "ship", "X1", "--licence", "="]), ["D1100234", "D1100235"]);
    assert_eq!(bash(&["exquota", "check", "tencent", "H200", "=", "5"]), [""; 0]);
    assert_eq!(bash(&["exquota", "--ledger", "=", "none.jsonl", "check", "ali"]), [""; 0]);
    assert_eq!(bash(&["exquota", "check", "--ledger", "=", "ledger.jsonl", "tenc"]), ["tencent"]);
}

#[test]
fn fish_completes_and_describes() {
    if !has("fish") {
        return;
    }
    let folder = desk();
    let fish = |line: &str| {
        let script = format!("exquota completions fish | source; complete --do-complete '{line}'");
        shell(folder.path(), "fish", &["--no-config"], &script)
    };
    assert_eq!(fish("exquota check ten"), "tencent\tTencent\n");
    assert_eq!(fish("exquota ship X1 --licence=D1100235"), "--licence=D1100235\ttencent\n");
    assert_eq!(fish("exquota man whati"), "");
}

#[test]
fn zsh_completes_from_a_sourced_script_and_a_folder_of_functions() {
    if !has("zsh") {
        return;
    }
    let folder = desk();
    // Zsh's completion system needs a terminal. So this defines the two functions of it that the script calls.
    let stand_in = "compdef() { true }
        _describe() { print -r -- \"${(@P)3}\" ${#@[4,-1]} }
        words=(exquota check ten) CURRENT=3";
    let sourced = format!("{stand_in}\nsource <(exquota completions zsh)\n_clap_dynamic_completer_exquota");
    assert_eq!(shell(folder.path(), "zsh", &["-f"], &sourced), "tencent:Tencent 0\n");
    // No space follows a word that still needs a value.
    let item = sourced.replace("check ten) CURRENT=3", "check tencent MI) CURRENT=4");
    assert_eq!(shell(folder.path(), "zsh", &["-f"], &item), "MI325X=:AMD 2\n");
    let loaded = format!(
        "{stand_in}\nmkdir functions; exquota completions zsh > functions/_exquota
        fpath=(functions); autoload -U _exquota; _exquota; _exquota"
    );
    assert_eq!(shell(folder.path(), "zsh", &["-f"], &loaded).lines().next(), Some("tencent:Tencent 0"));
}

#[test]
fn completion_reads_the_ledger_in_use() {
    let folder = desk();
    fs::create_dir(folder.path().join("other")).unwrap();
    let elsewhere = folder.path().join("other/book.jsonl");
    fs::rename(folder.path().join("ledger.jsonl"), &elsewhere).unwrap();
    let path = elsewhere.to_str().unwrap();
    assert_eq!(suggested(folder.path(), &["exquota", "check", "ten"], None), [""; 0]);
    assert_eq!(suggested(folder.path(), &["exquota", "check", "ten"], Some(path)), ["tencent"]);
    assert_eq!(suggested(folder.path(), &["exquota", "--ledger", path, "check", "ten"], None), ["tencent"]);
    let typed = format!("--ledger={path}");
    assert_eq!(suggested(folder.path(), &["exquota", "check", &typed, "ten"], Some("none")), ["tencent"]);
}

#[test]
fn each_kind_of_word_has_its_names() {
    let folder = desk();
    let asked = |line: &str| suggested(folder.path(), &line.split(' ').collect::<Vec<_>>(), None);
    assert_eq!(asked("exquota return R1 --shipment "), ["X20260305123456"]);
    assert_eq!(asked("exquota grant --ceiling "), ["national", "per-customer"]);
    assert!(asked("exquota grant --group ").contains(&"total".to_owned()));
    assert_eq!(asked("exquota ship X1 --destination C"), ["CN"]);
    assert_eq!(asked("exquota approve L1 jd --attest us"), ["us-availability"]);
    assert_eq!(asked("exquota show D1100234"), ["D1100234"]);
    // Nothing can suggest the number of a new licence. The names of options and files are suggested.
    assert_eq!(asked("exquota approve D"), [""; 0]);
    assert_eq!(asked("exquota headroom --as-"), ["--as-of"]);
    assert_eq!(asked("exquota import ledger.j"), ["ledger.jsonl"]);
}

#[test]
fn a_name_that_a_shell_would_run_is_not_suggested() {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("tests/shells/deceiving"), folder.path());
    for line in fs::read_to_string(folder.path().join("steps")).unwrap().lines() {
        ok(folder.path(), line);
    }
    assert_eq!(suggested(folder.path(), &["exquota", "ship", "X1", "--licence", ""], None), ["D1", "执照1"]);
    assert_eq!(suggested(folder.path(), &["exquota", "check", "a", ""], None), ["H200="]);
    // Bash does not quote file names either.
    fs::write(folder.path().join("policy$(touch pwned).toml"), "").unwrap();
    if has("bash") {
        assert_eq!(in_bash(folder.path(), &["exquota", "adopt", "pol"]), ["policy.toml"]);
        assert_eq!(in_bash(folder.path(), &["exquota", "ship", "X1", "--licence", ""]), ["D1", "执照1"]);
    }
    assert!(!folder.path().join("pwned").exists());
    let fish = String::from_utf8(asked(folder.path(), "fish", &["exquota", "check", ""], None).stdout).unwrap();
    assert_eq!(fish, "a\tAlpha\n");
}

#[test]
fn completion_never_waits_writes_or_complains() {
    let folder = desk();
    let at = |name: &str| folder.path().join(name);
    let good = fs::read(at("ledger.jsonl")).unwrap();
    fs::write(at("torn.jsonl"), &good[..good.len() - 9]).unwrap();
    fs::write(at("faulty.jsonl"), String::from_utf8(good.clone()).unwrap().replace("tencent", "Tencent")).unwrap();
    fs::write(at("empty.jsonl"), "").unwrap();
    fs::write(at("noise.jsonl"), [0, 159, 146, 150, 10]).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe.jsonl")).status().unwrap().success());
    fs::create_dir(at("folder.jsonl")).unwrap();
    let before: BTreeMap<_, _> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), (fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap())))
        .collect();
    // Another process holds the lock all the time.
    let held = fs::File::open(at("ledger.jsonl")).unwrap();
    held.lock().unwrap();
    for (ledger, names) in [
        ("ledger.jsonl", vec!["tencent"]),
        ("torn.jsonl", vec!["tencent"]),
        ("faulty.jsonl", vec![]),
        ("empty.jsonl", vec![]),
        ("noise.jsonl", vec![]),
        ("missing.jsonl", vec![]),
        ("pipe.jsonl", vec![]),
        ("folder.jsonl", vec![]),
        ("/dev/zero", vec![]),
        ("/dev/stdin", vec![]),
    ] {
        assert_eq!(suggested(folder.path(), &["exquota", "check", "tenc"], Some(ledger)), names, "{ledger}");
    }
    let after: Vec<_> =
        fs::read_dir(folder.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).collect();
    assert_eq!(after.len(), before.len(), "there must be no new file");
    for (path, (bytes, modified)) in before {
        assert!(fs::read(&path).unwrap() == bytes && path.metadata().unwrap().modified().unwrap() == modified);
    }
}

#[test]
fn completion_never_fails() {
    let folder = desk();
    for (shell, words) in [
        ("bash", &["exquota", "nonsense", "--", "--what", ""][..]),
        ("bash", &["exquota"]),
        ("zsh", &["exquota", "policy", ""]),
        ("fish", &[""]),
        ("tcsh", &["exquota", "check", ""]),
    ] {
        let output = asked(folder.path(), shell, words, None);
        assert_eq!(output.status.code(), Some(0), "{shell} {words:?}");
        assert!(output.stderr.is_empty(), "{shell} {words:?}");
    }
    let bare = Command::new(env!("CARGO_BIN_EXE_exquota")).env("EXQUOTA_COMPLETE", "bash").output().unwrap();
    assert_eq!((bare.status.code(), bare.stdout.len(), bare.stderr.len()), (Some(0), 0, 0));
}
