//! `explain`: says what a code means and what to do.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::{Answer, Exit};
use crate::report::explain::{self, CodeList, Explained};

/// The page of `code`; without one, the list of all codes.
pub fn run(code: Option<&str>) -> anyhow::Result<Answer> {
    let Some(code) = code else {
        return Ok(Answer { document: Box::new(CodeList), exit: Exit::Fine, warnings: Vec::new() });
    };
    match explain::page(code) {
        Some(page) => Ok(Answer { document: Box::new(Explained { page }), exit: Exit::Fine, warnings: Vec::new() }),
        None => {
            let near = did_you_mean(code, explain::all().map(|page| page.code), "");
            let next = format!("{near} `exquota explain` lists all codes");
            Err(Misuse::new(format!("there is no code `{code}`"), next.trim_start()).into())
        }
    }
}
