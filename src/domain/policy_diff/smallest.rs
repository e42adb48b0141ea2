//! The smallest order of one chip that two policies decide differently, for a customer with no usage (D30).

use crate::domain::policy::{Ceiling, Counts, Policy, Scope};
use crate::domain::refusal::Code;
use crate::domain::text::{CeilingName, ChipName};

/// The largest quantity of one item (R1).
const MOST: u64 = 1_000_000_000;

/// An order that one policy admits and the other refuses; every smaller one is decided alike.
#[derive(Clone, PartialEq, Debug)]
pub struct Smallest {
    /// How many chips.
    pub quantity: u64,
    /// Whether the second policy is the one that refuses.
    pub refused_by_second: bool,
    /// Why.
    pub code: Code,
    /// The ceiling that refuses, if one does.
    pub ceiling: Option<CeilingName>,
}

/// The smallest whole quantity from 1 to 1,000,000,000 of `chip` that one of the two admits and the other refuses.
/// Judged are the chip and the ceilings that any order meets: not a licensee's, as an order need not name one, and
/// not those that count what has shipped, as an approval adds nothing to them (D8).
pub fn smallest(a: &Policy, b: &Policy, chip: &ChipName) -> Option<Smallest> {
    let (most_a, most_b) = (Most::of(a, chip), Most::of(b, chip));
    let (refuses, refused_by_second) = match most_a.quantity.cmp(&most_b.quantity) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => (most_a, false),
        std::cmp::Ordering::Greater => (most_b, true),
    };
    Some(Smallest { quantity: refuses.quantity + 1, refused_by_second, code: refuses.code, ceiling: refuses.ceiling })
}

/// The largest order that a policy admits, and what refuses the next larger one.
struct Most {
    quantity: u64,
    code: Code,
    ceiling: Option<CeilingName>,
}

impl Most {
    fn of(policy: &Policy, name: &ChipName) -> Most {
        let none = |code| Most { quantity: 0, code, ceiling: None };
        let Some(chip) = policy.chip(name) else {
            return none(Code::ChipUnknown);
        };
        if chip.prohibited.is_some() {
            return none(Code::ChipProhibited);
        }
        let mut most = Most { quantity: MOST, code: Code::QuantityInvalid, ceiling: None };
        for ceiling in policy.ceilings.iter().filter(|ceiling| every_order_meets(ceiling)) {
            // What counts as nothing is refused by no ceiling (D7).
            let Some(fits) = chip.equivalence.and_then(|each| ceiling.limit.whole_times(each)) else {
                continue;
            };
            let fits = u64::try_from(fits.max(0)).unwrap_or(MOST);
            if fits < most.quantity {
                most = Most { quantity: fits, code: Code::CeilingExceeded, ceiling: Some(ceiling.name.clone()) };
            }
        }
        most
    }
}

fn every_order_meets(ceiling: &Ceiling) -> bool {
    ceiling.counts == Counts::Committed && ceiling.scope != Scope::Licensee
}
