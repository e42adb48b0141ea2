//! The command line: clap, printing, exit codes, and nothing else.

mod again;
mod args;
mod ask;
mod completion;
mod dispatch;
mod environment;
mod failure;
mod guide;
mod line;
mod manual;
mod meter;
mod shown;
mod terminal;
mod usage;
mod values;
mod welcome;

use crate::commands::error::{MachineFailed, Misuse};
use crate::commands::progress::Progress;
use crate::commands::session::Session;
use crate::commands::{Answer, Exit};
use crate::domain::event::Seq;
use crate::report::ci::{self, Workspace};
use crate::report::clean::clean;
use crate::report::failure::Failure;
use crate::report::medium::Medium;
use crate::report::table::BOM;
use crate::report::{Document, Json};
use crate::store::file::is_stream;
use crate::store::ledger::{self, Access, LedgerError};
use crate::store::put::{put_new, refuse_existing};
use crate::store::system::{Disk, System};
use args::{Cli, Format, Globals, Verb};
use chrono::Local;
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches, ValueEnum, ValueHint};
use meter::Meter;
use std::ffi::OsString;
use std::io::{self, ErrorKind as IoKind, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
pub use terminal::Terminal;
use values::day::{self, Today};

/// Runs one command without a terminal: data goes to `stdout`, messages to `stderr`. Returns the exit code.
pub fn run<I, T>(args: I, stdout: &mut dyn Write, stderr: &mut dyn Write) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    run_at(&Terminal::default(), args, stdout, stderr)
}

/// Runs one command as [`run`] does, at a terminal that can show colours and ask questions.
pub fn run_at<I, T>(terminal: &Terminal, args: I, stdout: &mut dyn Write, stderr: &mut dyn Write) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    if let Some(suggestions) = completion::asked(&args) {
        // A shell that is gone needs no suggestions.
        let _ = stdout.write_all(suggestions.as_bytes()).and_then(|()| stdout.flush());
        return Exit::Fine as u8;
    }
    let parsed = parse(&args).or_else(|error| asking(terminal, &args).ok_or(error));
    let (printed, exit) = match parsed {
        Ok(Cli { globals, verb: Some(verb) }) => answer(terminal, globals, verb, stdout, stderr),
        Ok(Cli { globals, verb: None }) => welcome::welcome(&globals, &terminal.messages(false), stdout, stderr),
        Err(error) => usage::unparsed(error, &args, terminal, stdout, stderr),
    };
    match printed.and_then(|()| stdout.flush()) {
        Ok(()) => exit,
        // The reader closed the pipe: no error (D26).
        Err(error) if error.kind() == IoKind::BrokenPipe => exit,
        Err(error) => {
            // If standard error is gone too, the exit code still shows the failure.
            let told = format!("error: the answer can't be printed: {error}\nhelp: free some space, then {AGAIN}\n");
            let _ = stderr.write_all(terminal.messages(false).prose(&told).as_bytes());
            Exit::Failed as u8
        }
    }
}

/// Parses a command line. `today` in it is the day of --clock, if it is given.
fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let cli = day::on(Today::Local, || parse_once(args))?;
    match cli.globals.clock {
        Some(clock) => day::on(Today::Is(clock.date_naive()), || parse_once(args)),
        None => Ok(cli),
    }
}

/// Standard input can be read only once, so one file of a command may be `-`.
fn parse_once(args: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(args)?;
    if streams(&command, &matches) > 1 {
        let told =
            "`-` is given for several files, and standard input can be read only once; a file named `-` is `./-`";
        return Err(command.error(ErrorKind::ArgumentConflict, told));
    }
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    cli.globals.reads_input = streams(&command, &matches) > 0;
    if cli.globals.json {
        cli.globals.format = Format::Json;
    }
    let name = guide::given(&matches);
    match guide::find(&name) {
        Some(verb) if !verb.formats.contains(&cli.globals.format) => {
            let offered = verb.formats.iter().filter_map(ValueEnum::to_possible_value);
            let offered: Vec<_> = offered.map(|format| format.get_name().to_owned()).collect();
            let told = format!("`{name}` prints {}, and no other format", offered.join(", "));
            Err(command.error(ErrorKind::InvalidValue, told))
        }
        _ => Ok(cli),
    }
}

