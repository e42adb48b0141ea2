//! Command lines that can't be understood: help, what is wrong, and what was probably meant.

use super::args::Format;
use super::shown::shown;
use super::{Printed, Terminal, failed};
use crate::commands::Exit;
use crate::commands::error::Misuse;
use crate::report::clean::clean;
use crate::report::failure::Failure;
use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::io::Write;

/// Words that are no verbs, and the tip for each.
const MEANT: &[(&[&str], &str)] = &[
    (&["version"], "`exquota --version` prints the version"),
    (
        &["list", "ls", "print", "table"],
        "`exquota log` lists entries, `exquota licences` licences, `exquota headroom` what is left",
    ),
    (&["history", "entries", "journal"], "`exquota log` lists the entries"),
    (
        &["balance", "left", "remaining", "quota", "usage", "used", "ceilings", "limits"],
        "`exquota headroom` shows what is left under each ceiling, `exquota show LICENCE` what is left on a licence",
    ),
    (
        &["add", "new", "create", "record"],
        "`exquota init` creates a ledger, `exquota register` adds a customer, `exquota approve` a licence, `exquota ship` \
         a shipment",
    ),
    (
        &["allocate", "allocation", "order", "request", "reserve", "propose", "sell"],
        "`exquota check` judges an order, `exquota approve` records its licence",
    ),
    (
        &["delete", "remove", "rm", "undo", "revert", "cancel"],
        "`exquota void ENTRY... --reason REASON` cancels entries; the ledger keeps them",
    ),
    (
        &["edit", "update", "change", "modify", "raise", "extend"],
        "`exquota amend` records a change of a licence, `exquota register` of a customer",
    ),
    (
        &["revoke", "surrender", "end"],
        "`exquota close LICENCE --reason REASON` ends a licence: revoked, surrendered or exhausted",
    ),
    (
        &["verify", "audit", "test", "lint"],
        "`exquota validate` checks ledgers, `exquota policy check` policies, `exquota verify-proof` proofs",
    ),
    (
        &["simulate", "what-if", "scenario", "compare"],
        "`exquota whatif` judges the ledger under another policy, `exquota policy diff` compares two policies",
    ),
    (
        &["customer", "buyer", "company"],
        "`exquota register` adds or changes a customer, `exquota show CUSTOMER` shows one",
    ),
    (
        &["licence", "license"],
        "`exquota approve` records a licence, `exquota licences` lists all, `exquota show LICENCE` shows one",
    ),
    (&["shipment", "send", "deliver"], "`exquota ship` records a shipment"),
    (
        &["exception", "waiver", "override", "force"],
        "`exquota grant` records a limit that an authority set; --despite records what the rules refuse",
    ),
    (
        &["find", "search", "get", "info", "view"],
        "`exquota show` finds an entry, licence, customer or reference, `exquota trace` a serial number",
    ),
    (&["serial", "serials"], "`exquota trace` shows who had a chip"),
    (
        &["config", "configure", "settings", "setup"],
        "there is no configuration file: options, EXQUOTA_LEDGER and EXQUOTA_BY decide; `exquota init` creates a ledger",
    ),
    (&["repair", "fix", "restore"], "`exquota recover` repairs the ledger after a failed write"),
    (&["codes", "errors"], "`exquota explain` lists all codes"),
];

/// Prints what clap says. Help and version are answers; everything else is misuse.
pub(super) fn unparsed(
    error: clap::Error,
    args: &[OsString],
    terminal: &Terminal,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Printed {
    let mut command = shown(terminal.width);
    // The whole command line knows more than the one that parses. It does not know the rules that clap can't express.
    let error = command.try_get_matches_from_mut(args).err().unwrap_or(error);
    let error = cleaned(advised(error, args, &command));
    let told = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return (stdout.write_all(told.as_bytes()), Exit::Fine as u8);
    }
    if wants_json(args) {
        let Misuse { message, next } = misuse(&error);
        let failure = Failure { exit: Exit::Usage as u8, message, file: None, next };
        return failed(&failure, Format::Json, &terminal.messages(false), stdout, stderr);
    }
    let lines: Vec<_> = told.lines().map(clean).collect();
    let told = terminal.messages(false).prose(&(lines.join("\n") + "\n"));
    (stderr.write_all(told.as_bytes()), Exit::Usage as u8)
}

