//! The four amounts of rule R3, per chip, for one licence or summed over a group.

use super::chips::ChipIx;
use crate::domain::ceiling::Counts;
use crate::domain::units::Overflow;

/// The amounts of one chip. The program derives them from the ledger, which never stores them (R3).
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Amounts {
    /// The total that licences allow, open or not.
    pub authorised: i64,
    pub shipped: i64,
    /// The part that may still ship.
    pub outstanding: i64,
    /// The part that never shipped before its licence closed or lapsed.
    pub released: i64,
    /// Chips that came back. They restore headroom only where the policy says so (R10).
    pub returned: i64,
    /// Chips that were lost, destroyed or resold where they are (R10).
    pub retired: i64,
    /// The part of replaced licences that did not ship. Another licence has taken it over (R4).
    pub replaced: i64,
    /// Chips that the customer has had from others (R14). Only sums of ceilings that count them have any.
    pub elsewhere: i64,
}

impl Amounts {
    /// Shipped plus outstanding. A licence and its shipments are never both counted.
    pub fn committed(self) -> i64 {
        self.shipped + self.outstanding
    }

    /// The amount that a ceiling counts (R3), with what others sold. `restores`: whether returns restore headroom (R10).
    pub fn counted(self, counts: Counts, restores: bool) -> i64 {
        let restored = if restores { self.returned } else { 0 };
        let own = match counts {
            Counts::Committed => self.committed() - restored,
            Counts::Shipped => self.shipped - restored,
            Counts::Authorised => self.authorised - self.replaced,
            Counts::Installed => self.shipped - self.returned - self.retired,
        };
        own + self.elsewhere
    }

    /// The amounts that a shipment moves and its returns, and no others: where a ceiling follows shipments, these count
    /// as the shipment says (R14).
    pub fn of_shipments(self) -> Amounts {
        let Amounts { shipped, returned, retired, .. } = self;
        Amounts { shipped, returned, retired, ..Amounts::default() }
    }

    /// All other amounts.
    pub fn of_licences(self) -> Amounts {
        Amounts { shipped: 0, returned: 0, retired: 0, ..self }
    }

    /// The sum of both.
    pub fn plus(self, other: Amounts) -> Result<Amounts, Overflow> {
        self.combine(other, i64::checked_add)
    }

    /// The difference from `before` to these amounts.
    pub fn since(self, before: Amounts) -> Result<Amounts, Overflow> {
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
            retired: add(self.retired, other.retired)?,
            replaced: add(self.replaced, other.replaced)?,
            elsewhere: add(self.elsewhere, other.elsewhere)?,
        })
    }
}

/// The amounts of every chip, for one group.
#[derive(Clone, Default, Debug)]
pub struct Tally(Vec<Amounts>);

impl Tally {
    /// No amounts.
    pub const NOTHING: &Tally = &Tally(Vec::new());

    /// A tally of these amounts, in the order of [`ChipIx`].
    pub fn new(amounts: Vec<Amounts>) -> Self {
        Tally(amounts)
    }

    /// The sum of these amounts.
    pub fn sum(amounts: impl IntoIterator<Item = (ChipIx, Amounts)>) -> Result<Self, Overflow> {
        let mut sum = Tally::default();
        amounts.into_iter().try_for_each(|(chip, amounts)| sum.shift(chip, amounts))?;
        Ok(sum)
    }

    /// Every chip that was ever counted here, with its amounts.
    pub fn iter(&self) -> impl Iterator<Item = (ChipIx, Amounts)> + '_ {
        self.0.iter().enumerate().map(|(index, amounts)| (ChipIx::at(index), *amounts))
    }

    /// Whether nothing counts here any more.
    pub fn is_nothing(&self) -> bool {
        self.0.iter().all(|amounts| *amounts == Amounts::default())
    }

    /// The amounts of one chip.
    pub fn of(&self, chip: ChipIx) -> Amounts {
        self.0.get(chip.index()).copied().unwrap_or_default()
    }

    /// Adds the change of one licence's amounts.
    pub(super) fn shift(&mut self, chip: ChipIx, change: Amounts) -> Result<(), Overflow> {
        if self.0.len() <= chip.index() {
            self.0.resize(chip.index() + 1, Amounts::default());
        }
        if let Some(held) = self.0.get_mut(chip.index()) {
            *held = held.plus(change)?;
        }
        Ok(())
    }

    /// Adds all amounts of `other`.
    pub(super) fn absorb(&mut self, other: &Tally) -> Result<(), Overflow> {
        other.iter().try_for_each(|(chip, amounts)| self.shift(chip, amounts))
    }
}
