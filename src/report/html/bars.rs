//! Draws headroom: a bar and all numbers for each group of a ceiling.
//!
//! Each bar is drawn in percent of its own ceiling, so that the ceilings of a table line up. Positions are percentages
//! of the drawing's width. The drawing has no fixed size, and no letters that could shrink.

use super::table::{Column, table};
use super::{Report, counted, text};
use crate::domain::ceiling::{Ceiling, Counts, Scope};
use crate::domain::headroom::{CeilingUse, Fullness, HeadroomRow};
use crate::domain::units::{Units, grouped};
use crate::report::headroom::why_refused;
use crate::report::policies::limit_of;
use crate::report::values::Tenths;
use crate::report::wording::joined;
use maud::{Markup, html};

/// The whole ceiling, in ten-thousandths.
const FULL: i128 = 10_000;
/// The longest bar, in ten-thousandths of the ceiling. A bar that would be longer ends in an arrow.
const FARTHEST: i128 = 15_000;
/// The width of a warning's label on a telephone, in hundredths of a percent of the drawing's width.
const ROOM: i128 = 950;

/// The columns: all numbers of a row, with or without its bar.
fn columns(with_bars: bool) -> Vec<Column> {
    let mut columns = vec![Column::Subject("group")];
    columns.extend(with_bars.then_some(Column::Chart("share of the ceiling")));
    let numbers = ["used %", "used", "limit", "headroom", "authorised", "shipped", "outstanding", "released"];
    columns.extend(numbers.map(Column::Number));
    columns.push(Column::Text("status"));
    columns
}

/// Makes the section of one ceiling.
pub(super) fn ceiling<'a>(report: &'a Report, ceiling: &Ceiling) -> Markup {
    let used = |row: &'a HeadroomRow| row.ceiling.as_ref().filter(|used| used.ceiling == ceiling.name);
    let rows: Vec<_> = report.headroom.rows.iter().filter_map(|row| Some((row, used(row)?))).collect();
    let of_policy = report.headroom.unit.as_str();
    let unit = ceiling.measure.unit(of_policy);
    let widest = rows.iter().filter_map(|(row, used)| share(row.used, used.limit)).max().unwrap_or(FULL);
    let scale = Scale { end: widest.clamp(FULL, FARTHEST), warn_at: &ceiling.warn_at };
    let measured = if unit == of_policy {
        String::new()
    } else {
        let (unit, of_policy) = (super::clean(unit), super::clean(of_policy));
        format!("; used, limit and headroom in {unit}, the other amounts in {of_policy}")
    };
    let period = rows.first().and_then(|(_, used)| used.window);
    let period = period.map_or_else(String::new, |period| format!(", in the period {period}"));
    let caption = format!("Headroom under this ceiling as of {}{period}{measured}", report.headroom.as_of.date);
    html! {
        section.ceiling data-ceiling=(ceiling.name.as_str()) {
            h3 { (text(ceiling.name.as_str())) " " span.aside { (about(ceiling, unit)) } }
            @if rows.is_empty() { p.none { (nobody(&ceiling.scope)) } } @else { (key(ceiling)) }
            @match rows.as_slice() {
                [] => {},
                [(row, used)] if !ceiling.shares(Scope::Customer) => {
                    (alone(row, used, &scale, unit))
                    (table(&caption, &class(&rows, 92), &columns(false), std::iter::once(cells(row, used, None))))
                },
                several => {
                    @let cells = |(row, used): &(&HeadroomRow, &CeilingUse)| cells(row, used, Some(bar(row, used, &scale, unit)));
                    (table(&caption, &class(several, 70), &columns(true), several.iter().map(cells)))
                },
            }
        }
    }
}

/// Chooses the table's layout. If a sheet of paper has no room for all digits of a row, each row becomes a block. A
/// longer number gets more room.
fn class(rows: &[(&HeadroomRow, &CeilingUse)], room: usize) -> String {
    let amounts = |(row, used): &(&HeadroomRow, &CeilingUse)| {
        let amounts = [row.used, used.limit, used.headroom, row.authorised, row.shipped, row.outstanding, row.released];
        amounts.map(|units| units.grouped().len())
    };
    // Each column is at least as wide as its heading.
    let mut widths = [4, 5, 8, 10, 7, 11, 8];
    let mut longest = 0;
    for row in rows {
        for (width, digits) in widths.iter_mut().zip(amounts(row)) {
            *width = digits.max(*width);
            longest = digits.max(longest);
        }
    }
    let digits = match longest {
        0..=9 => "",
        10..=14 => " long",
        _ => " longest",
    };
    let stacked = if widths.iter().sum::<usize>() + 6 > room { " stacked" } else { "" };
    format!("headroom{digits}{stacked}")
}

