//! What a shell reads to complete command lines.

use super::paper::Paper;
use super::{Document, to_json};
use schemars::JsonSchema;
use serde::Serialize;

/// `completions SHELL`: the script, as the shell reads it.
#[derive(Debug)]
pub struct Script {
    /// Whose it is.
    pub shell: &'static str,
    /// Its text.
    pub script: String,
}

/// What `completions` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct ScriptDocument<'a> {
    #[schemars(extend("const" = "exquota/completions/1"))]
    schema: &'static str,
    shell: &'a str,
    script: &'a str,
}

impl Document for Script {
    fn text(&self, _: &Paper) -> String {
        self.script.clone()
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&ScriptDocument { schema: "exquota/completions/1", shell: self.shell, script: &self.script })
    }
}
