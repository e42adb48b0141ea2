//! Reads the cells of one row.

use super::split::{Cell, Row};
use super::{Place, Sheet};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::{Name, begins_formula, tidy};
use crate::store::record::{TextFault, TextRule};
use std::borrow::Cow;

/// One row while it is read: its cells, and all their faults.
pub struct Cells<'s> {
    sheet: &'s Sheet,
    row: &'s Row,
    cells: Vec<Cell<'s>>,
    pub place: Place,
    /// Whether every cell is under its heading. If not, the cells are not checked further.
    pub whole: bool,
    /// The faults found so far.
    pub faults: Vec<Fault>,
}

impl<'s> Cells<'s> {
    pub(super) fn of(sheet: &'s Sheet, row: &'s Row, index: usize) -> Self {
        let place = Place { index, line: row.line };
        let mut cells = Cells { sheet, row, cells: sheet.cells(row), place, whole: false, faults: Vec::new() };
        for (index, cell) in cells.cells.iter().enumerate() {
            if let Some(broken) = cell.broken {
                let heading = sheet.headings.get(index).map_or_else(|| "a cell".to_owned(), |name| format!("`{name}`"));
                cells.faults.push(sheet.broken(row, &heading, cell, broken));
            }
        }
        if let (true, Some((index, told))) = (cells.faults.is_empty(), sheet.unfit(&cells.cells)) {
            let fault = Fault::new(FaultCode::FieldInvalid, told).help("write a cell with a comma in quotes");
            cells.faults.extend(cells.cells.get(index).map(|cell| sheet.at(row, &cell.span, fault)));
        }
        cells.whole = cells.faults.is_empty();
        if cells.whole {
            cells.check();
        }
        cells
    }

    fn check(&mut self) {
        for (index, column) in self.sheet.form.columns.iter().enumerate() {
            let Some(text) = self.text(index) else { continue };
            match (column.rule.unwrap_or(TextRule::Long).check_given(&text), column.rule) {
                (Err(wrong @ TextFault::Forbidden(_)), _) | (Err(wrong), Some(_)) => self.unruly(index, wrong),
                (Err(_), None) | (Ok(()), _) => {}
            }
        }
    }

    /// The text of the cell, if it is not empty (D31).
    pub fn text(&self, column: impl Into<usize>) -> Option<Cow<'s, str>> {
        let text = match self.cell(column.into())?.text.clone() {
            Cow::Borrowed(text) => tidy(text),
            Cow::Owned(text) => tidy(&text).into_owned().into(),
        };
        let text = if self.sheet.disarmed { armed(&text).into() } else { text };
        Some(text).filter(|text| !text.is_empty())
    }

    /// The text of a cell that must not be empty. Adds a fault if it is.
    pub fn needed(&mut self, column: impl Into<usize>) -> Cow<'s, str> {
        let column = column.into();
        self.text(column).unwrap_or_else(|| {
            let told = format!("`{}` is empty", self.name(column));
            self.add(column, Fault::new(FaultCode::FieldMissing, told));
            Cow::default()
        })
    }

    /// The parts of a list, separated by semicolons.
    pub fn list(&mut self, column: impl Into<usize>) -> Vec<Name> {
        let column = column.into();
        let text = self.text(column).unwrap_or_default();
        let parts = text.split(';').map(tidy).filter(|part| !part.is_empty());
        parts
            .map(|part| {
                if let Err(wrong) = TextRule::Long.check_given(&part) {
                    self.unruly(column, wrong);
                }
                Name::new(part)
            })
            .collect()
    }

    /// Parses the cell with `read`. An error of `read` becomes a fault.
    pub fn parsed<T>(&mut self, column: impl Into<usize>, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let column = column.into();
        let text = self.text(column)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(told) => {
                self.wrong(column, format!("`{}` is `{text}`: {told}", self.name(column)));
                None
            }
        }
    }

    /// Adds the fault that the content of the cell is not allowed.
    pub fn wrong(&mut self, column: impl Into<usize>, told: String) {
        self.add(column.into(), Fault::new(FaultCode::FieldInvalid, told));
    }

    /// Whether the sheet has the column.
    pub fn has(&self, column: impl Into<usize>) -> bool {
        self.sheet.places.get(column.into()).is_some_and(Option::is_some)
    }

    /// The program's name for the column.
    pub fn name(&self, column: impl Into<usize>) -> &'static str {
        self.sheet.form.columns.get(column.into()).map_or("", |column| column.name)
    }

    fn unruly(&mut self, column: usize, wrong: TextFault) {
        let code = match wrong {
            TextFault::Forbidden(_) => FaultCode::ControlCharacter,
            TextFault::Unfit(_) | TextFault::TooLong(_) | TextFault::NotAnId => FaultCode::FieldInvalid,
        };
        let fault = Fault::new(code, format!("`{}` {wrong}", self.name(column)));
        self.add(column, if let TextFault::Unfit(unfit) = wrong { fault.help(unfit.help()) } else { fault });
    }

    /// Adds a fault, unless the cell has one already.
    fn add(&mut self, column: usize, fault: Fault) {
        let fault = self.blame(column, fault);
        if fault.span.is_none() || self.faults.iter().all(|held| held.span != fault.span) {
            self.faults.push(fault);
        }
    }

    pub(super) fn blame(&self, column: usize, fault: Fault) -> Fault {
        match self.cell(column) {
            Some(cell) => self.sheet.at(self.row, &cell.span, fault),
            None => fault.line(self.row.line),
        }
    }

    fn cell(&self, column: usize) -> Option<&Cell<'s>> {
        self.cells.get(self.sheet.places.get(column).copied().flatten()?)
    }
}

/// The text without the quotes that an export puts before what begins like a formula.
fn armed(text: &str) -> String {
    let plain = |part| str::strip_prefix(part, '\'').filter(|rest| begins_formula(rest)).unwrap_or(part);
    text.split(';').map(plain).collect::<Vec<_>>().join(";")
}
