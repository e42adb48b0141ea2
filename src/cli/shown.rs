//! The command line as its help and its errors show it: built whole, with groups, formats and examples.

use super::args::{Cli, Format};
use super::guide::{self, GROUPS, Verb};
use clap::builder::{PossibleValue, PossibleValuesParser, Resettable};
use clap::{Arg, Command, CommandFactory, ValueEnum};
use textwrap::Options;

/// The widest text that is easy to read, and the width where there is no terminal.
const WIDEST: usize = 100;

/// Below this width no room is left beside the names of the options.
const NARROW: usize = 60;

/// The whole command line for a terminal of this width. Parsing needs none of this, so it never waits for it.
pub(super) fn shown(width: Option<usize>) -> Command {
    let width = width.map_or(WIDEST, |width| width.min(WIDEST));
    let brief = each(Cli::command(), "", &|command, _| in_brief(command, width));
    let shown = each(offered(brief), "", &|command, name| {
        let command = command.term_width(width).next_line_help(width < NARROW);
        let Some(verb) = guide::find(name) else { return command };
        let declared = command.get_after_help().map(|text| format!("{text}\n\n")).unwrap_or_default();
        command.after_help(declared + &examples(verb))
    });
    // The groups list the verbs.
    let shown = shown.mut_subcommands(|verb| verb.hide(true));
    shown.help_template(template(&Cli::command(), width, &groups(width))).override_usage("exquota [OPTIONS] <VERB>")
}

/// The help's layout. All paragraphs about the command stand above its usage, those of the long help too.
fn template(command: &Command, width: usize, verbs: &str) -> String {
    let told = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    let more = told.split_once("\n\n").map(|(_, more)| textwrap::fill(more, width) + "\n\n").unwrap_or_default();
    format!("{{about-with-newline}}\n{more}{{usage-heading}} {{usage}}\n\n{verbs}{{all-args}}{{after-help}}")
}

/// The command with a help that has no long form: `--help` gives each option its line, as `-h` does.
fn in_brief(command: Command, width: usize) -> Command {
    let template = template(&command, width, "");
    command.long_about(Resettable::Reset).mut_args(without_help_of_words).help_template(template)
}

fn without_help_of_words(arg: Arg) -> Arg {
    let words = arg.get_possible_values().into_iter().map(|word| word.help(Resettable::Reset));
    let words: Vec<PossibleValue> = words.collect();
    if words.is_empty() || !arg.get_action().takes_values() {
        return arg;
    }
    arg.value_parser(PossibleValuesParser::new(words))
}

/// The whole command line, each verb with the formats that it prints.
pub(super) fn offered(mut command: Command) -> Command {
    command.build();
    each(command, "", &|command, name| match guide::find(name) {
        Some(verb) => command.mut_args(|arg| offering(arg, verb.formats)),
        None => command,
    })
}

fn offering(arg: Arg, formats: &[Format]) -> Arg {
    match arg.get_id().as_str() {
        "format" => {
            arg.value_parser(PossibleValuesParser::new(formats.iter().filter_map(ValueEnum::to_possible_value)))
        }
        _ => arg,
    }
}

/// Changes a command and all below it, by the name of each: `policy check`.
fn each(command: Command, name: &str, change: &impl Fn(Command, &str) -> Command) -> Command {
    change(command, name).mut_subcommands(|below| {
        let name = format!("{name} {}", below.get_name());
        each(below, name.trim_start(), change)
    })
}

/// The examples of a verb, each as it is typed.
pub(super) fn examples(verb: &Verb) -> String {
    let lines = verb.examples.iter().map(|example| format!("\n  exquota {example}"));
    "Examples:".to_owned() + &lines.collect::<String>()
}

/// The verbs in their groups, with what each does.
fn groups(width: usize) -> String {
    let command = offered(Cli::command());
    let names = GROUPS.iter().flat_map(|group| group.verbs).map(|verb| verb.name.len());
    let column = names.max().unwrap_or_default() + 4;
    let mut listed = String::new();
    for group in GROUPS {
        listed += &format!("{}:\n", group.heading);
        for verb in group.verbs {
            let found = verb.name.split(' ').try_fold(&command, |command, name| command.find_subcommand(name));
            let about = found.and_then(Command::get_about).map(ToString::to_string).unwrap_or_default();
            let first = format!("  {:<1$}", verb.name, column - 2);
            let indent = " ".repeat(column);
            let options = Options::new(width).initial_indent(&first).subsequent_indent(&indent);
            listed += &textwrap::fill(&about, options.break_words(false));
            listed.push('\n');
        }
        listed.push('\n');
    }
    listed
}
