//! Completes words for a shell, including names that only the ledger in use knows.
//!
//! A shell's script (`completions SHELL`) calls the program with the words typed so far and a variable that names the
//! shell. Completion writes nothing, locks nothing, never complains, and gives up after a second.

use super::args::Cli;
use super::environment;
use super::shown::offered;
use crate::commands::verbs::completions::{Known, known};
use crate::commands::verbs::init;
use crate::domain::policy::{Chip, Policy};
use crate::domain::text::Country;
use crate::domain::words::{Word, words};
use crate::report::clean::{clean, is_unsafe};
use crate::report::explain;
use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory, ValueEnum};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter, complete};
use clap_complete::env::{Bash, EnvCompleter, Fish, Zsh};
use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

/// The variable that a shell's script sets to the shell's name.
const ASKED: &str = "EXQUOTA_COMPLETE";
/// The longest time for an answer, however slow the disk of the ledger is.
const PATIENCE: Duration = Duration::from_secs(1);

/// The part of zsh's script that ends a word with a space.
const CLOSED: &str = "[[ -n $other ]] && _describe -V 'values' other";
/// Its replacement adds no space where the value is still to be typed, as in `H200=`.
const OPEN: &str = "local -a open=(${(M)other:#*=(|:*)}) closed=(${other:#*=(|:*)})
        if [[ -n $closed ]]; then _describe -V 'values' closed; fi
        if [[ -n $open ]]; then _describe -V 'values' open -S ''; fi";

words! {
    /// Shells that the program completes for.
    #[derive(ValueEnum)]
    pub(super) enum Shell {
        Bash = "bash",
        Zsh = "zsh",
        Fish = "fish",
    }
}

impl Shell {
    /// The script that the shell reads once and then uses to ask.
    pub(super) fn script(self) -> anyhow::Result<String> {
        let mut script = Vec::new();
        let shell: &dyn EnvCompleter = match self {
            Shell::Bash => &Bash,
            Shell::Zsh => &Zsh,
            Shell::Fish => &Fish,
        };
        shell.write_registration(ASKED, "exquota", "exquota", "exquota", &mut script)?;
        let mut script = String::from_utf8(script)?;
        if self == Shell::Zsh {
            script = script.replace(CLOSED, OPEN);
            // From a folder of $fpath, the file itself is called the first time.
            script +=
                "if [[ \"${funcstack[1]}\" == _exquota ]]; then\n    _clap_dynamic_completer_exquota \"$@\"\nfi\n";
        }
        Ok(script)
    }

    /// The candidates as the shell's script reads them.
    fn written(self, candidates: &[CompletionCandidate]) -> String {
        let lines = candidates.iter().map(|candidate| {
            let value = candidate.get_value().to_string_lossy();
            let help = candidate.get_help().map(|help| one_line(&help.to_string())).filter(|help| !help.is_empty());
            match (self, help) {
                (Shell::Bash, _) => value.into_owned(),
                (Shell::Fish, None) => format!("{value}\n"),
                (Shell::Fish, Some(help)) => format!("{value}\t{help}\n"),
                (Shell::Zsh, None) => escaped_for_zsh(&value),
                (Shell::Zsh, Some(help)) => format!("{}:{}", escaped_for_zsh(&value), help.replace('\\', "\\\\")),
            }
        });
        let between = match self {
            Shell::Bash => environment::text("_CLAP_IFS").unwrap_or_else(|| "\n".to_owned()),
            Shell::Zsh => "\n".to_owned(),
            Shell::Fish => String::new(),
        };
        lines.collect::<Vec<_>>().join(&between)
    }
}

fn escaped_for_zsh(value: &str) -> String {
    value.replace('\\', "\\\\").replace(':', "\\:")
}

fn one_line(help: &str) -> String {
    clean(help.lines().next().unwrap_or_default()).into_owned()
}

/// The text to print if a shell asks, which may be empty; none if no shell asks.
pub(super) fn asked(args: &[OsString]) -> Option<String> {
    let shell = environment::variable(ASKED)?;
    let words: Vec<OsString> = args.iter().skip_while(|arg| *arg != "--").skip(1).cloned().collect();
    let (answer, wanted) = mpsc::channel();
    // The thread ends with the program, answered or not.
    thread::spawn(move || answer.send(shell.to_str().and_then(Shell::named).and_then(|shell| suggested(shell, words))));
    Some(wanted.recv_timeout(PATIENCE).ok().flatten().unwrap_or_default())
}

