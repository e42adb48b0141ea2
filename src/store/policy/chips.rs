//! `[chips]`: how many units each chip counts, and its names.

use super::names::Named;
use super::reader::{Entry, Reader};
use super::values::{Called, Decimal, Value, table};
use crate::domain::policy::{Chip, Prohibition, Spec};
use crate::domain::text::{ChipName, Name, Text};
use chrono::NaiveDate;
use serde_json::Value as Json;

/// In the policy's unit per chip. Quantity times equivalence stays far below an overflow (R1).
const HIGHEST_EQUIVALENCE: u64 = 1_000_000_000;
/// A figure per chip, such as watts or dollars. It can be as large as a limit.
pub(super) const HIGHEST_SPEC: u64 = 1_000_000_000_000_000;

table! {
    /// The keys of a chip.
    Keys {
        may {
            /// Who makes it.
            vendor: Text,
            /// The units that each chip counts; 0 records it and counts nothing. Only a prohibited chip needs none.
            equivalence: Decimal<HIGHEST_EQUIVALENCE>,
            /// Other names of the chip.
            aliases: Vec<Alias>,
            /// Why the chip may not be approved or shipped. Without it, it may.
            prohibited: Text,
            /// The day on which it was first sold, for classes that ask.
            first_sold: NaiveDate,
            /// Figures of one chip, as in `tpp = 15_832`, for classes, measures and totals.
            specs: Vec<(Text, Decimal<HIGHEST_SPEC>)>,
        }
    }
}

impl Called for Decimal<HIGHEST_SPEC> {
    const WHAT: &'static str = "spec";
}

/// An alias of a chip. No other chip may have it as name or alias (D14).
pub(super) struct Alias(Name);

impl Value for Alias {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let name = Name::read(reader, entry)?;
        reader.names.push(Named { what: Weighed::WHAT, name: name.clone(), span: entry.span.clone() });
        Some(Alias(name))
    }

    fn schema() -> Json {
        Text::schema()
    }
}

/// A chip. `references` checks that it has an equivalence or is prohibited.
pub(super) struct Weighed(Keys);

impl Called for Weighed {
    const WHAT: &'static str = "chip";
    const IN_ANY_SPELLING: bool = true;
}

impl Value for Weighed {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        Keys::read(reader, entry).map(Weighed)
    }

    fn schema() -> Json {
        Keys::schema()
    }
}

impl Weighed {
    pub(super) fn named(self, name: &Text) -> Chip {
        let Keys { vendor, equivalence, aliases, prohibited, first_sold, specs } = self.0;
        let specs = specs.unwrap_or_default().into_iter();
        Chip {
            name: ChipName::new(name.as_str()),
            vendor,
            equivalence: equivalence.map(|units| units.0),
            aliases: aliases.unwrap_or_default().into_iter().map(|alias| alias.0).collect(),
            prohibited: prohibited.map(|reason| Prohibition { reason, is_outside: false }),
            first_sold,
            specs: specs.map(|(name, value)| Spec { name, value: value.0 }).collect(),
        }
    }
}
