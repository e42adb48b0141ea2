//! The headroom table: who has used how much of what (D10).

use super::clean::clean;
use super::exact::{Exact, Tenths};
use super::paper::{Paper, Tone};
use super::policies::PolicyLabel;
use super::schemas::words;
use super::specs::{Specs, SpecsDocument};
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::event::{Digest, Seq};
use crate::domain::headroom::{CeilingUse, Fullness, HeadroomRow};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

/// Headroom on a day.
pub struct Headroom {
    /// The day.
    pub as_of: NaiveDate,
    /// What everything is counted in.
    pub unit: String,
    /// The policy in force on that day.
    pub policy: PolicyLabel,
    /// The ledger's head.
    pub head: Digest,
    /// The rows, in their order.
    pub rows: Vec<HeadroomRow>,
    /// Entries recorded despite the rules that count on that day (R13).
    pub violations: Vec<Seq>,
    /// Entries that count on that day though the rules would have refused them.
    pub breaches: Vec<Seq>,
    /// What the rows come to in the policy's specs, where that is asked for.
    pub specs: Option<Specs>,
}

/// Cells of a bar, of which each is a tenth of the limit.
const BAR: u16 = 10;

/// How much of the limit is used, and where the group becomes critical: `██████▌·│·`. A little is more than nothing, and
/// what is beyond the limit is seen to be.
fn bar(ceiling: &CeilingUse) -> String {
    let eighths_of_cells = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let all = i128::from(BAR) * 8;
    let used = ceiling.used_per_mille.unwrap_or(if ceiling.status == Fullness::Open { 0 } else { 1000 });
    let something = ceiling.limit.millionths() != ceiling.headroom.millionths();
    let eighths = used.clamp(0, 1000) * all / 1000;
    let eighths = if something { eighths.max(1) } else { eighths };
    let mut cells: Vec<&str> = (0..i128::from(BAR))
        .map(|cell| match usize::try_from(eighths - cell * 8) {
            Ok(8..) => "█",
            Ok(eighths) => eighths_of_cells.get(eighths).copied().filter(|cell| !cell.is_empty()).unwrap_or("·"),
            Err(_) => "·",
        })
        .collect();
    let mark = ceiling.warn_from.map(|percent| usize::from(BAR) * usize::from(percent) / 100);
    if let Some(cell) = mark.and_then(|mark| cells.get_mut(mark)) {
        *cell = "│";
    }
    if let (Fullness::Over, Some(last)) = (ceiling.status, cells.last_mut()) {
        *last = "▶";
    }
    cells.concat()
}

/// What is open needs no notice.
fn tone(status: Fullness) -> Option<Tone> {
    match status {
        Fullness::Open => None,
        Fullness::Critical => Some(Tone::Notice),
        Fullness::Exhausted | Fullness::Over => Some(Tone::Alarm),
    }
}

/// What `headroom` answers: a row for each ceiling and group.
#[derive(Serialize, JsonSchema)]
pub(super) struct HeadroomDocument<'a> {
    #[schemars(extend("const" = "exquota/headroom/1"))]
    schema: &'static str,
    #[schemars(with = "words::Day")]
    as_of: String,
    unit: &'a str,
    policy: &'a PolicyLabel,
    #[schemars(with = "words::Sha256")]
    head: String,
    rows: Vec<RowDocument<'a>>,
    violations: &'a [Seq],
    breaches: &'a [Seq],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SpecsDocument<'_>")]
    specs: Option<SpecsDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct RowDocument<'a> {
    ceiling: Option<&'a str>,
    group: &'a str,
    name: &'a str,
    limit: Option<Exact>,
    authorised: Exact,
    shipped: Exact,
    outstanding: Exact,
    released: Exact,
    committed: Exact,
    #[schemars(with = "Option<words::Counts>")]
    counts: Option<&'static str>,
    used: Exact,
    headroom: Option<Exact>,
    used_percent: Option<Tenths>,
    #[schemars(with = "Option<words::Fullness>")]
    status: Option<&'static str>,
}

