//! A CSV with named columns: the header may use a column's name or any of its aliases, and whatever is wrong is said
//! with its line and byte column.
//!
//! Headings match in any case, and `_` or `-` stand for a space. A heading that is no known column is a fault: a
//! misspelt `expires` must not record a licence that never lapses. Rows with nothing in them are left out.
//!
//! A row is one line, as no text of a ledger has a line break in it: a quote that is left open spoils its own row, and
//! not those after it. So the file is split here, and cells are slices of it wherever no quote is doubled.

use super::cells::Cells;
use super::error::MachineFailed;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::nearest;
use crate::store::record::{TextFault, TextRule};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

/// A column that a file may have.
pub(super) struct Column {
    /// What the program calls it.
    pub(super) name: &'static str,
    /// What customs filings call it; in lower case.
    pub(super) also: &'static [&'static str],
    /// How long a cell may be; none for lists, whose parts are short.
    pub(super) rule: Option<TextRule>,
}

/// A file that has been split into rows.
pub(super) struct Sheet<'a> {
    text: &'a str,
    columns: &'static [Column],
    /// For each column, which cell of a row it is.
    places: Vec<Option<usize>>,
    /// Cells in a row, by the header.
    width: usize,
    /// Of all rows, one after the other.
    cells: Vec<Cell<'a>>,
    /// Rows with something in them.
    pub(super) rows: Vec<Row>,
}

/// One cell.
struct Cell<'a> {
    /// What it says, without quotes and the space around it.
    text: Cow<'a, str>,
    /// Where it stands in the file, quotes included.
    span: Range<usize>,
    /// Why it can't be told what it says.
    broken: Option<&'static str>,
}

/// One row.
pub(super) struct Row {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    /// Where its line starts.
    start: usize,
    /// Its cells.
    cells: Range<usize>,
}

/// The bytes of a file that a verb is given.
pub(super) fn load(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        MachineFailed {
            message: format!("`{}` can't be read: {error}", path.display()),
            next: "check the path and its permissions".to_owned(),
        }
        .into()
    })
}

/// The text that faults are underlined in; places count from behind a byte order mark.
pub(super) fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
}

