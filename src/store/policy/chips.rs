//! `[chips]`: what each chip counts, and the names it goes by.

use super::names::Named;
use super::reader::{Entry, Reader};
use super::values::{Called, Decimal, Value, table};
use crate::domain::policy::{Chip, Spec};
use crate::domain::text::{ChipName, Text};
use serde_json::{Value as Json, json};

/// In the policy's unit per chip; keeps quantity times equivalence far from overflow (R1).
const HIGHEST_EQUIVALENCE: u64 = 1_000_000_000;
/// A figure per chip, watts or dollars; as wide as a limit.
const HIGHEST_SPEC: u64 = 1_000_000_000_000_000;

table! {
    /// What is said of a chip.
    Keys {
        may vendor: Text,
        may equivalence: Decimal<HIGHEST_EQUIVALENCE>,
        may aliases: Vec<Alias>,
        may prohibited: Text,
        may specs: Vec<(Text, Decimal<HIGHEST_SPEC>)>,
    }
}

impl Called for Decimal<HIGHEST_SPEC> {
    const WHAT: &'static str = "spec";
}

/// A name or alias is one chip's alone (D14).
pub(super) struct Alias(Text);

impl Value for Alias {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let name = Text::read(reader, entry)?;
        reader.names.push(Named { what: Weighed::WHAT, name: name.clone(), span: entry.span.clone() });
        Some(Alias(name))
    }

    fn schema() -> Json {
        Text::schema()
    }
}

/// A chip counts something, or is prohibited, or both.
pub(super) struct Weighed(Keys);

impl Called for Weighed {
    const WHAT: &'static str = "chip";
    const IN_ANY_SPELLING: bool = true;
}

impl Value for Weighed {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        if section.get("equivalence").is_none() && section.get("prohibited").is_none() {
            reader.missing(&section, "equivalence", "`equivalence = 1`, or `prohibited` with the reason");
        }
        Keys::of(reader, &section).map(Weighed)
    }

    fn schema() -> Json {
        let mut schema = Keys::schema();
        schema["anyOf"] = json!([{ "required": ["equivalence"] }, { "required": ["prohibited"] }]);
        schema
    }
}

impl Weighed {
    pub(super) fn named(self, name: &Text) -> Chip {
        let Keys { vendor, equivalence, aliases, prohibited, specs } = self.0;
        let specs = specs.unwrap_or_default().into_iter();
        Chip {
            name: ChipName::new(name.as_str()),
            vendor,
            equivalence: equivalence.map(|units| units.0),
            aliases: aliases.unwrap_or_default().into_iter().map(|alias| alias.0).collect(),
            prohibited,
            specs: specs.map(|(name, value)| Spec { name, value: value.0 }).collect(),
        }
    }
}
