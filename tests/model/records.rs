//! The record of a customer at each of its registrations (D5, D15): of each part, the last change in effective order
//! counts.

use crate::dates::Day;
use crate::lines::{Event, Line, Record};
use crate::policy::plain;

/// A change of one part of a record, and the place of the registration that made it.
struct Change {
    place: (Day, u64),
    to: To,
}

enum To {
    Name(String),
    Country(String),
    Parent(Option<String>),
    Alias(String, bool),
    Flag(String, bool),
}

/// The lines of each customer's first registration, and line 1: they govern from the beginning.
pub(crate) fn beginnings(lines: &[&Line]) -> Vec<u64> {
    let mut known: Vec<&str> = Vec::new();
    let mut first = vec![1];
    for line in in_recording_order(lines) {
        if let Event::Customer(record) = &line.event
            && !known.contains(&record.id.as_str())
        {
            known.push(&record.id);
            first.push(line.seq);
        }
    }
    first
}

/// The lines, each registration with the record that counts from its place on.
pub(crate) fn as_they_count(lines: &[&Line]) -> Vec<Line> {
    let mut counted: Vec<Line> = lines.iter().map(|line| (*line).clone()).collect();
    for line in &mut counted {
        let place = (line.date, line.seq);
        if let Event::Customer(record) = &mut line.event
            && !beginnings(lines).contains(&line.seq)
        {
            *record = History::of(lines, &record.id).at(place);
        }
    }
    counted
}

/// A customer's first record, and what changed it.
struct History {
    first: Record,
    changes: Vec<Change>,
}

impl History {
    fn of(lines: &[&Line], id: &str) -> History {
        let mut registrations = in_recording_order(lines).into_iter().filter_map(|line| match &line.event {
            Event::Customer(record) if record.id == id => Some((line, record)),
            _ => None,
        });
        let first = registrations.next().map(|(_, record)| record.clone()).unwrap_or_default();
        let mut history = History { first, changes: Vec::new() };
        for (line, after) in registrations {
            let place = (line.date, line.seq);
            // The change is what the line said against the lines recorded before it.
            let made = differences(&history.at(place), after);
            history.changes.extend(made.into_iter().map(|to| Change { place, to }));
        }
        history
    }

    /// The record in force from a place on.
    fn at(&self, place: (Day, u64)) -> Record {
        let mut record = self.first.clone();
        let mut changes: Vec<&Change> = self.changes.iter().filter(|change| change.place <= place).collect();
        changes.sort_by_key(|change| change.place);
        for change in changes {
            match &change.to {
                To::Name(name) => record.name.clone_from(name),
                To::Country(country) => record.country.clone_from(country),
                To::Parent(parent) => record.parent.clone_from(parent),
                To::Alias(alias, there) => put(&mut record.aliases, alias, *there),
                To::Flag(flag, there) => put(&mut record.flags, flag, *there),
            }
        }
        record
    }
}

fn in_recording_order<'a>(lines: &[&'a Line]) -> Vec<&'a Line> {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|line| line.seq);
    lines
}

fn differences(before: &Record, after: &Record) -> Vec<To> {
    let mut to = Vec::new();
    to.extend((before.name != after.name).then(|| To::Name(after.name.clone())));
    to.extend((before.country != after.country).then(|| To::Country(after.country.clone())));
    to.extend((before.parent != after.parent).then(|| To::Parent(after.parent.clone())));
    let gone = |before: &[String], after: &[String]| -> Vec<String> {
        before.iter().filter(|text| !holds(after, text)).cloned().collect()
    };
    to.extend(gone(&before.aliases, &after.aliases).into_iter().map(|text| To::Alias(text, false)));
    to.extend(gone(&after.aliases, &before.aliases).into_iter().map(|text| To::Alias(text, true)));
    to.extend(gone(&before.flags, &after.flags).into_iter().map(|text| To::Flag(text, false)));
    to.extend(gone(&after.flags, &before.flags).into_iter().map(|text| To::Flag(text, true)));
    to
}

fn holds(list: &[String], text: &str) -> bool {
    list.iter().any(|held| plain(held) == plain(text))
}

fn put(list: &mut Vec<String>, text: &str, there: bool) {
    list.retain(|held| plain(held) != plain(text));
    if there {
        list.push(text.to_owned());
    }
}
