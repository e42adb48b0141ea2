//! What the verbs share: the session and its ledger, judging and writing, batches, sheets, and events from what people
//! write. `verbs` has one file per verb. Nothing here knows flags or prints.

mod batch;
mod branches;
mod comparing;
mod customers;
pub mod customers_csv;
pub mod error;
pub mod facts;
mod named;
mod policy_file;
pub mod progress;
mod proof_files;
pub mod session;
mod sheets;
pub mod values;
pub mod verbs;
mod writing;

use crate::report::Document;

/// How a command ends. The numbers never change their meaning (design, section 5).
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

/// The answer of a command.
pub struct Answer {
    pub document: Box<dyn Document>,
    pub exit: Exit,
    /// Printed on standard error.
    pub warnings: Vec<String>,
}
