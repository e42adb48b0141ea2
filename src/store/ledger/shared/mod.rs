//! A ledger that several desks share: its lines lie in a table of a PostgreSQL database (design, section 4, "Shared
//! ledgers").
//!
//! # Promises
//!
//! 1. **One writer at a time, without a lock.** An append inserts the next number. If somebody else took it, the database's
//!    primary key refuses the insert, nothing is recorded, and the command reads what came and judges again.
//! 2. **Recorded means durable.** The session sets `synchronous_commit = on`, and only a commit that the server
//!    acknowledged, or a line that the server gives back, is said to be recorded.
//! 3. **An unknown outcome is resolved, or reported.** After a broken connection the same lines are inserted once more:
//!    either they are taken now, or the server says that the number is taken, and then it has these very lines or others.
//! 4. **A desk remembers.** The mirror holds every line that the desk has read. If the server does not have its last line
//!    any more, nothing is written until somebody runs `recover`.
//!
//! Desks of one user on one machine share a mirror. Its lock lets one of them write at a time, so that they do not
//! overtake each other all the time. No promise depends on it.

#[cfg(feature = "postgres")]
mod error;
#[cfg(feature = "postgres")]
mod ledger;
#[cfg(feature = "postgres")]
mod link;
#[cfg(feature = "postgres")]
mod mirror;
#[cfg(feature = "postgres")]
mod url;

#[cfg(feature = "postgres")]
pub use error::SharedError;
#[cfg(feature = "postgres")]
pub use ledger::SharedLedger;
#[cfg(feature = "postgres")]
pub use url::Address;

use std::path::Path;

/// The table, the triggers and the roles, for the database's administrator.
pub const SCHEMA: &str = include_str!("schema.sql");

/// Whether the text given for a ledger is the address of a shared one, and not a path.
pub fn is_address(given: &Path) -> bool {
    let given = given.as_os_str().as_encoded_bytes();
    ["postgres://", "postgresql://"].iter().any(|scheme| given.starts_with(scheme.as_bytes()))
}
