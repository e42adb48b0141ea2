//! A table for people: aligned, and fitted into their terminal.

use super::layout::{self, Fit, GAP, Measure, hyphens};
use super::{Cell, Column, ColumnKind, Table};
use crate::report::clean::clean;
use crate::report::medium::{Medium, Tone, UNBROKEN};
use std::borrow::Cow;
use tabled::builder::Builder;
use tabled::settings::object::{Cell as Place, Columns, Rows};
use tabled::settings::{Alignment, Color, Padding, Style, style::HorizontalLine};
use textwrap::{Options, WordSplitter};

/// The mark of an empty cell, so that a script finds as many words as columns.
const NOTHING: &str = "-";

impl Table {
    /// Prints the table for a person, fitted to the medium's width if it has one. It first leaves out columns that
    /// matter less, and says so below the table. Then it breaks long texts. If that is not enough, each row becomes a
    /// block of lines.
    pub fn text(&self, medium: &Medium) -> String {
        if medium.markdown {
            return format!("\n{}\n", self.markdown());
        }
        if let Some(telling) = self.telling(medium.plain) {
            return telling.text(medium);
        }
        let Some(width) = medium.width else {
            let columns: Vec<(usize, Option<usize>)> = self
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| column.kind != ColumnKind::Bar)
                .map(|(index, _)| (index, None))
                .collect();
            return self.set(&columns, medium);
        };
        let measures: Vec<Measure> = (0..self.columns.len()).map(|index| self.measure(index)).collect();
        match layout::fit(&measures, width) {
            Some(Fit { shown, left_out }) => {
                let columns: Vec<_> = shown.into_iter().map(|(index, width)| (index, Some(width))).collect();
                self.set(&columns, medium) + &self.left_out(&left_out, width)
            }
            None => self.blocks(medium, width),
        }
    }

    /// Prints the table below its heading.
    pub(in crate::report) fn titled(&self, heading: &str, medium: &Medium) -> String {
        format!("\n{}{}", medium.line(heading), self.text(medium))
    }

    fn measure(&self, index: usize) -> Measure {
        let Some(column) = self.columns.get(index) else { return Measure::of_texts("", std::iter::empty(), None) };
        let cells: Vec<Cow<'_, str>> = self.column(index).map(|cell| clean(&cell.shown)).collect();
        let cells = cells.iter().map(AsRef::as_ref);
        match column.kind {
            ColumnKind::Text => Measure::of_texts(&column.heading, cells, column.goes),
            ColumnKind::Name | ColumnKind::Number | ColumnKind::Bar => {
                Measure::of_whole(&column.heading, cells, column.goes)
            }
        }
    }

    fn column(&self, index: usize) -> impl Iterator<Item = &Cell> {
        self.rows.iter().chain(&self.totals).filter_map(move |row| row.get(index))
    }

    /// Sets these columns. A column with a width gets that width.
    fn set(&self, columns: &[(usize, Option<usize>)], medium: &Medium) -> String {
        let broken =
            |text: &str, width: Option<usize>| width.map_or_else(|| text.to_owned(), |width| wrap(text, width));
        let mut builder = Builder::default();
        let named: Vec<(&Column, usize, Option<usize>)> = columns
            .iter()
            .filter_map(|(index, width)| self.columns.get(*index).map(|column| (column, *index, *width)))
            .collect();
        builder.push_record(named.iter().map(|(column, _, width)| broken(&column.heading, *width)));
        let totals = if medium.plain { &[] } else { self.totals.as_slice() };
        for row in self.rows.iter().chain(totals) {
            builder.push_record(named.iter().map(|(_, index, width)| match row.get(*index) {
                Some(cell) if !medium.plain || !cell.shown.is_empty() => broken(&clean(&cell.shown), *width),
                Some(_) => NOTHING.to_owned(),
                None => String::new(),
            }));
        }
        let mut table = builder.build();
        let rule = HorizontalLine::filled('─').remove_left().remove_right().remove_intersection();
        match (medium.plain, totals.is_empty()) {
            (true, _) => table.with(Style::empty()),
            (_, true) => table.with(Style::empty().horizontals([(1, rule)])),
            _ => table.with(Style::empty().horizontals([(1, rule), (self.rows.len() + 1, rule)])),
        };
        table.modify(Columns::new(..), Padding::new(0, GAP, 0, 0)).modify(Columns::last(), Padding::zero());
        for (place, (column, index, _)) in named.iter().enumerate() {
            if column.kind == ColumnKind::Number {
                table.modify(Columns::one(place), Alignment::right());
            }
            let toned = self.rows.iter().enumerate().filter_map(|(row, cells)| Some((row, cells.get(*index)?.tone?)));
            for (row, tone) in toned.filter(|_| medium.colour) {
                table.modify(Place::new(row + 1, place), colour(tone));
            }
        }
        if self.rows.is_empty() {
            table.modify(Rows::first(), Alignment::left());
        }
        trimmed(&table.to_string())
    }

    /// Prints each row as lines of its own, with every column except bars.
    fn blocks(&self, medium: &Medium, width: usize) -> String {
        let columns: Vec<(usize, &Column)> =
            self.columns.iter().enumerate().filter(|(_, column)| column.kind != ColumnKind::Bar).collect();
        let label =
            columns.iter().map(|(_, column)| textwrap::core::display_width(&column.heading)).max().unwrap_or_default();
        let room = width.saturating_sub(label + GAP).max(1);
        let mut text = String::new();
        for row in self.rows.iter().chain(&self.totals) {
            let mut block = Table::new([Column::text(""), Column::text("")]);
            for (index, column) in &columns {
                if let Some(cell) = row.get(*index).filter(|cell| !cell.shown.is_empty()) {
                    block.push([Cell::of(&column.heading), cell.clone()]);
                }
            }
            let set = block.set(&[(0, Some(label)), (1, Some(room))], &Medium { plain: true, width: None, ..*medium });
            // The first column holds the headings.
            let lines: Vec<&str> = set.lines().skip(1).collect();
            let between = if text.is_empty() { "" } else { "\n" };
            text += &format!("{between}{}\n", lines.join("\n"));
        }
        text
    }

    /// Says which columns are not shown, and how to see them. A word that stands in every row is said here.
    fn left_out(&self, columns: &[usize], width: usize) -> String {
        let named = columns.iter().filter_map(|index| Some((*index, self.columns.get(*index)?)));
        let names: Vec<String> = named
            .filter(|(_, column)| column.kind != ColumnKind::Bar)
            .map(|(index, column)| match self.only_word(index) {
                Some(word) if column.kind == ColumnKind::Text => format!("{} ({})", column.heading, clean(word)),
                _ => column.heading.to_string(),
            })
            // A heading is not broken.
            .map(|name| name.replace(' ', UNBROKEN))
            .collect();
        if names.is_empty() {
            return String::new();
        }
        let told = format!("Left out to save width: {}. --plain shows all columns.", names.join(", "));
        format!("\n{}\n", wrap(&told, width).replace(UNBROKEN, " "))
    }

    /// The word that every row has in this column.
    fn only_word(&self, index: usize) -> Option<&str> {
        let mut cells = self.rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.shown.as_str());
        let first = cells.next().filter(|word| !word.is_empty() && !word.contains(' '))?;
        cells.all(|word| word == first).then_some(first)
    }
}

/// Breaks text between words and after hyphens between letters. If a piece is still too wide, breaks it anywhere.
fn wrap(text: &str, width: usize) -> String {
    let options = Options::new(width).word_splitter(WordSplitter::Custom(hyphens));
    textwrap::wrap(text, options).join("\n")
}

fn colour(tone: Tone) -> Color {
    let style = tone.style();
    Color::new(style.render().to_string(), style.render_reset().to_string())
}

/// Removes blanks at the ends of lines.
fn trimmed(table: &str) -> String {
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}
