//! The tree of a TOML text, however deep.

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// What a text says, syntax errors left out.
///
/// The parser bounds how deep tables are nested and how many keys are dotted, each by itself; both together nest
/// thousands deep, and to drop that level by level would overflow the stack. So it is taken apart instead.
pub(super) struct Tree<'s>(Spanned<DeTable<'s>>);

impl<'s> Tree<'s> {
    /// The tree, and every error of the text.
    pub(super) fn of(text: &'s str) -> (Self, Vec<Error>) {
        let (root, errors) = DeTable::parse_recoverable(text);
        (Tree(root), errors)
    }

    /// Its outermost table.
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