fn suggested(shell: Shell, words: Vec<OsString>) -> Option<String> {
    let at = match shell {
        Shell::Fish => words.len().checked_sub(1)?,
        Shell::Bash | Shell::Zsh => environment::text("_CLAP_COMPLETE_INDEX")?.parse().ok()?,
    };
    let mut line = Line { words, at, before: String::new() };
    // Zsh leaves out a word that is still empty.
    if line.at == line.words.len() {
        line.words.push(OsString::new());
    }
    if shell == Shell::Bash {
        line.put_together();
    }
    let typed = line.words.get(line.at)?.to_string_lossy().into_owned();
    let folder = env::current_dir().ok();
    let mut command = command(ledger(&line.words));
    let mut candidates = complete(&mut command, line.words, line.at, folder.as_deref()).ok()?;
    // Options are offered only where one was begun, or where there is nothing else.
    if typed.is_empty() && candidates.iter().any(|candidate| !is_option(candidate)) {
        candidates.retain(|candidate| !is_option(candidate));
    }
    // The shell keeps the part of the word before `=`.
    let cut = |candidate: CompletionCandidate| {
        let value = candidate.get_value().to_string_lossy().strip_prefix(&line.before)?.to_owned();
        Some(CompletionCandidate::new(value).help(candidate.get_help().cloned()))
    };
    let mut candidates: Vec<_> = candidates.into_iter().filter_map(cut).collect();
    if shell == Shell::Bash {
        // The other shells quote what they put on the command line. Bash does not, so file names need the check too.
        candidates.retain(|candidate| candidate.get_value().to_str().is_some_and(|value| value.chars().all(is_plain)));
    }
    Some(shell.written(&candidates))
}

fn is_option(candidate: &CompletionCandidate) -> bool {
    candidate.get_value().as_encoded_bytes().first() == Some(&b'-')
}

/// The words typed so far.
struct Line {
    words: Vec<OsString>,
    /// The index of the word to complete.
    at: usize,
    /// The beginning of that word that the shell does not count as part of it.
    before: String,
}

impl Line {
    /// Joins the words that Bash splits at `=`, as in `--licence=D1`.
    fn put_together(&mut self) {
        let mut at = 1;
        while at < self.words.len() {
            if self.words.get(at).is_none_or(|word| word != "=") {
                at += 1;
                continue;
            }
            self.words.remove(at);
            let value = if at < self.words.len() { self.words.remove(at) } else { OsString::new() };
            let Some(name) = self.words.get_mut(at - 1) else { break };
            name.push("=");
            if self.at == at || self.at == at + 1 {
                self.before = name.to_string_lossy().into_owned();
                self.at = at - 1;
            } else if self.at > at {
                self.at -= 2;
            }
            name.push(value);
        }
    }
}

/// The ledger in use: as typed, else from `EXQUOTA_LEDGER`, else the default.
fn ledger(words: &[OsString]) -> PathBuf {
    let typed = words.iter().enumerate().find_map(|(at, word)| {
        let word = word.to_str()?;
        match word.strip_prefix("--ledger=") {
            Some(path) => Some(path),
            None if word == "--ledger" => words.get(at + 1)?.to_str(),
            None => None,
        }
    });
    match typed.map(|path| path.trim_matches(['"', '\''])) {
        Some(path) => environment::at_home(path),
        None => environment::variable("EXQUOTA_LEDGER").map_or_else(|| PathBuf::from("ledger.jsonl"), PathBuf::from),
    }
}

/// Finds the names that complete an argument, each with a short description.
type Names = fn(&Known) -> BTreeMap<String, String>;

