//! Runs the real program on a ledger in a folder of its own.

use crate::lines::{Lines, whole};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A policy with one ceiling for each customer.
fn policy(limit: u64) -> String {
    format!(
        "name = \"small\"\nversion = \"1\"\nstatus = \"scenario\"\n\
         [ceilings.per-customer]\nscope = \"customer\"\nlimit = {limit}\n[chips.H200]\nequivalence = 1\n"
    )
}

/// One ledger, with customer `a`.
pub(crate) struct Desk {
    folder: PathBuf,
    /// Removes the folder in the end; `None` if the caller does.
    _own: Option<TempDir>,
}

impl Desk {
    /// A ledger with a ceiling of `limit` for each customer.
    pub(crate) fn with_limit(limit: u64) -> Desk {
        Desk::empty().founded(limit)
    }

    /// A ledger whose ceiling is never reached.
    pub(crate) fn new() -> Desk {
        Desk::with_limit(1_000_000)
    }

    /// A folder without a ledger.
    pub(crate) fn empty() -> Desk {
        let own = tempfile::tempdir().unwrap();
        Desk { folder: own.path().to_owned(), _own: Some(own) }
    }

    /// A folder that the caller removes.
    pub(crate) fn within(folder: &Path) -> Desk {
        Desk { folder: folder.to_owned(), _own: None }
    }

    /// Creates the ledger, with customer `a`.
    pub(crate) fn founded(self, limit: u64) -> Desk {
        self.policy(limit);
        self.ok("init --policy policy.toml --date 2026-01-01");
        self.ok("register a --name Alpha --country CN --date 2026-01-01");
        self
    }

    pub(crate) fn policy(&self, limit: u64) {
        fs::write(self.at("policy.toml"), policy(limit)).unwrap();
    }

    /// The same files in another folder.
    pub(crate) fn copy(&self) -> Desk {
        let copy = Desk::empty();
        for name in self.names() {
            fs::copy(self.at(&name), copy.at(&name)).unwrap();
        }
        copy
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.at("ledger.jsonl")
    }

    pub(crate) fn marker(&self) -> PathBuf {
        self.at("ledger.jsonl.suspect")
    }

    /// The ledger's bytes; none if there is no ledger.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.ledger()).unwrap_or_default()
    }

    /// Every name in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The names in the folder that belong to the ledger, but are not the ledger.
    pub(crate) fn beside(&self) -> Vec<String> {
        let mut names = self.names();
        names.retain(|name| name != "ledger.jsonl" && name.contains("ledger.jsonl"));
        names
    }

    /// The program with these arguments, ready to start under the command `wrapper`.
    pub(crate) fn command(&self, wrapper: &[&str], line: &str) -> Command {
        let program = [env!("CARGO_BIN_EXE_exquota")];
        let mut words = wrapper.iter().chain(&program);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(shlex::split(line).unwrap()).args(["--format", "json"]);
        let verb = line.split(' ').next().unwrap();
        if verb != "validate" {
            command.args(["--clock", "2026-06-30T12:00:00Z"]);
        }
        command
            .current_dir(&self.folder)
            .env_remove("EXQUOTA_LEDGER")
            .env_remove("EXQUOTA_BY")
            .env("LOGNAME", "analyst-1");
        // With cargo's library path the loader would make many more system calls.
        command.env_remove("LD_LIBRARY_PATH");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program, under `wrapper`.
    pub(crate) fn run_under(&self, wrapper: &[&str], line: &str) -> Said {
        Said::of(line, self.command(wrapper, line).output().unwrap())
    }

    /// Runs the program under `strace` with these options.
    pub(crate) fn traced(&self, options: &[&str], line: &str) -> Said {
        self.run_under(&[&["strace", "-qq", "-o", "/dev/null"], options].concat(), line)
    }

    /// Runs the program.
    pub(crate) fn run(&self, line: &str) -> Said {
        self.run_under(&[], line)
    }

    /// Runs the program, which must succeed.
    pub(crate) fn ok(&self, line: &str) -> Said {
        let said = self.run(line);
        assert_eq!(said.exit, Some(0), "{said:?}");
        said
    }

    /// The ledger's lines. Checks that each is good, that nothing follows the last one, and that the program agrees.
    pub(crate) fn sound(&self) -> Lines {
        let lines = Lines::of(&self.bytes());
        assert_eq!(lines.torn, b"", "there must be no torn tail");
        let validation = self.ok("validate ledger.jsonl").document;
        assert_eq!(validation["valid"], true, "{validation:#}");
        assert_eq!(validation["ledgers"][0]["entries"], lines.entries.len());
        lines
    }

    /// Checks that the answer says that a write failed midway, and then the same as [`Desk::marked`]. Returns the
    /// ledger's bytes.
    pub(crate) fn suspect(&self, said: &Said) -> Vec<u8> {
        let next = "run `exquota recover`, and repeat the command with --date 20";
        said.failed(&["it is unknown whether the entr", "recorded"], &[next]);
        assert!(!said.message().contains("marker"), "the marker was left, so the message need not name it: {said:?}");
        self.marked()
    }

    /// Checks that a marker is there, that it stops writers, and that readers warn of it. Returns the ledger's bytes.
    pub(crate) fn marked(&self) -> Vec<u8> {
        assert!(self.marker().is_file());
        let before = self.bytes();
        let stopped = self.run("approve STOPPED a H200=1");
        let next = ["nothing was recorded", "`exquota recover`"];
        stopped.failed(&["an earlier write failed", "ledger.jsonl.suspect"], &next);
        assert!(self.bytes() == before, "a stopped write must leave no byte");
        let read = self.ok("headroom");
        assert!(read.stderr.contains("run `exquota recover` before you rely on this"), "{read:?}");
        let torn = !Lines::of(&before).torn.is_empty();
        let warned = read.stderr.contains("the last line has no end");
        assert_eq!(warned, torn, "{read:?}");
        before
    }

    /// Recovers. Checks that the whole lines stay, that a copy keeps all old bytes, and that the marker is gone.
    pub(crate) fn lift(&self) {
        let (before, marked) = (self.bytes(), self.marker().exists());
        let torn = Lines::of(&before).torn;
        let said = self.ok("recover").document;
        assert_eq!(said["recovered"], true, "{said:#}");
        assert_eq!(said["entries"], Lines::of(&before).entries.len(), "{said:#}");
        assert_eq!(said["marker"].is_string(), marked, "{said:#}");
        let told = (!torn.is_empty()).then(|| json!({ "offset": whole(&before).len(), "length": torn.len() }));
        assert_eq!(said["torn"], json!(told), "{said:#}");
        let kept = self.at(said["kept"].as_str().unwrap());
        assert!(fs::read(&kept).unwrap() == before, "the copy must hold all old bytes");
        assert_eq!(fs::metadata(kept).unwrap().nlink(), 1, "the copy must be a file of its own");
        assert!(self.bytes() == whole(&before), "the whole lines must stay");
        assert!(!self.marker().exists() && !self.at("ledger.jsonl.new").exists(), "{:?}", self.names());
    }

    /// Repeats a command after a recovery. Checks that it succeeds, that its number is there once, and that every
    /// number of `acknowledged` is there. Returns the lines.
    pub(crate) fn again(&self, line: &str, acknowledged: &[&str]) -> Lines {
        let said = self.run(line);
        assert!(said.acknowledged(), "{said:?}");
        let lines = self.sound();
        lines.have_once(acknowledged);
        lines.have_once(&[number_of(line)]);
        lines
    }
}

