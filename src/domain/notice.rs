//! Notices: what an entry of a certain amount must attest (R14).

use super::ceiling::Measure;
use super::policy::Policy;
use super::text::{ChipName, Name};
use super::units::Units;
use super::words::words;

words! {
    /// The kind of entry that must give a notice.
    pub enum NoticeOn {
        Approval = "approval",
        Shipment = "shipment",
    }
}

words! {
    /// The amount that reaches a notice.
    pub enum NoticeOf {
        /// The amount of one entry.
        Entry = "entry",
        /// The shipped usage of the family. Only the entry that reaches the notice must attest.
        Family = "family",
    }
}

/// A notice of a policy.
#[derive(Clone, PartialEq, Debug)]
pub struct Notice {
    /// The key under `[notices]`, and the attestation.
    pub name: Name,
    pub on: NoticeOn,
    pub of: NoticeOf,
    pub measure: Measure,
    /// The least amount that needs the notice; above 0.
    pub at: Units,
}

impl Notice {
    /// The entries that need it, in a policy with this unit: `every shipment of at least 3,200,000 tpp`.
    pub fn entries(&self, unit_of_policy: &str) -> String {
        let Notice { on, of, measure, at, .. } = self;
        let (at, unit) = (at.grouped(), measure.unit(unit_of_policy));
        match of {
            NoticeOf::Entry => format!("every {on} of at least {at} {unit}"),
            NoticeOf::Family => format!("the {on} that brings a family to {at} {unit}"),
        }
    }

    /// The weight of one chip in the notice's measure. A prohibited chip without an equivalence counts as 0 units (D14).
    pub fn weight(&self, policy: &Policy, chip: &ChipName) -> Units {
        policy.chip(chip).and_then(|chip| self.measure.of(chip)).unwrap_or(Units::ZERO)
    }
}
