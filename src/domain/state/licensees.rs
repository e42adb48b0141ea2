//! Licensees, the groups of licensee ceilings, by folded name.

use super::amounts::Tally;
use crate::domain::event::Seq;
use crate::domain::text::Name;
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
    /// The first recorded spelling. Other spellings of the same name are the same licensee.
    pub name: Name,
    /// The entry that has this spelling.
    pub named_by: Seq,
    /// The sum over all its licences.
    pub tally: Tally,
    /// The count of its licences. A licensee whose licences were all voided is unknown again.
    pub licences: u32,
}

#[derive(Clone, Default, Debug)]
pub(super) struct Licensees {
    all: Vec<Licensee>,
    by_name: HashMap<Name, LicenseeIx>,
}

impl Licensees {
    pub(super) fn find(&self, name: &Name) -> Option<LicenseeIx> {
        self.by_name.get(name).copied()
    }

    /// The licensee that an entry names. Entries are not met in the order of recording, and one that is refused is met
    /// too: its number goes to a later one.
    pub(super) fn meet(&mut self, name: &Name, entry: Seq) -> LicenseeIx {
        let next = LicenseeIx(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let found = *self.by_name.entry(name.clone()).or_insert(next);
        match self.all.get_mut(found.index()) {
            Some(held) if entry <= held.named_by => (held.name, held.named_by) = (name.clone(), entry),
            Some(_) => {}
            None => {
                self.all.push(Licensee { name: name.clone(), named_by: entry, tally: Tally::default(), licences: 0 })
            }
        }
        found
    }

    pub(super) fn without_licences(&self) -> Self {
        let bare = |held: &Licensee| Licensee { tally: Tally::default(), licences: 0, ..held.clone() };
        Licensees { all: self.all.iter().map(bare).collect(), by_name: self.by_name.clone() }
    }

    /// Every licensee that the fold has met, with or without a licence now.
    pub(super) fn all(&self) -> &[Licensee] {
        &self.all
    }

    pub(super) fn put(&mut self, licensee: Licensee) {
        let index = self.meet(&licensee.name, licensee.named_by);
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
