//! `headroom`: shows what is left under every ceiling, on one day or on several.

use crate::commands::error::Misuse;
use crate::commands::named::unknown_customer;
use crate::commands::session::{Fold, KnownAt, Opened, Session};
use crate::commands::verbs::log::read_again;
use crate::commands::verbs::show::refused;
use crate::commands::{Answer, Exit};
use crate::domain::about;
use crate::domain::as_of::{AsOf, Step};
use crate::domain::book::Book;
use crate::domain::entries::Unread;
use crate::domain::event::{EventKind, Seq};
use crate::domain::group::Group;
use crate::domain::headroom::{GroupBy, HeadroomRow, SortBy, charges, compare, headroom, headroom_by};
use crate::domain::specs;
use crate::domain::state::{CustomerIx, Granted, State};
use crate::report::Document;
use crate::report::comparison::Comparison;
use crate::report::diff::Came;
use crate::report::headroom::Headroom;
use crate::report::headrooms::Headrooms;
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
    pub group_by: Vec<GroupBy>,
    /// Only rows with less than this percentage of the limit left.
    pub below: Option<u8>,
    /// Whether a ceiling used beyond this percentage makes the answer no.
    pub fail_over: Option<u8>,
    pub sort: Option<SortBy>,
    /// Only so many rows, from the first one on.
    pub top: Option<usize>,
    /// Also nations and destinations to which nothing may go and nothing went.
    pub all: bool,
    /// Also add the rows up in the policy's specs.
    pub specs: bool,
    /// A headroom for each day of a series.
    pub series: Option<Series>,
    /// Only what changed after this day.
    pub compare: Option<NaiveDate>,
}

/// The days of a series.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    pub from: NaiveDate,
    /// Today where none is given.
    pub until: Option<NaiveDate>,
    pub every: Step,
}

/// Answers as of a day, or of each day of a series.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    // Only a whole fold has the licences, which say what a customer counts under.
    let needs_entries = GroupBy::needs_licences(&request.group_by) || request.compare.is_some();
    let is_cached = request.customers.is_empty() && !needs_entries;
    let fold = if is_cached { Fold::Cached } else { Fold::Whole };
    let mut opened = session.open(request.known_at.map_or(fold, Fold::Until))?;
    let mut beyond = Vec::new();
    let document: Box<dyn Document> = match (request.series, request.compare) {
        (_, Some(since)) => {
            let day = opened.day(request.as_of, session.today)?;
            Box::new(changed(&mut opened, since, day, request, &mut beyond)?)
        }
        (None, None) => {
            let day = opened.day(request.as_of, session.today)?;
            Box::new(on_day(&mut opened, day, request, &mut beyond)?)
        }
        (Some(Series { from, until, every }), None) => {
            let last = until.unwrap_or(session.today);
            if last < from {
                let next = "the first day of a series is not after its last; --until is today if not given";
                return Err(Misuse::new(format!("--from {from} is after {last}"), next).into());
            }
            let mut headrooms = Vec::new();
            for day in every.days(from, last) {
                let day = opened.day(Some(day), session.today)?;
                headrooms.push(on_day(&mut opened, day, request, &mut beyond)?);
            }
            Box::new(Headrooms { every, headrooms })
        }
    };
    let exit = if beyond.is_empty() { Exit::Fine } else { Exit::No };
    opened.warnings.extend(beyond);
    Ok(Answer { document, exit, warnings: opened.warnings })
}

