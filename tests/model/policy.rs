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
    Destination,
    Total,
}

impl Scope {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Scope::Customer => "customer",
            Scope::Country => "country",
            Scope::Licensee => "licensee",
            Scope::Chip => "chip",
            Scope::Destination => "destination",
            Scope::Total => "total",
        }
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

    /// Whether it attributes everything to the licence, and not to the shipment (R14).
    pub(crate) fn of_licences(self) -> bool {
        matches!(self, Counts::Committed | Counts::Authorised)
    }
}

/// How much a ceiling allows, in whole units (R14).
#[derive(Clone, Debug)]
pub(crate) enum Limit {
    Plain(u64),
    /// First days, ascending; before the first the limit is 0.
    Steps(Vec<(Day, u64)>),
    /// A percentage of a series' volumes.
    Share(u32, String),
}

impl Limit {
    /// A figure of its size.
    pub(crate) fn about(&self) -> u64 {
        match self {
            Limit::Plain(limit) => *limit,
            Limit::Steps(steps) => steps[0].1,
            Limit::Share(..) => 10,
        }
    }
}

/// When a ceiling begins anew (R14).
#[derive(Clone, Debug)]
pub(crate) enum Window {
    Ever,
    /// Every so many months: 12, 3 or 1. The year begins on this day of this month.
    Every(Day, (Day, Day)),
    Span(Day, Option<Day>),
}

/// First and last day.
pub(crate) type Days = (Day, Option<Day>);

impl Window {
    /// The window that holds a day: none inside where there is no window, and none where the ceiling is not there.
    pub(crate) fn holding(&self, day: Day) -> Option<Option<Days>> {
        match self {
            Window::Ever => Some(None),
            Window::Every(months, start) => {
                let (first, next) = dates::period(day, *months, *start);
                Some(Some((first, Some(next - 1))))
            }
            Window::Span(from, until) => {
                (*from <= day && until.is_none_or(|until| day <= until)).then_some(Some((*from, *until)))
            }
        }
    }

    /// The first days of windows after a day, and the day after a last one, up to the first one after `until` (D43).
    pub(crate) fn turns(&self, after: Day, until: Day) -> Vec<Day> {
        match self {
            Window::Ever => vec![],
            Window::Every(months, start) => {
                let mut turns = vec![dates::period(after, *months, *start).1];
                while turns[turns.len() - 1] <= until {
                    turns.push(dates::period(turns[turns.len() - 1], *months, *start).1);
                }
                turns
            }
            Window::Span(from, until) => [Some(*from), until.map(|last| last + 1)].into_iter().flatten().collect(),
        }
    }

