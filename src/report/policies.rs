//! Policies in output: the label in every answer, `policy show` and `policy check`.

use super::clean::clean;
use super::medium::Medium;
use super::row::{object, row};
use super::table::{Cell, Table};
use super::values::{Day, Pairs, Scopes, in_json, pairs};
use super::wording::{count, joined};
use super::{Document, diagnostic};
use crate::domain::ceiling::{Allowance, Ceiling, LimitStep, Share};
use crate::domain::class::{Class, Threshold};
use crate::domain::event::{Adoption, Digest};
use crate::domain::fault::Fault;
use crate::domain::notice::Notice;
use crate::domain::policy::{Chip, Pattern, Policy, Status, ValueRule};
use crate::domain::text::{ChipName, Text};
use crate::domain::units::Units;
use crate::domain::window::{Every, Period, Window};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

/// The policy behind an answer.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct PolicyLabel {
    name: Text,
    version: Text,
    status: Status,
    digest: Digest,
}

impl PolicyLabel {
    /// Makes the label of an adopted policy.
    pub fn of(adoption: &Adoption) -> Self {
        let Policy { name, version, status, .. } = &*adoption.policy;
        PolicyLabel { name: name.clone(), version: version.clone(), status: *status, digest: adoption.digest }
    }

    /// Prints the label in a line: name, version and status.
    pub fn line(&self) -> String {
        format!("policy {}", clean(&self.named()))
    }

    /// What a table of amounts that was judged under the policy says in every row of its CSV (D40).
    pub(super) fn context(&self, as_of: NaiveDate, unit: &str, head: Digest) -> Vec<(&'static str, String)> {
        let (as_of, head) = (as_of.to_string(), head.to_string());
        vec![("as_of", as_of), ("unit", unit.to_owned()), ("policy", self.named()), ("head", head)]
    }

    /// Name, version and status, as they are.
    pub(super) fn named(&self) -> String {
        format!("{} {} ({})", self.name, self.version, self.status)
    }
}

/// The answer of `policy show`.
pub struct PolicyShown {
    pub adoption: Adoption,
}

object! {
    /// What `policy show` answers: a policy as it was read, every default filled in.
    "policy" it: PolicyShown {
        policy: PolicyLabel::of(&it.adoption),
        title: &it.adoption.policy.title,
        sources: &it.adoption.policy.sources,
        unit: &it.adoption.policy.unit,
        ceilings: &it.adoption.policy.ceilings,
        chips: &it.adoption.policy.chips,
        classes: classes(&it.adoption.policy),
        destinations: &it.adoption.policy.destinations,
        attestations: Pairs(vec![
            ("approval", &it.adoption.policy.approval_attestations),
            ("shipment", &it.adoption.policy.shipment_attestations),
        ]),
        notices: &it.adoption.policy.notices,
        country_groups: pairs(&it.adoption.policy.country_groups),
        flags: pairs(&it.adoption.policy.flags),
        number_pattern: it.adoption.policy.number_pattern.as_ref().map(Pattern::as_str),
        shipment_reference_pattern: it.adoption.policy.shipment_reference_pattern.as_ref().map(Pattern::as_str),
        valid_months: it.adoption.policy.valid_months,
        currency: &it.adoption.policy.currency,
        value: it.adoption.policy.value,
        value_tolerance_percent: it.adoption.policy.value_tolerance_percent,
        restores: it.adoption.policy.restores,
    }
}

row! {
    it: Ceiling {
        ceiling: &it.name => text,
        scope: Scopes(&it.scope) => text = Scopes(&it.scope).to_string(),
        limit: it.plain_limit(),
        /// The steps of a limit that changes; null for a plain one.
        limits: it.steps() => number("limit") = shown_limit(it),
        /// The share of a series of volumes that is the limit; null for a limit in figures.
        share: it.share(),
        counts => text,
        measure => text.unless("units"),
        /// The only chips that it covers; null for all.
        chips => text("covers").unless("") = covered(it),
        /// The class that names these chips, if one does.
        class,
        /// The only destinations that it covers; null for all.
        to => text("to").unless("") = it.to.as_ref().map(|to| joined(to, ", ")),
        /// The periods that each have the limit; null for one for ever.
        window => text.unless("") = it.window.as_ref().map(Window::to_string),
        /// Whether it adds what the customers have had from others.
        elsewhere => text.unless("no") = if it.elsewhere { "yes" } else { "no" },
        /// The only groups that it limits; null for all.
        groups => text("limits only").unless("") = it.groups.as_ref().map(|groups| joined(groups, ", ")),
        warn_at => text("warn at %") = joined(&it.warn_at, ", "),
    }
}

