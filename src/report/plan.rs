//! The answer of `plan`: the orders, which of them fit, and where the binding ceiling flips. The binding ceiling is the
//! one that leaves the least headroom, or that refuses the order.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::{object, row};
use super::table::Table;
use super::values::{Day, Scopes, pairs, words_in_output};
use super::wording::{and, count, joined, quantities};
use crate::domain::book::{Judgement, Verdict};
use crate::domain::ceiling::Measure;
use crate::domain::event::Digest;
use crate::domain::plan::{Binding, flips};
use crate::domain::text::{CeilingName, ChipName, Text};
use crate::domain::units::{Overflow, Units};
use crate::domain::words::words;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `plan`: orders, each judged on top of the ones before it.
pub struct Plan {
    /// The policy in force on `date`.
    pub policy: PolicyLabel,
    /// The unit of all amounts.
    pub unit: String,
    pub head: Digest,
    /// The day of orders that state no day.
    pub date: NaiveDate,
    /// In the order of the file.
    pub orders: Vec<PlannedOrder>,
    pub totals: Totals,
    pub warnings: Vec<String>,
}

/// One judged order.
pub struct PlannedOrder {
    /// Its line in the file.
    pub line: u64,
    pub name: Option<String>,
    /// Judged on top of the earlier orders that fit.
    pub judgement: Judgement,
    /// `None` if no ceiling applies.
    pub binding: Option<Binding>,
}

/// The sums of the orders.
pub struct Totals {
    orders: usize,
    fits: usize,
    refused: usize,
    units_asked: Units,
    units_fitting: Units,
}

/// One flip: a ceiling wider than a customer's begins to bind.
#[derive(Serialize, JsonSchema)]
struct Flip<'a> {
    /// The line of the order from which it binds.
    line: u64,
    /// The order's label.
    name: Option<&'a str>,
    /// The customer ceiling that was binding before.
    from: &'a CeilingName,
    /// The ceiling that binds from here on.
    to: &'a CeilingName,
    /// The group that shares this ceiling.
    group: &'a Text,
}

words! {
    /// The outcome of an order in one word.
    enum Planned {
        Fits = "fits",
        Refused = "refused",
    }
}

words_in_output!(Planned);

object! {
    /// What `plan` answers.
    "plan" plan: Plan {
        policy,
        unit,
        head,
        date: Day(plan.date),
        totals,
        flips: plan.flips(),
        orders,
        warnings,
    }
}

row! {
    order: PlannedOrder {
        line => number,
        name => text,
        date: Day(order.judgement.entry.date),
        customer: order.judgement.customer.as_ref().map_or("", Text::as_str) => text,
        family: &order.judgement.family,
        items: pairs(order.items()) => text("order") = quantities(order.items()),
        units: order.judgement.units,
        verdict: order.verdict() => text,
        binding: &order.binding
            => text("binding ceiling") = order.binding.as_ref().map_or_else(|| "-".to_owned(), bound_by),
        largest_within: pairs(order.largest_within())
            => text("would get at most") = quantities(order.largest_within().iter().filter(|(_, count)| *count > 0))
            => number("headroom left").dashed() = order.binding.as_ref().map(|binding| binding.headroom),
        fits_from: order.judgement.fits_from.map(|opening| Day(opening.date)),
        refusals: &order.judgement.refusals
            => text("refused by") = joined(order.judgement.refusals.iter().map(|refusal| refusal.code), ", "),
    }
}

object! {
    it: Totals { orders, fits, refused, units_asked, units_fitting }
}

object! {
    it: Binding { ceiling, group, scope: Scopes(&it.scope), measure, limit, headroom }
}

fn bound_by(binding: &Binding) -> String {
    let measure = (binding.measure != Measure::Units).then_some(&binding.measure);
    format!("{} {}{}", binding.ceiling, binding.group, and(", in ", measure))
}

impl PlannedOrder {
    /// Whether the order fits on top of the orders before it.
    pub fn fits(&self) -> bool {
        self.judgement.verdict == Verdict::Admitted
    }

    fn verdict(&self) -> Planned {
        if self.fits() { Planned::Fits } else { Planned::Refused }
    }

    fn items(&self) -> &[(ChipName, u64)] {
        self.judgement.entry.event.items().map(|items| items.iter().as_slice()).unwrap_or_default()
    }

    fn largest_within(&self) -> &[(ChipName, u64)] {
        self.judgement.largest_within.as_deref().unwrap_or_default()
    }
}

impl Totals {
    /// Sums these orders.
    pub fn of(orders: &[PlannedOrder]) -> Result<Totals, Overflow> {
        let fits = orders.iter().filter(|order| order.fits()).count();
        let mut totals = Totals {
            orders: orders.len(),
            fits,
            refused: orders.len() - fits,
            units_asked: Units::ZERO,
            units_fitting: Units::ZERO,
        };
        for order in orders {
            let Some(units) = order.judgement.units else { continue };
            totals.units_asked = totals.units_asked.plus(units)?;
            if order.fits() {
                totals.units_fitting = totals.units_fitting.plus(units)?;
            }
        }
        Ok(totals)
    }
}

impl Plan {
    fn flips<'a>(&'a self) -> Vec<Flip<'a>> {
        let bound = self.orders.iter().filter_map(|order| Some((order, order.binding.as_ref()?)));
        let flip = |(order, from, to): (&'a PlannedOrder, &'a Binding, &'a Binding)| Flip {
            line: order.line,
            name: order.name.as_deref(),
            from: &from.ceiling,
            to: &to.ceiling,
            group: &to.group,
        };
        flips(bound).into_iter().map(flip).collect()
    }

    /// Says in a line where the binding ceiling flips.
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
                clean(flip.from.as_str()),
                clean(flip.to.as_str()),
                flip.line
            );
        }
        let bound: Vec<&Binding> = self.orders.iter().filter_map(|order| order.binding.as_ref()).collect();
        match bound.first() {
            None => "No ceiling binds".to_owned(),
            Some(_) if bound.iter().all(|binding| binding.is_per_customer()) => {
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

    fn totals_line(&self) -> String {
        let totals = &self.totals;
        format!(
            "{}: {} fit, {} refused; {} of {} {} asked would be taken; nothing is written",
            count(totals.orders, "order", "orders"),
            totals.fits,
            totals.refused,
            totals.units_fitting.grouped(),
            totals.units_asked.grouped(),
            clean(&self.unit)
        )
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
    fn text(&self, medium: &Medium) -> String {
        let table = self.table().map(|table| table.text(medium)).unwrap_or_default();
        let (unit, policy) = (clean(&self.unit), self.policy.line());
        let header = format!("Plan as of {}, in {unit}\n{policy}; head {}\n", self.date, self.head);
        format!(
            "{}\n{table}{}",
            medium.prose(&header),
            medium.prose(&format!("{}\n{}\n{}\n", self.reasons(), self.flip_line(), self.totals_line()))
        )
    }

    fn table(&self) -> Option<Table> {
        let context = self.policy.context(self.date, &self.unit, self.head);
        Some(Table::of(&self.orders).in_context(context))
    }
}
