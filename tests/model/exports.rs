//! hledger as a third opinion: it adds up the journal of a ledger and checks the numbers that the program's fold gave.

use crate::dates::{self, Day};
use crate::hledger::hledger;
use crate::program;
use crate::session::Session;
use crate::tools::has;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// Checks that hledger accepts the ledger's journal as of a day.
pub(crate) fn added_up(session: &Session, day: Day) -> Result<(), TestCaseError> {
    if !has("hledger") {
        return Ok(());
    }
    let args = ["exquota", "export", "--to", "hledger", "--as-of", &dates::text(day), "--ledger"];
    let mut args: Vec<String> = args.map(str::to_owned).to_vec();
    args.push(session.folder.ledger().display().to_string());
    let ran = program::run(&args);
    prop_assert_eq!(ran.exit, 0, "{}", &ran.stderr);
    prop_assert!(ran.stdout.contains("in the end"));
    if let Err(objection) = hledger(&ran.stdout, &["check"]) {
        prop_assert!(false, "{objection}\n{}\n{}", ran.stdout, session.folder.ledger_text());
    }
    Ok(())
}
