//! What one part of a policy needs from another: the chips, classes and measures that ceilings and notices name, the
//! specs that classes ask for, and the weight of chips that may be sold (R14).
//!
//! The tree is checked and not the values read from it, so that another mistake hides none of these. A value of the
//! wrong type is passed over: its reader reports it. Only the chips inside a class are known from the values.

use super::countries::country;
use super::reader::{Entry, Reader, Section, meant};
use super::scopes::scopes_of;
use super::source::quoted;
use crate::domain::ceiling::Scope;
use crate::domain::class::Threshold;
use crate::domain::group;
use crate::domain::policy::Policy;
use crate::domain::text::{CeilingName, ChipName, Name, tidy};
use std::collections::BTreeMap;
use std::ops::Range;

/// The chips of the policy.
struct Chips<'t>(Vec<Chip<'t>>);

struct Chip<'t> {
    name: &'t str,
    aliases: Vec<&'t str>,
    specs: Vec<&'t str>,
    section: Section<'t>,
}

/// Refuses every name that the policy does not define, and every chip that lacks what the policy needs of it. The values
/// are none where some of them are wrong.
pub(super) fn check(reader: &mut Reader<'_>, root: &Section<'_>, values: Option<&Policy>) {
    let chips = Chips::of(root);
    chips.are_weighed(reader, root.get("prohibited").is_some(), values);
    let mut classes = Classes { all: root.table("classes"), asked: BTreeMap::new() };
    if let Some(outside) = root.table("prohibited").as_ref().and_then(|held| held.get("outside")) {
        classes.may_use(reader, outside, &chips);
    }
    for entry in root.table("ceilings").iter().flat_map(|all| &all.entries) {
        let Some(ceiling) = entry.as_table() else { continue };
        let covered = match (ceiling.get("chips"), ceiling.get("class")) {
            (Some(listed), _) => chips.listed(reader, listed, "chip"),
            (None, None) => chips.0.iter().collect(),
            (None, Some(class)) => {
                let is_usable = classes.may_use(reader, class, &chips);
                let inside =
                    values.filter(|_| is_usable).and_then(|policy| policy.ceiling(&CeilingName::new(entry.key)));
                let inside = inside.and_then(|ceiling| ceiling.chips.as_ref());
                if inside.is_some_and(Vec::is_empty) {
                    let message = "no chip is in the class, so the ceiling would limit nothing";
                    reader.fault(&class.span, message, "check the class's conditions against the specs of the chips");
                }
                let is_in = |chip: &&Chip<'_>| inside.is_some_and(|names| names.contains(&ChipName::new(chip.name)));
                chips.0.iter().filter(is_in).collect()
            }
        };
        if let Some(measure) = ceiling.get("measure") {
            chips.state_measure(reader, measure, &covered, ", or list in `chips` what the ceiling covers");
        }
        if let Some(to) = ceiling.get("to") {
            filled(reader, to, "destination");
        }
        if let Some(groups) = ceiling.get("groups") {
            let scopes = ceiling.get("scope").and_then(scopes_of).unwrap_or_default();
            groups_exist(reader, &scopes, groups, &chips);
        }
    }
    for entry in root.table("notices").iter().flat_map(|all| &all.entries) {
        notice(reader, root, entry, &chips);
    }
}

/// Refuses a measure that some chip lacks, and a name that every entry must attest anyway.
fn notice(reader: &mut Reader<'_>, root: &Section<'_>, entry: &Entry<'_>, chips: &Chips<'_>) {
    let Some(notice) = entry.as_table() else { return };
    if let Some(measure) = notice.get("measure") {
        chips.state_measure(reader, measure, &chips.0.iter().collect::<Vec<_>>(), "");
    }
    let Some(on) = notice.get("on").and_then(Entry::as_text) else { return };
    let attested = root.table("attestations").and_then(|held| held.get(on)?.as_list()).unwrap_or_default();
    if attested.iter().filter_map(Entry::as_text).any(|name| Name::new(name) == Name::new(entry.key)) {
        let message = format!("every {on} must attest {} anyway", quoted(entry.key));
        reader.fault(&entry.key_span, message, "remove the notice, or the name under `[attestations]`");
    }
}

/// The classes of the policy.
struct Classes<'t> {
    all: Option<Section<'t>>,
    /// The classes in use, and whether the chips state all that each asks for.
    asked: BTreeMap<&'t str, bool>,
}

