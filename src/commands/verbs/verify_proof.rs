//! `verify-proof`: checks a proof without the ledger.

use crate::commands::error::{Misuse, NotValid};
use crate::commands::{Answer, Exit, proof_files};
use crate::domain::units::counted;
use crate::report::proof::{Checked, CheckedEntry, Verification};
use crate::store::proof::checkpoint::Checkpoint;
use crate::store::proof::key::PublicKey;
use crate::store::proof::note::Signed;
use crate::store::proof::tlog_proof::{Consistency, Inclusion, Proofs};
use crate::store::record::read_line;
use std::path::{Path, PathBuf};

/// The arguments of the verb. Trust comes from `keys` or from `checkpoint`.
#[derive(Clone, Debug)]
pub struct Request {
    pub proofs: Vec<PathBuf>,
    /// Public keys whose signatures are trusted.
    pub keys: Vec<PathBuf>,
    /// The checkpoint to trust as it is.
    pub checkpoint: Option<PathBuf>,
    /// The older checkpoint of a proof that nothing was changed.
    pub since: Option<PathBuf>,
    pub entry: Option<PathBuf>,
}

/// Checks every proof of every file. One that does not hold makes the answer no.
pub fn run(request: &Request) -> anyhow::Result<Answer> {
    let trust = match &request.checkpoint {
        Some(path) => Trust::Checkpoint(Box::new(proof_files::checkpoint(path)?), path),
        None => Trust::Keys(request.keys.iter().map(|path| proof_files::public_key(path)).collect::<Result<_, _>>()?),
    };
    let older = request.since.as_deref().map(proof_files::checkpoint).transpose()?;
    let line = request.entry.as_deref().map(proof_files::one_line).transpose()?;
    let mut checked = Vec::new();
    for path in &request.proofs {
        match proof_files::proofs(path)? {
            Proofs::Inclusions(proofs) => {
                for proof in proofs {
                    checked.push(inclusion(path, &proof, line.as_deref(), &trust)?);
                }
            }
            Proofs::Consistency(proof) => {
                let older = older.as_ref().ok_or_else(|| {
                    let message = format!("`{}` proves that nothing was changed since a checkpoint", path.display());
                    let covered = counted(proof.old, "entry", "entries");
                    Misuse::new(message, format!("give that checkpoint, of {covered}, to --since"))
                })?;
                checked.push(consistency(path, &proof, older, &trust));
            }
        }
    }
    if older.is_some() && checked.iter().all(|one| one.since.is_none()) {
        let next = "leave out --since; `exquota prove --since` makes a proof that needs it";
        return Err(Misuse::new("--since is given, but no proof needs it", next).into());
    }
    let exit = if checked.iter().all(|one| one.refused.is_none()) { Exit::Fine } else { Exit::No };
    Ok(Answer { document: Box::new(Verification { checked }), exit, warnings: Vec::new() })
}

/// What makes a root trusted.
enum Trust<'r> {
    Keys(Vec<PublicKey>),
    Checkpoint(Box<Checkpoint>, &'r Path),
}

impl Trust<'_> {
    /// Why this checkpoint is not trusted; none if it is. `which` names it.
    fn refuses(&self, checkpoint: &Checkpoint, which: &str) -> Option<String> {
        match self {
            Trust::Keys(keys) => match checkpoint.note.signed_by(keys) {
                Signed::By(key) if key.origin() == checkpoint.origin => None,
                Signed::By(key) => {
                    let (signer, origin) = (key.origin(), &checkpoint.origin);
                    Some(format!("the {which} belongs to `{origin}`, and the key of `{signer}` can't sign for it"))
                }
                Signed::ByNobodyKnown => Some(format!("no given key has signed the {which}")),
                Signed::Falsely(key) => {
                    let signer = key.origin();
                    Some(format!("the signature of `{signer}` does not match the {which}: it was changed"))
                }
            },
            Trust::Checkpoint(trusted, path) if trusted.note.text() != checkpoint.note.text() => {
                Some(format!("the {which} is not the trusted one, `{}`", path.display()))
            }
            Trust::Checkpoint(..) => None,
        }
    }
}

fn inclusion(path: &Path, proof: &Inclusion, given: Option<&[u8]>, trust: &Trust) -> anyhow::Result<Checked> {
    let line = given.or(proof.line.as_deref()).ok_or_else(|| {
        let message = format!("`{}` does not carry the entry that it proves", path.display());
        Misuse::new(message, "give the entry's line in a file, with --entry")
    })?;
    let place = proof.index.saturating_add(1);
    let differs = proof.line.as_deref().is_some_and(|carried| carried != line);
    let mut checked = about(path, &proof.checkpoint);
    checked.entry = Some(place);
    checked.refused = trust
        .refuses(&proof.checkpoint, "checkpoint")
        .or_else(|| differs.then(|| "the proof is for another entry than the one given".to_owned()))
        .or_else(|| {
            let told = "the entry, its place and the hashes do not lead to the checkpoint's root";
            (!proof.holds_for(line)).then(|| told.to_owned())
        });
    if checked.refused.is_some() {
        return Ok(checked);
    }
    // The root covers these bytes. They must also be an entry, and the right one.
    let record = read_line(line, place).map_err(|faults| {
        let next = "the proof holds, but its bytes are no ledger entry: ask the signer";
        NotValid::unshown("the entry proven by", path, faults, next)
    })?;
    if record.entry.seq != place {
        let seq = record.entry.seq;
        checked.refused = Some(format!("the entry says that it is number {seq}, but it is in the place of {place}"));
        return Ok(checked);
    }
    let line = String::from_utf8_lossy(line).into_owned();
    checked.shown = Some(Box::new(CheckedEntry { entry: record.entry, line }));
    Ok(checked)
}

fn consistency(path: &Path, proof: &Consistency, older: &Checkpoint, trust: &Trust) -> Checked {
    let mut checked = about(path, &proof.checkpoint);
    checked.since = Some(older.size);
    // With a trusted checkpoint in place of a key, the older one is trusted too: the user has kept it.
    let older_trusted = match trust {
        Trust::Keys(_) => trust.refuses(older, "older checkpoint"),
        Trust::Checkpoint(..) => None,
    };
    let other_log = || {
        let (old, new) = (&older.origin, &proof.checkpoint.origin);
        (old != new).then(|| format!("the older checkpoint belongs to `{old}`, the later one to `{new}`"))
    };
    let changed = || {
        let (proven, kept) = (proof.old, older.size);
        let told = if proven == kept {
            "the hashes do not lead from the older checkpoint's root to the later one's".to_owned()
        } else {
            let proven = counted(proven, "entry", "entries");
            format!("the proof starts at {proven}, but the older checkpoint covers {kept}")
        };
        (!proof.holds_since(older)).then_some(told)
    };
    checked.refused =
        trust.refuses(&proof.checkpoint, "checkpoint").or(older_trusted).or_else(other_log).or_else(changed);
    checked
}

fn about(path: &Path, checkpoint: &Checkpoint) -> Checked {
    Checked {
        path: path.display().to_string(),
        origin: checkpoint.origin.clone(),
        size: checkpoint.size,
        root: checkpoint.root.to_string(),
        since: None,
        entry: None,
        refused: None,
        shown: None,
    }
}
