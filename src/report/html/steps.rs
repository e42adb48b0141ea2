//! The step chart: the amounts authorised and shipped under a ceiling, day by day, and its limit.
//!
//! Letters stand at percentages of the drawing's width and keep their size on any screen. Only the lines are stretched.
//! They have a drawing of their own inside it.

use super::bars::hundredths;
use super::table::list;
use super::{Report, counted, text};
use crate::domain::timeline::{Mark, Moved, Step, Timeline};
use crate::domain::units::Units;
use chrono::{Datelike, Months, NaiveDate};
use maud::{Markup, html};

/// The measures of the stretched drawing. Its width counts in hundredths of a percent.
const WIDTH: i128 = 10_000;
const HEIGHT: i128 = 2_000;
/// Where the lines begin and end, in pixels from the top.
const TOP: i128 = 26;
const BOTTOM: i128 = 226;
/// The most rows that a reader takes in at a glance.
const ROWS: usize = 24;
/// The most marks to list without folding them away.
const MARKS: usize = 12;

/// The chart, its marks and its table. Empty if nothing had happened by that day.
pub(super) fn chart(report: &Report, timeline: &Timeline) -> Markup {
    let Some((first, last)) = timeline.steps.first().zip(timeline.steps.last()) else { return html! {} };
    let days = Span { first: first.date, end: report.headroom.as_of.date };
    let scale = Scale::of(&timeline.steps);
    let followed = timeline.followed.ceiling.as_ref().and_then(|name| report.adoption.policy.ceiling(name));
    let of_policy = report.headroom.unit.as_str();
    let unit = super::clean(followed.map_or(of_policy, |ceiling| ceiling.measure.unit(of_policy)));
    let labels: Vec<(i128, String)> = scale.ticks().map(|tick| (scale.pixel(tick), tick.grouped())).collect();
    let widest = labels.iter().map(|(_, label)| label.len()).max().unwrap_or(0);
    let marks = Cluster::of(&timeline.marks, days, widest);
    let counted_apart = timeline.steps.iter().any(|step| step.used != step.authorised);
    let drawn = |class: &'static str, pick: fn(&Step) -> Option<Units>| {
        html! { path class={ "step " (class) } d=(outline(&timeline.steps, days, &scale, pick)) {} }
    };
    html! {
        figure.steps {
            figcaption {
                strong { "How it grew: " (whose(timeline)) }
                ul.key {
                    li { (dash("authorised")) "authorised " (figure(last.authorised)) }
                    @if counted_apart { li { (dash("used")) "counted " (figure(last.used)) } }
                    li { (dash("shipped")) "shipped " (figure(last.shipped)) }
                    @if let Some(limit) = last.limit { li { (dash("ceiling")) "ceiling " (figure(limit)) } }
                }
            }
            div class={ "plot g" (widest.min(20)) } {
                svg.plot width="100%" height="250" role="img" {
                    title { "Authorised, shipped and the ceiling from " (days.first) " to " (days.end) ", in " (unit) }
                    desc { (told(last)) " The numbers of every step are in the table below." }
                    @for (y, label) in &labels {
                        line.grid x1="0" x2="100%" y1=(y) y2=(y) {}
                        text.y x="0" y=(y) dx="-8" dy="4" { (label) }
                    }
                    @for tick in days.ticks() {
                        line.tick x1=(tick.at) x2=(tick.at) y1=(BOTTOM) y2=(BOTTOM + 5) {}
                        text class={ "x " (tick.class) } x=(tick.at) y=(BOTTOM + 19) { (tick.label) }
                    }
                    svg x="0" y=(TOP) width="100%" height=(BOTTOM - TOP) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" {
                        path.area d=(area(&timeline.steps, days, &scale)) {}
                        (drawn("shipped", |step| Some(step.shipped)))
                        (drawn("authorised", |step| Some(step.authorised)))
                        @if counted_apart { (drawn("used", |step| Some(step.used))) }
                        (drawn("ceiling", |step| step.limit))
                    }
                    @for cluster in &marks {
                        line.mark x1=(cluster.at) x2=(cluster.at) y1="14" y2=(BOTTOM) {}
                        text.mark x=(cluster.at) y="11" { (cluster.label()) }
                    }
                }
            }
            (listed(&timeline.marks))
            (behind(timeline, &unit))
        }
    }
}

fn whose(timeline: &Timeline) -> Markup {
    let followed = &timeline.followed;
    html! {
        @match &followed.ceiling {
            Some(ceiling) => { (text(ceiling.as_str())) ", " (text(followed.group.as_str())) },
            None => "all licences together",
        }
    }
}

