//! The text of a policy: its lines, and the characters that no policy may hold.

pub(super) use crate::domain::fault::Lines;
use crate::domain::fault::{Fault, FaultCode};
use std::collections::BTreeSet;
use std::ops::Range;

/// Makes a fault of the policy at `span`.
pub(super) fn fault_at(lines: &Lines, span: Range<usize>, message: impl Into<String>) -> Fault {
    let (line, column) = lines.at(span.start);
    let mut fault = Fault::new(FaultCode::PolicyInvalid, message).line(line).column(column);
    fault.span = Some(span);
    fault
}

/// The fault of a policy in which git left the markers of a conflict.
pub(super) fn conflict(text: &str, lines: &Lines) -> Option<Fault> {
    let starting = |marker: &'static str| text.lines().find(|line| line.starts_with(marker));
    let (ours, theirs) = (starting("<<<<<<< ")?, starting(">>>>>>> ")?);
    let at = text.find(ours)?;
    let message =
        format!("git could not merge two versions of the policy, and left its conflict markers: `{ours}`, `{theirs}`");
    let help = "edit the file: keep what holds of the two versions, and remove the lines of the markers";
    Some(fault_at(lines, at..at + ours.len(), message).help(help))
}

/// Widens `span` to whole characters of `source`.
pub(super) fn clamped(source: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, source.len());
    while !source.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// The text of a policy. Bytes that are not UTF-8 are one fault, and nothing else is checked.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| {
        // No span: there is no text to mark.
        let (line, column) = Lines::of(bytes).at(error.valid_up_to());
        Fault::new(FaultCode::PolicyInvalid, "not UTF-8")
            .line(line)
            .column(column)
            .help("save the policy as UTF-8 text")
    })
}

/// Whether the character reorders the text around it on a screen, so that people read something else than the file
/// holds.
pub(in crate::store) fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The faults of single characters.
pub(super) struct Characters {
    pub(super) faults: Vec<Fault>,
    /// The lines with a control character. Other faults on them are not reported.
    pub(super) spoilt_lines: BTreeSet<u64>,
    /// The text, with harmless characters in place of those that the TOML parser refuses. Every byte keeps its place.
    pub(super) masked: String,
}

/// Finds every character of `source` that no policy may hold, comments included.
pub(super) fn characters(source: &str, lines: &Lines) -> Characters {
    let mut faults = Vec::new();
    let mut spoilt_lines = BTreeSet::new();
    // The copy ends at byte `copied` of the source.
    let (mut masked, mut copied) = (String::new(), 0);
    let mut mask = |span: &Range<usize>, with: &str| {
        masked.push_str(source.get(copied..span.start).unwrap_or_default());
        masked.push_str(&with.repeat(span.len()));
        copied = span.end;
    };
    for (at, character) in source.char_indices() {
        let span = at..at + character.len_utf8();
        if at == 0 && character == '\u{feff}' {
            mask(&span, " ");
            let help = "save the policy as UTF-8 without a byte order mark";
            let message = "the policy starts with a byte order mark";
            faults.push(fault_at(lines, span, message).help(help));
        } else if is_bidi_control(character) {
            let message = format!("bidirectional control character U+{:04X}", u32::from(character));
            let help = "remove it: it makes text look different on the screen";
            faults.push(fault_at(lines, span, message).help(help));
        } else if is_forbidden_control(character, source.as_bytes().get(at + 1)) {
            mask(&span, "_");
            let message = format!("control character U+{:04X}", u32::from(character));
            let fault = fault_at(lines, span, message).help("remove it");
            spoilt_lines.extend(fault.line);
            faults.push(fault);
        }
    }
    masked.push_str(source.get(copied..).unwrap_or_default());
    Characters { faults, spoilt_lines, masked }
}

/// Whether the source must not hold this control character. Only tabs and line breaks (LF, CR LF) are allowed. TOML has
/// the same rule, except that it allows C1 controls, which no ledger line may hold.
fn is_forbidden_control(character: char, next: Option<&u8>) -> bool {
    match character {
        '\t' | '\n' => false,
        '\r' => next != Some(&b'\n'),
        other => other.is_control(),
    }
}

/// The user's words in backticks, cut after 64 characters.
pub(super) fn quoted(words: &str) -> String {
    const LONGEST_SHOWN: usize = 64;
    match words.char_indices().nth(LONGEST_SHOWN) {
        Some((cut, _)) => format!("`{}…`", &words[..cut]),
        None => format!("`{words}`"),
    }
}

/// The allowed words for a help text: "`a`, `b` or `c`".
pub(super) fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [most @ .., last] => {
            let most: Vec<String> = most.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", most.join(", "))
        }
    }
}
