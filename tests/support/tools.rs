//! Other programs that some tests need.

use std::fs;
use std::path::Path;

/// The things that tests need: the name of each, what is not tested without it, and how to get it.
const NEEDED: &[(&str, &str)] = &[
    ("bash", "completion in bash (install bash)"),
    ("chromium", "report pages in a browser (install chromium and fonts-dejavu-core)"),
    ("fish", "completion in fish (install fish)"),
    ("git", "the GitHub action, the hooks, and ledgers in git (install git)"),
    ("go", "proofs with Go's verifier (install golang-go and golang-golang-x-mod-dev)"),
    ("hledger", "exports with hledger (install hledger)"),
    ("mandoc", "manual pages with mandoc (install mandoc)"),
    ("mounting", "a full disk (allow user namespaces, or run as root)"),
    ("postgresql", "shared ledgers on a server (install postgresql)"),
    ("prlimit", "writes cut short (install util-linux)"),
    ("python3", "pictures of the README (install python3)"),
    ("python3 with its packages", "formats and schemas with other tools (pip install -r tests/ci/requirements.txt)"),
    ("ssh-keygen", "signatures with OpenSSH (install openssh-client)"),
    ("strace", "failures at every system call (install strace)"),
    ("tracing", "failures at every system call (allow ptrace)"),
    ("unshare", "a full disk (install util-linux)"),
    ("zsh", "completion in zsh (install zsh)"),
];

/// The folder in which skipped tests note what they need, in one file for each need. `tests/untested.rs` prints them.
pub(crate) const SKIPPED: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped");

/// Whether a program is installed. If not, the calling test is skipped.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    may_run(program, std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Notes whether tests that need this are skipped. With `EXQUOTA_SKIP_NOTHING` set, as in CI, these tests fail.
pub(crate) fn may_run(needed: &str, there: bool) -> bool {
    let (_, untested) = NEEDED.iter().find(|(name, _)| *name == needed).unwrap();
    let note = Path::new(SKIPPED).join(needed);
    if there {
        let _ = fs::remove_file(note);
        return true;
    }
    let strict = std::env::var_os("EXQUOTA_SKIP_NOTHING").is_some();
    assert!(!strict, "`{needed}` is missing, and no test may be skipped: {untested}");
    fs::create_dir_all(SKIPPED).unwrap();
    fs::write(note, untested).unwrap();
    false
}
