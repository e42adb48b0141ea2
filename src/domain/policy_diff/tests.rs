//! Tests stricter and looser, and the smallest order that is decided differently, at exact boundaries.

use super::*;
use crate::domain::ceiling::LimitStep;
use crate::domain::policy::{FlagRule, Pattern, Prohibition};
use crate::domain::refusal::Code;
use crate::domain::text::{Country, Name};

fn ceiling(name: &str, scope: Scope, limit: u64, counts: Counts) -> Ceiling {
    let limits = vec![LimitStep::always(Units::from_whole(limit))];
    Ceiling {
        name: CeilingName::new(name),
        scope: vec![scope],
        allowance: Allowance::Steps(limits),
        counts,
        warn_at: vec![80],
        ..Ceiling::bare()
    }
}

fn chip(name: &str, equivalence: Option<&str>) -> Chip {
    Chip {
        name: ChipName::new(name),
        vendor: None,
        equivalence: equivalence.map(|text| text.parse().unwrap()),
        aliases: Vec::new(),
        prohibited: None,
        first_sold: None,
        specs: Vec::new(),
    }
}

fn policy(ceilings: Vec<Ceiling>, chips: Vec<Chip>) -> Policy {
    Policy { ceilings, chips, ..Policy::bare() }
}

fn cap(limit: u64, equivalence: &str) -> Policy {
    policy(vec![ceiling("cap", Scope::Customer, limit, Counts::Committed)], vec![chip("MI325X", Some(equivalence))])
}

fn policy_diff(a: &Policy, b: &Policy) -> PolicyDiff {
    super::policy_diff(a, b).unwrap()
}

fn of_chip(a: &Policy, b: &Policy) -> Option<Smallest> {
    smallest(&mut Desk::under(a, None).unwrap(), &mut Desk::under(b, None).unwrap(), &ChipName::new("MI325X")).unwrap()
}

fn refused(quantity: u64, refused_by_second: bool, code: Code, ceiling: Option<&str>) -> Option<Smallest> {
    Some(Smallest { quantity, refused_by_second, code, ceiling: ceiling.map(CeilingName::new) })
}

#[test]
fn the_smallest_order_is_the_first_beyond_the_stricter_limit() {
    let (cap_1, cap_tpp) = (cap(75_000, "1"), cap(75_000, "1.321311"));
    assert_eq!(of_chip(&cap_1, &cap_tpp), refused(56_762, true, Code::CeilingExceeded, Some("cap")));
    assert_eq!(of_chip(&cap_tpp, &cap_1), refused(56_762, false, Code::CeilingExceeded, Some("cap")));
    assert_eq!(of_chip(&cap(75_000, "1"), &cap(75_000, "1")), None);
    assert_eq!(
        of_chip(&cap(75_000, "1"), &cap(75_000, "0.999986")),
        refused(75_001, false, Code::CeilingExceeded, Some("cap"))
    );
    assert_eq!(of_chip(&cap(0, "1"), &cap(1, "1")), refused(1, false, Code::CeilingExceeded, Some("cap")));
    assert_eq!(of_chip(&cap(10, "11"), &cap(10, "12")), None, "neither admits one");
    let mut two = cap(10, "1");
    two.ceilings.push(ceiling("second", Scope::Total, 10, Counts::Committed));
    let free = policy(Vec::new(), vec![chip("MI325X", Some("1"))]);
    assert_eq!(of_chip(&free, &two), refused(11, true, Code::CeilingExceeded, Some("cap")), "the first that refuses");
}

#[test]
fn the_largest_quantity_of_an_item_bounds_the_search() {
    assert_eq!(of_chip(&cap(1_000_000_000, "1"), &cap(2_000_000_000, "1")), None, "no order is larger (R1)");
    assert_eq!(
        of_chip(&cap(999_999_999, "1"), &cap(2_000_000_000, "1")),
        refused(1_000_000_000, false, Code::CeilingExceeded, Some("cap"))
    );
    assert_eq!(
        of_chip(&cap(0, "0"), &policy(Vec::new(), vec![chip("MI325X", Some("1"))])),
        None,
        "0 counts as nothing"
    );
}

#[test]
fn a_chip_unknown_or_prohibited_is_refused_from_one_on() {
    let known = cap(10, "1");
    let mut prohibited = cap(10, "1");
    prohibited.chips[0].prohibited = Some(Prohibition { reason: Text::new("no"), is_outside: false });
    let unknown = policy(Vec::new(), Vec::new());
    assert_eq!(of_chip(&known, &prohibited), refused(1, true, Code::ChipProhibited, None));
    assert_eq!(policy_diff(&known, &prohibited).chips[0].change, Change::Stricter);
    assert_eq!(policy_diff(&prohibited, &known).chips[0].change, Change::Looser);
    assert_eq!(of_chip(&unknown, &known), refused(1, false, Code::ChipUnknown, None));
    assert_eq!(of_chip(&unknown, &prohibited), None);
}