impl Classes<'_> {
    /// Whether a class can be used: the policy has it, and every chip states what it asks for. Reports what is missing
    /// once.
    fn may_use(&mut self, reader: &mut Reader<'_>, named: &Entry<'_>, chips: &Chips<'_>) -> bool {
        // Its reader reports an empty one.
        let Some(name) = named.as_text().filter(|name| !name.trim().is_empty()) else { return false };
        let wanted = Name::new(tidy(name));
        let mut all = self.all.iter().flat_map(|all| &all.entries);
        let Some(class) = all.find(|class| Name::new(class.key) == wanted) else {
            let known: Vec<&str> = self.all.iter().flat_map(|all| &all.entries).map(|class| class.key).collect();
            let help = match known.as_slice() {
                [] => format!("describe it under `[classes.\"{name}\"]`"),
                known => meant(name, known),
            };
            reader.fault(&named.span, format!("the policy has no class {}", quoted(name)), help);
            return false;
        };
        if let Some(is_met) = self.asked.get(class.key) {
            return *is_met;
        }
        let is_met = class.as_table().is_some_and(|class| chips.state_all_of(reader, &class));
        self.asked.insert(class.key, is_met);
        is_met
    }
}

/// Refuses groups that the scopes can't have. Customers and licensees are in no policy (D47).
fn groups_exist(reader: &mut Reader<'_>, scopes: &[Scope], groups: &Entry<'_>, chips: &Chips<'_>) {
    match scopes {
        [Scope::Chip] => drop(chips.listed(reader, groups, "group")),
        [Scope::Total] => {
            let message = "a ceiling with `scope = \"total\"` has one group, so `groups` can't choose from them";
            reader.fault(&groups.span, message, "remove `groups`, or use another scope");
        }
        [] => drop(filled(reader, groups, "group")),
        several => {
            for (group, item) in filled(reader, groups, "group").iter().filter_map(|item| Some((item.as_text()?, item)))
            {
                let Some(parts) = group::parts(several, group) else {
                    let form: Vec<&str> = several.iter().map(|scope| scope.as_str()).collect();
                    let message = format!("{} is not of the form `{}`", quoted(group), form.join("/"));
                    reader.fault(&item.span, message, "write `/` between the parts, as in `\"alibaba/HK\"`");
                    continue;
                };
                for (scope, part) in several.iter().zip(parts) {
                    match scope {
                        Scope::Country | Scope::Destination => drop(country(reader, part, &item.span)),
                        Scope::Chip if chips.called(part).is_none() => chips.unknown(reader, part, item),
                        Scope::Chip | Scope::Customer | Scope::Licensee | Scope::Total => {}
                    }
                }
            }
        }
    }
}

/// The values of a list. An empty one is refused: a ceiling that it leaves without chips or groups refuses nothing.
fn filled<'t>(reader: &mut Reader<'_>, list: &Entry<'t>, what: &str) -> Vec<Entry<'t>> {
    let listed = list.as_list();
    if listed.as_ref().is_some_and(Vec::is_empty) {
        let message = format!("{} is empty, so the ceiling would limit nothing", list.called());
        reader.fault(&list.span, message, format!("name at least one {what}, or remove the key: without it all count"));
    }
    listed.unwrap_or_default()
}

