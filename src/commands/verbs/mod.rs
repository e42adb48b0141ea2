//! One file per verb; `record` serves all verbs that record one event. Each has a `run` that answers.

pub mod adopt;
pub mod check;
pub mod checkpoint;
pub mod completions;
pub mod explain;
pub mod export;
pub mod headroom;
pub mod import;
pub mod init;
pub mod keygen;
pub mod licences;
pub mod log;
pub mod man;
pub mod plan;
pub mod policy;
pub mod prove;
pub mod record;
pub mod recover;
pub mod register;
pub mod report;
pub mod schema;
pub mod show;
pub mod trace;
pub mod validate;
pub mod verify_proof;
pub mod whatif;
