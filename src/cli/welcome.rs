//! What to do next, for somebody who gives no verb.

use super::args::{Format, Globals};
use super::failure::failure;
use super::{Printed, failed, meter::Meter, session};
use crate::commands::Exit;
use crate::report::clean::clean;
use crate::report::failure::Failure;
use crate::report::medium::Medium;
use std::io::Write;
use std::sync::Arc;

/// Prints five lines, depending on whether there is a ledger here. Nothing was judged, so it is misuse all the same.
pub(super) fn welcome(globals: &Globals, errors: &Medium, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Printed {
    let (name, is_there) = match session(globals, Arc::new(Meter::new(true))) {
        Ok(session) => (session.ledger.name(), session.ledger.open().is_ok()),
        Err(error) => return failed(&failure(error.into()), globals.format, errors, stdout, stderr),
    };
    let (message, steps) = if is_there {
        let steps = [
            ("exquota status", "verdict, ceilings to watch, what ends soon"),
            ("exquota headroom", "what is left under every ceiling"),
            ("exquota check CUSTOMER CHIP=QTY", "whether an order would pass; writes nothing"),
        ];
        (format!("no verb is given; the ledger here is `{name}`"), steps)
    } else {
        let steps = [
            ("exquota init", "asks for what it needs; creates the ledger"),
            ("exquota policy list", "lists the policies that the program carries"),
            ("exquota --ledger PATH VERB", "uses a ledger that lies elsewhere"),
        ];
        (format!("no verb is given, and there is no ledger `{name}` here"), steps)
    };
    let help = ("exquota --help", "all verbs, and where to begin");
    if globals.format == Format::Json {
        let next: Vec<_> = steps.into_iter().chain([help]).map(|(line, does)| format!("`{line}`: {does}")).collect();
        let failure = Failure { exit: Exit::Usage as u8, message, file: None, next: next.join("; ") };
        return failed(&failure, Format::Json, errors, stdout, stderr);
    }
    let lines = steps.into_iter().chain([help]).map(|(line, does)| format!("  {line:<31}  {does}\n"));
    let message = errors.prose(&format!("{}; what to do next:\n", clean(&message)));
    let told = message + &lines.collect::<String>();
    (stderr.write_all(told.as_bytes()), Exit::Usage as u8)
}
