//! `plan`: which proposed orders fit together, in file order; writes nothing.

use super::approve;
use super::error::{Misuse, NotValid};
use super::plan_csv::{self, Order};
use super::session::{Fold, Opened, Session};
use super::{Answer, Exit, sheet, writing};
use crate::domain::book::Judgement;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::plan::{Binding, Orders};
use crate::report::plan::{Plan, PlannedOrder};
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
    let mut opened = session.open(Fold::Whole)?;
    let date = request.date.unwrap_or(session.today);
    let state = opened.book.as_of(date)?;
    let unit = state.policy().unit.to_string();
    let policy = PolicyLabel::of(&state.in_force().adoption);
    let mut taken = Orders::on(&opened.book);
    let (mut planned, mut faults, mut warnings) = (Vec::with_capacity(orders.len()), Vec::new(), Vec::new());
    for order in &orders {
        match judge(session, &mut opened, &mut taken, order, order.date.unwrap_or(date)) {
            Ok((judgement, binding)) => {
                warnings.extend(judgement.warnings.iter().cloned());
                planned.push(PlannedOrder { line: order.line, name: order.name.clone(), judgement, binding });
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
    let mut all = opened.warnings;
    for warning in warnings {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    let exit = if planned.iter().all(PlannedOrder::fits) { Exit::Fine } else { Exit::No };
    let document = Plan { policy, unit, head: opened.head, date, orders: planned, warnings: all.clone() };
    Ok(Answer { document: Box::new(document), exit, warnings: all })
}

fn judge(
    session: &Session,
    opened: &mut Opened,
    taken: &mut Orders,
    order: &Order,
    date: NaiveDate,
) -> anyhow::Result<(Judgement, Option<Binding>)> {
    let event = approve::event(opened.book.as_of(date)?, "", &order.terms)?;
    let entry = writing::entry(opened, event, date, session.system.now(), "", None);
    Ok(taken.judge(&mut opened.book, order.line, entry)?)
}