fn figure(amount: Units) -> Markup {
    html! { span.figure { (amount.grouped()) } }
}

fn dash(class: &str) -> Markup {
    html! {
        svg.swatch width="28" height="12" aria-hidden="true" {
            @if class == "shipped" { rect.area x="0" y="6" width="28" height="6" {} }
            line class={ "step " (class) } x1="0" x2="28" y1="6" y2="6" {}
        }
    }
}

/// Describes the last step in a sentence.
fn told(last: &Step) -> String {
    let limit = match last.limit {
        Some(limit) => format!("the ceiling is {}", limit.grouped()),
        None => "no ceiling holds".to_owned(),
    };
    format!(
        "In the end {} are authorised, {} have shipped, {} are counted, and {limit}.",
        last.authorised.grouped(),
        last.shipped.grouped(),
        last.used.grouped()
    )
}

/// The days that the chart shows. A day's changes are drawn at its beginning, so the chart ends a day after the last.
#[derive(Clone, Copy)]
struct Span {
    first: NaiveDate,
    end: NaiveDate,
}

struct Tick {
    at: String,
    class: &'static str,
    label: String,
}

impl Span {
    fn x(self, day: NaiveDate) -> i128 {
        let after = |day: NaiveDate| i128::from((day - self.first).num_days());
        after(day).max(0) * WIDTH / (after(self.end) + 1).max(1)
    }

    fn at(self, day: NaiveDate) -> String {
        hundredths(self.x(day))
    }

    /// Both ends, which fit on any screen, and beginnings of months or years between them for wide screens.
    fn ticks(self) -> Vec<Tick> {
        let mut ticks = vec![
            Tick { at: hundredths(0), class: "from", label: self.first.to_string() },
            Tick { at: hundredths(WIDTH), class: "to", label: self.end.to_string() },
        ];
        let mut taken: Vec<i128> = Vec::new();
        for day in self.round_days() {
            let x = self.x(day) * 100 / WIDTH;
            if (18..=82).contains(&x) && taken.iter().all(|other| (other - x).abs() >= 12) {
                taken.push(x);
                ticks.push(Tick { at: self.at(day), class: "wide", label: day.format("%Y-%m").to_string() });
            }
        }
        ticks
    }

    /// Beginnings of years, half years, quarters and months, the roundest first.
    fn round_days(self) -> Vec<NaiveDate> {
        let months = (self.end - self.first).num_days() / 30;
        // A long time has too many months to look at.
        let step = if months > 240 { 12 } else { 1 };
        let mut days: Vec<NaiveDate> = Vec::new();
        let mut day = NaiveDate::from_ymd_opt(self.first.year(), 1, 1);
        while let Some(held) = day.filter(|held| *held <= self.end) {
            if held > self.first {
                days.push(held);
            }
            day = held.checked_add_months(Months::new(step));
        }
        days.sort_by_key(|day| match day.month0() {
            0 => 0,
            6 => 1,
            3 | 9 => 2,
            _ => 3,
        });
        days
    }
}

/// The vertical scale, in millionths of a unit: from 0 to a round amount that no value exceeds.
struct Scale {
    step: i128,
    top: i128,
}

impl Scale {
    fn of(steps: &[Step]) -> Scale {
        let amounts =
            steps.iter().flat_map(|step| [Some(step.authorised), Some(step.used), Some(step.shipped), step.limit]);
        let highest = amounts.flatten().map(Units::millionths).max().unwrap_or(0).max(1);
        let mut power = 1;
        while power < highest / 40 {
            power *= 10;
        }
        // Four or five lines: 1, 2 or 5 of some power of ten apart.
        let fits = |step: &i128| step.saturating_mul(5) >= highest;
        let step = [power, power * 2, power * 5, power * 10].into_iter().find(fits).unwrap_or(highest);
        Scale { step, top: (highest + step - 1) / step * step }
    }

    fn ticks(&self) -> impl Iterator<Item = Units> {
        (0..=self.top / self.step).filter_map(|count| units(count * self.step))
    }

    fn y(&self, amount: Units) -> i128 {
        HEIGHT - amount.millionths().clamp(0, self.top) * HEIGHT / self.top
    }

    fn pixel(&self, amount: Units) -> i128 {
        TOP + self.y(amount) * (BOTTOM - TOP) / HEIGHT
    }
}

fn units(millionths: i128) -> Option<Units> {
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000).parse().ok()
}

