//! Ways to make the machine fail: a limit on how long a file may grow, and system calls that fail or kill.

use crate::desk::Desk;
use crate::tools::{has, may_run};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Whether programs can be traced here.
pub(crate) fn can_trace() -> bool {
    static TRIED: OnceLock<bool> = OnceLock::new();
    has("strace") && may_run("tracing", *TRIED.get_or_init(|| works(&["strace", "-qq", "-o", "/dev/null", "true"])))
}

/// Whether files can be limited in length here.
pub(crate) fn can_limit() -> bool {
    has("prlimit")
}

/// Whether a command ends well.
pub(crate) fn works(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs what follows with files that can't grow beyond so many bytes: a write across that border is cut short there, and
/// the next one fails.
pub(crate) fn limited(bytes: usize) -> [String; 4] {
    let script = format!("trap '' XFSZ; exec prlimit --fsize={bytes} \"$@\"");
    ["sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()]
}

/// One system call of a run: the `nth` of that name.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    nth: usize,
}

impl Call {
    /// The option that kills the program as it enters this call.
    pub(crate) fn kill(&self) -> String {
        self.inject("signal=SIGKILL")
    }

    /// The option that makes this happen at this call.
    pub(crate) fn inject(&self, what: &str) -> String {
        format!("inject={}:{what}:when={}", self.name, self.nth)
    }
}

/// Every system call that the program makes for this line, in order; the first, its own start, is left out. It runs on a
/// copy of the desk.
pub(crate) fn calls(desk: &Desk, before: &[&str], line: &str) -> Vec<Call> {
    let said = desk.copy().run_under(&[before, &["strace", "-qq"]].concat(), line);
    let mut calls: Vec<Call> = Vec::new();
    for line in said.stderr.lines() {
        // Warnings are there too, and signals, and the end.
        let Some((name, _)) = line.split_once('(').filter(|(name, _)| is_name(name)) else { continue };
        let nth = 1 + calls.iter().filter(|call| call.name == name).count();
        calls.push(Call { name: name.to_owned(), nth });
    }
    assert_eq!(calls[0].name, "execve");
    calls.split_off(1)
}

/// Of these calls, those from the opening of the ledger on: before come the loader's and the runtime's own.
pub(crate) fn at_the_ledger(calls: &[Call]) -> &[Call] {
    let lock = calls.iter().position(|call| call.name == "flock").unwrap();
    let open = calls[..lock].iter().rposition(|call| call.name == "openat").unwrap();
    &calls[open..]
}

/// Of these calls, those that may fail on the way: not the runtime's, which has no answer to a failure.
pub(crate) fn failing(calls: &[Call]) -> Vec<&Call> {
    let runtime = ["getrandom", "brk", "mmap", "munmap", "sigaltstack", "exit_group"];
    at_the_ledger(calls).iter().filter(|call| !runtime.contains(&call.name.as_str())).collect()
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Text as a wrapper takes it.
pub(crate) fn words(wrapper: &[String]) -> Vec<&str> {
    wrapper.iter().map(String::as_str).collect()
}
