//! Faults in a file's content: a closed list of codes, and the content of one fault.

use super::words::words;
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
}

impl Fault {
    /// A fault without a place.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Fault { code, line: None, column: None, span: None, message: message.into(), help: None }
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
