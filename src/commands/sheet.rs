//! A CSV with named columns: the header may use a column's name or any of its aliases, and whatever is wrong is said
//! with its line and byte column.
//!
//! Headings match in any case, and `_` or `-` stand for a space. A heading that is no known column is a fault: a
//! misspelt `expires` must not record a licence that never lapses. Rows with nothing in them are left out. A row is
//! one line: a cell with a line break in it is a quote that was left open.

use super::cells::Cells;
use super::error::MachineFailed;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::nearest;
use crate::store::record::{TextFault, TextRule};
use csv::StringRecord;
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

/// Where a cell is: its line, and the bytes of the file it covers.
struct Spot {
    column: u64,
    span: Range<usize>,
}

/// A file that has been split into rows.
pub(super) struct Sheet<'a> {
    text: &'a str,
    columns: &'static [Column],
    /// For each column, which cell of a row it is.
    places: Vec<Option<usize>>,
    line_starts: Vec<usize>,
    width: usize,
}

/// One row.
pub(super) struct Row {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    start: usize,
    cells: StringRecord,
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
    pub(super) fn read(bytes: &'a [u8], columns: &'static [Column]) -> Result<(Self, Vec<Row>), Vec<Fault>> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() as u64 + 1;
            vec![Fault::new(FaultCode::NotUtf8, "the file is not UTF-8 text").line(line)]
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut sheet = Sheet { text, columns, places: Vec::new(), line_starts, width: 0 };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            // Neither text that is UTF-8 nor rows of any length give the splitter a reason to fail.
            let cells = record
                .map_err(|error| vec![Fault::new(FaultCode::FieldInvalid, format!("this is no CSV: {error}"))])?;
            rows.push(sheet.row(cells));
        }
        if rows.is_empty() {
            let told = "the file is empty; its first line names the columns";
            return Err(vec![Fault::new(FaultCode::FieldMissing, told).line(1).help(sheet.known())]);
        }
        let header = rows.remove(0);
        sheet.width = header.cells.len();
        sheet.places = sheet.header(&header)?;
        rows.retain(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        Ok((sheet, rows))
    }

    /// A row begins after the line ends that stand before it.
    fn row(&self, cells: StringRecord) -> Row {
        let from = cells.position().map_or(0, |position| position.byte() as usize);
        let rest = self.text.get(from..).unwrap_or_default();
        let start = from + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let line = self.line_starts.partition_point(|held| *held <= start) as u64;
        Row { line, start, cells }
    }

    fn header(&self, header: &Row) -> Result<Vec<Option<usize>>, Vec<Fault>> {
        let mut places: Vec<Option<usize>> = vec![None; self.columns.len()];
        let mut faults = Vec::new();
        for (index, heading) in header.cells.iter().enumerate() {
            let wanted = plain(heading);
            let found =
                self.columns.iter().position(|column| wanted == column.name || column.also.contains(&wanted.as_str()));
            match found.and_then(|found| places.get_mut(found)) {
                Some(place @ None) => *place = Some(index),
                Some(Some(_)) => {
                    let name = found.and_then(|found| self.columns.get(found)).map_or("", |column| column.name);
                    let told = format!("`{heading}` is the column `{name}` a second time");
                    faults.push(self.at(header, index, Fault::new(FaultCode::KeyDuplicate, told)));
                }
                None => {
                    let names = self.columns.iter().flat_map(|column| std::iter::once(&column.name).chain(column.also));
                    let help = match nearest(&wanted, names.copied()).first() {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => self.known(),
                    };
                    let fault = Fault::new(FaultCode::FieldUnknown, format!("unknown column `{heading}`")).help(help);
                    faults.push(self.at(header, index, fault));
                }
            }
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
        if row.cells.len() != self.width {
            let told = format!("{} cells stand under {} columns", row.cells.len(), self.width);
            let fault = Fault::new(FaultCode::FieldInvalid, told).help("a cell with a comma in it stands in quotes");
            cells.faults.push(self.at(row, self.width.min(row.cells.len().saturating_sub(1)), fault));
            return cells;
        }
        for (index, column) in self.columns.iter().enumerate() {
            let Some(text) = cells.text(index) else { continue };
            match (column.rule.unwrap_or(TextRule::Long).check(text), column.rule) {
                (Err(TextFault::Forbidden('\n' | '\r')), _) => {
                    let fault = Fault::new(FaultCode::FieldInvalid, format!("`{}` holds a line break", column.name));
                    cells.add(index, fault.help("is a quote left open?"));
                }
                (Err(wrong @ TextFault::Forbidden(_)), _) | (Err(wrong), Some(_)) => {
                    cells.wrong(index, format!("`{}` {wrong}", column.name));
                }
                (Err(_), None) | (Ok(()), _) => {}
            }
        }
        cells
    }

    /// What a cell of the row says; nothing where it is empty.
    pub(super) fn text<'s>(&self, row: &'s Row, column: usize) -> Option<&'s str> {
        let place = self.places.get(column).copied().flatten()?;
        row.cells.get(place).filter(|text| !text.is_empty())
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
        match self.spot(row, index) {
            Some(spot) => Fault { span: Some(spot.span), ..fault.column(spot.column) },
            None => fault,
        }
    }

    /// Where the row's cell of this number stands in the file, without the space around it. Quotes count only where
    /// they open a cell, as in the splitter.
    fn spot(&self, row: &Row, index: usize) -> Option<Spot> {
        let rest = self.text.get(row.start..)?;
        let (mut cell, mut begin, mut quoted) = (0, 0, false);
        let mut end = rest.len();
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                b'"' if quoted || at == begin => quoted = !quoted,
                b'"' if rest.as_bytes().get(at.wrapping_sub(1)) == Some(&b'"') => quoted = true,
                b',' if !quoted && cell < index => (cell, begin) = (cell + 1, at + 1),
                b',' | b'\n' if !quoted => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let raw = rest.get(begin..end)?;
        let from = row.start + begin + (raw.len() - raw.trim_start().len());
        let line_start = self.text.get(..from)?.rfind('\n').map_or(0, |at| at + 1);
        let first_line = raw.trim().lines().next().unwrap_or_default();
        Some(Spot { column: (from - line_start) as u64 + 1, span: from..from + first_line.len() })
    }
}

