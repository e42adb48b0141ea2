//! One licence: the allowed quantities, the shipped ones, and whether it is open (R3, R4).

use super::amounts::Amounts;
use super::chips::ChipIx;
use super::families::CustomerIx;
use super::licensees::LicenseeIx;
use crate::domain::event::{ClosureReason, Seq};
use crate::domain::text::{Country, LicenceNumber};
use crate::domain::words::words;
use chrono::NaiveDate;

/// A licence's index in one state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LicenceIx(pub(super) u32);

words! {
    /// Why a licence is closed.
    pub enum ClosedBy {
        /// The authority closed it.
        Revoked = "revoked",
        /// The licensee closed it.
        Surrendered = "surrendered",
        /// Nothing is left to ship.
        Exhausted = "exhausted",
        /// Another approval replaces it.
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
    pub by: ClosedBy,
    /// The entry that closed the licence.
    pub entry: Seq,
    pub date: NaiveDate,
}

/// The state of a licence apart from its quantities.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LicenceStatus {
    /// Last valid day, inclusive.
    pub expires: Option<NaiveDate>,
    pub closed: Option<Closed>,
    /// The entry that suspended it, while it is suspended.
    pub suspended: Option<Seq>,
    /// Whether the fold has passed the last valid day.
    pub lapsed: bool,
}

/// The state of a licence on a date: the first that applies (D11).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// An entry closed it.
    Closed(Closed),
    /// It is past its last valid day, this one.
    Expired(NaiveDate),
    /// Open, but shipping is blocked by this entry.
    Suspended(Seq),
    Open,
}

impl Standing {
    /// The word for tables and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Closed(closed) => closed.by.as_str(),
            Standing::Expired(_) => "expired",
            Standing::Suspended(_) => "suspended",
            Standing::Open => "open",
        }
    }

    /// Every word that [`Standing::as_str`] may return.
    pub fn words() -> impl Iterator<Item = &'static str> {
        ["open", "suspended", "expired"].into_iter().chain(ClosedBy::ALL.iter().map(|by| by.as_str()))
    }
}

/// What became of the part of a licence that has not shipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unshipped {
    /// It may still ship.
    Reserved,
    /// The licence ended.
    Released,
    /// Another licence has taken it over (R4).
    Replaced,
}

impl Unshipped {
    /// The amounts of R3. If a violation shipped more than allowed, nothing is outstanding; and of a replaced licence
    /// only what shipped counts.
    pub fn amounts(self, authorised: i64, shipped: i64) -> Amounts {
        let left = (authorised - shipped).max(0);
        let (outstanding, released) = if self == Unshipped::Reserved { (left, 0) } else { (0, left) };
        let replaced = if self == Unshipped::Replaced { authorised - shipped } else { 0 };
        Amounts { authorised, shipped, outstanding, released, replaced, ..Amounts::default() }
    }
}

impl LicenceStatus {
    /// What became of the part that has not shipped.
    pub fn unshipped(self) -> Unshipped {
        match self.closed {
            Some(Closed { by: ClosedBy::Replaced, .. }) => Unshipped::Replaced,
            _ if self.is_open() => Unshipped::Reserved,
            _ => Unshipped::Released,
        }
    }

    /// The status after an entry closes the licence. The first closure stands: a second one can only be a violation
    /// (R13).
    pub fn closed(self, by: ClosedBy, entry: Seq, date: NaiveDate) -> Self {
        LicenceStatus { closed: self.closed.or(Some(Closed { by, entry, date })), ..self }
    }

    /// The first that applies: closed, expired, suspended, open (D11).
    pub fn standing(self) -> Standing {
        match (self.closed, self.expires, self.suspended) {
            (Some(closed), _, _) => Standing::Closed(closed),
            (None, Some(last_day), _) if self.lapsed => Standing::Expired(last_day),
            (None, _, Some(entry)) => Standing::Suspended(entry),
            (None, _, None) => Standing::Open,
        }
    }

    /// The status on `date` after an amendment sets the last valid day. It may open a lapsed licence again, which is a
    /// violation (D11, R13).
    pub fn amended(self, expires: NaiveDate, date: NaiveDate) -> Self {
        LicenceStatus { expires: Some(expires), lapsed: expires < date, ..self }
    }

    /// Whether the unshipped part is still reserved. A suspended licence is open (D11).
    pub fn is_open(self) -> bool {
        self.closed.is_none() && !self.lapsed
    }
}

/// One chip of a licence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineItem {
    pub chip: ChipIx,
    /// The total allowed; 0 for a chip that was shipped without permission (R13).
    pub authorised: i64,
    /// Without chips that were not delivered: those count as if they had not left (R10).
    pub shipped: i64,
    /// Chips that came back. The balance stays drawn (R10).
    pub returned: i64,
    /// Chips that were lost, destroyed or resold where they are (R10).
    pub retired: i64,
    /// Whether the licence names the chip. Otherwise a violation put it here.
    pub licensed: bool,
}

impl LineItem {
    /// The line item of a chip that the licence does not name, before anything of it moves.
    pub fn unlicensed(chip: ChipIx) -> Self {
        LineItem { chip, authorised: 0, shipped: 0, returned: 0, retired: 0, licensed: false }
    }

    /// The part that may still ship if the licence is open; negative after a violation.
    pub fn balance(self) -> i64 {
        self.authorised - self.shipped
    }

    /// The amounts of R3, with what came back and what was retired.
    pub fn amounts(self, unshipped: Unshipped) -> Amounts {
        let LineItem { returned, retired, .. } = self;
        Amounts { returned, retired, ..unshipped.amounts(self.authorised, self.shipped) }
    }
}

/// A licence with its line items.
#[derive(Clone, Debug)]
pub struct Licence {
    pub number: LicenceNumber,
    /// The seq of the approval.
    pub entry: Seq,
    /// The first valid day.
    pub opened: NaiveDate,
    /// The buyer, who is charged (R2).
    pub customer: CustomerIx,
    pub licensee: Option<LicenseeIx>,
    /// The destination of the goods, if the licence names one.
    pub destination: Option<Country>,
    /// The value that it allows, if it limits the value, in whole units of the policy's currency (R15).
    pub value: Option<i64>,
    /// The value of what has shipped.
    pub shipped_value: i64,
    pub status: LicenceStatus,
    /// Its chips, in the order in which they were added.
    pub chips: Vec<LineItem>,
}

impl Licence {
    /// Whether the licence is open and its last valid day is at most `days` days after `date`.
    pub fn expires_within(&self, date: NaiveDate, days: u32) -> bool {
        let left = self.status.expires.map(|last_day| (last_day - date).num_days());
        self.status.is_open() && left.is_some_and(|left| (0..=i64::from(days)).contains(&left))
    }

    /// The line item of this chip.
    pub fn held(&self, chip: ChipIx) -> Option<LineItem> {
        self.chips.iter().find(|held| held.chip == chip).copied()
    }

    /// The amounts of one chip.
    pub fn amounts(&self, chip: ChipIx) -> Amounts {
        self.held(chip).map(|held| held.amounts(self.status.unshipped())).unwrap_or_default()
    }
}
