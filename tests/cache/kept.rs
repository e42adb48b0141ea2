//! A cache keeps everything that a fold found. Some questions need a fold all the same.

use crate::Desk;
use crate::steps::{Consigned, Order, Step, day, name, writing};
use chrono::TimeDelta;
use exquota::commands::session::{Fold, Session};
use exquota::commands::verbs::record;
use exquota::domain::book::kept::{Kept, Snapshot};
use exquota::domain::book::{Book, Proposal};
use exquota::domain::entries::FoldError;
use exquota::domain::event::{Approval, Closure, ClosureReason, Event};
use exquota::domain::judge::Asked;
use exquota::domain::text::Country;
use exquota::store::ledger::Ledger;
use exquota::store::ledger::cache::Cache;
use exquota::store::ledger::file::LedgerFile;
use exquota::store::system::Disk;
use std::fs;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const HEADROOM: Step = Step::Headroom { day: 60, by: None, of: None };

impl Desk {
    /// Runs steps, all of which must be recorded.
    pub(crate) fn record(&self, steps: &[Step]) {
        for step in steps {
            let told = self.ask(step).unwrap().0;
            assert!(told.contains("\"recorded\""), "{step:?}: {told}");
        }
    }

    /// Changes the text of the last line, so that no later line breaks.
    fn edit_last_line(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.ledger()).unwrap();
        let last = text.trim_end().rfind('\n').unwrap();
        assert!(text[last..].contains(from), "{}", &text[last..]);
        fs::write(self.ledger(), [&text[..last], &text[last..].replace(from, to)].concat()).unwrap();
    }

    /// The answer, which must need a fold of every entry and leave the cache as it is.
    pub(crate) fn folds(&self, step: &Step) -> String {
        let (plain, cache) = (self.copy(), fs::read(self.cache()).unwrap());
        let (with, without) = (self.ask(step).unwrap(), plain.ask(step).unwrap());
        assert_eq!(with.0, without.0, "{step:?}");
        assert!(with.1 == without.1 && self.has_read(), "{step:?}");
        assert!(fs::read(self.cache()).unwrap().starts_with(&cache), "{step:?}: a valid cache must not be rebuilt");
        with.0
    }

    /// A session whose clock is `seconds` behind.
    pub(crate) fn behind(&self, seconds: i64) -> Session {
        let session = self.session();
        let clock = session.system.now() - TimeDelta::seconds(seconds);
        Session { system: Arc::new(Disk::new(Some(clock))), ..session }
    }

    fn with_cache<T>(&self, use_it: impl FnOnce(&Cache) -> T) -> T {
        let ledger = LedgerFile::at(Arc::new(Disk::new(None)), &self.ledger(), Duration::ZERO);
        let source = Rc::new(ledger.open().unwrap());
        use_it(&Cache::open(&ledger, &source, false).unwrap())
    }
}

pub(crate) fn order(licence: u8, customer: u8, day: u64) -> Order {
    Order { customer, day, ..Order::small(licence) }
}

pub(crate) fn approve(order: Order) -> Step {
    Step::Approve(order, false, false)
}

pub(crate) fn ship(reference: u8, licence: u8, chip: u8, day: u64, despite: bool) -> Step {
    Step::Ship(Consigned { reference, licence, chip, quantity: 1, day, serials: false }, despite, false)
}

/// A desk with every event that a fold treats in its own way.
fn eventful() -> Desk {
    let desk = Desk::found(true);
    desk.record(&[
        approve(Order { licensee: Some(0), quantity: 9, expires: Some(64), ..order(0, 0, 40) }),
        ship(1, 0, 0, 41, false),
        ship(2, 0, 0, 41, false),
        Step::Return { reference: 20, shipment: 1, chip: 0, quantity: 1, day: 42 },
        ship(3, 0, 1, 42, true),
        approve(Order { expires: Some(45), ..order(1, 1, 42) }),
        approve(order(2, 1, 43)),
        Step::Suspend(2, 43),
        approve(order(3, 1, 43)),
        approve(Order { replaces: Some(3), ..order(4, 1, 44) }),
        Step::Grant { ceiling: 0, group: 0, limit: 90, day: 50, expires: Some(80) },
        Step::Volume(7, 50),
        Step::Elsewhere { customer: 1, chip: 0, quantity: 20, day: 50 },
        Step::Register { customer: 3, parent: Some(0), day: 51 },
        Step::Adopt(1, 52),
        Step::Approve(Order { quantity: 200, ..order(5, 2, 53) }, true, false),
        Step::Approve(Order { quantity: 95, ..order(6, 2, 53) }, true, false),
        Step::Void(20),
    ]);
    for (licence, &reason) in (7..).zip(ClosureReason::ALL) {
        desk.record(&[approve(order(licence, 1, 54))]);
        let closure = Event::Closure(Closure { licence: name("L", licence).parse().unwrap(), reason, note: None });
        record::run(&desk.session(), &writing(55, false, false), &closure.into()).unwrap();
    }
    let approval = Approval { destination: Some(Country::new("HK")), ..order(10, 0, 56).approval(name("L", 10)) };
    record::run(&desk.session(), &writing(56, false, false), &Event::Approval(approval).into()).unwrap();
    // An approval with a taken number: it is recorded but changes nothing. Then one that is over every ceiling.
    desk.record(&[approve(order(11, 0, 57))]);
    desk.edit_last_line("\"L11\"", "\"L0\"");
    desk.record(&[approve(Order { quantity: 1, ..order(12, 1, 58) })]);
    desk.edit_last_line("\"H200\":1}", "\"H200\":999}");
    desk.record(&[approve(Order { chip: 2, ..order(13, 1, 59) })]);
    desk.fold();
    desk
}

