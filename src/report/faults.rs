//! Faults in documents.

use super::schemas::words;
use crate::domain::fault::Fault;
use schemars::JsonSchema;
use serde::Serialize;

/// One fault.
#[derive(Serialize, JsonSchema, Debug)]
pub struct FaultDocument<'a> {
    #[schemars(with = "words::Faulty")]
    code: &'static str,
    line: Option<u64>,
    column: Option<u64>,
    message: &'a str,
}

/// All of them, in their order.
pub fn documents(faults: &[Fault]) -> Vec<FaultDocument<'_>> {
    faults
        .iter()
        .map(|fault| FaultDocument {
            code: fault.code.as_str(),
            line: fault.line,
            column: fault.column,
            message: &fault.message,
        })
        .collect()
}

/// `1 fault`, `3 faults`, `no breaches`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
