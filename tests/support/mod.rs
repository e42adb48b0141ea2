//! Runs the program as a person would, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The output of a command, and its exit code.
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program in `folder`, without the caller's own settings.
pub(crate) fn exquota<S: AsRef<str>>(folder: &Path, args: &[S]) -> Ran {
    exquota_reading(folder, args, Stdio::null())
}

/// Runs the program in `folder` with this standard input.
pub(crate) fn exquota_reading<S: AsRef<str>>(folder: &Path, args: &[S], input: impl Into<Stdio>) -> Ran {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_exquota"))
        .args(args.iter().map(AsRef::as_ref))
        .current_dir(folder)
        .stdin(input)
        .env_remove("EXQUOTA_LEDGER")
        .env_remove("EXQUOTA_BY")
        .env("LOGNAME", "analyst-1")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    Ran {
        exit: output.status.code().expect("the program ends by itself"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
    }
}

/// Runs a command line in `folder`.
pub(crate) fn ran(folder: &Path, line: &str) -> Ran {
    exquota(folder, &words(line))
}

/// Runs a command line, which must succeed. Returns its output.
pub(crate) fn ok(folder: &Path, line: &str) -> String {
    let ran = ran(folder, line);
    assert_eq!(ran.exit, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

/// The words of a command line, as a shell would split them.
pub(crate) fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap_or_else(|| panic!("not a command line: {line}"))
}

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Copies the files of a folder, but not its subfolders.
pub(crate) fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
}
