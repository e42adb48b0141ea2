//! `[ceilings]`: the limits.

use super::reader::{Entry, Reader};
use super::values::{Called, Decimal, Distinct, Value, table};
use crate::domain::policy::{Ceiling, Chip, Counts, Measure, Scope};
use crate::domain::text::{CeilingName, ChipName, Name, Text};
use serde_json::{Value as Json, json};

/// In the policy's unit. Sums of such limits stay far below an overflow (R1).
const HIGHEST_LIMIT: u64 = 1_000_000_000_000_000;

table! {
    /// The keys of a ceiling. `window` and `share` do not exist yet: they are unknown keys, and never ignored.
    Limit {
        must scope: Scope = "`scope = \"customer\"`, for example",
        must limit: Decimal<HIGHEST_LIMIT> = "`limit = 75_000`, for example",
        may counts: Counts,
        may measure: Measure,
        may chips: Vec<Name>,
        may groups: Distinct<Name>,
        may warn_at: Distinct<u8>,
    }
}

impl Called for Limit {
    const WHAT: &'static str = "ceiling";
}

impl Limit {
    pub(super) fn named(self, name: &Text, chips: &[Chip]) -> Ceiling {
        let mut warn_at = self.warn_at.map_or(Vec::new(), |listed| listed.0);
        warn_at.sort_unstable();
        Ceiling {
            name: CeilingName::new(name.as_str()),
            scope: self.scope,
            limit: self.limit.0,
            counts: self.counts.unwrap_or(Counts::Committed),
            measure: self.measure.unwrap_or(Measure::Units),
            chips: self.chips.map(|named| covered(chips, &named)),
            groups: self.groups.map(|listed| listed.0),
            warn_at,
        }
    }
}

/// The chips that these names or aliases mean, in the policy's order (R14).
fn covered(chips: &[Chip], named: &[Name]) -> Vec<ChipName> {
    let covered = chips.iter().filter(|chip| named.iter().any(|name| chip.is_called(name)));
    covered.map(|chip| chip.name.clone()).collect()
}

/// `units`, `chips`, or a key of the chips' specs. Whether the specs have the key is checked with the chips.
impl Value for Measure {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let word = reader.verbatim(entry)?;
        Some(match word.as_str() {
            "units" => Measure::Units,
            "chips" => Measure::Chips,
            _ => Measure::Spec(word),
        })
    }

    fn schema() -> Json {
        Text::schema()
    }
}

/// A whole percentage from 1 to 100.
impl Value for u8 {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        reader.whole(entry, 1..=100, "give percentages, as in `warn_at = [80, 90]`")
    }

    fn schema() -> Json {
        json!({ "type": "integer", "minimum": 1, "maximum": 100 })
    }
}
