//! The findings of `validate` in the formats of CI systems: annotations, a test report, code scanning.
//!
//! All three formats say the same. This file orders the findings; each format only writes them down.

mod github;
pub(super) mod junit;
mod sarif;

use crate::domain::event::Seq;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::refusal::Refusal;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Component, PathBuf};

/// All checked files and their problems, for CI systems. A `Finding` of the book is a single line that the rules
/// refuse; these also hold faults.
pub struct Findings<'a> {
    /// Set if nothing could be checked. `files` are then the files to blame.
    pub(super) failed: Option<Failed<'a>>,
    pub(super) files: Vec<File<'a>>,
}

/// Why nothing could be checked.
pub(super) struct Failed<'a> {
    pub(super) message: &'a str,
    pub(super) next: &'a str,
}

/// A file, and every problem found in it.
pub(super) struct File<'a> {
    pub(super) path: &'a str,
    /// Whether the file could be read. If not, `warnings` says why.
    pub(super) read: bool,
    /// Set after a failed write.
    pub(super) suspect: Option<&'a str>,
    pub(super) entries: u64,
    /// Faults, breaches, violations, each in the order of the file.
    pub(super) problems: Vec<Problem<'a>>,
    /// How many further faults there are.
    pub(super) more_faults: usize,
    pub(super) warnings: Vec<String>,
}

/// One thing wrong with a file.
pub(super) struct Problem<'a> {
    kind: Check,
    code: &'static str,
    is_error: bool,
    line: Option<u64>,
    /// In bytes, from 1.
    column: Option<u64>,
    /// The ceiling and group, or the chip, that it is about.
    subject: Option<String>,
    /// The number of earlier problems with the same place, code and subject.
    ordinal: usize,
    message: Cow<'a, str>,
    help: Option<&'a str>,
}

/// The check that a problem fails. Its word is never used for another check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Check {
    /// A line is not a valid line of a ledger.
    Line,
    /// The lines do not form a chain.
    Chain,
    /// The ledger differs from what the command line expects.
    Unexpected,
    /// The rules would have refused the line.
    Breach,
    /// The line was recorded despite the rules (R13).
    Violation,
}

impl Check {
    pub(super) fn of(code: FaultCode) -> Check {
        match code {
            FaultCode::SeqGap | FaultCode::ChainBroken | FaultCode::TimeBack => Check::Chain,
            FaultCode::NotAnExtension | FaultCode::HeadDiffers | FaultCode::PolicyDiffers => Check::Unexpected,
            _ => Check::Line,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Check::Line | Check::Chain | Check::Unexpected => "fault",
            Check::Breach => "breach",
            Check::Violation => "violation",
        }
    }

    fn is_fault(self) -> bool {
        self.as_str() == "fault"
    }
}

impl<'a> Problem<'a> {
    pub(super) fn fault(fault: &'a Fault) -> Self {
        Problem {
            kind: Check::of(fault.code),
            code: fault.code.as_str(),
            is_error: true,
            line: fault.line,
            column: fault.column,
            subject: None,
            ordinal: 0,
            message: Cow::Borrowed(&fault.message),
            help: fault.help.as_deref(),
        }
    }

    /// An entry that the rules refuse. `reason` follows the message.
    pub(super) fn refused(entry: Seq, refusal: &'a Refusal, reason: String, kind: Check, is_error: bool) -> Self {
        let ceiling = refusal.ceiling.as_ref().map(ToString::to_string);
        let group = refusal.group.as_ref().map(ToString::to_string);
        let chip = refusal.chip.as_ref().map(ToString::to_string);
        let named: Vec<String> = [ceiling, group, chip].into_iter().flatten().collect();
        Problem {
            kind,
            code: refusal.code.as_str(),
            is_error,
            // An entry's number is also its line's number.
            line: Some(entry),
            column: None,
            subject: (!named.is_empty()).then(|| named.join(" ")),
            ordinal: 0,
            message: refusal.message() + Cow::Owned(reason),
            help: refusal.help.as_deref(),
        }
    }
}

impl<'a> File<'a> {
    pub(super) fn new(path: &'a str, problems: impl Iterator<Item = Problem<'a>>) -> Self {
        // Number equal problems to tell them apart.
        let mut met: HashMap<_, usize> = HashMap::new();
        let numbered = problems.map(|mut problem| {
            let same = met.entry((problem.code, problem.line, problem.column, problem.subject.clone())).or_default();
            problem.ordinal = *same;
            *same += 1;
            problem
        });
        File {
            path,
            read: true,
            suspect: None,
            entries: 0,
            problems: numbered.collect(),
            more_faults: 0,
            warnings: Vec::new(),
        }
    }

    fn is_valid(&self) -> bool {
        self.read && self.suspect.is_none() && !self.problems.iter().any(|problem| problem.is_error)
    }

    /// The number of the file's problems with this word.
    fn count(&self, word: &str) -> usize {
        let unlisted = if word == "fault" { self.more_faults } else { 0 };
        unlisted + self.problems.iter().filter(|problem| problem.kind.as_str() == word).count()
    }
}

/// Where a CI system counts paths from, and where the command runs.
#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    pub working: PathBuf,
}

impl Workspace {
    /// A path as the CI system names it; none for a file outside the workspace.
    fn name(&self, path: &str) -> Option<String> {
        let mut whole = PathBuf::new();
        for part in self.working.join(path).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => drop(whole.pop()),
                part => whole.push(part),
            }
        }
        Some(whole.strip_prefix(&self.root).ok()?.to_str()?.to_owned())
    }
}

/// Annotations of a GitHub workflow. Like code scanning, they show a file only by its path in the workspace (D40).
pub fn github(findings: &Findings<'_>, workspace: Option<&Workspace>) -> String {
    github::render(findings, &|path| named(path, workspace))
}

/// A test report.
pub fn junit(findings: &Findings<'_>) -> String {
    junit::render(findings)
}

/// A log for code scanning.
pub fn sarif(findings: &Findings<'_>, workspace: Option<&Workspace>) -> serde_json::Result<String> {
    sarif::render(findings, &|path| named(path, workspace))
}

fn named(path: &str, workspace: Option<&Workspace>) -> String {
    workspace.and_then(|workspace| workspace.name(path)).unwrap_or_else(|| path.to_owned())
}

/// Removes a leading `./`, so that CI systems match the path with the files of a change.
fn plain_path(path: &str) -> &str {
    let plain = path.trim_start_matches("./");
    if plain.is_empty() { path } else { plain }
}
