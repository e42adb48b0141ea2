//! The headroom table: how much of each ceiling each group has used (D10).

use super::Document;
use super::clean::clean;
use super::medium::{Medium, Tone};
use super::policies::PolicyLabel;
use super::row::{object, row};
use super::specs::Specs;
use super::table::{Cell, Table};
use super::values::{Day, Tenths};
use super::wording::{and, joined};
use crate::domain::as_of::AsOf;
use crate::domain::ceiling::Measure;
use crate::domain::event::{Digest, Seq};
use crate::domain::group::Group;
use crate::domain::headroom::{CeilingUse, Excepted, Fullness, HeadroomRow};
use crate::domain::text::Text;
use crate::domain::units::counted;

/// The answer of `headroom`: the state of every ceiling and group on one day.
pub struct Headroom {
    pub as_of: AsOf,
    /// The unit of all amounts.
    pub unit: String,
    /// The policy in force on that day.
    pub policy: PolicyLabel,
    pub head: Digest,
    pub rows: Vec<HeadroomRow>,
    /// Entries that were recorded despite the rules and that count on that day (R13).
    pub violations: Vec<Seq>,
    /// Entries that count on that day although the rules would have refused them.
    pub breaches: Vec<Seq>,
    /// How many rows are left out after the last one shown.
    pub left_out: usize,
    /// The families whose part alone the rows count; empty where they count whole groups.
    pub alone: Vec<Text>,
    /// The rows in the figures of the policy's specs, if the user asked for them.
    pub specs: Option<Specs>,
}

/// A bar's width in cells. Each cell is a tenth of the limit.
const BAR: u16 = 10;

/// Draws how much of the limit is used, and where the group becomes critical: `██████▌·│·`. The smallest usage shows as
/// an eighth of a cell. Usage beyond the limit ends in an arrow.
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

/// The tone of a ceiling's status. An open ceiling needs no notice.
pub(super) fn tone(ceiling: &CeilingUse) -> Option<Tone> {
    match ceiling.status {
        Fullness::Open => None,
        Fullness::Critical | Fullness::Refused => Some(Tone::Notice),
        Fullness::Exhausted | Fullness::Over => Some(Tone::Alarm),
    }
}

object! {
    /// What `headroom` answers: a row for each ceiling and group.
    "headroom" it: Headroom {
        as_of: Day(it.as_of.date),
        /// Where the day lies, as seen today.
        standing: it.as_of.standing,
        unit,
        policy,
        head,
        rows,
        violations,
        breaches,
        specs(optional): it.specs.as_ref(),
    }
}

row! {
    row: HeadroomRow {
        ceiling: under(row, |ceiling| ceiling.ceiling.as_str()) => text.dashed(),
        group => text,
        name => text.goes(8),
        limit: under(row, |ceiling| ceiling.limit) => number.dashed(),
        authorised => number.goes(4),
        shipped => number.goes(5),
        outstanding => number.goes(3),
        released => number.goes(1),
        committed,
        counts: under(row, |ceiling| ceiling.counts) => text.goes(2).dashed(),
        measure: under(row, |ceiling| &ceiling.measure).unwrap_or(&Measure::Units) => text.unless("units"),
        /// The period that it counts in; null without a window.
        window: under(row, |ceiling| ceiling.window) => text.unless("") = under(row, |ceiling| ceiling.window).flatten().map(|period| period.to_string()),
        used => number,
        /// What the customer has had from others, as far as `used` includes it.
        elsewhere: under(row, |ceiling| ceiling.elsewhere).unwrap_or_default() => number.unless("0"),
        headroom: under(row, |ceiling| ceiling.headroom) => number.dashed() = row.to_be_had(),
        used_percent: row.ceiling.as_ref().and_then(|ceiling| ceiling.used_per_mille).map(Tenths)
            => number("used %").goes(7).dashed(),
        /// The exception that sets the limit, with its last day and the limit after it; null without one.
        exception: under(row, |ceiling| ceiling.exception.as_ref()).flatten()
            => text.goes(6).unless("") = under(row, |ceiling| ceiling.exception.as_ref()).flatten().map(|held| held.entry.to_string()),
        status: under(row, |ceiling| ceiling.status)
            => bar("of limit").goes(6).dashed() = under(row, |ceiling| Cell::of(bar(ceiling)).toned(tone(ceiling)))
            => text.dashed() = under(row, |ceiling| Cell::of(ceiling.status).toned(tone(ceiling))),
        /// The codes by which every order would be refused, whatever its quantity: the headroom is not to be had.
        refused,
    }
}

object! {
    it: Excepted { entry, limit, expires: it.expires.map(Day), then }
}

/// The exception of a row in words: whose limit it sets, until when, and what holds then.
fn excepted(row: &HeadroomRow) -> Option<String> {
    let ceiling = row.ceiling.as_ref()?;
    let Excepted { entry, limit, expires, then } = ceiling.exception.as_ref()?;
    let until = expires.map_or_else(String::new, |last_day| format!(" until {last_day}"));
    let then = then.map_or_else(String::new, |limit| format!(", and {} after that", limit.grouped()));
    let (group, ceiling) = (clean(row.group.as_str()), clean(ceiling.ceiling.as_str()));
    Some(format!("exception of entry {entry}: `{group}` may use {} of `{ceiling}`{until}{then}\n", limit.grouped()))
}

