//! `prove`: proves to somebody without the ledger that entries are in it, or that nothing in it was changed.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::session::{Fold, Opened, Session};
use crate::commands::verbs::log::{Shipments, read_again};
use crate::commands::{Answer, Exit, proof_files};
use crate::domain::about;
use crate::domain::event::{Number, Seq};
use crate::domain::text::{LicenceNumber, Reference};
use crate::domain::units::counted;
use crate::report::entries::LoggedEntry;
use crate::report::proof::{ProofMade, ProofsMade};
use crate::store::proof::checkpoint::Checkpoint;
use crate::store::proof::tlog_proof::{Consistency, Inclusion};
use crate::store::proof::tree::{Tree, TreeHash};
use crate::store::put::{is_folder, put_new, refuse_existing};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// The arguments of the verb: `subject` or `since`, under `key` or `checkpoint`.
#[derive(Clone, Debug)]
pub struct Request {
    /// An entry's number, a licence or a reference.
    pub subject: Option<String>,
    /// The checkpoint since which nothing was changed.
    pub since: Option<PathBuf>,
    /// The private key that signs a checkpoint of the ledger as it is now.
    pub key: Option<PathBuf>,
    /// The checkpoint to prove under.
    pub checkpoint: Option<PathBuf>,
    /// The file to create, or an existing folder for one file per entry.
    pub out: Option<PathBuf>,
}

/// Makes the proofs, and writes them or answers with them.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let system = &*session.system;
    let folder = request.out.as_deref().filter(|out| is_folder(out));
    let single = request.out.as_deref().filter(|_| folder.is_none());
    refuse_existing(system, single)?;
    let subject = request.subject.as_deref().unwrap_or_default();
    let reference = Reference::new(subject);
    let mut leaves = Vec::new();
    let (mut shipments, mut references) = (Shipments::default(), Vec::new());
    let mut opened = session.open_with(Fold::Whole, |line, bytes| {
        leaves.push(TreeHash::of_line(bytes));
        shipments.take(&line.entry);
        let is_meant = line.entry.event.number() == Some(Number::Reference(&reference));
        references.extend(is_meant.then_some(line.entry.seq));
    })?;
    let mut warnings = std::mem::take(&mut opened.warnings);
    let tree = Tree::of(leaves);
    let checkpoint = under(session, request, &tree, &mut warnings)?;
    let mut proofs = Vec::new();
    let (mut since, mut not_proven) = (None, None);
    if let Some(path) = &request.since {
        let older = proof_files::checkpoint(path)?;
        proofs.push(consistency(session, &tree, &older, path, &checkpoint)?);
        since = Some(older.size);
    } else {
        let (entries, all_of) = find(&opened, &shipments, references, subject)?;
        for entry in &entries {
            proofs.push(inclusion(&tree, entry, &checkpoint)?);
        }
        warnings.extend(all_of.clone());
        not_proven = all_of;
    }
    if let Some(folder) = folder {
        let named = proofs.iter_mut().map(|proof| (folder.join(&proof.name), proof)).collect::<Vec<_>>();
        refuse_existing(system, named.iter().map(|(path, _)| path))?;
        for (path, proof) in named {
            put_new(system, &path, proof.text.as_bytes())?;
            proof.path = Some(path.display().to_string());
        }
    }
    if let Some(path) = single {
        let all: String = proofs.iter().map(|proof| proof.text.as_str()).collect();
        put_new(system, path, all.as_bytes())?;
        proofs.iter_mut().for_each(|proof| proof.path = Some(path.display().to_string()));
    }
    let Checkpoint { origin, size, root, .. } = checkpoint;
    let document = ProofsMade { origin, size, root: root.to_string(), since, proofs, not_proven };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings })
}

