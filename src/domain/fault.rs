//! What is wrong with a file's content: a closed list of codes, and one fault with its place.

use super::words::words;
use std::ops::Range;

/// Gives the declaration of the codes to the macro `$then`.
macro_rules! fault_codes {
    ($then:ident) => {
        $then! {
            /// What is wrong; as in refusals, a code never changes its meaning.
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

/// One thing wrong with a file, and where.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// What kind.
    pub code: FaultCode,
    /// Line in the file, from 1; none where the fault is in no line.
    pub line: Option<u64>,
    /// Byte column in the line, from 1.
    pub column: Option<u64>,
    /// Bytes of the file it covers, on character boundaries; for underlining.
    pub span: Option<Range<usize>>,
    /// What is wrong, lower case, no full stop; may hold text of the file.
    pub message: String,
    /// What to do: "did you mean `limit`?".
    pub help: Option<String>,
}

impl Fault {
    /// A fault of no place yet.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Fault { code, line: None, column: None, span: None, message: message.into(), help: None }
    }

    /// On this line.
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// At this byte column of its line, from 1.
    pub fn column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// With what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
