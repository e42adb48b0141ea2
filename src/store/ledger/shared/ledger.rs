//! The shared ledger as a [`Ledger`], and a desk as its [`Writer`].

use super::error::SharedError;
use super::link::{Link, Trouble};
use super::mirror::{Held, Kept, Mirror};
use super::url::Address;
use crate::domain::admitted::Admitted;
use crate::domain::event::{Digest, Seq};
use crate::store::ledger::file::{LedgerFile, good_lines};
use crate::store::ledger::read::Chain;
use crate::store::ledger::source::Source;
use crate::store::ledger::{Access, Ledger, LedgerError, Recovered, Version, Writer};
use crate::store::record::sha256;
use crate::store::system::{OpenFile, System};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A ledger in a PostgreSQL database. Clones share their connection.
#[derive(Clone, Debug)]
pub struct SharedLedger {
    system: Arc<dyn System>,
    address: Address,
    mirror: Mirror,
    offline: bool,
    /// How long to wait for an answer of the server, and for other desks.
    patience: Duration,
    /// A connection that is not in use.
    link: Arc<Mutex<Option<Link>>>,
    notes: Arc<Mutex<Vec<String>>>,
}

impl SharedLedger {
    /// The ledger at an address. It need not exist yet.
    pub fn at(system: &Arc<dyn System>, address: Address, access: &Access) -> Result<Self, LedgerError> {
        let folder = access.mirrors.as_deref().ok_or(SharedError::NoFolder)?;
        Ok(SharedLedger {
            system: Arc::clone(system),
            mirror: Mirror::of(system, folder, &address, &access.variables),
            address,
            offline: access.offline,
            patience: access.patience,
            link: Arc::default(),
            notes: Arc::default(),
        })
    }

    /// Asks the server, by the connection that is there or a new one.
    fn ask<T>(&self, job: impl FnOnce(&mut Link) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let kept = self.link.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut link = kept.map_or_else(|| Link::open(&self.address, self.patience), Ok)?;
        let answer = job(&mut link);
        if link.is_open() {
            *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
        }
        answer
    }

    /// Asks what changes nothing, unless the user wants no question.
    fn look<T>(&self, job: impl FnOnce(&mut Link) -> Result<T, Trouble>) -> Result<T, LedgerError> {
        if self.offline {
            return Err(SharedError::Offline.into());
        }
        Ok(self.ask(job).map_err(|trouble| trouble.of(&self.address.shown))?)
    }

