//! One table, printed as text, CSV or Markdown.

mod layout;
mod text;

use super::clean::clean;
use super::medium::Tone;
use crate::domain::units::{Units, group_digits};
use std::borrow::Cow;

/// What stands in a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ColumnKind {
    /// Words, which may be broken where there is no room.
    Text,
    /// Numbers, set right.
    Number,
    /// Pictures of numbers in other columns: for a terminal alone.
    Bar,
}

/// A column's heading, and what its cells are.
#[derive(Clone, Debug)]
pub struct Column {
    heading: Cow<'static, str>,
    kind: ColumnKind,
    goes: Option<u8>,
    dashed: bool,
}

impl Column {
    fn of(heading: Cow<'static, str>, kind: ColumnKind) -> Self {
        Column { heading, kind, goes: None, dashed: false }
    }

    /// A column of words.
    pub fn text(heading: impl Into<Cow<'static, str>>) -> Self {
        Column::of(heading.into(), ColumnKind::Text)
    }

    /// A column of numbers, set right.
    pub fn number(heading: impl Into<Cow<'static, str>>) -> Self {
        Column::of(heading.into(), ColumnKind::Number)
    }

    /// A column of pictures, shown on a terminal that has the room and nowhere else.
    pub fn bar(heading: impl Into<Cow<'static, str>>) -> Self {
        Column::of(heading.into(), ColumnKind::Bar)
    }

    /// May be left out on a terminal that is too narrow; of several such columns, 1 goes first.
    pub fn goes(self, order: u8) -> Self {
        Column { goes: Some(order), ..self }
    }

    /// Shows a person a dash where a cell is empty.
    pub fn dashed(self) -> Self {
        Column { dashed: true, ..self }
    }
}

/// A cell: what a person reads, and the exact value that a program reads.
#[derive(Clone, Debug)]
pub struct Cell {
    shown: String,
    /// Where it differs from what is shown.
    exact: Option<String>,
    /// How much it should be noticed, if at all.
    tone: Option<Tone>,
}

impl Cell {
    /// The same for both.
    pub fn of(text: impl ToString) -> Self {
        Cell { shown: text.to_string(), exact: None, tone: None }
    }

    /// With separators for a person, without for a program.
    pub fn number(shown: impl ToString, exact: impl ToString) -> Self {
        Cell { exact: Some(exact.to_string()), ..Cell::of(shown) }
    }

    /// Units, likewise.
    pub fn units(units: Units) -> Self {
        let exact = units.to_string();
        Cell { shown: group_digits(&exact), exact: Some(exact), tone: None }
    }

    /// Coloured, where colours are wanted.
    pub fn toned(self, tone: Option<Tone>) -> Self {
        Cell { tone, ..self }
    }

    fn exact(&self) -> &str {
        self.exact.as_deref().unwrap_or(&self.shown)
    }
}

/// What can stand in a cell.
pub(super) trait InCell {
    /// How it stands there.
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
    /// Nothing is an empty cell.
    fn cell(&self) -> Cell {
        self.as_ref().map_or_else(|| Cell::of(""), InCell::cell)
    }
}

impl InCell for str {
    fn cell(&self) -> Cell {
        Cell::of(self)
    }
}

impl InCell for String {
    fn cell(&self) -> Cell {
        Cell::of(self)
    }
}

impl InCell for u64 {
    fn cell(&self) -> Cell {
        Cell::of(self)
    }
}

/// Rows under headings.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table with no rows yet.
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Table { columns: columns.into(), rows: Vec::new() }
    }

    /// Adds a row, one cell for each column.
    pub fn push(&mut self, cells: impl Into<Vec<Cell>>) {
        let mut cells = cells.into();
        for (cell, _) in
            cells.iter_mut().zip(&self.columns).filter(|(cell, column)| column.dashed && cell.shown.is_empty())
        {
            *cell = Cell::number("-", "");
        }
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// With a header, exact values, and no cell that a spreadsheet would run as a formula.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut written = writer.write_record(self.data().map(|(_, column)| column.heading.as_ref()));
        for row in &self.rows {
            let cells = self.data().filter_map(|(index, column)| Some((row.get(index)?, column)));
            let cells = cells.map(|(cell, column)| match column.kind {
                ColumnKind::Number => cell.exact().to_owned(),
                ColumnKind::Text | ColumnKind::Bar => disarm(cell.exact()),
            });
            written = written.and_then(|()| writer.write_record(cells));
        }
        // Writing to memory fails for no reason but its end.
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// As a Markdown table; markup in cells is escaped.
    pub fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let ruled = |column: &Column| if column.kind == ColumnKind::Number { "---:" } else { "---" }.to_owned();
        let mut text = line(self.data().map(|(_, column)| column.heading.to_string()).collect());
        text += &line(self.data().map(|(_, column)| ruled(column)).collect());
        for row in &self.rows {
            let cells = self.data().filter_map(|(index, _)| row.get(index));
            text += &line(cells.map(|cell| escape_markdown(&clean(&cell.shown))).collect());
        }
        text
    }

    /// The columns that hold what others don't, by their numbers.
    fn data(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, column)| column.kind != ColumnKind::Bar)
    }
}

/// A table of rows, each column declared with its cell: `table!(rows, |row| { text("chip") = &row.chip, ... })`.
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

/// A cell that begins like a formula gets a quote before it, so that a spreadsheet takes it for text. So does what
/// follows a semicolon: in much of Europe a spreadsheet takes that for the end of a cell.
fn disarm(text: &str) -> String {
    let begins_formula = |part: &str| part.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let quoted = |part| if begins_formula(part) { format!("'{}", clean(part)) } else { clean(part).into_owned() };
    text.split(';').map(quoted).collect::<Vec<_>>().join(";")
}

/// No markup, no HTML, no new cell, and no link that nobody meant.
fn escape_markdown(text: &str) -> String {
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