    fn toml(&self) -> Option<String> {
        match self {
            Window::Ever => None,
            Window::Every(months, (month, day)) => {
                let every = match months {
                    12 => "year",
                    3 => "quarter",
                    _ => "month",
                };
                let start =
                    if (*month, *day) == (1, 1) { String::new() } else { format!(", start = \"{month:02}-{day:02}\"") };
                Some(format!("{{ every = \"{every}\"{start} }}"))
            }
            Window::Span(from, until) => {
                let until = until.map_or(String::new(), |until| format!(", until = {}", dates::text(until)));
                Some(format!("{{ from = {}{until} }}", dates::text(*from)))
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Ceiling {
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) limit: Limit,
    pub(crate) counts: Counts,
    pub(crate) measure: Measure,
    pub(crate) window: Window,
    /// Names or aliases of the chips that it covers; empty: all.
    pub(crate) covers: Vec<String>,
    /// The class of the chips that it covers, if it names one.
    pub(crate) class: Option<String>,
    /// The destinations that it covers; empty: all.
    pub(crate) to: Vec<String>,
    /// The only groups that it limits; empty: all.
    pub(crate) groups: Vec<String>,
    /// Whether it counts what others sell to the customers.
    pub(crate) elsewhere: bool,
    pub(crate) warn_at: Vec<u64>,
}

impl Ceiling {
    fn toml(&self) -> String {
        let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.text()).collect();
        let scope = if let [scope] = scopes.as_slice() { format!("{scope:?}") } else { format!("{scopes:?}") };
        let mut out = format!("\n[ceilings.{}]\nscope = {scope}\n", self.name);
        let step = |(from, limit): &(Day, u64)| format!("{{ from = {}, limit = {limit} }}", dates::text(*from));
        _ = match &self.limit {
            Limit::Plain(limit) => writeln!(out, "limit = {limit}"),
            Limit::Steps(steps) => {
                writeln!(out, "limits = [{}]", steps.iter().map(step).collect::<Vec<_>>().join(", "))
            }
            Limit::Share(percent, of) => writeln!(out, "share = {{ percent = {percent}, of = {of:?} }}"),
        };
        // What is not given has its default.
        if self.counts != Counts::Committed {
            _ = writeln!(out, "counts = \"{}\"", self.counts.text());
        }
        if self.measure != Measure::Units {
            _ = writeln!(out, "measure = \"{}\"", self.measure.text());
        }
        if let Some(window) = self.window.toml() {
            _ = writeln!(out, "window = {window}");
        }
        if let Some(class) = &self.class {
            _ = writeln!(out, "class = {class:?}");
        }
        for (key, names) in [("chips", &self.covers), ("to", &self.to), ("groups", &self.groups)] {
            if !names.is_empty() {
                _ = writeln!(out, "{key} = {names:?}");
            }
        }
        if self.elsewhere {
            out += "elsewhere = true\n";
        }
        _ = writeln!(out, "warn_at = {:?}", self.warn_at);
        out
    }
}

/// A condition on a figure in [`UNIT`]s, or on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition {
    Less(i128),
    AtMost(i128),
    More(i128),
    AtLeast(i128),
    Within(i128, i128),
}

impl Condition {
    fn holds(self, figure: i128) -> bool {
        match self {
            Condition::Less(most) => figure < most,
            Condition::AtMost(most) => figure <= most,
            Condition::More(least) => figure > least,
            Condition::AtLeast(least) => figure >= least,
            Condition::Within(least, most) => least <= figure && figure <= most,
        }
    }

    fn toml(self, text: impl Fn(i128) -> String) -> String {
        match self {
            Condition::Less(most) => format!("\"< {}\"", text(most)),
            Condition::AtMost(most) => format!("\"<= {}\"", text(most)),
            Condition::More(least) => format!("\"> {}\"", text(least)),
            Condition::AtLeast(least) => format!("\">= {}\"", text(least)),
            Condition::Within(least, most) => format!("\"{}..{}\"", text(least), text(most)),
        }
    }
}

/// Chips named by their specs (R14).
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) name: String,
    /// Alternatives; in each, all conditions must hold. A key is a spec, or a sum of specs.
    pub(crate) any: Vec<Vec<(&'static str, Condition)>>,
    pub(crate) first_sold: Option<Condition>,
}

impl Class {
    pub(crate) fn holds(&self, chip: &Chip) -> bool {
        let figure = |key: &str| key.split(" + ").map(|spec| if spec == "tpp" { chip.tpp } else { chip.gb }).sum();
        let all = |all: &Vec<(&str, Condition)>| all.iter().all(|(key, condition)| condition.holds(figure(key)));
        self.any.iter().any(all) && self.first_sold.is_none_or(|condition| condition.holds(chip.first_sold.into()))
    }

    fn toml(&self) -> String {
        let condition = |(key, condition): &(&str, Condition)| format!("{key:?} = {}", condition.toml(decimal));
        let table = |all: &Vec<(&'static str, Condition)>| {
            format!("{{ {} }}", all.iter().map(condition).collect::<Vec<_>>().join(", "))
        };
        let mut out = format!("\n[classes.{}]\n", self.name);
        _ = match self.any.as_slice() {
            [all] => writeln!(out, "all = {}", table(all)),
            any => writeln!(out, "any = [{}]", any.iter().map(table).collect::<Vec<_>>().join(", ")),
        };
        if let Some(condition) = self.first_sold {
            let day = |day: i128| Day::try_from(day).map_or(String::new(), dates::text);
            _ = writeln!(out, "first_sold = {}", condition.toml(day));
        }
        out
    }
}

