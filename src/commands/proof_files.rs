//! Reads keys, checkpoints and proofs, or says what is wrong with their files.

use crate::commands::error::NotValid;
use crate::commands::session::Session;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::units::counted;
use crate::store::proof;
use crate::store::proof::checkpoint::Checkpoint;
use crate::store::proof::file::{self, Held};
use crate::store::proof::key::{PrivateKey, PublicKey};
use crate::store::proof::tlog_proof::Proofs;
use crate::store::proof::tree::Tree;
use crate::store::put::FileError;
use std::path::Path;

/// A private key, and a warning if other users can read or write its file.
pub(super) fn private_key(path: &Path) -> anyhow::Result<(PrivateKey, Option<String>)> {
    let held = file::read(path, file::KEY)?;
    let key = parsed("the key", path, &held, PrivateKey::parse)?;
    let told = || format!("other users can read or write the private key: `chmod 600 {}`", path.display());
    Ok((key, held.open_to_others.then(told)))
}

pub(super) fn public_key(path: &Path) -> anyhow::Result<PublicKey> {
    parsed("the key", path, &file::read(path, file::KEY)?, PublicKey::parse)
}

pub(super) fn checkpoint(path: &Path) -> anyhow::Result<Checkpoint> {
    parsed("the checkpoint", path, &file::read(path, file::CHECKPOINT)?, |text| Checkpoint::parse(text, 1))
}

pub(super) fn proofs(path: &Path) -> anyhow::Result<Proofs> {
    parsed("the proof", path, &file::read(path, file::PROOF)?, Proofs::parse)
}

fn parsed<T>(
    what: &'static str,
    path: &Path,
    held: &Held,
    parse: impl FnOnce(&str) -> Result<T, Fault>,
) -> anyhow::Result<T> {
    Ok(proof::text(&held.bytes).and_then(parse).map_err(|fault| not_valid(what, path, fault))?)
}

/// The one line of a file, without its line end.
pub(super) fn one_line(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = file::read(path, file::PROOF)?.bytes;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    Ok(bytes)
}

/// The error carries no source text: a key's file must never be shown.
pub(super) fn not_valid(what: &'static str, path: &Path, fault: Fault) -> NotValid {
    let next = fault.help.clone().unwrap_or_else(|| "ask the author of the file for an unchanged copy".to_owned());
    NotValid::unshown(what, path, vec![Fault { help: None, ..fault }], next)
}

/// Syncs the ledger before it is signed. A reader may see a line that its writer has not made durable yet; without the
/// sync, a signature could outlive the line.
pub(super) fn settle(session: &Session) -> anyhow::Result<()> {
    let unsynced = |source| FileError::System { doing: "sync", path: session.ledger.name().into(), source };
    session.ledger.sync().map_err(unsynced)?;
    match session.ledger.marker()? {
        Some(marker) => Err(FileError::Suspect { marker }.into()),
        None => Ok(()),
    }
}

/// Fails unless the ledger begins with the entries that the checkpoint covers.
pub(super) fn must_begin_with(
    session: &Session,
    tree: &Tree,
    checkpoint: &Checkpoint,
    path: &Path,
) -> anyhow::Result<()> {
    if tree.root_at(checkpoint.size) == Some(checkpoint.root) {
        return Ok(());
    }
    let (held, size, path) = (tree.size(), checkpoint.size, path.display());
    let told = if held < size {
        format!("the checkpoint `{path}` covers {}, but the ledger has {held}", counted(size, "entry", "entries"))
    } else {
        format!("the ledger does not begin with the entries of the checkpoint `{path}`")
    };
    let next = "find the ledger that the checkpoint was made from: this is another one, or it was changed since";
    let fault = Fault::new(FaultCode::NotAnExtension, told).help(next);
    Err(not_valid("the ledger", session.ledger.name().as_ref(), fault).into())
}
