//! The four amounts of rule R3, per chip, for one licence or summed over a group.

use super::chips::ChipIx;
use crate::domain::policy::Counts;
use crate::domain::units::Overflow;

/// Chips of one model: derived, never stored in the ledger (R3).
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Amounts {
    /// What licences allow in all, open or not.
    pub authorised: i64,
    /// What has left.
    pub shipped: i64,
    /// What may still leave.
    pub outstanding: i64,
    /// What never left before its licence closed or lapsed.
    pub released: i64,
    /// What came back; it restores headroom only where the policy says so (R10).
    pub returned: i64,
}

impl Amounts {
    /// Shipped and outstanding: an approval and its shipments are never both counted.
    pub fn committed(self) -> i64 {
        self.shipped + self.outstanding
    }

    /// What a ceiling counts, net of returns where `restores`.
    pub fn counted(self, counts: Counts, restores: bool) -> i64 {
        let gross = match counts {
            Counts::Committed => self.committed(),
            Counts::Shipped => self.shipped,
        };
        if restores { gross - self.returned } else { gross }
    }

    fn plus(self, other: Amounts) -> Result<Amounts, Overflow> {
        self.combine(other, i64::checked_add)
    }

    /// What it takes to come from `before` to this.
    pub(super) fn since(self, before: Amounts) -> Result<Amounts, Overflow> {
        self.combine(before, i64::checked_sub)
    }

    fn combine(self, other: Amounts, add: impl Fn(i64, i64) -> Option<i64>) -> Result<Amounts, Overflow> {
        let add = |a, b| add(a, b).ok_or(Overflow);
        Ok(Amounts {
            authorised: add(self.authorised, other.authorised)?,
            shipped: add(self.shipped, other.shipped)?,
            outstanding: add(self.outstanding, other.outstanding)?,
            released: add(self.released, other.released)?,
            returned: add(self.returned, other.returned)?,
        })
    }
}

/// Amounts of every chip, for one group.
#[derive(Clone, Default, Debug)]
pub struct Tally(Vec<Amounts>);

impl Tally {
    /// These amounts, chip by chip.
    pub fn new(amounts: Vec<Amounts>) -> Self {
        Tally(amounts)
    }

    /// The chips that were ever counted here, with their amounts.
    pub fn iter(&self) -> impl Iterator<Item = (ChipIx, Amounts)> + '_ {
        self.0.iter().enumerate().map(|(index, amounts)| (ChipIx::at(index), *amounts))
    }

    /// One licence's part of this group changes by this much.
    pub(super) fn shift(&mut self, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        if self.0.len() <= chip.index() {
            self.0.resize(chip.index() + 1, Amounts::default());
        }
        if let Some(held) = self.0.get_mut(chip.index()) {
            *held = held.plus(change)?;
        }
        Ok(())
    }

    /// Everything of `other` is counted here too.
    pub(super) fn absorb(&mut self, other: &Tally) -> Result<(), Overflow> {
        other.iter().try_for_each(|(chip, amounts)| self.shift(chip, amounts))
    }
}
