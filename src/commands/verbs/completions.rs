//! `completions`: the script that a shell needs, and the names from a ledger that complete a word.

use crate::commands::progress::Unwatched;
use crate::commands::session::read_each;
use crate::commands::{Answer, Exit};
use crate::domain::event::Event;
use crate::domain::policy::Policy;
use crate::report::completions::Script;
use crate::store::ledger::Ledger;
use crate::store::ledger::file::LedgerFile;
use crate::store::system::Disk;
use anyhow::bail;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Answers with the script of a shell.
pub fn run(shell: &'static str, script: String) -> Answer {
    Answer { document: Box::new(Script { shell, script }), exit: Exit::Fine, warnings: Vec::new() }
}

/// Names that a ledger knows, each with a short description.
#[derive(Debug, Default)]
pub struct Known {
    /// Customers' ids, with their names.
    pub customers: BTreeMap<String, String>,
    /// Licences, with their customers.
    pub licences: BTreeMap<String, String>,
    /// References of shipments, with their licences.
    pub shipments: BTreeMap<String, String>,
    /// The policy that was adopted last.
    pub policy: Option<Arc<Policy>>,
    /// Countries of customers.
    pub countries: BTreeSet<String>,
    /// Licensees of licences.
    pub licensees: BTreeSet<String>,
}

/// The names that a ledger knows. Completion must never fail or complain: an unreadable or faulty ledger yields no
/// names. It judges nothing and takes no lock.
pub fn known(ledger: &Path) -> Known {
    try_known(ledger).unwrap_or_default()
}

fn try_known(ledger: &Path) -> anyhow::Result<Known> {
    // A pipe or a device might never end.
    if !ledger.metadata()?.is_file() {
        bail!("not a file");
    }
    let source = LedgerFile::at(Arc::new(Disk::new(None)), ledger, Duration::ZERO).open()?;
    let (mut named, mut voided) = (Vec::new(), BTreeSet::new());
    read_each(&source, &Unwatched, |line, _| match line {
        Ok(line) => {
            match &line.entry.event {
                Event::Void(void) => drop(voided.insert(void.entry)),
                event => named.extend(Named::of(event).map(|name| (line.entry.seq, name))),
            }
            Ok(())
        }
        Err(_) => bail!("a fault"),
    })?;
    let mut known = Known::default();
    for (seq, name) in named {
        if !voided.contains(&seq) {
            known.add(name);
        }
    }
    Ok(known)
}

/// The name that one entry introduces.
enum Named {
    Policy(Arc<Policy>),
    Customer { id: String, name: String, country: String },
    Licence { number: String, customer: String, licensee: Option<String> },
    Shipment { reference: String, licence: String },
}

impl Named {
    fn of(event: &Event) -> Option<Named> {
        Some(match event {
            Event::Policy(adoption) => Named::Policy(Arc::clone(&adoption.policy)),
            Event::Customer(record) => {
                let (name, country) = (record.name.to_string(), record.country.to_string());
                Named::Customer { id: record.id.to_string(), name, country }
            }
            Event::Approval(approval) => Named::Licence {
                number: approval.licence.to_string(),
                customer: approval.customer.to_string(),
                licensee: approval.licensee.as_ref().map(ToString::to_string),
            },
            Event::Shipment(shipment) => {
                Named::Shipment { reference: shipment.reference.to_string(), licence: shipment.licence.to_string() }
            }
            _ => return None,
        })
    }
}

impl Known {
    fn add(&mut self, name: Named) {
        match name {
            Named::Policy(policy) => self.policy = Some(policy),
            Named::Customer { id, name, country } => {
                self.countries.insert(country);
                self.customers.insert(id, name);
            }
            Named::Licence { number, customer, licensee } => {
                self.licensees.extend(licensee);
                self.licences.insert(number, customer);
            }
            Named::Shipment { reference, licence } => {
                self.shipments.insert(reference, licence);
            }
        }
    }
}
