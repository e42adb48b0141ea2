//! `adopt`: a policy governs from a date on (R7).

use super::session::{Session, Writing};
use super::{Answer, policy_file, writing};
use crate::domain::event::Event;
use std::path::PathBuf;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The policy's file.
    pub policy: PathBuf,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    let adoption = policy_file::adoption(&request.policy)?;
    writing::record(session, options, |_| Ok(Event::Policy(adoption)))
}
