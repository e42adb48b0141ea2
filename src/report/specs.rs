//! `headroom --specs`: usage and headroom in the figures that the policy states for each chip. All of it is derived.

use super::clean::clean;
use super::medium::Medium;
use super::row::object;
use super::table::{Cell, Column, InCell, Table};
use super::values::{in_json, pairs};
use super::wording::{joined, quantities};
use crate::domain::specs::{Derived, Portion, SpecSum};
use crate::domain::text::{CeilingName, ChipName, Text};
use crate::domain::units::{Units, group_digits};

/// The rows of a headroom table in the policy's figures.
pub struct Specs {
    /// The figures, by their keys in the policy.
    pub names: Vec<Text>,
    /// For each row of the table, in its order.
    pub rows: Vec<SpecsRow>,
    /// Prohibited chips. They have no headroom of their own.
    pub prohibited: Vec<ChipName>,
    /// Chips that count as nothing. They have no headroom of their own.
    pub uncounted: Vec<ChipName>,
}

/// One row in the policy's figures.
pub struct SpecsRow {
    pub ceiling: Option<CeilingName>,
    pub group: Text,
    /// First the usage, then the headroom in each chip.
    pub derived: Vec<Derived>,
}

object! {
    /// Usage and headroom in the figures that the policy states for each chip.
    it: Specs {
        derived: Derivation(true),
        rows: it.parts().collect::<Vec<_>>(),
    }
}

/// The mark that the rows are derived.
struct Derivation(bool);

in_json! {
    Derivation: {
        "type": "boolean",
        "description": "Sums of what the policy states: nothing is measured, and nothing is judged by it.",
        "const": true,
    }, |it| it.0;
}

/// One portion of a row.
struct Part<'a> {
    row: &'a SpecsRow,
    derived: &'a Derived,
}

object! {
    it: Part<'_> {
        ceiling: &it.row.ceiling,
        group: &it.row.group,
        of: it.derived.portion,
        chips: pairs(&it.derived.chips),
        sums: &it.derived.sums,
    }
}

object! {
    it: SpecSum {
        spec,
        unit: Unit::of(it.spec.as_str()).stated,
        /// The sum over the chips that have this figure; null if none has it.
        sum,
        /// Chips that lack this figure. The sum leaves them out.
        without: pairs(&it.without),
    }
}

impl SpecsRow {
    /// Names the row's group and chips.
    fn heading(&self) -> String {
        let ceiling = self.ceiling.as_ref().map(|ceiling| format!("{}, ", clean(ceiling.as_str()))).unwrap_or_default();
        let of = |portion| self.derived.iter().filter(move |derived| derived.portion == portion);
        let told =
            |portion, word: &str| of(portion).map(|derived| format!("{} {word}", quantities(&derived.chips))).collect();
        let mut parts: Vec<String> = told(Portion::Used, "used");
        parts.extend::<Vec<_>>(told(Portion::NotCounted, "not counted"));
        let left: Vec<String> = of(Portion::Headroom).map(|derived| quantities(&derived.chips)).collect();
        if !left.is_empty() {
            parts.push(format!("{} left", left.join(" or ")));
        }
        format!("{ceiling}{}: {}\n", clean(self.group.as_str()), parts.join("; "))
    }
}

impl Specs {
    fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.rows.iter().flat_map(|row| row.derived.iter().map(move |derived| Part { row, derived }))
    }

    /// Prints the rows for a person: one line for each figure.
    pub(super) fn text(&self, medium: &Medium) -> String {
        let mut text =
            "\nDerived: what the policy states per chip, summed over chips. Nothing is measured or judged by it.\n"
                .to_owned();
        if self.names.is_empty() {
            text += "The policy in force states no specs for any chip: nothing can be derived.\n";
        }
        let mut text = medium.prose(&text);
        for row in self.rows.iter().filter(|_| !self.names.is_empty()) {
            text += &format!("\n{}{}", medium.prose(&row.heading()), self.sums_of(row).text(medium));
            for (chips, names) in
                row.derived.iter().filter(|derived| derived.portion != Portion::Headroom).flat_map(missing)
            {
                let names: Vec<_> = names.iter().map(|name| clean(name)).collect();
                let told =
                    format!("without {}: the policy states no {} for them\n", quantities(chips), names.join(", "));
                text += &medium.prose(&told);
            }
        }
        text + &medium.prose(&self.notes())
    }

    fn notes(&self) -> String {
        let mut derived = self.rows.iter().flat_map(|row| &row.derived);
        if self.names.is_empty() || derived.all(|derived| derived.portion != Portion::Headroom) {
            return String::new();
        }
        let mut text =
            "\nleft in a chip: whole chips that would fit under this ceiling if all its headroom went to that chip\n"
                .to_owned();
        let unknown = |derived: &Derived| derived.sums.iter().any(|sum| sum.sum.is_none());
        if self.rows.iter().flat_map(|row| &row.derived).any(unknown) {
            text += "-: the policy states no such figure for the chip\n";
        }
        for (chips, why) in [(&self.prohibited, "it is prohibited"), (&self.uncounted, "it counts as nothing")] {
            text.extend(chips.iter().map(|chip| format!("no headroom in {}: {why}\n", clean(chip.as_str()))));
        }
        text
    }

    /// A row's figures, with one column for each of its portions.
    fn sums_of(&self, row: &SpecsRow) -> Table {
        let mut columns = vec![Column::text("derived")];
        for (index, derived) in row.derived.iter().enumerate() {
            let column = Column::number(portion(derived));
            // The columns of the policy's first chips are left out last.
            let goes = u8::try_from(row.derived.len() - index).unwrap_or(u8::MAX);
            columns.push(if derived.portion == Portion::Headroom { column.goes(goes) } else { column });
        }
        let mut table = Table::new(columns);
        for (index, name) in self.names.iter().enumerate() {
            let unit = Unit::of(name.as_str());
            let mut cells = vec![Cell::of(unit.heading())];
            cells.extend(row.derived.iter().filter_map(|derived| derived.sums.get(index)).map(|sum| unit.cell(sum)));
            table.push(cells);
        }
        table
    }

    /// The table for programs and pages: a row for each portion, a column for each figure.
    pub(super) fn table(&self) -> Table {
        let mut columns = vec![
            Column::text("ceiling").dashed(),
            Column::text("group"),
            Column::text("derived"),
            Column::text("chips"),
        ];
        let units: Vec<Unit<'_>> = self.names.iter().map(|name| Unit::of(name.as_str())).collect();
        columns.extend(units.iter().map(|unit| Column::number(unit.heading())));
        columns.push(Column::text("not in the sums"));
        let mut table = Table::new(columns);
        for Part { row, derived } in self.parts() {
            let mut cells = vec![
                row.ceiling.cell(),
                row.group.cell(),
                Cell::of(portion(derived)),
                Cell::number(quantities(&derived.chips), items(&derived.chips)),
            ];
            cells.extend(derived.sums.iter().zip(&units).map(|(sum, unit)| unit.cell(sum)));
            let missing = missing(derived);
            let told = missing.iter().map(|(chips, names)| format!("{}: {}", quantities(*chips), names.join(", ")));
            cells.push(Cell::of(joined(told, "; ")));
            table.push(cells);
        }
        table
    }
}

