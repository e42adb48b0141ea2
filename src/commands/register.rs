//! `register`: a customer, new or changed. A customer event holds the whole record; the verb starts from the one in
//! force on its date and changes only what is given (D15).

use super::error::Misuse;
use super::session::{Fold, Session, Writing};
use super::writing::Draft;
use super::{Answer, order, writing};
use crate::domain::book::Verdict;
use crate::domain::event::{Digest, Event, Registration, Seq};
use crate::domain::lookalike::Looks;
use crate::domain::refusal::Refusal;
use crate::domain::registration::RecordChange;
use crate::domain::state::State;
use crate::domain::text::{CustomerId, Text};
use crate::report::clean::clean;
use crate::report::decision::Decision;
use crate::store::record::{self, TextRule};

/// What is asked; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What the ledger calls it.
    pub id: String,
    /// Its full name.
    pub name: Option<String>,
    /// Where it is headquartered.
    pub country: Option<String>,
    /// The company it belongs to.
    pub parent: Option<String>,
    /// It belongs to none.
    pub no_parent: bool,
    /// Other names, added.
    pub aliases: Vec<String>,
    /// Lists it is on, added.
    pub flags: Vec<String>,
    /// Other names it no longer goes by.
    pub drop_aliases: Vec<String>,
    /// Lists it is no longer on.
    pub drop_flags: Vec<String>,
}

/// Judges, then writes.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    writing::record(session, options, Fold::Whole, |state| draft(state, request))
}

/// What a registration would do; nothing is written.
#[derive(Debug)]
pub struct Preview {
    /// The line as it would be written now, by this program and on top of what the ledger holds; none where a rule refuses
    /// it.
    pub line: Option<String>,
    /// Why it would not be written, each with what to do.
    pub problems: Vec<String>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// The entry that records it already.
    pub recorded: Option<Seq>,
    /// The ledger's head.
    pub head: Digest,
}

/// Judges by the way that [`run`] takes, and writes nothing.
pub fn preview(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Preview> {
    let options = Writing { dry_run: true, ..options.clone() };
    let judged = writing::judge(session, &options, Fold::Whole, |state| draft(state, request))?;
    let decided = judged.write(&options)?;
    let Decision { judgement, head, .. } = decided.decision;
    let recorded = match judgement.verdict {
        Verdict::AlreadyRecorded(seq) => Some(seq),
        Verdict::Admitted | Verdict::Refused => None,
    };
    let refused = judgement.verdict == Verdict::Refused;
    let told = |refusal: &Refusal| match &refusal.help {
        Some(help) => format!("{} [{}]; {help}", refusal.message(), refusal.code.as_str()),
        None => format!("{} [{}]", refusal.message(), refusal.code.as_str()),
    };
    Ok(Preview {
        line: (!refused).then(|| String::from_utf8_lossy(&record::write_line(&head, &judgement.entry)).into_owned()),
        problems: judgement.refusals.iter().filter(|_| refused).map(told).collect(),
        warnings: decided.warnings,
        recorded,
        head,
    })
}

/// The record of this id that is in force on the day, if there is one.
pub fn registered(session: &Session, options: &Writing, id: &str) -> anyhow::Result<Option<Registration>> {
    let mut opened = session.open(Fold::Whole)?;
    let state = opened.book.as_of(options.date.unwrap_or(session.today))?;
    Ok(state.record(&CustomerId::new(id)).cloned())
}

/// Why a text can't be a customer's id, if so.
pub fn id_problem(id: &str) -> Option<String> {
    TextRule::Id.check(id).err().map(|fault| format!("`{}` {fault}", clean(id)))
}

fn draft(state: &State, request: &Request) -> anyhow::Result<Draft> {
    let change = change(state, request);
    let held = state.record(&change.id);
    let mut warnings = held.map(|held| change.strangers(held)).unwrap_or_default();
    warnings.extend(Looks::of(state).warnings(&change.id, &change.names(held)));
    Ok(Draft { event: Event::Customer(record(&change, held)?), warnings })
}

/// What is asked, with the parent's name resolved.
pub(super) fn change(state: &State, request: &Request) -> RecordChange {
    let texts = |given: &[String]| given.iter().map(|text| Text::new(text.as_str())).collect();
    let parent = request.parent.as_ref().map(|parent| Some(order::customer(state, parent)));
    RecordChange {
        id: CustomerId::new(request.id.as_str()),
        name: request.name.as_deref().map(Text::new),
        country: request.country.as_deref().map(order::country),
        parent: parent.or(request.no_parent.then_some(None)),
        aliases: texts(&request.aliases),
        flags: texts(&request.flags),
        drop_aliases: texts(&request.drop_aliases),
        drop_flags: texts(&request.drop_flags),
    }
}

/// The whole record that a change makes.
pub(super) fn record(change: &RecordChange, held: Option<&Registration>) -> Result<Registration, Misuse> {
    change.apply(held).ok_or_else(|| {
        Misuse::new(
            format!("customer `{}` is new: its name and country are needed", change.id),
            "add --name NAME --country CC",
        )
    })
}
