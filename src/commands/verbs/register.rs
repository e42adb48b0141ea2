//! `register`: registers a customer, or changes one. A customer event holds the whole record: the verb starts from the
//! record in force on its date and changes only what is given (D15).

use crate::commands::error::Misuse;
use crate::commands::session::{Fold, Session, Writing};
use crate::commands::writing::Draft;
use crate::commands::{Answer, facts, writing};
use crate::domain::book::Verdict;
use crate::domain::event::{Digest, Event, Registration, Seq};
use crate::domain::lookalike::Looks;
use crate::domain::refusal::Refusal;
use crate::domain::registration::RecordChange;
use crate::domain::state::State;
use crate::domain::text::CustomerId;
use crate::report::clean::clean;
use crate::report::decision::Decision;
use crate::store::record::{self, TextRule};

/// Judges the registration, then writes it.
pub fn run(session: &Session, options: &Writing, change: &RecordChange) -> anyhow::Result<Answer> {
    writing::record(session, options, Fold::Whole, None, |state| draft(state, change))
}

/// What a registration would do.
#[derive(Debug)]
pub struct Preview {
    /// The line as it would be written now; none where a rule refuses it.
    pub line: Option<String>,
    /// The refusals, each with what to do.
    pub problems: Vec<String>,
    pub warnings: Vec<String>,
    /// The entry that records it already, if one does.
    pub recorded: Option<Seq>,
    pub head: Digest,
}

/// Judges as [`run`] does, and writes nothing.
pub fn preview(session: &Session, options: &Writing, change: &RecordChange) -> anyhow::Result<Preview> {
    let options = Writing { dry_run: true, ..options.clone() };
    let judged = writing::judge(session, &options, Fold::Whole, None, |state| draft(state, change))?;
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

/// The record of this id in force on the day, if there is one.
pub fn registered(session: &Session, options: &Writing, id: &CustomerId) -> anyhow::Result<Option<Registration>> {
    let mut opened = session.open(Fold::Whole)?;
    let state = opened.book.as_of(options.date.unwrap_or(session.today))?;
    Ok(state.record(id).cloned())
}

/// Why a text can't be a customer's id; none if it can.
pub fn id_problem(id: &str) -> Option<String> {
    TextRule::Id.check(id).err().map(|fault| format!("`{}` {fault}", clean(id)))
}

fn draft(state: &State, change: &RecordChange) -> anyhow::Result<Draft> {
    let change = resolved(state, change);
    let held = state.record(&change.id);
    let mut warnings = held.map(|held| change.strangers(held)).unwrap_or_default();
    warnings.extend(Looks::of(state).warnings(&change.id, &change.names(held)));
    Ok(Draft { event: Event::Customer(record(&change, held)?), warnings })
}

/// A change as the ledger holds it, from one as a person writes it.
pub(in crate::commands) fn resolved(state: &State, given: &RecordChange) -> RecordChange {
    let parent = |parent: &CustomerId| state.customer_id(parent.as_str());
    RecordChange {
        country: given.country.as_ref().map(facts::country),
        parent: given.parent.as_ref().map(|given| given.as_ref().map(parent)),
        ..given.clone()
    }
}

/// The whole record after a change.
pub(in crate::commands) fn record(change: &RecordChange, held: Option<&Registration>) -> Result<Registration, Misuse> {
    change.apply(held).ok_or_else(|| {
        let message = format!("customer `{}` is new: its name and country are needed", change.id);
        Misuse::new(message, "add --name NAME --country CC")
    })
}
