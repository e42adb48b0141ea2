//! The tree of a TOML text, of any depth.

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// The tree of a text, without its syntax errors.
///
/// The parser limits nested tables and dotted keys separately. Together they can nest thousands deep, and to drop such
/// a tree level by level would overflow the stack. So `drop` takes it apart in a loop.
pub(super) struct Tree<'s>(Spanned<DeTable<'s>>);

impl<'s> Tree<'s> {
    /// The tree, and every error of the text.
    pub(super) fn of(text: &'s str) -> (Self, Vec<Error>) {
        let (root, errors) = DeTable::parse_recoverable(text);
        (Tree(root), errors)
    }

    /// The outermost table.
    pub(super) fn root(&self) -> &DeTable<'s> {
        self.0.get_ref()
    }
}

impl Drop for Tree<'_> {
    fn drop(&mut self) {
        let root = std::mem::take(self.0.get_mut());
        let mut waiting: Vec<DeValue<'_>> = root.into_iter().map(|(_, value)| value.into_inner()).collect();
        while let Some(value) = waiting.pop() {
            match value {
                DeValue::Table(table) => waiting.extend(table.into_iter().map(|(_, value)| value.into_inner())),
                DeValue::Array(array) => waiting.extend(array.into_iter().map(Spanned::into_inner)),
                _ => {}
            }
        }
    }
}