impl<'t> Chips<'t> {
    fn of(root: &Section<'t>) -> Self {
        let texts = |list: &Entry<'t>| list.as_list().into_iter().flatten().filter_map(|item| item.as_text()).collect();
        let chip = |entry: &Entry<'t>| {
            let section = entry.as_table()?;
            let specs = section.table("specs").iter().flat_map(|specs| &specs.entries).map(|spec| spec.key).collect();
            let aliases = section.get("aliases").map(texts).unwrap_or_default();
            Some(Chip { name: entry.key, aliases, specs, section })
        };
        Chips(root.table("chips").iter().flat_map(|chips| &chips.entries).filter_map(chip).collect())
    }

    fn called(&self, given: &str) -> Option<&Chip<'t>> {
        let given = Name::new(given);
        self.0.iter().find(|chip| chip.names().any(|name| Name::new(name) == given))
    }

    /// The chips that a list names, in any spelling. Each must be a chip of the policy, and stand there once.
    fn listed(&self, reader: &mut Reader<'_>, list: &Entry<'_>, what: &str) -> Vec<&Chip<'t>> {
        let mut met: Vec<&Chip<'t>> = Vec::new();
        for (given, item) in filled(reader, list, what).iter().filter_map(|item| Some((item.as_text()?, item))) {
            match self.called(given) {
                None => self.unknown(reader, given, item),
                Some(chip) if met.iter().any(|held| held.name == chip.name) => {
                    let message = format!("the chip {} is in `{}` twice", quoted(chip.name), list.key);
                    reader.fault(&item.span, message, "remove one of them; an alias means the same chip");
                }
                Some(chip) => met.push(chip),
            }
        }
        met
    }

    fn unknown(&self, reader: &mut Reader<'_>, given: &str, item: &Entry<'_>) {
        let names: Vec<&str> = self.0.iter().flat_map(Chip::names).collect();
        reader.fault(&item.span, format!("the policy has no chip {}", quoted(given)), meant(given, &names));
    }

    /// Refuses a chip without an equivalence that may be sold.
    fn are_weighed(&self, reader: &mut Reader<'_>, may_be_outside: bool, values: Option<&Policy>) {
        for chip in self.0.iter().filter(|chip| chip.section.get("equivalence").is_none()) {
            let is_prohibited = match values.and_then(|policy| policy.chip(&ChipName::new(chip.name))) {
                Some(chip) => chip.prohibited.is_some(),
                None => may_be_outside || chip.section.get("prohibited").is_some(),
            };
            if !is_prohibited {
                reader.missing(&chip.section, "equivalence", "`equivalence = 1`, or `prohibited` with the reason");
            }
        }
    }

    /// Refuses a measure that one of these chips does not state: its chips would count as nothing.
    fn state_measure(&self, reader: &mut Reader<'_>, measure: &Entry<'_>, chips: &[&Chip<'t>], otherwise: &str) {
        const OTHERS: [&str; 2] = ["units", "chips"];
        if let Some(key) = measure.as_text().filter(|word| !OTHERS.contains(word)) {
            self.state(reader, &measure.span, (key, &OTHERS), chips, otherwise);
        }
    }

    /// Whether every chip states all that a class asks for. A chip that does not is never just outside.
    fn state_all_of(&self, reader: &mut Reader<'_>, class: &Section<'_>) -> bool {
        let every: Vec<&Chip<'t>> = self.0.iter().collect();
        let mut is_met = true;
        let any = class.get("any").and_then(Entry::as_list).unwrap_or_default();
        let alternatives = class.get("all").into_iter().chain(&any).filter_map(Entry::as_table);
        for condition in alternatives.flat_map(|conditions| conditions.entries) {
            for key in Threshold::keys(condition.key).filter(|key| !key.is_empty()) {
                is_met &= self.state(reader, &condition.key_span, (key, &[]), &every, "");
            }
        }
        if let Some(first_sold) = class.get("first_sold") {
            let lacking = every.iter().filter(|chip| chip.section.get("first_sold").is_none()).map(|chip| chip.name);
            if let Some((first, named)) = first_and_all(lacking) {
                let help = format!("add `first_sold = 2026-01-15`, for example, under `[chips.{first}]`");
                reader.fault(&first_sold.key_span, format!("`first_sold` is not stated for {named}"), help);
                is_met = false;
            }
        }
        is_met
    }

    /// Whether these chips state a figure. `others` are words that may stand in its place.
    fn state(
        &self,
        reader: &mut Reader<'_>,
        span: &Range<usize>,
        (key, others): (&str, &[&'t str]),
        chips: &[&Chip<'t>],
        otherwise: &str,
    ) -> bool {
        if !self.0.iter().any(|chip| chip.specs.contains(&key)) {
            let mut known = others.to_vec();
            known.extend(self.0.iter().flat_map(|chip| &chip.specs));
            known.sort_unstable();
            known.dedup();
            let message = format!("no chip states {} in its specs", quoted(key));
            reader.fault(span, message, meant(key, &known));
            return false;
        }
        let lacking = chips.iter().filter(|chip| !chip.specs.contains(&key)).map(|chip| chip.name);
        let Some((first, named)) = first_and_all(lacking) else { return true };
        let message = format!("{} is not in the specs of {named}", quoted(key));
        reader.fault(span, message, format!("add it under `[chips.{first}.specs]`{otherwise}"));
        false
    }
}

/// The first name, and all of them for a message; none where there is none.
fn first_and_all<'t>(names: impl Iterator<Item = &'t str>) -> Option<(&'t str, String)> {
    let names: Vec<&str> = names.collect();
    let told: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    names.first().map(|first| (*first, told.join(", ")))
}

impl<'t> Chip<'t> {
    fn names(&self) -> impl Iterator<Item = &'t str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}
