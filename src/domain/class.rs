//! Classes of chips by threshold (R14). The store resolves a class when it reads the policy, so that the rules see lists
//! of chips.

use super::policy::Chip;
use super::text::{ChipName, Name, Text};
use super::units::Units;
use chrono::NaiveDate;

/// What a condition allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound<T> {
    Below(T),
    AtMost(T),
    Above(T),
    AtLeast(T),
    /// Both ends are inside.
    Within(T, T),
}

impl<T: PartialOrd + Copy> Bound<T> {
    /// Reads `< 21000` or `14000..17500`. `value` reads a figure.
    pub fn parse(text: &str, value: impl Fn(&str) -> Option<T>) -> Option<Self> {
        let value = |text: &str| value(text.trim());
        if let Some((low, high)) = text.split_once("..") {
            return Some(Bound::Within(value(low)?, value(high)?));
        }
        let after = |sign| value(text.trim().strip_prefix(sign)?);
        after("<=")
            .map(Bound::AtMost)
            .or_else(|| after("<").map(Bound::Below))
            .or_else(|| after(">=").map(Bound::AtLeast))
            .or_else(|| after(">").map(Bound::Above))
    }

    /// Whether it allows this value.
    pub fn holds(&self, value: T) -> bool {
        match *self {
            Bound::Below(high) => value < high,
            Bound::AtMost(high) => value <= high,
            Bound::Above(low) => value > low,
            Bound::AtLeast(low) => value >= low,
            Bound::Within(low, high) => low <= value && value <= high,
        }
    }

    /// Whether no value can hold.
    pub fn is_empty(&self) -> bool {
        matches!(self, Bound::Within(low, high) if low > high)
    }

    /// The condition in words, with figures as `told` tells them.
    pub fn told(&self, told: impl Fn(T) -> String) -> String {
        match *self {
            Bound::Below(high) => format!("< {}", told(high)),
            Bound::AtMost(high) => format!("<= {}", told(high)),
            Bound::Above(low) => format!("> {}", told(low)),
            Bound::AtLeast(low) => format!(">= {}", told(low)),
            Bound::Within(low, high) => format!("{}..{}", told(low), told(high)),
        }
    }
}

/// A condition on one figure of a chip, or on the sum of several.
#[derive(Clone, Debug)]
pub struct Threshold {
    /// The keys of the specs that are added up. Never empty.
    pub specs: Vec<Text>,
    pub bound: Bound<Units>,
}

impl Threshold {
    /// The keys of a condition: `dram_gb_per_s + io_gb_per_s`.
    pub fn keys(key: &str) -> impl Iterator<Item = &str> {
        key.split('+').map(str::trim)
    }

    /// The key of the condition.
    pub fn key(&self) -> String {
        self.specs.iter().map(Text::as_str).collect::<Vec<_>>().join(" + ")
    }

    /// Why a chip is not within it, if so: `tpp 36,000 is not < 21,000 (15,000 over)`.
    fn missed_by(&self, chip: &Chip) -> Option<String> {
        let add = |sum: Units, spec| sum.plus(chip.spec(spec)?).ok();
        let Some(value) = self.specs.iter().try_fold(Units::ZERO, add) else {
            return Some(format!("{} is not stated", self.key()));
        };
        if self.bound.holds(value) {
            return None;
        }
        let (from, to, side) = match self.bound {
            Bound::Below(high) | Bound::AtMost(high) => (high, value, "over"),
            Bound::Within(_, high) if value > high => (high, value, "over"),
            Bound::Above(low) | Bound::AtLeast(low) | Bound::Within(low, _) => (value, low, "short"),
        };
        let by = match to.minus(from) {
            Ok(Units::ZERO) => "exactly at it".to_owned(),
            Ok(by) => format!("{} {side}", by.grouped()),
            Err(overflow) => overflow.to_string(),
        };
        let bound = self.bound.told(Units::grouped);
        Some(format!("{} {} is not {bound} ({by})", self.key(), value.grouped()))
    }
}

/// Chips that a policy names by their specs.
#[derive(Clone, Debug)]
pub struct Class {
    /// The key under `[classes]`.
    pub name: Name,
    /// A chip is inside if it meets every threshold of one of these. Never empty.
    pub alternatives: Vec<Vec<Threshold>>,
    /// The days on which a chip inside was first sold.
    pub first_sold: Option<Bound<NaiveDate>>,
}

impl Class {
    /// Why a chip is outside, if so. The store has checked that the chip states all that the class asks for.
    pub fn missed_by(&self, chip: &Chip) -> Option<String> {
        let missed = |thresholds: &Vec<Threshold>| -> Vec<String> {
            thresholds.iter().filter_map(|threshold| threshold.missed_by(chip)).collect()
        };
        let alternatives: Vec<Vec<String>> = self.alternatives.iter().map(missed).collect();
        let by_specs = match alternatives.as_slice() {
            met if met.iter().any(Vec::is_empty) => None,
            [only] => Some(only.join(", ")),
            all => {
                let told: Vec<String> = all.iter().map(|missed| missed.join(", ")).collect();
                Some(format!("none of {} alternatives is met: {}", all.len(), told.join("; ")))
            }
        };
        let by_day = self.first_sold.and_then(|bound| {
            let Some(day) = chip.first_sold else { return Some("first_sold is not stated".to_owned()) };
            (!bound.holds(day)).then(|| format!("first_sold {day} is not {}", bound.told(|day| day.to_string())))
        });
        let missed: Vec<String> = [by_specs, by_day].into_iter().flatten().collect();
        (!missed.is_empty()).then(|| missed.join(", "))
    }

    /// The chips inside, in their order.
    pub fn members(&self, chips: &[Chip]) -> Vec<ChipName> {
        chips.iter().filter(|chip| self.missed_by(chip).is_none()).map(|chip| chip.name.clone()).collect()
    }
}
