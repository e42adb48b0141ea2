//! What a cache says, as JSON: numbers, names, and where in the ledger the entries stand that hold the rest.

use super::table::Table;
use crate::domain::book::{Kept, Noted, Snapshot};
use crate::domain::event::{Digest, Entry, Event, Place, Seq};
use crate::domain::lines::{Archive, Unread};
use crate::domain::refusal::Code;
use crate::domain::state::{
    Amounts, ChipIx, Closed, ClosedBy, CustomerIx, Held, InForce, Licence, Licensee, LicenseeIx, Life, Registered,
    Sums, Tally,
};
use crate::domain::text::{ChipName, Country, LicenceNumber, Text};
use crate::domain::words::Word;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A day, as days since the year 1.
type Day = i32;
/// Where an entry stands in the ledger.
type At = u64;
/// Authorised, shipped, outstanding, released, returned.
type Five = [i64; 5];

/// The part that is read each time.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents {
    /// The program's version.
    pub(super) version: String,
    /// What prints are taken with, and what it makes of known texts.
    pub(super) seed: u64,
    pub(super) trial: Vec<u32>,
    /// How much of the ledger was folded, and how its last line left the chain.
    pub(super) length: u64,
    head: [u8; 32],
    pub(super) recorded_at: i64,
    entries: Seq,
    last: (Day, Seq),
    date: Day,
    in_force: At,
    chips: Vec<String>,
    customers: Vec<(At, Vec<Five>)>,
    licensees: Vec<(String, u32, Vec<Five>)>,
    total: Vec<Five>,
    exceptions: Vec<At>,
    volumes: Vec<(String, String, u64)>,
    findings: Vec<Note>,
    /// How many bytes of records nothing leads to.
    pub(super) dead: u64,
    /// How many caches came before this one since the whole ledger was folded.
    pub(super) age: u32,
    /// Licence numbers, references, last valid days.
    pub(super) numbers: Table,
    pub(super) references: Table,
    pub(super) lapses: Table,
}

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    entry: Seq,
    date: Day,
    code: String,
    violation: bool,
    inert: bool,
    voided_by: Option<Seq>,
}

/// What a cache holds of the ledger besides the fold.
#[derive(Debug)]
pub(super) struct About {
    pub(super) seed: u64,
    pub(super) trial: Vec<u32>,
    pub(super) length: u64,
    pub(super) head: Digest,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) dead: u64,
    pub(super) age: u32,
    pub(super) numbers: Table,
    pub(super) references: Table,
    pub(super) lapses: Table,
}

impl Contents {
    /// `at` tells where an entry stands.
    pub(super) fn of(snapshot: &Snapshot, about: About, at: impl Fn(Seq) -> Option<At>) -> Option<Self> {
        let sums = &snapshot.sums;
        Some(Contents {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: about.seed,
            trial: about.trial,
            length: about.length,
            head: about.head.0,
            recorded_at: about.recorded_at.timestamp(),
            entries: snapshot.entries,
            last: (snapshot.last.date.num_days_from_ce(), snapshot.last.seq),
            date: sums.date.num_days_from_ce(),
            in_force: at(sums.in_force.entry)?,
            chips: sums.chips.iter().map(ToString::to_string).collect(),
            customers: sums
                .customers
                .iter()
                .map(|(registered, own)| Some((at(registered.entry)?, fives(own))))
                .collect::<Option<_>>()?,
            licensees: sums
                .licensees
                .iter()
                .map(|held| (held.name.to_string(), held.licences, fives(&held.tally)))
                .collect(),
            total: fives(&sums.total),
            exceptions: sums.exceptions.iter().map(|(entry, _)| at(*entry)).collect::<Option<_>>()?,
            volumes: sums.volumes.iter().map(|(a, b, quantity)| (a.to_string(), b.to_string(), *quantity)).collect(),
            findings: snapshot.findings.iter().map(Note::of).collect(),
            dead: about.dead,
            age: about.age,
            numbers: about.numbers,
            references: about.references,
            lapses: about.lapses,
        })
    }