/// How many files to read are `-`: values of options and arguments that are paths, and `NAME=-`.
fn streams(command: &Command, matches: &ArgMatches) -> usize {
    let is_read = |arg: &&Arg| arg.get_value_hint() == ValueHint::AnyPath && arg.get_id() != "out";
    let given = |arg: &Arg| matches.try_get_raw(arg.get_id().as_str()).ok().flatten();
    let count = |arg: &Arg| given(arg).map_or(0, |values| values.filter(|value| *value == "-").count());
    let named = ["attest", "serials"].into_iter().filter_map(|id| matches.try_get_raw(id).ok().flatten()).flatten();
    let named = named.filter(|value| value.as_encoded_bytes().ends_with(b"=-")).count();
    let below = matches.subcommand().and_then(|(name, below)| Some(streams(command.find_subcommand(name)?, below)));
    // A global option has its values at every level.
    let own = command.get_arguments().filter(|arg| !arg.is_global_set() || matches.subcommand().is_none());
    own.filter(is_read).map(count).sum::<usize>() + named + below.unwrap_or_default()
}

/// The verb with `--ask`, if the verb was given no arguments at a terminal and can ask.
fn asking(terminal: &Terminal, args: &[OsString]) -> Option<Cli> {
    // After `--`, `--ask` would be a value.
    let may_ask = terminal.asks && args.iter().all(|arg| arg != "--");
    let asked: Vec<_> = args.iter().cloned().chain([OsString::from("--ask")]).collect();
    may_ask.then(|| parse(&asked).ok())?
}

/// What is safe after the answer is lost. Each recorded check is an entry of its own (D49).
const AGAIN: &str = "repeat the command; a retry never records twice, except a check with --record";

type Printed = (io::Result<()>, u8);

