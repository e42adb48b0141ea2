//! `headroom`: shows what is left under every ceiling.

use crate::commands::error::Misuse;
use crate::commands::named::unknown_customer;
use crate::commands::session::{Fold, KnownAt, Opened, Session};
use crate::commands::{Answer, Exit};
use crate::domain::about;
use crate::domain::as_of::AsOf;
use crate::domain::book::Book;
use crate::domain::entries::Unread;
use crate::domain::event::Seq;
use crate::domain::group::Group;
use crate::domain::headroom::{GroupBy, HeadroomRow, charges, headroom, headroom_by};
use crate::domain::specs;
use crate::domain::state::{CustomerIx, State};
use crate::report::headroom::Headroom;
use crate::report::policies::PolicyLabel;
use crate::report::specs::{Specs, SpecsRow};
use chrono::NaiveDate;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Only these customers' families, and the wider ceilings that they count under.
    pub customers: Vec<String>,
    /// Today where none is given.
    pub as_of: Option<NaiveDate>,
    /// Answers from what was recorded up to here.
    pub known_at: Option<KnownAt>,
    /// A row for each of these, whether or not a ceiling limits it. With customers, it counts theirs alone.
    pub group_by: Option<GroupBy>,
    /// Only rows with less than this percentage of the limit left.
    pub below: Option<u8>,
    /// Also add the rows up in the policy's specs.
    pub specs: bool,
}

/// Answers as of a day.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    // Only a whole fold has the licences, which say what a customer counts under.
    let fold = if request.customers.is_empty() { Fold::Cached } else { Fold::Whole };
    let mut opened = session.open(request.known_at.map_or(fold, Fold::Until))?;
    let day = opened.day(request.as_of, session.today);
    let date = day.date;
    let state = opened.as_of(date)?;
    let families = families(state, &request.customers)?;
    let only = (!families.is_empty()).then_some(families.as_slice());
    let mut rows = match request.group_by {
        Some(by) => headroom_by(state, by, only)?,
        None => headroom(state, only.map(|families| charges(state, families)).as_deref())?,
    };
    if let Some(percent) = request.below {
        rows.retain(|row| row.is_below(percent));
    }
    let mut document = table(&mut opened, day, rows, only)?;
    if let (Some(families), Some(_)) = (only, request.group_by) {
        let state = opened.book.as_of(date)?;
        document.alone = families.iter().map(|family| Group::Family(*family).name(state)).collect();
    }
    if request.specs {
        document.specs = Some(specs(opened.book.as_of(date)?, &document.rows)?);
    }
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

/// The families of these customers, each once.
pub(super) fn families(state: &State, customers: &[String]) -> Result<Vec<CustomerIx>, Misuse> {
    let mut families = Vec::with_capacity(customers.len());
    for given in customers {
        let family = state.root(state.customer_called(given).ok_or_else(|| unknown_customer(state, given))?);
        if !families.contains(&family) {
            families.push(family);
        }
    }
    Ok(families)
}

/// The rows as a document, with the policy, the head and the entries that the rules refuse: those about these families,
/// and those about no customer.
pub(super) fn table(
    opened: &mut Opened,
    as_of: AsOf,
    rows: Vec<HeadroomRow>,
    only: Option<&[CustomerIx]>,
) -> anyhow::Result<Headroom> {
    let date = as_of.date;
    opened.book.as_of(date)?;
    let (mut violations, mut breaches) = (Vec::new(), Vec::new());
    for finding in opened.book.findings_on(date) {
        if only.map_or(Ok(true), |families| concerns(&opened.book, finding.entry, families))? {
            if finding.violation { &mut violations } else { &mut breaches }.push(finding.entry);
        }
    }
    let head = opened.head;
    let state = opened.book.as_of(date)?;
    Ok(Headroom {
        as_of,
        unit: state.policy().unit.to_string(),
        policy: PolicyLabel::of(&state.in_force().adoption),
        head,
        rows,
        violations,
        breaches,
        specs: None,
        alone: Vec::new(),
    })
}

/// Whether an entry is about one of these families, or about no customer.
fn concerns(book: &Book, seq: Seq, families: &[CustomerIx]) -> Result<bool, Unread> {
    let Some(entry) = book.entries().get(seq)? else { return Ok(true) };
    let customer =
        about::customer(book.entries(), &entry)?.map_or_else(|| about::excepted(book, &entry), |id| Ok(Some(id)))?;
    let state = book.state();
    let family = customer.and_then(|id| state.customer(&id)).map(|customer| state.root(customer));
    Ok(family.is_none_or(|family| families.contains(&family)))
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
