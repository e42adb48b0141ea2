//! `plan`: which proposed orders fit together, in file order; writes nothing.
//!
//! Each order is judged as `check` judges it (D14), on top of those before it that fit. A refused order takes nothing:
//! later ones are judged without it. What fits is taken into the book in memory under a made-up licence number.

use super::approve;
use super::error::{Misuse, NotValid};
use super::plan_csv::{self, Order};
use super::session::{Opened, Session};
use super::{Answer, Exit, sheet, writing};
use crate::domain::book::{Judgement, Proposal, Verdict};
use crate::domain::event::{Event, Seq};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::judge::{Asked, Row};
use crate::domain::lines::FoldError;
use crate::domain::policy::Scope;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::LicenceNumber;
use crate::domain::units::{Overflow, Units};
use crate::report::plan::{Binding, Flip, Plan, PlannedOrder};
use crate::report::policies::PolicyLabel;
use chrono::NaiveDate;
use std::path::PathBuf;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The orders' CSV.
    pub orders: PathBuf,
    /// The day in question for orders that name none; may lie ahead. Today where none is given.
    pub date: Option<NaiveDate>,
}

/// Judges every order on top of those before it.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let bytes = sheet::load(&request.orders)?;
    let not_valid = |faults| NotValid {
        what: "the orders' file",
        path: request.orders.display().to_string(),
        source_text: sheet::shown(&bytes),
        faults,
        next: "mend these rows and run `plan` again; it writes nothing".to_owned(),
    };
    let orders = plan_csv::read(&bytes).map_err(not_valid)?;
    let mut opened = session.read()?;
    let date = request.date.unwrap_or(session.today);
    let state = opened.book.as_of(date)?;
    let unit = state.policy().unit.to_string();
    let policy = PolicyLabel::of(&state.in_force().adoption);
    let mut planner =
        Planner { opened: &mut opened, session, first: 0, taken: Vec::new(), flips: Vec::new(), bound_by: None };
    planner.first = planner.opened.book.next_seq();
    let (mut planned, mut faults, mut warnings) = (Vec::with_capacity(orders.len()), Vec::new(), Vec::new());
    for order in &orders {
        match planner.judge(order, date) {
            Ok((done, mut warned)) => {
                planned.push(done);
                warnings.append(&mut warned);
            }
            // Only with the policy at hand is an alias known to be the same chip (D22).
            Err(error) => match error.downcast::<Misuse>() {
                Ok(misuse) => {
                    let fault = Fault::new(FaultCode::FieldInvalid, misuse.message).line(order.line);
                    faults.push(fault.help(misuse.next));
                }
                Err(error) => return Err(error),
            },
        }
    }
    if !faults.is_empty() {
        return Err(not_valid(faults).into());
    }
    let flips = planner.flips;
    let mut all = opened.warnings;
    for warning in warnings {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    let exit = if planned.iter().all(|order| order.fits) { Exit::Fine } else { Exit::No };
    let document = Plan { policy, unit, head: opened.head, date, orders: planned, flips, warnings: all.clone() };
    Ok(Answer { document: Box::new(document), exit, warnings: all })
}

/// The book as the plan fills it.
struct Planner<'a> {
    opened: &'a mut Opened,
    session: &'a Session,
    /// The number of the first order taken in: from here on nothing is recorded.
    first: Seq,
    /// Lines of the orders taken in, in the order of their numbers.
    taken: Vec<u64>,
    flips: Vec<Flip>,
    /// The ceiling that bound last.
    bound_by: Option<(String, Scope)>,
}