/// Says what the ceiling limits.
fn about(ceiling: &Ceiling, unit: &str) -> Markup {
    let each = ceiling.scope.iter().map(|scope| match scope {
        Scope::Customer => "customer's family",
        Scope::Country => "country or country group",
        Scope::Licensee => "licensee",
        Scope::Chip => "chip",
        Scope::Destination => "destination",
        Scope::Total => "ledger",
    });
    let shared = match ceiling.scope.as_slice() {
        [Scope::Total] => "for everything together".to_owned(),
        _ => format!("for each {}", joined(each, " and ")),
    };
    let counts = match ceiling.counts {
        Counts::Committed => "counts what is committed (shipped and outstanding)",
        Counts::Shipped => "counts what has shipped",
        Counts::Authorised => "counts every licence in full, and of a replaced one what shipped",
        Counts::Installed => "counts what has shipped, less what came back or was retired",
    };
    html! {
        (limit_of(ceiling)) " " (text(unit)) " " (shared) "; " (counts)
        @if let Some(chips) = &ceiling.chips { "; covers " (text(joined(chips, ", "))) }
        @if let Some(to) = &ceiling.to { "; to " (text(joined(to, ", "))) }
        @if let Some(window) = &ceiling.window { "; " (text(window.to_string())) }
        @if ceiling.elsewhere { "; with what others sold" }
        @if let Some(groups) = &ceiling.groups { "; limits only " (text(joined(groups, ", "))) }
    }
}

fn nobody(scopes: &[Scope]) -> &'static str {
    match scopes {
        [Scope::Customer] => "No customer is registered: all of it is headroom.",
        [Scope::Licensee] => "No licence has a licensee: all of it is headroom.",
        _ => "There is nobody to share it: all of it is headroom.",
    }
}

/// The legend of the patterns.
fn key(ceiling: &Ceiling) -> Markup {
    let warn: Vec<String> = ceiling.warn_at.iter().map(|percent| format!("{percent} %")).collect();
    html! {
        ul.key {
            li { (swatch("ship")) (if ceiling.counts == Counts::Installed { "installed" } else { "shipped" }) }
            @match ceiling.counts {
                Counts::Committed => li { (swatch("out")) "outstanding" },
                Counts::Authorised => li { (swatch("out")) "not shipped" },
                Counts::Shipped | Counts::Installed => {}
            }
            li { (swatch("free")) "headroom" }
            li { (swatch("over")) "over the ceiling" }
            li { (line("limit")) "ceiling" }
            @if !warn.is_empty() { li { (line("warn")) "warned at " (warn.join(", ")) } }
        }
    }
}

fn swatch(class: &str) -> Markup {
    html! {
        svg.swatch width="18" height="12" aria-hidden="true" {
            rect.free x="0.5" y="0.5" width="17" height="11" {}
            rect class=(class) x="0.5" y="0.5" width="17" height="11" {}
        }
    }
}

fn line(class: &str) -> Markup {
    html! { svg.swatch width="12" height="14" aria-hidden="true" { line class=(class) x1="6" x2="6" y1="0" y2="14" {} } }
}

fn cells(row: &HeadroomRow, used: &CeilingUse, bar: Option<Markup>) -> Vec<Markup> {
    let plain = |units: Units| html! { (units.grouped()) };
    let name = html! {
        (text(row.name.as_str()))
        @if row.name != row.group { " " span.id { (text(row.group.as_str())) } }
    };
    let left = html! {
        @if used.status == Fullness::Refused { "-" } @else if used.headroom < Units::ZERO { strong { (used.headroom.grouped()) } } @else { (used.headroom.grouped()) }
    };
    let mut cells = vec![name];
    cells.extend(bar);
    cells.extend([
        html! { (used.used_per_mille.map_or_else(|| "-".to_owned(), |tenths| Tenths(tenths).to_string())) },
        plain(row.used),
        plain(used.limit),
        left,
        plain(row.authorised),
        plain(row.shipped),
        plain(row.outstanding),
        plain(row.released),
        status(used.status),
    ]);
    cells
}

