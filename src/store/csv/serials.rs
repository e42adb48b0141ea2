//! Reads serial numbers: one on each line, or the column `serial` of a `.csv` file.

use super::{Form, NoSheet, Sheet, columns};
use crate::domain::text::Serial;
use crate::store::file;
use crate::store::record::TextRule;
use std::path::Path;

columns! { Numbers:
    Serial "serial" ["serial number"], Some(TextRule::Number), "";
}

/// This program has no use for other columns, so it ignores them.
const FORM: Form =
    Form { what: "the serial numbers' file", columns: Numbers::ALL, needs: "serial", lenient: true, exported: None };

/// Every serial number of the file. Blank lines and empty cells are skipped.
///
/// # Errors
/// The file can't be read, or any row of it is wrong.
pub fn serials(path: &Path) -> Result<Vec<Serial>, NoSheet> {
    let sheet = if path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv")) {
        Sheet::open(path, &FORM, &[])?
    } else {
        let bytes = file::read(&format!("{} ", FORM.what), path, u64::MAX)?;
        let list = |sheet: &mut Sheet| {
            sheet.list();
            Ok(())
        };
        Sheet::of(bytes, &FORM, list).map_err(NoSheet::Faulty)?
    };
    let (mut serials, mut faults) = (Vec::new(), Vec::new());
    for row in sheet.rows() {
        serials.extend(row.text(Numbers::Serial).map(Serial::new));
        faults.extend(row.faults);
    }
    if faults.is_empty() { Ok(serials) } else { Err(NoSheet::Faulty(sheet.faulty(faults))) }
}
