//! Names that match in any spelling (R2): of chips and their aliases, and of flags.

use super::reader::Reader;
use super::source::quoted;
use crate::domain::text::{NameKey, Text};
use std::collections::{HashMap, hash_map};
use std::ops::Range;

/// A name something goes by, and where the policy says so.
pub(super) struct Called {
    pub(super) name: Text,
    pub(super) span: Range<usize>,
}

/// Refuses a name of a `what` that stands for another already, or is given twice for one.
pub(super) fn unique(reader: &mut Reader<'_>, what: &str, mut names: Vec<Called>) {
    names.sort_by_key(|called| called.span.start);
    let mut taken: HashMap<NameKey, Called> = HashMap::new();
    for called in names {
        match taken.entry(NameKey::of(called.name.as_str())) {
            hash_map::Entry::Vacant(free) => {
                free.insert(called);
            }
            hash_map::Entry::Occupied(held) => {
                let first = held.get();
                let help = format!(
                    "the first is {} on line {}; names match in any case",
                    quoted(first.name.as_str()),
                    reader.line(&first.span)
                );
                let message = format!("the {what} name {} is used twice", quoted(called.name.as_str()));
                reader.fault(&called.span, message, help);
            }
        }
    }
}
