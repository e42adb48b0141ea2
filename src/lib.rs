//! exquota: a ledger for export quotas.
pub mod domain;
