//! A simulated machine. Its writers take turns at every step, and any step may fail.

use crate::dice::Dice;
use crate::storage::Storage;
use chrono::{DateTime, TimeDelta, Utc};
use exquota::store::system::{FileClock, FileState, Identity, OpenFile, Opening, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// How often something happens in a thousand steps.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Chances {
    /// Another writer goes on.
    pub(crate) switch: usize,
    /// The step fails, or is done in part.
    pub(crate) fault: usize,
    /// The writer is killed.
    pub(crate) kill: usize,
    /// The power is lost.
    pub(crate) power: usize,
}

/// How often things happened to the machine.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    pub(crate) steps: u64,
    pub(crate) switches: u64,
    pub(crate) faults: u64,
    pub(crate) kills: u64,
    pub(crate) power_losses: u64,
    /// A hash of every step of every writer, in order.
    pub(crate) trace: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Tally) {
        self.steps += other.steps;
        self.switches += other.switches;
        self.faults += other.faults;
        self.kills += other.kills;
        self.power_losses += other.power_losses;
        self.trace ^= other.trace;
    }
}

/// How a writer ended.
pub(crate) enum Ended<T> {
    ByItself(T),
    Killed,
}

pub(crate) struct Machine {
    inner: Mutex<Inner>,
    turns: [Condvar; MOST_WRITERS],
}

const MOST_WRITERS: usize = 4;

struct Inner {
    storage: Storage,
    dice: Dice,
    chances: Chances,
    powered: bool,
    /// The writer that goes on.
    turn: usize,
    alive: Vec<bool>,
    /// A writer whose sync failed, until it ends. The ledger does not survive this writer's death, or a second failure,
    /// before it leaves its marker, followed by a power loss. So the machine spares the writer.
    spared: Option<usize>,
    handles: u64,
    elapsed: Duration,
    tally: Tally,
}

thread_local! {
    /// The writer that runs on this thread; `None` on the test's own thread.
    static WRITER: Cell<Option<usize>> = const { Cell::new(None) };
}

struct Killed;

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Machine")
    }
}

impl Machine {
    fn look_inside(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no writer dies while it holds this lock")
    }

    fn await_turn<'m>(&'m self, me: usize, mut inner: MutexGuard<'m, Inner>) -> MutexGuard<'m, Inner> {
        while inner.powered && inner.turn != me {
            inner = self.turns[me].wait(inner).expect("no writer dies while it holds this lock");
        }
        inner
    }

