//! Finds mistakes in the TOML itself, with the parser's error recovery.
//!
//! The parser reads on after a mistake, but not as a person would: after an open bracket it takes the rest of the file
//! for a list. So a mistake *hides* the text after it that can't be trusted. The parser also drops the keys after a
//! line without `=`. So hidden text is replaced by blanks, every other byte keeps its place, and the text is parsed
//! again.

use super::source::{Lines, clamped, fault_at, quoted};
use crate::domain::fault::Fault;
use std::ops::Range;
use toml::de::Error;

/// The mistakes that the parser found.
#[derive(Default)]
pub(super) struct Mistakes {
    pub(super) faults: Vec<Fault>,
    pub(super) hidden: Hidden,
    /// The mistake that an open bracket caused: the parser reports it at the place where it met something else.
    open: Option<Fault>,
}

impl Mistakes {
    /// Adds the parser's errors for `text`. Only the last parse finds all duplicate keys, and where a bracket was left
    /// open.
    pub(super) fn add(&mut self, text: &str, lines: &Lines, mut errors: Vec<Error>, is_last: bool) {
        let is_open = errors.iter().any(|error| is_unclosed(error.message()));
        errors.sort_by_key(|error| error.span().map(|span| span.start));
        let mut hidden = Hidden::default();
        for error in errors {
            let (message, fault) = (error.message(), fault(text, lines, &error));
            let at = fault.span.as_ref().map_or(0, |span| span.start);
            if self.hidden.covers(at) || hidden.covers(at) {
                continue;
            }
            if message == DUPLICATE || message.starts_with("cannot extend") {
                // The parser reports some of these twice, at the start and at the end of a table.
                if is_last && self.faults.last().is_none_or(|last| last.span != fault.span) {
                    self.faults.push(fault);
                }
                continue;
            }
            let line = lines.around(text, at);
            let end = match text.get(line.clone()) {
                _ if message.contains("multi-line") || (is_open && is_in_brackets(message)) => REST,
                Some(heading) if may_be_heading(heading) => next_heading(text, line.end),
                // An error may stand at the very end of its line.
                _ => line.end + 1,
            };
            hidden.0.push(line.start..end);
            if end == REST && !is_last {
                self.open = Some(fault);
                continue;
            }
            self.open = self.open.take().filter(|_| !is_unclosed(message));
            self.faults.push(fault);
        }
        if is_last {
            self.faults.extend(self.open.take());
        }
        self.hidden.0.append(&mut hidden.0);
        self.hidden.0.sort_by_key(|hidden| hidden.start);
    }
}

/// The hidden ranges of a text, sorted and apart from one another.
#[derive(Default)]
pub(super) struct Hidden(Vec<Range<usize>>);

impl Hidden {
    /// Whether `place` is hidden.
    pub(super) fn covers(&self, place: usize) -> bool {
        self.last_before(place + 1).is_some_and(|hidden| hidden.contains(&place))
    }

    /// Whether a key of the table at `place` may be in hidden text, and so be missing from the tree.
    pub(super) fn may_hold_keys_of(&self, text: &str, place: usize) -> bool {
        let is_open = self.0.last().is_some_and(|last| last.end == REST);
        is_open || self.last_before(next_heading(text, place)).is_some_and(|hidden| hidden.end > place)
    }

    fn last_before(&self, place: usize) -> Option<&Range<usize>> {
        self.0.get(..self.0.partition_point(|hidden| hidden.start < place))?.last()
    }

    /// `text` with blanks in place of hidden characters, except line breaks. None if nothing is hidden.
    pub(super) fn blanked_in(&self, text: &str) -> Option<String> {
        let mut blanked = text.to_owned();
        for hidden in &self.0 {
            let hidden = hidden.start..hidden.end.min(text.len());
            let blanks = text.get(hidden.clone())?.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
            blanked.replace_range(hidden, &blanks.collect::<String>());
        }
        (!self.0.is_empty()).then_some(blanked)
    }
}

/// The end of a range that hides the rest of the text.
const REST: usize = usize::MAX;

const DUPLICATE: &str = "duplicate key";
const UNQUOTED: &str = "string values must be quoted";

fn is_unclosed(message: &str) -> bool {
    ["unclosed array,", "unclosed inline table,"].iter().any(|start| message.starts_with(start))
}

fn is_in_brackets(message: &str) -> bool {
    ["array", "inline table", "between key-value pairs"].iter().any(|words| message.contains(words))
}

/// Whether `line` may be meant as a heading, or opens or closes a list. Then the table of the next lines is unknown.
fn may_be_heading(line: &str) -> bool {
    let code = line.split('#').next().unwrap_or_default().trim_start_matches([' ', '\t', '=']);
    code.starts_with(['[', ']']) || (code.contains(['[', ']']) && !code.contains('='))
}

/// The end of the line before the next heading.
fn next_heading(text: &str, from: usize) -> usize {
    text.get(from..).and_then(|rest| rest.find("\n[")).map_or(text.len(), |at| from + at)
}

fn fault(text: &str, lines: &Lines, error: &Error) -> Fault {
    let span = clamped(text, error.span().unwrap_or(0..0));
    let (wrong, wanted) = match error.message().split_once(", expected ") {
        Some((wrong, "nothing")) => (wrong, None),
        Some((wrong, wanted)) => (wrong, Some(wanted)),
        None => (error.message(), None),
    };
    let word = text.get(span.clone()).unwrap_or_default();
    if wrong == DUPLICATE {
        let help = "a table can hold a key only once: remove or rename one of them";
        return fault_at(lines, span, format!("{} is given twice", quoted(word))).help(help);
    }
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

/// Whether the parser mistook a text without quotes for another value by its first letter, as `total` for `true`.
fn is_bare_word(wrong: &str, word: &str) -> bool {
    let guesses = [UNQUOTED, "invalid boolean", "invalid float"];
    let is_truth_value = ["true", "false"].iter().any(|value| word.eq_ignore_ascii_case(value));
    guesses.contains(&wrong) && word.starts_with(char::is_alphabetic) && !is_truth_value
}
