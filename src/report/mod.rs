//! Rendering only: text, JSON, tables, diagnostics. Nothing is read or decided here.
//!
//! Each document and each row of a table is declared once, in the way that `row.rs` explains.

pub mod ci;
pub mod clean;
pub mod completions;
pub mod decision;
pub mod diagnostic;
pub mod entries;
pub mod explain;
pub mod export;
pub mod failure;
pub mod headroom;
pub mod html;
pub mod impact;
pub mod import;
pub mod licences;
pub mod manual;
pub mod medium;
pub mod plan;
pub mod policies;
pub mod policy_diff;
mod problems;
pub mod proof;
pub mod recovery;
mod row;
pub mod schemas;
pub mod specs;
pub mod table;
pub mod trace;
pub mod validation;
pub mod values;
pub mod whatif;
pub mod wording;

use ci::Findings;
use medium::Medium;
use table::Table;

/// What can be printed as one JSON document.
pub trait Json {
    /// The document.
    fn json(&self) -> serde_json::Result<String>;
}

impl<T: serde::Serialize> Json for T {
    fn json(&self) -> serde_json::Result<String> {
        to_json(self)
    }
}

/// What a command found, in every form it can be printed in.
pub trait Document: Json {
    /// For a person, on such paper.
    fn text(&self, medium: &Medium) -> String;
    /// As a table, where it is one.
    fn table(&self) -> Option<Table> {
        None
    }
    /// What CI systems are told, where it is a validation or says why there is none.
    fn findings(&self) -> Option<Findings<'_>> {
        None
    }
}

/// One JSON document, indented: people read it too. What a terminal would obey is escaped: serde_json escapes the
/// lower control characters alone.
pub(crate) fn to_json(document: &impl serde::Serialize) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(document)?;
    if !text.chars().any(|letter| letter != '\n' && clean::is_unsafe(letter)) {
        text.push('\n');
        return Ok(text);
    }
    let mut safe = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        if letter != '\n' && clean::is_unsafe(letter) {
            // Such letters stand in strings alone. One beyond the basic plane takes two escapes.
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
