//! exquota: a ledger for export quotas on AI accelerators.
//!
//! A policy states the ceilings. A ledger records licence approvals, shipments and everything that changes them. Every
//! proposed allocation is judged against every ceiling, under one lock, before its line is written.
//!
//! ```text
//! main → cli → commands → { store, report } → domain
//! ```
//!
//! - [`domain`] holds the rules and nothing else: the vocabulary, the balances, the judge, the fold. No files, no
//!   clock, no formats.
//! - [`store`] is the only code that touches files: policies, ledger lines, the ledger file.
//! - [`report`] renders: text, tables, JSON, diagnostics. It never meets the store.
//! - [`commands`] has one file a verb; [`cli`] is the command line. Only these know `anyhow`.
//!
//! Three invariants carry the rest:
//!
//! - **One fold, one judge.** Replaying a file and judging a proposal run the same code ([`domain::book`]).
//! - **Check before writing is a type.** The store appends only what is [`domain::admitted::Admitted`], which only
//!   the book makes, and the lock spans reading, judging and appending.
//! - **A refusal leaves no byte.** Whatever is not admitted leaves the ledger as it was.
//!
//! Where to look:
//!
//! - **What must I touch for a new event?** A declaration and a row of the table in [`domain::event`]; the compiler and
//!   the tests name every other place. What an entry is about, [`domain::about`] says.

pub mod cli;
pub mod commands;
pub mod domain;
pub mod report;
pub mod store;

pub use cli::{Terminal, run, run_at};
