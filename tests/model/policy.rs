//! The model's own description of a policy, and the TOML text printed from it (section 3).

use std::fmt::Write as _;

use crate::dates::{self, Day};

/// One unit in millionths: an equivalence has at most six decimals (R1).
pub(crate) const UNIT: i128 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Customer,
    Country,
    Licensee,
    Chip,
    Total,
}

impl Scope {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Scope::Customer => "customer",
            Scope::Country => "country",
            Scope::Licensee => "licensee",
            Scope::Chip => "chip",
            Scope::Total => "total",
        }
    }
}

impl Ceiling {
    /// The limit on a day.
    pub(crate) fn limit_on(&self, day: Day) -> u64 {
        let begun = self.steps.iter().rfind(|step| step.0 <= day);
        if self.steps.is_empty() { self.limit } else { begun.map_or(0, |step| step.1) }
    }
}

/// What a ceiling adds up (R14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Units,
    Chips,
    Tpp,
}

impl Measure {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Measure::Units => "units",
            Measure::Chips => "chips",
            Measure::Tpp => "tpp",
        }
    }
}

/// What a ceiling counts (R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    Committed,
    Shipped,
    Authorised,
    Installed,
}

impl Counts {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Counts::Committed => "committed",
            Counts::Shipped => "shipped",
            Counts::Authorised => "authorised",
            Counts::Installed => "installed",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Ceiling {
    pub(crate) name: String,
    pub(crate) scope: Scope,
    /// In whole units.
    pub(crate) limit: u64,
    /// The first days of limits that replace it, ascending; before the first the limit is 0. Empty: no steps (R14).
    pub(crate) steps: Vec<(Day, u64)>,
    pub(crate) counts: Counts,
    pub(crate) measure: Measure,
    /// Names or aliases of the chips that it covers; empty: all.
    pub(crate) covers: Vec<String>,
    /// The only groups that it limits; empty: all.
    pub(crate) groups: Vec<String>,
    pub(crate) warn_at: Vec<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Chip {
    pub(crate) name: String,
    pub(crate) alias: Option<String>,
    /// In millionths of a unit.
    pub(crate) equivalence: Option<i128>,
    pub(crate) prohibited: bool,
    /// The figure `tpp` of its specs, in millionths.
    pub(crate) tpp: i128,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) version: String,
    pub(crate) ceilings: Vec<Ceiling>,
    pub(crate) chips: Vec<Chip>,
    pub(crate) destinations: Option<Vec<String>>,
    pub(crate) approval_attestations: Vec<String>,
    pub(crate) shipment_attestations: Vec<String>,
    pub(crate) country_groups: Vec<(String, Vec<String>)>,
    /// Each flag, and whether it refuses (otherwise it warns).
    pub(crate) flags: Vec<(String, bool)>,
    /// The letter a licence number must begin with, before three digits.
    pub(crate) number_letter: Option<char>,
    /// The same for shipment references.
    pub(crate) shipment_letter: Option<char>,
    pub(crate) restores: bool,
    pub(crate) valid_months: Option<u32>,
    pub(crate) value_required: bool,
    pub(crate) value_tolerance_percent: u32,
}

impl Policy {
    pub(crate) fn chip(&self, name: &str) -> Option<&Chip> {
        self.chips.iter().find(|chip| chip.name == name)
    }

    /// Millionths of a unit that one chip counts; a chip without an equivalence counts as 0 (D14).
    pub(crate) fn weight(&self, chip: &str) -> i128 {
        self.chip(chip).and_then(|chip| chip.equivalence).unwrap_or(0)
    }

    /// Whether a ceiling covers the chip: it names it, its alias, or no chip at all (R14).
    pub(crate) fn covers(&self, ceiling: &Ceiling, chip: &str) -> bool {
        let alias = self.chip(chip).and_then(|chip| chip.alias.as_deref()).unwrap_or(chip);
        let named = |name: &String| plain(name) == plain(chip) || plain(name) == plain(alias);
        ceiling.covers.is_empty() || ceiling.covers.iter().any(named)
    }

    /// Millionths that one chip counts in a ceiling's measure.
    pub(crate) fn weight_under(&self, ceiling: &Ceiling, chip: &str) -> i128 {
        match (self.chip(chip), ceiling.measure) {
            (Some(found), _) if !self.covers(ceiling, &found.name) => 0,
            (Some(_), Measure::Units) => self.weight(chip),
            (Some(_), Measure::Chips) => UNIT,
            (Some(found), Measure::Tpp) => found.tpp,
            (None, _) => 0,
        }
    }

    pub(crate) fn ceiling(&self, name: &str) -> Option<&Ceiling> {
        self.ceilings.iter().find(|ceiling| ceiling.name == name)
    }

    /// The country as which the policy counts a country.
    pub(crate) fn country(&self, country: &str) -> String {
        for (head, members) in &self.country_groups {
            if members.iter().any(|member| member == country) {
                return head.clone();
            }
        }
        country.to_owned()
    }

