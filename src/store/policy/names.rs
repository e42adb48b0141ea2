//! Names that match in any spelling (R2): names and aliases of chips, and flags.

use super::reader::Reader;
use super::source::quoted;
use crate::domain::text::Name;
use std::collections::{HashMap, hash_map};
use std::ops::Range;

/// A name, the kind of thing it names, and its place in the policy.
pub(super) struct Named {
    pub(super) what: &'static str,
    pub(super) name: Name,
    pub(super) span: Range<usize>,
}

/// Refuses a name that is used twice, for two things of one kind or for the same thing.
pub(super) fn unique(reader: &mut Reader<'_>) {
    let mut names = std::mem::take(&mut reader.names);
    names.sort_by_key(|named| named.span.start);
    let mut taken: HashMap<(&str, Name), Named> = HashMap::new();
    for named in names {
        match taken.entry((named.what, named.name.clone())) {
            hash_map::Entry::Vacant(free) => {
                free.insert(named);
            }
            hash_map::Entry::Occupied(held) => {
                let first = held.get();
                let help = format!(
                    "the first is {} on line {}; names match in any case",
                    quoted(first.name.as_str()),
                    reader.line(&first.span)
                );
                let message = format!("the {} name {} is used twice", named.what, quoted(named.name.as_str()));
                reader.fault(&named.span, message, help);
            }
        }
    }
}
