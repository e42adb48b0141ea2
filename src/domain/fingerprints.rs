//! Finds the entries that may have a reference, without holding the references: a million of them take about 30 MB.

use super::event::Seq;
use super::text::Reference;
use foldhash::fast::FixedState;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::fmt;
use std::hash::{BuildHasher, Hash};

/// Hashes of references, each with its entry. The hash has a random seed, so two references rarely have the same hash,
/// and nobody can arrange it. The caller must compare the reference with the entry itself.
pub(super) struct Fingerprints {
    table: HashTable<Slot>,
    printer: Printer,
}

/// Makes prints of texts. A print can only be used again with the same seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Printer {
    /// Random, so that nobody can predict it.
    pub seed: u64,
}

impl Printer {
    /// A printer with a random seed.
    pub fn random() -> Self {
        Printer { seed: DefaultHashBuilder::default().hash_one(()) }
    }

    /// The print of a text: the upper half of its hash.
    pub fn print(&self, text: &impl Hash) -> u32 {
        (FixedState::with_seed(self.seed).hash_one(text) >> 32) as u32
    }
}

/// A print and a seq, in 12 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot {
    print: u32,
    seq: [u32; 2],
}

impl Slot {
    fn seq(&self) -> Seq {
        Seq::from(self.seq[0]) << 32 | Seq::from(self.seq[1])
    }

    /// The table's hash of the slot.
    fn hash(&self) -> u64 {
        // An odd number with well mixed bits, because the table uses both ends of the product.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        u64::from(self.print).wrapping_mul(SPREAD)
    }
}

impl Default for Fingerprints {
    fn default() -> Self {
        Fingerprints::with(Printer::random())
    }
}

impl Fingerprints {
    /// No prints yet; `printer` makes them.
    pub(super) fn with(printer: Printer) -> Self {
        Fingerprints { table: HashTable::new(), printer }
    }

    fn slot(&self, reference: &Reference, seq: Seq) -> Slot {
        Slot { print: self.printer.print(reference), seq: [(seq >> 32) as u32, seq as u32] }
    }

    pub(super) fn printer(&self) -> Printer {
        self.printer
    }

    /// Every print with its entry.
    pub(super) fn prints(&self) -> impl Iterator<Item = (u32, Seq)> + '_ {
        self.table.iter().map(|slot| (slot.print, slot.seq()))
    }

    /// The entries that may have this reference.
    pub(super) fn candidates(&self, reference: &Reference) -> impl Iterator<Item = Seq> + '_ {
        let wanted = self.slot(reference, 0);
        self.table.iter_hash(wanted.hash()).filter(move |slot| slot.print == wanted.print).map(Slot::seq)
    }

    pub(super) fn insert(&mut self, reference: &Reference, seq: Seq) {
        let slot = self.slot(reference, seq);
        self.table.insert_unique(slot.hash(), slot, Slot::hash);
    }

    pub(super) fn remove(&mut self, reference: &Reference, seq: Seq) {
        let slot = self.slot(reference, seq);
        if let Ok(held) = self.table.find_entry(slot.hash(), |held| *held == slot) {
            held.remove();
        }
    }
}

impl fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fingerprints", self.table.len())
    }
}

#[cfg(test)]
mod tests;
