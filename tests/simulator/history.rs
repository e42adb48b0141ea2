//! One history: in each round several writers work side by side on a failing machine. After each round the checks of
//! [`look`] must hold.

use crate::dice::Dice;
use crate::machine::{Chances, Ended, Simulated, Tally};
use chrono::NaiveDate;
use exquota::commands::error::NotValid;
use exquota::commands::facts::Fact;
use exquota::commands::progress::Unwatched;
use exquota::commands::session::{Session, Writing};
use exquota::commands::verbs::{check, init, record, recover, validate};
use exquota::commands::{Answer, Exit};
use exquota::domain::entries::{FoldError, Unread};
use exquota::domain::event::{Approval, Attestations, Event, Items, Serials, Shipment};
use exquota::domain::text::{ChipName, CustomerId, LicenceNumber, Reference};
use exquota::store::ledger::file::LedgerFile;
use exquota::store::ledger::read::Reader;
use exquota::store::ledger::{Access, LedgerError};
use exquota::store::system::System;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const LEDGER: &str = "/terminal/ledger.jsonl";
/// The customer's ceiling. The first ledger holds a licence for [`LICENSED`] chips.
const CEILING: u64 = 5;
const LICENSED: u64 = 2;

/// The files at the beginning of every history: a policy and customers on a real disk, and a ledger.
pub(crate) struct Setting {
    folder: tempfile::TempDir,
    ledger: BTreeMap<PathBuf, Vec<u8>>,
}

impl Setting {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = format!(
            "name = \"p\"\nversion = \"1\"\nstatus = \"scenario\"\n[ceilings.c]\nscope = \"customer\"\nlimit = {CEILING}\n[chips.H200]\nequivalence = 1\n"
        );
        std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
        std::fs::write(folder.path().join("customers.csv"), "id,name,country\na,Alpha,CN\n").unwrap();
        let mut setting = Setting { folder, ledger: BTreeMap::new() };
        let machine = Simulated::with(&setting.ledger, Dice::new(0));
        let session = session(&machine);
        setting.found(&session).unwrap();
        approve(&session, "L", LICENSED).unwrap();
        setting.ledger = machine.contents();
        assert_eq!(setting.ledger.len(), 1, "there must be a ledger and no other file");
        setting
    }

    fn found(&self, session: &Session) -> anyhow::Result<Answer> {
        let request = init::Request {
            policy: self.folder.path().join("policy.toml"),
            customers: Some(self.folder.path().join("customers.csv")),
            ignore: Vec::new(),
        };
        init::run(session, &writing(), &request)
    }
}

fn session(machine: &Arc<Simulated>) -> Session {
    let system: Arc<dyn System> = machine.clone();
    Session {
        access: Access::default(),
        ledger: Arc::new(LedgerFile::at(Arc::clone(&system), Path::new(LEDGER), Duration::from_secs(10))),
        system,
        today: day(),
        cached_from: u64::MAX,
        progress: Arc::new(Unwatched),
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, 25).unwrap()
}

fn writing() -> Writing {
    Writing {
        date: None,
        by: "w".parse().unwrap(),
        dry_run: false,
        expect_head: None,
        after_last: false,
        despite: None,
    }
}

fn approval(licence: &str, chips: u64) -> Fact {
    let approval = Approval {
        licence: LicenceNumber::new(licence),
        customer: CustomerId::new("a"),
        items: Items::new(vec![(ChipName::new("H200"), chips)]),
        value: None,
        expires: None,
        destination: None,
        licensee: None,
        replaces: None,
        attestations: Attestations::default(),
    };
    Event::Approval(approval).into()
}

fn approve(session: &Session, licence: &str, chips: u64) -> anyhow::Result<Answer> {
    record::run(session, &writing(), &approval(licence, chips))
}

fn ship(session: &Session, reference: &str) -> anyhow::Result<Answer> {
    let shipment = Shipment {
        reference: Reference::new(reference),
        licence: LicenceNumber::new("L"),
        items: Items::new(vec![(ChipName::new("H200"), 1)]),
        value: None,
        destination: None,
        consignee: None,
        attestations: Attestations::default(),
        serials: Serials::default(),
    };
    record::run(session, &writing(), &Event::Shipment(shipment).into())
}

/// The command that a writer runs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Task {
    Init,
    Approve { licence: String, chips: u64 },
    Ship { reference: String },
    Check,
    Recover,
}

impl Task {
    fn any(dice: &mut Dice) -> Self {
        match dice.below(10) {
            // The same number always has the same content, so a repeated command is already recorded.
            0..=4 => {
                let number = dice.below(5);
                Task::Approve { licence: format!("L{number}"), chips: 1 + number as u64 % 2 }
            }
            5..=7 => Task::Ship { reference: format!("X{}", dice.below(4)) },
            8 => Task::Check,
            _ => Task::Recover,
        }
    }

