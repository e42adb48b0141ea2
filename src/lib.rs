//! exquota: a ledger for export quotas on AI accelerators.
//!
//! A policy states the ceilings. A ledger records licence approvals, shipments and everything that changes them. The
//! program judges every proposed allocation against every ceiling, under one lock, before it writes the line.
//!
//! ```text
//! main → cli → commands → { store, report } → domain
//! ```
//!
//! - [`domain`] holds the rules: the vocabulary, the balances, the judge, the fold. It knows no files, no clock and no
//!   formats.
//! - [`store`] is the only code that touches files: policies, ledger lines, the ledger file.
//! - [`report`] renders text, tables, JSON and diagnostics. It never uses the store.
//! - [`commands`] has one file per verb; [`cli`] is the command line. Only these two use `anyhow`.
//!
//! Three invariants:
//!
//! - **One fold, one judge.** Replaying a file and judging a proposal run the same code ([`domain::book`]).
//! - **A type enforces check before write.** The store appends only [`domain::admitted::Admitted`] entries. Only the
//!   book makes them, and one lock spans reading, judging and appending.
//! - **A refusal writes no byte.** An entry that is not admitted leaves the ledger as it was. A recorded check is admitted
//!   whatever its answer says (D49).
//!
//! Where to look:
//!
//! - **Who shares a ceiling?** [`domain::group`]: `Pool::of` gives the group and the period that a charge counts in. The
//!   sums of windows and destinations are in `domain/state/pools.rs`.
//! - **What must I touch for a new kind of event?** Declare its fields in `contents!` and its row in `event_table!`
//!   ([`domain::event`]). The compiler then names the other places: its keys (`store/record/layout.rs`), its rules
//!   (`domain/judge`), its effect (`domain/state/apply.rs`), its words (`report/wording.rs`), its postings
//!   (`report/export/hledger`), and the names in it that people write (`commands/facts.rs`). Add its verb to
//!   `cli/args.rs`, `cli/dispatch.rs` and `cli/line.rs`.
//! - **Where would another store go?** In [`store::ledger`]: implement its traits `Ledger` and `Writer`. Their comments
//!   state the duties. Lines are read from a file on this machine (`Ledger::file`), so a remote store keeps a copy, as
//!   [`store::ledger::shared`] does. The function [`store::ledger::at`] chooses the store.

pub mod cli;
pub mod commands;
pub mod domain;
pub mod guide;
pub mod report;
pub mod store;

pub use cli::{Terminal, run, run_at};
