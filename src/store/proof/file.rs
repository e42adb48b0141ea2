//! Reads the files of keys, checkpoints and proofs.

use crate::store::file::{is_stream, open};
use crate::store::put::FileError;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The longest file of a key, in bytes.
pub const KEY: u64 = 4 * 1024;
/// The longest file of a checkpoint, in bytes.
pub const CHECKPOINT: u64 = 1024 * 1024;
/// The longest file of proofs or of one entry, in bytes. These files hold whole lines.
pub const PROOF: u64 = 64 * 1024 * 1024;

/// A file that was read.
#[derive(Debug)]
pub struct Held {
    pub bytes: Vec<u8>,
    /// Whether its group or everybody may read or write the file.
    pub open_to_others: bool,
}

/// Reads a file of at most `most` bytes.
pub fn read(path: &Path, most: u64) -> Result<Held, FileError> {
    let file = open(path).map_err(FileError::system("open", path))?;
    let mode = file.metadata().map_err(FileError::system("look at", path))?.mode();
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(FileError::system("read", path))?;
    if bytes.len() as u64 > most {
        return Err(FileError::TooLong { path: path.to_owned(), most });
    }
    Ok(Held { bytes, open_to_others: mode & 0o077 != 0 && !is_stream(path) })
}