/// The checkpoint to prove under: signed now, or an older one of this ledger.
fn under(session: &Session, request: &Request, tree: &Tree, warnings: &mut Vec<String>) -> anyhow::Result<Checkpoint> {
    if let Some(path) = &request.key {
        let (key, warning) = proof_files::private_key(path)?;
        warnings.extend(warning);
        proof_files::settle(session)?;
        let root = tree.root_at(tree.size()).context("the tree has no root")?;
        let mut checkpoint = Checkpoint::unsigned(key.public().origin(), tree.size(), root);
        checkpoint.note = checkpoint.note.signed(&key);
        return Ok(checkpoint);
    }
    let none = || Misuse::new("there is no checkpoint to prove under", "give --key KEYFILE, or --checkpoint FILE");
    let path = request.checkpoint.as_ref().ok_or_else(none)?;
    let checkpoint = proof_files::checkpoint(path)?;
    proof_files::must_begin_with(session, tree, &checkpoint, path)?;
    if !checkpoint.note.has_signatures() {
        warnings.push(format!(
            "the checkpoint `{}` holds no signature, so the proof holds none: hand on its `ssh-keygen` signature too",
            path.display()
        ));
    }
    Ok(checkpoint)
}

fn consistency(
    session: &Session,
    tree: &Tree,
    older: &Checkpoint,
    path: &Path,
    newer: &Checkpoint,
) -> anyhow::Result<ProofMade> {
    if older.origin != newer.origin {
        let message = format!("`{}` is a checkpoint of `{}`, not of `{}`", path.display(), older.origin, newer.origin);
        return Err(Misuse::new(message, "take the key or the checkpoint that belongs to that origin").into());
    }
    proof_files::must_begin_with(session, tree, older, path)?;
    if older.size > newer.size {
        let covered = counted(older.size, "entry", "entries");
        let message = format!("the checkpoint of --since covers {covered}, the other {}", newer.size);
        return Err(Misuse::new(message, "give the older one to --since, and the later one to --checkpoint").into());
    }
    let path = tree.consistency(older.size, newer.size).context("the tree is smaller than its checkpoint")?;
    let proof = Consistency { old: older.size, path, checkpoint: newer.clone() };
    let name = format!("since-{}.tlog-consistency", older.size);
    Ok(ProofMade { entry: None, name, text: proof.written(), path: None })
}

fn inclusion(tree: &Tree, entry: &LoggedEntry, checkpoint: &Checkpoint) -> anyhow::Result<ProofMade> {
    let seq = entry.entry.seq;
    let index = seq.saturating_sub(1);
    let path = tree.inclusion(index, checkpoint.size).ok_or_else(|| {
        let covered = counted(checkpoint.size, "entry", "entries");
        let message = format!("entry {seq} was recorded after the checkpoint, which covers {covered}");
        Misuse::new(message, "prove under a later checkpoint, or sign a new one with --key")
    })?;
    let line = Some(entry.line.clone().into_bytes());
    let proof = Inclusion { line, index, path, checkpoint: checkpoint.clone() };
    let name = format!("entry-{seq}.tlog-proof");
    Ok(ProofMade { entry: Some(seq), name, text: proof.written(), path: None })
}

/// The entries that `given` names, void or not; `references` are those with this reference. For a licence, also the
/// warning that the proofs don't show that there are no others (D30).
fn find(
    opened: &Opened,
    shipments: &Shipments,
    references: Vec<Seq>,
    given: &str,
) -> anyhow::Result<(Vec<LoggedEntry>, Option<String>)> {
    let licence = LicenceNumber::new(given);
    let lines = opened.book.entries();
    let entries = shipments.found(opened, |entry| about::concerns_licence(lines, entry, &licence))?;
    if !entries.is_empty() {
        let told = counted(entries.len(), "entry names", "entries name");
        let said = format!("{told} licence `{given}`; the proofs don't show that no other entry does");
        return Ok((read_again(opened, entries)?, Some(said)));
    }
    let numbers = 1..=lines.len() as Seq;
    let number = given.parse().ok().filter(|seq| references.is_empty() && numbers.contains(seq));
    let entries: Vec<Seq> = references.into_iter().chain(number).collect();
    if !entries.is_empty() {
        return Ok((read_again(opened, entries)?, None));
    }
    let mut known = Vec::new();
    for entry in lines.iter() {
        let event = &entry?.event;
        let name = event.number().map(Number::as_str).or(event.licence().map(LicenceNumber::as_str));
        known.extend(name.map(str::to_owned));
    }
    let otherwise = "`exquota log` lists the entries; proofs are asked for by number, licence or reference";
    let next = did_you_mean(given, known.iter().map(String::as_str), otherwise);
    Err(Misuse::new(format!("no entry, licence or reference is called `{given}`"), next).into())
}
