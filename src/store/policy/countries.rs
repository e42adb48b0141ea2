//! Countries by ISO 3166-1 (D28), and `[country_groups]`.

use super::reader::{Entry, Reader};
use super::source::quoted;
use super::values::{Distinct, Value};
use crate::domain::text::{Country, Text};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::ops::Range;

impl Value for Country {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let code = Text::read(reader, entry)?;
        country(reader, code.as_str(), &entry.span)
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^[A-Z]{2}$" })
    }
}

/// Groups of countries. Each group counts as one country, so no country can be in two groups.
#[derive(Default)]
pub(super) struct Groups(pub(super) Vec<(Country, Vec<Country>)>);

/// The head of a group and its members, with the place of each.
struct Group {
    head: Country,
    head_span: Range<usize>,
    members: Vec<(Country, Range<usize>)>,
}

impl Value for Groups {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        let mut complete = true;
        let mut groups = Vec::with_capacity(section.entries.len());
        for entry in &section.entries {
            let head = country(reader, entry.key, &entry.key_span);
            let items = reader.list(entry);
            complete &= head.is_some() && items.is_some();
            let mut members = Vec::new();
            for item in items.into_iter().flatten() {
                let member = Country::read(reader, &item);
                complete &= member.is_some();
                members.extend(member.map(|member| (member, item.span)));
            }
            groups.extend(head.map(|head| Group { head, head_span: entry.key_span.clone(), members }));
        }
        // Check the groups that could be read even so: one mistake must not hide another.
        let disjoint = disjoint(reader, &groups);
        let counted = |group: Group| (group.head, group.members.into_iter().map(|(member, _)| member).collect());
        (complete && disjoint).then(|| Groups(groups.into_iter().map(counted).collect()))
    }

    fn schema() -> Json {
        let members = Distinct::<Country>::schema();
        json!({ "type": "object", "propertyNames": Country::schema(), "additionalProperties": members })
    }
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

pub(super) fn country(reader: &mut Reader<'_>, code: &str, span: &Range<usize>) -> Option<Country> {
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
