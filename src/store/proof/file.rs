//! The files of keys, checkpoints and proofs. None is ever overwritten: an old checkpoint can't be made again.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Bytes of a key's file, at most.
pub const KEY: u64 = 4 * 1024;
/// Bytes of a checkpoint's file, at most.
pub const CHECKPOINT: u64 = 1024 * 1024;
/// Bytes of a file of proofs or of one entry, at most: they carry whole lines.
pub const PROOF: u64 = 64 * 1024 * 1024;

/// Why a file could not be read or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// Something stands there already.
    #[error("`{path}` exists already, and is not overwritten")]
    Exists {
        /// The file.
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
            FileError::Exists { .. } => "give another name, or move the file away first",
            FileError::TooLong { .. } => "check that this is the file that was meant",
            FileError::Suspect { .. } => "run `exquota recover`, then sign",
            FileError::System { .. } => "check the path and its permissions",
        }
    }

    fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
        move |source| FileError::System { doing, path: path.to_owned(), source }
    }
}

/// A file's bytes, and whether others than its owner may read it.
#[derive(Debug)]
pub struct Held {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its group or everybody may read or write it.
    pub open_to_others: bool,
}

/// Reads a file of at most so many bytes.
pub fn read(path: &Path, most: u64) -> Result<Held, FileError> {
    let file = File::open(path).map_err(FileError::system("open", path))?;
    let mode = file.metadata().map_err(FileError::system("look at", path))?.mode();
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(FileError::system("read", path))?;
    if bytes.len() as u64 > most {
        return Err(FileError::TooLong { path: path.to_owned(), most });
    }
    Ok(Held { bytes, open_to_others: mode & 0o077 != 0 })
}

/// Writes a new key and its public half beside it, or neither. Only the owner may read the key.
pub fn write_keys(key: &Path, secret: &str, public: &str) -> Result<PathBuf, FileError> {
    let beside = with_suffix(key, ".pub");
    refuse_existing(key)?;
    refuse_existing(&beside)?;
    write(key, secret.as_bytes(), 0o600)?;
    write(&beside, public.as_bytes(), 0o644).inspect_err(|_| {
        // That the public half is missing is what is told.
        let _ = std::fs::remove_file(key);
    })?;
    Ok(beside)
}

/// Writes a new file for everybody to read, durably; what fails midway is removed.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write(path, bytes, 0o644)
}

/// Says at once what [`write_new`] would say of a file that is in the way.
pub fn refuse_existing(path: &Path) -> Result<(), FileError> {
    match path.symlink_metadata() {
        Ok(_) => Err(FileError::Exists { path: path.to_owned() }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FileError::system("look at", path)(error)),
    }
}

/// Whether a folder is there.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    // A new file only, so no link is followed either.
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => FileError::Exists { path: path.to_owned() },
            _ => FileError::system("create", path)(error),
        })?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| File::open(parent)?.sync_all());
    written.map_err(|error| {
        // What was written is no checkpoint and no key; that it failed is what is told.
        let _ = std::fs::remove_file(path);
        FileError::system("write", path)(error)
    })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
