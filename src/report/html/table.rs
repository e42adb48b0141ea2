//! Tables that a narrow screen shows row by row, each number with its label.

use maud::{Markup, html};

/// A column, by the kind of its cells, and its heading.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// What the row is about.
    Subject(&'static str),
    Text(&'static str),
    Number(&'static str),
    Chart(&'static str),
}

impl Column {
    /// The heading, and the class of the cells.
    fn label(self) -> (&'static str, Option<&'static str>) {
        match self {
            Column::Subject(label) => (label, None),
            Column::Text(label) => (label, Some("t")),
            Column::Number(label) => (label, Some("n")),
            Column::Chart(label) => (label, Some("chart")),
        }
    }
}

/// Makes a table with a caption, which a screen reader announces. Every row has a cell for each column. `class` says
/// how a narrow screen lays out a row.
pub(super) fn table(caption: &str, class: &str, columns: &[Column], rows: impl Iterator<Item = Vec<Markup>>) -> Markup {
    html! {
        table class=(class) {
            caption { (caption) }
            thead { tr { @for (label, class) in columns.iter().map(|column| column.label()) {
                th scope="col" class=[class] { (label) }
            } } }
            tbody { @for row in rows { tr { @for (column, cell) in columns.iter().zip(row) {
                @match column.label() {
                    (_, None) => th scope="row" { (cell) },
                    (label, class) => td class=[class] data-label=(label) { (cell) },
                }
            } } } }
        }
    }
}

/// Makes a table of a list of rows. Each column is declared with its cell.
macro_rules! list {
    ($caption:expr, $rows:expr, |$row:pat_param| { $($kind:ident($label:literal) = $cell:expr),* $(,)? }) => {
        $crate::report::html::table::table(
            $caption,
            "list",
            &[$($crate::report::html::table::Column::$kind($label)),*],
            $rows.into_iter().map(|$row| vec![$(maud::html! { ($cell) }),*]),
        )
    };
}

pub(super) use list;
