//! The answers about keys, checkpoints and proofs.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::row::object;
use super::values::{Raw, in_json};
use super::wording::{entries, summary, time};
use crate::domain::event::{Entry, Seq};

/// The most characters of a proven line to print. A policy's line may be longer; programs get all of it.
const LONGEST_SHOWN: usize = 2000;

/// The answer of `keygen`: the key's files and its public half. No document holds the private half.
#[derive(Debug)]
pub struct KeyMade {
    /// The private key's file.
    pub key: String,
    /// The public key's file.
    pub public: String,
    /// The log that the key signs for.
    pub origin: String,
    pub vkey: String,
}

object! {
    /// What `keygen` answers; the private half is in no document.
    "key" it: KeyMade { origin, vkey, key_file: &it.key, public_file: &it.public }
}

impl Document for KeyMade {
    fn text(&self, _: &Medium) -> String {
        format!(
            "KEY MADE for {}: private key in {}, readable only by its owner; public key in {}\n{}\n",
            clean(&self.origin),
            clean(&self.key),
            clean(&self.public),
            clean(&self.vkey)
        )
    }
}

/// The answer of `checkpoint`: the note, and its file.
#[derive(Debug)]
pub struct CheckpointMade {
    pub origin: String,
    pub size: u64,
    /// The tree's root, in Base64.
    pub root: String,
    pub note: String,
    pub signed: bool,
    /// The file it was written to.
    pub path: Option<String>,
}

object! {
    /// What `checkpoint` answers.
    "checkpoint" it: CheckpointMade { origin, size, root, signed, path, checkpoint: &it.note }
}

impl Document for CheckpointMade {
    /// Prints the note's own bytes, unless they are in a file. An origin holds nothing that a terminal would obey.
    fn text(&self, _: &Medium) -> String {
        let Some(path) = &self.path else { return self.note.clone() };
        let signed = if self.signed { "SIGNED" } else { "UNSIGNED" };
        format!(
            "{signed} checkpoint of {}: {}, in {}\n  root {}\n",
            clean(&self.origin),
            entries(self.size),
            clean(path),
            self.root
        )
    }
}

/// One proof that was made.
#[derive(Debug)]
pub struct ProofMade {
    /// `None` if it proves no entry.
    pub entry: Option<Seq>,
    /// The name of its file in a folder.
    pub name: String,
    pub text: String,
    /// The file it was written to.
    pub path: Option<String>,
}

/// The answer of `prove`: proofs under one checkpoint.
#[derive(Debug)]
pub struct ProofsMade {
    pub origin: String,
    /// How many entries its checkpoint has.
    pub size: u64,
    /// The tree's root, in Base64.
    pub root: String,
    /// How many entries an older checkpoint had, if the proof is that they are unchanged.
    pub since: Option<u64>,
    /// One for each entry, or a single one.
    pub proofs: Vec<ProofMade>,
    /// What the proofs do not show, for programs; people get a warning.
    pub not_proven: Option<String>,
}

object! {
    /// What `prove` answers.
    "proof" it: ProofsMade { origin, size, root, since, proofs, not_proven }
}

object! {
    it: ProofMade { entry, path, proof: &it.text }
}

impl Document for ProofsMade {
    /// Prints the proofs' own bytes, unless they are in files, so that the output can be redirected. A checkpoint of
    /// another program may hold more than an origin. It is made safe when it is shown, not here.
    fn text(&self, _: &Medium) -> String {
        let mut text = String::new();
        for proof in &self.proofs {
            text += &match (&proof.path, proof.entry, self.since) {
                (None, _, _) => proof.text.clone(),
                (Some(path), Some(entry), _) => {
                    format!("PROOF in {}: entry {entry} of {} of {}\n", clean(path), self.size, clean(&self.origin))
                }
                (Some(path), None, since) => {
                    let old = entries(since.unwrap_or_default());
                    format!("PROOF in {}: {} keeps its first {old} unchanged\n", clean(path), clean(&self.origin))
                }
            };
        }
        text
    }
}

/// A proven entry and its line.
#[derive(Debug)]
pub struct CheckedEntry {
    pub entry: Entry,
    /// Its line, without the end of line.
    pub line: String,
}

/// One proof that was checked.
#[derive(Debug)]
pub struct Checked {
    /// The proof's file.
    pub path: String,
    /// Its checkpoint's origin.
    pub origin: String,
    /// How many entries its checkpoint has.
    pub size: u64,
    /// Its checkpoint's root, in Base64.
    pub root: String,
    /// How many entries the older checkpoint has, if the proof is that they are unchanged.
    pub since: Option<u64>,
    /// The entry's place in the ledger, if an entry is proven.
    pub entry: Option<Seq>,
    /// Why the proof does not hold. `None` if it holds.
    pub refused: Option<String>,
    /// The proven entry, if the proof holds and proves one.
    pub shown: Option<Box<CheckedEntry>>,
}

/// What a proof of an entry does not show.
const NOT_PROVEN: &str = "that no later entry voids or changes these, or that there are no others";

/// The answer of `verify-proof`: every proof of every file.
#[derive(Debug)]
pub struct Verification {
    /// In the order given.
    pub checked: Vec<Checked>,
}

object! {
    /// What `verify-proof` answers.
    "verification" it: Verification {
        holds: it.checked.iter().all(Checked::holds),
        proofs: &it.checked,
        not_proven: it.not_proven(),
    }
}

object! {
    it: Checked {
        path,
        holds: it.holds(),
        reason: &it.refused,
        origin,
        size,
        root,
        since,
        entry,
        line: &it.shown,
    }
}

in_json! {
    CheckedEntry: { "$ref": "#/$defs/line" }, |it| Raw(it.line.clone());
}

impl Checked {
    fn told(&self) -> String {
        let (path, origin) = (clean(&self.path), clean(&self.origin));
        if let Some(reason) = &self.refused {
            return format!("DOES NOT HOLD  {path}: {}\n", clean(reason));
        }
        if let Some(since) = self.since {
            let (old, new) = (entries(since), entries(self.size));
            return format!("HOLDS  {path}: {origin} has {new} now and keeps its first {old} unchanged\n");
        }
        let place = self.entry.unwrap_or_default();
        let mut told = format!("HOLDS  {path}: entry {place} of {origin}, which had {}\n", entries(self.size));
        if let Some(CheckedEntry { entry, line }) = self.shown.as_deref() {
            let recorded = time(entry.recorded_at);
            told += &format!(
                "  {} {}: {}\n  recorded {recorded} by {}\n",
                entry.date,
                entry.event.kind(),
                clean(&summary(&entry.event)),
                clean(&entry.recorded_by.to_string())
            );
            let shown: String = line.chars().take(LONGEST_SHOWN).collect();
            let rest = if shown.len() < line.len() { "... (all of it with --format json)" } else { "" };
            told += &format!("  {}{rest}\n", clean(&shown));
        }
        told
    }

    fn holds(&self) -> bool {
        self.refused.is_none()
    }
}

impl Verification {
    fn not_proven(&self) -> Option<&'static str> {
        self.checked.iter().any(|one| one.shown.is_some()).then_some(NOT_PROVEN)
    }
}

impl Document for Verification {
    fn text(&self, _: &Medium) -> String {
        let text: String = self.checked.iter().map(Checked::told).collect();
        text + &self.not_proven().map(|told| format!("not proven: {told}\n")).unwrap_or_default()
    }
}
