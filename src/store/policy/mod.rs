//! Reads a policy's TOML. Gives a valid policy, or every mistake with its place.
//!
//! Every later verdict depends on the policy, so the reader guesses and ignores nothing: an unknown key is a fault, and
//! numbers are read from their digits, never through a float (R1). It reports all faults at once, in the order of the
//! file.

pub mod carried;
pub mod cases;
mod ceilings;
mod chips;
mod classes;
mod conditions;
mod countries;
pub mod file;
mod names;
mod notices;
mod place;
mod reader;
mod references;
mod scopes;
mod source;
mod syntax;
mod tree;
mod values;
mod windows;

pub use place::{KeyPlace, key_place};
pub(in crate::store) use source::is_bidi_control;
pub(in crate::store) use values::FORBIDDEN;

use crate::domain::class::Class;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::policy::{Chip, FlagRule, Policy, Status, ValueRule};
use crate::domain::text::{Name, Text};
use ceilings::Limit;
use chips::Weighed;
use classes::{Described, Prohibited};
use conditions::{Attestations, Destinations, Licences, Returns};
use countries::Groups;
use notices::Threshold;
use reader::{Reader, Section};
use serde_json::json;
use source::{Characters, Lines};
use syntax::Mistakes;
use tree::Tree;
use values::{Value, table};

/// The unit of a policy that names none.
const DEFAULT_UNIT: &str = "H200e";

/// The longest policy in bytes. A longer one is refused unread: a ledger line must hold it, escaped, with room to
/// spare.
pub const LONGEST: usize = 1024 * 1024;

table! {
    /// The top-level keys of a policy.
    Root {
        must {
            /// Its name, the same in every version.
            name: Text = "`name = \"china-cap\"`, for example",
            /// Its version, such as the day of the text that it follows.
            version: Text = "`version = \"2026-03-03\"`, for example",
            /// How far it is law. It changes no verdict.
            status: Status = "`status = \"proposed\"`, for example",
        }
        may {
            /// What it limits, in a sentence.
            title: Text,
            /// The texts that it follows, with their dates.
            sources: Vec<Text>,
            /// What its limits count in.
            unit: Text = "H200e",
            /// The limits, each under a name, as in `[ceilings.national]`.
            ceilings: Vec<(Text, Limit)>,
            /// The chips, each under its name, as in `[chips.H200]`. An entry can name no other chip.
            chips: Vec<(Text, Weighed)>,
            /// Classes of chips, named by their specs, as in `[classes.case-by-case]`.
            classes: Vec<(Text, Described)>,
            /// The class outside which no chip may be approved or shipped.
            prohibited: Prohibited,
            /// Where goods may go.
            destinations: Destinations,
            /// What every approval and every shipment must attest.
            attestations: Attestations,
            /// What entries from a certain amount on must attest: the name of the notice, as in `[notices.large-shipment]`.
            notices: Vec<(Text, Threshold)>,
            /// Countries that count as one, as in `CN = ["HK", "MO"]`: ceilings on China then include Hong Kong and Macau.
            country_groups: Groups,
            /// Lists that name customers, as in `"entity-list" = "refuse"`: an approval or shipment for a flagged customer,
            /// or for a customer below one, is refused, or recorded with a warning.
            flags: Vec<(Text, FlagRule)>,
            /// The form of numbers, how long licences are valid, and their value.
            licences: Licences,
            /// What a return changes.
            returns: Returns,
        }
    }
}

