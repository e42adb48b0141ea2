//! `checkpoint`: states what the ledger is now, for others to keep.

use crate::commands::error::Misuse;
use crate::commands::session::{Session, not_valid, read_each};
use crate::commands::verbs::keygen::must_be_origin;
use crate::commands::{Answer, Exit, proof_files};
use crate::domain::fault::FaultList;
use crate::report::proof::CheckpointMade;
use crate::store::proof::checkpoint::Checkpoint;
use crate::store::proof::tree::{GrowingRoot, TreeHash};
use crate::store::put::{put_new, refuse_existing};
use std::path::PathBuf;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    pub key: Option<PathBuf>,
    /// Without a key: the origin of a checkpoint that the user signs in another way.
    pub origin: Option<String>,
    /// The file to create.
    pub out: Option<PathBuf>,
}

/// Makes a checkpoint of a ledger without faults. It covers breaches like all other entries.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    refuse_existing(&*session.system, request.out.as_deref())?;
    let signer = request.key.as_deref().map(proof_files::private_key).transpose()?;
    let origin = match (&signer, &request.origin) {
        (Some((key, _)), _) => key.public().origin(),
        (None, Some(origin)) => {
            must_be_origin(origin)?;
            origin.as_str()
        }
        (None, None) => {
            return Err(
                Misuse::new("neither a key nor an origin is given", "give --key KEYFILE, or --origin NAME").into()
            );
        }
    };
    let source = session.ledger.open()?;
    let mut root = GrowingRoot::default();
    let mut faults = FaultList::keeping(FaultList::MOST);
    let end = read_each(&source, &*session.progress, |line, bytes| {
        match line {
            Ok(_) => root.push(TreeHash::of_line(bytes)),
            Err(found) => faults.add(found),
        }
        Ok(())
    })?;
    if !faults.is_empty() {
        let next = "`exquota validate` lists all that is wrong; no checkpoint is made of a ledger with faults";
        return Err(not_valid(&source, faults, next).into());
    }
    proof_files::settle(session)?;
    let told = "the last line has no end: it was never acknowledged, and the checkpoint leaves it out";
    let mut warnings: Vec<String> = end.torn.map(|_| told.to_owned()).into_iter().collect();
    let Checkpoint { origin, size, root, mut note } = Checkpoint::unsigned(origin, root.size(), root.root());
    if let Some((key, warning)) = &signer {
        note = note.signed(key);
        warnings.extend(warning.clone());
    }
    let note = note.written();
    if let Some(path) = &request.out {
        put_new(&*session.system, path, note.as_bytes())?;
    }
    let path = request.out.as_ref().map(|path| path.display().to_string());
    let document = CheckpointMade { origin, size, root: root.to_string(), note, signed: signer.is_some(), path };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings })
}
