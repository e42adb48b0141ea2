//! The rules, and nothing else: no files, no clock, no formats, no terminal.

pub mod admitted;
pub mod country;
pub mod event;
pub mod fault;
pub mod policy;
pub mod refusal;
pub mod text;
pub mod units;