fn told(snapshot: &Snapshot, mut kept: Vec<Kept>) -> String {
    kept.sort_by_key(|kept| kept.entry);
    format!("{snapshot:#?}\n{kept:#?}")
}

/// The entries that a book found refused by the rules, as text.
fn found_by(book: &Book) -> String {
    let told = book.findings().iter().map(|finding| {
        let (seq, codes) = (finding.entry, finding.refusals.first().map(|refusal| refusal.code));
        let (inert, by) = (book.is_inert(seq), book.entries().voided_by(seq));
        let violation = finding.violation;
        format!("{seq} {} {codes:?} violation: {violation} inert: {inert} voided by {by:?}\n", finding.date)
    });
    told.collect()
}

#[test]
fn a_cache_keeps_everything_a_fold_found() {
    let desk = eventful();
    let mut book = desk.session().open(Fold::Whole).unwrap().book;
    let snapshot = book.snapshot().unwrap();
    let kept: Vec<Kept> = book.kept_licences().collect::<Option<_>>().unwrap();
    let folded = told(&snapshot, kept.clone());
    for said in ["lapsed: true", "Replaced", "suspended: Some"] {
        assert!(folded.contains(said), "{said}");
    }
    let found = found_by(&book);
    for said in ["inert: true", "violation: true", "voided by Some"] {
        assert!(found.contains(said), "{said}");
    }
    // The day of an earlier question does not matter.
    book.as_of(day(44)).unwrap();
    assert_eq!(told(&book.snapshot().unwrap(), kept.clone()), folded);
    book.as_of(day(70)).unwrap();
    assert_eq!(told(&book.snapshot().unwrap(), kept.clone()), folded);

    desk.with_cache(|cache| {
        let (snapshot, base) = cache.base();
        let kept = kept.iter().map(|kept| base.licence(&kept.number).unwrap().unwrap().1).collect();
        assert_eq!(told(&snapshot, kept), folded);
        let lapsing = |from, to| base.lapsing(day(from)..day(to)).unwrap().len();
        assert_eq!([lapsing(0, 64), lapsing(64, 65), lapsing(65, 90)], [0, 1, 0], "a licence must lapse only once");
        // A book resumed from the cache keeps it all too.
        let mut resumed = Book::resume(snapshot.clone(), base).unwrap();
        assert_eq!(found_by(&resumed), found);
        assert_eq!(told(&resumed.snapshot().unwrap(), Vec::new()), told(&snapshot, Vec::new()));
    });
}

#[test]
fn a_resumed_book_answers_only_from_the_entries_it_has() {
    let desk = eventful();
    let mut folded = desk.session().open(Fold::Whole).unwrap().book;
    desk.with_cache(|cache| {
        let (snapshot, base) = cache.base();
        let mut book = Book::resume(snapshot, base).unwrap();
        assert!(book.entries().get(12).is_err(), "an entry that the book does not have");
        assert_eq!(book.next_seq(), folded.next_seq());
        // Only a fold can say whether a suspension is recorded already.
        let mut entry = folded.entries().get(12).unwrap().unwrap().into_owned();
        (entry.seq, entry.date) = (folded.next_seq(), day(60));
        let proposal = || Proposal { entry: entry.clone(), asked: Asked::Record, head_moved: None };
        assert!(folded.propose(proposal()).is_ok());
        assert!(matches!(book.propose(proposal()), Err(FoldError::NotInBase)));
    });
}

#[test]
fn a_cache_still_warns_of_a_breach() {
    let desk = eventful();
    let told = desk.same(&HEADROOM);
    assert!(told.contains("[\"") && told.contains("\"breaches\""), "{told}");
}

#[test]
fn r7_a_licence_valid_on_the_last_folded_day_lapses_on_the_next() {
    let desk = Desk::found(true);
    desk.record(&[Step::approval(1, 2, 60, Some(60), false), Step::approval(2, 0, 1, None, false)]);
    desk.fold();
    let check = |ahead| Step::CheckApproval(Order { customer: 2, quantity: 60, ..Order::small(0) }, ahead);
    let told = desk.same(&check(0));
    assert!(told.contains("\"fits_from\": \"2026-03-03\""), "{told}");
    let told = desk.same(&check(1));
    assert!(told.contains("\"decision\": \"within\""), "{told}");
}

