//! Writes the files that the program makes, whole and durable: pages, keys, checkpoints, proofs, and copies of a
//! ledger's bytes.
//!
//! Only a page is ever replaced, and only by another page. If the user names a ledger, a policy, a key or a proof by
//! mistake, that file stays as it is: an old checkpoint can't be made again.

use super::system::{FileState, Opening, System, with_suffix};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The first bytes of every page. A file that begins otherwise is not a page and is not replaced.
pub const BEGINNING: &str = "<!DOCTYPE html>";

/// Why a file could not be read or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// The path is taken.
    #[error("`{path}` exists already and is not overwritten")]
    Exists { path: PathBuf },
    /// The path of a new page is taken by a file that is not a page.
    #[error("`{path}` exists already, is not an HTML page, and is not overwritten")]
    NotAPage { path: PathBuf },
    /// The path of a new page is taken by a folder, a device or the like.
    #[error("`{path}` is not a regular file and can't be replaced")]
    NotAFile { path: PathBuf },
    /// The file is larger than any file of its kind.
    #[error("`{path}` is longer than {most} bytes and was not read")]
    TooLong {
        path: PathBuf,
        /// The limit in bytes.
        most: u64,
    },
    /// A write to the ledger failed, and no recovery has followed.
    #[error("an earlier write failed, as the marker `{marker}` shows: entries in the ledger may get lost")]
    Suspect { marker: PathBuf },
    /// A system call failed.
    #[error("can't {doing} `{path}`")]
    System {
        /// A verb for the message: `create`.
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl FileError {
    /// What the user can do next.
    pub fn next_step(&self) -> &'static str {
        match self {
            FileError::Exists { .. } | FileError::NotAPage { .. } => "give another name, or move the file away first",
            FileError::NotAFile { .. } => "name a file; without -o the page is printed",
            FileError::TooLong { .. } => "check the name of the file",
            FileError::Suspect { .. } => "run `exquota recover`, then sign again",
            FileError::System { .. } => "check the path and its permissions",
        }
    }

    /// Turns the failure of a system call into an error.
    pub(super) fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
        move |source| FileError::System { doing, path: path.to_owned(), source }
    }
}

/// What a new file may replace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Over {
    /// Nothing: if the name is taken, that file is not touched, and the error is `AlreadyExists`.
    Nothing,
    /// Any file of that name.
    Anything,
}

/// Who may read and write a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Access<'a> {
    /// These permissions, less the umask.
    AtMost(u32),
    /// These permissions, whatever the umask is.
    Exactly(u32),
    /// The owner and the permissions of this file.
    Like(&'a FileState),
}

/// Puts a file at `path`, durably. On failure it removes what it made, and returns the step that failed.
///
/// A file that replaces another appears whole: nobody sees half of it. A process killed midway leaves the older file,
/// and perhaps one with `.new-` in its name.
pub(super) fn put(
    system: &dyn System,
    path: &Path,
    over: Over,
    access: Access<'_>,
    bytes: &[u8],
) -> Result<(), (&'static str, io::Error)> {
    let name = match over {
        Over::Nothing => path.to_owned(),
        Over::Anything => with_suffix(path, &format!(".new-{}", std::process::id())),
    };
    let (Access::AtMost(mode) | Access::Exactly(mode) | Access::Like(&FileState { mode, .. })) = access;
    // This opens only a new file, so it follows no link either.
    let file = system.open(&name, Opening::New(mode)).map_err(|error| ("create", error))?;
    let write = || {
        match access {
            Access::AtMost(_) => {}
            Access::Exactly(mode) => file.be_like(&FileState { mode, ..file.state()? })?,
            Access::Like(other) => file.be_like(other)?,
        }
        (&*file).write_all(bytes)?;
        file.sync()
    };
    let place = || {
        if over == Over::Anything {
            system.rename(&name, path).map_err(|error| ("replace", error))?;
        }
        system.sync_directory_of(path).map_err(|error| ("sync the folder of", error))
    };
    write().map_err(|error| ("write", error)).and_then(|()| place()).inspect_err(|_| {
        // The first failure is the one to report.
        let _ = system.remove(&name);
    })
}