fn shown_limit(ceiling: &Ceiling) -> Cell {
    let exact = ceiling.plain_limit().map_or_else(|| limit_of(ceiling), |limit| limit.to_string());
    Cell::number(ceiling.steps().map_or_else(|| limit_of(ceiling), |steps| format!("{} steps", steps.len())), exact)
}

object! {
    it: LimitStep { from: Day(it.from), limit }
}

/// The chips that a ceiling covers, and the class that names them: `3A090.a: H200, MI325X`.
fn covered(ceiling: &Ceiling) -> Option<String> {
    let chips = joined(ceiling.chips.as_ref()?, ", ");
    Some(ceiling.class.as_ref().map_or_else(|| chips.clone(), |class| format!("{class}: {chips}")))
}

object! {
    it: Share { percent, of }
}

object! {
    it: Period { from: Day(it.from), until: it.until.map(Day) }
}

/// The schema of one period after another.
fn recurring() -> Json {
    let words = Every::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>();
    let start = json!({ "type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$" });
    members(json!({ "every": { "type": "string", "enum": words }, "start": start }), &["every", "start"])
}

/// The schema of one period.
fn once() -> Json {
    let (day, or_never) = (json!({ "type": "string", "format": "date" }), json!({ "type": ["string", "null"] }));
    members(json!({ "from": day, "until": or_never }), &["from", "until"])
}

fn members(properties: Json, required: &[&str]) -> Json {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

in_json! {
    Window: { "anyOf": [recurring(), once()] }, |window| match window {
        Window::Recurring { every, start } => json!({ "every": every.as_str(), "start": start.to_string() }),
        Window::Once(period) => json!(period),
    };
}

/// The limit in words: `75,000`, `100 from 2025-01-01, 200 from 2025-04-01`, or `50 % of us-end-use`.
pub(super) fn limit_of(ceiling: &Ceiling) -> String {
    let told = |step: &LimitStep| match ceiling.steps() {
        Some(_) => format!("{} from {}", step.limit.grouped(), step.from),
        None => step.limit.grouped(),
    };
    match &ceiling.allowance {
        Allowance::Steps(steps) => joined(steps.iter().map(told), ", "),
        Allowance::Share(share) => format!("{} % of {}", share.percent, share.of),
    }
}

row! {
    it: Chip {
        chip: &it.name => text,
        vendor => text,
        equivalence => number("counts as") = it.equivalence.map_or_else(|| Cell::of("-"), Cell::units),
        aliases => text("also called") = joined(&it.aliases, ", "),
        prohibited: it.prohibited.as_ref().map(|held| &held.reason) => text,
        first_sold: it.first_sold.map(Day) => text("first sold").unless(""),
        specs: Pairs(it.specs.iter().map(|spec| (&spec.name, spec.value)).collect()),
    }
}

/// A class beside the policy's chips.
struct ClassShown<'p> {
    class: &'p Class,
    chips: Vec<ChipName>,
}

fn classes(policy: &Policy) -> Vec<ClassShown<'_>> {
    policy.classes.iter().map(|class| ClassShown { class, chips: class.members(&policy.chips) }).collect()
}

row! {
    it: ClassShown<'_> {
        class: &it.class.name => text,
        /// A chip is inside if it meets all conditions of one of these.
        any: it.class.alternatives.iter().map(|one| conditions(one, |figure| figure.to_string())).collect::<Vec<_>>()
            => text("conditions") = told(it.class),
        first_sold: it.class.first_sold.map(|bound| bound.told(|day| day.to_string())),
        /// The chips inside.
        chips => text("holds") = joined(&it.chips, ", "),
    }
}

/// Conditions by their keys, with figures as `figure` writes them.
fn conditions(thresholds: &[Threshold], figure: impl Fn(Units) -> String + Copy) -> Pairs<String, String> {
    Pairs(thresholds.iter().map(|threshold| (threshold.key(), threshold.bound.told(figure))).collect())
}

/// The conditions of a class: `tpp >= 4,800, or tpp >= 1,600 and performance_density >= 5.92; first sold <= 2026-01-15`.
fn told(class: &Class) -> String {
    let alternative = |one: &Vec<Threshold>| {
        joined(conditions(one, Units::grouped).0.iter().map(|(key, bound)| format!("{key} {bound}")), " and ")
    };
    let day = class.first_sold.map(|bound| format!("; first sold {}", bound.told(|day| day.to_string())));
    joined(class.alternatives.iter().map(alternative), ", or ") + &day.unwrap_or_default()
}

row! {
    it: Notice {
        notice: &it.name => text,
        on => text,
        of => text,
        measure => text,
        at => number("from"),
    }
}

