//! The ledger: how lines hang together, and the file they stand in.

pub mod file;
pub mod read;
pub mod source;