/// Says which groups have no headroom though they use less than the limit, and which limits lack a volume. What rows have
/// in common is said once.
fn remarks(rows: &[HeadroomRow]) -> String {
    let mut remarks: Vec<(String, Vec<String>, String)> = Vec::new();
    for row in rows {
        let unreported = under(row, |ceiling| Some((ceiling.unreported.as_ref()?, &ceiling.ceiling))).flatten();
        let (begin, end) = match (row.refused.as_slice(), unreported) {
            ([code, ..], _) => {
                let why = why_refused(row);
                let end = format!(": {why}, whatever the quantity; `exquota explain {code}` says why");
                (format!("refused [{code}]: "), end)
            }
            (_, Some((series, ceiling))) => {
                let end = format!("; `exquota volume {series} CHIP=QTY --source S` records it");
                (format!("`{ceiling}` is 0 where no volume of `{series}` is recorded: "), end)
            }
            _ => continue,
        };
        let group = format!("`{}`", row.group);
        match remarks.iter_mut().find(|(begun, _, ended)| *begun == begin && *ended == end) {
            Some((_, groups, _)) if groups.contains(&group) => {}
            Some((_, groups, _)) => groups.push(group),
            None => remarks.push((begin, vec![group], end)),
        }
    }
    remarks
        .into_iter()
        .map(|(begin, groups, end)| clean(&(begin + &groups.join(", ") + &end)).into_owned() + "\n")
        .collect()
}

/// Whether all rows are under one ceiling, or under none. Only then can their amounts be added up: each chip counts in one
/// row of a ceiling, and a ceiling has one measure.
fn is_one_ceiling(rows: &[HeadroomRow]) -> bool {
    let key = |row| under(row, |ceiling| (&ceiling.ceiling, ceiling.window));
    rows.windows(2).all(|pair| matches!(pair, [one, other] if key(one) == key(other)))
}

/// Which orders of a refused group are refused: of a nation those that go there, as its companies may ship elsewhere (D13).
pub(super) fn why_refused(row: &HeadroomRow) -> &'static str {
    match row.who.group {
        Group::Country(_) => "every order without another `--destination` is refused",
        _ => "every order is refused",
    }
}

/// Applies `what` to the row's ceiling, if it has one.
fn under<'r, T>(row: &'r HeadroomRow, what: impl FnOnce(&'r CeilingUse) -> T) -> Option<T> {
    row.ceiling.as_ref().map(what)
}

impl Headroom {
    /// Names the families whose part alone the rows count.
    fn part(&self) -> String {
        let alone = (!self.alone.is_empty()).then(|| joined(&self.alone, ", "));
        and(", of ", alone.map(|families| families + " alone"))
    }

    /// What stands below the table, a paragraph each.
    pub(super) fn remarks(&self, medium: &Medium) -> String {
        let exceptions: String = self.rows.iter().filter_map(excepted).collect();
        let mut paragraphs = vec![remarks(&self.rows), exceptions];
        for (word, entries) in [("VIOLATION", &self.violations), ("BREACH", &self.breaches)] {
            paragraphs.push(match entries.as_slice() {
                [] => continue,
                [one] => format!("{word}: entry {one} is counted although the rules refuse it\n"),
                all => format!("{word}: entries {} are counted although the rules refuse them\n", joined(all, ", ")),
            });
        }
        if self.left_out > 0 {
            let rows = counted(self.left_out, "row is", "rows are");
            paragraphs.push(format!("{rows} left out: --top shows {}\n", self.rows.len()));
        }
        let paragraphs = paragraphs.iter().filter(|paragraph| !paragraph.is_empty());
        paragraphs.map(|paragraph| medium.prose(&format!("\n{paragraph}"))).collect()
    }
}

impl Document for Headroom {
    fn text(&self, medium: &Medium) -> String {
        let mut table = Table::of(&self.rows);
        if self.left_out == 0 && is_one_ceiling(&self.rows) {
            table = table.totalled(&["authorised", "shipped", "outstanding", "released", "used", "elsewhere"], None);
        }
        let apart = |row: &HeadroomRow| under(row, |ceiling| ceiling.measure != Measure::Units).unwrap_or_default();
        let measured =
            if self.rows.iter().any(apart) { " (limit, used and headroom in the row's measure)" } else { "" };
        let header = format!(
            "Headroom as of {}, in {}{measured}{}\n{}; head {}\n",
            self.as_of,
            clean(&self.unit),
            clean(&self.part()),
            self.policy.line(),
            self.head
        );
        let mut text = format!("{}\n{}{}", medium.prose(&header), table.text(medium), self.remarks(medium));
        if let Some(specs) = &self.specs {
            text += &specs.text(medium);
        }
        text
    }

    fn table(&self) -> Option<Table> {
        // A table has one kind of row: the specs, if the user asked for them.
        let table = self.specs.as_ref().map_or_else(|| Table::of(&self.rows), Specs::table);
        let mut context = self.policy.context(self.as_of.date, &self.unit, self.head);
        context.extend((!self.alone.is_empty()).then(|| ("of", joined(&self.alone, ";"))));
        Some(table.in_context(context))
    }
}
