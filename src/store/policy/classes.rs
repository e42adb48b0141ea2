//! `[classes]` and `[prohibited]`: chips named by their specs (R14).

use super::chips::HIGHEST_SPEC;
use super::reader::{Entry, Reader};
use super::source::quoted;
use super::values::{Called, Value, is_policy_day, table};
use crate::domain::class::{Bound, Class, Threshold};
use crate::domain::policy::{Chip, Prohibition};
use crate::domain::text::{Name, Text};
use crate::domain::units::Units;
use chrono::NaiveDate;
use serde_json::{Value as Json, json};

table! {
    /// The keys of a class.
    Keys {
        may {
            /// Conditions that must all hold, as in `{ tpp = "< 21000", dram_gb_per_s = "< 6500" }`. They begin with `<`,
            /// `<=`, `>` or `>=`, or give both ends as in `"14000..17500"`; a key may be a sum of specs, `"dram_gb_per_s +
            /// io_gb_per_s"`.
            all: Thresholds,
            /// A list of such tables, in place of `all`: one of them must hold.
            any: Vec<Thresholds>,
            /// When the chip must have been first sold, as in `"<= 2026-01-15"`.
            first_sold: Bound<NaiveDate>,
        }
    }
}

table! {
    /// `[prohibited]`: the class outside which no chip may be sold.
    Prohibited {
        must {
            /// The class. A chip outside it is refused.
            outside: Name = "`outside = \"case-by-case\"`, for example",
            /// Why, for the refusal.
            reason: Text = "`reason = \"presumption of denial\"`, for example",
        }
    }
}

/// Conditions that must all hold.
pub(super) struct Thresholds(Vec<Threshold>);

impl Value for Thresholds {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let read = Vec::<(Text, Bound<Units>)>::read(reader, entry);
        let section = entry.as_table()?;
        let mut complete = true;
        if section.entries.is_empty() {
            let help = "name at least one figure, as in `all = { tpp = \"< 21000\" }`";
            reader.fault(&entry.span, format!("{} has no condition", entry.called()), help);
            complete = false;
        }
        for condition in section.entries.iter().filter(|held| Threshold::keys(held.key).any(str::is_empty)) {
            let message = format!("{} does not name a figure on both sides of a `+`", condition.called());
            reader.fault(&condition.key_span, message, "write a sum as in `\"dram_gb_per_s + io_gb_per_s\"`");
            complete = false;
        }
        let threshold = |(key, bound): (Text, Bound<Units>)| Threshold {
            specs: Threshold::keys(key.as_str()).map(Text::new).collect(),
            bound,
        };
        read.filter(|_| complete).map(|read| Thresholds(read.into_iter().map(threshold).collect()))
    }

    fn schema() -> Json {
        let mut schema = Vec::<(Text, Bound<Units>)>::schema();
        schema["minProperties"] = json!(1);
        schema
    }
}

impl Called for Bound<Units> {
    const WHAT: &'static str = "condition";
}

impl Value for Bound<Units> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let figure = |digits: &str| digits.parse().ok().filter(|figure| *figure <= Units::from_whole(HIGHEST_SPEC));
        let example = "as in `< 21000`, or give both ends, as in `14000..17500`; figures are plain digits with at most 6 decimals";
        condition(reader, entry, figure, example)
    }

    fn schema() -> Json {
        Text::schema()
    }
}

impl Value for Bound<NaiveDate> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let day = |text: &str| text.parse().ok().filter(is_policy_day);
        let example =
            "as in `<= 2026-01-15`, or give both ends, as in `2025-01-01..2026-01-15`; days lie in 1990 to 2199";
        condition(reader, entry, day, example)
    }

    fn schema() -> Json {
        Text::schema()
    }
}

/// Reads a condition. `value` reads its figures, and the help ends with `example`.
fn condition<T: PartialOrd + Copy>(
    reader: &mut Reader<'_>,
    entry: &Entry<'_>,
    value: impl Fn(&str) -> Option<T>,
    example: &str,
) -> Option<Bound<T>> {
    /// Ways of writing that mean a condition, and its own way.
    const MISTAKES: [(&str, &str); 8] =
        [("=<", "<="), ("=>", ">="), ("≤", "<="), ("≥", ">="), ("..=", ".."), ("-", ".."), (",", ""), ("_", "")];
    let signs = format!("begin with `<`, `<=`, `>` or `>=`, {example}");
    let Some(text) = entry.as_text() else {
        reader.fault(&entry.span, format!("{} must be a condition in quotes", entry.called()), signs);
        return None;
    };
    match Bound::parse(text, &value) {
        Some(bound) if bound.is_empty() => {
            let message = format!("{} holds nothing: its first end is above its second", quoted(text));
            reader.fault(&entry.span, message, "write the lower end first");
            None
        }
        Some(bound) => Some(bound),
        None => {
            let meant = MISTAKES.iter().map(|(wrong, right)| text.replace(wrong, right));
            let help = match meant.into_iter().find(|meant| Bound::parse(meant, &value).is_some()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => signs,
            };
            reader.fault(&entry.span, format!("{} is not a condition", quoted(text)), help);
            None
        }
    }
}

/// A class with exactly one of `all` and `any`.
pub(super) struct Described {
    alternatives: Vec<Vec<Threshold>>,
    first_sold: Option<Bound<NaiveDate>>,
}

impl Called for Described {
    const WHAT: &'static str = "class";
    const IN_ANY_SPELLING: bool = true;
}

impl Value for Described {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        let keys = Keys::of(reader, &section);
        match (section.get("all"), section.get("any")) {
            (None, None) => {
                reader.missing(&section, "all", "`all = { tpp = \"< 21000\" }`, or `any` with a list of such tables")
            }
            (Some(_), Some(any)) => {
                let message = "a class has one of `all` and `any`, and this one has both";
                reader.fault(&any.key_span, message, "remove one of them");
            }
            (None, Some(any)) if any.as_list().is_some_and(|listed| listed.is_empty()) => {
                let help = "add `{ tpp = \">= 4800\" }`, for example";
                reader.fault(&any.span, "`any` is empty, so no chip would be in the class", help);
            }
            _ => {}
        }
        let Keys { all, any, first_sold } = keys?;
        let alternatives = match (all, any) {
            (Some(all), None) => vec![all.0],
            (None, Some(any)) => any.into_iter().map(|one| one.0).collect(),
            _ => return None,
        };
        Some(Described { alternatives, first_sold })
    }

    fn schema() -> Json {
        let mut schema = Keys::schema();
        schema["properties"]["any"]["minItems"] = json!(1);
        schema["oneOf"] = json!([{ "required": ["all"] }, { "required": ["any"] }]);
        schema
    }
}

impl Described {
    pub(super) fn named(self, name: &Text) -> Class {
        let name = Name::new(name.as_str());
        Class { name, alternatives: self.alternatives, first_sold: self.first_sold }
    }
}

impl Prohibited {
    /// Prohibits every chip outside the class that is not prohibited anyway.
    pub(super) fn apply(&self, classes: &[Class], chips: &mut [Chip]) {
        let Some(class) = classes.iter().find(|class| class.name == self.outside) else { return };
        for chip in chips.iter_mut().filter(|chip| chip.prohibited.is_none()) {
            let missed = class.missed_by(chip);
            chip.prohibited = missed.map(|missed| Prohibition {
                reason: Text::new(format!("outside `{}`: {missed}; {}", class.name, self.reason)),
                is_outside: true,
            });
        }
    }
}
