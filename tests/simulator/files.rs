//! Files that the program makes for people, on a machine that fails: each is there whole or not at all, and what was
//! acknowledged outlasts a power loss.

use crate::dice::Dice;
use crate::machine::{Chances, Ended, Simulated};
use exquota::store::put::{FileError, PagePlace, put_keys, put_new};
use exquota::store::system::System;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const OLD: &str = "<!DOCTYPE html>old";
const NEW: &str = "<!DOCTYPE html>a new and longer page";
const PAGE: &str = "/terminal/report.html";
const PROOF: &str = "/terminal/entry-7.tlog-proof";
const KEY: &str = "/terminal/desk.key";

type Work = Box<dyn FnOnce() -> Result<(), FileError> + Send>;

fn page(machine: &Arc<Simulated>) -> Work {
    let system: Arc<dyn System> = machine.clone();
    Box::new(move || PagePlace::at(&*system, Path::new(PAGE))?.put(&*system, NEW))
}

fn proof(machine: &Arc<Simulated>) -> Work {
    let system: Arc<dyn System> = machine.clone();
    Box::new(move || put_new(&*system, Path::new(PROOF), NEW.as_bytes()))
}

fn key(machine: &Arc<Simulated>) -> Work {
    let system: Arc<dyn System> = machine.clone();
    Box::new(move || put_keys(&*system, Path::new(KEY), "secret", "public").map(drop))
}

#[test]
fn a_file_is_put_whole_and_durable_or_the_writer_says_that_it_failed() {
    let mut acknowledged = 0;
    for seed in 0..3000 {
        let mut dice = Dice::new(seed);
        let begun = BTreeMap::from([(PathBuf::from(PAGE), OLD.as_bytes().to_vec())]);
        let machine = Simulated::with(&begun, Dice::new(dice.next()));
        let chances = Chances { switch: 300, fault: dice.below(80), kill: dice.below(20), power: dice.below(15) };
        let ended = machine.run(chances, vec![page(&machine), proof(&machine), key(&machine)]);
        machine.lose_power();
        let contents = machine.contents();
        let at = |path: &str| contents.get(Path::new(path)).map(Vec::as_slice);
        let done = |which: usize| matches!(ended[which], Ended::ByItself(Ok(())));
        let page = at(PAGE).unwrap();
        assert!(page == OLD.as_bytes() || page == NEW.as_bytes(), "seed {seed}: half a page");
        assert!(!done(0) || page == NEW.as_bytes(), "seed {seed}: the page is lost");
        assert!(!done(1) || at(PROOF) == Some(NEW.as_bytes()), "seed {seed}: the proof is lost");
        let keys = [at(KEY), at("/terminal/desk.key.pub")];
        assert!(!done(2) || keys == [Some(&b"secret"[..]), Some(b"public")], "seed {seed}: the key is lost");
        acknowledged += (0..3).filter(|which| done(*which)).count();
    }
    assert!(acknowledged > 3000, "{acknowledged}");
}