impl<'a> Sheet<'a> {
    /// Splits the file; without a header that is understood, no row is.
    pub(super) fn read(bytes: &'a [u8], columns: &'static [Column]) -> Result<Self, Vec<Fault>> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() as u64 + 1;
            vec![Fault::new(FaultCode::NotUtf8, "the file is not UTF-8 text").line(line)]
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut sheet = Sheet { text, columns, places: Vec::new(), width: 0, cells: Vec::new(), rows: Vec::new() };
        let (mut start, mut header) = (0, None);
        for (index, line) in text.split('\n').enumerate() {
            let from = sheet.cells.len();
            sheet.split(line.strip_suffix('\r').unwrap_or(line), start);
            let row = Row { line: index as u64 + 1, start, cells: from..sheet.cells.len() };
            start += line.len() + 1;
            if sheet.of(&row).iter().all(|cell| cell.text.is_empty()) {
                sheet.cells.truncate(from);
            } else if header.is_none() {
                header = Some(row);
            } else {
                sheet.rows.push(row);
            }
        }
        let Some(header) = header else {
            let told = "the file is empty; its first line names the columns";
            return Err(vec![Fault::new(FaultCode::FieldMissing, told).line(1).help(sheet.known())]);
        };
        sheet.width = header.cells.len();
        sheet.places = sheet.header(&header)?;
        Ok(sheet)
    }

    /// Splits a line that starts at this byte of the file.
    fn split(&mut self, line: &'a str, start: usize) {
        let mut from = 0;
        loop {
            let rest = line.get(from..).unwrap_or_default();
            let space = rest.len() - rest.trim_start().len();
            let quoted = rest.trim_start().strip_prefix('"').map(unquote);
            let length = match &quoted {
                // From behind the closing quote on, up to the comma.
                Some((_, end)) => {
                    let behind = space + 1 + end;
                    behind
                        + memchr::memchr(b',', rest.get(behind..).unwrap_or_default().as_bytes())
                            .unwrap_or(rest.len() - behind)
                }
                None => memchr::memchr(b',', rest.as_bytes()).unwrap_or(rest.len()),
            };
            let raw = rest.get(..length).unwrap_or_default();
            let at = start + from + space.min(length);
            let span = at..at + raw.trim().len();
            let (text, broken) = match quoted {
                None => (Cow::Borrowed(raw.trim()), None),
                Some((None, _)) => (Cow::Borrowed(raw.trim()), Some("a quote is left open: close it on the same line")),
                Some((Some(text), end)) => {
                    let behind = raw.get(space + 1 + end..).unwrap_or_default();
                    let goes_on = !behind.trim().is_empty();
                    (
                        text,
                        goes_on.then_some("the cell goes on behind its closing quote; a quote within is written twice"),
                    )
                }
            };
            self.cells.push(Cell { text, span, broken });
            from += length + 1;
            if from > line.len() {
                break;
            }
        }
    }

    fn of(&self, row: &Row) -> &[Cell<'a>] {
        self.cells.get(row.cells.clone()).unwrap_or_default()
    }

    fn header(&self, header: &Row) -> Result<Vec<Option<usize>>, Vec<Fault>> {
        let mut places: Vec<Option<usize>> = vec![None; self.columns.len()];
        let mut faults = Vec::new();
        for (index, Cell { text: heading, broken, .. }) in self.of(header).iter().enumerate() {
            let wanted = plain(heading);
            let found =
                self.columns.iter().position(|column| wanted == column.name || column.also.contains(&wanted.as_str()));
            let fault = match (broken, found.and_then(|found| places.get_mut(found))) {
                (Some(told), _) => Fault::new(FaultCode::FieldInvalid, *told),
                (None, Some(place @ None)) => {
                    *place = Some(index);
                    continue;
                }
                (None, Some(Some(_))) => {
                    let name = self.name(found.unwrap_or_default());
                    Fault::new(FaultCode::KeyDuplicate, format!("`{heading}` is the column `{name}` a second time"))
                }
                (None, None) => {
                    let names = self.columns.iter().flat_map(|column| std::iter::once(&column.name).chain(column.also));
                    let help = match nearest(&wanted, names.copied()).first() {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => self.known(),
                    };
                    Fault::new(FaultCode::FieldUnknown, format!("unknown column `{heading}`")).help(help)
                }
            };
            faults.push(self.at(header, index, fault));
        }
        if faults.is_empty() { Ok(places) } else { Err(faults) }
    }

    fn known(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        format!("the columns are {}; leave out any other", names.join(", "))
    }

    /// Whether the file has the column.
    pub(super) fn has(&self, column: usize) -> bool {
        self.places.get(column).copied().flatten().is_some()
    }

    /// A fault of the header that no cell is to blame for.
    pub(super) fn lacks(&self, columns: &str) -> Fault {
        Fault::new(FaultCode::FieldMissing, format!("the header has no column {columns}")).line(1).help(self.known())
    }

    /// Begins to read one row: first that it has the cells of the header, and nothing in them that can't be shown.
    pub(super) fn begin<'s>(&'s self, row: &'s Row) -> Cells<'s> {
        let mut cells = Cells::of(self, row);
        for (index, cell) in self.of(row).iter().enumerate() {
            if let Some(told) = cell.broken {
                cells.faults.push(self.at(row, index, Fault::new(FaultCode::FieldInvalid, told)));
            }
        }
        if row.cells.len() != self.width && cells.faults.is_empty() {
            let told = format!("{} cells stand under {} columns", row.cells.len(), self.width);
            let fault = Fault::new(FaultCode::FieldInvalid, told).help("a cell with a comma in it stands in quotes");
            cells.faults.push(self.at(row, self.width.min(row.cells.len().saturating_sub(1)), fault));
        }
        if !cells.faults.is_empty() {
            return cells;
        }
        for (index, column) in self.columns.iter().enumerate() {
            let Some(text) = cells.text(index) else { continue };
            match (column.rule.unwrap_or(TextRule::Long).check(text), column.rule) {
                (Err(wrong @ TextFault::Forbidden(_)), _) | (Err(wrong), Some(_)) => {
                    cells.wrong(index, format!("`{}` {wrong}", column.name));
                }
                (Err(_), None) | (Ok(()), _) => {}
            }
        }
        cells
    }

    /// What a cell of the row says; nothing where it is empty.
    pub(super) fn text<'s>(&'s self, row: &Row, column: usize) -> Option<&'s str> {
        let place = self.places.get(column).copied().flatten()?;
        self.of(row).get(place).map(|cell| cell.text.as_ref()).filter(|text| !text.is_empty())
    }

    /// What the program calls the column.
    pub(super) fn name(&self, column: usize) -> &'static str {
        self.columns.get(column).map_or("", |column| column.name)
    }

    /// The fault, at a cell of the row; only at its line where the file has no such column.
    pub(super) fn blame(&self, row: &Row, column: usize, fault: Fault) -> Fault {
        match self.places.get(column).copied().flatten() {
            Some(place) => self.at(row, place, fault),
            None => fault.line(row.line),
        }
    }

    fn at(&self, row: &Row, index: usize, fault: Fault) -> Fault {
        let fault = fault.line(row.line);
        match self.of(row).get(index) {
            Some(cell) => {
                let column = (cell.span.start - row.start) as u64 + 1;
                Fault { span: Some(cell.span.start..cell.span.end.min(self.text.len())), ..fault.column(column) }
            }
            None => fault,
        }
    }
}

/// What stands before the closing quote, a doubled quote being one; and how many bytes there are up to and with it.
fn unquote(text: &str) -> (Option<Cow<'_, str>>, usize) {
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'"', text.get(from..).unwrap_or_default().as_bytes()) {
        let end = from + at;
        if text.as_bytes().get(end + 1) == Some(&b'"') {
            from = end + 2;
            continue;
        }
        let inner = text.get(..end).unwrap_or_default();
        let said = if inner.contains('"') {
            Cow::Owned(inner.replace("\"\"", "\"").trim().to_owned())
        } else {
            Cow::Borrowed(inner.trim())
        };
        return (Some(said), end + 1);
    }
    (None, text.len())
}

/// A heading as it is compared.
fn plain(heading: &str) -> String {
    let spaced = heading.to_lowercase().replace(['_', '-'], " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
