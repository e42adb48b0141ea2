//! The headrooms of a series of days, in one table.

use super::Document;
use super::clean::clean;
use super::headroom::Headroom;
use super::medium::Medium;
use super::row::{TableRow, object};
use super::table::{Cell, Column, InCell, Table};
use super::values::Day;
use crate::domain::as_of::Step;
use crate::domain::headroom::HeadroomRow;

/// The answer of `headroom` for several days.
pub struct Headrooms {
    pub every: Step,
    /// Ascending.
    pub headrooms: Vec<Headroom>,
}

object! {
    /// What `headroom` answers for a series of days: a headroom for each.
    "headrooms" it: Headrooms { every, headrooms }
}

impl Headrooms {
    /// A row for each day, ceiling and group. The policy may be another one on each day.
    fn rows(&self) -> Table {
        let mut columns = vec![Column::text("as_of")];
        columns.extend(HeadroomRow::columns());
        columns.push(Column::text("policy").unless(""));
        let mut table = Table::new(columns);
        for headroom in &self.headrooms {
            for row in &headroom.rows {
                let mut cells = vec![Day(headroom.as_of.date).cell()];
                row.cells(&mut cells);
                cells.push(Cell::number("", headroom.policy.named()));
                table.push(cells);
            }
        }
        table
    }
}

impl Document for Headrooms {
    fn text(&self, medium: &Medium) -> String {
        let [first, .., last] = self.headrooms.as_slice() else {
            return self.headrooms.iter().map(|only| only.text(medium)).collect();
        };
        let mut header = format!(
            "Headroom from {} to {}, every {}, in {}; head {}\n",
            first.as_of,
            last.as_of,
            self.every,
            clean(&last.unit),
            last.head
        );
        let mut told = String::new();
        for headroom in &self.headrooms {
            let policy = headroom.policy.line();
            if policy != told {
                header += &format!("from {} on: {policy}\n", headroom.as_of.date);
                told = policy;
            }
        }
        format!("{}\n{}{}", medium.prose(&header), self.rows().text(medium), last.remarks(medium))
    }

    fn table(&self) -> Option<Table> {
        let last = self.headrooms.last()?;
        Some(self.rows().in_context([("unit", last.unit.clone()), ("head", last.head.to_string())]))
    }
}
