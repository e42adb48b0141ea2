//! The only code that touches files: policies, ledger lines, the ledger file.
//!
//! [`ledger`] has the contract that every ledger fulfils. [`record`] defines a line, and [`ledger::read`] defines how
//! lines are chained: all ledgers share both. [`put`] makes all other files. Tests simulate [`system`].

pub mod csv;
pub mod file;
pub mod git;
pub mod ledger;
pub mod policy;
pub mod proof;
pub mod put;
pub mod record;
pub mod system;