/// The number in a command line: its first argument.
pub(crate) fn number_of(line: &str) -> &str {
    line.split(' ').nth(1).unwrap()
}

/// The program's output, and how it ended.
#[derive(Debug)]
#[expect(dead_code, reason = "a failed test prints the line")]
pub(crate) struct Said {
    line: String,
    /// `None` if it was killed.
    pub(crate) exit: Option<i32>,
    pub(crate) killed: bool,
    /// Null if there is none.
    pub(crate) document: Value,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn of(line: &str, output: Output) -> Said {
        let document = serde_json::from_slice(&output.stdout);
        assert!(document.is_ok() || output.stdout.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stdout));
        Said {
            line: line.to_owned(),
            exit: output.status.code(),
            killed: output.status.signal() == Some(9),
            document: document.unwrap_or_default(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Waits for a child that was started with this line.
    pub(crate) fn by(line: &str, child: Child) -> Said {
        Said::of(line, child.wait_with_output().unwrap())
    }

    /// Whether the program printed that the entry is recorded. It may have been killed afterwards.
    pub(crate) fn acknowledged(&self) -> bool {
        let said = matches!(self.decision(), "recorded" | "already-recorded");
        let unheard = self.killed || self.stderr.contains("the answer can't be printed");
        assert!(said == (self.exit == Some(0)) || (said && unheard), "{self:?}");
        said
    }

    pub(crate) fn decision(&self) -> &str {
        self.document["decision"].as_str().unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.document["message"].as_str().unwrap_or_default()
    }

    /// Checks that the machine failed: exit 4, with these words in the message and in the next step.
    pub(crate) fn failed(&self, message: &[&str], next: &[&str]) {
        assert_eq!(self.exit, Some(4), "{self:?}");
        for word in message {
            assert!(self.message().contains(word), "no `{word}` in {self:?}");
        }
        for word in next {
            assert!(self.document["next"].as_str().unwrap().contains(word), "no `{word}` in {self:?}");
        }
    }

    /// Checks that the rules refused, with this code alone.
    pub(crate) fn refused(&self, code: &str) {
        assert_eq!(self.exit, Some(1), "{self:?}");
        let refusals = self.document["refusals"].as_array().unwrap();
        let codes: Vec<&Value> = refusals.iter().map(|refusal| &refusal["code"]).collect();
        assert_eq!(codes, [code], "{self:?}");
    }
}