/// Answers as of one day, and says in `beyond` which ceilings are used too far. That is judged before rows are left out.
fn on_day(opened: &mut Opened, day: AsOf, request: &Request, beyond: &mut Vec<String>) -> anyhow::Result<Headroom> {
    let date = day.date;
    let state = opened.as_of(date)?;
    let families = families(state, &request.customers)?;
    let only = (!families.is_empty()).then_some(families.as_slice());
    let is_grouped = !request.group_by.is_empty();
    let mut rows = if is_grouped {
        headroom_by(state, &request.group_by, only)?
    } else {
        headroom(state, only.map(|families| charges(state, families)).as_deref())?
    };
    if let Some(percent) = request.fail_over {
        for row in rows.iter().filter(|row| row.is_beyond(percent)) {
            let ceiling = row.ceiling.as_ref().map_or("", |ceiling| ceiling.ceiling.as_str());
            beyond.push(format!("`{ceiling}` is used beyond {percent} % for `{}` on {date}", row.group));
        }
    }
    rows.retain(|row| (request.all || row.is_reached()) && request.below.is_none_or(|percent| row.is_below(percent)));
    if let Some(key) = request.sort {
        key.sort(&mut rows);
    }
    let count = rows.len();
    rows.truncate(request.top.unwrap_or(count));
    let mut document = table(opened, day, rows, only)?;
    document.left_out = count - document.rows.len();
    if let (Some(families), true) = (only, is_grouped) {
        let state = opened.book.as_of(date)?;
        document.alone = families.iter().map(|family| Group::Family(*family).name(state)).collect();
    }
    if request.specs {
        document.specs = Some(specs(opened.book.as_of(date)?, &document.rows)?);
    }
    Ok(document)
}

/// Answers with what changed after an earlier day, and with the entries and lapses of the days since.
fn changed(
    opened: &mut Opened,
    since: NaiveDate,
    as_of: AsOf,
    request: &Request,
    beyond: &mut Vec<String>,
) -> anyhow::Result<Comparison> {
    let date = as_of.date;
    if since >= date {
        let next = "give the earlier day to --compare, and the later one to --as-of; it is today if not given";
        return Err(Misuse::new(format!("--compare {since} is not before {date}"), next).into());
    }
    // A row that only one of the two days leaves out would look like a change.
    let request = Request { all: true, ..request.clone() };
    let earlier = AsOf { date: since, ..as_of };
    let before = on_day(opened, earlier, &Request { fail_over: None, ..request.clone() }, &mut Vec::new())?;
    let after = on_day(opened, as_of, &request, beyond)?;
    let families = families(opened.as_of(date)?, &request.customers)?;
    let mut places = Vec::new();
    for entry in opened.book.entries().iter() {
        let entry = entry?;
        let is_between = entry.date > since && entry.date <= date;
        let counts = entry.event.kind() != EventKind::Void && opened.book.entries().voided_by(entry.seq).is_none();
        let asked_for = || Ok::<_, Unread>(families.is_empty() || concerns(&opened.book, entry.seq, &families)?);
        if is_between && counts && asked_for()? {
            places.push(entry.place());
        }
    }
    places.sort();
    let entries = read_again(opened, places.into_iter().map(|place| place.seq))?;
    let refused = refused(&opened.book, &entries);
    let state = opened.book.as_of(date)?;
    let only = (!families.is_empty()).then_some(families.as_slice());
    let came = Came {
        as_of,
        unit: after.unit,
        policy: after.policy,
        head: after.head,
        entries,
        refused,
        changes: compare(before.rows, after.rows)?,
    };
    Ok(Comparison { since, lapsed: lapsed(state, since, only), came })
}

/// The licences that lapsed with something left, and the exceptions that ended, from one day to the state's.
fn lapsed(state: &State, since: NaiveDate, only: Option<&[CustomerIx]>) -> Vec<String> {
    let ended = |last: NaiveDate| last >= since && last < state.date();
    let asked_for = |customer| only.is_none_or(|families| families.contains(&state.root(customer)));
    let licences = state.licences().filter(|licence| asked_for(licence.customer)).filter_map(|licence| {
        let last = licence.status.expires.filter(|last| ended(*last))?;
        let released = licence.chips.iter().any(|held| held.amounts(licence.status.unshipped()).released > 0);
        released.then(|| format!("licence `{}` lapsed after {last}", licence.number))
    });
    let exceptions = state.exceptions().filter_map(|Granted { entry, exception, .. }| {
        let last = exception.expires.filter(|last| ended(*last))?;
        Some(format!("the exception of entry {entry} for `{}` ended after {last}", exception.group))
    });
    licences.chain(exceptions).collect()
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
        left_out: 0,
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