/// A heading as it is compared.
fn plain(heading: &str) -> String {
    let spaced = heading.to_lowercase().replace(['_', '-'], " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "reference", also: &["itn", "export filing"], rule: Some(TextRule::Short) },
        Column { name: "date", also: &["date of export"], rule: Some(TextRule::Long) },
        Column { name: "items", also: &[], rule: None },
        Column { name: "chip", also: &[], rule: Some(TextRule::Short) },
        Column { name: "quantity", also: &[], rule: Some(TextRule::Short) },
    ];

    /// Every fault of every row: its line, its byte column, and what it says.
    fn faults(text: &str) -> Vec<(u64, Option<u64>, String)> {
        let told = |fault: Fault| (fault.line.unwrap(), fault.column, fault.message);
        match Sheet::read(text.as_bytes(), COLUMNS) {
            Err(faults) => faults.into_iter().map(told).collect(),
            Ok((sheet, rows)) => rows
                .iter()
                .flat_map(|row| {
                    let mut cells = sheet.begin(row);
                    if cells.faults.is_empty() {
                        cells.needed(0);
                        cells.date(1);
                        cells.items(2, 3, 4);
                    }
                    cells.faults
                })
                .map(told)
                .collect(),
        }
    }

    #[test]
    fn headings_match_by_name_and_alias_in_any_case() {
        assert!(faults("ITN,Date_of-Export,items\nX1,2026-03-01,H200=1\n").is_empty());
        let twice = faults("itn,reference,items\n");
        assert_eq!(twice, [(1, Some(5), "`reference` is the column `reference` a second time".to_owned())]);
        let unknown = faults("reference,dates,items\n");
        assert_eq!(unknown, [(1, Some(11), "unknown column `dates`".to_owned())]);
    }

    #[test]
    fn lines_and_columns_are_those_of_the_file() {
        let text =
            "\u{feff}reference,date,items\r\n\r\n,,\r\n\"X,1\", 2026-3-1 ,\"H200=1\"\r\n阿,2026-03-01,H200=1x\r\n";
        let found = faults(text);
        assert_eq!(
            found.iter().map(|(line, column, _)| (*line, *column)).collect::<Vec<_>>(),
            [(4, Some(8)), (5, Some(16))]
        );
        assert!(found[0].2.contains("YYYY-MM-DD"), "{found:?}");
    }

    #[test]
    fn everything_wrong_with_a_row_is_said() {
        let found = faults("reference,date,chip,quantity\n,03/01/2026,H200,\n");
        let places: Vec<_> = found.iter().map(|(line, column, _)| (*line, column.unwrap())).collect();
        assert_eq!(places, [(2, 1), (2, 2), (2, 18)]);
        assert_eq!(faults("reference,date,items\nX1,2026-03-01\n")[0].2, "2 cells stand under 3 columns");
        assert_eq!(faults("reference,items\nX1,\n"), [(2, Some(4), "`items` is empty".to_owned())]);
    }

    #[test]
    fn d22_a_chip_stands_once_in_a_cell() {
        assert!(faults("reference,items\nX1,H200=1;h200=2\n")[0].2.contains("ordered twice"));
        assert!(faults("reference,items,chip,quantity\nX1,H200=1,H200,1\n")[0].2.contains("one or the other"));
    }

    #[test]
    fn an_open_quote_and_control_characters_are_faults() {
        assert!(faults("reference,items\nX1,\"H200=1\nX2,H200=2\n")[0].2.contains("line break"));
        assert!(faults("reference,items\nX\u{1b}1,H200=1\n")[0].2.contains("U+001B"));
        assert!(faults(&format!("reference,items\n{},H200=1\n", "X".repeat(65)))[0].2.contains("64"));
        assert_eq!(faults("")[0].0, 1);
    }
}
