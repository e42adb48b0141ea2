//! Valid policies. The submodules test invalid ones: every kind of mistake, at its exact place.

use super::*;
use crate::domain::ceiling::{Counts, Scope};
use crate::domain::policy::{FlagRule, Status};
use crate::domain::text::{CeilingName, ChipName, Country, Name};

mod carried;
mod place;
mod syntax;
mod values;

const HEAD: &str = "name = \"a\"\nversion = \"1\"\nstatus = \"proposed\"\n";
const CAP: &str = include_str!("../../../policies/china-cap-2026-03.toml");
const CAP_TPP: &str = include_str!("../../../policies/china-cap-tpp-2026-03.toml");

fn read(source: &str) -> Policy {
    read_policy(source.as_bytes()).unwrap_or_else(|faults| panic!("{source}\n{faults:#?}"))
}

/// Faults as `line:column text under the span: message (help)`.
fn faults(source: &str) -> Vec<String> {
    let faults = match read_policy(source.as_bytes()) {
        Ok(_) => panic!("this is no valid policy:\n{source}"),
        Err(faults) => faults,
    };
    assert!(!faults.is_empty());
    faults
        .iter()
        .map(|fault| {
            let under = fault.span.clone().map_or("", |span| &source[span]);
            let help = fault.help.as_deref().unwrap_or("-");
            let (line, column) = (fault.line.unwrap(), fault.column.unwrap());
            format!("{line}:{column} {under}: {} ({help})", fault.message)
        })
        .collect()
}

/// Checks the faults of `HEAD` and `rest`. Lines count from the start of `rest`.
#[track_caller]
fn refused(rest: &str, expected: &[&str]) {
    let told: Vec<String> = faults(&format!("{HEAD}{rest}"))
        .into_iter()
        .map(|fault| {
            let (line, told) = fault.split_once(':').unwrap();
            format!("{}:{told}", line.parse::<u64>().unwrap() - 3)
        })
        .collect();
    assert_eq!(told, expected, "\n{rest}");
}

#[test]
fn the_policies_of_the_repository_are_valid() {
    for (source, status, weight) in [(CAP, Status::Proposed, "1"), (CAP_TPP, Status::Scenario, "1.321311")] {
        let policy = read(source);
        assert_eq!(policy.status, status);
        let chips: Vec<_> = policy
            .chips
            .iter()
            .map(|chip| {
                let equivalence = chip.equivalence.map(|units| units.to_string());
                (chip.name.as_str(), equivalence, chip.prohibited.is_some())
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            chips,
            [
                ("H200", some("1"), false),
                ("MI325X", some(weight), false),
                ("H20", some("0"), false),
                ("B200", None, true)
            ]
        );
        let ceilings: Vec<_> = policy
            .ceilings
            .iter()
            .map(|ceiling| {
                (
                    ceiling.name.as_str(),
                    ceiling.one_scope().unwrap(),
                    ceiling.plain_limit().unwrap_or_default().to_string(),
                )
            })
            .collect();
        assert_eq!(
            ceilings,
            [("per-customer", Scope::Customer, "75000".to_owned()), ("national", Scope::Country, "1000000".to_owned())]
        );
        assert_eq!(policy.counted_as(&Country::new("HK")), &Country::new("CN"));
        assert_eq!(policy.destinations.map(|allowed| allowed.len()), Some(3));
        assert!(policy.number_pattern.is_some_and(|pattern| pattern.matches("D1100234")));
        let reference = policy.shipment_reference_pattern;
        assert!(reference.is_some_and(|pattern| pattern.matches("X20260304123456")));
    }
}

#[test]
fn every_key_is_read_in_the_order_of_the_file() {
    let policy = read(
        r#"
returns.restores = true
licences = { number_pattern = "^D", shipment_reference_pattern = "^X" }
name = "n"
version = "v"
status = "in-force"
title = "t"
sources = ["s2", "s1"]
unit = "TPP"
[ceilings.zz]
scope = "chip"
limit = 1_000.5
counts = "shipped"
warn_at = [90, 80]
[ceilings."a.b c"]
scope = "total"
limit = 1_000_000_000_000_000
[chips.Z]
vendor = "V"
equivalence = 1_000_000_000
aliases = ["Z 2", "Z 1"]
[chips.Z.specs]
watts = 1.5
a = 0
[chips.A]
prohibited = "why"
equivalence = 0.000001
[destinations]
allowed = ["MO", "CN"]
[attestations]
approval = ["b", "a"]
shipment = ["c"]
[country_groups]
GB = ["IM"]
CN = ["MO", "HK"]
[flags]
"z flag" = "warn"
1260H = "refuse"
"#,
    );
    assert!(policy.restores);
    assert_eq!(policy.number_pattern.map(|pattern| pattern.as_str().to_owned()).as_deref(), Some("^D"));
    assert_eq!(policy.unit, Text::new("TPP"));
    assert_eq!(policy.title, Some(Text::new("t")));
    assert_eq!(policy.sources, [Text::new("s2"), Text::new("s1")]);
    let [zz, ab] = &policy.ceilings[..] else { panic!("{:?}", policy.ceilings) };
    assert_eq!((&zz.name, &ab.name), (&CeilingName::new("zz"), &CeilingName::new("a.b c")));
    assert_eq!((zz.counts, ab.counts), (Counts::Shipped, Counts::Committed));
    assert_eq!(
        (zz.plain_limit().unwrap_or_default().to_string(), &zz.warn_at[..]),
        ("1000.5".to_owned(), &[80, 90][..])
    );
    let [z, a] = &policy.chips[..] else { panic!("{:?}", policy.chips) };
    assert_eq!((&z.name, &a.name), (&ChipName::new("Z"), &ChipName::new("A")));
    assert_eq!(z.aliases, [Name::new("Z 2"), Name::new("Z 1")]);
    let specs: Vec<_> = z.specs.iter().map(|spec| (spec.name.as_str(), spec.value.to_string())).collect();
    assert_eq!(specs, [("watts", "1.5".to_owned()), ("a", "0".to_owned())]);
    assert_eq!(a.equivalence.map(|units| units.to_string()).as_deref(), Some("0.000001"));
    assert_eq!(policy.approval_attestations, [Name::new("b"), Name::new("a")]);
    assert_eq!(policy.shipment_attestations, [Name::new("c")]);
    assert_eq!(policy.country_groups[0].0, Country::new("GB"));
    let flags = [(Name::new("z flag"), FlagRule::Warn), (Name::new("1260H"), FlagRule::Refuse)];
    assert_eq!(policy.flags, flags);
}

#[test]
fn defaults_are_those_of_the_design() {
    let policy = read(HEAD);
    assert_eq!(policy.unit, Text::new("H200e"));
    assert!(policy.ceilings.is_empty() && policy.chips.is_empty() && policy.destinations.is_none());
    assert!(!policy.restores && policy.title.is_none() && policy.number_pattern.is_none());
    let crlf = read(&HEAD.replace('\n', "\r\n"));
    assert_eq!(crlf.name, Text::new("a"));
}