    fn run(&self, setting: &Setting, session: &Session) -> anyhow::Result<Answer> {
        match self {
            Task::Init => setting.found(session),
            Task::Approve { licence, chips } => approve(session, licence, *chips),
            Task::Ship { reference } => ship(session, reference),
            Task::Check => {
                let request =
                    check::Request { fact: approval("", 1), held_by: None, date: None, known_at: None, record: None };
                check::run(session, &request)
            }
            Task::Recover => recover::run(session),
        }
    }

    /// The number in the command's line.
    fn number(&self) -> Option<&str> {
        match self {
            Task::Init => Some("a"),
            Task::Approve { licence, .. } => Some(licence),
            Task::Ship { reference } => Some(reference),
            Task::Check | Task::Recover => None,
        }
    }
}

/// What the writers learned about their commands.
#[derive(Default)]
struct Known {
    /// Numbers that the program said it recorded.
    acknowledged: BTreeSet<String>,
    /// Numbers that may be recorded: acknowledged, of unknown outcome, or of a killed writer.
    possible: BTreeSet<String>,
}

impl Known {
    fn learn(&mut self, task: &Task, ended: &Ended<anyhow::Result<Exit>>, seed: u64) {
        let Some(number) = task.number() else { return };
        let (said, may_be) = match ended {
            Ended::Killed => (false, true),
            Ended::ByItself(Ok(exit)) => {
                assert!(matches!(exit, Exit::Fine | Exit::No), "seed {seed}: {task:?}");
                (*exit == Exit::Fine, *exit == Exit::Fine)
            }
            Ended::ByItself(Err(error)) => (false, outcome_unknown(error, seed)),
        };
        if said {
            self.acknowledged.insert(number.to_owned());
        }
        if may_be {
            self.possible.insert(number.to_owned());
        }
    }
}

/// Whether the line may be recorded despite this error. Some errors must never happen.
fn outcome_unknown(error: &anyhow::Error, seed: u64) -> bool {
    assert!(error.downcast_ref::<NotValid>().is_none(), "seed {seed}: somebody read a faulty ledger: {error}");
    // The program failed to read a line again, before it wrote anything.
    if matches!(error.downcast_ref(), Some(FoldError::Unread(_))) || error.is::<Unread>() {
        return false;
    }
    match error.downcast_ref::<LedgerError>() {
        Some(LedgerError::OutcomeUnknown { .. }) => true,
        // A part that the program could not remove may be there still.
        Some(LedgerError::NotCreated { left, .. }) => left.is_some(),
        Some(
            wrong @ (LedgerError::Faulty { .. }
            | LedgerError::Unwritable { .. }
            | LedgerError::Changed { .. }
            | LedgerError::HeadMoved { .. }
            | LedgerError::ClockBehind { .. }
            | LedgerError::Linked { .. }
            | LedgerError::NotAFile { .. }),
        ) => panic!("seed {seed}: {wrong}"),
        Some(_) => false,
        None => panic!("seed {seed}: {error:#}"),
    }
}

/// Runs the history of this seed. Every failed check names the seed.
pub(crate) fn run(setting: &Setting, seed: u64) -> Tally {
    let mut dice = Dice::new(seed);
    let founding = dice.chance(150);
    let nothing = BTreeMap::new();
    let machine = Simulated::with(if founding { &nothing } else { &setting.ledger }, Dice::new(dice.next()));
    let mut known = Known::default();
    if !founding {
        known.acknowledged.extend(["a".to_owned(), "L".to_owned()]);
    }
    known.possible.extend(known.acknowledged.iter().cloned());
    for round in 0..1 + dice.below(3) {
        let chances = any_chances(&mut dice);
        let marked = is_marked(&machine);
        let tasks: Vec<Task> = (0..1 + dice.below(3))
            .map(|_| match () {
                () if founding && round == 0 => Task::Init,
                // While the marker blocks every write, people try to recover.
                () if marked && dice.chance(400) => Task::Recover,
                () => Task::any(&mut dice),
            })
            .collect();
        let (torn, losses) = (torn_bytes(&machine), machine.tally().power_losses);
        let writers = tasks
            .iter()
            .map(|task| {
                let session = session(&machine);
                let work: Box<dyn FnOnce() -> anyhow::Result<Exit> + Send> =
                    Box::new(move || Ok(task.run(setting, &session)?.exit));
                work
            })
            .collect();
        let ended = machine.run(chances, writers);
        for (task, ended) in tasks.iter().zip(&ended) {
            known.learn(task, ended, seed);
        }
        if dice.chance(100) {
            machine.lose_power();
        }
        // A power loss may lose bytes that were never synced.
        if let Some(torn) = torn.filter(|_| machine.tally().power_losses == losses) {
            let kept = machine.contents().values().any(|bytes| bytes.ends_with(&torn));
            assert!(kept, "seed {seed}: the bytes of an unfinished line are gone");
        }
        if dice.chance(500) {
            settle(&machine, seed);
        }
        look(&machine, &known, seed);
    }
    settle(&machine, seed);
    look(&machine, &known, seed);
    goes_on(setting, &machine, seed);
    machine.tally()
}

