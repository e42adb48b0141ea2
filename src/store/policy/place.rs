//! Finds the place of a key in a policy. A refusal shows the policy's line that caused it (D29).

use super::source::{Lines, clamped};
use super::tree::Tree;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The place of a key in a policy's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyPlace {
    /// Line, from 1.
    pub line: u64,
    /// Byte column of the key in its line, from 1.
    pub column: u64,
    /// The whole line, without its line break.
    pub text: String,
    /// The bytes of the key in the source, and of its value if that ends on the same line.
    pub span: Range<usize>,
}

/// The place of the key at `path`, such as `ceilings.per-customer.limit`. If the policy leaves it at its default, the
/// place of the nearest key above it.
pub fn key_place(source: &str, path: &str) -> Option<KeyPlace> {
    let (tree, _) = Tree::of(source);
    let found = find(tree.root(), path, 0)?;
    let lines = Lines::of(source.as_bytes());
    let key = clamped(source, found.key);
    let (line, column) = lines.at(key.start);
    let around = lines.around(source, key.start);
    let value = clamped(source, found.value);
    // The span of a table is its header, which starts before its key. So only plain values are included.
    let on_the_line = value.start >= key.end && value.end <= around.end;
    let end = if on_the_line { value.end } else { key.end };
    Some(KeyPlace { line, column, text: source.get(around)?.to_owned(), span: key.start..end })
}

struct Found {
    /// How many bytes of the path match the key and the keys above it.
    matched: usize,
    key: Range<usize>,
    value: Range<usize>,
}

/// The key in `table` that matches the most of `path`, after its first `matched` bytes. Names may hold dots, so this
/// tries every key with which the rest of the path starts.
fn find(table: &DeTable<'_>, path: &str, matched: usize) -> Option<Found> {
    let rest = path.get(matched..)?;
    let mut best: Option<Found> = None;
    for (key, value) in table.iter() {
        let Some(after) = rest.strip_prefix(key.get_ref().as_ref()) else {
            continue;
        };
        let here = matched + rest.len() - after.len();
        let deeper = match (after.strip_prefix('.'), value.get_ref()) {
            (Some(_), DeValue::Table(inner)) => find(inner, path, here + 1),
            _ => None,
        };
        let candidate = match deeper {
            Some(found) => found,
            None if after.is_empty() || after.starts_with('.') => {
                Found { matched: here, key: key.span(), value: value.span() }
            }
            None => continue,
        };
        if best.as_ref().is_none_or(|best| candidate.matched > best.matched) {
            best = Some(candidate);
        }
    }
    best
}
