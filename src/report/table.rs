//! One table, printed as text, CSV or Markdown.

mod layout;
mod text;

use super::clean::clean;
use super::medium::Tone;
use crate::domain::text::begins_formula;
use crate::domain::units::{Units, group_digits};
use std::borrow::Cow;

/// The byte order mark: it tells Excel that a CSV is UTF-8.
pub const BOM: &str = "\u{feff}";

/// What people see in an empty cell of a dashed column.
const DASH: &str = "-";
/// What the first cell of a row of sums says.
const TOTAL: &str = "total";

/// The kind of a column's cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ColumnKind {
    /// Words. They are broken over lines when the terminal is narrow.
    Text,
    /// Names that a person types or copies: never broken.
    Name,
    /// Numbers, aligned right.
    Number,
    /// Bars that picture numbers of other columns. Only a terminal shows them.
    Bar,
}

/// A column: its heading and the kind of its cells.
#[derive(Clone, Debug)]
pub struct Column {
    heading: Cow<'static, str>,
    kind: ColumnKind,
    goes: Option<u8>,
    dashed: bool,
    usual: Option<&'static str>,
}

impl Column {
    fn of(heading: Cow<'static, str>, kind: ColumnKind) -> Self {
        Column { heading, kind, goes: None, dashed: false, usual: None }
    }

    /// A column of words.
    pub fn text(heading: impl Into<Cow<'static, str>>) -> Self {
        Column::of(heading.into(), ColumnKind::Text)
    }

    /// A column of names to type or copy, which are never broken.
    pub fn name(heading: impl Into<Cow<'static, str>>) -> Self {
        Column::of(heading.into(), ColumnKind::Name)
    }

    /// A column of numbers, aligned right.
    pub fn number(heading: impl Into<Cow<'static, str>>) -> Self {
        Column::of(heading.into(), ColumnKind::Number)
    }

    /// A column of bars. Only a terminal that is wide enough shows it.
    pub fn bar(heading: impl Into<Cow<'static, str>>) -> Self {
        Column::of(heading.into(), ColumnKind::Bar)
    }

    /// Lets the column be left out when the terminal is too narrow. The column with the lowest `order` goes first.
    pub fn goes(self, order: u8) -> Self {
        Column { goes: Some(order), ..self }
    }

    /// Shows people a dash in an empty cell, and leaves the column out for them where all its cells are empty. Scripts
    /// have it always.
    pub fn dashed(self) -> Self {
        Column { dashed: true, ..self }
    }

    /// Leaves the column out for people where all its cells are `usual`.
    pub fn unless(self, usual: &'static str) -> Self {
        Column { usual: Some(usual), ..self }
    }
}

/// A cell: the text that people read, and the exact value that programs read.
#[derive(Clone, Debug)]
pub struct Cell {
    shown: String,
    /// The exact value, if it differs from the shown text.
    exact: Option<String>,
    tone: Option<Tone>,
}

impl Cell {
    /// Makes a cell with the same text for people and programs.
    pub fn of(text: impl ToString) -> Self {
        Cell { shown: text.to_string(), exact: None, tone: None }
    }

    /// Makes a cell of a number: with digit separators for people, without for programs.
    pub fn number(shown: impl ToString, exact: impl ToString) -> Self {
        Cell { exact: Some(exact.to_string()), ..Cell::of(shown) }
    }

    /// Makes a cell of units: with digit separators for people, without for programs.
    pub fn units(units: Units) -> Self {
        let exact = units.to_string();
        Cell { shown: group_digits(&exact), exact: Some(exact), tone: None }
    }

    /// Sets the tone, which shows as a colour where colours are wanted.
    pub fn toned(self, tone: Option<Tone>) -> Self {
        Cell { tone, ..self }
    }

    fn exact(&self) -> &str {
        self.exact.as_deref().unwrap_or(&self.shown)
    }
}

/// A value that can stand in a cell.
pub(super) trait InCell {
    /// Makes the cell.
    fn cell(&self) -> Cell;
}

impl InCell for Cell {
    fn cell(&self) -> Cell {
        self.clone()
    }
}

impl<T: InCell + ?Sized> InCell for &T {
    fn cell(&self) -> Cell {
        (**self).cell()
    }
}

impl<T: InCell> InCell for Option<T> {
    /// `None` makes an empty cell.
    fn cell(&self) -> Cell {
        self.as_ref().map_or_else(|| Cell::of(""), InCell::cell)
    }
}

