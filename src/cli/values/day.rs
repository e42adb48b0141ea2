//! Dates on a command line: `YYYY-MM-DD`, or days from today.

use crate::commands::values::date as written;
use crate::store::record::spelling;
use chrono::{Days, Local, Months, NaiveDate};
use std::cell::Cell;

/// What `today` means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Today {
    /// The machine's day, in local time.
    Local,
    /// This day.
    Is(NaiveDate),
    /// Nothing: the command line must mean the same on every day.
    Unknown,
}

thread_local! {
    // clap gives a value parser the text alone, and `today` may depend on another option.
    static TODAY: Cell<Today> = const { Cell::new(Today::Local) };
}

/// Parses a command line on which `today` means this.
pub(in crate::cli) fn on<T>(today: Today, parse: impl FnOnce() -> T) -> T {
    let before = TODAY.replace(today);
    let parsed = parse();
    TODAY.set(before);
    parsed
}

/// `YYYY-MM-DD`, `today`, `yesterday`, `tomorrow`, or a step from today, as in `+90d`, `-2w`, `+6m`, `+1y`.
pub(in crate::cli) fn date(text: &str) -> Result<NaiveDate, String> {
    if let Some(step) = Step::of(text) {
        let today = match TODAY.get() {
            Today::Local => Local::now().date_naive(),
            Today::Is(day) => day,
            Today::Unknown => return Err("this day must be the same whenever it is read: give YYYY-MM-DD".to_owned()),
        };
        let (first, last) = (spelling::YEARS.start(), spelling::YEARS.end());
        return step.from(today).ok_or_else(|| format!("that day is not in the years from {first} to {last}"));
    }
    written(text).map_err(|told| match Step::meant(text) {
        Some(step) => format!("a date is YYYY-MM-DD, today, or a step from today; did you mean {step}?"),
        None => told,
    })
}

/// Days, weeks, months or years before or after today.
struct Step {
    back: bool,
    count: u32,
    unit: char,
}

impl Step {
    fn of(text: &str) -> Option<Step> {
        let (back, count, unit) = match text {
            "yesterday" => (true, 1, 'd'),
            "today" => (false, 0, 'd'),
            "tomorrow" => (false, 1, 'd'),
            _ => {
                let back = text.starts_with('-');
                let rest = text.strip_prefix(['+', '-'])?;
                let unit = rest.chars().last().filter(|unit| "dwmy".contains(*unit))?;
                let digits = rest.strip_suffix(unit)?;
                // `parse` would take another `+`.
                (back, digits.parse().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()))?, unit)
            }
        };
        Some(Step { back, count, unit })
    }

    /// The day, if a ledger can hold it (D35). A month that is too short ends on its last day.
    fn from(&self, today: NaiveDate) -> Option<NaiveDate> {
        let days = |each: u64| {
            let days = Days::new(u64::from(self.count) * each);
            if self.back { today.checked_sub_days(days) } else { today.checked_add_days(days) }
        };
        let months = |each: u32| {
            let months = Months::new(self.count.checked_mul(each)?);
            if self.back { today.checked_sub_months(months) } else { today.checked_add_months(months) }
        };
        let day = match self.unit {
            'd' => days(1),
            'w' => days(7),
            'm' => months(1),
            _ => months(12),
        };
        day.filter(spelling::is_in_range)
    }

    /// The step that other words probably mean: `next week`, `3 days ago`, `90d`.
    fn meant(text: &str) -> Option<String> {
        let text = text.trim().to_lowercase();
        if text == "now" || text == "today" {
            return Some("today".to_owned());
        }
        if Step::of(&text).is_some() {
            return Some(text);
        }
        let sign = if text.contains("ago") || text.contains("last") || text.starts_with('-') { '-' } else { '+' };
        let words: Vec<&str> = text.split([' ', '+', '-']).filter(|word| !word.is_empty() && *word != "in").collect();
        let (count, unit) = match words.as_slice() {
            ["next" | "last", unit] => ("1", *unit),
            [count, unit] | [count, unit, "ago"] => (*count, *unit),
            [joined] => joined.split_at(joined.find(|letter: char| !letter.is_ascii_digit())?),
            _ => return None,
        };
        let unit = match unit {
            "d" | "day" | "days" => 'd',
            "w" | "week" | "weeks" => 'w',
            "m" | "month" | "months" => 'm',
            "y" | "year" | "years" => 'y',
            _ => return None,
        };
        let step = format!("{sign}{count}{unit}");
        Step::of(&step).map(|_| step)
    }
}
