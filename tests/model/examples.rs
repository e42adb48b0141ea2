//! The figures of the design. Model and program must both give them.

use crate::command::{Command, Decision, Options, Register, Verb};
use crate::dates::{DAY, START};
use crate::fold::Book;
use crate::lines::{Approval, Ask, Event, Items};
use crate::policy::{Ceiling, Chip, Counts, Limit, Measure, Policy, Scope, UNIT, Window};
use crate::program::{Folder, differences, run};

fn ceiling(name: &str, scope: Scope, limit: u64) -> Ceiling {
    Ceiling {
        name: name.to_owned(),
        scopes: vec![scope],
        limit: Limit::Plain(limit),
        counts: Counts::Committed,
        measure: Measure::Units,
        window: Window::Ever,
        covers: vec![],
        class: None,
        to: vec![],
        groups: vec![],
        elsewhere: false,
        warn_at: vec![80, 90],
    }
}

fn chip(name: &str, equivalence: i128) -> Chip {
    let (name, equivalence) = (name.to_owned(), Some(equivalence));
    Chip { name, alias: None, equivalence, prohibited: false, tpp: 0, gb: 0, first_sold: START }
}

/// The proposed ceilings: 75,000 a customer, 1,000,000 in all.
fn china_cap() -> Policy {
    Policy {
        version: "cap".to_owned(),
        ceilings: vec![
            ceiling("per-customer", Scope::Customer, 75_000),
            ceiling("national", Scope::Country, 1_000_000),
        ],
        chips: vec![chip("H200", UNIT), chip("MI325X", UNIT), chip("NANO", 1)],
        ..Policy::default()
    }
}

fn command(verb: Verb) -> Command {
    Command { verb, options: Options { date: START, clock: START * DAY + 9 * 3600, ..Options::default() } }
}

fn register(id: &str) -> Command {
    let (name, country) = (Some(format!("{id} company")), Some("CN".to_owned()));
    command(Verb::Register(Register { id: id.to_owned(), name, country, ..Register::default() }))
}

fn approve(number: &str, customer: &str, items: &[(&str, u64)]) -> Command {
    let items: Items = items.iter().map(|(chip, n)| ((*chip).to_owned(), *n)).collect();
    let (licence, customer) = (number.to_owned(), customer.to_owned());
    let check = licence.is_empty();
    let event = Event::Approval(Approval { licence, customer, items, ..Approval::default() });
    command(Verb::Event(event, Ask { check, ahead: check, holder: None }))
}

/// Checks that model and program answer each command alike, and returns the model's answers.
fn answers(commands: &[Command]) -> Vec<Decision> {
    let (mut book, folder) = (Book::default(), Folder::new());
    let answer = |command: &Command| {
        let wanted = command.answer(&mut book);
        let ran = run(&command.args(folder.path()));
        let differences = differences(&ran, &wanted);
        assert!(differences.is_empty(), "{command:#?}\n{}\n{}{}", differences.join("\n"), ran.stdout, ran.stderr);
        assert_eq!(folder.ledger_text(), book.bytes());
        wanted
    };
    commands.iter().map(answer).collect()
}

fn items(items: &[(&str, u64)]) -> Option<Items> {
    Some(items.iter().map(|(chip, n)| ((*chip).to_owned(), *n)).collect())
}

#[test]
fn eighty_thousand_do_not_fit_under_seventy_five() {
    let order = approve("", "alibaba", &[("H200", 60_000), ("MI325X", 20_000)]);
    let answer = answers(&[command(Verb::Init(china_cap())), register("alibaba"), order]).pop().unwrap();
    assert_eq!((answer.exit, answer.units), (1, Some(80_000 * UNIT)));
    assert_eq!(answer.refusals.len(), 1);
    let row = &answer.rows[0];
    assert_eq!((row.used, row.after - row.limit), (0, 5_000 * UNIT));
    assert_eq!(answer.largest_within, items(&[("H200", 60_000), ("MI325X", 15_000)]));
}

#[test]
fn thirteen_customers_fit_and_the_fourteenth_gets_the_rest() {
    let mut commands = vec![command(Verb::Init(china_cap()))];
    for i in 1..=14 {
        commands.push(register(&format!("c{i}")));
        commands.push(approve(&format!("L{i}"), &format!("c{i}"), &[("H200", 75_000)]));
    }
    let answers = answers(&commands);
    let recorded = answers.iter().filter(|answer| answer.decision == "recorded").count();
    assert_eq!(recorded, 1 + 14 + 13);
    let last = answers.last().unwrap();
    assert_eq!(last.refusals[0].ceiling.as_deref(), Some("national"));
    assert_eq!(last.largest_within, items(&[("H200", 25_000)]));
}

#[test]
fn the_limit_is_within_and_a_millionth_more_is_not() {
    let answers = answers(&[
        command(Verb::Init(china_cap())),
        register("alibaba"),
        approve("L1", "alibaba", &[("H200", 74_999), ("NANO", 1_000_000)]),
        approve("", "alibaba", &[("NANO", 1)]),
        approve("L2", "alibaba", &[("NANO", 1)]),
    ]);
    assert_eq!(answers[2].decision, "recorded");
    assert_eq!(answers[2].rows[0].after, answers[2].rows[0].limit);
    assert_eq!(answers[3].exit, 1);
    assert_eq!(answers[4].rows[0].after - answers[4].rows[0].limit, 1);
}
