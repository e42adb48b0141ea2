//! The model test: a second, naive reading of the design, driven side by side with the program.
//!
//! The model keeps the list of recorded lines and folds all of it afresh for every question, in the order of
//! (date, seq), with the proposal and without, exactly as R6 says. It shares no code with the program: it has
//! its own policies, amounts, rules and line bytes, in `tests/model/`. Random commands are given to both and
//! compared step by step; random ledgers are written by the model without asking and given to `validate`.
//!
//! `PROPTEST_CASES=1000 cargo test --test model` runs more cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test panics, its helpers too")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[path = "model/arguments.rs"]
mod arguments;
#[path = "model/command.rs"]
mod command;
#[path = "model/dates.rs"]
mod dates;
#[path = "model/dice.rs"]
mod dice;
#[path = "model/examples.rs"]
mod examples;
#[path = "model/exports.rs"]
mod exports;
#[path = "model/facts.rs"]
mod facts;
#[path = "model/fold.rs"]
mod fold;
#[path = "model/generate.rs"]
mod generate;
#[path = "model/generate_later.rs"]
mod generate_later;
#[path = "support/hledger.rs"]
mod hledger;
#[path = "model/json.rs"]
mod json;
#[path = "model/judge.rs"]
mod judge;
#[path = "model/lines.rs"]
mod lines;
#[path = "model/orders.rs"]
mod orders;
#[path = "model/policy.rs"]
mod policy;
#[path = "model/program.rs"]
mod program;
#[path = "model/reports.rs"]
mod reports;
#[path = "model/session.rs"]
mod session;
#[path = "model/state.rs"]
mod state;
#[path = "support/tools.rs"]
mod tools;
#[path = "model/verdict.rs"]
mod verdict;

use session::{Session, Throws};

/// Dice for one session: the policies', and each command's.
fn throws(commands: usize) -> impl Strategy<Value = Throws> {
    let policies = prop::collection::vec(any::<u16>(), 60);
    let commands = prop::collection::vec(prop::collection::vec(any::<u16>(), 48), commands / 4..commands);
    (policies, commands).prop_map(|(policies, commands)| Throws { policies, commands })
}

/// The same few histories in every run, under a minute in all; with `PROPTEST_CASES` as many new ones.
fn cases(few: u32) -> ProptestConfig {
    let plain = ProptestConfig { max_shrink_iters: 250, failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()) {
        Some(cases) => ProptestConfig { cases, ..plain },
        None => ProptestConfig { cases: few, rng_seed: RngSeed::Fixed(20_260_303), ..plain },
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// Every command's decision, numbers and bytes are the model's; so are the headroom and the validation at
    /// the end, where nothing written by the verbs is a breach (R6), and every retry is already recorded (R11).
    #[test]
    fn every_command_is_answered_as_the_model_answers(throws in throws(30)) {
        let mut session = Session::begin(&throws);
        for dice in &throws.commands {
            session.any(dice)?;
        }
        session.validate()?;
    }

    /// The same with policies that refuse by ceilings only, so that longer histories come about.
    #[test]
    fn ceilings_hold_through_long_histories(throws in throws(40)) {
        let mut session = Session::begin_plain(&throws);
        for dice in &throws.commands {
            session.any(dice)?;
        }
        session.validate()?;
    }
}

proptest! {
    #![proptest_config(cases(120))]

    /// Ledgers that were written without asking: the same breaches and violations are found (D6, D20).
    #[test]
    fn breaches_of_any_ledger_are_found(throws in throws(26)) {
        let session = Session::unasked(&throws);
        session.validate()?;
        session.headroom(dates::START + 40)?;
    }

    /// A file cut anywhere is a shorter ledger with perhaps a torn tail that is ignored, and no fault more.
    #[test]
    fn a_cut_file_is_a_prefix(throws in throws(8), cut in any::<prop::sample::Index>()) {
        Session::unasked(&throws).cut(cut)?;
    }

    /// One changed byte is noticed: the chain, the form of the line or its content no longer holds (section 4).
    #[test]
    fn a_changed_byte_is_noticed(throws in throws(8), at in any::<prop::sample::Index>(), flip in 1_u8..32) {
        Session::unasked(&throws).flip(at, flip)?;
    }
}

proptest! {
    #![proptest_config(cases(25))]

    /// hledger adds up what is exported of a kept ledger, on any day, and comes to what the program says.
    #[test]
    fn hledger_adds_up_what_was_judged(throws in throws(40), day in 0_i64..80) {
        let mut session = Session::begin_plain(&throws);
        for dice in &throws.commands {
            session.any(dice)?;
        }
        exports::added_up(&session, dates::START + day)?;
    }

    /// Likewise of any ledger, with breaches and violations of every kind in it.
    #[test]
    fn hledger_adds_up_what_nobody_judged(throws in throws(40), day in 0_i64..80) {
        exports::added_up(&Session::unasked(&throws), dates::START + day)?;
    }
}
