//! `[destinations]` and `[country_groups]`: countries by ISO 3166-1 (D28).

use super::reader::{Entry, Reader, Section};
use super::source::quoted;
use super::values::Listed;
use crate::domain::text::Country;
use std::collections::HashMap;
use std::ops::Range;

/// What `[destinations]` has.
pub(super) const DESTINATIONS: [&str; 1] = ["allowed"];

/// Destinations allowed; none where the policy allows any.
pub(super) fn destinations(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Option<Vec<Country>>> {
    let Some(entry) = root.get("destinations") else {
        return Some(None);
    };
    let section = reader.table(root, entry)?;
    reader.known_keys(&section, &DESTINATIONS);
    let Some(entry) = section.get("allowed") else {
        return Some(None);
    };
    let listed = countries(reader, entry);
    reader.distinct(entry, listed).map(Some)
}

/// A head and its members, with the place of each.
struct Group {
    head: Country,
    head_span: Range<usize>,
    members: Vec<(Country, Range<usize>)>,
}

/// Groups counted as one country each: no country may be counted as two.
pub(super) fn groups(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Vec<(Country, Vec<Country>)>> {
    let Some(entry) = root.get("country_groups") else {
        return Some(Vec::new());
    };
    let section = reader.table(root, entry)?;
    let mut complete = true;
    let mut groups = Vec::with_capacity(section.entries.len());
    for entry in &section.entries {
        let head = country(reader, entry.key, &entry.key_span);
        let listed = countries(reader, entry);
        complete &= head.is_some() && listed.complete;
        if let Some(head) = head {
            let head_span = entry.key_span.clone();
            groups.push(Group { head, head_span, members: listed.values });
        }
    }
    // What could be read is held against the rest even so: one mistake does not hide another.
    let disjoint = disjoint(reader, &groups);
    let counted = |group: Group| (group.head, group.members.into_iter().map(|(member, _)| member).collect());
    (complete && disjoint).then(|| groups.into_iter().map(counted).collect())
}

fn disjoint(reader: &mut Reader<'_>, groups: &[Group]) -> bool {
    let heads: HashMap<&Country, &Range<usize>> = groups.iter().map(|group| (&group.head, &group.head_span)).collect();
    let mut grouped: HashMap<&Country, (&Country, &Range<usize>)> = HashMap::new();
    let mut all_right = true;
    for group in groups {
        for (member, span) in &group.members {
            let name = quoted(member.as_str());
            let clash = if *member == group.head {
                let help = "leave it out: a head is counted as itself".to_owned();
                Some((format!("{name} is the head of this group"), help))
            } else if let Some(head_span) = heads.get(member) {
                let message = format!("{name} is in the group of `{}` and heads a group itself", group.head);
                Some((message, format!("its own group is on line {}", reader.line(head_span))))
            } else if let Some((head, first)) = grouped.insert(member, (&group.head, span)) {
                let message = format!("{name} is grouped twice");
                Some((message, format!("the first is on line {}, in the group of `{head}`", reader.line(first))))
            } else {
                None
            };
            if let Some((message, help)) = clash {
                reader.fault(span, message, help);
                all_right = false;
            }
        }
    }
    all_right
}

fn countries(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Listed<Country> {
    reader.listed(entry, |reader, item| {
        let code = reader.text(item)?;
        country(reader, code.as_str(), &item.span)
    })
}

fn country(reader: &mut Reader<'_>, code: &str, span: &Range<usize>) -> Option<Country> {
    let country = Country::new(code);
    if country.is_assigned() {
        return Some(country);
    }
    let upper = Country::new(code.to_ascii_uppercase());
    let help = if upper.is_assigned() {
        format!("did you mean `{upper}`?")
    } else {
        "give the two capital letters of ISO 3166-1, as in `CN`".to_owned()
    };
    reader.fault(span, format!("{} is not a country of ISO 3166-1", quoted(code)), help);
    None
}
