//! Checks whether a licence is open on a date. It is not yet valid, else closed, else expired, else suspended (R4,
//! D11).

use super::{Asked, Ground, Ruling};
use crate::domain::event::{Approval, Entry};
use crate::domain::policy::Policy;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Closed, Licence, Standing};
use crate::domain::text::{LicenceNumber, nearest};
use chrono::NaiveDate;

/// The licence at the entry's place. Refuses if the licence is unknown or not yet valid.
pub(super) fn find<'a>(
    ground: Ground<'a>,
    entry: &Entry,
    number: &LicenceNumber,
    field: &str,
    ruling: &mut Ruling,
) -> Option<&'a Licence> {
    if let Some(licence) = ground.state.licence(number) {
        return Some(licence);
    }
    let refusal = if let Some((Entry { seq, date, .. }, _)) = approved_later(ground, entry, number) {
        let told = format!("licence `{number}` was approved on {date} (entry {seq}), after {}", entry.date);
        Refusal::new(Code::LicenceNotYetValid, told).help("check the date against the documents")
    } else {
        let known = ground.state.licences().map(|licence| licence.number.as_str());
        Refusal::new(Code::LicenceUnknown, format!("no licence `{number}` is recorded"))
            .nearest(nearest(number.as_str(), known))
            .help("`exquota log` lists the recorded entries; record the approval first")
    };
    ruling.refuse(refusal.field(field));
    None
}

/// The approval of a licence that is not yet valid at the entry's place.
pub(super) fn approved_later<'a>(
    ground: Ground<'a>,
    entry: &Entry,
    number: &LicenceNumber,
) -> Option<(&'a Entry, &'a Approval)> {
    let approved = ground.entries.approval(number);
    approved.filter(|(approval, _)| approval.place() > entry.place() && !ground.refused.changes_nothing(approval.seq))
}

/// Refuses a licence that is closed or expired on the entry's date. A suspended licence is open.
pub(super) fn must_be_open(licence: &Licence, field: &str, ruling: &mut Ruling) {
    let number = &licence.number;
    let refusal = match licence.status.standing() {
        Standing::Closed(Closed { by, entry, date }) => {
            let told = format!("licence `{number}` was {} on {date} (entry {entry})", by.as_str());
            Refusal::new(Code::LicenceClosed, told)
                .help("its unshipped quantity is released; `exquota licences` lists the open licences")
        }
        Standing::Expired(last_day) => {
            let told = format!("licence `{number}` expired: its last valid day was {last_day}");
            let help = "the quantity not shipped by the end of that day is released (15 CFR 758.4); later shipments \
                        need a new licence";
            Refusal::new(Code::LicenceExpired, told).help(help)
        }
        Standing::Suspended(_) | Standing::Open => return,
    };
    ruling.refuse(refusal.field(field));
}

/// Refuses a licence that does not allow shipping on the entry's date.
pub(super) fn must_allow_shipping(licence: &Licence, ruling: &mut Ruling) {
    must_be_open(licence, "licence", ruling);
    if let Standing::Suspended(by) = licence.status.standing() {
        let told = format!("licence `{}` is suspended (entry {by})", licence.number);
        let refusal = Refusal::new(Code::LicenceSuspended, told).field("licence");
        ruling.refuse(refusal.help("nothing may ship under it until its reinstatement is recorded"));
    }
}

/// Refuses an expiry before the date of the approval or amendment that sets it (D11).
pub(super) fn expiry_not_past(entry: &Entry, expires: Option<NaiveDate>, ruling: &mut Ruling) {
    if let Some(expires) = expires.filter(|expires| *expires < entry.date) {
        let told = format!("its last valid day {expires} is before {}", entry.date);
        let refusal = Refusal::new(Code::LicenceExpired, told).field("expires");
        ruling.refuse(refusal.help("the expiry is the last valid day, inclusive"));
    }
}

/// Warns of an approval that is valid for longer than the policy's `valid_months`, or for ever. A question names no last
/// day, so it gets no warning of that.
pub(super) fn warn_of_long_life(
    policy: &Policy,
    date: NaiveDate,
    expires: Option<NaiveDate>,
    asked: &Asked,
    ruling: &mut Ruling,
) {
    match (policy.valid_to(date), expires) {
        (Some(last_day), Some(expires)) if expires > last_day => ruling.warnings.push(format!(
            "valid to {expires}, which is longer than `licences.valid_months` says: that ends on {last_day}"
        )),
        (None, None) if *asked == Asked::Record => ruling.warnings.push(
            "the licence has no expiry: what it does not ship counts until it is amended or closed; `--expires` sets its \
             last valid day"
                .to_owned(),
        ),
        _ => {}
    }
}

/// Refuses to suspend a licence that is not open, or is suspended.
pub(super) fn suspension(ground: Ground<'_>, entry: &Entry, number: &LicenceNumber, ruling: &mut Ruling) {
    if let Some(licence) = find(ground, entry, number, "licence", ruling) {
        must_allow_shipping(licence, ruling);
    }
}

/// Refuses to reinstate a licence that is not open, or is not suspended.
pub(super) fn reinstatement(ground: Ground<'_>, entry: &Entry, number: &LicenceNumber, ruling: &mut Ruling) {
    let Some(licence) = find(ground, entry, number, "licence", ruling) else { return };
    must_be_open(licence, "licence", ruling);
    if licence.status.standing() == Standing::Open {
        let told = format!("licence `{number}` is not suspended on {}", entry.date);
        let refusal = Refusal::new(Code::LicenceNotSuspended, told).field("licence");
        ruling.refuse(refusal.help(format!("`exquota show {number}` prints its history")));
    }
}

/// Refuses to close a licence that is not open. A suspended licence may be closed.
pub(super) fn closure(ground: Ground<'_>, entry: &Entry, number: &LicenceNumber, ruling: &mut Ruling) {
    if let Some(licence) = find(ground, entry, number, "licence", ruling) {
        must_be_open(licence, "licence", ruling);
    }
}