impl Root {
    fn policy(self) -> Policy {
        let Attestations { approval, shipment } = self.attestations.unwrap_or_default();
        let Licences {
            number_pattern,
            shipment_reference_pattern,
            valid_months,
            currency,
            value,
            value_tolerance_percent,
        } = self.licences.unwrap_or_default();
        let ceilings = self.ceilings.unwrap_or_default().into_iter();
        let chips = self.chips.unwrap_or_default().into_iter();
        let mut chips: Vec<Chip> = chips.map(|(name, chip)| chip.named(&name)).collect();
        let classes = self.classes.unwrap_or_default().into_iter();
        let classes: Vec<Class> = classes.map(|(name, described)| described.named(&name)).collect();
        if let Some(prohibited) = self.prohibited {
            prohibited.apply(&classes, &mut chips);
        }
        let notices = self.notices.unwrap_or_default().into_iter();
        let flags = self.flags.unwrap_or_default().into_iter();
        Policy {
            name: self.name,
            version: self.version,
            status: self.status,
            title: self.title,
            sources: self.sources.unwrap_or_default(),
            unit: self.unit.unwrap_or_else(|| Text::new(DEFAULT_UNIT)),
            // In the order of the file, which is the order of rows (D8).
            ceilings: ceilings.map(|(name, limit)| limit.named(&name, &chips, &classes)).collect(),
            chips,
            classes,
            destinations: self.destinations.and_then(|held| held.allowed).map(|allowed| allowed.0),
            approval_attestations: approval.map_or(Vec::new(), |names| names.0),
            shipment_attestations: shipment.map_or(Vec::new(), |names| names.0),
            notices: notices.map(|(name, threshold)| threshold.named(&name)).collect(),
            country_groups: self.country_groups.unwrap_or_default().0,
            flags: flags.map(|(name, rule)| (Name::new(name.as_str()), rule)).collect(),
            number_pattern,
            shipment_reference_pattern,
            valid_months: valid_months.map(|months| months.0),
            currency,
            value: value.unwrap_or(ValueRule::Optional),
            value_tolerance_percent: value_tolerance_percent.map_or(0, |percent| percent.0),
            restores: self.returns.and_then(|held| held.restores).unwrap_or(false),
        }
    }
}

/// The JSON Schema of a policy, its TOML read as JSON. Editors use it to complete and check while people write. JSON
/// Schema can't express every rule: only the reader (`exquota policy check`) checks that a name is used once, that a
/// country is one of ISO 3166-1, and that a pattern is valid.
pub fn policy_schema() -> serde_json::Value {
    let mut schema = Root::schema();
    // A chip outside the class that `[prohibited]` names needs no equivalence.
    let weighed = json!({ "anyOf": [{ "required": ["equivalence"] }, { "required": ["prohibited"] }] });
    schema["anyOf"] =
        json!([{ "required": ["prohibited"] }, { "properties": { "chips": { "additionalProperties": weighed } } }]);
    schema["description"] = "A policy, as its TOML reads as JSON: the ceilings, and what each chip counts.".into();
    schema
}

/// Reads a policy's TOML.
///
/// # Errors
/// Every mistake, in the order of the file. Never an empty list.
pub fn read_policy(source: &[u8]) -> Result<Policy, Vec<Fault>> {
    let read = |reader: &mut Reader<'_>, section: &Section<'_>, is_sound: bool| {
        let policy = Root::of(reader, section).map(Root::policy);
        // Names that seem to be missing may stand in what could not be read.
        if is_sound {
            references::check(reader, section, policy.as_ref());
        }
        policy
    };
    read_toml(source, "the policy", read)
}

/// Reads the TOML of a file, which messages call `whole`. `read` reads its outermost table, and gets whether all of the
/// text is sound TOML.
fn read_toml<T>(
    source: &[u8],
    whole: &'static str,
    read: impl FnOnce(&mut Reader<'_>, &Section<'_>, bool) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    if source.len() > LONGEST {
        let fault = Fault::new(FaultCode::PolicyInvalid, format!("{whole} is longer than 1 MiB"));
        return Err(vec![fault.help("move explanations to another file, and name that file in `sources`")]);
    }
    let text = source::utf8(source).map_err(|fault| vec![fault])?;
    let lines = Lines::of(source);
    let Characters { mut faults, spoilt_lines, masked } = source::characters(text, &lines);
    let mut mistakes = Mistakes::default();
    let (tree, errors) = Tree::of(&masked);
    mistakes.add(&masked, &lines, errors.clone(), false);
    let mended = mistakes.hidden.blanked_in(&masked);
    let (tree, errors) = mended.as_deref().map_or((tree, errors), Tree::of);
    mistakes.add(&masked, &lines, errors, true);
    faults.extend(mistakes.faults);
    let mut reader = Reader::new(text, whole, &lines, spoilt_lines, mistakes.hidden);
    let section = Section::new(String::new(), 0..0, tree.root());
    let root = read(&mut reader, &section, faults.is_empty());
    names::unique(&mut reader);
    faults.append(&mut reader.faults);
    match root {
        Some(root) if faults.is_empty() => Ok(root),
        _ => {
            // All other faults may come of it (D39).
            if let Some(conflict) = source::conflict(text, &lines) {
                return Err(vec![conflict]);
            }
            faults.sort_by_key(|fault| fault.span.as_ref().map(|span| span.start));
            Err(faults)
        }
    }
}

#[cfg(test)]
mod tests;
