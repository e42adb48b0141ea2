//! Splits a text into rows and rows into cells, by RFC 4180 with one exception: an open quote never takes in a later
//! row that is sound by itself.

use std::borrow::Cow;
use std::ops::Range;

/// One cell.
pub(super) struct Cell<'t> {
    /// Its text, without quotes and the space around it.
    pub(super) text: Cow<'t, str>,
    /// Its range in the text, quotes included.
    pub(super) span: Range<usize>,
    /// Why its text is uncertain.
    pub(super) broken: Option<Broken>,
}

/// What is wrong with the quotes of a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Broken {
    Open,
    Stray,
    LineEnd,
}

impl Broken {
    /// The message, to follow the column's name, and the help.
    pub(super) fn told(self) -> (&'static str, &'static str) {
        match self {
            Broken::Open => ("has an open quote", "close it on the same line"),
            Broken::Stray => ("has a stray quote", "write the cell in quotes, and each quote in it twice"),
            Broken::LineEnd => ("has a line end in it", "write the cell on one line"),
        }
    }
}

/// A row: its first line, from 1, and its range in the text.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) span: Range<usize>,
}

/// The lines of a text.
#[derive(Clone)]
pub(super) struct Lines<'t> {
    text: &'t str,
    next: Row,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Lines { text, next: Row { line: 1, span: 0..0 } }
    }

    /// The next row. If a quote is open at the end of its line, the row includes the lines up to the one that closes
    /// the quote, unless one of those lines `fits` as a row by itself.
    pub(super) fn row(&mut self, fits: impl Fn(&[Cell<'t>]) -> bool) -> Option<Row> {
        let mut row = self.next()?;
        if !self.odd(&row) {
            return Some(row);
        }
        let mut ahead = self.clone();
        while let Some(line) = ahead.next() {
            if ahead.odd(&line) {
                let joined = row.span.start..line.span.end;
                let cells = split(self.text, joined.clone());
                if cells.iter().all(|cell| matches!(cell.broken, None | Some(Broken::LineEnd))) {
                    row.span = joined;
                    *self = ahead;
                }
                break;
            }
            if fits(&split(self.text, line.span)) {
                break;
            }
        }
        Some(row)
    }

    /// Whether the line has an odd number of quotes.
    fn odd(&self, line: &Row) -> bool {
        let text = self.text.get(line.span.clone()).unwrap_or_default();
        memchr::memchr_iter(b'"', text.as_bytes()).count() % 2 == 1
    }
}

impl Iterator for Lines<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let Row { line, span: Range { start, .. } } = self.next;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let end = start + memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        self.next = Row { line: line + 1, span: end + 1..end + 1 };
        Some(Row { line, span: start..end })
    }
}

/// The cells of the row at this range of the text.
pub(super) fn split(text: &str, Range { start, end }: Range<usize>) -> Vec<Cell<'_>> {
    // Most sheets have no more columns.
    let mut cells = Vec::with_capacity(8);
    let mut from = start;
    while from <= end {
        let rest = text.get(from..end).unwrap_or_default();
        let space = rest.len() - rest.trim_start().len();
        let quoted = rest.get(space..).and_then(|rest| rest.strip_prefix('"')).map(unquote);
        // The comma that ends the cell comes after its closing quote.
        let closed = quoted.as_ref().map_or(0, |(_, length)| space + 1 + length);
        let behind = rest.get(closed..).unwrap_or_default();
        let length = closed + memchr::memchr(b',', behind.as_bytes()).unwrap_or(behind.len());
        let raw = rest.get(..length).unwrap_or_default();
        let (text, broken) = match quoted {
            None => (Cow::Borrowed(raw.trim()), raw.contains('"').then_some(Broken::Stray)),
            Some((None, _)) => (Cow::Borrowed(raw.trim()), Some(Broken::Open)),
            Some((Some(said), _)) => {
                let stray = !raw.get(closed..).unwrap_or_default().trim().is_empty();
                let broken = raw.contains('\n').then_some(Broken::LineEnd);
                (said, if stray { Some(Broken::Stray) } else { broken })
            }
        };
        let at = from + space.min(length);
        cells.push(Cell { text, span: at..at + raw.trim().len(), broken });
        from += length + 1;
    }
    cells
}

/// The text up to the closing quote, with each doubled quote as one; and the number of bytes up to that quote,
/// including it.
fn unquote(text: &str) -> (Option<Cow<'_, str>>, usize) {
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'"', text.get(from..).unwrap_or_default().as_bytes()) {
        let end = from + at;
        if text.as_bytes().get(end + 1) == Some(&b'"') {
            from = end + 2;
            continue;
        }
        let inner = text.get(..end).unwrap_or_default().trim();
        let said = if inner.contains('"') { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
        return (Some(said), end + 1);
    }
    (None, text.len())
}

impl Cell<'_> {
    /// Whether the cell is not empty.
    pub(super) fn says(&self) -> bool {
        self.broken.is_some() || !self.text.is_empty()
    }
}
