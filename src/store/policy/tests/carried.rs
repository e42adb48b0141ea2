//! The policies that the program carries, and the template.

use super::super::carried::{CARRIED, TEMPLATE};
use super::*;
use std::collections::BTreeSet;

#[test]
fn the_program_carries_every_policy_of_the_repository() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/policies")).unwrap();
    let files = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<_> = files.filter(|name| !name.ends_with(".tests.toml")).collect();
    let carried: Vec<_> = CARRIED.iter().map(|policy| format!("{}.toml", policy.name)).collect();
    assert_eq!(carried, names.into_iter().collect::<Vec<_>>());
    for policy in CARRIED {
        read(policy.source);
    }
}

/// The template without the `#` of the examples in this part; parts have blank lines between them.
fn uncommented(is_chosen: impl Fn(usize) -> bool) -> String {
    let parts = TEMPLATE.split("\n\n").enumerate().map(|(index, part)| {
        let lines = part.lines().map(|line| match line.strip_prefix('#') {
            Some(example) if is_chosen(index) && !example.starts_with(' ') => example,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_template_is_valid_as_it_stands_with_each_example_and_with_all() {
    let plain = format!("{:?}", read(TEMPLATE));
    let mut with_examples = 0;
    for part in 0..TEMPLATE.split("\n\n").count() {
        let source = uncommented(|index| index == part);
        if source.trim_end() != TEMPLATE.trim_end() {
            assert_ne!(format!("{:?}", read(&source)), plain, "the example must change the policy:\n{source}");
            with_examples += 1;
        }
    }
    assert!(with_examples > 20);
    let all = read(&uncommented(|_| true));
    assert_eq!(all.ceilings.len(), 14, "one of each kind");
}