/// Answers on `stdout`, or puts what would be printed there into the file of `-o`.
fn answer(
    terminal: &Terminal,
    globals: Globals,
    verb: Verb,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Printed {
    let (format, errors) = (globals.format, terminal.messages(terminal.medium(&globals).colour));
    let out = globals.out.clone().filter(|path| !is_stream(path));
    let Some(path) = out.clone().filter(|_| !dispatch::fills_a_file(&verb)) else {
        return print(terminal, &globals, verb, out, stdout, stderr);
    };
    let system = Disk::new(None);
    // Look before the verb runs, so that no verb records first and fails then.
    if let Err(error) = refuse_existing(&system, [&path]) {
        return failed(&failure::failure(error.into()), format, &errors, stdout, stderr);
    }
    let mut text = Vec::new();
    let (printed, exit) = print(&terminal.of_messages(), &globals, verb, None, &mut text, stderr);
    if text.is_empty() {
        return (printed, exit);
    }
    match put_new(&system, &path, &text) {
        Ok(()) => (printed, exit),
        Err(error) => {
            let message = format!("the answer can't be put into a file: {:#}", anyhow::Error::from(error));
            let next = format!("name another file, then {AGAIN}");
            failed(&failure::failure(MachineFailed { message, next }.into()), format, &errors, stdout, stderr)
        }
    }
}

fn print(
    terminal: &Terminal,
    globals: &Globals,
    verb: Verb,
    out: Option<PathBuf>,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Printed {
    let Globals { format, quiet, bom, .. } = *globals;
    let medium = terminal.medium(globals);
    let errors = terminal.messages(medium.colour);
    if bom && format != Format::Csv && !dispatch::makes_csv(&verb) {
        let misuse = Misuse::new("--bom is for CSV", "add --format csv, or leave --bom out");
        return failed(&failure::failure(misuse.into()), format, &errors, stdout, stderr);
    }
    let meter = Arc::new(Meter::new(quiet));
    let at_terminal = terminal.asks && format == Format::Text;
    let answered = match session(globals, Arc::<Meter>::clone(&meter)) {
        Ok(session) => ask::answered(&session, verb, at_terminal, &medium, stdout)
            .and_then(|verb| again::until_written(&session, verb, out, bom, globals.reads_input)),
        Err(error) => Err(error.into()),
    };
    meter.clear();
    let Answer { document, exit, warnings } = match answered {
        Ok(answer) => answer,
        Err(error) => return failed(&failure::failure(error), format, &errors, stdout, stderr),
    };
    let rendered = match format {
        Format::Text => Ok(document.text(&medium)),
        Format::Json => document.json().map_err(anyhow::Error::from),
        Format::Csv => {
            let table = document.table().map(|table| table.csv()).unwrap_or_default();
            Ok(if bom { BOM.to_owned() + &table } else { table })
        }
        Format::Markdown => Ok(document.markdown()),
        Format::Github | Format::Junit | Format::Sarif => {
            document.junit().map_or_else(|| for_ci(&*document, format).map_err(anyhow::Error::from), Ok)
        }
    };
    let text = match rendered {
        Ok(text) => text,
        Err(error) => return failed(&failure::failure(error), format, &errors, stdout, stderr),
    };
    // GitHub's annotations include the warnings.
    if !quiet && format != Format::Github {
        for warning in &warnings {
            // A warning that can't be printed does not hold the answer back.
            let _ = stderr.write_all(errors.prose(&format!("warning: {}\n", clean(warning))).as_bytes());
        }
    }
    (stdout.write_all(text.as_bytes()), exit as u8)
}

/// Folding fewer entries takes about as long as reading a cache of them.
const CACHED_FROM: Seq = 1000;

fn session(globals: &Globals, progress: Arc<dyn Progress>) -> Result<Session, LedgerError> {
    let system: Arc<dyn System> = Arc::new(Disk::new(globals.clock));
    let access = Access {
        patience: Duration::from_secs(u64::from(globals.lock_timeout)),
        mirrors: environment::cache_folder(),
        variables: environment::server(),
        offline: globals.is_offline(),
    };
    Ok(Session {
        ledger: ledger::at(&system, &globals.ledger, &access)?,
        access,
        system,
        today: globals.clock.map_or_else(|| Local::now().date_naive(), |clock| clock.date_naive()),
        cached_from: CACHED_FROM,
        progress,
    })
}

fn failed(
    failure: &Failure,
    format: Format,
    errors: &Medium,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Printed {
    let document = match format {
        Format::Json => failure.json(),
        _ => for_ci(failure, format),
    };
    let document = document.unwrap_or_default();
    let mut printed = stdout.write_all(document.as_bytes());
    // Reports for other programs mostly go to a file, so a person must see the failure too.
    if document.is_empty() || matches!(format, Format::Junit | Format::Sarif) {
        printed = printed.and(stderr.write_all(failure.text(errors).as_bytes()));
    }
    (printed, failure.exit)
}

/// The document in a format for CI systems; empty in the other formats.
fn for_ci(document: &dyn Document, format: Format) -> serde_json::Result<String> {
    let Some(findings) = document.findings() else { return Ok(String::new()) };
    let root = environment::variable("GITHUB_WORKSPACE").map(PathBuf::from);
    let workspace = root.zip(std::env::current_dir().ok()).map(|(root, working)| Workspace { root, working });
    match format {
        Format::Github => Ok(ci::github(&findings, workspace.as_ref())),
        Format::Junit => Ok(ci::junit(&findings)),
        Format::Sarif => ci::sarif(&findings, workspace.as_ref()),
        Format::Text | Format::Json | Format::Csv | Format::Markdown => Ok(String::new()),
    }
}
