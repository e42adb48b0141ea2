//! Faults in a file's content: a closed list of codes, and the content of one fault.

use super::words::words;
use std::collections::HashMap;
use std::ops::Range;

/// Passes the declaration of the codes to the macro `$then`.
macro_rules! fault_codes {
    ($then:ident) => {
        $then! {
            /// The kind of a fault. A code never changes its meaning, as with refusals.
            #[derive(PartialOrd, Ord)]
            pub enum FaultCode {
                NotUtf8 = "not-utf8",
                ControlCharacter = "control-character",
                LineBlank = "line-blank",
                LineTooLong = "line-too-long",
                LineUnfinished = "line-unfinished",
                NotJson = "not-json",
                KeyDuplicate = "key-duplicate",
                FieldUnknown = "field-unknown",
                FieldMissing = "field-missing",
                FieldInvalid = "field-invalid",
                NotCanonical = "not-canonical",
                VersionUnknown = "version-unknown",
                SeqGap = "seq-gap",
                ChainBroken = "chain-broken",
                TimeBack = "time-back",
                LedgerEmpty = "ledger-empty",
                PolicyMissing = "policy-missing",
                PolicyInvalid = "policy-invalid",
                PolicyDigest = "policy-digest",
                NotAnExtension = "not-an-extension",
                HeadDiffers = "head-differs",
                PolicyDiffers = "policy-differs",
            }
        }
    };
}

fault_codes!(words);

pub(crate) use fault_codes;

/// One fault in a file, and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    pub code: FaultCode,
    /// The line in the file, from 1; none where the fault has no line.
    pub line: Option<u64>,
    /// The byte column in the line, from 1.
    pub column: Option<u64>,
    /// The bytes of the file to underline, on character boundaries.
    pub span: Option<Range<usize>>,
    /// In lower case, without a full stop. It may contain text of the file.
    pub message: String,
    /// The next step, as in "did you mean `limit`?".
    pub help: Option<String>,
    /// Whether one cause spoils lines all over the file. After `: `, the message then has the trace of it in this line.
    pub shared: bool,
}

impl Fault {
    /// A fault without a place.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Fault { code, line: None, column: None, span: None, message: message.into(), help: None, shared: false }
    }

    /// Adds the line.
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Adds the byte column, from 1.
    pub fn column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// Adds the next step.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The faults of a file, each cause once (D39): another program may have spoilt every line.
#[derive(Debug)]
pub struct FaultList {
    most: usize,
    kept: Vec<Fault>,
    /// The last kept fault with each message.
    runs: HashMap<String, Run>,
    more: u64,
}

/// The lines that have the same fault.
#[derive(Debug)]
struct Run {
    /// The place of the fault of its first line, among those kept.
    index: usize,
    lines: u64,
    last: u64,
    /// What the lines show of their cause, without repeats.
    traces: Vec<String>,
}

impl FaultList {
    /// The number of faults kept, unless all are asked for.
    pub const MOST: usize = 1000;

    /// An empty list that keeps at most so many faults, and counts the others.
    pub fn keeping(most: usize) -> Self {
        FaultList { most, kept: Vec::new(), runs: HashMap::new(), more: 0 }
    }

    /// Adds the faults of a line. One that the line before has too is the same, unless it is about the chain: there,
    /// each line was edited for itself (D20).
    pub fn add(&mut self, faults: &[Fault]) {
        /// How many traces a message shows.
        const SHOWN: usize = 6;
        for fault in faults {
            let is_of_chain = matches!(fault.code, FaultCode::SeqGap | FaultCode::ChainBroken | FaultCode::TimeBack);
            let line = fault.line.unwrap_or_default();
            let (message, trace) = match fault.message.split_once(": ") {
                Some((message, trace)) if fault.shared => (message, Some(trace)),
                _ => (fault.message.as_str(), None),
            };
            if let Some(run) = self.runs.get_mut(message).filter(|_| !is_of_chain)
                && (run.last + 1 == line || fault.shared)
            {
                run.lines += 1;
                run.last = line;
                let is_new = |trace: &&str| run.traces.len() < SHOWN && !run.traces.iter().any(|known| known == trace);
                if let Some(trace) = trace.filter(is_new) {
                    run.traces.push(trace.to_owned());
                }
            } else if self.kept.len() < self.most {
                let traces = trace.map(ToOwned::to_owned).into_iter().collect();
                let run = Run { index: self.kept.len(), lines: 1, last: line, traces };
                if let Some(done) = self.runs.insert(message.to_owned(), run) {
                    self.tell(&done);
                }
                self.kept.push(Fault { message: message.to_owned(), ..fault.clone() });
            } else {
                self.more += 1;
            }
        }
    }

    /// Completes the message of a run of lines.
    fn tell(&mut self, run: &Run) {
        let Some(fault) = self.kept.get_mut(run.index) else { return };
        if !run.traces.is_empty() {
            fault.message += &format!(": {}", run.traces.join(", "));
        }
        if run.lines > 1 {
            let first = fault.line.unwrap_or_default();
            fault.message += &format!(" ({} lines, from line {first} to line {})", run.lines, run.last);
        }
    }

    /// Whether the file has no fault.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.more == 0
    }

    /// The faults kept, and the number of those that were not.
    pub fn finish(mut self) -> (Vec<Fault>, u64) {
        for run in std::mem::take(&mut self.runs).into_values() {
            self.tell(&run);
        }
        (self.kept, self.more)
    }
}

/// The start of each line, to find the line and column of a byte quickly.
#[derive(Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// The lines of `bytes`, separated by `\n`.
    pub fn of(bytes: &[u8]) -> Self {
        let after_breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        Lines(std::iter::once(0).chain(after_breaks).collect())
    }

    /// The line and the byte column of `offset`, both from 1.
    pub fn at(&self, offset: usize) -> (u64, u64) {
        let line = self.0.partition_point(|start| *start <= offset).max(1);
        let start = self.0.get(line - 1).copied().unwrap_or(0);
        (line as u64, (offset - start) as u64 + 1)
    }

    /// The range of the line around `offset`, without its line break.
    pub fn around(&self, source: &str, offset: usize) -> Range<usize> {
        let (line, column) = self.at(offset);
        let start = offset + 1 - column as usize;
        let end = self.0.get(line as usize).map_or(source.len(), |next| next - 1);
        let text = source.get(start..end).unwrap_or_default();
        start..start + text.strip_suffix('\r').unwrap_or(text).len()
    }
}
