//! The answer of `customers`: families as trees.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::{object, row};
use super::table::{Cell, Table};
use super::values::Day;
use super::wording::{and, joined};
use crate::domain::as_of::AsOf;
use crate::domain::event::{Digest, Registration};
use crate::domain::policy::FlagRule;
use crate::domain::text::Name;
use crate::domain::units::Units;
use schemars::JsonSchema;
use serde::Serialize;

/// A list that names a customer, and what the policy does about it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Flagged {
    /// The flag.
    pub flag: Name,
    /// What the policy in force does about it; null for nothing.
    pub rule: Option<FlagRule>,
}

/// A customer in its family.
#[derive(Debug)]
pub struct CustomerShown {
    /// The record in force.
    pub record: Registration,
    /// How many parents are above it.
    pub depth: usize,
    pub flags: Vec<Flagged>,
    /// Committed by its own licences.
    pub used: Units,
    /// Committed by the whole family, for an ultimate parent.
    pub family_used: Option<Units>,
}

/// The answer of `customers`.
#[derive(Debug)]
pub struct Customers {
    pub as_of: AsOf,
    pub unit: String,
    /// The policy in force on that day.
    pub policy: PolicyLabel,
    pub head: Digest,
    /// Each family in turn, each customer below its parent.
    pub customers: Vec<CustomerShown>,
}

row! {
    it: CustomerShown {
        id: &it.record.id => text("customer") = Cell::number(format!("{}{}", "  ".repeat(it.depth), it.record.id), &it.record.id),
        name: &it.record.name => text,
        country: &it.record.country => text,
        parent: &it.record.parent => text.goes(1),
        /// How many parents are above it.
        depth,
        aliases: &it.record.aliases => text.goes(2) = joined(&it.record.aliases, "; "),
        flags => text.goes(3) = joined(it.flags.iter().map(told), "; "),
        /// Committed by its own licences, in units.
        used => number,
        /// Committed by the whole family, in units; null for a customer with a parent.
        family_used => number("family").dashed(),
    }
}

object! {
    /// What `customers` answers: families as trees.
    "customers" it: Customers {
        as_of: Day(it.as_of.date),
        /// Where the day lies, as seen today.
        standing: it.as_of.standing,
        unit,
        policy,
        head,
        customers,
    }
}

/// A flag with what the policy does about it: `entity-list (refuse)`.
fn told(flagged: &Flagged) -> String {
    let rule = and(" (", flagged.rule.map(|rule| format!("{rule})")));
    format!("{}{rule}", flagged.flag)
}

impl Document for Customers {
    fn text(&self, medium: &Medium) -> String {
        let listed = if self.customers.is_empty() {
            medium.line("no customers")
        } else {
            Table::of(&self.customers).totalled(&["used", "family"], None).text(medium)
        };
        let (unit, policy) = (clean(&self.unit), self.policy.line());
        let header = format!("Customers as of {}, committed in {unit}\n{policy}; head {}\n", self.as_of, self.head);
        format!("{}\n{listed}", medium.prose(&header))
    }

    fn table(&self) -> Option<Table> {
        let (as_of, unit, policy) = (self.as_of.date.to_string(), self.unit.clone(), self.policy.named());
        let context = [("as_of", as_of), ("unit", unit), ("policy", policy), ("head", self.head.to_string())];
        Some(Table::of(&self.customers).in_context(context))
    }
}
