//! A desk: the program, with a cache folder of its own.

use crate::server::Server;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A desk that works on one shared ledger.
pub(crate) struct Desk {
    folder: TempDir,
    address: String,
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Said {
    /// None if it was killed.
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn of(output: Output) -> Said {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { exit: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Fails unless the command ended so, and gives all that it said.
    #[track_caller]
    pub(crate) fn ends(self, exit: i32) -> String {
        assert_eq!(self.exit, Some(exit), "{self:?}");
        self.stdout + &self.stderr
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Desk {
    /// A desk that may append.
    pub(crate) fn at(server: &Server, ledger: &str) -> Desk {
        Desk::with(server.address("postgres", ledger))
    }

    /// A desk with this address.
    pub(crate) fn with(address: String) -> Desk {
        Desk { folder: tempfile::tempdir().unwrap(), address }
    }

    /// Creates the ledger, with customer `a` and a ceiling of `limit`.
    pub(crate) fn found(&self, limit: u64) {
        let policy = format!(
            "name = \"small\"\nversion = \"1\"\nstatus = \"scenario\"\n\
             [ceilings.per-customer]\nscope = \"customer\"\nlimit = {limit}\n[chips.H200]\nequivalence = 1\n"
        );
        fs::write(self.file("policy.toml"), policy).unwrap();
        self.run("init --policy policy.toml --date 2026-01-01").ends(0);
        self.run("register a --name Alpha --country CN --date 2026-01-01").ends(0);
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exquota"));
        self.dress(command.args(shlex::split(line).unwrap()));
        command
    }

    /// Gives another command this desk's folder and ledger.
    pub(crate) fn dress<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let own = [("EXQUOTA_LEDGER", self.address.as_str()), ("EXQUOTA_BY", "desk"), ("NO_COLOR", "1")];
        command.current_dir(self.folder.path()).envs(own).env("XDG_CACHE_HOME", self.folder.path().join("cache"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped())
    }

    pub(crate) fn run(&self, line: &str) -> Said {
        Said::of(self.command(line).output().unwrap())
    }

    /// The file of its mirror.
    pub(crate) fn mirror(&self) -> PathBuf {
        let files = fs::read_dir(self.file("cache/exquota")).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|kind| kind == "jsonl")).max().unwrap()
    }

    /// The files that keep old mirrors.
    pub(crate) fn kept(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.file("cache/exquota")).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.display().to_string().contains(".set-aside-")).collect()
    }
}