#[test]
fn only_ceilings_that_apply_to_every_order_decide() {
    let none = policy(Vec::new(), vec![chip("MI325X", Some("1"))]);
    for (scope, counts, decides) in [
        (Scope::Customer, Counts::Committed, true),
        (Scope::Country, Counts::Committed, true),
        (Scope::Chip, Counts::Committed, true),
        (Scope::Total, Counts::Committed, true),
        (Scope::Licensee, Counts::Committed, false),
        (Scope::Customer, Counts::Shipped, false),
    ] {
        let one = policy(vec![ceiling("c", scope, 5, counts)], vec![chip("MI325X", Some("1"))]);
        let expected = if decides { refused(6, true, Code::CeilingExceeded, Some("c")) } else { None };
        assert_eq!(of_chip(&none, &one), expected, "{scope:?} {counts:?}");
        assert!(policy_diff(&none, &one).differs());
    }
}

#[test]
fn a_ceiling_is_stricter_or_looser_if_all_its_changes_agree() {
    use Counts::{Committed, Shipped};
    let change = |a: (Scope, u64, Counts), b: (Scope, u64, Counts)| {
        let of = |(scope, limit, counts)| policy(vec![ceiling("c", scope, limit, counts)], Vec::new());
        policy_diff(&of(a), &of(b)).ceilings[0].change
    };
    let base = (Scope::Customer, 10, Committed);
    assert_eq!(change(base, base), Change::Same);
    assert_eq!(change(base, (Scope::Customer, 9, Committed)), Change::Stricter);
    assert_eq!(change(base, (Scope::Customer, 11, Committed)), Change::Looser);
    assert_eq!(change(base, (Scope::Customer, 10, Shipped)), Change::Looser);
    assert_eq!(change(base, (Scope::Customer, 9, Shipped)), Change::Changed);
    assert_eq!(change(base, (Scope::Country, 9, Committed)), Change::Stricter);
    assert_eq!(change((Scope::Country, 9, Committed), (Scope::Customer, 9, Shipped)), Change::Looser);
    assert_eq!(change(base, (Scope::Country, 10, Committed)), Change::Stricter);
    assert_eq!(change((Scope::Country, 10, Committed), base), Change::Looser);
    assert_eq!(change(base, (Scope::Total, 10, Committed)), Change::Stricter);
    assert_eq!(change((Scope::Total, 10, Committed), (Scope::Licensee, 10, Committed)), Change::Looser);
    assert_eq!(change(base, (Scope::Licensee, 10, Committed)), Change::Changed);
    let (with, without) = (cap(10, "1"), policy(Vec::new(), Vec::new()));
    assert_eq!(policy_diff(&without, &with).ceilings[0].change, Change::Added);
    assert_eq!(policy_diff(&with, &without).chips[0].change, Change::Removed);
}

#[test]
fn amounts_in_two_units_are_not_compared() {
    let mut other = cap(5, "2");
    other.unit = Text::new("TPP");
    let diff = policy_diff(&cap(10, "1"), &other);
    assert_eq!((diff.ceilings[0].change, diff.chips[0].change), (Change::Changed, Change::Changed));
    assert_eq!(diff.others.iter().map(|other| other.key.as_str()).collect::<Vec<_>>(), ["unit"]);
}

#[test]
fn other_differences_are_listed_and_the_order_of_lists_is_not_one() {
    let of = |names: &[&str]| -> Vec<Name> { names.iter().map(|name| Name::new(*name)).collect() };
    let (mut a, mut b) = (cap(10, "1"), cap(10, "1"));
    a.approval_attestations = of(&["x", "y"]);
    b.approval_attestations = of(&["y", "x"]);
    a.flags = vec![(Name::new("Entity-List"), FlagRule::Refuse)];
    b.flags = vec![(Name::new("entity-list"), FlagRule::Refuse)];
    b.name = Text::new("another name");
    assert!(!policy_diff(&a, &b).differs(), "a name decides nothing");
    b.restores = true;
    b.ceilings[0].warn_at = vec![80, 90];
    b.destinations = Some(Vec::new());
    let diff = policy_diff(&a, &b);
    let told: Vec<String> = diff.others.iter().map(|other| format!("{} {} {}", other.key, other.a, other.b)).collect();
    assert_eq!(
        told,
        ["destinations.allowed anywhere none", "returns.restores no yes", "ceilings.cap.warn_at 80 % 80 %, 90 %"]
    );
    assert!(diff.differs());
    b = a.clone();
    b.flags = vec![(Name::new("entity-list"), FlagRule::Warn)];
    b.chips[0].aliases = of(&["H200 SXM", "h200 sxm"]);
    b.number_pattern = Some(Pattern::new("^D[0-9]+$").unwrap());
    b.country_groups = vec![(Country::new("CN"), vec![Country::new("MO"), Country::new("HK")])];
    let diff = policy_diff(&a, &b);
    let told: Vec<String> =
        diff.others.iter().map(|other| format!("{} {} / {}", other.key, other.a, other.b)).collect();
    assert_eq!(
        told,
        [
            "country_groups none / CN with HK, MO",
            "flags entity-list: refuse / entity-list: warn",
            "licences.number_pattern any / ^D[0-9]+$",
            "chips.MI325X.aliases none / h200 sxm"
        ]
    );
}

#[test]
fn a_chip_is_stricter_even_if_no_ceiling_applies_to_it() {
    let of = |equivalence| policy(Vec::new(), vec![chip("MI325X", Some(equivalence))]);
    let diff = policy_diff(&of("1"), &of("2"));
    assert_eq!((diff.chips[0].change, &diff.chips[0].smallest), (Change::Stricter, &None));
    assert!(diff.differs());
    assert!(!policy_diff(&of("1"), &of("1")).differs());
}