    /// The SHA-256 of the last line that was folded.
    pub(super) fn head(&self) -> Digest {
        Digest(self.head)
    }

    /// How many bytes the records take: they stand before the tables.
    pub(super) fn records(&self) -> u64 {
        self.numbers.offset()
    }

    /// Whether it is time to fold the whole ledger again: nothing leads to most of the records, or they were handed on
    /// so often that what a failing memory may have done to them has lived long enough.
    pub(super) fn is_worn(&self) -> bool {
        const OLDEST: u32 = 50;
        self.dead > self.records() / 2 || self.age > OLDEST
    }

    /// How many entries were folded.
    pub(super) fn entries(&self) -> Seq {
        self.entries
    }

    /// What was folded; entries are read where the ledger has them.
    pub(super) fn snapshot(&self, ledger: &dyn Archive) -> Result<Snapshot, Unread> {
        let in_force = ledger.entry(self.in_force)?;
        let Event::Policy(adoption) = in_force.event else { return Err(other_entry()) };
        let customers = self
            .customers
            .iter()
            .map(|(at, own)| match ledger.entry(*at)? {
                Entry { seq, event: Event::Customer(record), .. } => {
                    Ok((Registered { record: Arc::new(record), entry: seq }, tally(own)))
                }
                _ => Err(other_entry()),
            })
            .collect::<Result<_, _>>()?;
        let exceptions = self
            .exceptions
            .iter()
            .map(|at| match ledger.entry(*at)? {
                Entry { seq, event: Event::Exception(exception), .. } => Ok((seq, exception)),
                _ => Err(other_entry()),
            })
            .collect::<Result<_, _>>()?;
        Ok(Snapshot {
            entries: self.entries,
            last: Place { date: day(self.last.0)?, seq: self.last.1 },
            sums: Sums {
                date: day(self.date)?,
                in_force: InForce { entry: in_force.seq, adoption: Arc::new(adoption) },
                chips: self.chips.iter().map(ChipName::new).collect(),
                customers,
                licensees: self
                    .licensees
                    .iter()
                    .map(|(name, licences, sums)| Licensee {
                        name: Text::new(name),
                        tally: tally(sums),
                        licences: *licences,
                    })
                    .collect(),
                total: tally(&self.total),
                exceptions,
                volumes: self.volumes.iter().map(|(a, b, n)| (Text::new(a), ChipName::new(b), *n)).collect(),
            },
            findings: self.findings.iter().map(Note::noted).collect::<Result<_, _>>()?,
        })
    }
}

impl Note {
    fn of(noted: &Noted) -> Self {
        Note {
            entry: noted.entry,
            date: noted.date.num_days_from_ce(),
            code: noted.code.as_str().to_owned(),
            violation: noted.violation,
            inert: noted.inert,
            voided_by: noted.voided_by,
        }
    }

    fn noted(&self) -> Result<Noted, Unread> {
        Ok(Noted {
            entry: self.entry,
            date: day(self.date)?,
            code: Code::named(&self.code).ok_or_else(not_said)?,
            violation: self.violation,
            inert: self.inert,
            voided_by: self.voided_by,
        })
    }
}

/// A licence number that is taken.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    number: String,
    entry: Seq,
    at: At,
    licence: Option<Standing>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Standing {
    opened: Day,
    customer: u32,
    licensee: Option<u32>,
    destination: Option<String>,
    expires: Option<Day>,
    closed: Option<(String, Seq, Day)>,
    suspended: Option<Seq>,
    lapsed: bool,
    /// Chip, authorised, shipped, returned, and whether the licence names the chip.
    chips: Vec<(u16, i64, i64, i64, bool)>,
}