/// The conditions that stand in no table, each with its words.
fn conditions_told(policy: &Policy) -> [(&'static str, String); 12] {
    let destinations = policy.destinations.as_ref().map_or("anywhere".to_owned(), |list| joined(list, ", "));
    let together = policy.country_groups.iter();
    let together = together.map(|(head, members)| format!("{head} with {}", joined(members, ", ")));
    let pattern = |held: &Option<Pattern>| held.as_ref().map(Pattern::as_str).unwrap_or_default().to_owned();
    let tolerance = Some(policy.value_tolerance_percent).filter(|percent| *percent > 0);
    [
        ("destinations", destinations),
        ("an approval attests", joined(&policy.approval_attestations, ", ")),
        ("a shipment attests", joined(&policy.shipment_attestations, ", ")),
        ("counted together", joined(together, "; ")),
        ("flags", joined(policy.flags.iter().map(|(flag, rule)| format!("{flag}: {rule}")), "; ")),
        ("licence numbers", pattern(&policy.number_pattern)),
        ("shipment references", pattern(&policy.shipment_reference_pattern)),
        ("months of a licence without an expiry", joined(policy.valid_months, "")),
        ("currency of values", joined(&policy.currency, "")),
        ("value", if policy.value == ValueRule::Required { "required" } else { "" }.to_owned()),
        ("tolerance on a licence's value", joined(tolerance.map(|percent| format!("{percent} %")), "")),
        ("a return restores headroom", if policy.restores { "yes" } else { "no" }.to_owned()),
    ]
}

impl Document for PolicyShown {
    fn text(&self, medium: &Medium) -> String {
        let policy = &self.adoption.policy;
        let mut text = medium.line(&PolicyLabel::of(&self.adoption).line());
        if let Some(title) = &policy.title {
            text += &medium.line(title.as_str());
        }
        text += &medium.line(&format!("digest {}", self.adoption.digest));
        text += &Table::of(&policy.ceilings).titled(&format!("Ceilings, in {}", policy.unit), medium);
        for ceiling in policy.ceilings.iter().filter(|ceiling| ceiling.steps().is_some()) {
            text += &medium.line(&format!("{}: {}", ceiling.name, limit_of(ceiling)));
        }
        text += &Table::of(&policy.chips).titled("Chips", medium);
        for (heading, table) in [("Classes", Table::of(&classes(policy))), ("Notices", Table::of(&policy.notices))] {
            if !table.is_empty() {
                text += &table.titled(heading, medium);
            }
        }
        text.push('\n');
        for (told, listed) in conditions_told(policy) {
            if !listed.is_empty() {
                text += &medium.listed(&format!("{told}: {listed}"));
            }
        }
        for source in &policy.sources {
            text += &medium.listed(&format!("source: {source}"));
        }
        text
    }

    /// The ceilings: a table has one kind of row.
    fn table(&self) -> Option<Table> {
        let Adoption { policy, digest, .. } = &self.adoption;
        let named = PolicyLabel::of(&self.adoption).named();
        let context = [("unit", policy.unit.to_string()), ("policy", named), ("policy_digest", digest.to_string())];
        Some(Table::of(&policy.ceilings).in_context(context))
    }
}

/// A file that was read: what is in it, or every fault.
pub struct ReadFile<T> {
    pub path: String,
    /// Its text, for underlining.
    pub source: String,
    pub read: Result<T, Vec<Fault>>,
}

impl<T> ReadFile<T> {
    pub(super) fn faults(&self) -> &[Fault] {
        self.read.as_ref().err().map_or(&[], Vec::as_slice)
    }

    /// Shows the faults.
    pub(super) fn told_not_valid(&self, colour: bool) -> String {
        let (path, faults) = (clean(&self.path), count(self.faults().len(), "fault", "faults"));
        let shown = diagnostic::render(&self.path, &self.source, self.faults(), colour);
        format!("NOT VALID  {path}: {faults}\n{shown}")
    }
}

/// The answer of `policy check`: which files are valid policies.
pub struct PolicyChecks {
    /// In the order given.
    pub files: Vec<ReadFile<Adoption>>,
}

object! {
    /// What `policy check` answers.
    "policy-check" it: PolicyChecks { valid: it.valid(), policies: &it.files }
}

object! {
    it: ReadFile<Adoption> {
        path,
        valid: it.read.is_ok(),
        policy: it.read.as_ref().ok().map(PolicyLabel::of),
        faults: it.faults(),
    }
}

impl PolicyChecks {
    /// Whether every file is valid.
    pub fn valid(&self) -> bool {
        self.files.iter().all(|file| file.read.is_ok())
    }
}

impl Document for PolicyChecks {
    fn text(&self, medium: &Medium) -> String {
        self.files
            .iter()
            .map(|file| match &file.read {
                Ok(adoption) => format!("VALID  {}: {}\n", clean(&file.path), PolicyLabel::of(adoption).line()),
                Err(_) => file.told_not_valid(medium.colour),
            })
            .collect()
    }
}
