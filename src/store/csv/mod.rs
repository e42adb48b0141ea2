//! The one reader of CSV: filings, orders, customers and serial numbers (D32).
//!
//! Each kind of sheet is declared as a [`Form`]. A heading is a column's name or one of its synonyms, in any case, with
//! `_` or `-` for a space. A heading that is no column of the form is a fault, unless the user ignores it: a misspelt
//! `expires` must not record a licence that never lapses. A fault names its line, its byte column and its cell.

mod cells;
mod serials;
mod split;
#[cfg(test)]
mod tests;
mod text;

pub use cells::Cells;
pub use serials::serials;

use super::file::{self, Unreadable};
use super::record::TextRule;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::{NameKey, nearest, tidy};
use crate::domain::units::counted;
use split::{Broken, Cell, Lines, Row, split};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use thiserror::Error;

/// A kind of sheet.
#[derive(Debug)]
pub struct Form {
    /// `the filings' file`.
    pub what: &'static str,
    /// All columns that the sheet may have.
    pub columns: &'static [Column],
    /// The columns that the sheet must have: names, with `+` between columns that go together, `|` between alternatives,
    /// and `;` after each need.
    pub needs: &'static str,
    /// Whether unknown columns are ignored without `--ignore`.
    pub lenient: bool,
    /// The form of the program's own export, for a sheet that has its columns `entry` and `standing`.
    pub exported: Option<&'static Form>,
}

/// A column that a sheet may have.
#[derive(Debug)]
pub struct Column {
    /// The program's name for it, in lower case.
    pub name: &'static str,
    /// Other names for it, in lower case.
    pub also: &'static [&'static str],
    /// The rule for its cells. None for lists, whose parts are checked one by one.
    pub rule: Option<TextRule>,
    /// A note after the names in the help text.
    pub note: &'static str,
}

/// Declares the columns of a form, and an enum to address their cells.
macro_rules! columns {
    ($name:ident: $($column:ident $heading:literal $also:expr, $rule:expr, $note:literal;)*) => {
        #[derive(Clone, Copy)]
        enum $name { $($column,)* }

        impl $name {
            const ALL: &[crate::store::csv::Column] =
                &[$(crate::store::csv::Column { name: $heading, also: &$also, rule: $rule, note: $note },)*];
        }

        impl From<$name> for usize {
            fn from(column: $name) -> usize {
                column as usize
            }
        }
    };
}
pub(crate) use columns;

/// Why there is no sheet.
#[derive(Debug, Error)]
pub enum NoSheet {
    /// The file can't be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("the file is not valid")]
    Faulty(Faulty),
}

/// The faults of a file or of its rows.
#[derive(Debug)]
pub struct Faulty {
    /// `the filings' file`.
    pub what: &'static str,
    /// The text in which the spans count.
    pub text: String,
    pub faults: Vec<Fault>,
}

/// A file that has been split into rows.
#[derive(Debug)]
pub struct Sheet {
    text: String,
    form: &'static Form,
    /// Whether each line is one cell, commas and quotes included.
    list: bool,
    /// Whether a quote stands before cells that begin like a formula, as the program's own export writes them.
    disarmed: bool,
    /// The cells of the header.
    headings: Vec<String>,
    /// For each column of the form, the index of its cell in a row.
    places: Vec<Option<usize>>,
    /// The rows that are not blank.
    rows: Vec<Row>,
}

/// The place of a row in its sheet.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    index: usize,
    /// The row's first line, from 1.
    pub line: u64,
}

impl Sheet {
    /// Reads a file, without the columns that are `ignored`: lists of headings, separated by commas.
    ///
    /// # Errors
    /// The file can't be read, is no CSV, or has a header that does not fit the form.
    pub fn open(path: &Path, form: &'static Form, ignored: &[String]) -> Result<Sheet, NoSheet> {
        let bytes = file::read(&format!("{} ", form.what), path, u64::MAX)?;
        Sheet::of(bytes, form, |sheet| sheet.table(ignored)).map_err(NoSheet::Faulty)
    }

    fn of(
        bytes: Vec<u8>,
        form: &'static Form,
        fill: impl FnOnce(&mut Sheet) -> Result<(), Vec<Fault>>,
    ) -> Result<Sheet, Faulty> {
        let text = text::text(bytes).map_err(|(text, faults)| Faulty { what: form.what, text, faults })?;
        let mut sheet = Sheet {
            text,
            form,
            list: false,
            disarmed: false,
            headings: Vec::new(),
            places: Vec::new(),
            rows: Vec::new(),
        };
        match fill(&mut sheet) {
            Ok(()) => Ok(sheet),
            Err(faults) => Err(sheet.faulty(faults)),
        }
    }

