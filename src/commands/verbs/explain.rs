//! `explain`: says what a code means and what to do, and what the keys of a policy mean.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::{Answer, Exit};
use crate::report::Document;
use crate::report::explain::{self, CodeList, Explained};
use crate::report::policy_keys::PolicyKeys;
use crate::store::policy::policy_schema;

/// The word that asks for all keys of a policy.
const POLICY: &str = "policy";

/// The page of a code, all keys of a policy (`policy`), or those at a path (`ceilings`); without a subject, the list of
/// all codes.
pub fn run(subject: Option<&str>) -> anyhow::Result<Answer> {
    let Some(subject) = subject else { return Ok(answer(CodeList)) };
    if let Some(page) = explain::page(subject) {
        return Ok(answer(Explained { page }));
    }
    let keys = policy_keys();
    let known: Vec<_> = keys.keys.iter().map(|key| key.key.clone()).collect();
    let keys = if subject == POLICY { keys } else { keys.below(subject) };
    if !keys.keys.is_empty() {
        return Ok(answer(keys));
    }
    let codes = explain::all().map(|page| page.code);
    let near = did_you_mean(subject, codes.chain([POLICY]).chain(known.iter().map(String::as_str)), "");
    let next = format!("{near} `exquota explain` lists all codes, `exquota explain policy` all keys of a policy");
    Err(Misuse::new(format!("there is no code or policy key `{subject}`"), next.trim_start()).into())
}

/// Every key of a policy.
pub fn policy_keys() -> PolicyKeys {
    PolicyKeys::of(&policy_schema())
}

fn answer(document: impl Document + 'static) -> Answer {
    Answer { document: Box::new(document), exit: Exit::Fine, warnings: Vec::new() }
}
