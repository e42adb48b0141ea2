//! Faults of a file, each under the line it is in.

use super::clean::{clean, push_clean};
use super::wording::count;
use crate::domain::fault::Fault;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use std::ops::Range;

/// A person reads no more at once, and a hostile file may have one for every byte.
const MOST: usize = 200;

/// `faults` of the file at `path`, whose text is `source`, as a compiler would show them; each ends with a line
/// break. Without a span, a fault has its path and line only. Of very many, the first are shown.
pub fn render(path: &str, source: &str, faults: &[Fault], colour: bool) -> String {
    let line_starts = line_starts(source);
    let shown: Vec<String> = faults
        .iter()
        .take(MOST)
        .map(|fault| {
            let span = fault.span.clone();
            let excerpt = span.map(|span| Excerpt::of(source, &line_starts, span));
            one(&place(path, fault, excerpt.as_ref()), fault, excerpt, colour)
        })
        .collect();
    let more = match faults.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("\nand {}; `--format json` has all of them\n", count(more, "more fault", "more faults")),
    };
    shown.join("\n") + &more
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
    let snippet = Snippet::source(excerpt.text).line_start(line).annotation(marked);
    let rendered = renderer.render(&[title.element(snippet).elements(help)]);
    // The renderer would count the column in characters of the cleaned excerpt; JSON and the ledger's faults
    // count bytes of the file. So the place is put in here, under the title, which is one line.
    let (title, rest) = rendered.split_once('\n').unwrap_or((&rendered, ""));
    let indent = line.to_string().len();
    let arrow = if colour { AnsiColor::BrightBlue.on_default().bold() } else { Style::new() };
    format!("{title}\n{:indent$}{arrow}-->{arrow:#} {place}\n{rest}\n", "")
}

/// `path:line:column`, as far as they are known.
fn place(path: &str, fault: &Fault, excerpt: Option<&Excerpt>) -> String {
    let path = clean(path);
    let line = fault.line.or(excerpt.map(|excerpt| excerpt.line as u64));
    match (line, fault.column) {
        (Some(line), Some(column)) => format!("{path}:{line}:{column}"),
        (Some(line), None) => format!("{path}:{line}"),
        (None, _) => path.into_owned(),
    }
}

