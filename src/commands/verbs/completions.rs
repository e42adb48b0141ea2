//! `completions`: the script that a shell needs, and the names from a ledger that complete a word.

use crate::commands::progress::Unwatched;
use crate::commands::session::read_each;
use crate::commands::{Answer, Exit};
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::policy::Policy;
use crate::report::completions::Script;
use crate::store::ledger::Ledger;
use crate::store::ledger::file::LedgerFile;
use crate::store::ledger::read::Wanted;
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
    read_each(&source, &Unwatched, Wanted::Entries, |line, _| match line {
        Ok(line) => {
            note(&line.entry, &mut named, &mut voided);
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

fn note(entry: &Entry, named: &mut Vec<(Seq, Named)>, voided: &mut BTreeSet<Seq>) {
    if let Event::Void(void) = &entry.event {
        voided.insert(void.entry);
    } else if let Some(name) = Named::of(&entry.event) {
        named.push((entry.seq, name));
    }
}

impl Named {
    fn of(event: &Event) -> Option<Named> {
        if let Event::Policy(adoption) = event {
            return Some(Named::Policy(Arc::clone(&adoption.policy)));
        }
        if let Event::Customer(record) = event {
            let (name, country) = (record.name.to_string(), record.country.to_string());
            return Some(Named::Customer { id: record.id.to_string(), name, country });
        }
        if let Event::Approval(approval) = event {
            let licensee = approval.licensee.as_ref().map(ToString::to_string);
            let (number, customer) = (approval.licence.to_string(), approval.customer.to_string());
            return Some(Named::Licence { number, customer, licensee });
        }
        let Event::Shipment(shipment) = event else { return None };
        Some(Named::Shipment { reference: shipment.reference.to_string(), licence: shipment.licence.to_string() })
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
