//! `plan`: which proposed orders fit together, in file order; writes nothing.

use super::error::Misuse;
use super::plan_csv::{self, Order};
use super::session::{Fold, Opened, Session};
use super::sheets::Reading;
use super::{Answer, Exit, order, writing};
use crate::domain::book::Judgement;
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::plan::{Binding, Orders};
use crate::report::plan::{Plan, PlannedOrder, Totals};
use crate::report::policies::PolicyLabel;
use chrono::NaiveDate;
use std::path::PathBuf;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The orders' CSV.
    pub orders: PathBuf,
    /// Columns of it to pass over, as lists of headings.
    pub ignore: Vec<String>,
    /// The day in question for orders that name none; may lie ahead. Today where none is given.
    pub date: Option<NaiveDate>,
}

/// Judges every order on top of those before it.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let reading = Reading { path: &request.orders, again: "run `plan` again; it writes nothing" };
    let sheet = reading.open(&plan_csv::FORM, &request.ignore)?;
    let (orders, mut faults) = plan_csv::read(&sheet);
    let mut opened = session.open(Fold::Whole)?;
    let date = request.date.unwrap_or(session.today);
    let state = opened.book.as_of(date)?;
    let unit = state.policy().unit.to_string();
    let policy = PolicyLabel::of(&state.in_force().adoption);
    let mut taken = Orders::on(&opened.book);
    let (mut planned, mut warnings) = (Vec::with_capacity(orders.len()), Vec::new());
    for order in &orders {
        match judge(session, &mut opened, &mut taken, order, order.date.unwrap_or(date)) {
            Ok((judgement, binding)) => {
                warnings.extend(judgement.warnings.iter().cloned());
                let line = order.place.line;
                planned.push(PlannedOrder { line, name: order.name.clone(), judgement, binding });
            }
            // Only with the policy at hand is an alias known to be the same chip (D22).
            Err(error) => match error.downcast::<Misuse>() {
                Ok(misuse) => {
                    let fault = Fault::new(FaultCode::FieldInvalid, misuse.message).help(misuse.next);
                    faults.push(order.blame(&sheet, fault));
                }
                Err(error) => return Err(error),
            },
        }
    }
    if !faults.is_empty() {
        return Err(reading.wrong_rows(sheet, faults));
    }
    let mut all = opened.warnings;
    for warning in warnings {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    let exit = if planned.iter().all(PlannedOrder::fits) { Exit::Fine } else { Exit::No };
    let (head, totals) = (opened.head, Totals::of(&planned)?);
    let document = Plan { policy, unit, head, date, orders: planned, totals, warnings: all.clone() };
    Ok(Answer { document: Box::new(document), exit, warnings: all })
}

fn judge(
    session: &Session,
    opened: &mut Opened,
    taken: &mut Orders,
    row: &Order,
    date: NaiveDate,
) -> anyhow::Result<(Judgement, Option<Binding>)> {
    let event = order::event(opened.book.as_of(date)?, &row.event)?;
    let entry = writing::entry(opened, event, date, session.system.now(), "", None);
    Ok(taken.judge(&mut opened.book, row.place.line, entry)?)
}
