//! Renders answers as text, JSON, tables and diagnostics. It reads no file and decides nothing.
//!
//! Each document and each table row is declared once; `row.rs` explains how.

pub mod carried;
mod changes;
pub mod ci;
pub mod clean;
pub mod comparison;
pub mod completions;
pub mod customers;
pub mod decision;
pub mod diagnostic;
pub mod diff;
pub mod effects;
pub mod entries;
pub mod explain;
pub mod export;
pub mod failure;
pub mod founding;
pub mod headroom;
pub mod headrooms;
pub mod html;
pub mod impact;
pub mod import;
pub mod licences;
pub mod manual;
pub mod medium;
pub mod plan;
pub mod policies;
pub mod policy_diff;
pub mod policy_keys;
pub mod policy_test;
mod problems;
pub mod proof;
pub mod rebase;
pub mod recovery;
mod row;
pub mod schemas;
pub mod specs;
pub mod status;
pub mod table;
pub mod trace;
pub mod validation;
pub mod values;
pub mod voids;
pub mod whatif;
pub mod wording;

use ci::Findings;
use decision::Decision;
use medium::Medium;
use table::Table;

/// An answer that can be printed as one JSON document.
pub trait Json {
    /// Returns the document's text.
    fn json(&self) -> serde_json::Result<String>;
}

impl<T: serde::Serialize> Json for T {
    fn json(&self) -> serde_json::Result<String> {
        to_json(self)
    }
}

/// A command's answer, in every form that can be printed.
pub trait Document: Json {
    /// Renders the answer for a person, fitted to `medium`.
    fn text(&self, medium: &Medium) -> String;
    /// Returns the answer as a table. The default is `None`: the answer has no table.
    fn table(&self) -> Option<Table> {
        None
    }
    /// Returns the answer as a page of Markdown: what a person reads, with one blank line between paragraphs.
    fn markdown(&self) -> String {
        let mut page = String::new();
        for line in self.text(&Medium::MARKDOWN).lines() {
            if !line.is_empty() || !(page.is_empty() || page.ends_with("\n\n")) {
                page += line;
                page.push('\n');
            }
        }
        page.truncate(page.trim_end().len());
        page + "\n"
    }
    /// Returns the findings for CI systems. Only a validation has any, or a failure that says why there is none.
    fn findings(&self) -> Option<Findings<'_>> {
        None
    }
    /// Returns the answer as a test report, if it is made of tests.
    fn junit(&self) -> Option<String> {
        None
    }
    /// Returns the decision, if the answer is one.
    fn decision(&self) -> Option<&Decision> {
        None
    }
}

/// Writes one JSON document, indented because people read it too. It escapes every character that a terminal would
/// obey; serde_json escapes only the lower control characters.
pub(crate) fn to_json(document: &impl serde::Serialize) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(document)?;
    if !text.chars().any(|letter| letter != '\n' && clean::is_unsafe(letter)) {
        text.push('\n');
        return Ok(text);
    }
    let mut safe = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        if letter != '\n' && clean::is_unsafe(letter) {
            // Such letters occur only inside strings. A letter beyond the basic plane takes two escapes.
            for unit in letter.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(letter);
        }
    }
    safe.push('\n');
    Ok(safe)
}
