//! The policies that the program carries, and a policy's TOML as it is.

use super::Document;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::{object, row};
use super::table::Table;
use super::wording::joined;
use crate::domain::event::Adoption;
use crate::domain::policy::Policy;
use std::sync::Arc;

/// The answer of `policy show --source` and `policy new`: a policy's TOML.
pub struct PolicySource {
    pub source: Arc<str>,
}

object! {
    /// What `policy show --source` and `policy new` answer: the TOML of a policy, as it is adopted.
    "policy-source" it: PolicySource { source: &*it.source }
}

impl Document for PolicySource {
    /// A valid policy holds no character that a terminal obeys.
    fn text(&self, _: &Medium) -> String {
        self.source.to_string()
    }
}

/// A policy that the program carries.
pub struct CarriedPolicy {
    /// The name that a command line gives.
    pub name: &'static str,
    pub adoption: Adoption,
}

impl CarriedPolicy {
    /// Its status and title, in a line.
    pub fn about(&self) -> String {
        let Policy { status, title, .. } = &*self.adoption.policy;
        format!("{status}; {}", joined(title, ""))
    }
}

/// The answer of `policy list`: the policies that the program carries.
pub struct PolicyList {
    pub policies: Vec<CarriedPolicy>,
}

object! {
    /// What `policy list` answers.
    "policy-list" it: PolicyList { policies: &it.policies }
}

row! {
    it: CarriedPolicy {
        /// The name to give in place of a file.
        name => name,
        policy: PolicyLabel::of(&it.adoption)
            => text("version") = &it.adoption.policy.version
            => text("status") = it.adoption.policy.status,
        title: &it.adoption.policy.title => text,
    }
}

impl Document for PolicyList {
    fn text(&self, medium: &Medium) -> String {
        let next = "`exquota init --policy NAME` adopts one, `exquota policy show NAME` shows it, and `exquota policy new` \
                    begins your own.\n";
        format!("{}\n{}", Table::of(&self.policies).text(medium), medium.prose(next))
    }

    fn table(&self) -> Option<Table> {
        Some(Table::of(&self.policies))
    }
}
