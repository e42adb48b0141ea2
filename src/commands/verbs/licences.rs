//! `licences`: shows what each allows, what has shipped, and when it expires.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::session::{KnownAt, Session};
use crate::commands::{Answer, Exit, named};
use crate::domain::state::{Licence, State};
use crate::domain::text::Name;
use crate::report::licences::{LicenceChip, LicenceStanding, Licences};
use crate::report::policies::PolicyLabel;
use crate::report::values::Day;
use chrono::NaiveDate;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Only these customers' families.
    pub customers: Vec<String>,
    /// Whether these customers stand for themselves, without their families.
    pub alone: bool,
    /// Only licences that this company holds.
    pub licensee: Option<Name>,
    /// Only open licences whose last valid day is at most this many days ahead.
    pub expiring: Option<u32>,
    /// Today where none is given.
    pub as_of: Option<NaiveDate>,
    /// Answers from what was recorded up to here.
    pub known_at: Option<KnownAt>,
}

/// Answers as of a day.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let mut opened = session.open(request.known_at.into())?;
    let as_of = opened.day(request.as_of, session.today)?;
    let date = as_of.date;
    let head = opened.head;
    let state = opened.book.as_of(date)?;
    let meant = named::meant(state, &request.customers, request.alone)?;
    let licensee = request.licensee.as_ref().map(|name| licensee(state, name)).transpose()?;
    let holder = |licence: &Licence| licence.licensee.and_then(|held| state.licensee_at(held)).map(|held| &held.name);
    let licences = state
        .licences()
        .filter(|licence| request.customers.is_empty() || meant.contains(&licence.customer))
        .filter(|licence| licensee.is_none() || holder(licence) == licensee)
        .filter(|licence| request.expiring.is_none_or(|days| licence.expires_within(date, days)))
        .map(|licence| standing(state, licence))
        .collect();
    let document = Licences { as_of, policy: PolicyLabel::of(&state.in_force().adoption), head, licences };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

/// The licensee of this name, in its recorded spelling.
fn licensee<'s>(state: &'s State, given: &Name) -> Result<&'s Name, Misuse> {
    state.licensee_called(given).map(|licensee| &licensee.name).ok_or_else(|| {
        let known = state.licensees().map(|licensee| licensee.name.as_str());
        let next = did_you_mean(given.as_str(), known, "`exquota licences` shows who holds which licence");
        Misuse::new(format!("`{given}` holds no licence"), next)
    })
}

/// A licence as a document, on the state's day.
pub(super) fn standing(state: &State, licence: &Licence) -> LicenceStanding {
    let customer = state.customer_at(licence.customer);
    let licensee = licence.licensee.and_then(|licensee| state.licensee_at(licensee));
    LicenceStanding {
        licence: licence.number.clone(),
        customer: customer.map(|customer| customer.registered.record.id.to_string()).unwrap_or_default(),
        licensee: licensee.map(|licensee| licensee.name.clone()),
        entry: licence.entry,
        approved: Day(licence.opened),
        expires: licence.status.expires.map(Day),
        days_to_expiry: licence.status.expires.map(|day| (day - state.date()).num_days()),
        state: licence.status.standing(),
        currency: state.policy().currency.clone(),
        value: licence.value,
        shipped_value: licence.shipped_value,
        chips: licence
            .chips
            .iter()
            .map(|held| {
                let amounts = held.amounts(licence.status.unshipped());
                LicenceChip {
                    chip: state.chip_name(held.chip).map(ToString::to_string).unwrap_or_default(),
                    authorised: amounts.authorised,
                    shipped: amounts.shipped,
                    outstanding: amounts.outstanding,
                    released: amounts.released,
                    returned: amounts.returned,
                    retired: amounts.retired,
                }
            })
            .collect(),
    }
}
