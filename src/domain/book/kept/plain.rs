//! A fold as numbers and texts: what each type puts is declared once, and taken in the same order.

use super::{Kept, Noted};
use crate::domain::entries::Unread;
use crate::domain::event::Place;
use crate::domain::refusal::Code;
use crate::domain::state::{
    Amounts, ChipIx, Closed, ClosedBy, CustomerIx, Licence, LicenceStatus, Licensee, LicenseeIx, LineItem, Tally,
};
use crate::domain::text::{ChipName, Country, LicenceNumber, Text};
use crate::domain::words::Word;
use chrono::{Datelike, NaiveDate};
use std::collections::VecDeque;

/// Numbers and texts, each in the order in which they were put. Only who put them knows what they mean.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Plain {
    /// The numbers.
    pub numbers: VecDeque<i64>,
    /// The texts.
    pub texts: VecDeque<String>,
}

/// What can be told in numbers and texts.
pub(in crate::domain) trait Keep: Sized {
    /// Puts it behind what is there.
    fn put(&self, into: &mut Plain);

    /// Takes what was put first.
    fn take(from: &mut Plain) -> Result<Self, Unread>;
}

impl Plain {
    pub(super) fn of(kept: &impl Keep) -> Self {
        let mut plain = Plain::default();
        kept.put(&mut plain);
        plain
    }
}

/// Nothing that this program puts.
pub(super) fn not_said() -> Unread {
    Unread("the cache does not say what a cache says".to_owned())
}

impl Keep for i64 {
    fn put(&self, into: &mut Plain) {
        into.numbers.push_back(*self);
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        from.numbers.pop_front().ok_or_else(not_said)
    }
}

impl Keep for u64 {
    fn put(&self, into: &mut Plain) {
        self.cast_signed().put(into);
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        i64::take(from).map(i64::cast_unsigned)
    }
}

macro_rules! small_numbers {
    ($($number:ty),*) => {$(
        impl Keep for $number {
            fn put(&self, into: &mut Plain) {
                i64::from(*self).put(into);
            }

            fn take(from: &mut Plain) -> Result<Self, Unread> {
                <$number>::try_from(i64::take(from)?).map_err(|_| not_said())
            }
        }
    )*};
}

small_numbers!(i32, u32, u16);

impl Keep for bool {
    fn put(&self, into: &mut Plain) {
        i64::from(*self).put(into);
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        i64::take(from).map(|number| number != 0)
    }
}

impl Keep for NaiveDate {
    fn put(&self, into: &mut Plain) {
        self.num_days_from_ce().put(into);
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        NaiveDate::from_num_days_from_ce_opt(i32::take(from)?).ok_or_else(not_said)
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

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl Keep for $text {
            fn put(&self, into: &mut Plain) {
                self.to_string().put(into);
            }

            fn take(from: &mut Plain) -> Result<Self, Unread> {
                String::take(from).map(<$text>::new)
            }
        }
    )*};
}

texts!(ChipName, Country, LicenceNumber, Text);

macro_rules! words {
    ($($word:ty),*) => {$(
        impl Keep for $word {
            fn put(&self, into: &mut Plain) {
                self.as_str().to_owned().put(into);
            }

            fn take(from: &mut Plain) -> Result<Self, Unread> {
                <$word>::named(&String::take(from)?).ok_or_else(not_said)
            }
        }
    )*};
}

words!(ClosedBy, Code);

/// Numbers of chips, customers and licensees in one state: how many were met before.
macro_rules! places {
    ($($place:ty: $number:ty),*) => {$(
        impl Keep for $place {
            fn put(&self, into: &mut Plain) {
                (self.index() as u64).put(into);
            }

            fn take(from: &mut Plain) -> Result<Self, Unread> {
                <$number>::take(from).map(|index| <$place>::at(index.into()))
            }
        }
    )*};
}

places!(ChipIx: u16, CustomerIx: u32, LicenseeIx: u32);

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

impl Keep for Tally {
    fn put(&self, into: &mut Plain) {
        self.iter().map(|(_, amounts)| amounts).collect::<Vec<_>>().put(into);
    }

    fn take(from: &mut Plain) -> Result<Self, Unread> {
        Vec::take(from).map(Tally::new)
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
    Amounts { authorised, shipped, outstanding, released, returned }
    Closed { by, entry, date }
    LineItem { chip, authorised, shipped, returned, licensed }
    Kept { number, entry, at, licence }
    Licence { number, entry, opened, customer, licensee, destination, status, chips }
    Licensee { name, tally, licences }
    LicenceStatus { expires, closed, suspended, lapsed }
    Noted { entry, date, code, violation, inert, voided_by }
    Place { date, seq }
}