impl Planner<'_> {
    fn judge(&mut self, order: &Order, default_date: NaiveDate) -> anyhow::Result<(PlannedOrder, Vec<String>)> {
        let date = order.date.unwrap_or(default_date);
        let event = approve::event(self.opened.book.as_of(date)?, "", &order.terms)?;
        let entry = writing::entry(self.opened, event, date, self.session.system.now(), "", None);
        let proposal = Proposal { entry, asked: Asked::Check { held_by: None }, head_moved: None };
        let judgement = self.opened.book.propose(proposal)?;
        let fits = judgement.verdict == Verdict::Admitted;
        let binding = binding(&judgement, fits)?;
        self.note_flip(order, binding.as_ref());
        let items = match &judgement.entry.event {
            Event::Approval(approval) => approval.items.iter().cloned().collect(),
            _ => Vec::new(),
        };
        let done = PlannedOrder {
            line: order.line,
            name: order.name.clone(),
            date,
            customer: judgement.customer.as_ref().map_or_else(|| order.terms.customer.clone(), ToString::to_string),
            family: judgement.family.as_ref().map(ToString::to_string),
            units: judgement.units,
            fits,
            binding,
            largest_within: if fits { items.clone() } else { judgement.largest_within.clone().unwrap_or_default() },
            items,
            fits_from: judgement.fits_from,
            refusals: judgement.refusals.iter().map(|refusal| self.told(refusal)).collect(),
        };
        let warnings = judgement.warnings.clone();
        if fits {
            self.take_in(judgement, order.line)?;
        }
        Ok((done, warnings))
    }

    /// What fits counts in all that follows. It has no number and need not attest, so the book may hold it for a
    /// breach; that moves its balances all the same (D6).
    fn take_in(&mut self, judgement: Judgement, line: u64) -> Result<(), FoldError> {
        let mut entry = judgement.entry;
        if let Event::Approval(approval) = &mut entry.event {
            // No ledger line can hold this number, as it has a control character in it.
            approval.licence = LicenceNumber::new(format!("\0plan {line}"));
        }
        self.opened.book.record(entry)?;
        self.taken.push(line);
        Ok(())
    }

    /// An order that an earlier order of the file would be broken by is told so by its line, not by a number that
    /// stands in no ledger.
    fn told(&self, refusal: &Refusal) -> Refusal {
        let mut refusal = refusal.clone();
        let index =
            refusal.entry.and_then(|seq| seq.checked_sub(self.first)).and_then(|index| usize::try_from(index).ok());
        if let (Some(seq), Some(line)) = (refusal.entry, index.and_then(|index| self.taken.get(index))) {
            if let Some(rest) = refusal.message.strip_prefix(&format!("entry {seq} (")) {
                refusal.message = format!("the order of line {line} ({rest}");
            }
            refusal.entry = None;
            refusal.help = None;
        }
        refusal
    }

    fn note_flip(&mut self, order: &Order, binding: Option<&Binding>) {
        let Some(binding) = binding else { return };
        if let Some((from, Scope::Customer)) = &self.bound_by
            && binding.scope != Scope::Customer
        {
            self.flips.push(Flip {
                line: order.line,
                name: order.name.clone(),
                from: from.clone(),
                to: binding.ceiling.clone(),
                group: binding.group.clone(),
            });
        }
        self.bound_by = Some((binding.ceiling.clone(), binding.scope));
    }
}

/// The ceiling that leaves the least: of an order that fits, after it; of one that is refused, the one that refuses
/// it. Where two leave the same, the first in the policy's order.
fn binding(judgement: &Judgement, fits: bool) -> Result<Option<Binding>, Overflow> {
    let refuses = |row: &Row| {
        judgement.refusals.iter().any(|refusal| {
            refusal.code == Code::CeilingExceeded
                && refusal.ceiling.as_ref() == Some(&row.ceiling)
                && refusal.group.as_ref() == Some(&row.group)
        })
    };
    let mut least: Option<(&Row, Units)> = None;
    for row in judgement.rows.iter().filter(|row| row.requested > Units::ZERO && (fits || refuses(row))) {
        let left = if fits { row.limit.minus(row.after)? } else { row.headroom()? };
        if least.is_none_or(|(_, held)| left < held) {
            least = Some((row, left));
        }
    }
    Ok(least.map(|(row, headroom)| Binding {
        ceiling: row.ceiling.to_string(),
        group: row.group.to_string(),
        scope: judgement.in_force.policy().ceiling(&row.ceiling).map_or(Scope::Total, |ceiling| ceiling.scope),
        limit: row.limit,
        headroom,
    }))
}