    /// May let another writer go on, then waits for this writer's turn. Instead it may kill this writer.
    fn step(&self, what: &'static str) -> MutexGuard<'_, Inner> {
        let mut inner = self.look_inside();
        let Some(me) = WRITER.get() else { return inner };
        let sleeps = what == "sleep";
        let chance = inner.chances.switch;
        if inner.powered && (sleeps || inner.dice.chance(chance)) {
            inner.pass_on(me, sleeps);
            self.turns[inner.turn].notify_one();
        }
        inner = self.await_turn(me, inner);
        let chances = if inner.spared == Some(me) {
            Chances { power: inner.chances.power, ..Chances::default() }
        } else {
            inner.chances
        };
        if inner.powered && inner.dice.chance(chances.power) {
            let Inner { storage, dice, .. } = &mut *inner;
            storage.lose_power(dice);
            inner.powered = false;
            inner.tally.power_losses += 1;
            self.turns.iter().for_each(Condvar::notify_one);
        }
        let killed = inner.powered && inner.dice.chance(chances.kill);
        inner.tally.kills += u64::from(killed);
        if killed || !inner.powered {
            drop(inner);
            resume_unwind(Box::new(Killed));
        }
        inner.tally.steps += 1;
        let told = what.bytes().fold(me as u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        inner.tally.trace = inner.tally.trace.wrapping_mul(0x0100_0000_01b3).wrapping_add(told);
        inner
    }
}

impl Inner {
    /// Gives the turn to a living writer, if there is one.
    fn pass_on(&mut self, me: usize, to_another: bool) {
        let ready: Vec<usize> =
            (0..self.alive.len()).filter(|writer| self.alive[*writer] && !(to_another && *writer == me)).collect();
        if let Some(next) = ready.get(self.dice.below(ready.len())) {
            self.tally.switches += u64::from(*next != me);
            self.turn = *next;
        }
    }

    /// Whether this step fails.
    fn fails(&mut self) -> bool {
        let Some(me) = WRITER.get().filter(|me| self.spared != Some(*me)) else { return false };
        let chance = self.chances.fault;
        let fails = self.dice.chance(chance);
        self.tally.faults += u64::from(fails);
        if fails {
            self.tally.trace = self.tally.trace.wrapping_mul(31).wrapping_add(me as u64);
        }
        fails
    }

    fn state(&self, inode: usize) -> FileState {
        FileState {
            identity: Identity { device: 1, inode: inode as u64 },
            links: self.storage.links(inode),
            length: self.storage.files[inode].content.len() as u64,
            irregular: None,
            owner: (1, 1),
            mode: self.storage.files[inode].mode,
            modified: (0, 0),
            changed: (0, 0),
        }
    }
}

fn broken() -> io::Error {
    io::Error::other("simulated")
}

/// The machine as its programs see it.
#[derive(Clone, Debug)]
pub(crate) struct Simulated(Arc<Machine>);

impl Simulated {
    /// A machine that holds these files.
    pub(crate) fn with(files: &BTreeMap<PathBuf, Vec<u8>>, dice: Dice) -> Arc<Simulated> {
        let inner = Inner {
            storage: Storage::with(files),
            dice,
            chances: Chances::default(),
            powered: true,
            turn: 0,
            alive: Vec::new(),
            spared: None,
            handles: 0,
            elapsed: Duration::ZERO,
            tally: Tally::default(),
        };
        Arc::new(Simulated(Arc::new(Machine { inner: Mutex::new(inner), turns: Default::default() })))
    }

    /// Lets writers work side by side until the last one ends. Then the power is back.
    pub(crate) fn run<T: Send>(
        &self,
        chances: Chances,
        writers: Vec<Box<dyn FnOnce() -> T + Send + '_>>,
    ) -> Vec<Ended<T>> {
        {
            let mut inner = self.0.look_inside();
            inner.chances = chances;
            inner.alive = vec![true; writers.len()];
            inner.turn = 0;
            inner.pass_on(0, false);
        }
        let ended = std::thread::scope(|scope| {
            let threads: Vec<_> =
                writers.into_iter().enumerate().map(|(me, work)| scope.spawn(move || self.live(me, work))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        let mut inner = self.0.look_inside();
        inner.powered = true;
        inner.spared = None;
        ended
    }

    fn live<T>(&self, me: usize, work: impl FnOnce() -> T) -> Ended<T> {
        WRITER.set(Some(me));
        let ended = catch_unwind(AssertUnwindSafe(|| {
            drop(self.0.await_turn(me, self.0.look_inside()));
            work()
        }));
        WRITER.set(None);
        let mut inner = self.0.look_inside();
        inner.alive[me] = false;
        if inner.spared == Some(me) {
            inner.spared = None;
        }
        if inner.powered && inner.turn == me {
            inner.pass_on(me, true);
            self.0.turns[inner.turn].notify_one();
        }
        drop(inner);
        match ended {
            Ok(value) => Ended::ByItself(value),
            Err(panic) if panic.is::<Killed>() => Ended::Killed,
            // A check failed, so the others must end too.
            Err(panic) => {
                self.0.look_inside().powered = false;
                self.0.turns.iter().for_each(Condvar::notify_one);
                resume_unwind(panic)
            }
        }
    }

    /// The power is lost and comes back.
    pub(crate) fn lose_power(&self) {
        let mut inner = self.0.look_inside();
        let Inner { storage, dice, .. } = &mut *inner;
        storage.lose_power(dice);
        inner.tally.power_losses += 1;
    }

    /// The files by name.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.0.look_inside().storage.contents()
    }

    pub(crate) fn tally(&self) -> Tally {
        self.0.look_inside().tally
    }

    fn handle(&self, inner: &mut Inner, inode: usize) -> Box<dyn OpenFile> {
        inner.handles += 1;
        Box::new(Handle { machine: self.0.clone(), inode, number: inner.handles, at: Mutex::new(0) })
    }

    /// Changes names. A change that fails may have been made all the same.
    fn change_names(&self, what: &'static str, change: impl FnOnce(&mut Storage) -> io::Result<()>) -> io::Result<()> {
        let mut inner = self.0.step(what);
        if !inner.fails() {
            return change(&mut inner.storage);
        }
        if inner.dice.chance(500) {
            change(&mut inner.storage)?;
        }
        Err(broken())
    }
}

impl System for Simulated {
    /// Time stands still, so a file's times never show a change.
    fn file_clock(&self) -> FileClock {
        FileClock { coarse: (0, 0), fine: (0, 0) }
    }

    fn open(&self, path: &Path, opening: Opening) -> io::Result<Box<dyn OpenFile>> {
        let mut inner = self.0.step("open");
        if inner.fails() {
            return Err(broken());
        }
        let inode = match (inner.storage.at(path), opening) {
            (Some(_), Opening::New(_)) => return Err(ErrorKind::AlreadyExists.into()),
            (Some(inode), _) => inode,
            (None, Opening::New(_) | Opening::Draft) => inner.storage.create(path),
            (None, Opening::Read | Opening::Append) => return Err(ErrorKind::NotFound.into()),
        };
        Ok(self.handle(&mut inner, inode))
    }

    fn look(&self, path: &Path) -> io::Result<Option<FileState>> {
        let mut inner = self.0.step("look");
        if inner.fails() {
            return Err(broken());
        }
        Ok(inner.storage.at(path).map(|inode| inner.state(inode)))
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.look(path)?.map(|_| path.to_owned()).ok_or(ErrorKind::NotFound.into())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change_names("link", |storage| {
            let inode = storage.at(from).ok_or(ErrorKind::NotFound)?;
            if storage.at(to).is_some() {
                return Err(ErrorKind::AlreadyExists.into());
            }
            storage.name(to, Some(inode));
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change_names("rename", |storage| {
            let inode = storage.at(from).ok_or(ErrorKind::NotFound)?;
            storage.name(to, Some(inode));
            storage.name(from, None);
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change_names("remove", |storage| {
            storage.at(path).ok_or(ErrorKind::NotFound)?;
            storage.name(path, None);
            Ok(())
        })
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.look(path).map(drop)
    }

    fn sync_directory_of(&self, _: &Path) -> io::Result<()> {
        let mut inner = self.0.step("sync directory");
        if inner.fails() {
            return Err(broken());
        }
        inner.storage.sync_names();
        Ok(())
    }

    fn now(&self) -> DateTime<Utc> {
        let start = DateTime::from_timestamp(1_772_000_000, 0).unwrap_or_default();
        start + TimeDelta::from_std(self.0.look_inside().elapsed).unwrap_or_default()
    }

    fn elapsed(&self) -> Duration {
        self.0.look_inside().elapsed
    }

    fn sleep(&self, pause: Duration) {
        self.0.step("sleep").elapsed += pause;
    }
}

struct Handle {
    machine: Arc<Machine>,
    inode: usize,
    number: u64,
    at: Mutex<usize>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "file {}", self.inode)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let mut inner = self.machine.look_inside();
        let file = &mut inner.storage.files[self.inode];
        if file.locked_by == Some(self.number) {
            file.locked_by = None;
        }
    }
}

impl OpenFile for Handle {
    fn try_lock(&self) -> io::Result<bool> {
        let mut inner = self.machine.step("lock");
        if inner.fails() {
            return Err(broken());
        }
        let file = &mut inner.storage.files[self.inode];
        let free = file.locked_by.is_none();
        if free {
            file.locked_by = Some(self.number);
        }
        Ok(free)
    }

    fn state(&self) -> io::Result<FileState> {
        let mut inner = self.machine.step("state");
        if inner.fails() {
            return Err(broken());
        }
        Ok(inner.state(self.inode))
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut at = self.at.lock().expect("one reader");
        let read = self.read_at(buffer, *at as u64)?;
        *at += read;
        Ok(read)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut inner = self.machine.step("read");
        let fails = inner.fails();
        if fails && inner.dice.chance(500) {
            return Err(broken());
        }
        let content = &inner.storage.files[self.inode].content;
        let rest = content.get(offset as usize..).unwrap_or_default();
        let mut length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        if fails && length > 1 {
            length = 1 + inner.dice.below(length - 1);
        }
        Ok(length)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.machine.step("write");
        if !inner.fails() {
            inner.storage.files[self.inode].append(bytes);
            return Ok(bytes.len());
        }
        let taken = inner.dice.below(bytes.len() + 1);
        inner.storage.files[self.inode].append(&bytes[..taken]);
        match inner.dice.below(3) {
            0 if taken > 0 => Ok(taken),
            1 => Err(ErrorKind::StorageFull.into()),
            _ => Err(broken()),
        }
    }

    fn sync(&self) -> io::Result<()> {
        let mut inner = self.machine.step("sync");
        if inner.fails() {
            let Inner { storage, dice, .. } = &mut *inner;
            storage.files[self.inode].fail_to_sync(dice);
            inner.spared = WRITER.get();
            return Err(broken());
        }
        inner.storage.files[self.inode].sync();
        Ok(())
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        let mut inner = self.machine.step("truncate");
        let fails = inner.fails();
        if !fails || inner.dice.chance(500) {
            inner.storage.files[self.inode].cut(length as usize);
        }
        if fails { Err(broken()) } else { Ok(()) }
    }

    fn stamp_anew(&self) -> io::Result<()> {
        Err(broken())
    }

    fn be_like(&self, other: &FileState) -> io::Result<()> {
        let mut inner = self.machine.step("be like");
        if inner.fails() {
            return Err(broken());
        }
        inner.storage.files[self.inode].mode = other.mode;
        Ok(())
    }
}