    fn note(&self, note: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    fn missing(&self) -> SharedError {
        SharedError::Missing { ledger: self.address.shown.clone() }
    }

    /// Locks the mirror and fetches the lines that it lacks.
    fn fetched(&self) -> Result<(Box<dyn OpenFile>, Held), LedgerError> {
        let lock = self.mirror.lock(self.patience)?;
        let mut held = self.mirror.held()?;
        // A mirror whose end is damaged is like one of another ledger.
        if let Some(start) = held.seq() {
            let (mut is_empty, mut is_same) = (true, start == 0);
            self.look(|link| {
                link.lines(&self.address.name, start.max(1), |seq, line| {
                    let begins = std::mem::take(&mut is_empty) && start > 0;
                    if begins {
                        is_same = seq == start && line == held.last;
                    }
                    if begins || !is_same { Ok(()) } else { held.add(line).map_err(|source| self.unwritten(source)) }
                })
            })?;
            match (is_empty, start) {
                (true, 0) => return Err(self.missing().into()),
                (true, seen) => {
                    let stands = self.look(|link| link.last(&self.address.name))?;
                    return Err(SharedError::Lost { ledger: self.address.shown.clone(), stands, seen }.into());
                }
                _ if is_same => {
                    held.finish()?;
                    return Ok((lock, held));
                }
                _ => {}
            }
        }
        let (held, kept) = self.renewed(&held)?;
        if held.last.is_empty() {
            return Err(self.missing().into());
        }
        self.note_kept(kept.as_ref());
        Ok((lock, held))
    }

    /// Fetches every line, and puts them in the place of the mirror. The mirror is locked.
    fn renewed(&self, old: &Held) -> Result<(Held, Option<Kept>), LedgerError> {
        let mut draft = self.mirror.draft()?;
        self.look(|link| {
            link.lines(&self.address.name, 1, |_, line| draft.add(line).map_err(|source| self.unwritten(source)))
        })?;
        draft.finish()?;
        let kept = self.mirror.replace(old, &draft)?;
        Ok((draft, kept))
    }

    fn unwritten(&self, source: io::Error) -> SharedError {
        SharedError::Mirror { path: self.mirror.path.clone(), source }
    }

    fn note_kept(&self, kept: Option<&Kept>) {
        let Some(Kept { path, first, .. }) = kept else { return };
        self.note(format!(
            "the mirror differed from the server from entry {first} on, and every line was fetched anew. The old mirror is kept in \
             `{}`: if it was not damaged, the server has lost what that file holds",
            path.display()
        ));
    }

    /// Records lines from a number on, durably, all or none.
    fn record(&self, from: Seq, lines: &[&[u8]]) -> Result<(), SharedError> {
        const PAUSE: Duration = Duration::from_millis(50);
        let append = |link: &mut Link| link.append(&self.address.name, from, lines);
        match self.ask(append) {
            Ok(()) => return Ok(()),
            Err(Trouble::Lost(_)) => {}
            Err(trouble) => return Err(trouble.of(&self.address.shown)),
        }
        // It may be recorded, or be recorded at any moment. The same lines again can't be recorded twice.
        let ends = self.system.elapsed().saturating_add(self.patience);
        loop {
            let found = match self.ask(append) {
                Ok(()) => Ok(true),
                Err(Trouble::Taken) => self.holds(from, lines),
                // This one recorded nothing, but the first one may still be under way.
                Err(trouble) => Err(trouble),
            };
            let why = match found {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(Trouble::Taken.of(&self.address.shown)),
                Err(trouble) => trouble.of(&self.address.shown).to_string(),
            };
            if self.system.elapsed() >= ends {
                return Err(SharedError::OutcomeUnknown { ledger: self.address.shown.clone(), why, date: None });
            }
            self.system.sleep(PAUSE);
        }
    }

    /// Whether the server holds exactly these lines from a number on.
    fn holds(&self, from: Seq, lines: &[&[u8]]) -> Result<bool, Trouble> {
        let mut same = 0;
        self.ask(|link| {
            link.lines(&self.address.name, from, |seq, line| {
                let expected = seq.checked_sub(from).and_then(|place| lines.get(usize::try_from(place).ok()?));
                same += usize::from(expected == Some(&line.as_slice()));
                Ok(())
            })
        })?;
        Ok(same == lines.len())
    }

    /// Records the lines of a new ledger.
    fn found(&self, lines: &[u8]) -> Result<(), LedgerError> {
        let split: Vec<_> = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        self.record(1, &split).map_err(|error| match error {
            SharedError::Overtaken { ledger } => SharedError::Exists { ledger },
            other => other,
        })?;
        Ok(())
    }
}

impl Ledger for SharedLedger {
    fn name(&self) -> String {
        self.address.shown.clone()
    }

    fn file(&self) -> &LedgerFile {
        &self.mirror.file
    }

    fn open(&self) -> Result<Source, LedgerError> {
        if !self.offline {
            return self.fetched()?.1.source();
        }
        let lock = self.mirror.lock(self.patience)?;
        let held = self.mirror.held()?;
        drop(lock);
        match held.seq() {
            Some(0) => Err(SharedError::NoMirror { ledger: self.address.shown.clone() }.into()),
            seq => {
                let last = seq.map_or_else(String::new, |seq| format!(", up to entry {seq}"));
                self.note(format!(
                    "offline: this is the ledger as it was fetched last{last}; the server was not asked"
                ));
                held.source()
            }
        }
    }

