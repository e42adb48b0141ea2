//! Tables that a narrow screen shows row by row, each number with its label.

use maud::{Markup, html};

/// A column: its heading and the kind of its cells.
#[derive(Clone, Copy)]
pub(super) struct Column {
    label: &'static str,
    kind: ColumnKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    /// What the row is about.
    Subject,
    Text,
    Number,
    Chart,
}

impl Column {
    pub(super) const fn subject(label: &'static str) -> Column {
        Column { label, kind: ColumnKind::Subject }
    }

    pub(super) const fn text(label: &'static str) -> Column {
        Column { label, kind: ColumnKind::Text }
    }

    pub(super) const fn number(label: &'static str) -> Column {
        Column { label, kind: ColumnKind::Number }
    }

    pub(super) const fn chart(label: &'static str) -> Column {
        Column { label, kind: ColumnKind::Chart }
    }

    fn class(self) -> Option<&'static str> {
        match self.kind {
            ColumnKind::Subject => None,
            ColumnKind::Text => Some("t"),
            ColumnKind::Number => Some("n"),
            ColumnKind::Chart => Some("chart"),
        }
    }
}

/// Makes a table with a caption, which a screen reader announces. Every row has a cell for each column. `class` says
/// how a narrow screen lays out a row.
pub(super) fn table(caption: &str, class: &str, columns: &[Column], rows: impl Iterator<Item = Vec<Markup>>) -> Markup {
    html! {
        table class=(class) {
            caption { (caption) }
            thead { tr { @for column in columns {
                th scope="col" class=[column.class()] { (column.label) }
            } } }
            tbody { @for row in rows { tr { @for (column, cell) in columns.iter().zip(row) {
                @match column.kind {
                    ColumnKind::Subject => th scope="row" { (cell) },
                    _ => td class=[column.class()] data-label=(column.label) { (cell) },
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
