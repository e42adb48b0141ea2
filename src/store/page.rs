//! A page that is made anew whenever somebody asks: put in place whole, or not at all.
//!
//! Only a page is ever replaced: a ledger, a policy or a key that is named by mistake stays as it is.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What a page begins with; a file that begins otherwise is none, and is not replaced.
pub const BEGINNING: &str = "<!DOCTYPE html>";

/// Others than the owner and the group have no more business with a page than with the ledger it was made of.
const MODE: u32 = 0o640;

/// Why a page could not be written.
#[derive(Debug, Error)]
pub enum PageError {
    /// Something else stands there.
    #[error("`{path}` is there already and is not an HTML page: it is not overwritten")]
    NotAPage {
        /// The file.
        path: PathBuf,
    },
    /// A folder, a device or the like stands there.
    #[error("`{path}` is not a file that could be replaced")]
    NotAFile {
        /// What was named.
        path: PathBuf,
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

impl PageError {
    /// What to do next.
    pub fn next_step(&self) -> &'static str {
        match self {
            PageError::NotAPage { .. } => "give another name, or move the file away first",
            PageError::NotAFile { .. } => "name a file; without -o the page is printed",
            PageError::System { .. } => "check the path and its permissions; without -o the page is printed",
        }
    }

    fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PageError {
        move |source| PageError::System { doing, path: path.to_owned(), source }
    }
}

/// A place that a page may be put in.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    mode: u32,
}

impl Place {
    /// The place, if nothing but an older page stands there. A link is followed: it stays, and what it names is replaced.
    pub fn at(path: &Path) -> Result<Place, PageError> {
        // Looked at before it is opened: a pipe would wait for somebody to write to it.
        let held = match fs::metadata(path) {
            Ok(held) => held,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Place { path: path.to_owned(), mode: MODE });
            }
            Err(error) => return Err(PageError::system("look at", path)(error)),
        };
        if !held.is_file() {
            return Err(PageError::NotAFile { path: path.to_owned() });
        }
        let mut beginning = Vec::new();
        let read = File::open(path).and_then(|file| file.take(BEGINNING.len() as u64).read_to_end(&mut beginning));
        read.map_err(PageError::system("read", path))?;
        if !beginning.is_empty() && !beginning.eq_ignore_ascii_case(BEGINNING.as_bytes()) {
            return Err(PageError::NotAPage { path: path.to_owned() });
        }
        let real = fs::canonicalize(path).map_err(PageError::system("find", path))?;
        Ok(Place { path: real, mode: held.permissions().mode() & 0o777 })
    }

    /// Puts the page there, durably. Killed midway it leaves what was there, and perhaps a file with `.new-` in its name.
    pub fn put(&self, page: &str) -> Result<(), PageError> {
        let draft = self.draft();
        let written = write(&draft, page.as_bytes(), self.mode).map_err(PageError::system("write", &self.path));
        let placed = written.and_then(|()| {
            fs::rename(&draft, &self.path).map_err(PageError::system("replace", &self.path))?;
            File::open(folder(&self.path))
                .and_then(|folder| folder.sync_all())
                .map_err(PageError::system("sync the folder of", &self.path))
        });
        placed.inspect_err(|_| {
            // What is told is why it failed.
            let _ = fs::remove_file(&draft);
        })
    }

    fn draft(&self) -> PathBuf {
        let mut name = self.path.file_name().map(OsString::from).unwrap_or_default();
        name.push(format!(".new-{}", std::process::id()));
        self.path.with_file_name(name)
    }
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    // A page that is replaced keeps its mode, whatever the umask is.
    if mode != MODE {
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests;
