//! Manual pages, as man(1) reads them.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::row::object;

/// One page.
#[derive(Clone, Debug)]
pub struct ManualPage {
    /// The page's name: `exquota-check`.
    pub name: String,
    /// The section of the manual: 1 for commands, 5 for files, 7 for everything else.
    pub section: u8,
    /// Its text, in roff.
    pub text: String,
    /// The file it was written to.
    pub path: Option<String>,
}

/// The answer of `man`: the page that the user asked for, or all pages that were written.
#[derive(Debug)]
pub struct Manual {
    pub pages: Vec<ManualPage>,
}

object! {
    /// What `man` answers. `text` is null if a file holds the page.
    "manual" it: Manual { pages }
}

object! {
    it: ManualPage { name, section, path, text: it.path.is_none().then_some(&it.text) }
}

impl Document for Manual {
    fn text(&self, _: &Medium) -> String {
        let told = |page: &ManualPage| match &page.path {
            None => page.text.clone(),
            Some(path) => format!("WRITTEN: {}\n", clean(path)),
        };
        self.pages.iter().map(told).collect()
    }
}
