//! Mistakes in the TOML itself, and a text to read on with that has none.
//!
//! One bracket left open makes nonsense of all that follows. So what is wrong is told part by part, a part being
//! what stands under one heading, and is then blanked out: the rest is read as if it stood alone, every byte
//! where it was.

use super::source::{Lines, clamped, fault_at, quoted};
use super::tree::Tree;
use crate::domain::fault::Fault;
use std::collections::HashSet;
use std::ops::Range;
use toml::de::Error;

/// A policy's text without its syntax errors, and what became of them.
#[derive(Default)]
pub(super) struct Recovered {
    /// None where the text is as it was.
    pub(super) text: Option<String>,
    pub(super) faults: Vec<Fault>,
    pub(super) lost: Lost,
}

/// Where keys may be missing from the tree though they stand in the file.
#[derive(Default)]
pub(super) struct Lost {
    /// Parts that lost some lines, in the order of the file.
    parts: Vec<Range<usize>>,
    /// Whether a whole part went, which may have held keys of any table.
    everywhere: bool,
}

impl Lost {
    /// Whether a key of the table at `place` may have been lost.
    pub(super) fn reaches(&self, place: &Range<usize>) -> bool {
        let before = self.parts.partition_point(|part| part.start <= place.start);
        let nearest = before.checked_sub(1).and_then(|last| self.parts.get(last));
        self.everywhere || nearest.is_some_and(|part| part.contains(&place.start))
    }
}

/// `text` with its syntax errors blanked out; `errors` are all that the parser finds.
pub(super) fn recovered(text: &str, lines: &Lines, errors: &[Error]) -> Recovered {
    let mut recovered = Recovered::default();
    if errors.iter().all(is_of_the_tree) {
        return recovered;
    }
    let mut blanked = text.to_owned();
    for part in parts(text) {
        for wrong in wrong_in(text, &part, lines) {
            blank(&mut blanked, &wrong.lines);
            recovered.faults.push(wrong.fault);
            if wrong.lines == part {
                recovered.lost.everywhere = true;
            } else {
                recovered.lost.parts.push(part.clone());
            }
        }
    }
    if recovered.faults.is_empty() {
        // Every part is sound by itself and the whole is not: it is told as it is.
        recovered.faults = errors.iter().map(|error| fault(text, lines, 0, error)).collect();
        recovered.lost.everywhere = true;
        return recovered;
    }
    recovered.text = Some(blanked);
    recovered
}

/// Keys that clash, wherever they stand: the tree's own errors.
pub(super) fn clashes(text: &str, lines: &Lines, errors: &[Error]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut told = HashSet::new();
    for error in errors.iter().filter(|error| is_of_the_tree(error)) {
        let mut fault = fault(text, lines, 0, error);
        let span = fault.span.clone().unwrap_or_default();
        if !told.insert(span.clone()) {
            // The parser meets some clashes twice, on entering a table and on leaving it.
            continue;
        }
        if error.message() == DUPLICATE {
            let key = quoted(text.get(span).unwrap_or_default());
            fault.message = format!("{key} is given twice");
            let help = "a key stands once in a table: remove or rename one of them";
            fault.help = Some(help.to_owned());
        }
        faults.push(fault);
    }
    faults
}

const DUPLICATE: &str = "duplicate key";
const UNQUOTED: &str = "string values must be quoted";

fn is_of_the_tree(error: &Error) -> bool {
    error.message() == DUPLICATE || error.message().starts_with("cannot extend")
}

/// What stands under each heading, the heading included. A line in a list or a text may look like a heading too;
/// but no key of a policy takes a list of lists, or a text of several lines.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') && at > start {
            parts.push(start..at);
            start = at;
        }
        at += line.len();
    }
    parts.push(start..at);
    parts
}

/// A syntax error, and the lines of which nothing can be believed.
struct Wrong {
    fault: Fault,
    lines: Range<usize>,
}

/// The syntax errors of one part; one a line, and none after one that makes nonsense of the rest.
fn wrong_in(text: &str, part: &Range<usize>, lines: &Lines) -> Vec<Wrong> {
    let alone = text.get(part.clone()).unwrap_or_default();
    let mut errors = Tree::errors(alone.trim_end());
    errors.retain(|error| !is_of_the_tree(error));
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    let mut found: Vec<Wrong> = Vec::new();
    for error in errors {
        let mut fault = fault(text, lines, part.start, &error);
        let place = fault.span.get_or_insert(part.start..part.start).clone();
        let line = lines.around(text, place.start);
        let told = found.last().is_some_and(|last| last.lines == line);
        let one_line = place.end <= line.end && is_of_one_line(error.message());
        if told && one_line {
            continue;
        }
        if one_line && !may_be_heading(text.get(line.clone()).unwrap_or_default()) {
            found.push(Wrong { fault, lines: line });
            continue;
        }
        match found.last_mut() {
            // The line has been told, but was underrated.
            Some(last) if told => last.lines = part.clone(),
            _ => found.push(Wrong { fault, lines: part.clone() }),
        }
        break;
    }
    found
}

/// Whether the parser is itself again on the next line; it is not where a bracket or a text was left open.
fn is_of_one_line(message: &str) -> bool {
    let open = ["unclosed", "array", "inline table", "multi-line", "between key-value pairs", "recurs"];
    !open.iter().any(|word| message.contains(word))
}

/// Whether `line` may have been meant as a heading, or opens or closes a list: it decides what the lines after it
/// belong to.
fn may_be_heading(line: &str) -> bool {
    let code = line.split('#').next().unwrap_or_default().trim_start_matches([' ', '\t', '=']);
    code.starts_with(['[', ']']) || (code.contains(['[', ']']) && !code.contains('='))
}

/// `error`, found in the part that starts at `offset`.
fn fault(text: &str, lines: &Lines, offset: usize, error: &Error) -> Fault {
    let span = error.span().unwrap_or(0..0);
    let span = clamped(text, span.start + offset..span.end + offset);
    let (wrong, wanted) = match error.message().split_once(", expected ") {
        Some((wrong, "nothing")) => (wrong, None),
        Some((wrong, wanted)) => (wrong, Some(wanted)),
        None => (error.message(), None),
    };
    let word = text.get(span.clone()).unwrap_or_default();
    if is_bare_word(wrong, word) {
        let help = format!("put it in quotes: {}", quoted(&format!("\"{word}\"")));
        return fault_at(lines, span, "text must be in quotes").help(help);
    }
    if word.is_empty() && wrong == UNQUOTED {
        return fault_at(lines, span, "missing value").help("give one after the `=`");
    }
    let mut fault = fault_at(lines, span, wrong);
    fault.help = wanted.map(|wanted| format!("expected {wanted}"));
    fault
}

/// Whether the parser took a text without quotes for something else, by its first letter: `total` for `true`.
fn is_bare_word(wrong: &str, word: &str) -> bool {
    let guesses = ["string values must be quoted", "invalid boolean", "invalid float"];
    let is_truth_value = ["true", "false"].iter().any(|value| word.eq_ignore_ascii_case(value));
    guesses.contains(&wrong) && word.starts_with(char::is_alphabetic) && !is_truth_value
}

/// Overwrites `range` with blanks, line breaks excepted.
fn blank(text: &mut String, range: &Range<usize>) {
    let blanks: String = text
        .get(range.clone())
        .unwrap_or_default()
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(range.clone(), &blanks);
}
