use super::*;
use crate::domain::text::{Country, Name, Text};
use chrono::NaiveDate;

fn record(parent: Option<&str>, aliases: &[&str]) -> Registration {
    Registration {
        id: CustomerId::new("cloud"),
        name: Text::new("Cloud Co"),
        country: Country::new("CN"),
        parent: parent.map(CustomerId::new),
        aliases: aliases.iter().map(|alias| Name::new(*alias)).collect(),
        flags: Vec::new(),
    }
}

fn march(day: u32, seq: Seq) -> Place {
    Place { date: NaiveDate::from_ymd_opt(2026, 3, day).unwrap(), seq }
}

fn in_force(registrations: &Registrations) -> Vec<(Seq, Registration)> {
    let all = registrations.records.get(&CustomerId::new("cloud")).unwrap();
    all.iter().map(|counted| (counted.place.seq, (*counted.in_force).clone())).collect()
}

#[test]
fn d5_a_parent_found_out_later_outlives_the_first_registrations_own_date() {
    let mut registrations = Registrations::default();
    registrations.add(&record(None, &[]), march(10, 2));
    registrations.add(&record(Some("alibaba"), &[]), march(5, 3));
    assert_eq!(in_force(&registrations), [(2, record(None, &[])), (3, record(Some("alibaba"), &[]))]);
}

#[test]
fn d5_an_earlier_change_is_carried_into_later_records_that_did_not_change_the_same_part() {
    let mut registrations = Registrations::default();
    registrations.add(&record(None, &[]), march(1, 2));
    registrations.add(&record(None, &["Bee"]), march(15, 3));
    registrations.add(&record(Some("tencent"), &["Bee"]), march(20, 4));
    registrations.add(&record(Some("alibaba"), &["Cee"]), march(5, 5));
    let carried = [
        (2, record(None, &[])),
        (5, record(Some("alibaba"), &["Cee"])),
        (3, record(Some("alibaba"), &["Cee", "Bee"])),
        (4, record(Some("tencent"), &["Cee", "Bee"])),
    ];
    assert_eq!(in_force(&registrations), carried);
}

#[test]
fn r9_a_removed_registration_never_happened_and_comes_back_whole() {
    let mut registrations = Registrations::default();
    for (record, place) in [(record(None, &[]), march(1, 2)), (record(None, &["Bee"]), march(15, 3))] {
        registrations.add(&record, place);
    }
    let before = in_force(&registrations);
    let late = record(Some("alibaba"), &[]);
    registrations.add(&late, march(5, 4));
    let with = in_force(&registrations);
    registrations.remove(&late.id, 4);
    assert_eq!(in_force(&registrations), before);
    registrations.restore(&late, march(5, 4));
    assert_eq!(in_force(&registrations), with);
}

#[test]
fn d5_the_next_registration_is_the_first_where_the_first_is_void() {
    let mut registrations = Registrations::default();
    registrations.add(&record(None, &[]), march(1, 2));
    registrations.add(&record(Some("alibaba"), &[]), march(15, 3));
    registrations.remove(&CustomerId::new("cloud"), 2);
    let firsts: Vec<Seq> = registrations.firsts().iter().map(|first| first.entry).collect();
    assert_eq!(firsts, [3]);
    registrations.remove(&CustomerId::new("cloud"), 3);
    assert!(!registrations.knows(&CustomerId::new("cloud")));
}
