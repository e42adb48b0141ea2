//! One table, printed as text, CSV or Markdown.

use super::clean::clean;
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::{Alignment, Padding, Style, style::HorizontalLine};

/// A column's heading, and whether its cells are numbers.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    heading: &'static str,
    number: bool,
}

impl Column {
    /// A column of words.
    pub const fn text(heading: &'static str) -> Self {
        Column { heading, number: false }
    }

    /// A column of numbers, set right.
    pub const fn number(heading: &'static str) -> Self {
        Column { heading, number: true }
    }
}

/// A cell: what a person reads, and the exact value that a program reads.
#[derive(Clone, Debug)]
pub struct Cell {
    shown: String,
    /// Where it differs from what is shown.
    exact: Option<String>,
}

impl Cell {
    /// The same for both.
    pub fn of(text: impl ToString) -> Self {
        Cell { shown: text.to_string(), exact: None }
    }

    /// With separators for a person, without for a program.
    pub fn number(shown: impl ToString, exact: impl ToString) -> Self {
        Cell { shown: shown.to_string(), exact: Some(exact.to_string()) }
    }

    fn exact(&self) -> &str {
        self.exact.as_deref().unwrap_or(&self.shown)
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
        self.rows.push(cells.into());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Aligned for a terminal, one line a row.
    pub fn text(&self) -> String {
        let mut builder = Builder::default();
        builder.push_record(self.columns.iter().map(|column| column.heading));
        for row in &self.rows {
            builder.push_record(row.iter().map(|cell| clean(&cell.shown).into_owned()));
        }
        let mut table = builder.build();
        table
            .with(
                Style::empty()
                    .horizontals([(1, HorizontalLine::filled('─').remove_left().remove_right().remove_intersection())]),
            )
            .modify(Columns::new(..), Padding::new(0, 2, 0, 0))
            .modify(Columns::last(), Padding::zero());
        for (index, column) in self.columns.iter().enumerate() {
            if column.number {
                table.modify(Columns::one(index), Alignment::right());
            }
        }
        if self.rows.is_empty() {
            table.modify(Rows::first(), Alignment::left());
        }
        let lines: Vec<String> = table.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
        lines.join("\n") + "\n"
    }

    /// With a header, exact values, and no cell that a spreadsheet would run as a formula.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut written = writer.write_record(self.columns.iter().map(|column| column.heading));
        for row in &self.rows {
            let cells = row
                .iter()
                .zip(&self.columns)
                .map(|(cell, column)| if column.number { cell.exact().to_owned() } else { disarm(cell.exact()) });
            written = written.and_then(|()| writer.write_record(cells));
        }
        // Writing to memory fails for no reason but its end.
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// As a Markdown table; markup in cells is escaped.
    pub fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(self.columns.iter().map(|column| column.heading.to_owned()).collect());
        text +=
            &line(self.columns.iter().map(|column| if column.number { "---:" } else { "---" }.to_owned()).collect());
        for row in &self.rows {
            text += &line(row.iter().map(|cell| escape_markdown(&clean(&cell.shown))).collect());
        }
        text
    }
}

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
mod tests {
    use super::*;

    fn one(cell: &str) -> Table {
        let mut table = Table::new([Column::text("name"), Column::number("units")]);
        table.push([Cell::of(cell), Cell::number("-75,000", "-75000")]);
        table
    }

    #[test]
    fn text_aligns_numbers_right_and_wide_names_too() {
        assert_eq!(one("阿里").text(), "name    units\n─────────────\n阿里  -75,000\n");
    }

    #[test]
    fn csv_cells_run_as_no_formula_and_numbers_stay_numbers() {
        for armed in ["=1+1", "+1", "-1", "@x", " =1", "\t=1"] {
            let text = one(armed).csv();
            assert!(text.lines().nth(1).unwrap().trim_start_matches('"').starts_with('\''), "{text}");
        }
        assert_eq!(one("a;=1;b; @c").csv(), "name,units\na;'=1;b;' @c,-75000\n");
        assert_eq!(one("a,b").csv(), "name,units\n\"a,b\",-75000\n");
    }

    #[test]
    fn markdown_cells_are_text() {
        assert!(one("http://a.b www.c").markdown().ends_with("| http\\://a.b www\\.c | -75,000 |\n"));
        assert!(one("a|<b>`").markdown().ends_with("| a\\|&lt;b&gt;\\` | -75,000 |\n"));
    }
}
