//! What verbs are made of: the session and its ledger, judging and writing, batches, sheets, and what people write turned
//! into events. `verbs` has one file for each verb. No flags and no printing here.

mod batch;
mod customers;
pub mod customers_csv;
pub mod error;
pub mod facts;
mod policy_file;
pub mod progress;
mod proof_files;
pub mod session;
mod sheets;
pub mod values;
pub mod verbs;
mod writing;

use crate::report::Document;

/// What a command ends with; the numbers never change their meaning (design section 5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// Within, valid, recorded, already recorded.
    Fine = 0,
    /// Evaluated, and the answer is no.
    No = 1,
    /// The command line can't be understood.
    Usage = 2,
    /// A file's content is not valid.
    NotValid = 3,
    /// The machine failed.
    Failed = 4,
}

/// What a command found, and how it ends.
pub struct Answer {
    /// To be printed.
    pub document: Box<dyn Document>,
    /// The exit code.
    pub exit: Exit,
    /// For standard error.
    pub warnings: Vec<String>,
}
