//! Reads files as they were at a revision of git. Runs `git` without a shell, and changes nothing.

use super::file::pattern;
use super::system::System;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use thiserror::Error;

/// Why git could not answer.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct GitError {
    message: String,
    /// What to do about it.
    pub next: String,
}

impl GitError {
    fn new(message: String, next: impl Into<String>) -> Self {
        GitError { message, next: next.into() }
    }
}

/// The bytes of a file at a revision. `None` if nothing of its name was there.
///
/// The path must not lead through a symbolic link: whoever points the link elsewhere would hide the older file.
pub fn at_revision(path: &Path, revision: &str) -> Result<Option<Vec<u8>>, GitError> {
    if let Some(link) = path.ancestors().find(|part| part.is_symlink()) {
        let own = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        return Err(GitError::new(
            format!("`{}` is a symbolic link, and git does not follow it", link.display()),
            format!("give the ledger's own path: `{}`", own.display()),
        ));
    }
    let folder = path.parent().unwrap_or(path);
    let Some(commit) = commit(folder, revision)? else { return Ok(None) };
    let name = path.file_name().unwrap_or(path.as_os_str());
    let listed = told(folder, &["ls-tree".as_ref(), "-z".as_ref(), commit.as_ref(), "--".as_ref(), name])?;
    // `100644 blob HASH<tab>NAME<nul>`, or nothing.
    let mut words = listed.split(|byte| b" \t".contains(byte));
    match (words.next(), words.next(), words.next()) {
        (Some(b"100644" | b"100755"), Some(b"blob"), Some(hash)) => {
            told(folder, &["cat-file".as_ref(), "blob".as_ref(), OsStr::from_bytes(hash)]).map(Some)
        }
        (Some(b""), None, _) => Ok(None),
        _ => Err(GitError::new(
            format!("`{revision}` has `{}`, but not as a file", path.display()),
            "see `git ls-tree`; `--extends OLD.jsonl` compares with any file",
        )),
    }
}

/// The files that match a pattern at a revision and are gone. Empty where the path is no pattern.
pub fn gone(path: &Path, revision: &str) -> Result<Vec<PathBuf>, GitError> {
    let Some(pattern) = pattern(path) else { return Ok(Vec::new()) };
    let folder = &pattern.folder;
    let Some(commit) = commit(folder, revision)? else { return Ok(Vec::new()) };
    let listed =
        told(folder, &["ls-tree", "-r", "-z", "--name-only", commit.as_str()].map(<str as AsRef<OsStr>>::as_ref))?;
    let files = listed.split(|byte| *byte == 0).map(|name| Path::new(OsStr::from_bytes(name)));
    let matching = files.filter(|file| pattern.matches(file)).map(|file| folder.join(file));
    Ok(matching.filter(|file| file.symlink_metadata().is_err()).collect())
}

/// Whether the file lies in a work tree. This asks the file system and not git, which may be missing.
pub fn is_work_tree(system: &dyn System, path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = system.real_path(folder).unwrap_or_default();
    folder.ancestors().any(|above| system.look(&above.join(".git")).is_ok_and(|there| there.is_some()))
}

/// The commit that a revision names; `None` for the `HEAD` of a repository without any commit.
fn commit(folder: &Path, revision: &str) -> Result<Option<String>, GitError> {
    let asked = |args: &[&str]| run(folder, &Vec::from_iter(args.iter().map(<&str as AsRef<OsStr>>::as_ref)));
    let there = asked(&["rev-parse", "--show-toplevel"])?;
    if !there.status.success() {
        let next = "give a ledger in the work tree of a git repository; `git status` beside it says what is wrong. \
                    `--extends OLD.jsonl` needs no git";
        return Err(GitError::new(format!("git can't read the ledger's folder: {}", why(&there)), next));
    }
    let named = asked(&["rev-parse", "--quiet", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")])?;
    // `^HEAD` is no commit, but git verifies it.
    let commit = String::from_utf8_lossy(&named.stdout).trim_end().to_owned();
    if named.status.success() && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Some(commit));
    }
    if revision == "HEAD" {
        let newest = asked(&["rev-list", "--max-count=1", "--all"])?;
        if newest.status.success() && newest.stdout.is_empty() {
            return Ok(None);
        }
    }
    let next = "give a branch, a tag or a commit that this clone has: `git log` lists them, `git fetch` gets what is \
                missing. In a workflow, give actions/checkout a larger `fetch-depth`";
    Err(GitError::new(format!("git knows no commit `{revision}` here"), next))
}

/// What git prints. A failure is an error.
fn told(folder: &Path, args: &[&OsStr]) -> Result<Vec<u8>, GitError> {
    let output = run(folder, args)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let next = "`git fsck` says whether the repository is whole; `--extends OLD.jsonl` needs no git";
    Err(GitError::new(format!("git can't read the older ledger: {}", why(&output)), next))
}

/// Runs git in a folder. A repository that the environment names, as in a hook, could be another than the folder's.
fn run(folder: &Path, args: &[&OsStr]) -> Result<Output, GitError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["--no-replace-objects", "--literal-pathspecs"]).args(args);
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"] {
        git.env_remove(variable);
    }
    git.env("LC_ALL", "C").stdin(Stdio::null()).output().map_err(|error| {
        let next = "install git, or give the older ledger with `--extends OLD.jsonl`";
        GitError::new(format!("git can't be run: {error}"), next)
    })
}

/// The reason that git gives: its first line.
fn why(output: &Output) -> String {
    let printed = String::from_utf8_lossy(&output.stderr);
    let line = printed.lines().next().unwrap_or("it says nothing");
    line.trim_start_matches("fatal: ").to_owned()
}
