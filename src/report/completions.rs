//! What a shell reads to complete command lines.

use super::Document;
use super::medium::Medium;
use super::row::object;

/// `completions SHELL`: the script, as the shell reads it.
#[derive(Debug)]
pub struct Script {
    /// Whose it is.
    pub shell: &'static str,
    /// Its text.
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
