//! The only code that touches files: policies, ledger lines, the ledger file.
//!
//! [`ledger`] has the contract that every ledger fulfils. What a line is ([`record`]) and how lines hang together
//! ([`ledger::read`]) is the same for all of them. [`put`] makes all other files, and [`system`] is what can be simulated.

pub mod csv;
pub mod file;
pub mod ledger;
pub mod policy;
pub mod proof;
pub mod put;
pub mod record;
pub mod system;
