//! The medium that text is fitted to.

use super::clean::clean;
use super::table::escape_markdown;
use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter};

/// The words that say, at the start of a line, that something is wrong.
const ALARMS: [&str; 5] = ["REFUSED", "NOT VALID", "NOT READ", "VIOLATION", "BREACH"];

/// A blank at which no line is broken.
pub(super) const UNBROKEN: &str = "\u{a0}";

/// The medium of a text: a terminal of some width, a pipe, plain lines for scripts, or a page of Markdown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Medium {
    /// The terminal's width in columns. `None` allows lines of any length, as in a pipe.
    pub width: Option<usize>,
    /// Whether to use colours. A colour never says anything that no word says.
    pub colour: bool,
    /// Whether to print only aligned words and numbers, with every cell filled.
    pub plain: bool,
    /// Whether the text becomes a page of Markdown: paragraphs, lists and tables.
    pub markdown: bool,
}

impl Medium {
    /// The medium for scripts: no lines, no colours, nothing that depends on a terminal.
    pub const PLAIN: Medium = Medium { width: None, colour: false, plain: true, markdown: false };
    /// A page of Markdown to hand on.
    pub const MARKDOWN: Medium = Medium { width: None, colour: false, plain: false, markdown: true };

    /// Breaks lines that are too long. It breaks between words, never within one or between backticks, so that a copied
    /// value or command stays whole. An indented line stays indented; in Markdown it is an item of a list, and any other
    /// line a paragraph.
    pub fn prose(&self, text: &str) -> String {
        if self.markdown {
            return text.lines().map(paragraph).collect();
        }
        let Some(width) = self.width else { return self.alarmed(text.to_owned()) };
        let mut set = String::with_capacity(text.len() + 16);
        for line in text.split_inclusive('\n') {
            let words = line.trim_end_matches('\n');
            let indent = words.get(..words.len() - words.trim_start().len()).unwrap_or_default();
            let options = Options::new(width)
                .break_words(false)
                .word_splitter(WordSplitter::NoHyphenation)
                .initial_indent(indent)
                .subsequent_indent(indent);
            set += &textwrap::wrap(&quoted_whole(words.trim_start(), width.saturating_sub(indent.len())), options)
                .join("\n")
                .replace(UNBROKEN, " ");
            set += line.get(words.len()..).unwrap_or_default();
        }
        self.alarmed(set)
    }

    /// Colours a verdict at the start of a line as the cell of an exceeded limit is.
    fn alarmed(&self, text: String) -> String {
        if !self.colour {
            return text;
        }
        let style = Tone::Alarm.style();
        let coloured =
            text.split_inclusive('\n').map(|line| match ALARMS.iter().find(|word| line.starts_with(**word)) {
                Some(word) => format!("{style}{word}{style:#}{}", line.strip_prefix(word).unwrap_or_default()),
                None => line.to_owned(),
            });
        coloured.collect()
    }

    /// A line of prose, made safe to print.
    pub(super) fn line(&self, words: &str) -> String {
        self.prose(&format!("{}\n", clean(words)))
    }

    /// A line of a list.
    pub(super) fn listed(&self, words: &str) -> String {
        let indent = if self.markdown { "  " } else { "" };
        self.line(&format!("{indent}{words}"))
    }

    /// A name and its value, in a list of such lines. What does not fit stands below the value.
    pub fn item(&self, name: &str, value: &str) -> String {
        const NAME: usize = 12;
        if self.markdown {
            return paragraph(&format!("  {name}: {value}"));
        }
        let name = format!("  {name:<NAME$}  ");
        let Some(width) = self.width else { return format!("{name}{value}\n") };
        let below = " ".repeat(name.len());
        let options = Options::new(width)
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation)
            .initial_indent(&name)
            .subsequent_indent(&below);
        textwrap::wrap(value, options).join("\n") + "\n"
    }
}

/// A line of prose in Markdown. Markup in it is escaped.
fn paragraph(line: &str) -> String {
    let words = escape_markdown(&clean(line.trim_start()));
    match line.starts_with(' ') {
        _ if words.is_empty() => "\n".to_owned(),
        true => format!("- {words}\n"),
        false => format!("\n{words}\n\n"),
    }
}

/// The text without blanks to break a line at between two backticks, if what stands there fits on a line.
fn quoted_whole(text: &str, width: usize) -> String {
    let parts = text.split('`').enumerate().map(|(index, part)| match part {
        quoted if index % 2 == 1 && display_width(quoted) + 4 <= width => quoted.replace(' ', UNBROKEN),
        other => other.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// How urgent a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Action is needed soon.
    Notice,
    /// A limit is reached or exceeded.
    Alarm,
}

impl Tone {
    /// The tone's colour, one of those that every terminal has.
    pub(super) fn style(self) -> Style {
        match self {
            Tone::Notice => AnsiColor::Yellow.on_default(),
            Tone::Alarm => AnsiColor::Red.on_default().bold(),
        }
    }
}
