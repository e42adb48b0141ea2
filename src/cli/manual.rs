//! Manual pages, made from the command line itself: one for the program, one per verb, one for all codes, and one for
//! the keys of a policy.

use super::args::Cli;
use super::guide;
use super::shown::offered;
use crate::commands::verbs::explain::policy_keys;
use crate::report::Document;
use crate::report::explain::{self, CodeKind, Explained};
use crate::report::manual::ManualPage;
use crate::report::medium::Medium;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// The page of the program.
const PROGRAM: &str = "exquota";
/// The page of a policy's keys. Section 1 has one of the same name, for the verb.
const POLICY: &str = "exquota-policy";
/// The page of all codes.
const CODES: &str = "exquota-codes";

/// The meaning of each exit code, in the words of the program's help.
const EXIT_STATUS: [(&str, &str); 5] = [
    ("0", "Within, valid, recorded, or recorded already."),
    ("1", "Evaluated, and the answer is no: refused, or breaches found."),
    ("2", "The command line can't be understood."),
    ("3", "A file's content is not valid: policy, ledger, CSV."),
    ("4", "The machine failed."),
];

/// The program's page, then those of all verbs.
pub(super) fn pages() -> anyhow::Result<Vec<ManualPage>> {
    let program = offered(Cli::command().disable_help_subcommand(true));
    let mut pages = Vec::new();
    add(&program, &program, &mut pages)?;
    pages.push(codes(&program)?);
    pages.push(policy(&program)?);
    Ok(pages)
}

fn add(command: &Command, program: &Command, pages: &mut Vec<ManualPage>) -> anyhow::Result<()> {
    let name = page_name(command);
    let mut text = heading(&name, 1, program).into_bytes();
    let man = Man::new(command.clone());
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    let mut roff = Roff::new();
    if command.has_subcommands() {
        roff.control("SH", ["VERBS"]);
        for verb in command.get_subcommands() {
            roff.control("TP", []);
            roff.text([bold(page_name(verb)), roman("(1)")]);
            roff.text([roman(verb.get_about().map(ToString::to_string).unwrap_or_default())]);
        }
    }
    let notes = command.get_after_help().map(|notes| ("NOTES", notes.to_string()));
    let examples = guide::find(&name.replacen("exquota-", "", 1).replace("policy-", "policy "));
    let examples =
        examples.map(|verb| ("EXAMPLES", verb.examples.map(|example| format!("exquota {example}")).join("\n")));
    for (section, text) in notes.into_iter().chain(examples) {
        roff.control("SH", [section]);
        // Columns stay columns.
        roff.control("nf", []);
        for line in text.lines() {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_STATUS {
        roff.control("TP", []);
        roff.text([bold(code)]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["SEE ALSO"]);
    if name != PROGRAM {
        roff.text([bold(PROGRAM), roman("(1), ")]);
    }
    roff.text([bold(CODES), roman("(7), "), bold(POLICY), roman("(5)")]);
    roff.to_writer(&mut text)?;
    pages.push(page(name, 1, text)?);
    for verb in command.get_subcommands() {
        add(verb, program, pages)?;
    }
    Ok(())
}

/// The page of all codes: the pages of `explain`, one after the other.
fn codes(program: &Command) -> anyhow::Result<ManualPage> {
    let mut roff = Roff::new();
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{CODES} - what the codes of refusals and faults mean, and what to do"))]);
    for (kind, told) in [(CodeKind::Refusal, "REFUSALS"), (CodeKind::Fault, "FAULTS")] {
        roff.control("SH", [told]);
        for page in explain::all().filter(|page| page.kind == kind) {
            roff.control("SS", [page.code]);
            // The title is prose; the rest keeps the lines of `explain CODE`.
            for (at, line) in (Explained { page }).text(&Medium::PLAIN).lines().enumerate() {
                if at == 1 {
                    roff.control("nf", []);
                }
                roff.text([roman(line)]);
            }
            roff.control("fi", []);
        }
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("exquota-explain"), roman("(1)")]);
    let mut text = heading(CODES, 7, program).into_bytes();
    roff.to_writer(&mut text)?;
    page(CODES.to_owned(), 7, text)
}

/// The page of a policy's keys: what `explain policy` prints.
fn policy(program: &Command) -> anyhow::Result<ManualPage> {
    let mut roff = Roff::new();
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{POLICY} - the keys of a policy, a TOML file"))]);
    roff.control("SH", ["KEYS"]);
    for key in policy_keys().keys {
        roff.control("TP", []);
        roff.text([bold(&key.key), roman(format!(": {}", key.values()))]);
        roff.text([roman(key.about)]);
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("exquota-policy-new"), roman("(1), "), bold("exquota-explain"), roman("(1)")]);
    let mut text = heading(POLICY, 5, program).into_bytes();
    roff.to_writer(&mut text)?;
    page(POLICY.to_owned(), 5, text)
}

/// Replaces the double backslashes of `clap_mangen` by `\(rs`, which every reader of manuals prints as one backslash.
fn page(name: String, section: u8, text: Vec<u8>) -> anyhow::Result<ManualPage> {
    let text = String::from_utf8(text)?.replace("\\\\", "\\(rs");
    Ok(ManualPage { name, text, section, path: None })
}

/// The title line, without a date: a page is the same whenever it is made.
fn heading(name: &str, section: u8, program: &Command) -> String {
    let version = program.get_version().unwrap_or_default();
    format!(".TH \"{name}\" \"{section}\" \"\" \"exquota {version}\" \"exquota\"\n")
}

fn page_name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}
