//! Judges the rows of a customers' file, each on top of those before it, for a new ledger and for an existing one.

use crate::commands::batch::Batch;
use crate::commands::customers_csv::{CustomerRow, Customers};
use crate::commands::verbs::register;
use crate::domain::event::{Event, Registration};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::lookalike::Looks;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::State;
use crate::domain::text::Text;
use crate::report::import::Outcome;
use crate::store::csv::Sheet;
use chrono::NaiveDate;

/// Judges each row, parents first, and says what became of it. A row whose parent's row is wrong is not judged. The
/// faults of rows are added to `customers.faults`.
pub(super) fn judge(
    batch: &mut Batch<'_>,
    sheet: &Sheet,
    customers: &mut Customers,
) -> anyhow::Result<Vec<(CustomerRow, Outcome)>> {
    let Customers { rows, spoilt, faults } = customers;
    let mut looks = Looks::of(batch.opened.book.as_of(batch.date)?);
    let mut judged = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        if let Some(parent) = row.parent().filter(|parent| spoilt.contains(*parent)) {
            let outcome = Outcome::Orphaned(parent.to_string());
            spoilt.insert(row.change.id.clone());
            judged.push((row, outcome));
            continue;
        }
        let state = batch.opened.book.as_of(batch.date)?;
        let change = register::resolved(state, &row.change);
        let held = state.record(&change.id);
        let record = register::record(&change, held)?;
        let told = looks.warnings(&change.id, &change.names(held));
        looks.add(&record);
        batch.warn(row.place.line, told);
        let outcome = match conflict(batch, &record, batch.date)? {
            Some(conflict) => conflict,
            None => batch.enter(row.place.line, Event::Customer(record), batch.date)?,
        };
        if let Outcome::Conflict { differs, message, .. } = &outcome {
            let fault = Fault::new(FaultCode::FieldInvalid, message.clone());
            faults.push(row.blame(sheet, differs.first().copied(), fault));
        }
        if let Outcome::Refused(refusals) = &outcome {
            spoilt.insert(row.change.id.clone());
            let state = batch.opened.book.as_of(batch.date)?;
            faults.extend(refusals.iter().map(|refusal| as_fault(refusal, &row, state, sheet)));
        }
        judged.push((row, outcome));
    }
    Ok(judged)
}

/// Makes a refusal the fault of the cell that it is about.
fn as_fault(refusal: &Refusal, row: &CustomerRow, state: &State, sheet: &Sheet) -> Fault {
    let told = format!("{} ({})", refusal.message(), refusal.code.as_str());
    let fault = Fault { help: refusal.help.clone(), ..Fault::new(FaultCode::FieldInvalid, told) };
    let taken = |name: &str| state.customers_called(name).next().is_some();
    let field = match refusal.code {
        Code::NameTaken if taken(row.change.id.as_str()) => Some("id"),
        Code::NameTaken if !row.change.name.as_ref().is_some_and(|name| taken(name.as_str())) => Some("aliases"),
        _ => refusal.field.as_ref().map(Text::as_str),
    };
    row.blame(sheet, field, fault)
}

/// The conflict of a record with the one that the ledger had before the file. A file states facts; it does not change
/// what is recorded (R11).
pub(super) fn conflict(
    batch: &mut Batch<'_>,
    record: &Registration,
    date: NaiveDate,
) -> anyhow::Result<Option<Outcome>> {
    let first_new = batch.first_new;
    let state = batch.opened.book.as_of(date)?;
    let known = state.customer(&record.id).and_then(|known| state.customer_at(known));
    let Some(held) = known.map(|known| &known.registered).filter(|held| held.entry < first_new) else {
        return Ok(None);
    };
    let (id, differs) = (&record.id, held.record.differing(record));
    let message = format!(
        "customer `{id}` is registered as entry {} with another {}; `exquota register {id}` changes it",
        held.entry,
        differs.join(", another ")
    );
    Ok((!differs.is_empty()).then_some(Outcome::Conflict { entry: Some(held.entry), differs, message }))
}
