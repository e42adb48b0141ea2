//! What `validate` found, as CI systems take it: annotations, a test report, code scanning.
//!
//! The three say the same: what is here is brought into one order, and each format only writes it down.

mod github;
mod junit;
mod sarif;

use super::failure::Failure;
use super::validation::{ValidatedLedger, Validation};
use crate::domain::event::Seq;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::refusal::Refusal;
use std::borrow::Cow;
use std::collections::HashMap;

/// A format that a CI system reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CiFormat {
    /// Workflow commands of GitHub Actions.
    Github,
    /// JUnit's XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
}

/// What was looked at, and what it came to.
struct Findings<'a> {
    /// Why nothing could be looked at; the files are then those to blame.
    failed: Option<&'a Failure>,
    files: Vec<File<'a>>,
}

/// A file, and all that was found in it.
struct File<'a> {
    path: &'a str,
    /// Whether it could be read at all; if not, `warnings` says why.
    read: bool,
    entries: u64,
    /// Faults, breaches, violations, each in the order of the file.
    problems: Vec<Problem<'a>>,
    warnings: Vec<&'a str>,
}

/// One thing wrong with a file.
struct Problem<'a> {
    kind: Kind,
    code: &'static str,
    is_error: bool,
    line: Option<u64>,
    /// In bytes, from 1.
    column: Option<u64>,
    /// The ceiling and group, or the chip, that it is about.
    subject: Option<String>,
    /// How many problems of the same place, code and subject come before it.
    ordinal: usize,
    message: Cow<'a, str>,
    help: Option<&'a str>,
}

/// The words that are never mixed, and which of a file's checks it fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// A line that is not one of a ledger.
    Line,
    /// Lines that do not hang together.
    Chain,
    /// Not what the command line expects.
    Unexpected,
    /// A line that the rules would have refused.
    Breach,
    /// A line that was recorded despite the rules (R13).
    Violation,
}

impl Kind {
    fn of(code: FaultCode) -> Kind {
        match code {
            FaultCode::SeqGap | FaultCode::ChainBroken | FaultCode::TimeBack => Kind::Chain,
            FaultCode::NotAnExtension | FaultCode::HeadDiffers | FaultCode::PolicyDiffers => Kind::Unexpected,
            _ => Kind::Line,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Kind::Line | Kind::Chain | Kind::Unexpected => "fault",
            Kind::Breach => "breach",
            Kind::Violation => "violation",
        }
    }

    fn is_fault(self) -> bool {
        self.as_str() == "fault"
    }
}

impl<'a> Problem<'a> {
    fn fault(fault: &'a Fault) -> Self {
        Problem {
            kind: Kind::of(fault.code),
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

    fn refused(entry: Seq, refusal: &'a Refusal, kind: Kind, is_error: bool) -> Self {
        let ceiling = refusal.ceiling.as_ref().map(ToString::to_string);
        let group = refusal.group.as_ref().map(ToString::to_string);
        let chip = refusal.chip.as_ref().map(ToString::to_string);
        let named: Vec<String> = [ceiling, group, chip].into_iter().flatten().collect();
        Problem {
            kind,
            code: refusal.code.as_str(),
            is_error,
            // An entry's number is its line's.
            line: Some(entry),
            column: None,
            subject: (!named.is_empty()).then(|| named.join(" ")),
            ordinal: 0,
            message: refusal.message(),
            help: refusal.help.as_deref(),
        }
    }
}

impl<'a> File<'a> {
    fn of(ledger: &'a ValidatedLedger, strict: bool) -> Self {
        let faults = ledger.faults.iter().map(Problem::fault);
        let breaches =
            ledger.refused(false).map(|(entry, refusal)| Problem::refused(entry, refusal, Kind::Breach, true));
        let violations =
            ledger.refused(true).map(|(entry, refusal)| Problem::refused(entry, refusal, Kind::Violation, strict));
        File {
            path: &ledger.path,
            read: ledger.read,
            entries: ledger.entries,
            problems: numbered(faults.chain(breaches).chain(violations).collect()),
            warnings: ledger.warnings.iter().map(String::as_str).collect(),
        }
    }

    fn is_valid(&self) -> bool {
        self.read && !self.problems.iter().any(|problem| problem.is_error)
    }

    /// How many of its problems are called so.
    fn count(&self, word: &str) -> usize {
        self.problems.iter().filter(|problem| problem.kind.as_str() == word).count()
    }
}

/// With what tells equal ones apart.
fn numbered(mut problems: Vec<Problem<'_>>) -> Vec<Problem<'_>> {
    let mut met: HashMap<_, usize> = HashMap::new();
    for problem in &mut problems {
        let same = met.entry((problem.code, problem.line, problem.column, problem.subject.clone())).or_default();
        problem.ordinal = *same;
        *same += 1;
    }
    problems
}

/// A validation in this format.
pub(super) fn validation(validation: &Validation, format: CiFormat) -> serde_json::Result<String> {
    let files = validation.ledgers.iter().map(|ledger| File::of(ledger, validation.strict)).collect();
    render(&Findings { failed: None, files }, format)
}

/// Why there is no validation, in this format.
pub(super) fn failure(failure: &Failure, format: CiFormat) -> serde_json::Result<String> {
    let file = failure.file.as_ref().map(|file| File {
        path: &file.path,
        read: true,
        entries: 0,
        problems: numbered(file.faults.iter().map(Problem::fault).collect()),
        warnings: Vec::new(),
    });
    render(&Findings { failed: Some(failure), files: file.into_iter().collect() }, format)
}

fn render(findings: &Findings<'_>, format: CiFormat) -> serde_json::Result<String> {
    match format {
        CiFormat::Github => Ok(github::render(findings)),
        CiFormat::Junit => Ok(junit::render(findings)),
        CiFormat::Sarif => sarif::render(findings),
    }
}

/// A path as CI systems match it with the files of a change: without a leading `./`.
fn plain_path(path: &str) -> &str {
    let plain = path.trim_start_matches("./");
    if plain.is_empty() { path } else { plain }
}
