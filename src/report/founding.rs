//! The answer of `init`: a decision, and for a person what to do next.

use super::Document;
use super::clean::clean;
use super::decision::Decision;
use super::medium::Medium;
use super::wording::count;
#[cfg(feature = "postgres")]
use super::{row::object, wording::entries};
#[cfg(feature = "postgres")]
use crate::domain::event::{Digest, Seq};
use serde::Serialize;

/// The ledger that has no need to be named.
const DEFAULT_LEDGER: &str = "ledger.jsonl";

/// The answer of `init`. Its JSON is the decision alone.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Founded {
    pub decision: Decision,
    /// The name of the policy, if the program carries it.
    #[serde(skip)]
    pub carried: Option<String>,
    /// How many customers the same command registers, as entries from 2 on.
    #[serde(skip)]
    pub customers: usize,
    /// The ledger's path.
    #[serde(skip)]
    pub ledger: String,
    /// Whether it lies in a work tree of git.
    #[serde(skip)]
    pub in_git: bool,
}

impl Document for Founded {
    fn text(&self, medium: &Medium) -> String {
        let mut text = self.decision.text(medium);
        if let Some(name) = &self.carried {
            text += &format!("The program carries this policy as `{}`.\n", clean(name));
        }
        if self.customers > 0 {
            let (customers, last) = (count(self.customers, "customer", "customers"), self.customers + 1);
            let place = if last == 2 { "entry 2".to_owned() } else { format!("entries 2 to {last}") };
            let registered = if self.decision.written.is_some() { "registered" } else { "would be registered" };
            text += &format!("{customers} {registered} with it, {place}.\n");
        }
        if self.decision.written.is_none() {
            return text;
        }
        let ledger = match self.ledger.as_str() {
            DEFAULT_LEDGER => String::new(),
            path => format!(
                " --ledger {}",
                shlex::try_quote(path).map(|quoted| clean(&quoted).into_owned()).unwrap_or_default()
            ),
        };
        let next = [
            ("register ID --name NAME --country CC", "adds a customer"),
            ("check ID CHIP=QTY", "would an order pass?"),
            ("approve LICENCE ID CHIP=QTY", "records a licence"),
        ];
        let width = next.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
        for (index, (command, does)) in next.iter().enumerate() {
            let label = if index == 0 { "\nnext:" } else { "     " };
            text += &format!("{label} exquota{ledger} {command:width$}  {does}\n");
        }
        if self.in_git {
            let told = "\ngit: put `*.jsonl merge=exquota -text` into .gitattributes before you commit the ledger; \
                        `exquota merge-driver --help` says what else merges its branches\n";
            text += &medium.prose(told);
        }
        text
    }
}

/// The answer of `init --from`: what a shared ledger begins with.
#[cfg(feature = "postgres")]
#[derive(Debug)]
pub struct Loaded {
    /// The shared ledger's address, without a password.
    pub ledger: String,
    /// The file.
    pub from: String,
    /// Whether it was loaded, and not only tried.
    pub loaded: bool,
    pub entries: Seq,
    pub head: Digest,
}

#[cfg(feature = "postgres")]
object! {
    /// What `init --from` answers.
    "load" it: Loaded { ledger, from, loaded, entries, head }
}

#[cfg(feature = "postgres")]
impl Document for Loaded {
    fn text(&self, _: &Medium) -> String {
        let done = if self.loaded { "LOADED" } else { "WOULD BE LOADED" };
        let (from, ledger) = (clean(&self.from), clean(&self.ledger));
        format!("{done}  {} from {from} into {ledger}\n  head {}\n", entries(self.entries), self.head)
    }
}
