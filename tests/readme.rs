//! Every command of the README, and of the pages in `docs` that go on from it, runs and prints what the README shows. Hashes and times are not compared, because they
//! depend on the day on which somebody runs the commands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[allow(dead_code, reason = "each test takes what it needs")]
mod support;
#[path = "support/tools.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod tools;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A command of a console block, and the output under it in the README.
struct Shown {
    line: usize,
    command: String,
    output: String,
}

fn console_blocks(text: &str) -> Vec<Vec<Shown>> {
    let mut blocks = Vec::new();
    let mut block: Option<Vec<Shown>> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut block, line) {
            (None, "```console") => block = Some(Vec::new()),
            (None, _) => {}
            (Some(_), "```") => blocks.extend(block.take()),
            (Some(shown), line) => match (line.strip_prefix("$ "), shown.last_mut()) {
                (Some(command), _) => {
                    shown.push(Shown { line: index + 1, command: command.to_owned(), output: String::new() });
                }
                (None, Some(last)) if last.command.ends_with('\\') => {
                    last.command.pop();
                    last.command.push_str(line.trim_start());
                }
                (None, Some(last)) => last.output.push_str(&format!("{line}\n")),
                (None, None) => panic!("line {}: a console block begins with a command", index + 1),
            },
        }
    }
    blocks
}

/// Whether a word is a root, a signature or a key: its last 43 letters are Base64, with capitals among them.
fn is_base64(word: &str) -> bool {
    let tail = word.len().checked_sub(43).and_then(|start| word.get(start..)).unwrap_or_default();
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    tail.bytes().any(|byte| byte.is_ascii_uppercase()) && tail.bytes().all(letter)
}

/// The text with hashes, signatures, keys, times and the reader's name replaced.
fn settled(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    let text: String = words
        .map(|word| match word.trim_end() {
            base64 if is_base64(base64) => format!("<base64>{}", &word[base64.len()..]),
            _ => word.to_owned(),
        })
        .collect();
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_time = |word: &str| word.len() == 20 && word.ends_with('Z') && word.as_bytes()[10] == b'T';
    let word_end = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ':';
    let mut settled = String::new();
    for part in text.trim_end().split_inclusive(word_end) {
        let word = part.trim_end_matches(word_end);
        let rest = &part[word.len()..];
        settled.push_str(if is_hash(word) {
            "<hash>"
        } else if is_time(word) {
            "<time>"
        } else {
            word
        });
        settled.push_str(rest);
    }
    settled
}

/// The hashes, roots, signatures and keys of a text, in its order.
fn digests(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || "\",:()".contains(letter));
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.filter(|word| is_hash(word) || is_base64(word)).map(str::to_owned).collect()
}

/// Whether a file holds a private key.
fn is_private_key(path: &Path) -> bool {
    let text = if path.is_file() { fs::read(path).unwrap() } else { Vec::new() };
    ["PRIVATE+KEY+", "PRIVATE KEY-----"].iter().any(|mark| String::from_utf8_lossy(&text).contains(mark))
}

fn run(folder: &Path, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_exquota")).parent().unwrap().display().to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let command = command.replace("cargo run --release --quiet --", "exquota");
    let output = Command::new("sh")
        .args(["-c", &format!("({command}) 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("LOGNAME", "analyst-1")
        .env("NO_COLOR", "1")
        .env_remove("EXQUOTA_LEDGER")
        .env_remove("EXQUOTA_BY")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    support::copy_files(from, to);
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            copy_tree(&path, &to.join(path.file_name().unwrap()));
        }
    }
}

#[test]
fn every_command_of_the_readme_prints_what_the_readme_shows() {
    let pages = ["README.md", "src/guide/policies.md", "src/guide/proof.md"];
    let folder = tempfile::tempdir().unwrap();
    for part in ["fixtures", "policies"] {
        copy_tree(&support::root().join(part), &folder.path().join(part));
    }
    let ssh = tools::has("ssh-keygen");
    let mut tried = 0;
    let mut wrong = Vec::new();
    let mut meant: BTreeMap<String, String> = BTreeMap::new();
    let shown = pages.iter().flat_map(|page| {
        let text = fs::read_to_string(support::root().join(page)).unwrap();
        console_blocks(&text).into_iter().flatten().map(move |shown| (page, shown))
    });
    for (page, shown) in shown {
        if ["cargo test", "cargo bench", "cargo install", "git "].iter().any(|other| shown.command.starts_with(other)) {
            continue;
        }
        if ["ssh-keygen", "id.pub"].iter().any(|ssh| shown.command.contains(ssh)) && !ssh {
            continue;
        }
        tried += 1;
        let printed = run(folder.path(), &shown.command);
        if settled(&printed) != settled(&shown.output) {
            wrong.push(format!("{page}:{}: {}\n--- printed ---\n{printed}", shown.line, shown.command));
        }
        // Digests differ from run to run, but two that are the same in the README must be the same in a run.
        for (shows, prints) in digests(&shown.output).into_iter().zip(digests(&printed)) {
            let other = meant.iter().any(|(known, means)| (*known == shows) != (*means == prints));
            if other {
                wrong.push(format!("{page}:{}: {shows} stands for another digest elsewhere", shown.line));
            }
            meant.insert(shows, prints);
        }
    }
    assert!(tried > 10, "the README has only {tried} commands");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let keys: Vec<_> = left.filter(|path| is_private_key(path)).collect();
    assert!(keys.is_empty(), "the README leaves private keys in the clone: {keys:?}");
}
