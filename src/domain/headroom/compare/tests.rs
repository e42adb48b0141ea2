//! Tests the join: what moved, what came, what went, and what is no change.

use super::*;
use crate::domain::group::{Group, Pool};
use crate::domain::state::Tally;

fn row(group: &str, used: u64) -> HeadroomRow {
    let amount = Units::from_whole(used);
    HeadroomRow {
        ceiling: None,
        who: Pool { group: Group::Total, period: None },
        group: Text::new(group),
        name: Text::new(group),
        authorised: amount,
        shipped: Units::ZERO,
        outstanding: amount,
        released: Units::ZERO,
        committed: amount,
        used: amount,
        chips: Tally::default(),
        refused: Vec::new(),
    }
}

fn told(before: Vec<HeadroomRow>, after: Vec<HeadroomRow>) -> Vec<(String, bool, bool, String)> {
    let changes = compare(before, after).unwrap();
    let told = |change: Change| {
        let Change { group, before, after, used, .. } = change;
        (group.to_string(), before.is_some(), after.is_some(), used.to_string())
    };
    changes.into_iter().map(told).collect()
}

#[test]
fn rows_are_joined_by_name_and_those_that_are_gone_come_last() {
    let before = vec![row("gone", 4), row("moved", 10), row("same", 3)];
    let after = vec![row("same", 3), row("new", 5), row("moved", 7)];
    let expected = [("new", false, true, "5"), ("moved", true, true, "-3"), ("gone", true, false, "-4")];
    let expected = expected.map(|(group, before, after, used)| (group.to_owned(), before, after, used.to_owned()));
    assert_eq!(told(before, after), expected);
}

#[test]
fn a_row_that_comes_or_goes_without_an_amount_is_no_change() {
    assert_eq!(told(vec![row("a", 0)], vec![row("b", 0)]), []);
}

#[test]
fn an_amount_that_the_ceiling_does_not_count_is_a_change_too() {
    let shipped = HeadroomRow { shipped: Units::from_whole(1), ..row("a", 2) };
    assert_eq!(told(vec![row("a", 2)], vec![shipped]).len(), 1);
}
