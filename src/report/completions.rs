//! The script that a shell reads to complete command lines.

use super::Document;
use super::medium::Medium;
use super::row::object;

/// The answer of `completions SHELL`: the script, as the shell reads it.
#[derive(Debug)]
pub struct Script {
    pub shell: &'static str,
    pub script: String,
}

object! {
    /// What `completions` answers.
    "completions" it: Script { shell, script }
}

impl Document for Script {
    fn text(&self, _: &Medium) -> String {
        self.script.clone()
    }
}