impl Document for Headroom {
    fn text(&self, paper: &Paper) -> String {
        let table = self.rows_table().text(paper);
        let header = format!(
            "Headroom as of {}, in {}\n{}; head {}\n",
            self.as_of,
            clean(&self.unit),
            self.policy.line(),
            self.head
        );
        let mut text = format!("{}\n{table}", paper.prose(&header));
        for (word, entries) in [("VIOLATION", &self.violations), ("BREACH", &self.breaches)] {
            if !entries.is_empty() {
                let listed: Vec<String> = entries.iter().map(Seq::to_string).collect();
                let told =
                    format!("\n{word}: counted here although the rules refuse it: entry {}\n", listed.join(", "));
                text += &paper.prose(&told);
            }
        }
        if let Some(specs) = &self.specs {
            text += &specs.text(paper);
        }
        text
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&HeadroomDocument {
            schema: "exquota/headroom/1",
            as_of: self.as_of.to_string(),
            unit: &self.unit,
            policy: &self.policy,
            head: self.head.to_string(),
            rows: self
                .rows
                .iter()
                .map(|row| {
                    let ceiling = row.ceiling.as_ref();
                    RowDocument {
                        ceiling: ceiling.map(|ceiling| ceiling.ceiling.as_str()),
                        group: row.group.as_str(),
                        name: row.name.as_str(),
                        limit: ceiling.map(|ceiling| Exact(ceiling.limit)),
                        authorised: Exact(row.authorised),
                        shipped: Exact(row.shipped),
                        outstanding: Exact(row.outstanding),
                        released: Exact(row.released),
                        committed: Exact(row.committed),
                        counts: ceiling.map(|ceiling| ceiling.counts.as_str()),
                        used: Exact(row.used),
                        headroom: ceiling.map(|ceiling| Exact(ceiling.headroom)),
                        used_percent: ceiling.and_then(|ceiling| ceiling.used_per_mille).map(Tenths),
                        status: ceiling.map(|ceiling| ceiling.status.as_str()),
                    }
                })
                .collect(),
            violations: &self.violations,
            breaches: &self.breaches,
            specs: self.specs.as_ref().map(Specs::document),
        })
    }

    fn table(&self) -> Option<Table> {
        // A table has one kind of row: what was asked for on top.
        Some(self.specs.as_ref().map_or_else(|| self.rows_table(), Specs::table))
    }
}

impl Headroom {
    fn rows_table(&self) -> Table {
        let mut table = Table::new([
            Column::text("ceiling"),
            Column::text("group"),
            Column::text("name").goes(8),
            Column::number("limit"),
            Column::number("authorised").goes(4),
            Column::number("shipped").goes(5),
            Column::number("outstanding").goes(3),
            Column::number("released").goes(1),
            Column::text("counts").goes(2),
            Column::number("used"),
            Column::number("headroom"),
            Column::number("used %").goes(7),
            Column::bar("of limit").goes(6),
            Column::text("status"),
        ]);
        for row in &self.rows {
            let ceiling = row.ceiling.as_ref();
            let of_ceiling = |pick: fn(&CeilingUse) -> Cell| ceiling.map_or_else(|| Cell::number("-", ""), pick);
            table.push([
                of_ceiling(|ceiling| Cell::of(&ceiling.ceiling)),
                Cell::of(&row.group),
                Cell::of(&row.name),
                of_ceiling(|ceiling| Cell::units(ceiling.limit)),
                Cell::units(row.authorised),
                Cell::units(row.shipped),
                Cell::units(row.outstanding),
                Cell::units(row.released),
                of_ceiling(|ceiling| Cell::of(ceiling.counts.as_str())),
                Cell::units(row.used),
                of_ceiling(|ceiling| Cell::units(ceiling.headroom)),
                of_ceiling(|ceiling| match ceiling.used_per_mille {
                    Some(tenths) => Cell::of(Tenths(tenths)),
                    None => Cell::number("-", ""),
                }),
                of_ceiling(|ceiling| Cell::of(bar(ceiling)).toned(tone(ceiling.status))),
                of_ceiling(|ceiling| Cell::of(ceiling.status.as_str()).toned(tone(ceiling.status))),
            ]);
        }
        table
    }
}
