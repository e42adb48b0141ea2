//! Caches with changed contents and right checksums, as another version of the program or another ledger would leave
//! them.

use crate::Desk;
use crate::steps::Step;
use foldhash::quality::FixedState;
use std::fs;
use std::hash::BuildHasher;

const PAGE: usize = 4096;
const HELD: usize = PAGE - 8;
const STAMP: usize = 104;

fn sum(generation: u64, number: u64, bytes: &[u8]) -> [u8; 8] {
    FixedState::with_seed(generation).hash_one((number, bytes)).to_be_bytes()
}

fn number_at(bytes: &[u8], place: usize) -> u64 {
    u64::from_be_bytes(bytes[place..place + 8].try_into().unwrap())
}

/// Changes the contents of the pages and of the last stamp.
fn forge(desk: &Desk, change: impl FnOnce(&mut Vec<u8>, &mut [u8])) {
    let bytes = fs::read(desk.cache()).unwrap();
    let generation = number_at(&bytes, 16);
    let end = number_at(&bytes, 24) as usize * PAGE;
    let mut held: Vec<u8> = bytes[..end].chunks(PAGE).flat_map(|page| page[..HELD].to_vec()).collect();
    let mut stamp = bytes[bytes.len() - STAMP..bytes.len() - 8].to_vec();
    change(&mut held, &mut stamp);
    let mut forged = Vec::new();
    for (number, page) in (0..).zip(held.chunks(HELD)) {
        forged.extend_from_slice(page);
        forged.extend_from_slice(&sum(generation, number, page));
    }
    forged.extend_from_slice(&stamp);
    forged.extend_from_slice(&sum(generation, u64::MAX, &stamp));
    fs::write(desk.cache(), forged).unwrap();
}

/// Puts this digit behind this text. If it stands there already, puts the digit below it.
fn next_to(held: &mut [u8], text: &str, digit: u8) {
    let place = held.windows(text.len()).position(|window| window == text.as_bytes()).unwrap() + text.len();
    held[place] = if held[place] == digit { digit - 1 } else { digit };
}

#[test]
fn a_cache_of_another_program_or_ledger_is_not_used() {
    type Forgery = fn(&mut Vec<u8>, &mut [u8]);
    let forgeries: [(&str, Forgery); 8] = [
        ("another layout", |held, _| held[14] = b'9'),
        ("another version", |held, _| next_to(held, "\"version\":\"", b'9')),
        ("other prints", |held, _| next_to(held, "\"trial\":[", b'2')),
        ("a ledger that was cut", |held, _| next_to(held, "\"length\":", b'9')),
        ("a ledger of fewer entries", |held, _| next_to(held, "\"entries\":", b'9')),
        ("records that are mostly outdated", |held, _| next_to(held, "\"dead\":", b'9')),
        ("a first part longer than the file", |held, _| held[32..40].fill(0x7f)),
        ("another head", |_, stamp| stamp[64] ^= 1),
    ];
    let desk = Desk::found(true);
    let step = Step::Headroom { day: 60, by: None, of: None };
    let expected = desk.copy().ask(&step).unwrap();
    desk.ask(&step).unwrap();
    let sound = fs::read(desk.cache()).unwrap();
    desk.has_read();
    forge(&desk, |_, _| ());
    assert!(
        fs::read(desk.cache()).unwrap() == sound && !desk.has_read(),
        "a forgery without a change must change nothing"
    );
    for (what, forgery) in forgeries {
        fs::write(desk.cache(), &sound).unwrap();
        forge(&desk, forgery);
        assert_eq!(desk.ask(&step).unwrap(), expected, "{what}");
        assert!(desk.has_read(), "{what}");
    }
}

#[test]
fn two_caches_of_one_ledger_share_no_page() {
    let desk = Desk::busy();
    let first = fs::read(desk.cache()).unwrap();
    desk.fold();
    assert_ne!(number_at(&first, 16), number_at(&fs::read(desk.cache()).unwrap(), 16));
}