/// The status as a word with a sign, so that readers can tell it apart without colour.
pub(super) fn status(status: Fullness) -> Markup {
    let sign = match status {
        Fullness::Open => "○",
        Fullness::Critical => "◐",
        Fullness::Exhausted => "●",
        Fullness::Over => "▲",
        Fullness::Refused => "✕",
    };
    html! { span class={ "status " (status.as_str()) } { span.sign aria-hidden="true" { (sign) } " " (status.as_str()) } }
}

/// The length of a table's bars, and the places of its warnings.
struct Scale<'a> {
    end: i128,
    warn_at: &'a [u8],
}

impl Scale<'_> {
    /// The position of `share`, which is in ten-thousandths of the ceiling, in hundredths of a percent of the drawing's
    /// width. The last half percent is kept free for the ceiling's line.
    fn hundredths_at(&self, share: i128) -> i128 {
        share.clamp(0, self.end) * 9_950 / self.end
    }

    fn at(&self, share: i128) -> String {
        hundredths(self.hundredths_at(share))
    }

    fn width(&self, from: i128, to: i128) -> String {
        hundredths(self.hundredths_at(to) - self.hundredths_at(from))
    }
}

/// A position in hundredths of a percent, as a percentage.
pub(super) fn hundredths(count: i128) -> String {
    format!("{}.{:02}%", count / 100, count % 100)
}

/// `amount` in ten-thousandths of `limit`. `None` if the limit is 0.
fn share(amount: Units, limit: Units) -> Option<i128> {
    let limit = limit.millionths();
    (limit > 0).then(|| amount.millionths().saturating_mul(FULL) / limit)
}

/// The points where a bar changes its pattern, in ten-thousandths of the ceiling: shipped, then outstanding, then over.
struct Parts {
    shipped: i128,
    within: i128,
    used: i128,
}

impl Parts {
    fn of(row: &HeadroomRow, ceiling: &CeilingUse) -> Parts {
        let of_limit = |amount| share(amount, ceiling.limit);
        let (used, within) = match of_limit(row.used) {
            Some(used) => (used, used.min(FULL)),
            // With a ceiling of 0, any usage is too much.
            None if row.used > Units::ZERO => (FULL, 0),
            None => (0, 0),
        };
        let outstanding = match ceiling.counts {
            Counts::Committed => of_limit(ceiling.outstanding).unwrap_or(0),
            Counts::Authorised => used.saturating_sub(of_limit(ceiling.shipped).unwrap_or(0)).max(0),
            Counts::Shipped | Counts::Installed => 0,
        };
        Parts { shipped: (used - outstanding).clamp(0, within), within, used }
    }
}

/// The bar of a row in a table of several rows.
fn bar(row: &HeadroomRow, ceiling: &CeilingUse, scale: &Scale<'_>, unit: &str) -> Markup {
    html! {
        svg.bar width="100%" height="18" role="img" {
            (titled(row, ceiling, unit))
            (drawn(&Parts::of(row, ceiling), scale, 0, 18))
        }
        @if share(row.used, ceiling.limit).is_some_and(|used| used > FARTHEST) { span.beyond aria-hidden="true" { "»" } }
    }
}

/// The bar of a ceiling's only row, with labels for the ceiling and the warnings.
fn alone(row: &HeadroomRow, ceiling: &CeilingUse, scale: &Scale<'_>, unit: &str) -> Markup {
    let mut taken = i128::MIN;
    let apart = |percent: &&u8| {
        let x = scale.hundredths_at(i128::from(**percent) * 100);
        let free = x.saturating_sub(taken) >= ROOM;
        taken = if free { x } else { taken };
        free
    };
    let labels: Vec<&u8> = scale.warn_at.iter().filter(apart).collect();
    html! {
        svg.bar.alone width="100%" height="68" role="img" {
            (titled(row, ceiling, unit))
            text.x.to x=(scale.at(FULL)) y="11" { "ceiling " (ceiling.limit.grouped()) }
            (drawn(&Parts::of(row, ceiling), scale, 16, 36))
            @for percent in labels { text.x x=(scale.at(i128::from(*percent) * 100)) y="66" { (percent) " %" } }
        }
    }
}

