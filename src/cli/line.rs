//! Understands the command lines in the tests of a policy.

use super::args::{Cli, Verb};
use super::dispatch;
use super::usage;
use super::values::day::{self, Today};
use crate::commands::error::Misuse;
use crate::commands::verbs::policy_test::Line;
use chrono::NaiveDate;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

/// A command line without the program's name. It must not depend on the day, the machine or any file.
pub(super) fn line(text: &str) -> Result<Line, Misuse> {
    let words = shlex::split(text)
        .ok_or_else(|| Misuse::new("a quote in the command line has no end", "close it, or escape it with `\\`"))?;
    let mut command = Cli::command();
    let args = std::iter::once("exquota".to_owned()).chain(words);
    let matches = day::on(Today::Unknown, || command.try_get_matches_from_mut(args)).map_err(understood)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| understood(error.format(&mut command)))?;
    let verb = cli.verb.ok_or_else(|| Misuse::new("the command line is empty", "give a verb with its arguments"))?;
    let (name, given) = matches.subcommand().unwrap_or(("", &matches));
    if !answers_in_memory(&verb) {
        let message = format!("`{name}` has no place in a test: it reads or writes files, or does not judge");
        let next = "use `check`, `headroom`, or a verb that records one fact, such as `register`, `approve` and `ship`";
        return Err(Misuse::new(message, next));
    }
    let globals = command.get_arguments().filter(|arg| arg.is_global_set());
    if let Some(global) = globals.map(|arg| arg.get_id().as_str()).find(|id| is_given(given, id)) {
        let message = format!("`--{}` has no place in a test", global.replace('_', "-"));
        return Err(Misuse::new(message, "leave it out: a test has a ledger and a clock of its own"));
    }
    if is_given(given, "ask") {
        return Err(Misuse::new("`--ask` has no place in a test", "give every value"));
    }
    let files = |id: &str| given.try_get_raw(id).ok().flatten().into_iter().flatten();
    if files("serials").chain(files("attest")).any(|value| value.as_encoded_bytes().contains(&b'=')) {
        let next = "attest with `--attest NAME` alone, and give no --serials";
        return Err(Misuse::new("a test reads no other file", next));
    }
    let day = |id| given.try_get_one::<NaiveDate>(id).ok().flatten().copied();
    let date = day("date").or(day("as_of")).ok_or_else(|| {
        let option = if matches!(verb, Verb::Headroom { .. }) { "--as-of" } else { "--date" };
        let message = "the command line names no day, so its answer would change with the calendar";
        Misuse::new(message, format!("add `{option} YYYY-MM-DD`"))
    })?;
    Ok(Line { date, run: Box::new(move |session| dispatch::dispatch(session, verb, None, false)) })
}

fn is_given(matches: &ArgMatches, id: &str) -> bool {
    let has = matches.try_contains_id(id).unwrap_or_default();
    has && matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// Whether the verb only asks or records in the ledger.
fn answers_in_memory(verb: &Verb) -> bool {
    matches!(
        verb,
        Verb::Check { .. }
            | Verb::Approve { .. }
            | Verb::Ship { .. }
            | Verb::Amend { .. }
            | Verb::Suspend { .. }
            | Verb::Reinstate { .. }
            | Verb::Close { .. }
            | Verb::Return { .. }
            | Verb::Grant { .. }
            | Verb::Volume { .. }
            | Verb::Elsewhere { .. }
            | Verb::Void { .. }
            | Verb::Register { .. }
            | Verb::Headroom { .. }
    )
}

fn understood(error: clap::Error) -> Misuse {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Misuse::new("a test asks no help", "give a verb with its arguments");
    }
    usage::misuse(&error)
}