/// A table: columns, and rows of cells.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// What holds for every row: more columns of the CSV.
    context: Vec<(&'static str, String)>,
    /// Sums of rows, below them. Only people see them: in a CSV, or in plain lines, a script would take them for rows.
    totals: Vec<Vec<Cell>>,
}

impl Table {
    /// Makes a table without rows.
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Table { columns: columns.into(), rows: Vec::new(), context: Vec::new(), totals: Vec::new() }
    }

    /// Adds a row, one cell for each column.
    pub fn push(&mut self, cells: impl Into<Vec<Cell>>) {
        let mut cells = cells.into();
        for (cell, _) in
            cells.iter_mut().zip(&self.columns).filter(|(cell, column)| column.dashed && cell.shown.is_empty())
        {
            *cell = Cell::number(DASH, "");
        }
        self.rows.push(cells);
    }

    /// Adds a row of empty cells.
    pub(super) fn push_empty(&mut self) {
        self.rows.push(vec![Cell::of(""); self.columns.len()]);
    }

    /// Puts tables of several kinds into one, for programs: `about` says of each row what it is about. Columns of the same
    /// heading are one.
    pub(super) fn stacked<const N: usize>(tables: [(&'static str, Table); N]) -> Self {
        let mut columns = vec![Column::text("about")];
        for column in tables.iter().flat_map(|(_, table)| &table.columns) {
            if !columns.iter().any(|known| known.heading == column.heading) {
                columns.push(column.clone());
            }
        }
        let mut stacked = Table::new(columns);
        for (about, table) in &tables {
            for row in &table.rows {
                let cell = |column: &Column| {
                    let place = table.columns.iter().position(|own| own.heading == column.heading);
                    place.and_then(|place| row.get(place)).cloned().unwrap_or_else(|| Cell::of(""))
                };
                let cells = stacked.columns.iter().skip(1).map(cell).collect::<Vec<_>>();
                stacked.push([vec![Cell::of(about)], cells].concat());
            }
        }
        stacked
    }

    /// Adds what the text says above the table. CSV has it as last columns with the same value in every row
    /// (D40).
    pub fn in_context(self, context: impl Into<Vec<(&'static str, String)>>) -> Self {
        Table { context: context.into(), ..self }
    }

    /// Adds the sums of these columns of numbers, for each text of the column `each` or for all rows. One row needs no sum,
    /// and an amount that can't be summed exactly has none.
    pub(super) fn totalled(mut self, sums: &[&str], each: Option<&str>) -> Self {
        let place = |heading| self.columns.iter().position(|column| column.heading == heading);
        let each = each.and_then(place);
        let key =
            |row: &[Cell]| each.and_then(|each| row.get(each)).map_or_else(String::new, |cell| cell.shown.clone());
        let mut keys: Vec<String> = self.rows.iter().map(|row| key(row)).collect();
        keys.sort();
        keys.dedup();
        if keys.len() == self.rows.len() {
            return self;
        }
        for named in keys {
            let mut total = vec![Cell::of(""); self.columns.len()];
            for (index, cell) in total.iter_mut().enumerate() {
                let column = self.columns.get(index).filter(|column| sums.contains(&column.heading.as_ref()));
                let rows = self.rows.iter().filter(|row| key(row) == named);
                let mut cells =
                    rows.filter_map(|row| row.get(index)).map(Cell::exact).filter(|exact| !exact.is_empty());
                let add = |sum: Units, exact: &str| sum.plus(exact.parse().ok()?).ok();
                *cell = match (index, column.and_then(|_| cells.try_fold(Units::ZERO, add))) {
                    (_, Some(sum)) => Cell::units(sum),
                    (0, _) => Cell::of(TOTAL),
                    _ if Some(index) == each => Cell::of(&named),
                    _ => Cell::of(""),
                };
            }
            self.totals.push(total);
        }
        self
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes the table as CSV: with a header, with exact values, and without any cell that a spreadsheet would run as
    /// a formula.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let headings = self.data().map(|(_, column)| column.heading.as_ref());
        let mut written = writer.write_record(headings.chain(self.context.iter().map(|(heading, _)| *heading)));
        for row in &self.rows {
            let cells = self.data().filter_map(|(index, column)| Some((row.get(index)?, column)));
            let cells = cells.map(|(cell, column)| match column.kind {
                ColumnKind::Number => cell.exact().to_owned(),
                ColumnKind::Text | ColumnKind::Name | ColumnKind::Bar => disarm(cell.exact()),
            });
            let context = self.context.iter().map(|(_, value)| disarm(value));
            written = written.and_then(|()| writer.write_record(cells.chain(context)));
        }
        // Writing to memory fails only when memory runs out.
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Writes the table as Markdown. Markup in cells is escaped, and a tree keeps its indents.
    pub fn markdown(&self) -> String {
        if let Some(telling) = self.telling(false) {
            return telling.markdown();
        }
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let ruled = |column: &Column| if column.kind == ColumnKind::Number { "---:" } else { "---" }.to_owned();
        let mut text = line(self.data().map(|(_, column)| column.heading.to_string()).collect());
        text += &line(self.data().map(|(_, column)| ruled(column)).collect());
        for row in self.rows.iter().chain(&self.totals) {
            let cells = self.data().filter_map(|(index, _)| row.get(index));
            let set = |cell: &Cell| {
                let words = cell.shown.trim_start_matches(' ');
                "&nbsp;".repeat(cell.shown.len() - words.len()) + &escape_markdown(&clean(words))
            };
            text += &line(cells.map(set).collect());
        }
        text
    }

    /// The table without the columns that are the usual word in every row, or dashes; none where there are no such
    /// columns. Plain text keeps the dashes.
    fn telling(&self, plain: bool) -> Option<Table> {
        let is_usual = |index: usize, column: &Column| {
            let all = |usual| self.rows.iter().filter_map(|row| row.get(index)).all(|cell| cell.shown == usual);
            column.usual.is_some_and(all) || column.dashed && !plain && !self.rows.is_empty() && all(DASH)
        };
        let telling: Vec<bool> =
            self.columns.iter().enumerate().map(|(index, column)| !is_usual(index, column)).collect();
        let kept = |cells: &[Cell]| -> Vec<Cell> {
            cells.iter().zip(&telling).filter(|(_, kept)| **kept).map(|(cell, _)| cell.clone()).collect()
        };
        let summed = |cells: &[Cell]| {
            let mut total = kept(cells);
            if let Some(first) = total.first_mut().filter(|first| first.shown.is_empty()) {
                *first = Cell::of(TOTAL);
            }
            total
        };
        let columns = self.columns.iter().zip(&telling).filter(|(_, kept)| **kept).map(|(column, _)| column.clone());
        telling.contains(&false).then(|| Table {
            columns: columns.collect(),
            rows: self.rows.iter().map(|row| kept(row)).collect(),
            context: self.context.clone(),
            totals: self.totals.iter().map(|row| summed(row)).collect(),
        })
    }

    /// The columns that hold data, with their indices: all but bars, which only picture other columns.
    fn data(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, column)| column.kind != ColumnKind::Bar)
    }
}

/// Makes a table of rows. Each column is declared with its cell: `table!(rows, |row| { text("chip") = &row.chip, ...
/// })`.
macro_rules! table {
    ($rows:expr, |$row:pat_param| {
        $($column:ident($heading:expr) $(. $how:ident ($($order:literal)?))* = $cell:expr),* $(,)?
    }) => {{
        let columns = [$($crate::report::table::Column::$column($heading) $(.$how($($order)?))*),*];
        let mut table = $crate::report::table::Table::new(columns);
        for $row in $rows {
            table.push([$($crate::report::table::InCell::cell(&$cell)),*]);
        }
        table
    }};
}

pub(super) use table;

/// Puts a quote before a cell that begins like a formula, so that a spreadsheet takes it for text. Does the same after
/// a semicolon: in much of Europe a spreadsheet ends a cell there.
fn disarm(text: &str) -> String {
    let quoted = |part| if begins_formula(part) { format!("'{}", clean(part)) } else { clean(part).into_owned() };
    text.split(';').map(quoted).collect::<Vec<_>>().join(";")
}

/// Escapes text so that it makes no markup, no HTML, no new cell and no link.
pub(super) fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        match letter {
            ':' if rest.starts_with("://") => escaped.push_str("\\:"),
            '.' if at >= 3 && text.get(at - 3..at).is_some_and(|word| word.eq_ignore_ascii_case("www")) => {
                escaped.push_str("\\.")
            }
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '~' | '#' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
