//! Ways to make the machine fail: a limit on the length of files, and system calls that fail or kill.

use crate::desk::Desk;
use crate::tools::{has, may_run};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Whether this machine lets the test trace programs.
pub(crate) fn can_trace() -> bool {
    static TRIED: OnceLock<bool> = OnceLock::new();
    has("strace") && may_run("tracing", *TRIED.get_or_init(|| works(&["strace", "-qq", "-o", "/dev/null", "true"])))
}

/// Whether this machine can limit the length of files.
pub(crate) fn can_limit() -> bool {
    has("prlimit")
}

/// Whether a command succeeds.
pub(crate) fn works(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A wrapper under which files can't grow beyond so many bytes. A write across that limit is cut there, and the next
/// one fails.
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

    /// The option that makes `what` happen at this call.
    pub(crate) fn inject(&self, what: &str) -> String {
        format!("inject={}:{what}:when={}", self.name, self.nth)
    }
}

/// Every system call that the program makes for this line, in order, without the first one, its own start. Runs on a
/// copy of the desk.
pub(crate) fn calls(desk: &Desk, before: &[&str], line: &str) -> Vec<Call> {
    let said = desk.copy().run_under(&[before, &["strace", "-qq"]].concat(), line);
    let mut calls: Vec<Call> = Vec::new();
    for line in said.stderr.lines() {
        // The trace also has warnings, signals and the program's end.
        let Some((name, _)) = line.split_once('(').filter(|(name, _)| is_name(name)) else { continue };
        let nth = 1 + calls.iter().filter(|call| call.name == name).count();
        calls.push(Call { name: name.to_owned(), nth });
    }
    assert_eq!(calls[0].name, "execve");
    calls.split_off(1)
}

/// The calls from the opening of the ledger on. Earlier calls are the loader's and the runtime's own.
pub(crate) fn at_the_ledger(calls: &[Call]) -> &[Call] {
    let lock = calls.iter().position(|call| call.name == "flock").unwrap();
    let open = calls[..lock].iter().rposition(|call| call.name == "openat").unwrap();
    &calls[open..]
}

/// The calls that may fail. The runtime's calls are left out, because it has no answer to a failure.
pub(crate) fn failing(calls: &[Call]) -> Vec<&Call> {
    let runtime = ["getrandom", "brk", "mmap", "munmap", "sigaltstack", "exit_group"];
    at_the_ledger(calls).iter().filter(|call| !runtime.contains(&call.name.as_str())).collect()
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The wrapper as borrowed texts.
pub(crate) fn words(wrapper: &[String]) -> Vec<&str> {
    wrapper.iter().map(String::as_str).collect()
}
