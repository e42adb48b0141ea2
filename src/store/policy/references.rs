//! Names in one part of a policy that another part must define: the chips and the measures of ceilings (R14).
//!
//! The tree is checked and not the values read from it, so that another mistake hides none of these. A value of the
//! wrong type is passed over: its reader reports it.

use super::countries::country;
use super::reader::{Entry, Reader, Section, meant};
use super::source::quoted;
use crate::domain::policy::Scope;
use crate::domain::text::Name;
use crate::domain::words::Word;

/// The chips of the policy.
struct Chips<'t>(Vec<Chip<'t>>);

struct Chip<'t> {
    name: &'t str,
    aliases: Vec<&'t str>,
    specs: Vec<&'t str>,
}

/// Refuses every name that the policy does not define.
pub(super) fn check(reader: &mut Reader<'_>, root: &Section<'_>) {
    let chips = Chips::of(root);
    for ceiling in root.table("ceilings").iter().flat_map(|all| &all.entries).filter_map(Entry::as_table) {
        let covered = match ceiling.get("chips") {
            Some(listed) => chips.listed(reader, listed, "chip"),
            None => chips.0.iter().collect(),
        };
        if let Some(measure) = ceiling.get("measure") {
            chips.all_have(reader, measure, &covered);
        }
        if let Some(groups) = ceiling.get("groups") {
            let scope = ceiling.get("scope").and_then(Entry::as_text).and_then(Scope::named);
            groups_exist(reader, scope, groups, &chips);
        }
    }
}

/// Refuses groups that the scope can't have. Customers and licensees are in no policy (D47).
fn groups_exist(reader: &mut Reader<'_>, scope: Option<Scope>, groups: &Entry<'_>, chips: &Chips<'_>) {
    match scope {
        Some(Scope::Chip) => drop(chips.listed(reader, groups, "group")),
        Some(Scope::Total) => {
            let message = "a ceiling with `scope = \"total\"` has one group, so `groups` can't choose from them";
            reader.fault(&groups.span, message, "remove `groups`, or use another scope");
        }
        Some(Scope::Country | Scope::Customer | Scope::Licensee) | None => {
            let listed = filled(reader, groups, "group");
            if scope == Some(Scope::Country) {
                for (code, item) in listed.iter().filter_map(|item| Some((item.as_text()?, item))) {
                    country(reader, code, &item.span);
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
            Some(Chip { name: entry.key, aliases: section.get("aliases").map(texts).unwrap_or_default(), specs })
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
                None => {
                    let names: Vec<&str> = self.0.iter().flat_map(Chip::names).collect();
                    reader.fault(&item.span, format!("the policy has no chip {}", quoted(given)), meant(given, &names));
                }
                Some(chip) if met.iter().any(|held| held.name == chip.name) => {
                    let message = format!("the chip {} is in `{}` twice", quoted(chip.name), list.key);
                    reader.fault(&item.span, message, "remove one of them; an alias means the same chip");
                }
                Some(chip) => met.push(chip),
            }
        }
        met
    }

    /// Refuses a measure that a covered chip does not state: its chips would count as nothing.
    fn all_have(&self, reader: &mut Reader<'_>, measure: &Entry<'_>, covered: &[&Chip<'t>]) {
        let Some(key) = measure.as_text().filter(|word| !["units", "chips"].contains(word)) else { return };
        if !self.0.iter().any(|chip| chip.specs.contains(&key)) {
            let mut known = vec!["units", "chips"];
            known.extend(self.0.iter().flat_map(|chip| &chip.specs));
            known.sort_unstable();
            known.dedup();
            let message = format!("no chip states {} in its specs", quoted(key));
            reader.fault(&measure.span, message, meant(key, &known));
            return;
        }
        let lacking: Vec<&str> =
            covered.iter().filter(|chip| !chip.specs.contains(&key)).map(|chip| chip.name).collect();
        if let [first, ..] = lacking.as_slice() {
            let named: Vec<String> = lacking.iter().map(|name| quoted(name)).collect();
            let message = format!("{} is not in the specs of {}", quoted(key), named.join(", "));
            let help = format!("add it under `[chips.{first}.specs]`, or list in `chips` what the ceiling covers");
            reader.fault(&measure.span, message, help);
        }
    }
}

impl<'t> Chip<'t> {
    fn names(&self) -> impl Iterator<Item = &'t str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}
