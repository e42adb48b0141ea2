//! What only some users need; the README says what all of them do.

#[doc = include_str!("file.md")]
pub mod file {}

#[doc = include_str!("policies.md")]
pub mod policies {}

#[doc = include_str!("proof.md")]
pub mod proof {}

#[doc = include_str!("shared.md")]
pub mod shared {}
