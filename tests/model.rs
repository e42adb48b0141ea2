//! The model test: a second, naive implementation of the design runs side by side with the program.
//!
//! The model keeps the list of recorded lines. For every question it folds the whole list again, in the order of
//! (date, seq), with the proposal and without, exactly as R6 says. It shares no code with the program: its own
//! policies, amounts, rules and line bytes stand in `tests/model/`. The test gives random commands to both and
//! compares the answers step by step. The model also writes random ledgers that no rule checked, for `validate`.
//!
//! `PROPTEST_CASES=1000 cargo test --test model` runs more cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test panics, its helpers too")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[path = "model/arguments.rs"]
mod arguments;
#[path = "model/checks.rs"]
mod checks;
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
#[path = "model/records.rs"]
mod records;
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

/// Dice for one session: one list for the policies, and one list for each command.
fn throws(commands: usize) -> impl Strategy<Value = Throws> {
    let policies = prop::collection::vec(any::<u16>(), 240);
    let commands = prop::collection::vec(prop::collection::vec(any::<u16>(), 48), commands / 4..commands);
    (policies, commands).prop_map(|(policies, commands)| Throws { policies, commands })
}

/// Every run tests the same few histories, in under a minute. With `PROPTEST_CASES=N` it tests N new ones.
fn cases(few: u32) -> ProptestConfig {
    let plain = ProptestConfig { max_shrink_iters: 250, failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()) {
        Some(cases) => ProptestConfig { cases, ..plain },
        None => ProptestConfig { cases: few, rng_seed: RngSeed::Fixed(20_260_303), ..plain },
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// Program and model give the same decision, numbers and bytes for every command, and the same headroom and
    /// validation at the end. No line that the verbs wrote is a breach (R6), and every retry is already recorded
    /// (R11).
    #[test]
    fn program_and_model_answer_every_command_alike(throws in throws(30)) {
        let mut session = Session::begin(&throws);
        for dice in &throws.commands {
            session.any(dice)?;
        }
        session.validate()?;
    }

    /// These policies refuse by ceilings only, so that histories get longer.
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

    /// Program and model find the same breaches and violations in ledgers that no rule checked (D6, D20).
    #[test]
    fn breaches_of_any_ledger_are_found(throws in throws(26)) {
        let session = Session::unasked(&throws);
        session.validate()?;
        session.headroom(dates::START + 40)?;
    }

    /// A file cut anywhere is a shorter ledger, perhaps with a torn tail, which is ignored. It has no other fault.
    #[test]
    fn a_cut_file_is_a_shorter_ledger(throws in throws(8), cut in any::<prop::sample::Index>()) {
        Session::unasked(&throws).cut(cut)?;
    }

    /// A changed byte breaks the chain, the form of the line or its content (section 4).
    #[test]
    fn a_changed_byte_is_noticed(throws in throws(8), at in any::<prop::sample::Index>(), flip in 1_u8..32) {
        Session::unasked(&throws).flip(at, flip)?;
    }
}

proptest! {
    #![proptest_config(cases(25))]

    /// hledger adds up the export of a ledger that the verbs wrote, on any day, and gets the program's numbers.
    #[test]
    fn hledger_gets_the_programs_numbers(throws in throws(40), day in 0_i64..80) {
        let mut session = Session::begin_plain(&throws);
        for dice in &throws.commands {
            session.any(dice)?;
        }
        exports::added_up(&session, dates::START + day)?;
    }

    /// hledger gets the program's numbers for ledgers with breaches and violations of every kind too.
    #[test]
    fn hledger_gets_the_programs_numbers_despite_breaches(throws in throws(40), day in 0_i64..80) {
        exports::added_up(&Session::unasked(&throws), dates::START + day)?;
    }
}