/// The permissions of what is handed on, less the umask: those of a file that a shell's `>` makes.
const HANDED_ON: u32 = 0o644;

/// Writes a new file that everybody may read, durably. On failure it removes the file.
pub fn put_new(system: &dyn System, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    put_beside_nothing(system, path, HANDED_ON, bytes)
}

/// Writes a new key and its public half beside it, or neither. Only the owner may read the key.
pub fn put_keys(system: &dyn System, key: &Path, secret: &str, public: &str) -> Result<PathBuf, FileError> {
    let beside = with_suffix(key, ".pub");
    refuse_existing(system, [key, &beside])?;
    put_beside_nothing(system, key, 0o600, secret.as_bytes())?;
    put_new(system, &beside, public.as_bytes()).inspect_err(|_| {
        // The missing public half is the failure to report.
        let _ = system.remove(key);
    })?;
    Ok(beside)
}

fn put_beside_nothing(system: &dyn System, path: &Path, mode: u32, bytes: &[u8]) -> Result<(), FileError> {
    put(system, path, Over::Nothing, Access::AtMost(mode), bytes).map_err(|(doing, error)| match doing {
        "create" if error.kind() == ErrorKind::AlreadyExists => FileError::Exists { path: path.to_owned() },
        "create" => FileError::system("create", path)(error),
        _ => FileError::system("write", path)(error),
    })
}

/// Gives the error of [`put_new`] for a path that is taken, or whose folder is missing, before any work is done.
pub fn refuse_existing<P: AsRef<Path>>(
    system: &dyn System,
    paths: impl IntoIterator<Item = P>,
) -> Result<(), FileError> {
    paths.into_iter().try_for_each(|path| {
        let path = path.as_ref();
        match system.look(path).map_err(FileError::system("look at", path))? {
            Some(_) => Err(FileError::Exists { path: path.to_owned() }),
            None => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = system.real_path(folder.unwrap_or(Path::new(".")));
                folder.map(drop).map_err(FileError::system("create", path))
            }
        }
    })
}

/// Whether the path names a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// A path at which a page may be written.
#[derive(Debug)]
pub struct PagePlace {
    path: PathBuf,
    /// The permissions of the page to replace, if there is one.
    mode: Option<u32>,
}

impl PagePlace {
    /// The place, if the path is free or names an older page. A link is followed: the link stays, and the file it names
    /// is replaced.
    pub fn at(system: &dyn System, path: &Path) -> Result<Self, FileError> {
        let held = || match system.real_path(path) {
            Ok(real) => Ok(system.look(&real)?.map(|held| (real, held))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        // Look before opening: opening a pipe waits until another program writes to it.
        let Some((real, held)) = held().map_err(FileError::system("look at", path))? else {
            return Ok(PagePlace { path: path.to_owned(), mode: None });
        };
        if held.irregular.is_some() {
            return Err(FileError::NotAFile { path: path.to_owned() });
        }
        let mut beginning = Vec::new();
        let mut read =
            || (&*system.open(&real, Opening::Read)?).take(BEGINNING.len() as u64).read_to_end(&mut beginning);
        read().map_err(FileError::system("read", path))?;
        if !beginning.is_empty() && !beginning.eq_ignore_ascii_case(BEGINNING.as_bytes()) {
            return Err(FileError::NotAPage { path: path.to_owned() });
        }
        Ok(PagePlace { path: real, mode: Some(held.mode & 0o777) })
    }

    /// Writes the page. The permissions of a replaced page stay, whatever the umask is.
    pub fn put(&self, system: &dyn System, page: &str) -> Result<(), FileError> {
        let access = self.mode.map_or(Access::AtMost(HANDED_ON), Access::Exactly);
        put(system, &self.path, Over::Anything, access, page.as_bytes()).map_err(|(doing, error)| {
            FileError::system(if doing == "create" { "write" } else { doing }, &self.path)(error)
        })
    }
}

#[cfg(test)]
mod tests;