/// What clap says, in one line, and its tips.
pub(super) fn misuse(error: &clap::Error) -> Misuse {
    /// What stands before a tip.
    const TIP: &str = "tip: ";
    let told = error.render().to_string();
    let mut parts = told.split("\n\n");
    let joined = |part: &str| part.lines().map(|line| clean(line.trim()).into_owned()).collect::<Vec<_>>().join(" ");
    let message = parts.next().map(joined).unwrap_or_default();
    let tips: Vec<_> = parts.filter(|part| part.trim_start().starts_with(TIP)).map(joined).collect();
    let next = if tips.is_empty() {
        "`exquota --help` and `exquota VERB --help` say what can be given".to_owned()
    } else {
        tips.join("; ").replace(TIP, "")
    };
    Misuse::new(message.trim_start_matches("error: "), next)
}

/// Gives better tips than those that clap finds by spelling.
fn advised(mut error: clap::Error, args: &[OsString], command: &Command) -> clap::Error {
    let (kind, replaced) = match error.kind() {
        ErrorKind::InvalidSubcommand => (ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand),
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, ContextKind::Suggested),
        _ => return error,
    };
    let Some(ContextValue::String(typed)) = error.get(kind) else { return error };
    let tip = if kind == ContextKind::InvalidArg { value_with_a_dash(typed, args, command) } else { meant(typed) };
    if let Some(tip) = tip {
        error.remove(replaced);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    }
    error
}

fn meant(typed: &str) -> Option<String> {
    let typed = typed.to_lowercase();
    MEANT.iter().find(|(words, _)| words.contains(&typed.as_str())).map(|(_, tip)| (*tip).to_owned())
}

/// The tip for `--reason -x`. clap's own, `-- -x`, is right only for a value without an option.
fn value_with_a_dash(typed: &str, args: &[OsString], command: &Command) -> Option<String> {
    let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let verb = args.iter().fold(command, |command, arg| command.find_subcommand(&**arg).unwrap_or(command));
    let takes_a_value = |option: &str| {
        let named = |name| verb.get_arguments().find(|arg| arg.get_long() == Some(name));
        option.strip_prefix("--").and_then(named).is_some_and(|arg| arg.get_action().takes_values())
    };
    let pair = args.windows(2).find(|pair| pair[1].starts_with(typed) && takes_a_value(&pair[0]))?;
    let (option, value) = (&pair[0], &pair[1]);
    let together = format!("{option}={value}");
    let quoted = shlex::try_quote(&together).ok()?;
    Some(format!("to give `{value}` as the value of {option}, write {quoted}"))
}

/// Makes the typed text in an error safe to show, before clap adds its own lines and styles. A line break in it would
/// start a line that looks like the program's, and an escape sequence would be removed along with clap's.
fn cleaned(mut error: clap::Error) -> clap::Error {
    let clean_styled = |text: StyledStr| StyledStr::from(clean(&text.to_string()).into_owned());
    // The usage has several lines, and nothing in it was typed.
    let held: Vec<ContextKind> =
        error.context().map(|(kind, _)| kind).filter(|kind| *kind != ContextKind::Usage).collect();
    for kind in held {
        let Some(value) = error.remove(kind) else { continue };
        let value = match value {
            ContextValue::String(text) => ContextValue::String(clean(&text).into_owned()),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| clean(text).into_owned()).collect())
            }
            ContextValue::StyledStr(text) => ContextValue::StyledStr(clean_styled(text)),
            ContextValue::StyledStrs(texts) => ContextValue::StyledStrs(texts.into_iter().map(clean_styled).collect()),
            other => other,
        };
        error.insert(kind, value);
    }
    error
}

/// Whether a command line that can't be understood asks for JSON.
fn wants_json(args: &[OsString]) -> bool {
    let follows = args.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    follows || args.iter().any(|arg| arg == "--format=json" || arg == "--json")
}

#[cfg(test)]
mod tests;