/// Draws an amount as a line of steps. The line is broken where there is no amount.
fn outline(steps: &[Step], days: Span, scale: &Scale, pick: fn(&Step) -> Option<Units>) -> String {
    let mut path = String::new();
    let mut drawn: Option<i128> = None;
    for step in steps {
        let y = pick(step).map(|amount| scale.y(amount));
        if y == drawn {
            continue;
        }
        let x = days.x(step.date);
        path += &match (drawn, y) {
            (Some(_), Some(y)) => format!("H{x}V{y}"),
            (Some(_), None) => format!("H{x}"),
            (None, Some(y)) => format!("M{x} {y}"),
            (None, None) => String::new(),
        };
        drawn = y;
    }
    if drawn.is_some() { path + &format!("H{WIDTH}") } else { path }
}

fn area(steps: &[Step], days: Span, scale: &Scale) -> String {
    let outline = outline(steps, days, scale, |step| Some(step.shipped));
    let begins =
        outline.trim_start_matches('M').split(['H', 'V']).next().unwrap_or_default().split(' ').next().unwrap_or("0");
    format!("{outline}V{HEIGHT}H{begins}Z")
}

/// Marks that are too close to be told apart. They share one label.
struct Cluster {
    at: String,
    x: i128,
    first: usize,
    last: usize,
}

impl Cluster {
    /// Groups the marks. A telephone leaves some 310 pixels for the chart and the letters beside it; each letter takes
    /// 8.
    fn of(marks: &[Mark], days: Span, letters_beside: usize) -> Vec<Cluster> {
        let pixels = |letters: usize| i128::try_from(letters * 8).unwrap_or(i128::MAX);
        let longest = 2 * marks.len().to_string().len() + 1;
        let apart = WIDTH * (pixels(longest) + 6) / (310 - pixels(letters_beside.min(20)));
        let mut clusters: Vec<Cluster> = Vec::new();
        for (number, mark) in (1..).zip(marks) {
            let x = days.x(mark.date);
            match clusters.last_mut() {
                Some(cluster) if x - cluster.x < apart => cluster.last = number,
                _ => clusters.push(Cluster { at: hundredths(x), x, first: number, last: number }),
            }
        }
        clusters
    }

    fn label(&self) -> String {
        if self.first == self.last { self.first.to_string() } else { format!("{}–{}", self.first, self.last) }
    }
}

/// Lists the marks.
fn listed(marks: &[Mark]) -> Markup {
    let list = html! {
        ol.marks { @for mark in marks { li {
            time { (mark.date) } " "
            @match &mark.moved {
                Moved::Policy(adoption) => {
                    "policy " (text(adoption.policy.name.as_str())) " " (text(adoption.policy.version.as_str()))
                    " (" (adoption.policy.status.as_str()) ") adopted"
                },
                Moved::Exception(exception) => {
                    "exception from " (text(exception.ceiling.as_str())) " for " (text(exception.group.as_str())) ": "
                    (Units::from_whole(exception.limit).grouped())
                    @if let Some(last_day) = exception.expires { " to " (last_day) }
                },
            }
            ", entry " (mark.entry)
        } } }
    };
    html! {
        @if marks.len() <= MARKS {
            (list)
        } @else {
            details { summary { "What is marked: " (counted(marks.len(), "change", "changes")) } (list) }
        }
    }
}

/// The table of the chart's numbers.
fn behind(timeline: &Timeline, unit: &str) -> Markup {
    let (steps, period) = thinned(&timeline.steps);
    let caption = match period {
        Some(period) => {
            format!("The last step of each {period}, of {}; in {unit}", counted(timeline.steps.len(), "step", "steps"))
        }
        None => format!("Every step, in {unit}"),
    };
    let table = list!(&caption, steps, |step| {
        Subject("since") = html! { time { (step.date) } },
        Number("authorised") = step.authorised.grouped(),
        Number("shipped") = step.shipped.grouped(),
        Number("counted") = step.used.grouped(),
        Number("ceiling") = step.limit.map_or_else(|| "-".to_owned(), Units::grouped),
    });
    html! { details { summary { "The chart as a table" } (table) } }
}

/// Keeps few enough steps to read: every one, or the last one of each month, quarter or year.
fn thinned(steps: &[Step]) -> (Vec<Step>, Option<&'static str>) {
    if steps.len() <= ROWS {
        return (steps.to_vec(), None);
    }
    let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    for (name, months) in [("month", 1), ("quarter", 3), ("year", 12)] {
        let mut kept: Vec<Step> = Vec::new();
        for step in steps {
            match kept.last_mut() {
                Some(last) if month(last.date) / months == month(step.date) / months => *last = *step,
                _ => kept.push(*step),
            }
        }
        if kept.len() <= ROWS || name == "year" {
            return (kept, Some(name));
        }
    }
    (steps.to_vec(), None)
}
