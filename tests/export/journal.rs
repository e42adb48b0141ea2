//! hledger gets the same amounts as the program, and objects if they differ.

use crate::hledger::hledger;
use crate::support::ok;
use crate::tools::has;
use crate::{deceiving, fixture, sound_ledgers, steps, with};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const AMOUNTS: [(&str, i128); 4] = [("authorised", -1), ("outstanding", 1), ("shipped", 1), ("released", 1)];

fn json(folder: &Path, line: &str) -> Value {
    serde_json::from_str(&ok(folder, &format!("{line} --format json"))).unwrap()
}

fn exported(folder: &Path, day: &str) -> String {
    ok(folder, &format!("export --to hledger --as-of {day}"))
}

/// Checks that hledger's sums are those of `licences`, in chips. hledger also checks every assertion of the journal.
fn the_same_chips(folder: &Path, day: &str, journal: &str) -> usize {
    let (chips, mut compared) = (balances(journal, None), 0);
    for licence in json(folder, &format!("licences --as-of {day}"))["licences"].as_array().unwrap() {
        let number = licence["licence"].as_str().unwrap();
        for chip in licence["chips"].as_array().unwrap() {
            for (amount, sign) in AMOUNTS.into_iter().chain([("returned", 1)]) {
                let ends = format!(":{number}");
                let named = |(account, commodity): &(String, String)| {
                    account.starts_with(&format!("{amount}:"))
                        && account.ends_with(&ends)
                        && commodity == chip["chip"].as_str().unwrap()
                };
                let found: Vec<i128> = chips.iter().filter(|(key, _)| named(key)).map(|(_, count)| *count).collect();
                let wanted = i128::from(chip[amount].as_i64().unwrap()) * sign * 1_000_000;
                let found = found.iter().sum::<i128>();
                assert_eq!(found, wanted, "{amount} of {number} on {day}\n{journal}");
                compared += 1;
            }
        }
    }
    compared
}

/// Checks that hledger's sums, weighed by the policy, are those of `headroom`.
fn the_same_units(folder: &Path, day: &str, journal: &str) -> usize {
    let (mut units, mut compared) = (None, 0);
    // Under a ceiling with a window or destinations a row has only a part of the group's amounts.
    let policy = json(folder, &format!("policy show --date {day}"));
    let whole = |row: &Value| {
        let ceiling =
            policy["ceilings"].as_array().unwrap().iter().find(|ceiling| ceiling["ceiling"] == row["ceiling"]);
        ceiling.is_none_or(|it| it["window"].is_null() && it["to"].is_null())
    };
    for grouping in ["family", "country"] {
        let headroom = json(folder, &format!("headroom --group-by {grouping} --as-of {day}"));
        let unit = headroom["unit"].as_str().unwrap();
        let units = units.get_or_insert_with(|| balances(journal, Some((day, unit))));
        let at = if grouping == "family" { 2 } else { 1 };
        for row in headroom["rows"].as_array().unwrap().iter().filter(|row| whole(row)) {
            for (amount, sign) in AMOUNTS {
                let of_group = |(account, commodity): &&(String, String)| {
                    let parts: Vec<&str> = account.split(':').collect();
                    commodity == unit && parts[0] == amount && parts.get(at) == Some(&row["group"].as_str().unwrap())
                };
                let found: i128 = units.keys().filter(of_group).map(|key| units[key]).sum();
                let wanted = (row[amount].as_f64().unwrap() * 1e6).round() as i128 * sign;
                assert_eq!(found, wanted, "{amount} of {} on {day}\n{journal}", row["group"]);
                compared += 1;
            }
        }
    }
    compared
}

#[test]
fn hledger_gets_the_same_amounts_for_every_fixture() {
    if !has("hledger") {
        return;
    }
    let mut compared = 0;
    for ledger in sound_ledgers() {
        let folder = with(&ledger);
        // One day in the midst of the entries, and one on which everything that can lapse has lapsed.
        let [midst, end] = ["2026-03-15", "2031-01-01"];
        compared += the_same_chips(folder.path(), midst, &exported(folder.path(), midst));
        let journal = exported(folder.path(), end);
        compared += the_same_chips(folder.path(), end, &journal);
        compared += the_same_units(folder.path(), end, &journal);
    }
    assert!(compared > 1_000, "{compared} amounts are too few");
}

#[test]
fn hledger_objects_to_any_changed_amount() {
    if !has("hledger") {
        return;
    }
    let folder = fixture("stories/licence-life");
    let journal = exported(folder.path(), "2031-01-01");
    assert!(hledger(&journal, &["check"]).is_ok());
    let lines: Vec<&str> = journal.lines().collect();
    let mut changed = 0;
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("    ")) {
        // The last amount of a line is moved or asserted, so one more must be wrong.
        let words: Vec<&str> = line.split(' ').collect();
        let Some((place, count)) =
            words.iter().enumerate().rev().find_map(|(place, word)| Some((place, word.parse::<i64>().ok()?)))
        else {
            continue;
        };
        let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        words[place] = (count + 1).to_string();
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[at] = words.join(" ");
        let refused = hledger(&(lines.join("\n") + "\n"), &["check"]).unwrap_err();
        assert!(refused.contains("assertion") || refused.contains("could not balance"), "{line}: {refused}");
        changed += 1;
    }
    assert!(changed > 50, "{changed} amounts are too few");
}

