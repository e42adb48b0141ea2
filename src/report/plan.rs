//! `plan`: the orders, which of them fit, and where the binding ceiling flips.

use super::clean::clean;
use super::decision::{RefusalDocument, quantities, refusal_document};
use super::exact::{Exact, Pairs};
use super::paper::Paper;
use super::policies::PolicyLabel;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, faults, to_json};
use crate::domain::book::{Judgement, Verdict};
use crate::domain::event::{Digest, Items};
use crate::domain::plan::{Binding, flips};
use crate::domain::policy::Scope;
use crate::domain::text::{ChipName, CustomerId, Text};
use crate::domain::units::{Overflow, Units};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

/// Orders judged on top of one another.
pub struct Plan {
    /// The policy in force on `date`.
    pub policy: PolicyLabel,
    /// What everything is counted in.
    pub unit: String,
    /// The ledger's head.
    pub head: Digest,
    /// The day of orders that name none.
    pub date: NaiveDate,
    /// In file order.
    pub orders: Vec<PlannedOrder>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// One order, judged.
pub struct PlannedOrder {
    /// Its line in the file.
    pub line: u64,
    /// Its label.
    pub name: Option<String>,
    /// What the rules say of it, on top of the orders before it that fit.
    pub judgement: Judgement,
    /// The ceiling that leaves the least, or that refuses it.
    pub binding: Option<Binding>,
}

/// A wider ceiling begins to bind.
#[derive(Serialize, JsonSchema)]
struct Flip<'a> {
    line: u64,
    name: Option<&'a str>,
    from: &'a str,
    to: &'a str,
    group: &'a str,
}

/// What `plan` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct PlanDocument<'a> {
    #[schemars(extend("const" = "exquota/plan/1"))]
    schema: &'static str,
    policy: &'a PolicyLabel,
    unit: &'a str,
    #[schemars(with = "words::Sha256")]
    head: String,
    #[schemars(with = "words::Day")]
    date: String,
    totals: Totals,
    flips: Vec<Flip<'a>>,
    orders: Vec<OrderDocument<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize, JsonSchema)]
struct Totals {
    orders: usize,
    fits: usize,
    refused: usize,
    units_asked: Exact,
    units_fitting: Exact,
}

#[derive(Serialize, JsonSchema)]
struct OrderDocument<'a> {
    line: u64,
    name: Option<&'a str>,
    #[schemars(with = "words::Day")]
    date: String,
    customer: &'a str,
    family: Option<&'a str>,
    items: Pairs<&'a str, u64>,
    units: Option<Exact>,
    #[schemars(with = "words::Planned")]
    verdict: &'static str,
    binding: Option<BindingDocument<'a>>,
    largest_within: Pairs<&'a str, u64>,
    #[schemars(with = "Option<words::Day>")]
    fits_from: Option<String>,
    refusals: Vec<RefusalDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct BindingDocument<'a> {
    ceiling: &'a str,
    group: &'a str,
    #[schemars(with = "words::Scope")]
    scope: &'static str,
    limit: Exact,
    headroom: Exact,
}

impl PlannedOrder {
    /// Whether it fits on top of those before it.
    pub fn fits(&self) -> bool {
        self.judgement.verdict == Verdict::Admitted
    }

    fn verdict(&self) -> &'static str {
        if self.fits() { "fits" } else { "refused" }
    }

    fn customer(&self) -> &str {
        self.judgement.customer.as_ref().map_or("", Text::as_str)
    }

    fn largest_within(&self) -> &[(ChipName, u64)] {
        self.judgement.largest_within.as_deref().unwrap_or_default()
    }

    fn cells(&self) -> [Cell; 9] {
        let given = self.largest_within().iter().filter(|(_, count)| *count > 0).cloned().collect();
        let codes: Vec<&str> = self.judgement.refusals.iter().map(|refusal| refusal.code.as_str()).collect();
        let (binding, left) = match &self.binding {
            Some(binding) => {
                (Cell::of(format!("{} {}", binding.ceiling, binding.group)), Cell::units(binding.headroom))
            }
            None => (Cell::of("-"), Cell::number("-", "")),
        };
        [
            Cell::of(self.line),
            Cell::of(self.name.as_deref().unwrap_or("")),
            Cell::of(self.customer()),
            Cell::of(self.judgement.entry.event.items().map(quantities).unwrap_or_default()),
            Cell::of(self.verdict()),
            binding,
            Cell::of(quantities(&Items::new(given))),
            left,
            Cell::of(codes.join(", ")),
        ]
    }
}

impl Plan {
    fn totals(&self) -> Result<Totals, Overflow> {
        let (mut asked, mut fitting) = (Units::ZERO, Units::ZERO);
        for order in &self.orders {
            let Some(units) = order.judgement.units else { continue };
            asked = asked.plus(units)?;
            if order.fits() {
                fitting = fitting.plus(units)?;
            }
        }
        let fits = self.orders.iter().filter(|order| order.fits()).count();
        Ok(Totals {
            orders: self.orders.len(),
            fits,
            refused: self.orders.len() - fits,
            units_asked: Exact(asked),
            units_fitting: Exact(fitting),
        })
    }

