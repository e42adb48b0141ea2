//! Reading a policy: TOML to a valid policy, or every mistake in it, each at its place.
//!
//! A policy is law to everything that follows, so nothing in it is guessed or ignored: an unknown key is a
//! fault, and numbers are read from their digits, never through a float (R1). All faults come at once, in the
//! order of the file.

mod ceilings;
mod chips;
mod conditions;
mod countries;
pub mod file;
mod names;
mod place;
mod reader;
mod schema;
mod source;
mod syntax;
mod tree;
mod values;

pub use place::{KeyPlace, key_place};
pub(in crate::store) use schema::FORBIDDEN;
pub use schema::policy_schema;

use crate::domain::fault::{Fault, FaultCode};
use crate::domain::policy::Policy;
use crate::domain::text::Text;
use conditions::{Attestations, Patterns};
use reader::{Reader, Section};
use source::{Characters, Lines};
use syntax::Mistakes;
use tree::Tree;

/// What everything is counted in where the policy does not say.
const DEFAULT_UNIT: &str = "H200e";

/// A longer policy is refused unread: it has to stand in a ledger line, escaped, with room to spare.
pub const LONGEST: usize = 1024 * 1024;

/// What a policy has at its top.
const KEYS: [&str; 14] = [
    "name",
    "version",
    "status",
    "title",
    "sources",
    "unit",
    "ceilings",
    "chips",
    "destinations",
    "attestations",
    "country_groups",
    "flags",
    "licences",
    "returns",
];

/// Reads a policy's TOML.
///
/// # Errors
/// Every mistake in it, in order of place; never an empty list.
pub fn read_policy(source: &[u8]) -> Result<Policy, Vec<Fault>> {
    if source.len() > LONGEST {
        let fault = Fault::new(FaultCode::PolicyInvalid, "the policy is longer than 1 MiB");
        return Err(vec![fault.help("keep what explains it in a file of its own, and name that in `sources`")]);
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
    let mut reader = Reader::new(text, &lines, spoilt_lines, mistakes.hidden);
    let root = Section::new(String::new(), 0..0, tree.root());
    let policy = policy(&mut reader, &root);

    faults.append(&mut reader.faults);
    match policy {
        Some(policy) if faults.is_empty() => Ok(policy),
        _ => {
            faults.sort_by_key(|fault| fault.span.as_ref().map(|span| span.start));
            Err(faults)
        }
    }
}

/// The policy in `root`; none only where a fault has been noted.
fn policy(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Policy> {
    reader.known_keys(root, &KEYS);

    let name = required_text(reader, root, "name", "`name = \"china-cap\"`, for example");
    let version = required_text(reader, root, "version", "`version = \"2026-03-03\"`, for example");
    let status = reader
        .required(root, "status", "`status = \"proposed\"`, for example")
        .and_then(|entry| reader.choice(&entry.item));
    let title = root.get("title").map_or(Some(None), |entry| reader.text(&entry.item).map(Some));
    let unit = root.get("unit").map_or(Some(Text::new(DEFAULT_UNIT)), |entry| reader.text(&entry.item));
    let sources = root.get("sources").map_or(Some(Vec::new()), |entry| reader.texts(entry).all());
    // Each is read whatever became of the one before: that is what "every mistake at once" takes.
    let ceilings = ceilings::ceilings(reader, root);
    let chips = chips::chips(reader, root);
    let destinations = countries::destinations(reader, root);
    let attestations = conditions::attestations(reader, root);
    let country_groups = countries::groups(reader, root);
    let flags = conditions::flags(reader, root);
    let patterns = conditions::licences(reader, root);
    let restores = conditions::restores(reader, root);

    let Attestations { approval, shipment } = attestations?;
    let Patterns { number, shipment_reference } = patterns?;
    Some(Policy {
        name: name?,
        version: version?,
        status: status?,
        title: title?,
        sources: sources?,
        unit: unit?,
        ceilings: ceilings?,
        chips: chips?,
        destinations: destinations?,
        approval_attestations: approval,
        shipment_attestations: shipment,
        country_groups: country_groups?,
        flags: flags?,
        number_pattern: number,
        shipment_reference_pattern: shipment_reference,
        restores: restores?,
    })
}

fn required_text(reader: &mut Reader<'_>, root: &Section<'_>, key: &str, example: &str) -> Option<Text> {
    let entry = reader.required(root, key, example)?;
    reader.text(&entry.item)
}

#[cfg(test)]
mod tests;
