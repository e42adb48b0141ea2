//! `headroom`: shows what is left under every ceiling.

use crate::commands::error::Misuse;
use crate::commands::session::{Fold, Opened, Session};
use crate::commands::{Answer, Exit};
use crate::domain::event::Seq;
use crate::domain::group::Group;
use crate::domain::headroom::{GroupBy, HeadroomRow, headroom, headroom_by};
use crate::domain::specs;
use crate::domain::state::{State, names};
use crate::domain::text::nearest;
use crate::report::headroom::Headroom;
use crate::report::policies::PolicyLabel;
use crate::report::specs::{Specs, SpecsRow};
use chrono::NaiveDate;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Only these customers' families, and the wider ceilings.
    pub customers: Vec<String>,
    /// Today where none is given.
    pub as_of: Option<NaiveDate>,
    /// Answers from the entries up to this one.
    pub known_at: Option<Seq>,
    /// A row for each of these, whether or not a ceiling limits it.
    pub group_by: Option<GroupBy>,
    /// Only rows with less than this percentage of the limit left.
    pub below: Option<u8>,
    /// Also add the rows up in the policy's specs.
    pub specs: bool,
}

/// Answers as of a day.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let mut opened = session.open(request.known_at.map_or(Fold::Cached, Fold::Until))?;
    let date = request.as_of.unwrap_or(session.today);
    let state = opened.as_of(date)?;
    let mut rows = match request.group_by {
        Some(by) => headroom_by(state, by)?,
        None => headroom(state)?,
    };
    if let Some(percent) = request.below {
        rows.retain(|row| row.is_below(percent));
    }
    if !request.customers.is_empty() {
        let state = opened.book.as_of(date)?;
        let families = request
            .customers
            .iter()
            .map(|given| state.customer_called(given).ok_or_else(|| unknown_customer(state, given).into()))
            .map(|customer| customer.map(|customer| state.root(customer)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        rows.retain(|row| match row.who {
            Group::Customer(customer) | Group::Family(customer) => families.contains(&state.root(customer)),
            Group::Country(_) | Group::Licensee(_) | Group::Chip(_) | Group::Total => true,
        });
    }
    let mut document = table(&mut opened, date, rows)?;
    if request.specs {
        document.specs = Some(specs(opened.book.as_of(date)?, &document.rows)?);
    }
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

/// The rows as a document, with the policy, the head and the entries that the rules refuse.
pub(super) fn table(opened: &mut Opened, date: NaiveDate, rows: Vec<HeadroomRow>) -> anyhow::Result<Headroom> {
    let entries = |violation: bool| {
        let found = opened.book.findings_on(date).filter(|finding| finding.violation == violation);
        found.map(|finding| finding.entry).collect()
    };
    let (violations, breaches) = (entries(true), entries(false));
    let head = opened.head;
    let state = opened.book.as_of(date)?;
    Ok(Headroom {
        as_of: date,
        unit: state.policy().unit.to_string(),
        policy: PolicyLabel::of(&state.in_force().adoption),
        head,
        rows,
        violations,
        breaches,
        specs: None,
    })
}

/// The rows added up in the policy's specs.
fn specs(state: &State, rows: &[HeadroomRow]) -> anyhow::Result<Specs> {
    let (prohibited, uncounted) = specs::unlimited(state.policy());
    let derived = rows.iter().map(|row| {
        let ceiling = row.ceiling.as_ref().map(|ceiling| ceiling.ceiling.clone());
        Ok(SpecsRow { ceiling, group: row.group.clone(), derived: specs::derive(state, row)? })
    });
    Ok(Specs {
        names: specs::spec_names(state.policy()).into_iter().cloned().collect(),
        rows: derived.collect::<anyhow::Result<_>>()?,
        prohibited: prohibited.into_iter().cloned().collect(),
        uncounted: uncounted.into_iter().cloned().collect(),
    })
}

pub(super) fn unknown_customer(state: &State, given: &str) -> Misuse {
    let known = state.customers().flat_map(|(_, customer)| names(&customer.registered.record));
    let next = match nearest(given, known).first() {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`exquota headroom` lists the customers".to_owned(),
    };
    Misuse::new(format!("no customer `{given}` is registered"), next)
}