    fn flips<'a>(&'a self) -> Vec<Flip<'a>> {
        let bound = self.orders.iter().filter_map(|order| Some((order, order.binding.as_ref()?)));
        let flip = |(order, from, to): (&'a PlannedOrder, &'a Binding, &'a Binding)| Flip {
            line: order.line,
            name: order.name.as_deref(),
            from: from.ceiling.as_str(),
            to: to.ceiling.as_str(),
            group: to.group.as_str(),
        };
        flips(bound).into_iter().map(flip).collect()
    }

    /// Where the binding ceiling flips, in a line.
    fn flip_line(&self) -> String {
        let flips = self.flips();
        if let Some(flip) = flips.first() {
            let named = flip.name.map(|name| format!(" ({})", clean(name))).unwrap_or_default();
            let again = match flips.len() - 1 {
                0 => String::new(),
                more => format!("; it flips back and again {more} more times, see --format json"),
            };
            return format!(
                "The binding ceiling flips from `{}` to `{}` at line {}{named}{again}",
                clean(flip.from),
                clean(flip.to),
                flip.line
            );
        }
        let bound: Vec<&Binding> = self.orders.iter().filter_map(|order| order.binding.as_ref()).collect();
        match bound.first() {
            None => "No ceiling binds".to_owned(),
            Some(_) if bound.iter().all(|binding| binding.scope == Scope::Customer) => {
                "The binding ceiling is a customer's throughout".to_owned()
            }
            Some(first) => {
                format!(
                    "The binding ceiling is wider than a customer's from the start: `{}`",
                    clean(first.ceiling.as_str())
                )
            }
        }
    }

    fn totals_line(&self) -> Result<String, Overflow> {
        let totals = self.totals()?;
        Ok(format!(
            "{}: {} fit, {} refused; {} of {} {} asked would be taken; nothing is written",
            faults::count(totals.orders, "order", "orders"),
            totals.fits,
            totals.refused,
            totals.units_fitting.0.grouped(),
            totals.units_asked.0.grouped(),
            clean(&self.unit)
        ))
    }

    fn reasons(&self) -> String {
        let mut text = String::new();
        for order in self.orders.iter().filter(|order| !order.fits()) {
            for refusal in &order.judgement.refusals {
                text += &format!(
                    "line {} refused [{}]: {}\n",
                    order.line,
                    refusal.code.as_str(),
                    clean(&refusal.message())
                );
            }
        }
        if text.is_empty() { text } else { format!("\n{text}") }
    }
}

impl Document for Plan {
    fn text(&self, paper: &Paper) -> String {
        let table = self.table().map(|table| table.text(paper)).unwrap_or_default();
        let totals = self.totals_line().unwrap_or_else(|overflow| overflow.to_string());
        format!(
            "Plan as of {}, in {}\n{}; head {}\n\n{table}{}\n{}\n{totals}\n",
            self.date,
            clean(&self.unit),
            self.policy.line(),
            self.head,
            self.reasons(),
            self.flip_line(),
        )
    }

    fn json(&self) -> serde_json::Result<String> {
        fn pairs<'a>(items: impl IntoIterator<Item = &'a (ChipName, u64)>) -> Pairs<&'a str, u64> {
            Pairs(items.into_iter().map(|(chip, count)| (chip.as_str(), *count)).collect())
        }
        let orders = self.orders.iter().map(|order| OrderDocument {
            line: order.line,
            name: order.name.as_deref(),
            date: order.judgement.entry.date.to_string(),
            customer: order.customer(),
            family: order.judgement.family.as_ref().map(CustomerId::as_str),
            items: pairs(order.judgement.entry.event.items().into_iter().flat_map(Items::iter)),
            units: order.judgement.units.map(Exact),
            verdict: order.verdict(),
            binding: order.binding.as_ref().map(|binding| BindingDocument {
                ceiling: binding.ceiling.as_str(),
                group: binding.group.as_str(),
                scope: binding.scope.as_str(),
                limit: Exact(binding.limit),
                headroom: Exact(binding.headroom),
            }),
            largest_within: pairs(order.largest_within()),
            fits_from: order.judgement.fits_from.as_ref().map(NaiveDate::to_string),
            refusals: order.judgement.refusals.iter().map(refusal_document).collect(),
        });
        to_json(&PlanDocument {
            schema: "exquota/plan/1",
            policy: &self.policy,
            unit: &self.unit,
            head: self.head.to_string(),
            date: self.date.to_string(),
            totals: self.totals().map_err(serde::ser::Error::custom)?,
            flips: self.flips(),
            orders: orders.collect(),
            warnings: &self.warnings,
        })
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new([
            Column::number("line"),
            Column::text("name"),
            Column::text("customer"),
            Column::text("order"),
            Column::text("verdict"),
            Column::text("binding ceiling"),
            Column::text("would get at most"),
            Column::number("headroom left"),
            Column::text("refused by"),
        ]);
        for order in &self.orders {
            table.push(order.cells());
        }
        Some(table)
    }
}
