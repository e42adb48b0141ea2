//! What a text is set on.

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSplitter};

/// A terminal of some width, a pipe, or plain lines for scripts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Medium {
    /// A terminal's columns; none where lines may be of any length, as in a pipe.
    pub width: Option<usize>,
    /// Whether colours are understood and wanted. They never say what no word says.
    pub colour: bool,
    /// Nothing but aligned words and numbers, with every cell filled.
    pub plain: bool,
}

impl Medium {
    /// For a script: no lines, no colours, nothing that depends on a terminal.
    pub const PLAIN: Medium = Medium { width: None, colour: false, plain: true };
}

impl Medium {
    /// Words set on the paper: a line that is too long is broken between words, never within one, so that what is copied
    /// stays whole. Lines of a sentence that is indented stay so.
    pub fn prose(&self, text: &str) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        let mut set = String::with_capacity(text.len() + 16);
        for line in text.split_inclusive('\n') {
            let words = line.trim_end_matches('\n');
            let indent = words.get(..words.len() - words.trim_start().len()).unwrap_or_default();
            let options = Options::new(width)
                .break_words(false)
                .word_splitter(WordSplitter::NoHyphenation)
                .initial_indent(indent)
                .subsequent_indent(indent);
            set += &textwrap::wrap(words.trim_start(), options).join("\n");
            set += line.get(words.len()..).unwrap_or_default();
        }
        set
    }
}

/// How much a word should be noticed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Soon there is something to do.
    Notice,
    /// Something is at its end, or beyond it.
    Alarm,
}

impl Tone {
    /// Its colour, of those that every terminal has.
    pub(super) fn style(self) -> Style {
        match self {
            Tone::Notice => AnsiColor::Yellow.on_default(),
            Tone::Alarm => AnsiColor::Red.on_default().bold(),
        }
    }
}