/// Where each line of `source` starts.
fn line_starts(source: &str) -> Vec<usize> {
    std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// One line of a file, fit to be shown, and the part of it to underline.
struct Excerpt {
    /// From 1.
    line: usize,
    text: String,
    /// Within `text`, on character boundaries: annotate-snippets panics on any other.
    span: Range<usize>,
}

impl Excerpt {
    /// Characters shown before the place and in all; a line may be as long as a file.
    const LEAD: usize = 60;
    const WIDTH: usize = 120;

    /// The line that `span` starts in. What goes on below it is not shown: a place is one line.
    fn of(source: &str, line_starts: &[usize], span: Range<usize>) -> Self {
        let place = span.start.min(source.len());
        let line = line_starts.partition_point(|start| *start <= place).max(1);
        let start = line_starts.get(line - 1).copied().unwrap_or(0);
        let end = line_starts.get(line).map_or(source.len(), |next| next - 1);
        // Line starts follow a `\n`, so both ends are on character boundaries.
        let whole = source.get(start..end).unwrap_or_default();
        let whole = whole.strip_suffix('\r').unwrap_or(whole);
        let marked = place - start..span.end.max(place).min(end) - start;

        let before = whole.char_indices().take_while(|(at, _)| *at < marked.start).count();
        let skipped = before.saturating_sub(Self::LEAD);
        Self::shown(line, whole, marked, skipped)
    }

    /// `whole` from character `skipped` on, cleaned, with `marked` moved along.
    fn shown(line: usize, whole: &str, marked: Range<usize>, skipped: usize) -> Self {
        let mut text = String::new();
        if skipped > 0 {
            text.push('…');
        }
        // Where `marked` starts and ends in `text`, as soon as each has been passed.
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
mod tests {
    use super::*;
    use crate::domain::fault::FaultCode;
    use proptest::prelude::*;

    const SOURCE: &str = "name = \"a\"\n[ceilings.x]\nlimti = 5 # 限\n\tscope = 1\n";

    fn fault(span: Range<usize>) -> Fault {
        let mut fault = Fault::new(FaultCode::PolicyInvalid, "unknown key `limti`");
        fault.span = Some(span);
        fault
    }

    #[test]
    fn a_fault_is_shown_under_its_line() {
        let fault = fault(24..29).line(3).column(1).help("did you mean `limit`?");
        assert_eq!(
            render("p.toml", SOURCE, &[fault], false),
            "\
error[policy-invalid]: unknown key `limti`
 --> p.toml:3:1
  |
3 | limti = 5 # 限
  | ^^^^^
  |
  = help: did you mean `limit`?
"
        );
    }

    #[test]
    fn without_a_span_the_line_is_named() {
        let plain = Fault::new(FaultCode::NotUtf8, "not UTF-8");
        let placed = plain.clone().line(7).column(3).help("save it as UTF-8");
        assert_eq!(
            render("p.toml", "", &[placed, plain], false),
            "\
error[not-utf8]: not UTF-8
--> p.toml:7:3
 = help: save it as UTF-8

error[not-utf8]: not UTF-8
--> p.toml
"
        );
    }

    #[test]
    fn nothing_that_moves_the_cursor_reaches_the_output() {
        let source = "a\u{1b}[31m\u{202e}b = 1\n";
        let at = source.find('b').unwrap();
        let mut bad = fault(at..at + 1);
        bad.message = "key `\u{202e}\n\u{9b}`".to_owned();
        bad.help = Some("\u{1b}]0;x\u{7}".to_owned());
        let shown = render("dir\u{1b}[2J/p.toml", source, &[bad], false);
        let harmful = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
        assert_eq!(shown.chars().find(harmful), None, "{shown}");
        assert!(shown.contains(r"1 | a\u{1b}[31m\u{202e}b = 1"), "{shown}");
        let column = |mark| shown.lines().find_map(|line| line.find(mark));
        assert_eq!(column("^"), column("b = 1"), "{shown}");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let source = format!("first\n{}HERE{}\nlast", "x".repeat(100_000), "y".repeat(100_000));
        let at = source.find("HERE").unwrap();
        let shown = render("p", &source, &[fault(at..at + 4)], false);
        assert!(shown.contains("xHEREy") && shown.contains("^^^^\n"), "{shown}");
        assert!(shown.len() < 1000 && !shown.contains("first") && !shown.contains("last"));
        let shown = render("p", &source, &[fault(6..200_000)], false);
        assert!(shown.len() < 1500, "{shown}");
    }

    #[test]
    fn of_very_many_faults_the_first_are_shown_and_the_others_counted() {
        let many: Vec<Fault> = (0..=MOST).map(|_| fault(0..4)).collect();
        let shown = render("p", SOURCE, &many, false);
        assert_eq!(shown.matches("error[").count(), MOST);
        assert!(shown.ends_with("\nand 1 more fault; `--format json` has all of them\n"), "{shown}");
        assert!(!render("p", SOURCE, &many[1..], false).contains("more fault"));
    }

    #[test]
    fn a_span_over_many_lines_is_shown_by_its_first() {
        let shown = render("p", SOURCE, &[fault(7..SOURCE.len())], false);
        assert!(shown.contains("1 | name = \"a\"\n  |        ^^^\n"), "{shown}");
        assert!(!shown.contains("ceilings"));
    }

    #[test]
    fn the_end_of_the_file_can_be_pointed_at() {
        let shown = render("p", SOURCE, &[fault(SOURCE.len()..SOURCE.len())], false);
        assert!(shown.contains("5 |"), "{shown}");
        let shown = render("p", "a = ", &[fault(4..4)], false);
        assert!(shown.contains("1 | a = \n  |     ^"), "{shown}");
    }

    #[test]
    fn colour_is_on_request() {
        assert!(!render("p", SOURCE, &[fault(0..4)], false).contains('\u{1b}'));
        assert!(render("p", SOURCE, &[fault(0..4)], true).contains('\u{1b}'));
    }

    proptest! {
        #[test]
        fn no_span_and_no_text_panics(
            source in "(?s).{0,40}",
            start in 0_usize..200,
            end in 0_usize..200,
            line in proptest::option::of(0_u64..9),
        ) {
            let mut any = fault(start..end);
            any.line = line;
            any.column = line;
            for colour in [false, true] {
                let shown = render(&source, &source, &[any.clone()], colour);
                let harmful = |c: char| c.is_control() && c != '\n' && !(colour && c == '\u{1b}');
                prop_assert!(!shown.contains(harmful), "{shown:?}");
            }
        }
    }
}
