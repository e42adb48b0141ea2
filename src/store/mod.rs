//! The only code that touches files: policies, ledger lines, the ledger file.
//!
//! The contract of a store is small, so that a second one may hold the same lines byte for byte:
//!
//! 1. **Read**: the bytes of the ledger, as whole lines ([`ledger::read::Reader`] makes entries of them).
//! 2. **Append**: entries that the rules admit, if the head is still the one they were judged on
//!    ([`ledger::file::Locked::append`]); all of them or, as far as anyone is told, none.
//!
//! What a line is ([`record`]) and how lines hang together ([`ledger::read`]) is the same for every
//! store.

pub mod csv;
pub mod file;
pub mod ledger;
pub mod page;
pub mod policy;
pub mod proof;
pub mod record;