impl Record {
    /// None of a licence whose numbers are too large to be kept.
    pub(super) fn of(kept: &Kept, at: At) -> Option<Self> {
        let licence = match &kept.licence {
            Some(licence) => Some(Standing::of(licence)?),
            None => None,
        };
        Some(Record { number: kept.number.to_string(), entry: kept.entry, at, licence })
    }

    pub(super) fn kept(&self) -> Result<(At, Kept), Unread> {
        let number = LicenceNumber::new(&self.number);
        let licence = self.licence.as_ref().map(|standing| standing.licence(&number, self.entry)).transpose()?;
        Ok((self.at, Kept { number, entry: self.entry, licence }))
    }
}

impl Standing {
    fn of(licence: &Licence) -> Option<Self> {
        let Life { expires, closed, suspended, lapsed } = licence.life;
        Some(Standing {
            opened: licence.opened.num_days_from_ce(),
            customer: u32::try_from(licence.customer.index()).ok()?,
            licensee: licence.licensee.map(|licensee| u32::try_from(licensee.index())).transpose().ok()?,
            destination: licence.destination.as_ref().map(ToString::to_string),
            expires: expires.map(|day| day.num_days_from_ce()),
            closed: closed.map(|Closed { by, entry, date }| (by.as_str().to_owned(), entry, date.num_days_from_ce())),
            suspended,
            lapsed,
            chips: licence
                .chips
                .iter()
                .map(|held| {
                    let chip = u16::try_from(held.chip.index()).ok()?;
                    Some((chip, held.authorised, held.shipped, held.returned, held.licensed))
                })
                .collect::<Option<_>>()?,
        })
    }

    fn licence(&self, number: &LicenceNumber, entry: Seq) -> Result<Licence, Unread> {
        let closed = self.closed.as_ref().map(|(by, entry, date)| {
            Ok(Closed { by: ClosedBy::named(by).ok_or_else(not_said)?, entry: *entry, date: day(*date)? })
        });
        Ok(Licence {
            number: number.clone(),
            entry,
            opened: day(self.opened)?,
            customer: CustomerIx::at(self.customer),
            licensee: self.licensee.map(LicenseeIx::at),
            destination: self.destination.as_ref().map(Country::new),
            life: Life {
                expires: self.expires.map(day).transpose()?,
                closed: closed.transpose()?,
                suspended: self.suspended,
                lapsed: self.lapsed,
            },
            chips: self
                .chips
                .iter()
                .map(|&(chip, authorised, shipped, returned, licensed)| Held {
                    chip: ChipIx::at(usize::from(chip)),
                    authorised,
                    shipped,
                    returned,
                    licensed,
                })
                .collect(),
        })
    }
}

/// Days in the order of their numbers, which a table keeps.
pub(super) fn day_key(day: NaiveDate) -> u32 {
    day.num_days_from_ce().cast_unsigned() ^ (1 << 31)
}

pub(super) fn key_day(key: u32) -> Result<NaiveDate, Unread> {
    day((key ^ (1 << 31)).cast_signed())
}

fn day(days: Day) -> Result<NaiveDate, Unread> {
    NaiveDate::from_num_days_from_ce_opt(days).ok_or_else(not_said)
}

fn fives(tally: &Tally) -> Vec<Five> {
    tally.iter().map(|(_, a)| [a.authorised, a.shipped, a.outstanding, a.released, a.returned]).collect()
}

fn tally(fives: &[Five]) -> Tally {
    let amounts = |&[authorised, shipped, outstanding, released, returned]: &Five| Amounts {
        authorised,
        shipped,
        outstanding,
        released,
        returned,
    };
    Tally::new(fives.iter().map(amounts).collect())
}

/// Nothing that this program writes.
pub(super) fn not_said() -> Unread {
    Unread("the cache does not say what a cache says".to_owned())
}

fn other_entry() -> Unread {
    Unread("another entry stands where the cache says".to_owned())
}