    /// Every row.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Cells<'_>> {
        self.rows.iter().enumerate().map(|(index, row)| Cells::of(self, row, index))
    }

    /// Turns the sheet into the error that holds its faults.
    pub fn faulty(self, faults: Vec<Fault>) -> Faulty {
        Faulty { what: self.form.what, text: self.text, faults }
    }

    /// Places the fault at a cell of the row. If the sheet has no such column, places it at the line.
    pub fn blame(&self, place: Place, column: impl Into<usize>, fault: Fault) -> Fault {
        match self.rows.get(place.index) {
            Some(row) => Cells::of(self, row, place.index).blame(column.into(), fault),
            None => fault.line(place.line),
        }
    }

    /// Reads each line as one cell.
    fn list(&mut self) {
        self.list = true;
        self.headings = self.form.columns.iter().map(|column| column.name.to_owned()).collect();
        self.places = vec![Some(0)];
        self.rows = Lines::of(&self.text).filter(|row| self.says(row)).collect();
    }

    /// Reads a header and the rows under it.
    fn table(&mut self, ignored: &[String]) -> Result<(), Vec<Fault>> {
        let mut lines = Lines::of(&self.text);
        let header = loop {
            let Some(row) = lines.row(|_| true) else {
                let told = "the file is empty; its first line names the columns";
                return Err(vec![Fault::new(FaultCode::FieldMissing, told).line(1).help(self.known())]);
            };
            if self.says(&row) {
                break row;
            }
        };
        let headings: Vec<String> = self.cells(&header).iter().map(|cell| plain(&cell.text)).collect();
        let is_export = ["entry", "standing"].iter().all(|name| headings.iter().any(|heading| heading == name));
        if let Some(exported) = self.form.exported.filter(|_| is_export) {
            self.form = exported;
            self.disarmed = true;
        }
        self.places = self.header(&header, ignored)?;
        self.headings = self.cells(&header).iter().map(|cell| cell.text.clone().into_owned()).collect();
        while self.headings.last().is_some_and(String::is_empty) {
            self.headings.pop();
        }
        let mut rows = Vec::new();
        while let Some(row) = lines.row(|cells| self.unfit(cells).is_none()) {
            if self.says(&row) {
                rows.push(row);
            }
        }
        self.rows = rows;
        Ok(())
    }

    /// Whether anything stands in the row; most rows show it by their first letter.
    fn says(&self, row: &Row) -> bool {
        let text = self.text.get(row.span.clone()).unwrap_or_default();
        text.starts_with(char::is_alphanumeric) || self.cells(row).iter().any(Cell::says)
    }

    fn cells(&self, row: &Row) -> Vec<Cell<'_>> {
        if !self.list {
            return split(&self.text, row.span.clone());
        }
        let line = self.text.get(row.span.clone()).unwrap_or_default();
        let start = row.span.start + line.len() - line.trim_start().len();
        let text = line.trim();
        vec![Cell { text: Cow::Borrowed(text), span: start..start + text.len(), broken: None }]
    }

    /// Reads the header: finds the index of each column's cell.
    fn header(&self, header: &Row, ignored: &[String]) -> Result<Vec<Option<usize>>, Vec<Fault>> {
        let whole = |fault: Fault| self.at(header, &header.span, fault);
        if let Some(fault) = text::other_form(self.text.get(header.span.clone()).unwrap_or_default()) {
            return Err(vec![whole(fault)]);
        }
        let ignored: Vec<String> =
            ignored.iter().flat_map(|list| split(list, 0..list.len())).map(|heading| plain(&heading.text)).collect();
        let mut places: Vec<Option<usize>> = vec![None; self.form.columns.len()];
        let (mut faults, mut foreign) = (Vec::new(), Vec::new());
        let cells = self.cells(header);
        for (index, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.says()) {
            let heading = plain(&cell.text);
            let found = self.form.columns.iter().zip(&mut places).find(|(column, _)| column.is_called(&heading));
            match (cell.broken, found) {
                (Some(broken), _) => faults.push(self.broken(header, "a heading", cell, broken)),
                _ if ignored.contains(&heading) => {}
                (None, Some((_, place @ None))) => *place = Some(index),
                (None, Some((column, _))) => {
                    let told = format!("`{}` is the column `{}` a second time", cell.text, column.name);
                    let fault = Fault::new(FaultCode::KeyDuplicate, told).help(passed_over(&[&cell.text]));
                    faults.push(self.at(header, &cell.span, fault));
                }
                (None, None) => foreign.push(cell),
            }
        }
        let mut meant = Vec::new();
        if let Some(first) = foreign.first().filter(|_| !self.form.lenient) {
            let headings: Vec<&str> = foreign.iter().map(|cell| cell.text.as_ref()).collect();
            let absent = || self.form.columns.iter().zip(&places).filter(|(_, place)| place.is_none());
            let names = || absent().flat_map(|(column, _)| column.also.iter().chain([&column.name]));
            let near = |heading: &str| nearest(heading, names().copied()).into_iter().next();
            let mut help = String::new();
            for (heading, name) in headings.iter().filter_map(|heading| Some((heading, near(&plain(heading))?))) {
                help += &format!("did you mean `{name}` by `{heading}`? ");
                meant.extend(
                    absent().filter(|(column, _)| column.is_called(name.as_str())).map(|(column, _)| column.name),
                );
            }
            let told =
                format!("unknown column{} `{}`", if foreign.len() == 1 { "" } else { "s" }, headings.join("`, `"));
            let help = format!("{help}{}; {}", passed_over(&headings), self.known());
            faults.push(self.at(header, &first.span, Fault::new(FaultCode::FieldUnknown, told).help(help)));
        }
        let has = |name: &str| {
            self.form.columns.iter().zip(&places).any(|(column, place)| column.name == name && place.is_some())
        };
        for need in self.form.needs.split_terminator("; ") {
            let ways: Vec<Vec<&str>> = need.split(" | ").map(|way| way.split(" + ").collect()).collect();
            // A "did you mean" for the missing column is in the faults already.
            let asked = ways.iter().flatten().any(|name| meant.contains(name));
            if !asked && !ways.iter().any(|way| way.iter().all(|name| has(name))) {
                let ways: Vec<String> = ways.iter().map(|way| format!("`{}`", way.join("` with `"))).collect();
                let told = format!("the header has no column {}", ways.join(", nor "));
                faults.push(whole(Fault::new(FaultCode::FieldMissing, told).help(self.known())));
            }
        }
        if faults.is_empty() { Ok(places) } else { Err(faults) }
    }

    fn known(&self) -> String {
        let names: Vec<&str> = self.form.columns.iter().map(|column| column.name).collect();
        format!("the columns are {}", names.join(", "))
    }

    /// Why the cells do not fit the header, and the index of the cell that shows it.
    fn unfit(&self, cells: &[Cell<'_>]) -> Option<(usize, String)> {
        let (width, count) = (self.headings.len(), cells.len());
        let uneven = || {
            format!("{} under {}", counted(count, "cell stands", "cells stand"), counted(width, "column", "columns"))
        };
        if count < width {
            return Some((count.saturating_sub(1), uneven()));
        }
        let headless = |index: usize| self.headings.get(index).is_none_or(String::is_empty);
        let (index, cell) = cells.iter().enumerate().find(|(index, cell)| headless(*index) && cell.says())?;
        let told = if index < width { format!("`{}` stands under no heading", cell.text) } else { uneven() };
        Some((index, told))
    }

    fn broken(&self, row: &Row, name: &str, cell: &Cell<'_>, broken: Broken) -> Fault {
        let (told, help) = broken.told();
        self.at(row, &cell.span, Fault::new(FaultCode::FieldInvalid, format!("{name} {told}")).help(help))
    }

    fn at(&self, row: &Row, span: &Range<usize>, fault: Fault) -> Fault {
        let before = self.text.get(row.span.start..span.start).unwrap_or_default();
        let line = row.line + before.matches('\n').count() as u64;
        let column = before.rfind('\n').map_or(before.len(), |end| before.len() - end - 1) as u64 + 1;
        Fault { span: Some(span.clone()), ..fault.line(line).column(column) }
    }
}

impl Column {
    fn is_called(&self, heading: &str) -> bool {
        self.name == heading || self.also.contains(&heading)
    }
}

/// A heading in the form in which headings are compared.
fn plain(heading: &str) -> String {
    tidy(&NameKey::of(heading).as_str().replace(['_', '-'], " ")).into_owned()
}

/// A help text with the option that ignores these columns, quoted for a shell.
fn passed_over(headings: &[&str]) -> String {
    let cell = |heading: &&str| match heading.contains([',', '"']) {
        true => format!("\"{}\"", heading.replace('"', "\"\"")),
        false => (*heading).to_owned(),
    };
    let list = headings.iter().map(cell).collect::<Vec<_>>().join(",");
    let bare = |letter: char| letter.is_ascii_alphanumeric() || "_-.,".contains(letter);
    let list = if list.chars().all(bare) { list } else { format!("'{}'", list.replace('\'', r"'\''")) };
    format!("`--ignore {list}` skips columns that are not for the ledger")
}