    /// The policy file.
    pub(crate) fn toml(&self) -> String {
        let mut out = format!("name = \"model\"\nversion = \"{}\"\nstatus = \"scenario\"\n", self.version);
        out += "title = \"A policy of the model test\"\nsources = [\"none\"]\nunit = \"H200e\"\n";
        for ceiling in &self.ceilings {
            let counts = match ceiling.counts {
                // The default.
                Counts::Committed => String::new(),
                counts => format!("counts = \"{}\"\n", counts.text()),
            };
            let (name, scope) = (&ceiling.name, ceiling.scope.text());
            let step = |(from, limit): &(Day, u64)| format!("{{ from = {}, limit = {limit} }}", dates::text(*from));
            let limit = match ceiling.steps.as_slice() {
                [] => format!("limit = {}", ceiling.limit),
                steps => format!("limits = [{}]", steps.iter().map(step).collect::<Vec<_>>().join(", ")),
            };
            _ = writeln!(
                out,
                "\n[ceilings.{name}]\nscope = \"{scope}\"\n{limit}\n{counts}warn_at = {:?}",
                ceiling.warn_at
            );
            if ceiling.measure != Measure::Units {
                _ = writeln!(out, "measure = \"{}\"", ceiling.measure.text());
            }
            for (key, names) in [("chips", &ceiling.covers), ("groups", &ceiling.groups)] {
                if !names.is_empty() {
                    _ = writeln!(out, "{key} = {names:?}");
                }
            }
        }
        for chip in &self.chips {
            _ = writeln!(out, "\n[chips.{}]\nvendor = \"V\"", chip.name);
            if let Some(equivalence) = chip.equivalence {
                _ = writeln!(out, "equivalence = {}", decimal(equivalence));
            }
            if let Some(alias) = &chip.alias {
                _ = writeln!(out, "aliases = [\"{alias}\"]");
            }
            if chip.prohibited {
                out += "prohibited = \"not for sale\"\n";
            }
            _ = writeln!(out, "specs = {{ tpp = {} }}", decimal(chip.tpp));
        }
        if let Some(allowed) = &self.destinations {
            _ = writeln!(out, "\n[destinations]\nallowed = {allowed:?}");
        }
        _ = writeln!(
            out,
            "\n[attestations]\napproval = {:?}\nshipment = {:?}",
            self.approval_attestations, self.shipment_attestations
        );
        if !self.country_groups.is_empty() {
            out += "\n[country_groups]\n";
            for (head, members) in &self.country_groups {
                _ = writeln!(out, "{head} = {members:?}");
            }
        }
        if !self.flags.is_empty() {
            out += "\n[flags]\n";
            for (flag, refuses) in &self.flags {
                _ = writeln!(out, "\"{flag}\" = \"{}\"", if *refuses { "refuse" } else { "warn" });
            }
        }
        out += "\n[licences]\n";
        for (key, letter) in
            [("number_pattern", self.number_letter), ("shipment_reference_pattern", self.shipment_letter)]
        {
            if let Some(letter) = letter {
                _ = writeln!(out, "{key} = \"^{letter}[0-9]{{3}}$\"");
            }
        }
        if let Some(months) = self.valid_months {
            _ = writeln!(out, "valid_months = {months}");
        }
        if self.value_required {
            out += "value = \"required\"\n";
        }
        _ = writeln!(out, "currency = \"USD\"\nvalue_tolerance_percent = {}", self.value_tolerance_percent);
        _ = writeln!(out, "\n[returns]\nrestores = {}", self.restores);
        out
    }
}

/// Whether a number is the letter and three digits.
pub(crate) fn well_formed(letter: Option<char>, number: &str) -> bool {
    letter.is_none_or(|letter| {
        number.len() == 4 && number.starts_with(letter) && number.chars().skip(1).all(|c| c.is_ascii_digit())
    })
}

/// Millionths as decimal text without trailing zeros.
pub(crate) fn decimal(millionths: i128) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, part) = (millionths.abs() / UNIT, millionths.abs() % UNIT);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{part:06}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

/// The form in which names and serial numbers are compared: tidy, NFKC, full case folding (R2, D31). The tests use
/// no other compatibility characters than full-width ASCII and the full-width space, and fold only `ß` specially.
pub(crate) fn plain(name: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    };
    let folded = name.chars().map(narrow).collect::<String>().to_lowercase().replace('ß', "ss");
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn decimals_and_names_print_plainly() {
    assert_eq!(decimal(1_320_625), "1.320625");
    assert_eq!(decimal(-500_000), "-0.5");
    assert_eq!(decimal(75_000 * UNIT), "75000");
    assert_eq!(plain("Ｈ２００　 sxm "), "h200 sxm");
    assert_eq!(plain("GROSSHANDEL"), plain("Großhandel"));
    assert!(well_formed(Some('D'), "D001") && !well_formed(Some('D'), "D01") && well_formed(None, "x"));
}
