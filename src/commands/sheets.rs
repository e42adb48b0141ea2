//! Reading the CSV files that verbs take: the errors for a faulty file, and the cells that several files share.

use crate::commands::error::NotValid;
use crate::commands::values;
use crate::domain::event::Items;
use crate::domain::fault::Fault;
use crate::domain::text::{ChipName, NameKey};
use crate::store::csv::{Cells, Faulty, Form, NoSheet, Sheet};
use std::path::Path;

/// A sheet that is being read, and what to do once it is corrected.
pub(super) struct Reading<'a> {
    pub(super) path: &'a Path,
    /// ``run `import` again; nothing was written``.
    pub(super) again: &'a str,
}

impl Reading<'_> {
    /// Opens the sheet. A fault of its form or header concerns all rows, so it is an error.
    pub(super) fn open(&self, form: &'static Form, ignored: &[String]) -> anyhow::Result<Sheet> {
        Sheet::open(self.path, form, ignored).map_err(|error| self.no_sheet(error))
    }

    pub(super) fn no_sheet(&self, error: NoSheet) -> anyhow::Error {
        match error {
            NoSheet::Unreadable(error) => error.into(),
            NoSheet::Faulty(faulty) => self.not_valid(faulty, "correct the file"),
        }
    }

    /// The error for rows that are wrong.
    pub(super) fn wrong_rows(&self, sheet: Sheet, mut faults: Vec<Fault>) -> anyhow::Error {
        faults.sort_by_key(|fault| (fault.line, fault.column));
        self.not_valid(sheet.faulty(faults), "correct these rows")
    }

    fn not_valid(&self, Faulty { what, text, faults }: Faulty, first: &str) -> anyhow::Error {
        let (path, next) = (self.path.display().to_string(), format!("{first} and {}", self.again));
        NotValid { what, path, source_text: text, faults, next }.into()
    }
}

/// The items of a row: `items`, or one chip and its quantity.
pub(super) fn items<C: Into<usize> + Copy>(cells: &mut Cells<'_>, items: C, chip: C, quantity: C) -> Items {
    let one = cells.text(chip).is_some() || cells.text(quantity).is_some();
    if one && cells.text(items).is_some() {
        cells.wrong(items, "`items` stands beside `chip` and `quantity`: give one or the other".to_owned());
    } else if !one && cells.has(items) {
        cells.needed(items);
        return cells.parsed(items, list_of_items).unwrap_or_default();
    }
    let chip = ChipName::new(cells.needed(chip));
    cells.needed(quantity);
    cells.parsed(quantity, values::quantity).map(|count| Items::new(vec![(chip, count)])).unwrap_or_default()
}

/// `H200=50000;MI325X=1000`: each chip once (D22).
fn list_of_items(text: &str) -> Result<Items, String> {
    let mut items: Vec<(ChipName, u64)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (chip, count) = values::item(part)?;
        if items.iter().any(|(held, _)| NameKey::of(held.as_str()) == NameKey::of(chip.as_str())) {
            return Err(format!("`{chip}` is ordered twice; add the quantities up"));
        }
        items.push((chip, count));
    }
    if items.is_empty() { Err("an item is CHIP=QTY, as in H200=50000".to_owned()) } else { Ok(Items::new(items)) }
}