fn names(verb: &str, argument: &str) -> Option<Names> {
    Some(match (verb, argument) {
        // The number of a new licence is not in the ledger yet.
        ("approve", "licence") => return None,
        (_, "customer" | "customers" | "parent") | ("register", "id") => |known| known.customers.clone(),
        (_, "licence" | "replaces") => |known| known.licences.clone(),
        ("return", "shipment") => |known| known.shipments.clone(),
        ("show" | "prove", "subject") => |known| {
            let Known { customers, licences, shipments, .. } = known;
            customers.clone().into_iter().chain(licences.clone()).chain(shipments.clone()).collect()
        },
        ("void", "entries") => |known| known.licences.clone().into_iter().chain(known.shipments.clone()).collect(),
        // The analyst types the quantity.
        (_, "items" | "item" | "serials") => |known| {
            let vendor = |chip: &Chip| chip.vendor.as_ref().map(ToString::to_string).unwrap_or_default();
            policy(known)
                .flat_map(|policy| &policy.chips)
                .map(|chip| (format!("{}=", chip.name), vendor(chip)))
                .collect()
        },
        ("grant", "ceiling") => |known| plain(policy(known).flat_map(|policy| &policy.ceilings).map(|held| &held.name)),
        ("grant", "group") => |known| {
            let others = plain(known.countries.iter().map(String::as_str).chain(["total"]));
            known.customers.clone().into_iter().chain(others).collect()
        },
        (_, "destination" | "country") => |known| {
            let allowed = policy(known).flat_map(|policy| policy.destinations.iter().flatten()).map(Country::as_str);
            plain(allowed.chain(known.countries.iter().map(String::as_str)))
        },
        (_, "licensee") => |known| plain(&known.licensees),
        (_, "attest") => |known| {
            let attested =
                policy(known).flat_map(|held| held.approval_attestations.iter().chain(&held.shipment_attestations));
            plain(attested.chain(policy(known).flat_map(|held| &held.notices).map(|notice| &notice.name)))
        },
        ("register", "flags" | "drop_flags") => {
            |known| plain(policy(known).flat_map(|policy| &policy.flags).map(|(flag, _)| flag))
        }
        ("explain", "code") => |_| {
            let policy = ("policy".to_owned(), "every key of a policy".to_owned());
            explain::all().map(|page| (page.code.to_owned(), page.title.to_owned())).chain([policy]).collect()
        },
        _ => return None,
    })
}

fn policy(known: &Known) -> impl Iterator<Item = &Policy> {
    known.policy.as_deref().into_iter()
}

/// Names without a description.
fn plain(names: impl IntoIterator<Item = impl ToString>) -> BTreeMap<String, String> {
    names.into_iter().map(|name| (name.to_string(), String::new())).collect()
}

/// The command line with a completer for each argument. They read the ledger once, and only if they need it.
fn command(ledger: PathBuf) -> Command {
    let read = Arc::new(OnceLock::new());
    let completer = move |names: Names| {
        let (read, ledger) = (Arc::clone(&read), ledger.clone());
        ArgValueCompleter::new(move |typed: &OsStr| {
            let known = read.get_or_init(|| known(&ledger));
            typed.to_str().map(|typed| matching(typed, names(known))).unwrap_or_default()
        })
    };
    offered(Cli::command()).mut_subcommands(|verb| {
        let name = verb.get_name().to_owned();
        let completer = completer.clone();
        verb.mut_args(move |argument: Arg| match names(&name, argument.get_id().as_str()) {
            Some(names) => argument.add(completer(names)),
            None => with_policies(argument),
        })
        .mut_subcommands(|verb| verb.mut_args(with_policies))
    })
}

/// The argument with a completer, if it takes a policy: files, and the policies that the program carries.
fn with_policies(argument: Arg) -> Arg {
    if !matches!(argument.get_id().as_str(), "policy" | "policies" | "a" | "b") {
        return argument;
    }
    argument.add(ArgValueCompleter::new(|typed: &OsStr| {
        let carried = init::carried().into_iter().map(|policy| (policy.name.to_owned(), policy.about())).collect();
        let mut found = typed.to_str().map(|typed| matching(typed, carried)).unwrap_or_default();
        found.extend(PathCompleter::file().complete(typed));
        found
    }))
}

/// Names that begin as typed, in any case. A shell puts them on the command line as they are, so a name that is not one
/// plain word is left out.
fn matching(typed: &str, names: BTreeMap<String, String>) -> Vec<CompletionCandidate> {
    let typed = typed.to_lowercase();
    let fits = |name: &String| is_plain_word(name) && name.to_lowercase().starts_with(&typed);
    names
        .into_iter()
        .filter(|(name, _)| fits(name))
        .map(|(name, told)| CompletionCandidate::new(name).help((!told.is_empty()).then(|| StyledStr::from(told))))
        .collect()
}

fn is_plain_word(name: &str) -> bool {
    !name.starts_with(['-', '=']) && name.chars().all(is_plain)
}

/// Whether the letter has no special meaning in any shell.
fn is_plain(letter: char) -> bool {
    matches!(letter, '-' | '_' | '.' | '/' | '+' | ':' | '=' | ',' | '@')
        || (letter.is_alphanumeric() && !is_unsafe(letter))
}
