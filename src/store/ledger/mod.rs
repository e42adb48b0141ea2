//! The ledger: how lines hang together, the file they stand in, and what was folded of it before.

pub mod cache;
pub mod file;
pub mod read;
pub mod source;