#[test]
fn a_journal_ends_with_the_given_day_or_entry() {
    let folder = fixture("stories/lapse");
    let all = exported(folder.path(), "2031-01-01");
    assert!(all.contains(" expiry "), "{all}");
    let known = ok(folder.path(), "export --to hledger --known-at 4 --as-of 2026-03-20");
    assert!(known.contains("with entries up to 4,") && !known.contains(" entry 5: "), "{known}");
    let early = ok(folder.path(), "export --to hledger --as-of 2026-03-10");
    let last = early.lines().filter_map(|line| line.get(..10)).filter(|day| day.starts_with("2026-")).max();
    assert_eq!(last, Some("2026-03-10"), "{early}");
    assert!(!early.contains(" expiry "));
}

#[test]
fn a_void_entry_is_only_a_comment() {
    let folder = fixture("breaches/violation");
    let journal = exported(folder.path(), "2031-01-01");
    let about: Vec<&str> = journal.lines().filter(|line| line.contains("D1100003")).collect();
    assert_eq!(about, ["; left out, void by entry 8: 2026-03-06 entry 7: approval D1100003: 1 H200 for alibaba"]);
}

#[test]
fn a_name_cannot_end_an_account_or_begin_a_comment() {
    let folder = deceiving();
    let journal = exported(folder.path(), "2031-01-01");
    let letters = |line: &&str| line.starts_with("    ") && line.chars().any(|letter| letter.is_control());
    assert_eq!(journal.lines().find(letters), None);
    // The ledger's four licences differ only in characters that are escaped.
    let numbers: BTreeMap<&str, usize> = journal
        .lines()
        .filter_map(|line| line.trim().strip_prefix("authorised:CN:a:a:"))
        .filter_map(|line| line.split_once("  ").map(|(number, _)| number))
        .fold(BTreeMap::new(), |mut numbers, number| {
            *numbers.entry(number).or_default() += 1;
            numbers
        });
    let numbers: Vec<&str> = numbers.into_keys().collect();
    assert_eq!(numbers, ["%28L%29%3A%2A", "L%253B1%3A", "L%3B%3B1", "L%3B1%3A"]);
    if has("hledger") {
        hledger(&journal, &["check"]).unwrap_or_else(|error| panic!("{error}\n{journal}"));
        let held = balances(&journal, None);
        let outstanding: Vec<i128> =
            held.iter().filter(|((account, _), _)| account.starts_with("outstanding")).map(|(_, held)| *held).collect();
        assert_eq!(outstanding, [4_000_000, 3_000_000, 1_000_000, 2_000_000]);
    }
}

#[test]
fn a_shipment_beyond_a_licence_is_in_excess_until_it_is_allowed() {
    let folder = steps(&[
        "approve L a H200=10 --expires 2026-01-31 --date 2026-01-02",
        "ship X1 --licence L H200=13 --date 2026-01-03 --despite late",
        "ship X2 --licence L MI325X=2 --date 2026-01-04 --despite unlicensed",
        "amend L H200=15 --date 2026-01-05",
        "return R1 --shipment X1 H200=4 --date 2026-01-06",
        "ship X3 --licence L H200=3 --date 2026-02-03 --despite expired",
        "amend L H200=20 --expires 2026-03-31 --date 2026-02-04 --despite extended",
        "close L --reason revoked --date 2026-03-01",
    ]);
    let journal = exported(folder.path(), "2026-12-31");
    let excess = |day: &str| -> Vec<String> {
        let asked = ["balance", "excess", "--no-total", "--flat", "--end", day];
        let printed = hledger(&journal, &asked).unwrap_or_else(|error| panic!("{error}\n{journal}"));
        printed.split_whitespace().filter(|word| word.parse::<i64>().is_ok()).map(str::to_owned).collect()
    };
    if has("hledger") {
        assert_eq!(excess("2026-01-05"), ["-3", "-2"]);
        assert_eq!(excess("2026-01-06"), ["-2"]);
        assert_eq!(excess("2026-02-04"), ["-1", "-2"]);
        assert_eq!(excess("2026-12-31"), ["-2"]);
        let held = balances(&journal, None);
        let total = |account: &str| {
            let key = (format!("{account}:CN:a:a:L"), "H200".to_owned());
            held.get(&key).copied().unwrap_or_default() / 1_000_000
        };
        let all = ["authorised", "outstanding", "shipped", "released", "returned", "excess"].map(total);
        assert_eq!(all, [-20, 0, 16, 4, 4, 0]);
    }
}

/// The balances of all accounts, in millionths, by account and commodity. `weighed`: a day, and the unit to weigh in.
pub(crate) fn balances(journal: &str, weighed: Option<(&str, &str)>) -> BTreeMap<(String, String), i128> {
    let value = weighed.map(|(day, unit)| format!("--value={day},{unit}"));
    let mut args = vec!["balance", "--flat", "--no-total", "--output-format=json"];
    args.extend(value.as_deref());
    let printed = hledger(journal, &args).unwrap_or_else(|error| panic!("{error}\n{journal}"));
    let document: Value = serde_json::from_str(&printed).unwrap();
    let mut balances = BTreeMap::new();
    for row in document[0].as_array().unwrap() {
        for amount in row[3].as_array().unwrap() {
            let quantity = &amount["aquantity"];
            let places = u32::try_from(quantity["decimalPlaces"].as_u64().unwrap()).unwrap();
            let mantissa = i128::from(quantity["decimalMantissa"].as_i64().unwrap());
            let key = (row[0].as_str().unwrap().to_owned(), amount["acommodity"].as_str().unwrap().to_owned());
            *balances.entry(key).or_default() += mantissa * 1_000_000 / 10_i128.pow(places);
        }
    }
    balances
}