fn titled(row: &HeadroomRow, ceiling: &CeilingUse, unit: &str) -> Markup {
    html! {
        title { (row.used.grouped()) " of " (ceiling.limit.grouped()) " " (super::clean(unit)) " used: " (ceiling.status.as_str()) }
        desc { (told(row, ceiling)) }
    }
}

/// Draws a bar `top` pixels below the drawing's top. `height` includes the overhang of the ceiling's line.
fn drawn(parts: &Parts, scale: &Scale<'_>, top: i128, height: i128) -> Markup {
    let Parts { shipped, within, used } = *parts;
    let over = if within == 0 && used == FULL { 0..used } else { FULL..used };
    let (y, thick, bottom) = (top + 3, height - 6, top + height);
    html! {
        rect.free x="0" y=(y) width=(scale.at(FULL)) height=(thick) {}
        @if shipped > 0 { rect.ship x="0" y=(y) width=(scale.at(shipped)) height=(thick) {} }
        @if within > shipped { rect.out x=(scale.at(shipped)) y=(y) width=(scale.width(shipped, within)) height=(thick) {} }
        @if over.start < over.end { rect.over x=(scale.at(over.start)) y=(y) width=(scale.width(over.start, over.end)) height=(thick) {} }
        @for percent in scale.warn_at {
            @let x = scale.at(i128::from(*percent) * 100);
            line.warn x1=(x) x2=(x) y1=(top) y2=(bottom) {}
        }
        line.limit x1=(scale.at(FULL)) x2=(scale.at(FULL)) y1=(top) y2=(bottom) {}
    }
}

/// Describes the bar in a sentence.
fn told(row: &HeadroomRow, ceiling: &CeilingUse) -> String {
    let counted = match ceiling.counts {
        Counts::Committed => {
            format!("shipped {}, outstanding {}", ceiling.shipped.grouped(), ceiling.outstanding.grouped())
        }
        Counts::Shipped | Counts::Authorised | Counts::Installed => format!("shipped {}", ceiling.shipped.grouped()),
    };
    match ceiling.status {
        Fullness::Refused => format!("{counted}; no headroom: {}", why_refused(row)),
        _ => format!("{counted}; headroom {}", ceiling.headroom.grouped()),
    }
}

/// The most names to list. The tables have the rest.
const NAMED: usize = 8;

/// Lists the groups that are over, exhausted or critical. Lists nothing if all are open.
pub(super) fn full(report: &Report) -> Markup {
    let at = |status| -> Vec<&HeadroomRow> { report.rows_that_are(status).collect() };
    let by_status = [Fullness::Over, Fullness::Exhausted, Fullness::Critical].map(|status| (status, at(status)));
    html! {
        @for (status_of, rows) in by_status.iter().filter(|(_, rows)| !rows.is_empty()) {
            li {
                (status(*status_of)) ": " (counted(rows.len(), "ceiling", "ceilings"))
                @for (index, row) in rows.iter().take(NAMED).enumerate() {
                    (before(row, index.checked_sub(1).and_then(|last| rows.get(last)).copied())) (named(row, *status_of))
                }
                @if rows.len() > NAMED { " and " (grouped(rows.len() - NAMED)) " more, all in the tables below" }
            }
        }
    }
}

/// What stands between a name and the one before it: a comma, or the ceiling's name if it is another one.
fn before(row: &HeadroomRow, last: Option<&HeadroomRow>) -> Markup {
    let ceiling = |row: &HeadroomRow| row.ceiling.as_ref().map(|used| used.ceiling.clone());
    match (ceiling(row), last) {
        (name, Some(last)) if name == ceiling(last) => html! { ", " },
        (name, _) => html! { ". " strong { (text(name.as_ref().map_or("", |name| name.as_str()))) } ": " },
    }
}

fn named(row: &HeadroomRow, status: Fullness) -> Markup {
    let Some(ceiling) = &row.ceiling else { return html! {} };
    let excess = ceiling.headroom.grouped().trim_start_matches('-').to_owned();
    let left = match status {
        Fullness::Over => Some(format!("{excess} over")),
        Fullness::Critical => Some(format!("{excess} left")),
        Fullness::Exhausted | Fullness::Open | Fullness::Refused => None,
    };
    html! { (text(row.name.as_str())) @if let Some(left) = left { " (" span.figure { (left) } ")" } }
}
