//! Shows the faults of a file, each under its line.

use super::clean::{clean, push_clean};
use super::wording::count;
use crate::domain::fault::{Fault, Lines};
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use std::ops::Range;

/// The most faults to show (D39). A person reads no more at once, and a hostile file may have one for every byte.
pub(super) const MOST: usize = 100;

/// Shows `faults` of the file at `path`, whose text is `source`, as a compiler does. Each ends with a line break. A
/// fault without a span has only its path and line. Of very many faults, only the first are shown.
pub fn render(path: &str, source: &str, faults: &[Fault], colour: bool) -> String {
    let lines = Lines::of(source.as_bytes());
    let shown: Vec<String> = faults
        .iter()
        .take(MOST)
        .map(|fault| {
            let span = fault.span.clone();
            let excerpt = span.map(|span| Excerpt::of(source, &lines, span));
            one(&place(path, fault, excerpt.as_ref()), fault, excerpt, colour)
        })
        .collect();
    let more = match faults.len().saturating_sub(MOST) {
        0 => String::new(),
        hidden => format!("\nand {}; `--format json` has more of them\n", more(hidden)),
    };
    shown.join("\n") + &more
}

/// So many more faults, in words.
pub(super) fn more(faults: usize) -> String {
    count(faults, "more fault", "more faults")
}

/// One fault at `place`.
fn one(place: &str, fault: &Fault, excerpt: Option<Excerpt>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let title = Level::ERROR.primary_title(clean(&fault.message)).id(fault.code.as_str());
    let help = fault.help.as_deref().map(|help| Level::HELP.message(clean(help)));
    let Some(excerpt) = excerpt else {
        let group = title.element(Origin::path(place)).elements(help);
        return format!("{}\n", renderer.render(&[group]));
    };
    let line = excerpt.line;
    let marked = AnnotationKind::Primary.span(excerpt.span);
    let snippet = Snippet::source(excerpt.text).line_start(line as usize).annotation(marked);
    let rendered = renderer.render(&[title.element(snippet).elements(help)]);
    // The renderer would count the column in characters of the cleaned excerpt, but JSON and the ledger's faults count
    // bytes of the file. So this function puts the place under the title, which is one line.
    let (title, rest) = rendered.split_once('\n').unwrap_or((&rendered, ""));
    let indent = line.to_string().len();
    let arrow = if colour { AnsiColor::BrightBlue.on_default().bold() } else { Style::new() };
    format!("{title}\n{:indent$}{arrow}-->{arrow:#} {place}\n{rest}\n", "")
}

/// `path:line:column`, or as much of it as is known.
fn place(path: &str, fault: &Fault, excerpt: Option<&Excerpt>) -> String {
    let path = clean(path);
    let line = fault.line.or(excerpt.map(|excerpt| excerpt.line));
    match (line, fault.column) {
        (Some(line), Some(column)) => format!("{path}:{line}:{column}"),
        (Some(line), None) => format!("{path}:{line}"),
        (None, _) => path.into_owned(),
    }
}

/// One line of a file, made safe to show, and the part of it to underline.
struct Excerpt {
    /// From 1.
    line: u64,
    text: String,
    /// Within `text`, on character boundaries: annotate-snippets panics on any other.
    span: Range<usize>,
}

impl Excerpt {
    /// The characters shown before the place, and in all. A line may be as long as a file.
    const LEAD: usize = 60;
    const WIDTH: usize = 120;

    /// The line in which `span` starts. Further lines of the span are not shown.
    fn of(source: &str, lines: &Lines, span: Range<usize>) -> Self {
        let place = span.start.min(source.len());
        let line = lines.at(place).0;
        let Range { start, end } = lines.around(source, place);
        // Both ends are on character boundaries.
        let whole = source.get(start..end).unwrap_or_default();
        let marked = place - start..span.end.max(place).min(end) - start;

        let before = whole.char_indices().take_while(|(at, _)| *at < marked.start).count();
        let skipped = before.saturating_sub(Self::LEAD);
        Self::shown(line, whole, marked, skipped)
    }

    /// Takes `whole` from character `skipped` on, makes it safe to show, and moves `marked` along.
    fn shown(line: u64, whole: &str, marked: Range<usize>, skipped: usize) -> Self {
        let mut text = String::new();
        if skipped > 0 {
            text.push('…');
        }
        // The ends of `marked` in `text`, each set as soon as it is passed.
        let (mut start, mut end) = (None, None);
        let mut characters = whole.char_indices().skip(skipped);
        for (at, character) in characters.by_ref().take(Self::WIDTH) {
            let after = at + character.len_utf8();
            if start.is_none() && marked.start < after {
                start = Some(text.len());
            }
            if end.is_none() && marked.end <= at {
                end = Some(text.len());
            }
            match character {
                // A tab indents; the renderer widens it.
                '\t' => text.push('\t'),
                _ => push_clean(&mut text, character),
            }
        }
        let start = start.unwrap_or(text.len());
        let span = start..end.unwrap_or(text.len()).max(start);
        if characters.next().is_some() {
            text.push('…');
        }
        Excerpt { line, text, span }
    }
}

#[cfg(test)]
mod tests;
