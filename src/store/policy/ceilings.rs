//! `[ceilings]`: the limits.

use super::reader::{Entry, Reader};
use super::scopes::{Scopes, scopes_of};
use super::values::{Called, Decimal, Distinct, Value, is_policy_day, table};
use crate::domain::ceiling::{Allowance, Ceiling, Counts, LimitStep, Measure, Scope, Share};
use crate::domain::class::Class;
use crate::domain::policy::Chip;
use crate::domain::text::{CeilingName, ChipName, Country, Name, Text};
use crate::domain::window::Window;
use chrono::NaiveDate;
use serde_json::{Value as Json, json};
use toml::de::DeValue;

/// In the policy's unit. Sums of such limits stay far below an overflow (R1).
pub(super) const HIGHEST_LIMIT: u64 = 1_000_000_000_000_000;

table! {
    /// The keys of a ceiling.
    Keys {
        must {
            /// Who shares the limit: a customer with its whole family, a country, a holder of licences, and so on. A list
            /// such as `["customer", "destination"]` is a limit for each pair.
            scope: Scopes = "`scope = \"customer\"`, for example",
        }
        may {
            /// The limit, in units or in `measure`. A ceiling has one of `limit`, `limits` and `share`.
            limit: Decimal<HIGHEST_LIMIT>,
            /// A limit that changes, as in `[{ from = 2025-01-01, limit = 25_000 }, { from = 2025-04-01, limit = 50_000
            /// }]`: 0 before the first day.
            limits: Steps,
            /// A limit that is a part of a recorded volume, as in `{ percent = 50, of = "us-end-use" }`.
            share: Share,
            /// What uses the limit up: `committed` is what has shipped and what open licences still allow; `authorised` is
            /// every licence in full; `installed` is what has shipped less all that came back or was retired.
            counts: Counts = "committed",
            /// How amounts are measured: `units` are chips times `equivalence`, `chips` count 1 each, and a key of the
            /// specs, such as `tpp`, counts that figure.
            measure: Measure = "units",
            /// The only chips that it covers; all if not given.
            chips: Vec<Name>,
            /// The class of chips that it covers, in place of `chips`.
            class: Name,
            /// The only groups that it limits, as in `["example-cloud"]`; all if not given.
            groups: Distinct<Name>,
            /// The only destinations that it covers, as in `["CN", "MO"]`; all if not given.
            to: Distinct<Country>,
            /// The time in which amounts add up: `{ every = "year" }` begins anew each year, `{ from = 2025-01-01, until =
            /// 2027-12-31 }` is one period. For ever if not given.
            window: Window,
            /// Whether it includes what customers have had from others, which `exquota elsewhere` records.
            elsewhere: bool = false,
            /// Percentages of the limit, as in `[80, 90]`: from the lowest, a group is critical.
            warn_at: Distinct<u8>,
        }
    }
}

table! {
    /// A step of `limits`.
    Step {
        must {
            /// The first day of the step.
            from: NaiveDate = "`from = 2025-01-01`, for example",
            /// The limit from that day on.
            limit: Decimal<HIGHEST_LIMIT> = "`limit = 75_000`, for example",
        }
    }
}

/// The steps of a limit, each later than the one before.
pub(super) struct Steps(Vec<LimitStep>);

impl Value for Steps {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let listed = reader.list(entry)?;
        if listed.is_empty() {
            reader.fault(&entry.span, "`limits` is empty", "add `{ from = 2025-01-01, limit = 75_000 }`, for example");
            return None;
        }
        let mut complete = true;
        let mut steps: Vec<LimitStep> = Vec::new();
        for item in &listed {
            let Some(Step { from, limit }) = Step::read(reader, item) else {
                complete = false;
                continue;
            };
            if let Some(before) = steps.last().filter(|before| before.from >= from) {
                let message = format!("the step from {from} does not come after the one from {}", before.from);
                reader.fault(&item.span, message, "put the steps in the order of their days, each day once");
                complete = false;
            }
            steps.push(LimitStep { from, limit: limit.0 });
        }
        complete.then_some(Steps(steps))
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": Step::schema(), "minItems": 1 })
    }
}

/// Shares above this are no caps. Amounts stay far below an overflow (R1).
const HIGHEST_PERCENT: u64 = 1_000;