/// In some histories the writers only race, in others the machine fails too.
fn any_chances(dice: &mut Dice) -> Chances {
    let one = |dice: &mut Dice, of: usize| if dice.chance(500) { dice.below(of) } else { 0 };
    Chances { switch: 100 + dice.below(800), fault: one(dice, 60), kill: one(dice, 40), power: one(dice, 20) }
}

fn is_marked(machine: &Simulated) -> bool {
    machine.contents().keys().any(|path| path.to_string_lossy().ends_with(".suspect"))
}

fn torn_bytes(machine: &Simulated) -> Option<Vec<u8>> {
    let contents = machine.contents();
    let bytes = contents.get(Path::new(LEDGER))?;
    let tail = bytes.rsplit(|byte| *byte == b'\n').next()?;
    (!tail.is_empty()).then(|| tail.to_vec())
}

/// Recovers on a sound machine. A recovery that changes the ledger must keep all old bytes in another file.
fn settle(machine: &Arc<Simulated>, seed: u64) {
    let before = machine.contents().get(Path::new(LEDGER)).cloned();
    match (recover::run(&session(machine)), &before) {
        (Ok(answer), Some(before)) => {
            let recovered = answer.document.json().unwrap().contains("\"recovered\": true");
            let kept = machine.contents().iter().any(|(path, bytes)| path != Path::new(LEDGER) && bytes == before);
            assert!(!recovered || kept, "seed {seed}: not all old bytes are kept");
            assert!(!is_marked(machine), "seed {seed}: the marker is there still");
        }
        (Err(error), None) if matches!(error.downcast_ref(), Some(LedgerError::Missing { .. })) => {}
        (Err(error), _) => panic!("seed {seed}: a recovery failed on a sound machine: {error:#}"),
        (Ok(_), None) => panic!("seed {seed}: a recovery succeeded without a ledger"),
    }
}

/// Checks the ledger file after a round.
fn look(machine: &Arc<Simulated>, known: &Known, seed: u64) {
    let contents = machine.contents();
    let Some(bytes) = contents.get(Path::new(LEDGER)) else {
        assert!(known.acknowledged.is_empty(), "seed {seed}: the ledger is gone");
        return;
    };
    let mut numbers = BTreeSet::new();
    let (mut authorised, mut shipped) = (0, 0);
    for line in Reader::new(bytes.as_slice()) {
        let line = line.unwrap_or_else(|faults| panic!("seed {seed}: {faults:?}\n{}", String::from_utf8_lossy(bytes)));
        let number = match &line.entry.event {
            Event::Policy(_) => continue,
            Event::Customer(record) => record.id.to_string(),
            Event::Approval(approval) => {
                authorised += approval.items.iter().map(|(_, chips)| *chips).sum::<u64>();
                approval.licence.to_string()
            }
            Event::Shipment(shipment) => {
                shipped += shipment.items.iter().map(|(_, chips)| *chips).sum::<u64>();
                shipment.reference.to_string()
            }
            other => panic!("seed {seed}: no writer wrote {other:?}"),
        };
        assert!(known.possible.contains(&number), "seed {seed}: `{number}` was refused or never proposed");
        assert!(numbers.insert(number.clone()), "seed {seed}: `{number}` is there twice");
    }
    for number in &known.acknowledged {
        assert!(numbers.contains(number), "seed {seed}: `{number}` was acknowledged and is lost");
    }
    assert!(authorised <= CEILING, "seed {seed}: {authorised} authorised");
    assert!(shipped <= LICENSED, "seed {seed}: {shipped} shipped");
}

/// After any history a recovered ledger takes another line, and a missing one can be created.
fn goes_on(setting: &Setting, machine: &Arc<Simulated>, seed: u64) {
    let session = session(machine);
    if !machine.contents().contains_key(Path::new(LEDGER)) {
        setting.found(&session).unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
    }
    let answer = ship(&session, "X9").unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
    assert!(matches!(answer.exit, Exit::Fine | Exit::No), "seed {seed}");
    let answer =
        validate::run(&session, &validate::Request::default()).unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
    assert_eq!(
        answer.exit,
        Exit::Fine,
        "seed {seed}: {}",
        answer.document.text(&exquota::report::medium::Medium::default())
    );
}
