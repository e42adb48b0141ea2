//! `plan`: shows which proposed orders fit together, in file order; writes nothing.

mod orders;

use crate::commands::error::Misuse;
use crate::commands::session::{Fold, Session};
use crate::commands::sheets::Reading;
use crate::commands::{Answer, Exit, facts, writing};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::plan::Orders;
use crate::report::plan::{Plan, PlannedOrder, Totals};
use crate::report::policies::PolicyLabel;
use chrono::NaiveDate;
use std::path::PathBuf;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    pub orders: PathBuf,
    /// Columns of it to ignore, as lists of headings.
    pub ignore: Vec<String>,
    /// The day of orders without one; may be in the future. Today where none is given.
    pub date: Option<NaiveDate>,
}

/// Judges every order on top of those before it.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let reading = Reading { path: &request.orders, again: "run `plan` again; it writes nothing" };
    let sheet = reading.open(&orders::FORM, &request.ignore)?;
    let (orders, mut faults) = orders::read(&sheet);
    let mut opened = session.open(Fold::Whole)?;
    let date = request.date.unwrap_or(session.today);
    let state = opened.book.as_of(date)?;
    let unit = state.policy().unit.to_string();
    let policy = PolicyLabel::of(&state.in_force().adoption);
    let mut taken = Orders::on(&opened.book);
    let (mut planned, mut warnings) = (Vec::with_capacity(orders.len()), Vec::new());
    for order in orders {
        let (date, line) = (order.date.unwrap_or(date), order.place.line);
        let event = match facts::event(opened.book.as_of(date)?, &order.event) {
            Ok(event) => event,
            // Only the policy shows that an alias names the same chip (D22).
            Err(Misuse { message, next }) => {
                faults.push(order.blame(&sheet, Fault::new(FaultCode::FieldInvalid, message).help(next)));
                continue;
            }
        };
        let entry = writing::entry(&opened, event, date, session.system.now(), &Default::default(), None);
        let (judgement, binding) = taken.judge(&mut opened.book, line, entry)?;
        warnings.extend(judgement.warnings.iter().cloned());
        planned.push(PlannedOrder { line, name: order.name, judgement, binding });
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
