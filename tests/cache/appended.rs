//! Entries appended since the fold: a cache answers for them too, and they go into the next cache.

use crate::Desk;
use crate::kept::{HEADROOM, approve, order, ship};
use crate::said::said;
use crate::steps::{Order, Step, approve_one, name, writing};
use exquota::commands::verbs::record;
use exquota::domain::event::{Approval, Event};
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn an_entry_that_changes_only_what_it_names_needs_no_fold() {
    let desk = Desk::found(true);
    desk.record(&[
        approve(Order { quantity: 20, ..order(1, 0, 50) }),
        approve(order(2, 0, 50)),
        approve(order(3, 0, 50)),
    ]);
    desk.fold();
    for step in [
        Step::Adopt(1, 51),
        Step::Grant { ceiling: 0, group: 0, limit: 90, day: 51, expires: Some(80) },
        Step::Volume(7, 51),
        Step::Elsewhere { customer: 0, chip: 0, quantity: 20, day: 51 },
        Step::Suspend(1, 51),
        Step::Reinstate(1, 52),
        Step::Amend { licence: 1, chip: 0, quantity: Some(10), expires: Some(70), day: 52 },
        Step::Close(2, 52),
        approve(Order { replaces: Some(3), ..order(4, 0, 53) }),
        ship(1, 1, 0, 54, false),
    ] {
        desk.record(std::slice::from_ref(&step));
        desk.has_read();
        desk.same(&HEADROOM);
    }
}

#[test]
fn a_changed_licence_is_counted_once() {
    let desk = Desk::busy();
    desk.record(&[Step::shipment(5, 2, 20)]);
    let told = desk.same(&Step::Headroom { day: 70, by: None, of: None });
    assert!(told.contains("\"released\": 40"), "{told}");
}

#[test]
fn a_licence_lapses_once() {
    let desk = Desk::found(true);
    desk.record(&[approve(Order { expires: Some(45), quantity: 9, ..order(1, 0, 40) }), approve(order(2, 0, 50))]);
    desk.fold();
    desk.record(&[ship(1, 1, 0, 55, true)]);
    desk.has_read();
    desk.same(&HEADROOM);
    desk.same(&Step::Headroom { day: 70, by: None, of: None });
}

#[test]
fn an_appended_entry_is_known_by_its_number() {
    let desk = Desk::busy();
    desk.record(&[Step::shipment(5, 1, 20), approve(Order { chip: 2, ..order(9, 1, 60) })]);
    desk.has_read();
    assert!(desk.same(&Step::shipment(5, 1, 20)).contains("already-recorded"));
    assert!(desk.same(&Step::shipment(5, 1, 21)).contains("reference-exists"));
    assert!(desk.same(&approve(Order { chip: 2, ..order(9, 1, 60) })).contains("already-recorded"));
}

#[test]
fn a_day_before_an_appended_entry_needs_a_fold() {
    let desk = Desk::found(true);
    desk.record(&[approve(Order { expires: Some(52), ..order(1, 0, 50) })]);
    desk.fold();
    desk.record(&[ship(1, 1, 0, 51, false), approve(order(2, 0, 60))]);
    desk.has_read();
    desk.folds(&Step::Headroom { day: 55, by: None, of: None });
}

#[test]
fn a_lapse_since_the_fold_is_in_the_next_cache() {
    let desk = Desk::found(true);
    desk.record(&[approve(Order { expires: Some(45), ..order(1, 0, 40) })]);
    desk.fold();
    let (before, _) = said(&desk.ledger()).unwrap();
    for number in 10..30 {
        desk.record(&[Step::approval_of_nothing_counted(number)]);
        assert!(!desk.has_read());
    }
    let (entries, told) = said(&desk.ledger()).unwrap();
    assert!(entries > before, "no cache came from the first one");
    assert!(told.contains("lapsed: true"), "{told}");
    assert_eq!(told, desk.said_of(entries));
}

#[test]
fn no_line_is_recorded_earlier_than_the_last_one() {
    let desk = Desk::found(true);
    desk.fold_first();
    approve_one(&desk.behind(-120), 1).unwrap();
    desk.has_read();
    let (step, plain) = (approve(order(2, 0, 60)), desk.copy());
    let with = desk.ask(&step).unwrap();
    assert!(with.0.contains("\"recorded\"") && !desk.has_read(), "{}", with.0);
    assert_eq!(with, plain.ask(&step).unwrap());
}

#[test]
fn an_error_of_a_write_needs_no_fold() {
    let desk = Desk::busy();
    let told = desk.ask_in(&desk.behind(3600), &approve(Order { chip: 2, ..order(9, 1, 60) })).unwrap().0;
    assert!(told.contains("clock") && !desk.has_read(), "{told}");
}

#[test]
fn a_half_made_cache_is_overwritten() {
    let desk = Desk::found(true);
    fs::write(desk.path("ledger.jsonl.cache.new"), vec![b'x'; 100_000]).unwrap();
    desk.fold_first();
    desk.same(&HEADROOM);
}

#[test]
fn a_cache_has_the_permissions_of_its_ledger() {
    let desk = Desk::found(true);
    for mode in [0o600, 0o644] {
        fs::set_permissions(desk.ledger(), fs::Permissions::from_mode(mode)).unwrap();
        desk.ask(&HEADROOM).unwrap();
        assert_eq!(fs::metadata(desk.cache()).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn a_cache_that_cannot_be_put_in_place_leaves_nothing() {
    let desk = Desk::found(true);
    fs::create_dir(desk.cache()).unwrap();
    desk.ask(&HEADROOM).unwrap();
    assert!(!desk.path("ledger.jsonl.cache.new").exists());
}

#[test]
fn a_first_part_of_many_pages_is_read() {
    let desk = Desk::found(true);
    for number in 0..30 {
        let licensee = Some(format!("{number}{}", "x".repeat(190)).parse().unwrap());
        let approval = Approval { licensee, ..order(number, 1, 60).approval(name("L", number)) };
        record::run(&desk.session(), &writing(60, false, false), &Event::Approval(approval).into()).unwrap();
    }
    desk.fold();
    let first = fs::read(desk.cache()).unwrap();
    assert!(u64::from_be_bytes(first[32..40].try_into().unwrap()) > 5000, "the first part is too short for this test");
    desk.same(&HEADROOM);
    desk.same(&Step::check(0, 1));
}

impl Desk {
    /// Makes the first cache.
    fn fold_first(&self) {
        self.ask(&HEADROOM).unwrap();
        self.has_read();
    }
}
