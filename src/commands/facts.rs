//! Turns what a person writes into what the ledger holds: names into ids, quantities into items.

use crate::commands::error::Misuse;
use crate::commands::sheets::Reading;
use crate::commands::writing::Draft;
use crate::domain::event::{
    Amendment, Approval, Attestations, Event, Exception, Items, OrderedMap, Return, Serials, Shipment,
};
use crate::domain::group::Group;
use crate::domain::policy::Policy;
use crate::domain::state::State;
use crate::domain::text::{ChipName, Country, Name, Serial, Text};
use crate::store::{csv, file};
use std::path::PathBuf;

/// `--attest NAME` or `--attest NAME=FILE`.
#[derive(Clone, Debug)]
pub struct Attest {
    pub name: Name,
    pub file: Option<PathBuf>,
}

/// `--serials CHIP=FILE`.
#[derive(Clone, Debug)]
pub struct SerialFile {
    pub chip: String,
    /// One serial number per line.
    pub file: PathBuf,
}

/// The quantities under the policy's names. One chip given twice, also by alias, is misuse (D22).
fn items(policy: &Policy, given: &Items) -> Result<Items, Misuse> {
    let mut pairs: Vec<(ChipName, u64)> = Vec::with_capacity(given.len());
    for (name, quantity) in given.iter() {
        let chip = policy.chip_name(name.as_str());
        if pairs.iter().any(|(named, _)| *named == chip) {
            return Err(Misuse::new(format!("`{chip}` is ordered twice"), "add the quantities up"));
        }
        pairs.push((chip, *quantity));
    }
    Ok(OrderedMap::new(pairs))
}

/// The country code in upper case, as ISO 3166-1 writes it.
pub(super) fn country(given: &Country) -> Country {
    Country::new(given.as_str().to_ascii_uppercase())
}

/// An event as the ledger holds it, from one as a person writes it. `state` is the state at the end of the event's day.
pub(super) fn event(state: &State, given: &Event) -> Result<Event, Misuse> {
    let (policy, mut event) = (state.policy(), given.clone());
    match &mut event {
        Event::Approval(approval) => {
            approval.customer = state.customer_id(approval.customer.as_str());
            approval.destination = approval.destination.as_ref().map(country);
            approval.items = items(policy, &approval.items)?;
            approval.expires = approval.expires.or_else(|| policy.valid_to(state.date()));
        }
        Event::Shipment(shipment) => {
            shipment.destination = shipment.destination.as_ref().map(country);
            shipment.items = items(policy, &shipment.items)?;
            let named =
                shipment.serials.iter().map(|(chip, serials)| (policy.chip_name(chip.as_str()), serials.clone()));
            shipment.serials = OrderedMap::new(named.collect());
        }
        Event::Amendment(Amendment { items: given, .. }) | Event::Return(Return { items: given, .. }) => {
            *given = items(policy, given)?;
        }
        Event::Exception(Exception { ceiling, group: given, .. }) => {
            if let Some(called) = policy.ceiling_called(ceiling) {
                ceiling.clone_from(&called.name);
                *given = Group::written(state, &called.scope, given.as_str());
            }
        }
        Event::Elsewhere(elsewhere) => {
            elsewhere.customer = state.customer_id(elsewhere.customer.as_str());
            elsewhere.items = items(policy, &elsewhere.items)?;
        }
        Event::Volume(volume) => volume.chip = policy.chip_name(volume.chip.as_str()),
        Event::Policy(_)
        | Event::Customer(_)
        | Event::Suspension(_)
        | Event::Reinstatement(_)
        | Event::Closure(_)
        | Event::Check(_)
        | Event::Void(_) => {}
    }
    Ok(event)
}

/// Says where an exception that names a member is recorded for the member's family (D16).
fn family_named(state: &State, given: &Event, recorded: &Event) -> Option<String> {
    let (Event::Exception(given), Event::Exception(recorded)) = (given, recorded) else { return None };
    let scopes = &state.policy().ceiling(&recorded.ceiling)?.scope;
    let family = Group::customer_in(scopes, recorded.group.as_str())?;
    let member = state.customer_id(Group::customer_in(scopes, given.group.as_str())?);
    (member.as_str() != family).then(|| {
        format!("`{member}` is part of the family `{family}`: the exception is for `{family}`, and stays with it")
    })
}

/// Says until when an approval without an expiry is valid.
fn valid_to(given: &Event, recorded: &Event) -> Option<String> {
    let (Event::Approval(given), Event::Approval(recorded)) = (given, recorded) else { return None };
    let last_day = recorded.expires.filter(|_| given.expires.is_none())?;
    Some(format!("valid to {last_day}, as the policy's `licences.valid_months` says; `--expires` sets another day"))
}

/// An event as a person writes it: names may be aliases, and evidence is in files.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The event without the contents of its files. It may name one chip twice.
    pub event: Event,
    pub attest: Vec<Attest>,
    pub serials: Vec<SerialFile>,
}

impl From<Event> for Fact {
    fn from(event: Event) -> Self {
        Fact { event, attest: Vec::new(), serials: Vec::new() }
    }
}

impl Fact {
    /// The event as the ledger holds it, with a warning where that says more or something else than the person did.
    pub(super) fn draft(&self, state: &State) -> anyhow::Result<Draft> {
        let event = self.event(state)?;
        let warnings = family_named(state, &self.event, &event).into_iter().chain(valid_to(&self.event, &event));
        Ok(Draft { warnings: warnings.collect(), event })
    }

    /// The event as the ledger holds it.
    pub(super) fn event(&self, state: &State) -> anyhow::Result<Event> {
        let mut event = event(state, &self.event)?;
        if let Event::Approval(Approval { attestations: held, .. })
        | Event::Shipment(Shipment { attestations: held, .. }) = &mut event
        {
            *held = attestations(&self.attest)?;
        }
        if let Event::Shipment(Shipment { serials: held, .. }) | Event::Return(Return { serials: held, .. }) =
            &mut event
        {
            *held = serials(state.policy(), &self.serials)?;
        }
        Ok(event)
    }
}

/// The attested names. A file's SHA-256 is its evidence (D22).
fn attestations(given: &[Attest]) -> anyhow::Result<Attestations> {
    let mut pairs = Vec::with_capacity(given.len());
    for Attest { name, file } in given {
        let evidence = match file {
            None => "stated".to_owned(),
            Some(path) => format!("sha256:{}", file::digest(path)?),
        };
        pairs.push((name.clone(), Text::new(evidence)));
    }
    Ok(attested(pairs)?)
}

/// Names with their evidence. One name given twice is misuse.
pub(super) fn attested(given: Vec<(Name, Text)>) -> Result<Attestations, Misuse> {
    let twice = given.iter().enumerate().find(|(at, (name, _))| given.iter().take(*at).any(|(other, _)| other == name));
    match twice {
        Some((_, (name, _))) => Err(Misuse::new(format!("`{name}` is attested twice"), "attest each name once")),
        None => Ok(OrderedMap::new(given)),
    }
}

/// Reads serial numbers from files.
fn serials(policy: &Policy, given: &[SerialFile]) -> anyhow::Result<Serials> {
    let mut pairs: Vec<(ChipName, Vec<Serial>)> = Vec::with_capacity(given.len());
    for SerialFile { chip: name, file } in given {
        let chip = policy.chip_name(name);
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
