//! What the cells of one row say, each read as what it stands for.

use super::given;
use super::order::Quantities;
use super::sheet::{Row, Sheet};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::NameKey;
use chrono::NaiveDate;

/// One row as it is read: what its cells say, and all that is wrong with them.
pub(super) struct Cells<'s> {
    sheet: &'s Sheet<'s>,
    row: &'s Row,
    /// What is wrong so far.
    pub(super) faults: Vec<Fault>,
}

impl<'s> Cells<'s> {
    /// Nothing is read yet.
    pub(super) fn of(sheet: &'s Sheet<'s>, row: &'s Row) -> Self {
        Cells { sheet, row, faults: Vec::new() }
    }

    /// What the cell says, if it says anything.
    pub(super) fn text(&self, column: usize) -> Option<&'s str> {
        self.sheet.text(self.row, column)
    }

    /// A text that must be there.
    pub(super) fn needed(&mut self, column: usize) -> &'s str {
        let text = self.text(column);
        if text.is_none() {
            self.missing(column);
        }
        text.unwrap_or_default()
    }

    /// A day, if one is given.
    pub(super) fn date(&mut self, column: usize) -> Option<NaiveDate> {
        self.parsed(column, given::date)
    }

    /// What is ordered: `items`, or one chip and its quantity.
    pub(super) fn items(&mut self, items: usize, chip: usize, quantity: usize) -> Quantities {
        let one = self.text(chip).is_some() || self.text(quantity).is_some();
        if self.text(items).is_some() {
            if one {
                self.wrong(items, "`items` stands beside `chip` and `quantity`: give one or the other".to_owned());
            }
            return self.parsed(items, list_of_items).unwrap_or_default();
        }
        if !one && self.sheet.has(items) {
            self.missing(items);
            return Quantities::new();
        }
        let chip = self.needed(chip).to_owned();
        if self.text(quantity).is_none() {
            self.missing(quantity);
        }
        self.parsed(quantity, given::quantity).map(|count| (chip, count)).into_iter().collect()
    }

    /// What `read` makes of the cell; what it does not understand is a fault.
    pub(super) fn parsed<T>(&mut self, column: usize, read: impl Fn(&'s str) -> Result<T, String>) -> Option<T> {
        match self.text(column).map(read)? {
            Ok(value) => Some(value),
            Err(told) => {
                let name = self.name(column);
                let text = self.text(column).unwrap_or_default().to_owned();
                self.wrong(column, format!("`{name}` is `{text}`: {told}"));
                None
            }
        }
    }

    /// The cell says something that it must not.
    pub(super) fn wrong(&mut self, column: usize, told: String) {
        self.add(column, Fault::new(FaultCode::FieldInvalid, told));
    }

    fn missing(&mut self, column: usize) {
        let told = format!("`{}` is empty", self.name(column));
        self.add(column, Fault::new(FaultCode::FieldMissing, told));
    }

    /// With this at one of its cells.
    pub(super) fn add(&mut self, column: usize, fault: Fault) {
        self.faults.push(self.sheet.blame(self.row, column, fault));
    }

    fn name(&self, column: usize) -> &'static str {
        self.sheet.name(column)
    }
}

/// `H200=50000;MI325X=1000`: each chip once (D22).
fn list_of_items(text: &str) -> Result<Quantities, String> {
    let mut items = Quantities::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (chip, count) = given::item(part)?;
        if items.iter().any(|(held, _)| NameKey::of(held) == NameKey::of(&chip)) {
            return Err(format!("`{chip}` is ordered twice; add the quantities up"));
        }
        items.push((chip, count));
    }
    if items.is_empty() { Err("an item is CHIP=QTY, as in H200=50000".to_owned()) } else { Ok(items) }
}