    fn open_anew(&self) -> Result<Source, LedgerError> {
        if self.offline {
            return self.open();
        }
        let (_lock, held) = self.fetched()?;
        let (held, kept) = self.renewed(&held)?;
        self.note_kept(kept.as_ref());
        held.source()
    }

    fn write(&self) -> Result<Box<dyn Writer>, LedgerError> {
        if self.offline {
            return Err(SharedError::Offline.into());
        }
        let (lock, held) = self.fetched()?;
        Ok(Box::new(Desk { ledger: self.clone(), held, _lock: lock }))
    }

    fn marker(&self) -> Result<Option<PathBuf>, LedgerError> {
        Ok(None)
    }

    fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn must_not_exist(&self) -> Result<(), LedgerError> {
        let ledger = self.address.shown.clone();
        let lacks = self.look(Link::lacks)?.join(", ");
        if !lacks.is_empty() {
            return Err(SharedError::NotSetUp { ledger, lacks }.into());
        }
        match self.look(|link| link.last(&self.address.name))? {
            0 => Ok(()),
            _ => Err(SharedError::Exists { ledger }.into()),
        }
    }

    fn create(&self, entries: &[Admitted]) -> Result<Digest, LedgerError> {
        let mut chain = Chain::START;
        let lines = good_lines(&mut chain, entries)?;
        self.must_not_exist()?;
        self.found(&lines)?;
        Ok(chain.head())
    }

    fn load(&self, from: &Source) -> Result<(), LedgerError> {
        let mut lines = Vec::new();
        from.from(0).read_to_end(&mut lines).map_err(|source| from.unread(source))?;
        self.must_not_exist()?;
        self.found(&lines)
    }

    fn recover(&self) -> Result<Recovered, LedgerError> {
        let _lock = self.mirror.lock(self.patience)?;
        let (held, kept) = self.renewed(&self.mirror.held()?)?;
        let (entries, head) = match held.seq() {
            Some(entries) if entries > 0 => (entries, sha256(&held.last)),
            _ if kept.is_none() => return Err(self.missing().into()),
            _ => (0, Digest::ZERO),
        };
        let gone = kept.as_ref().map(|kept| (kept.first, kept.last));
        Ok(Recovered { entries, head, marker: None, torn: None, kept: kept.map(|kept| kept.path), gone })
    }

    /// What the server gives back is durable.
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A desk that has read all lines and may append. Other desks may do so meanwhile.
#[derive(Debug)]
struct Desk {
    ledger: SharedLedger,
    held: Held,
    /// Keeps other desks with this mirror waiting.
    _lock: Box<dyn OpenFile>,
}

impl Writer for Desk {
    fn source(&self) -> Result<Source, LedgerError> {
        self.held.source()
    }

    fn append(&mut self, entries: &[Admitted], head: &Digest) -> Result<Digest, LedgerError> {
        let path = || PathBuf::from(self.ledger.name());
        let mut chain = Chain::after(&self.held.last).map_err(|faults| LedgerError::Faulty { path: path(), faults })?;
        if chain.head() != *head {
            return Err(LedgerError::HeadMoved { judged: *head, found: chain.head() });
        }
        let from = chain.seq() + 1;
        let lines = good_lines(&mut chain, entries)?;
        if !lines.is_empty() {
            let split: Vec<_> = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
            self.ledger.record(from, &split)?;
            // A second append of this writer follows these lines.
            self.held.last = split.last().map(|line| line.to_vec()).unwrap_or_default();
        }
        Ok(chain.head())
    }

    fn set_aside(&self) -> Option<&Path> {
        None
    }

    /// The next command fetches what this one recorded.
    fn version(&self) -> Option<Version> {
        None
    }
}
