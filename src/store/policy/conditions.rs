//! The conditions besides ceilings: attestations, flags, patterns, returns.

use super::reader::{Entry, Reader};
use super::values::{Called, Distinct, Value, table};
use crate::domain::policy::{FlagRule, Pattern, ValueRule};
use crate::domain::text::{Country, Name, Text};
use serde_json::{Value as Json, json};

table! {
    /// `[attestations]`: the attestations that an entry of each kind must carry.
    #[derive(Default)]
    Attestations {
        may approval: Distinct<Name>,
        may shipment: Distinct<Name>,
    }
}

table! {
    /// `[destinations]`.
    Destinations {
        may allowed: Distinct<Country>,
    }
}

table! {
    /// `[licences]`: the patterns of licence numbers and shipment references, the licences' life and value.
    #[derive(Default)]
    Licences {
        may number_pattern: Pattern,
        may shipment_reference_pattern: Pattern,
        may valid_months: Number<1, 120>,
        may currency: Text,
        may value: ValueRule,
        may value_tolerance_percent: Number<0, 100>,
    }
}

table! {
    /// `[returns]`: whether a return restores headroom (R10).
    Returns {
        may restores: bool,
    }
}

/// A whole number of months or percents.
pub(super) struct Number<const LOW: u32, const HIGH: u32>(pub(super) u32);

impl<const LOW: u32, const HIGH: u32> Value for Number<LOW, HIGH> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        reader.whole(entry, LOW..=HIGH, "give a number without quotes, as in `valid_months = 12`").map(Number)
    }

    fn schema() -> Json {
        json!({ "type": "integer", "minimum": LOW, "maximum": HIGH })
    }
}

/// Flags match in any spelling, as names do: two spellings of one flag would give it two rules.
impl Called for FlagRule {
    const WHAT: &'static str = "flag";
    const IN_ANY_SPELLING: bool = true;
}

impl Value for Pattern {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let text = reader.verbatim(entry)?;
        let pattern = Pattern::new(text.as_str());
        if let Err(reason) = &pattern {
            let message = format!("`{}` is not a valid pattern: {reason}", entry.key);
            reader.fault(&entry.span, message, "give a regular expression, as in `^[A-Z][0-9]{6,8}$`");
        }
        pattern.ok()
    }

    fn schema() -> Json {
        Text::schema()
    }
}
