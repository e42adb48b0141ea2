use super::*;
use crate::domain::state::{Amounts, ChipIx};
use crate::domain::text::{Name, Text};
use proptest::prelude::*;

fn policy() -> Policy {
    let country_groups = vec![(Country::new("CN"), vec![Country::new("HK")])];
    Policy { country_groups, ..Policy::bare() }
}

/// A customer's number, its country, its parent (perhaps not yet registered), its alias, and the amount to approve.
type Step = (u8, usize, Option<u8>, u8, i64);

fn registered((id, country, parent, alias, _): Step, entry: Seq) -> Registered {
    let named = |id: u8| CustomerId::new(format!("c{id}"));
    // Without a loop: the rules refuse loops (R2).
    let parent = parent.filter(|parent| *parent < id).map(named);
    let record = Registration {
        id: named(id),
        name: Text::new(format!("C{id}")),
        country: Country::new(["CN", "HK", "SG"][country]),
        parent,
        aliases: vec![Name::new(format!("a{alias}"))],
        flags: Vec::new(),
    };
    Registered { record: Arc::new(record), entry }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r2_families_are_the_same_computed_at_once_or_one_by_one(
        steps in prop::collection::vec((0..8u8, 0..3usize, prop::option::of(0..8u8), 0..4u8, 0..5i64), 1..30),
    ) {
        let mut families = Families::default();
        for (entry, step) in (1..).zip(&steps) {
            families.put(registered(*step, entry), &policy()).unwrap();
            let customer = families.find(&CustomerId::new(format!("c{}", step.0))).unwrap();
            let gets = Amounts { authorised: step.4, ..Amounts::default() };
            families.tallies_mut(customer, |tally| tally.shift(ChipIx::at(0), gets)).unwrap();

            let mut anew = Families::default();
            for (_, customer) in families.iter() {
                anew.put_with(customer.registered.clone(), customer.own.clone());
            }
            anew.regroup(&policy()).unwrap();
            let told = |families: &Families| {
                let countries = format!("{:?}", families.countries);
                let each = |(customer, held): (CustomerIx, &Customer)| {
                    format!("{:?} {:?} {:?}", held.root, families.country(customer), held.family)
                };
                let called: Vec<Vec<CustomerIx>> = (0..4)
                    .map(|alias| {
                        let mut called: Vec<_> = families.called(&format!("A{alias}")).collect();
                        called.sort_unstable();
                        called
                    })
                    .collect();
                (families.iter().map(each).collect::<Vec<String>>(), countries, called)
            };
            prop_assert_eq!(told(&families), told(&anew));
        }
    }
}
