//! Licensees, the groups of licensee ceilings, by folded name.

use super::amounts::Tally;
use crate::domain::text::{NameKey, Text};
use std::collections::HashMap;

/// A licensee's index in one state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LicenseeIx(u32);

impl LicenseeIx {
    /// The licensee with this index.
    pub fn at(index: u32) -> Self {
        LicenseeIx(index)
    }

    /// The index: the count of licensees met before this one.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A licensee and the sum of its licences.
#[derive(Clone, Debug)]
pub struct Licensee {
    /// The first spelling. Other spellings of the same name are the same licensee.
    pub name: Text,
    /// The sum over all its licences.
    pub tally: Tally,
    /// The count of its licences. A licensee whose licences were all voided is unknown again.
    pub licences: u32,
}

#[derive(Clone, Default, Debug)]
pub(super) struct Licensees {
    all: Vec<Licensee>,
    by_name: HashMap<NameKey, LicenseeIx>,
}

impl Licensees {
    pub(super) fn find(&self, name: &str) -> Option<LicenseeIx> {
        self.by_name.get(&NameKey::of(name)).copied()
    }

    pub(super) fn meet(&mut self, name: &Text) -> LicenseeIx {
        let next = LicenseeIx(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let found = *self.by_name.entry(NameKey::of(name.as_str())).or_insert(next);
        if found == next {
            self.all.push(Licensee { name: name.clone(), tally: Tally::default(), licences: 0 });
        }
        found
    }

    /// Every licensee that the fold has met, with or without a licence now.
    pub(super) fn all(&self) -> &[Licensee] {
        &self.all
    }

    pub(super) fn put(&mut self, licensee: Licensee) {
        let index = self.meet(&licensee.name);
        if let Some(held) = self.get_mut(index) {
            *held = licensee;
        }
    }

    pub(super) fn get(&self, licensee: LicenseeIx) -> Option<&Licensee> {
        self.all.get(licensee.index())
    }

    pub(super) fn get_mut(&mut self, licensee: LicenseeIx) -> Option<&mut Licensee> {
        self.all.get_mut(licensee.index())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Licensee> {
        self.all.iter().filter(|licensee| licensee.licences > 0)
    }
}
