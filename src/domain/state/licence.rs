//! One licence: what it allows, what was drawn, and whether it is open (R3, R4).

use super::amounts::Amounts;
use super::chips::ChipIx;
use super::families::CustomerIx;
use super::licensees::LicenseeIx;
use crate::domain::event::{ClosureReason, Seq};
use crate::domain::text::{Country, LicenceNumber};
use crate::domain::words::words;
use chrono::NaiveDate;

/// A licence's number in one state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LicenceIx(pub(super) u32);

words! {
    /// Why a licence is closed.
    pub enum ClosedBy {
        /// A closure, by the authority.
        Revoked = "revoked",
        /// A closure, by the licensee.
        Surrendered = "surrendered",
        /// A closure, with nothing left to ship.
        Exhausted = "exhausted",
        /// An approval that replaces it.
        Replaced = "replaced",
    }
}

impl From<ClosureReason> for ClosedBy {
    fn from(reason: ClosureReason) -> Self {
        match reason {
            ClosureReason::Revoked => ClosedBy::Revoked,
            ClosureReason::Surrendered => ClosedBy::Surrendered,
            ClosureReason::Exhausted => ClosedBy::Exhausted,
        }
    }
}

/// When and by which entry a licence was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Closed {
    /// Why.
    pub by: ClosedBy,
    /// The entry that closed it.
    pub entry: Seq,
    /// When.
    pub date: NaiveDate,
}

/// The part of a licence that is not about quantities.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LicenceStatus {
    /// Last valid day, inclusive.
    pub expires: Option<NaiveDate>,
    /// Whether it was closed.
    pub closed: Option<Closed>,
    /// The entry that suspended it, while it is suspended.
    pub suspended: Option<Seq>,
    /// Whether the fold has passed its last valid day.
    pub lapsed: bool,
}

/// One of the states a licence is in on a date, the first that applies (D11).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Closed by an entry.
    Closed(Closed),
    /// Past its last valid day, given here.
    Expired(NaiveDate),
    /// Open, and blocked from shipping.
    Suspended(Seq),
    /// Open.
    Open,
}

impl Standing {
    /// In a word, for tables and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Closed(closed) => closed.by.as_str(),
            Standing::Expired(_) => "expired",
            Standing::Suspended(_) => "suspended",
            Standing::Open => "open",
        }
    }

    /// Every word that [`Standing::as_str`] may give.
    pub fn words() -> impl Iterator<Item = &'static str> {
        ["open", "suspended", "expired"].into_iter().chain(ClosedBy::ALL.iter().map(|by| by.as_str()))
    }
}

impl LicenceStatus {
    /// Closed, else expired, else suspended, else open (D11).
    pub fn standing(self) -> Standing {
        match (self.closed, self.expires, self.suspended) {
            (Some(closed), _, _) => Standing::Closed(closed),
            (None, Some(last_day), _) if self.lapsed => Standing::Expired(last_day),
            (None, _, Some(entry)) => Standing::Suspended(entry),
            (None, _, None) => Standing::Open,
        }
    }

    /// Whether what is not shipped is still reserved; suspended is open (D11).
    pub fn is_open(self) -> bool {
        self.closed.is_none() && !self.lapsed
    }
}

/// One chip of a licence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineItem {
    /// Which.
    pub chip: ChipIx,
    /// Total allowed; 0 where it was shipped without being allowed (R13).
    pub authorised: i64,
    /// What left.
    pub shipped: i64,
    /// What came back; the balance stays drawn (R10).
    pub returned: i64,
    /// Whether the licence names the chip, or a violation put it here.
    pub licensed: bool,
}

impl LineItem {
    /// What may still be shipped, were the licence open; negative after a violation.
    pub fn balance(self) -> i64 {
        self.authorised - self.shipped
    }

    /// The amounts of R3. After a violation more may have left than was allowed: nothing is outstanding then.
    pub fn amounts(self, open: bool) -> Amounts {
        let left = self.balance().max(0);
        Amounts {
            authorised: self.authorised,
            shipped: self.shipped,
            outstanding: if open { left } else { 0 },
            released: if open { 0 } else { left },
            returned: self.returned,
        }
    }
}

/// A licence as it stands.
#[derive(Clone, Debug)]
pub struct Licence {
    /// Its number.
    pub number: LicenceNumber,
    /// The approval.
    pub entry: Seq,
    /// From which day on.
    pub opened: NaiveDate,
    /// Who is charged.
    pub customer: CustomerIx,
    /// Who holds it.
    pub licensee: Option<LicenseeIx>,
    /// Where the goods go, if the licence says so.
    pub destination: Option<Country>,
    /// Open or not.
    pub status: LicenceStatus,
    /// Its chips, in the order they came.
    pub chips: Vec<LineItem>,
}

impl Licence {
    /// Whether it is open, and its last valid day is at most so many days after `date`.
    pub fn expires_within(&self, date: NaiveDate, days: u32) -> bool {
        let left = self.status.expires.map(|last_day| (last_day - date).num_days());
        self.status.is_open() && left.is_some_and(|left| (0..=i64::from(days)).contains(&left))
    }

    /// The chip's part of it.
    pub fn held(&self, chip: ChipIx) -> Option<LineItem> {
        self.chips.iter().find(|held| held.chip == chip).copied()
    }

    /// One chip's amounts, as things stand.
    pub fn amounts(&self, chip: ChipIx) -> Amounts {
        self.held(chip).map(|held| held.amounts(self.status.is_open())).unwrap_or_default()
    }
}
