//! Refusals and faults in documents.

use super::row::object;
use crate::domain::event::Seq;
use crate::domain::fault::Fault;
use crate::domain::refusal::Refusal;
use crate::domain::text::Text;

object! {
    /// One fault.
    it: Fault {
        code,
        line,
        column,
        message,
        /// What to do, or what was probably meant.
        help,
    }
}

object! {
    /// A refusal in a document.
    it: Refusal {
        code,
        ceiling,
        group,
        entry: it.entry.as_ref().map(|broken| broken.seq),
        chip,
        field,
        differs,
        nearest,
        message: it.message(),
    }
}

/// A rule that a licence or an entry would break.
pub(super) struct Reason<'a>(pub(super) &'a Refusal);

object! {
    /// A rule that refuses, in a document.
    it: Reason<'_> {
        code: it.0.code,
        ceiling: &it.0.ceiling,
        group: &it.0.group,
        chip: &it.0.chip,
        message: it.0.message(),
    }
}

/// Turns refusals into reasons, in the same order.
pub(super) fn reasons(refusals: &[Refusal]) -> Vec<Reason<'_>> {
    refusals.iter().map(Reason).collect()
}

/// A line that the rules refuse.
pub(super) struct Breach<'a> {
    pub(super) entry: Seq,
    pub(super) refusal: &'a Refusal,
    pub(super) despite: Option<&'a Text>,
}

object! {
    it: Breach<'_> {
        code: it.refusal.code,
        entry,
        line: it.entry,
        ceiling: &it.refusal.ceiling,
        group: &it.refusal.group,
        message: it.refusal.message(),
        /// The reason to record it although the rules refuse it (R13).
        despite,
    }
}