/// Writes items as on a command line: `H200=60000;MI325X=15000`.
fn items(chips: &[(ChipName, i64)]) -> String {
    joined(chips.iter().map(|(chip, count)| format!("{chip}={count}")), ";")
}

fn portion(derived: &Derived) -> String {
    match (derived.portion, derived.chips.as_slice()) {
        (Portion::Used, _) => "used".to_owned(),
        (Portion::NotCounted, _) => "not counted".to_owned(),
        (Portion::Headroom, [(chip, _), ..]) => format!("left in {chip}"),
        (Portion::Headroom, []) => "left".to_owned(),
    }
}

/// Chips, and the figures that the policy does not state for them.
type Missing<'a> = (&'a [(ChipName, i64)], Vec<&'a str>);

fn missing(derived: &Derived) -> Vec<Missing<'_>> {
    let mut by_chips: Vec<Missing<'_>> = Vec::new();
    for sum in derived.sums.iter().filter(|sum| !sum.without.is_empty()) {
        match by_chips.iter_mut().find(|(chips, _)| *chips == sum.without) {
            Some((_, names)) => names.push(sum.spec.as_str()),
            None => by_chips.push((&sum.without, vec![sum.spec.as_str()])),
        }
    }
    by_chips
}

/// The unit of a figure, as the end of its key says, and the unit that its sums are shown in.
struct Unit<'a> {
    /// The key without the unit.
    of: String,
    /// As in the policy; the key itself if it names no unit.
    stated: &'a str,
    shown: &'a str,
    /// How many powers of ten the shown unit is larger than the stated one.
    larger: usize,
}

/// The ends of keys that name a unit.
const ENDS: [(&str, &str, &str, usize); 6] = [
    ("_tflops", "TFLOPS", "exaflops", 6),
    ("_watts", "W", "megawatts", 6),
    ("_usd", "USD", "USD", 0),
    ("_gb_per_s", "GB/s", "PB/s", 6),
    ("_gb", "GB", "PB", 6),
    ("_tpp", "TPP", "TPP", 0),
];

impl<'a> Unit<'a> {
    fn of(name: &'a str) -> Self {
        // A range is two figures: `price_usd_low` and `price_usd_high`.
        let (key, side) = ["_low", "_high"]
            .into_iter()
            .find_map(|side| name.strip_suffix(side).map(|key| (key, side)))
            .unwrap_or((name, ""));
        let found = ENDS.iter().find_map(|(end, stated, shown, larger)| {
            key.strip_suffix(end).map(|of| (format!("{of}{side}").replace('_', " "), *stated, *shown, *larger))
        });
        match found {
            Some((of, stated, shown, larger)) => Unit { of, stated, shown, larger },
            None => Unit { of: String::new(), stated: name, shown: name, larger: 0 },
        }
    }

    fn heading(&self) -> String {
        if self.of.is_empty() { clean(self.shown).into_owned() } else { format!("{}, {}", self.shown, clean(&self.of)) }
    }

    /// Makes the cell of a sum. A mark says that the sum lacks chips: the true sum is this or more.
    fn cell(&self, sum: &SpecSum) -> Cell {
        let Some(units) = sum.sum else { return Cell::number("-", "") };
        let exact = smaller(units, self.larger);
        let mark = if sum.without.is_empty() { "" } else { " +" };
        Cell::number(format!("{}{mark}", group_digits(&exact)), exact)
    }
}

/// Moves the decimal point to the left and keeps all digits: 74212500 by 6 is `74.2125`.
fn smaller(units: Units, by: usize) -> String {
    let plain = units.to_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{whole:0>width$}", width = by + 1);
    let (whole, moved) = padded.split_at_checked(padded.len() - by).unwrap_or((&padded, ""));
    let decimals = format!("{moved}{decimals}");
    match decimals.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        decimals => format!("{sign}{whole}.{decimals}"),
    }
}

#[cfg(test)]
mod tests;
