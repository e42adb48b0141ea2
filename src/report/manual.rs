//! Manual pages, as man(1) reads them.

use super::clean::clean;
use super::paper::Paper;
use super::{Document, to_json};
use schemars::JsonSchema;
use serde::Serialize;

/// One page.
#[derive(Clone, Debug)]
pub struct ManualPage {
    /// What it is called: `exquota-check`.
    pub name: String,
    /// The part of the manual it belongs to: 1 for commands, 7 for what else there is to know.
    pub section: u8,
    /// Its text, in roff.
    pub text: String,
    /// The file it was written to.
    pub path: Option<String>,
}

/// `man`: the page that was asked for, or all that were written.
#[derive(Debug)]
pub struct Manual {
    /// One, or all.
    pub pages: Vec<ManualPage>,
}

/// What `man` answers; the page itself where no file has it.
#[derive(Serialize, JsonSchema)]
pub(super) struct ManualDocument<'a> {
    #[schemars(extend("const" = "exquota/manual/1"))]
    schema: &'static str,
    pages: Vec<PageDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct PageDocument<'a> {
    name: &'a str,
    section: u8,
    path: Option<&'a str>,
    text: Option<&'a str>,
}

impl Document for Manual {
    fn text(&self, _: &Paper) -> String {
        let told = |page: &ManualPage| match &page.path {
            None => page.text.clone(),
            Some(path) => format!("WRITTEN: {}\n", clean(path)),
        };
        self.pages.iter().map(told).collect()
    }

    fn json(&self) -> serde_json::Result<String> {
        let pages = self.pages.iter().map(|page| PageDocument {
            name: &page.name,
            section: page.section,
            path: page.path.as_deref(),
            text: page.path.is_none().then_some(&page.text),
        });
        to_json(&ManualDocument { schema: "exquota/manual/1", pages: pages.collect() })
    }
}
