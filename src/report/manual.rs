//! Manual pages, as man(1) reads them.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::row::object;

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

object! {
    /// What `man` answers; the page itself where no file has it.
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