table! {
    /// The keys of a share.
    ShareKeys {
        must {
            /// The percentage of the volume.
            percent: Decimal<HIGHEST_PERCENT> = "`percent = 50`, for example",
            /// The series of volumes, which `exquota volume` records.
            of: Name = "`of = \"us-end-use\"`, for example",
        }
    }
}

impl Value for Share {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let ShareKeys { percent, of } = ShareKeys::read(reader, entry)?;
        Some(Share { percent: percent.0, of })
    }

    fn schema() -> Json {
        ShareKeys::schema()
    }
}

/// A ceiling with exactly one of `limit`, `limits` and `share`.
pub(super) struct Limit {
    keys: Keys,
    allowance: Allowance,
}

/// The keys that say how much.
const HOW_MUCH: [&str; 3] = ["limit", "limits", "share"];

impl Value for Limit {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        let keys = Keys::of(reader, &section);
        let mut said = section.entries.iter().filter(|entry| HOW_MUCH.contains(&entry.key));
        match (said.next(), said.next()) {
            (None, _) => reader.missing(&section, "limit", "`limit = 75_000`, for example"),
            (Some(first), Some(second)) => {
                let message =
                    format!("a ceiling has one of `limit`, `limits` and `share`, and this one has `{}` too", first.key);
                reader.fault(&second.key_span, message, "remove one of them");
            }
            (Some(_), None) => {}
        }
        let by_place = section.get("to").is_some()
            || section
                .get("scope")
                .and_then(scopes_of)
                .is_some_and(|scopes| scopes.iter().any(|scope| matches!(scope, Scope::Licensee | Scope::Destination)));
        if let Some(elsewhere) = section.get("elsewhere").filter(|_| by_place) {
            let message = "what others sold has no licensee and no destination here";
            reader.fault(&elsewhere.key_span, message, "remove `elsewhere`, or choose another scope and remove `to`");
        }
        if let (Some(_), Some(class)) = (section.get("chips"), section.get("class")) {
            let message = "a ceiling covers `chips` or a `class`, and this one names both";
            reader.fault(&class.key_span, message, "remove one of them");
        }
        let mut keys = keys?;
        let allowance = match (keys.limit.take(), keys.limits.take(), keys.share.take()) {
            (Some(limit), None, None) => Allowance::Steps(vec![LimitStep::always(limit.0)]),
            (None, Some(steps), None) => Allowance::Steps(steps.0),
            (None, None, Some(share)) => Allowance::Share(share),
            _ => return None,
        };
        Some(Limit { keys, allowance })
    }

    fn schema() -> Json {
        let mut schema = Keys::schema();
        schema["oneOf"] = json!(HOW_MUCH.map(|key| json!({ "required": [key] })));
        schema
    }
}

impl Called for Limit {
    const WHAT: &'static str = "ceiling";
}

impl Limit {
    pub(super) fn named(self, name: &Text, chips: &[Chip], classes: &[Class]) -> Ceiling {
        let Limit { keys, allowance } = self;
        let class = keys.class.as_ref().and_then(|name| classes.iter().find(|class| class.name == *name));
        let mut warn_at = keys.warn_at.map_or(Vec::new(), |listed| listed.0);
        warn_at.sort_unstable();
        Ceiling {
            name: CeilingName::new(name.as_str()),
            scope: keys.scope.0,
            allowance,
            counts: keys.counts.unwrap_or(Counts::Committed),
            measure: keys.measure.unwrap_or(Measure::Units),
            chips: match class {
                Some(class) => Some(class.members(chips)),
                None => keys.chips.map(|named| covered(chips, &named)),
            },
            class: class.map(|class| class.name.clone()),
            groups: keys.groups.map(|listed| listed.0),
            to: keys.to.map(|listed| listed.0),
            window: keys.window,
            elsewhere: keys.elsewhere.unwrap_or(false),
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

/// A day, as TOML writes one (D35).
impl Value for NaiveDate {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let day = match entry.value {
            DeValue::Datetime(given) if given.time.is_none() && given.offset.is_none() => given.date,
            _ => None,
        };
        let day = day.and_then(|day| NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into()));
        let day = day.filter(is_policy_day);
        if day.is_none() {
            let message = format!("{} must be a day from 1990 to 2199", entry.called());
            reader.fault(&entry.span, message, "write it without quotes, as in `2025-01-01`");
        }
        day
    }

    fn schema() -> Json {
        json!({ "type": "string", "format": "date" })
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
