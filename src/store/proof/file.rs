//! The files of keys, checkpoints and proofs, read.

use crate::store::put::FileError;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Bytes of a key's file, at most.
pub const KEY: u64 = 4 * 1024;
/// Bytes of a checkpoint's file, at most.
pub const CHECKPOINT: u64 = 1024 * 1024;
/// Bytes of a file of proofs or of one entry, at most: they carry whole lines.
pub const PROOF: u64 = 64 * 1024 * 1024;

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
