//! The written form of proofs: C2SP tlog-proof for an entry, the body of tlog-witness's `add-checkpoint` for a later
//! tree.

use super::checkpoint::Checkpoint;
use super::tree::{self, TreeHash};
use super::{decimal, from_base64, to_base64, wrong};
use crate::domain::fault::Fault;

/// The first line of a proof for an entry.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// No tree has more levels.
const MOST_HASHES: usize = 63;

/// A proof that the tree of a checkpoint has a certain line at `index`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inclusion {
    /// The line, without its `\n`. Other programs may leave it out and send it separately.
    pub line: Option<Vec<u8>>,
    /// Counts from 0: one less than the entry's number.
    pub index: u64,
    /// The hashes from the leaf's neighbour upwards.
    pub path: Vec<TreeHash>,
    pub checkpoint: Checkpoint,
}

impl Inclusion {
    /// The written form.
    pub fn written(&self) -> String {
        let extra = self.line.as_ref().map(|line| format!("extra {}\n", to_base64(line))).unwrap_or_default();
        let index = self.index;
        format!("{HEADER}\n{extra}index {index}\n{}\n{}", hash_lines(&self.path), self.checkpoint.note.written())
    }

    /// Whether it proves `line`. This does not check whether the checkpoint can be trusted.
    pub fn holds_for(&self, line: &[u8]) -> bool {
        let Checkpoint { root, size, .. } = self.checkpoint;
        tree::includes(root, size, self.index, TreeHash::of_line(line), &self.path)
    }
}

/// A proof that the tree of a checkpoint begins with the tree of its first `old` leaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consistency {
    /// The older tree's size.
    pub old: u64,
    /// The hashes from the deepest upwards.
    pub path: Vec<TreeHash>,
    pub checkpoint: Checkpoint,
}

impl Consistency {
    /// The written form.
    pub fn written(&self) -> String {
        format!("old {}\n{}\n{}", self.old, hash_lines(&self.path), self.checkpoint.note.written())
    }

    /// Whether it proves that the tree of `older` was not changed. This does not check whether either checkpoint can be
    /// trusted.
    pub fn holds_since(&self, older: &Checkpoint) -> bool {
        let newer = (self.checkpoint.size, self.checkpoint.root);
        self.old == older.size && tree::extends((older.size, older.root), newer, &self.path)
    }
}

/// The content of a file of proofs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proofs {
    Inclusions(Vec<Inclusion>),
    Consistency(Consistency),
}

impl Proofs {
    /// Reads a whole file.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.starts_with("old ") {
            return consistency(text).map(Proofs::Consistency);
        }
        if text.lines().next() != Some(HEADER) {
            return Err(wrong(1, format!("a proof must begin with `{HEADER}` or with `old SIZE`"))
                .help("give a file of `exquota prove` or of another C2SP log, unchanged"));
        }
        let mut found = Vec::new();
        let mut first = 1;
        for part in split_at_headers(text) {
            found.push(inclusion(part, first)?);
            first += part.lines().count() as u64;
        }
        Ok(Proofs::Inclusions(found))
    }
}

/// Splits the text before each header line.
fn split_at_headers(text: &str) -> Vec<&str> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end_matches('\n') == HEADER {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

fn inclusion(text: &str, first: u64) -> Result<Inclusion, Fault> {
    let mut lines = Lines { rest: text, number: first };
    lines.next();
    let mut line = lines.next();
    let extra = line.strip_prefix("extra ");
    let extra_line = match extra {
        Some(extra) => {
            let bytes = from_base64(extra).ok_or_else(|| wrong(first + 1, "the text after `extra` is not Base64"))?;
            line = lines.next();
            Some(bytes)
        }
        None => None,
    };
    let index = line
        .strip_prefix("index ")
        .and_then(decimal)
        .ok_or_else(|| wrong(lines.last(), "expected `index N` here, in plain digits"))?;
    let path = lines.hashes()?;
    let checkpoint = Checkpoint::parse(lines.rest, lines.number)?;
    Ok(Inclusion { line: extra_line, index, path, checkpoint })
}

fn consistency(text: &str) -> Result<Consistency, Fault> {
    let mut lines = Lines { rest: text, number: 1 };
    let old = lines
        .next()
        .strip_prefix("old ")
        .and_then(decimal)
        .ok_or_else(|| wrong(1, "a size in plain digits must follow `old`"))?;
    let path = lines.hashes()?;
    let checkpoint = Checkpoint::parse(lines.rest, lines.number)?;
    Ok(Consistency { old, path, checkpoint })
}

fn hash_lines(path: &[TreeHash]) -> String {
    path.iter().map(|hash| format!("{hash}\n")).collect()
}

/// A text, line by line.
struct Lines<'t> {
    rest: &'t str,
    /// The number of the next line.
    number: u64,
}

impl<'t> Lines<'t> {
    fn next(&mut self) -> &'t str {
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.number += 1;
        line
    }

    /// The number of the last line given.
    fn last(&self) -> u64 {
        self.number - 1
    }

    /// Reads the hashes up to the empty line.
    fn hashes(&mut self) -> Result<Vec<TreeHash>, Fault> {
        let mut path = Vec::new();
        loop {
            match self.next() {
                "" if self.rest.is_empty() => return Err(wrong(self.last(), "the proof ends before its checkpoint")),
                "" => return Ok(path),
                line => {
                    let hash = TreeHash::from_base64(line)
                        .ok_or_else(|| wrong(self.last(), "expected a hash: 32 bytes in Base64"))?;
                    path.push(hash);
                }
            }
            if path.len() > MOST_HASHES {
                return Err(wrong(self.last(), "the proof has more hashes than any tree has levels"));
            }
        }
    }
}
