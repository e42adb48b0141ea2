//! The rules, and nothing else: no files, no clock, no formats, no terminal.

pub mod about;
pub mod admitted;
pub mod book;
pub mod country;
pub mod coverage;
pub mod entries;
pub mod event;
pub mod exceptions;
pub mod fault;
pub mod fingerprints;
pub mod group;
pub mod headroom;
pub mod impact;
pub mod judge;
pub mod lookalike;
pub mod plan;
pub mod policy;
pub mod policy_diff;
pub mod refusal;
pub mod registration;
pub mod specs;
pub mod state;
pub mod text;
pub mod timeline;
pub mod units;
pub mod words;
