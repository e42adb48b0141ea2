//! D29: a refusal shows the line of the policy that caused it.

use super::*;

#[test]
fn d29_a_key_is_found_by_its_path() {
    let at = |path: &str| {
        let place = key_place(CAP, path)?;
        let line = CAP.lines().nth(place.line as usize - 1)?;
        assert_eq!(place.text, line);
        assert_eq!(&line[place.column as usize - 1..][..place.span.len()], &CAP[place.span.clone()]);
        Some(CAP[place.span].to_owned())
    };
    assert_eq!(at("ceilings.per-customer.limit").as_deref(), Some("limit   = 75_000"));
    assert!(at("chips.B200.prohibited").unwrap().starts_with("prohibited = \"presumption"));
    assert_eq!(at("destinations.allowed").as_deref(), Some("allowed = [\"CN\", \"HK\", \"MO\"]"));
    assert_eq!(at("flags.entity-list").as_deref(), Some("\"entity-list\" = \"refuse\""));
    assert_eq!(at("attestations.shipment").as_deref(), Some("shipment = [\"third-party-test\"]"));
    assert!(at("licences.number_pattern").unwrap().contains("^[A-Z]"));
    assert_eq!(at("ceilings.national.window").as_deref(), Some("national"), "the nearest above");
    assert_eq!(at("ceilings.national").as_deref(), Some("national"));
    assert_eq!(at("chips.H200.specs.tpp").as_deref(), Some("tpp               = 15_832"));
    assert_eq!(at("chips.H200x"), Some("chips".to_owned()), "H200 is another chip");
    assert_eq!(at("sources").as_deref(), Some("sources"), "its value goes on over lines");
    assert_eq!(at("nothing"), None);
    assert_eq!(at(""), None);
}

#[test]
fn d29_names_may_hold_dots_and_blanks() {
    let source = "[chips.A]\nequivalence = 1\n[chips.\"A.x y\"]\nequivalence = 2\n[chips.\"A.x\"]\nvendor = \"é\"\n";
    let line = |path| key_place(source, path).map(|place| (place.line, place.column));
    assert_eq!(line("chips.A.equivalence"), Some((2, 1)));
    assert_eq!(line("chips.A.x y.equivalence"), Some((4, 1)));
    assert_eq!(line("chips.A.x.vendor"), Some((6, 1)));
    assert_eq!(line("chips.A.x y.prohibited"), Some((3, 8)));
    assert_eq!(line("chips.A.prohibited"), Some((1, 8)));
    assert_eq!(key_place("a = 1\r\n", "a").map(|place| place.text).as_deref(), Some("a = 1"));
}

#[test]
fn a_span_covers_every_character_it_touches() {
    use crate::store::policy::source::clamped;
    let source = "aé€";
    assert_eq!([clamped(source, 0..1), clamped(source, 1..3)], [0..1, 1..3]);
    assert_eq!([clamped(source, 2..2), clamped(source, 0..2), clamped(source, 2..4)], [1..3, 0..3, 1..6]);
    assert_eq!([clamped(source, 4..5), clamped(source, 6..9), clamped(source, 8..9)], [3..6, 6..6, 6..6]);
}
