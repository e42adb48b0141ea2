//! `[notices]`: what entries of certain amounts must attest (R14).

use super::ceilings::HIGHEST_LIMIT;
use super::reader::{Entry, Reader};
use super::values::{Called, Decimal, Value, table};
use crate::domain::ceiling::Measure;
use crate::domain::notice::{Notice, NoticeOf, NoticeOn};
use crate::domain::text::{Name, Text};
use crate::domain::units::Units;
use serde_json::{Value as Json, json};

table! {
    /// The keys of a notice.
    Keys {
        must {
            /// The entries that must attest it.
            on: NoticeOn = "`on = \"shipment\"`, for example",
            /// The amount that counts: that of the entry, or all that has shipped to the family.
            of: NoticeOf = "`of = \"entry\"`, for example",
            /// The least amount that needs the notice.
            at: Reached = "`at = 3_200_000`, for example",
        }
        may {
            /// How the amount is measured, as for a ceiling.
            measure: Measure = "units",
        }
    }
}

/// An amount above 0.
pub(super) struct Reached(Units);

impl Value for Reached {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let Decimal(amount) = Decimal::<HIGHEST_LIMIT>::read(reader, entry)?;
        if amount == Units::ZERO {
            let message = format!("{} is 0, so every entry would need the notice", entry.called());
            reader.fault(&entry.span, message, "give the least amount, or list the name under `[attestations]`");
            return None;
        }
        Some(Reached(amount))
    }

    fn schema() -> Json {
        json!({ "type": "number", "exclusiveMinimum": 0, "maximum": HIGHEST_LIMIT })
    }
}

/// A notice without its name.
pub(super) struct Threshold(Keys);

/// Attestations match in any spelling.
impl Called for Threshold {
    const WHAT: &'static str = "notice";
    const IN_ANY_SPELLING: bool = true;
}

impl Value for Threshold {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        let keys = Keys::of(reader, &section);
        let word = |key| section.get(key).and_then(Entry::as_text);
        if let (Some("approval"), Some("family"), Some(of)) = (word("on"), word("of"), section.get("of")) {
            let message = "`of = \"family\"` adds up what has shipped, so it does not go with `on = \"approval\"`";
            reader.fault(&of.span, message, "write `on = \"shipment\"`, or `of = \"entry\"`");
        }
        keys.map(Threshold)
    }

    fn schema() -> Json {
        Keys::schema()
    }
}

impl Threshold {
    pub(super) fn named(self, name: &Text) -> Notice {
        let Keys { on, of, at, measure } = self.0;
        Notice { name: Name::new(name.as_str()), on, of, measure: measure.unwrap_or(Measure::Units), at: at.0 }
    }
}
