//! Writes a fold as numbers and texts. Each type declares its parts once, and is read back in the same order.

use super::{Kept, Noted};
use crate::domain::entries::Unread;
use crate::domain::event::{Place, Registration};
use crate::domain::group::{Group, Pool};
use crate::domain::refusal::Code;
use crate::domain::state::{
    Amounts, ChipIx, Closed, ClosedBy, CustomerIx, Licence, LicenceStatus, Licensee, LicenseeIx, LineItem, Reported,
    Tally,
};
use crate::domain::text::{ChipName, Country, CustomerId, LicenceNumber, Name, Text};
use crate::domain::window::Period;
use crate::domain::words::Word;
use chrono::{Datelike, NaiveDate};
use std::collections::VecDeque;

/// Numbers and texts in the order in which they were put. Only the code that put them knows their meaning.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Plain {
    pub numbers: VecDeque<i64>,
    pub texts: VecDeque<String>,
}

/// A value that can be written as numbers and texts.
pub(in crate::domain) trait Keep: Sized {
    /// Appends the value.
    fn put(&self, into: &mut Plain);

    /// Takes the value from the front.
    fn take(from: &mut Plain) -> Result<Self, Unread>;
}

impl Plain {
    pub(super) fn of(kept: &impl Keep) -> Self {
        let mut plain = Plain::default();
        kept.put(&mut plain);
        plain
    }
}

/// The error for content that this version does not write.
pub(super) fn not_said() -> Unread {
    Unread("this version cannot read the cache".to_owned())
}

impl Keep for i64 {
    fn put(&self, into: &mut Plain) {
        into.numbers.push_back(*self);
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        from.numbers.pop_front().ok_or_else(not_said)
    }
}

impl Keep for String {
    fn put(&self, into: &mut Plain) {
        into.texts.push_back(self.clone());
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        from.texts.pop_front().ok_or_else(not_said)
    }
}

/// Keeps a type as another one. Each line gives the conversion to the other type, and the one back, which may fail.
macro_rules! stand_ins {
    ($($told:ty: $other:ty, $to:expr, $from:expr;)*) => {$(
        impl Keep for $told {
            fn put(&self, into: &mut Plain) {
                let to: fn(&$told) -> $other = $to;
                to(self).put(into);
            }

            fn take(from: &mut Plain) -> Result<Self, Unread> {
                let made: fn($other) -> Option<$told> = $from;
                made(<$other>::take(from)?).ok_or_else(not_said)
            }
        }
    )*};
}

stand_ins! {
    u64: i64, |number| number.cast_signed(), |number| Some(number.cast_unsigned());
    i32: i64, |number| (*number).into(), |number| number.try_into().ok();
    u32: i64, |number| (*number).into(), |number| number.try_into().ok();
    bool: i64, |is| (*is).into(), |number| Some(number != 0);
    NaiveDate: i32, NaiveDate::num_days_from_ce, NaiveDate::from_num_days_from_ce_opt;
    // The index of a chip, customer or licensee in one state: the count of those met before it.
    ChipIx: u64, |chip| chip.index() as u64, |index| u16::try_from(index).ok().map(|index| ChipIx::at(index.into()));
    CustomerIx: u64, |customer| customer.index() as u64, |index| index.try_into().ok().map(CustomerIx::at);
    LicenseeIx: u64, |licensee| licensee.index() as u64, |index| index.try_into().ok().map(LicenseeIx::at);
    CustomerId: String, ToString::to_string, |text| Some(CustomerId::new(text));
    ChipName: String, ToString::to_string, |text| Some(ChipName::new(text));
    Country: String, ToString::to_string, |text| Some(Country::new(text));
    LicenceNumber: String, ToString::to_string, |text| Some(LicenceNumber::new(text));
    Name: String, ToString::to_string, |text| Some(Name::new(text));
    Text: String, ToString::to_string, |text| Some(Text::new(text));
    ClosedBy: String, ToString::to_string, |word| ClosedBy::named(&word);
    Code: String, ToString::to_string, |word| Code::named(&word);
    Tally: Vec<Amounts>, |tally| tally.iter().map(|(_, amounts)| amounts).collect(), |amounts| Some(Tally::new(amounts));
}

impl<T: Keep> Keep for Option<T> {
    fn put(&self, into: &mut Plain) {
        self.is_some().put(into);
        self.iter().for_each(|value| value.put(into));
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        bool::take(from)?.then(|| T::take(from)).transpose()
    }
}

impl<T: Keep> Keep for Vec<T> {
    fn put(&self, into: &mut Plain) {
        (self.len() as u64).put(into);
        self.iter().for_each(|value| value.put(into));
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        (0..u64::take(from)?).map(|_| T::take(from)).collect()
    }
}

impl<A: Keep, B: Keep> Keep for (A, B) {
    fn put(&self, into: &mut Plain) {
        self.0.put(into);
        self.1.put(into);
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        Ok((A::take(from)?, B::take(from)?))
    }
}

/// A group as a number for its kind, and what it is of.
impl Keep for Group {
    fn put(&self, into: &mut Plain) {
        match self {
            Group::Customer(customer) => (0, *customer).put(into),
            Group::Family(root) => (1, *root).put(into),
            Group::Country(country) => (2, country.clone()).put(into),
            Group::Licensee(name) => (3, name.clone()).put(into),
            Group::Chip(chip) => (4, chip.clone()).put(into),
            Group::Destination(country) => (5, country.clone()).put(into),
            Group::Total => 6.put(into),
            Group::Each(parts) => (7, parts.clone()).put(into),
        }
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        Ok(match i64::take(from)? {
            0 => Group::Customer(Keep::take(from)?),
            1 => Group::Family(Keep::take(from)?),
            2 => Group::Country(Keep::take(from)?),
            3 => Group::Licensee(Keep::take(from)?),
            4 => Group::Chip(Keep::take(from)?),
            5 => Group::Destination(Keep::take(from)?),
            6 => Group::Total,
            7 => Group::Each(Keep::take(from)?),
            _ => return Err(not_said()),
        })
    }
}

macro_rules! parts {
    ($($whole:ident { $($part:ident),* })*) => {$(
        impl Keep for $whole {
            fn put(&self, into: &mut Plain) {
                $(self.$part.put(into);)*
            }

            fn take(from: &mut Plain) -> Result<Self, Unread> {
                Ok($whole { $($part: Keep::take(from)?),* })
            }
        }
    )*};
}

parts! {
    Amounts { authorised, shipped, outstanding, released, returned, retired, replaced, elsewhere }
    Closed { by, entry, date }
    LineItem { chip, authorised, shipped, returned, retired, licensed }
    Kept { number, entry, at, licence }
    Licence { number, entry, opened, customer, licensee, destination, value, shipped_value, status, chips }
    Licensee { name, named_by, tally, licences }
    LicenceStatus { expires, closed, suspended, lapsed }
    Noted { entry, date, code, violation, inert, voided_by }
    Period { from, until }
    Place { date, seq }
    Pool { group, period }
    Reported { customer, chip, date, count }
    Registration { id, name, country, parent, aliases, flags }
}
