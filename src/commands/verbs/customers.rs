//! `customers`: shows families as trees.

use crate::commands::session::{Fold, KnownAt, Session};
use crate::commands::{Answer, Exit, named};
use crate::domain::family_tree::family_trees;
use crate::domain::group::Group;
use crate::domain::headroom::{GroupBy, headroom_by};
use crate::domain::state::CustomerIx;
use crate::domain::units::Units;
use crate::report::customers::{CustomerShown, Customers, Flagged};
use crate::report::policies::PolicyLabel;
use chrono::NaiveDate;
use hashbrown::HashMap;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Only these customers' families.
    pub customers: Vec<String>,
    /// Today where none is given.
    pub as_of: Option<NaiveDate>,
    /// Answers from the entries up to this one.
    pub known_at: Option<KnownAt>,
}

/// Answers as of a day.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let mut opened = session.open(request.known_at.map_or(Fold::Cached, Fold::Until))?;
    let as_of = opened.day(request.as_of, session.today)?;
    let date = as_of.date;
    let state = opened.as_of(date)?;
    let meant = named::meant(state, &request.customers, false)?;
    let mut used: HashMap<CustomerIx, Units> = HashMap::new();
    let mut family_used: HashMap<CustomerIx, Units> = HashMap::new();
    for row in headroom_by(state, &[GroupBy::Customer], None)? {
        let Group::Customer(customer) = row.who.group else { continue };
        used.insert(customer, row.used);
        let family = family_used.entry(state.root(customer)).or_insert(Units::ZERO);
        *family = family.plus(row.used)?;
    }
    let members = family_trees(state).into_iter();
    let members = members.filter(|member| request.customers.is_empty() || meant.contains(&member.customer));
    let shown = members.filter_map(|member| {
        let record = &state.customer_at(member.customer)?.registered.record;
        let rule = |flag| state.policy().flag(flag).map(|(_, rule)| rule);
        Some(CustomerShown {
            record: (**record).clone(),
            depth: member.depth,
            flags: record.flags.iter().map(|flag| Flagged { flag: flag.clone(), rule: rule(flag) }).collect(),
            used: used.get(&member.customer).copied().unwrap_or(Units::ZERO),
            family_used: family_used.get(&member.customer).copied(),
        })
    });
    let document = Customers {
        as_of,
        unit: state.policy().unit.to_string(),
        policy: PolicyLabel::of(&state.in_force().adoption),
        customers: shown.collect(),
        head: opened.head,
    };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}
