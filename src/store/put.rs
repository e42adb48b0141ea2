//! Files that the program makes, put in their place whole and durable: pages, keys, checkpoints, proofs, and copies of a
//! ledger's bytes.
//!
//! Only a page is ever replaced, by another page. A ledger, a policy, a key or a proof that is named by mistake stays as
//! it is: an old checkpoint can't be made again.

use super::system::{FileState, MODE, Opening, System, with_suffix};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What a page begins with; a file that begins otherwise is none, and is not replaced.
pub const BEGINNING: &str = "<!DOCTYPE html>";

/// Why a file could not be read or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// Something stands there already.
    #[error("`{path}` exists already, and is not overwritten")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Something else than a page stands where a page is to be.
    #[error("`{path}` is there already and is not an HTML page: it is not overwritten")]
    NotAPage {
        /// The file.
        path: PathBuf,
    },
    /// A folder, a device or the like stands where a page is to be.
    #[error("`{path}` is not a file that could be replaced")]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// It is larger than any such file.
    #[error("`{path}` is longer than {most} bytes, and was not read")]
    TooLong {
        /// The file.
        path: PathBuf,
        /// How many bytes are read.
        most: u64,
    },
    /// A write to the ledger failed, and nobody has looked at it since.
    #[error("the marker `{marker}` stands: a write failed, and what the ledger holds may not last")]
    Suspect {
        /// The marker.
        marker: PathBuf,
    },
    /// The system said no.
    #[error("can't {doing} `{path}`")]
    System {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FileError {
    /// What to do next.
    pub fn next_step(&self) -> &'static str {
        match self {
            FileError::Exists { .. } | FileError::NotAPage { .. } => "give another name, or move the file away first",
            FileError::NotAFile { .. } => "name a file; without -o the page is printed",
            FileError::TooLong { .. } => "check that this is the file that was meant",
            FileError::Suspect { .. } => "run `exquota recover`, then sign",
            FileError::System { .. } => "check the path and its permissions",
        }
    }

    /// The system said no to this.
    pub(super) fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
        move |source| FileError::System { doing, path: path.to_owned(), source }
    }
}

/// What a file may come in place of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Over {
    /// Of nothing: what bears the name already is not touched, and the error is `AlreadyExists`.
    Nothing,
    /// Of whatever bears the name.
    Anything,
}

/// Who may read and write a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Access<'a> {
    /// Those whom these permissions name, less those whom the umask takes.
    AtMost(u32),
    /// Those whom these permissions name.
    Exactly(u32),
    /// Those who may read and write this file.
    Like(&'a FileState),
}

/// Puts a file at `path`, durably; or says what failed, and takes away what it made.
///
/// Nobody sees half of what comes in place of another file. Killed midway, this leaves that file, and perhaps one with
/// `.new-` in its name.
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
    // A new file only, so no link is followed either.
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
        // Why it failed is what is told.
        let _ = system.remove(&name);
    })
}

/// Writes a new file for everybody to read, durably; what fails midway is removed.
pub fn put_new(system: &dyn System, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    put_beside_nothing(system, path, 0o644, bytes)
}

/// Writes a new key and its public half beside it, or neither. Only the owner may read the key.
pub fn put_keys(system: &dyn System, key: &Path, secret: &str, public: &str) -> Result<PathBuf, FileError> {
    let beside = with_suffix(key, ".pub");
    refuse_existing(system, [key, &beside])?;
    put_beside_nothing(system, key, 0o600, secret.as_bytes())?;
    put_new(system, &beside, public.as_bytes()).inspect_err(|_| {
        // That the public half is missing is what is told.
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

/// Says at once what [`put_new`] would say of files that are in the way.
pub fn refuse_existing<P: AsRef<Path>>(
    system: &dyn System,
    paths: impl IntoIterator<Item = P>,
) -> Result<(), FileError> {
    paths.into_iter().try_for_each(|path| {
        let path = path.as_ref();
        match system.look(path).map_err(FileError::system("look at", path))? {
            Some(_) => Err(FileError::Exists { path: path.to_owned() }),
            None => Ok(()),
        }
    })
}

/// Whether a folder is there.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// A place that a page may be put in.
#[derive(Debug)]
pub struct PagePlace {
    path: PathBuf,
    /// The permissions of the page that is there.
    mode: Option<u32>,
}

impl PagePlace {
    /// The place, if nothing but an older page stands there. A link is followed: it stays, and what it names is replaced.
    pub fn at(system: &dyn System, path: &Path) -> Result<Self, FileError> {
        let held = || match system.real_path(path) {
            Ok(real) => Ok(system.look(&real)?.map(|held| (real, held))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        // Looked at before it is opened: a pipe would wait for somebody to write to it.
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

    /// Puts the page there. One that is replaced keeps its permissions, whatever the umask is.
    pub fn put(&self, system: &dyn System, page: &str) -> Result<(), FileError> {
        // Others than the owner and the group have no more business with a page than with the ledger it was made of.
        let access = self.mode.map_or(Access::AtMost(MODE), Access::Exactly);
        put(system, &self.path, Over::Anything, access, page.as_bytes()).map_err(|(doing, error)| {
            FileError::system(if doing == "create" { "write" } else { doing }, &self.path)(error)
        })
    }
}

#[cfg(test)]
mod tests;