#[test]
fn a_question_the_cache_cannot_answer_is_folded() {
    let desk = eventful();
    desk.folds(&Step::Headroom { day: 43, by: None, of: None });
    desk.folds(&Step::CheckApproval(order(0, 1, 50), 0));
    desk.folds(&Step::CheckShipment(1, Consigned { serials: true, ..consigned(9, 4) }));
    desk.folds(&Step::Approve(Order { replaces: Some(99), ..order(20, 1, 60) }, false, true));
    desk.folds(&Step::Approve(Order { replaces: Some(20), ..order(20, 1, 60) }, false, true));
    // An error in the question needs no fold.
    assert!(desk.same(&Step::check(9, 1)).contains("C9"));
}

pub(crate) fn consigned(reference: u8, licence: u8) -> Consigned {
    Consigned { reference, licence, chip: 0, quantity: 1, day: 60, serials: false }
}

#[test]
fn an_entry_that_needs_a_fold_leaves_a_new_cache() {
    for step in [
        Step::Void(6),
        Step::Return { reference: 20, shipment: 1, chip: 0, quantity: 1, day: 60 },
        Step::Register { customer: 3, parent: None, day: 60 },
        approve(order(7, 0, 55)),
        ship(5, 1, 0, 55, false),
    ] {
        let desk = Desk::found(true);
        desk.record(&[
            approve(Order { quantity: 5, ..order(1, 0, 50) }),
            approve(order(2, 0, 60)),
            ship(1, 1, 0, 60, false),
        ]);
        desk.fold();
        desk.record(std::slice::from_ref(&step));
        desk.has_read();
        let answers = [HEADROOM, HEADROOM].map(|ask| (desk.ask(&ask).unwrap(), desk.has_read()));
        let expected = desk.copy().ask(&HEADROOM).unwrap();
        assert_eq!(answers, [(expected.clone(), true), (expected, false)], "{step:?}");
    }
}

#[test]
fn an_entry_appended_out_of_order_needs_a_fold() {
    for late in [approve(order(3, 0, 55)), ship(1, 1, 0, 55, false)] {
        let desk = Desk::found(true);
        desk.record(&[approve(order(1, 0, 50))]);
        desk.fold();
        desk.record(&[approve(order(2, 0, 60))]);
        assert!(!desk.has_read());
        // This entry belongs between the folded entries and the appended one.
        for step in [late, HEADROOM] {
            let plain = desk.copy();
            assert_eq!(desk.ask(&step).unwrap(), plain.ask(&step).unwrap());
            assert!(desk.has_read(), "{step:?}");
        }
        desk.same(&HEADROOM);
    }
}

#[test]
fn a_ledger_with_an_unfinished_line_gets_no_cache() {
    let desk = Desk::found(true);
    let ledger = fs::read(desk.ledger()).unwrap();
    fs::write(desk.ledger(), [&ledger[..], b"{\"v\":1,"].concat()).unwrap();
    let expected = desk.copy().ask(&HEADROOM).unwrap();
    assert!(expected.0.contains("never acknowledged"), "{}", expected.0);
    for _ in 0..2 {
        assert_eq!(desk.ask(&HEADROOM).unwrap(), expected);
        assert!(!desk.cache().exists());
    }
}

#[test]
fn a_cache_still_warns_of_a_failed_write() {
    let desk = Desk::found(true);
    desk.ask(&HEADROOM).unwrap();
    fs::write(desk.path("ledger.jsonl.suspect"), "a note").unwrap();
    desk.has_read();
    let told = desk.ask(&HEADROOM).unwrap().0;
    assert!(told.contains("exquota recover") && !desk.has_read(), "{told}");
}

#[test]
fn no_damage_changes_a_verdict() {
    let desk = Desk::busy();
    // Enough entries that licences and references are not on the page that is read first.
    (10..70).for_each(|number| desk.record(&[Step::approval_of_nothing_counted(number)]));
    desk.fold();
    let steps = [Step::check(2, 10), Step::CheckShipment(0, consigned(1, 1)), {
        Step::Ship(Consigned { day: 60, ..consigned(1, 1) }, false, true)
    }];
    let sound = fs::read(desk.cache()).unwrap();
    for step in steps {
        let expected = desk.copy().ask(&step).unwrap();
        for page in 0..sound.len() / 4096 {
            let mut damaged = sound.clone();
            damaged[page * 4096 + 1000] ^= 1;
            fs::write(desk.cache(), damaged).unwrap();
            assert_eq!(desk.ask(&step).unwrap(), expected, "{step:?}, page {page}");
        }
    }
}

/// An exception's end is looked at with the order in the book, and a licence of the base lapses before it (D42).
#[test]
fn what_looking_ahead_takes_up_stays_when_the_order_is_taken_out() {
    let desk = Desk::found(true);
    let approve = |licence, day, expires| Step::Approve(Order { day, expires, ..Order::small(licence) }, false, false);
    desk.record(&[
        Step::Grant { ceiling: 0, group: 2, limit: 17, day: 40, expires: Some(68) },
        approve(0, 39, Some(42)),
        approve(1, 40, Some(42)),
    ]);
    desk.fold();
    let check = Step::CheckApproval(Order { customer: 2, licence: 10, quantity: 9, day: 40, ..Order::small(0) }, 0);
    let told = desk.same(&check);
    assert!(told.contains("is recorded as entry"), "{told}");
}
