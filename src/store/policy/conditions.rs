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
        may {
            /// What every approval must attest, as in `["customer-due-diligence"]`.
            approval: Distinct<Name>,
            /// What every shipment must attest.
            shipment: Distinct<Name>,
        }
    }
}

table! {
    /// `[destinations]`.
    Destinations {
        may {
            /// The destinations that are allowed, as in `["CN", "HK", "MO"]`; all if not given.
            allowed: Distinct<Country>,
        }
    }
}

table! {
    /// `[licences]`: the patterns of licence numbers and shipment references, the licences' life and value.
    #[derive(Default)]
    Licences {
        may {
            /// A regular expression for licence numbers, as in `^[A-Z][0-9]{6,8}$`.
            number_pattern: Pattern,
            /// A regular expression for references of shipments, as in `^X[0-9]{14}$`.
            shipment_reference_pattern: Pattern,
            /// How long an approval without an expiry is valid. A longer one is warned of.
            valid_months: Number<1, 120>,
            /// The currency of values, such as `USD`.
            currency: Text,
            /// Whether every approval and shipment must state its value.
            value: ValueRule = "optional",
            /// By how many percent shipments may pass the value of their licence.
            value_tolerance_percent: Number<0, 100> = 0,
        }
    }
}

table! {
    /// `[returns]`: whether a return restores headroom (R10).
    Returns {
        may {
            /// Whether goods that came back make room under ceilings again.
            restores: bool = false,
        }
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
