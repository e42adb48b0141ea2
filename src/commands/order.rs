//! What a person writes, turned into what the ledger holds: names into ids, quantities into items.

use super::error::Misuse;
use super::sheets::Reading;
use crate::domain::event::{Attestations, Items, OrderedMap, Serials};
use crate::domain::policy::Policy;
use crate::domain::state::State;
use crate::domain::text::{ChipName, Country, CustomerId, Serial, Text};
use crate::store::{csv, file};
use std::path::PathBuf;

/// `CHIP=QTY`, as it was given.
pub type Quantities = Vec<(String, u64)>;

/// `--attest NAME` or `--attest NAME=FILE`.
#[derive(Clone, Debug)]
pub struct Attest {
    /// What is attested.
    pub name: String,
    /// The evidence.
    pub file: Option<PathBuf>,
}

/// `--serials CHIP=FILE`.
#[derive(Clone, Debug)]
pub struct SerialFile {
    /// Of which chip.
    pub chip: String,
    /// One serial number a line.
    pub file: PathBuf,
}

/// The customer's id, where the name is known; else the name, for the judge to refuse.
pub(super) fn customer(state: &State, given: &str) -> CustomerId {
    let known = state.customer_called(given).and_then(|customer| state.customer_at(customer));
    known.map_or_else(|| CustomerId::new(given), |customer| customer.registered.record.id.clone())
}

/// The policy's name of a chip, where it is known.
pub(super) fn chip(policy: &Policy, given: &str) -> ChipName {
    policy.chip_called(given).map_or_else(|| ChipName::new(given), |chip| chip.name.clone())
}

/// The quantities under the policy's names; one chip twice is a mistake, also by alias (D22).
pub(super) fn items(policy: &Policy, given: &Quantities) -> anyhow::Result<Items> {
    let mut pairs: Vec<(ChipName, u64)> = Vec::with_capacity(given.len());
    for (name, quantity) in given {
        let chip = chip(policy, name);
        if pairs.iter().any(|(named, _)| *named == chip) {
            return Err(Misuse::new(format!("`{chip}` is ordered twice"), "add the quantities up").into());
        }
        pairs.push((chip, *quantity));
    }
    Ok(OrderedMap::new(pairs))
}

/// Two letters, in the case that ISO 3166-1 writes them in.
pub(super) fn country(given: &str) -> Country {
    Country::new(given.to_ascii_uppercase())
}

/// Names attested; a file's SHA-256 is its evidence (D22).
pub(super) fn attestations(given: &[Attest]) -> anyhow::Result<Attestations> {
    let mut pairs: Vec<(String, String)> = Vec::with_capacity(given.len());
    for Attest { name, file } in given {
        let evidence = match file {
            None => "stated".to_owned(),
            Some(path) => format!("sha256:{}", file::digest(path)?),
        };
        pairs.push((name.clone(), evidence));
    }
    Ok(attested(pairs)?)
}

/// Names with their evidence; one name twice is a mistake.
pub(super) fn attested<T: AsRef<str>>(given: impl IntoIterator<Item = (T, T)>) -> Result<Attestations, Misuse> {
    let mut pairs: Vec<(Text, Text)> = Vec::new();
    for (name, evidence) in given {
        let (name, evidence) = (name.as_ref(), evidence.as_ref());
        if pairs.iter().any(|(named, _)| named.as_str() == name) {
            return Err(Misuse::new(format!("`{name}` is attested twice"), "attest each name once"));
        }
        pairs.push((Text::new(name), Text::new(evidence)));
    }
    Ok(OrderedMap::new(pairs))
}

/// Serial numbers from files.
pub(super) fn serials(policy: &Policy, given: &[SerialFile]) -> anyhow::Result<Serials> {
    let mut pairs: Vec<(ChipName, Vec<Serial>)> = Vec::with_capacity(given.len());
    for SerialFile { chip: name, file } in given {
        let chip = chip(policy, name);
        if pairs.iter().any(|(named, _)| *named == chip) {
            return Err(
                Misuse::new(format!("serial numbers of `{chip}` are given twice"), "put them into one file").into()
            );
        }
        let reading = Reading { path: file, again: "give the same command again; nothing was written" };
        pairs.push((chip, csv::serials(file).map_err(|error| reading.no_sheet(error))?));
    }
    Ok(OrderedMap::new(pairs))
}