/// Entries of some size must attest the notice's name (R14).
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) name: String,
    /// On shipments, not on approvals.
    pub(crate) on_shipment: bool,
    /// What the family has shipped, not the entry alone.
    pub(crate) of_family: bool,
    pub(crate) measure: Measure,
    pub(crate) at: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Chip {
    pub(crate) name: String,
    pub(crate) alias: Option<String>,
    /// In [`UNIT`]s, as all figures.
    pub(crate) equivalence: Option<i128>,
    pub(crate) prohibited: bool,
    /// The figure `tpp` of its specs.
    pub(crate) tpp: i128,
    /// The figure `gb` of its specs.
    pub(crate) gb: i128,
    pub(crate) first_sold: Day,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) version: String,
    pub(crate) ceilings: Vec<Ceiling>,
    pub(crate) chips: Vec<Chip>,
    pub(crate) classes: Vec<Class>,
    /// The class outside of which a chip is prohibited.
    pub(crate) outside: Option<String>,
    pub(crate) notices: Vec<Notice>,
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

    pub(crate) fn in_class(&self, class: &str, chip: &Chip) -> bool {
        self.classes.iter().any(|known| known.name == class && known.holds(chip))
    }

    /// Whether the chip is prohibited by name, or as outside a class (R14).
    pub(crate) fn prohibits(&self, chip: &str) -> bool {
        let outside = |chip: &Chip| self.outside.as_ref().is_some_and(|class| !self.in_class(class, chip));
        self.chip(chip).is_some_and(|chip| chip.prohibited || outside(chip))
    }

    /// Whether a ceiling covers the chip: it names it, its alias or its class, or no chip at all (R14).
    pub(crate) fn covers(&self, ceiling: &Ceiling, chip: &str) -> bool {
        let Some(chip) = self.chip(chip) else { return false };
        let named = |name: &String| {
            [Some(&chip.name), chip.alias.as_ref()].into_iter().flatten().any(|own| plain(own) == plain(name))
        };
        match &ceiling.class {
            Some(class) => self.in_class(class, chip),
            None => ceiling.covers.is_empty() || ceiling.covers.iter().any(named),
        }
    }

    /// How much one chip is in a measure; a chip without an equivalence is 0 units (D14).
    pub(crate) fn measured(&self, measure: Measure, chip: &str) -> i128 {
        self.chip(chip).map_or(0, |chip| match measure {
            Measure::Units => chip.equivalence.unwrap_or(0),
            Measure::Chips => UNIT,
            Measure::Tpp => chip.tpp,
        })
    }

    /// How much one chip counts under a ceiling.
    pub(crate) fn weight(&self, ceiling: &Ceiling, chip: &str) -> i128 {
        if self.covers(ceiling, chip) { self.measured(ceiling.measure, chip) } else { 0 }
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
        out.extend(self.ceilings.iter().map(Ceiling::toml));
        out.extend(self.classes.iter().map(Class::toml));
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
            if !self.classes.is_empty() {
                _ = writeln!(out, "first_sold = {}", dates::text(chip.first_sold));
            }
            _ = writeln!(out, "specs = {{ tpp = {}, gb = {} }}", decimal(chip.tpp), decimal(chip.gb));
        }
        if let Some(class) = &self.outside {
            _ = writeln!(out, "\n[prohibited]\noutside = {class:?}\nreason = \"presumption of denial\"");
        }
        for notice in &self.notices {
            let on = if notice.on_shipment { "shipment" } else { "approval" };
            let of = if notice.of_family { "family" } else { "entry" };
            _ = writeln!(out, "\n[notices.{}]\non = \"{on}\"\nof = \"{of}\"\nat = {}", notice.name, notice.at);
            _ = writeln!(out, "measure = \"{}\"", notice.measure.text());
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

/// A figure as decimal text without trailing zeros.
pub(crate) fn decimal(figure: i128) -> String {
    let sign = if figure < 0 { "-" } else { "" };
    let (whole, part) = (figure.abs() / UNIT, figure.abs() % UNIT);
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
    assert_eq!(decimal(UNIT + UNIT / 8), "1.125");
    assert_eq!(decimal(-UNIT / 2), "-0.5");
    assert_eq!(decimal(75_000 * UNIT), "75000");
    assert_eq!(plain("Ｈ２００　 sxm "), "h200 sxm");
    assert_eq!(plain("GROSSHANDEL"), plain("Großhandel"));
    assert!(well_formed(Some('D'), "D001") && !well_formed(Some('D'), "D01") && well_formed(None, "x"));
}
