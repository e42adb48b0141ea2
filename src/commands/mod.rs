//! One file a verb, and `record` for all that say what happened: a request, and a `run` that answers it. No flags and no
//! printing here.

pub mod adopt;
mod batch;
pub mod check;
pub mod checkpoint;
pub mod completions;
mod customers;
pub mod customers_csv;
pub mod error;
pub mod explain;
pub mod export;
pub mod given;
pub mod headroom;
pub mod import;
pub mod import_csv;
pub mod import_customers;
pub mod init;
pub mod keygen;
pub mod licences;
pub mod log;
pub mod man;
pub mod order;
pub mod plan;
mod plan_csv;
pub mod policy;
mod policy_file;
pub mod progress;
mod proof_files;
pub mod prove;
pub mod record;
pub mod recover;
pub mod register;
pub mod report;
pub mod schema;
pub mod session;
mod sheets;
pub mod show;
pub mod trace;
pub mod validate;
pub mod verify_proof;
pub mod whatif;
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
