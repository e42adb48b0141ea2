//! One ledger that the program and the model keep side by side.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::command::{Command, Decision, Options, Register, Verb};
use crate::dates::{self, DAY, Day, START};
use crate::dice::{self, Dice};
use crate::fold::{Book, Written};
use crate::generate::Maker;
use crate::lines::{Event, Items, Line};
use crate::policy::{Limit, Policy};
use crate::program::{self, Folder};
use crate::reports;

/// The dice of one session.
#[derive(Clone)]
pub(crate) struct Throws {
    pub(crate) policies: Vec<u16>,
    pub(crate) commands: Vec<Vec<u16>>,
}

impl std::fmt::Debug for Throws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The message shows the commands that the dice made; the numbers themselves say nothing.
        write!(f, "dice for {} commands", self.commands.len())
    }
}

type Outcome = Result<(), TestCaseError>;

pub(crate) struct Session {
    pub(crate) folder: Folder,
    pub(crate) book: Book,
    policies: Vec<Policy>,
    now: i64,
    history: Vec<Command>,
    /// Whether the verbs wrote every line so far.
    asked: bool,
}

impl Session {
    /// Begins with `init` and the first customers.
    pub(crate) fn begin(throws: &Throws) -> Session {
        Session::start(throws, false, true).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn begin_plain(throws: &Throws) -> Session {
        Session::start(throws, true, true).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A ledger of random lines that the model wrote without a check.
    pub(crate) fn unasked(throws: &Throws) -> Session {
        let mut session = Session::start(throws, false, false).unwrap_or_else(|error| panic!("{error}"));
        for dice in &throws.commands {
            let mut dice = Dice::new(dice);
            session.pass_time(&mut dice);
            let command = session.maker().any(&mut dice);
            session.write_unasked(&command);
        }
        std::fs::write(session.folder.ledger(), session.book.bytes()).unwrap();
        session
    }

    fn start(throws: &Throws, plain: bool, asked: bool) -> Result<Session, TestCaseError> {
        let mut dice = Dice::new(&throws.policies);
        let policies: Vec<Policy> = (0..3).map(|version| dice::policy(&mut dice, version, plain)).collect();
        let now = START * DAY + 8 * 3600;
        let (folder, book) = (Folder::new(), Book::default());
        let mut session = Session { folder, book, policies, now, history: vec![], asked };
        let options = Options { date: START - dice.pick(3) as Day, clock: now, ..Options::default() };
        session.submit(&Command { verb: Verb::Init(session.policies[0].clone()), options })?;
        for i in 0..2 + dice.pick(3) {
            let command = session.maker().first(&mut dice, i);
            session.submit(&command)?;
        }
        let mut ceilings = session.policies.iter().flat_map(|policy| &policy.ceilings);
        let shares = ceilings.any(|ceiling| matches!(ceiling.limit, Limit::Share(..)));
        for _ in 0..if shares { 5 } else { 0 } {
            let command = session.maker().first_volume(&mut dice);
            session.submit(&command)?;
        }
        Ok(session)
    }

    fn submit(&mut self, command: &Command) -> Outcome {
        if self.asked {
            return self.run(command).map(|_| ());
        }
        self.write_unasked(command);
        Ok(())
    }

    fn write_unasked(&mut self, command: &Command) {
        let state = self.book.state(command.options.date);
        let (event, ask) = command.event(&mut self.book, &state);
        if ask.check && !command.options.record || command.options.dry_run {
            return;
        }
        let mut line = self.book.next(self.now, command.options.date, event);
        line.despite.clone_from(&command.options.despite);
        if ask.check {
            let question = Line { ask, ..line };
            let refusals = self.book.judge(&question).refusals;
            // Of three checks one is forged: it says that nothing was refused.
            let told = if question.seq.is_multiple_of(3) { &[] } else { refusals.as_slice() };
            let Some(recorded) = self.book.recorded_check(&question, told) else { return };
            line = recorded;
        }
        self.book.write(line);
    }

    fn maker(&self) -> Maker<'_> {
        Maker { book: &self.book, policies: &self.policies, now: self.now }
    }

    /// Moves the clock on by a minute to a day, and sometimes back by less than five minutes.
    fn pass_time(&mut self, dice: &mut Dice<'_>) {
        self.now += match dice.pick(8) {
            0..3 => 60,
            3..5 => 5 * 3600,
            5..7 => DAY,
            _ => dice.of(&[-40, -40, 8 * DAY]),
        };
    }

    /// One random step: a command, a retry of one, or a report.
    pub(crate) fn any(&mut self, dice: &[u16]) -> Outcome {
        let mut dice = Dice::new(dice);
        self.pass_time(&mut dice);
        let today = self.now.div_euclid(DAY);
        match dice.pick(25) {
            24 => return self.headroom(today - 10 + dice.pick(30) as Day),
            23 if !self.history.is_empty() => {
                let mut again = dice.of(&self.history);
                (again.options.clock, again.options.expect_head) = (self.now, None);
                let gone = |register: &Register| {
                    // A void took out its first registration, so this would be a usage error now.
                    let known = self.book.state(again.options.date).customers;
                    register.name.is_none() && !known.contains_key(&register.id)
                };
                if matches!(&again.verb, Verb::Register(register) if gone(register)) {
                    return Ok(());
                }
                return self.run(&again).map(|_| ());
            }
            22 => return self.validate(),
            _ => {}
        }
        let command = self.maker().any(&mut dice);
        let decision = self.run(&command)?;
        self.largest_is_largest(&command, &decision)?;
        if decision.decision == "recorded" {
            // A recorded line must not exceed a ceiling that it adds to (R6).
            let over = |row: &crate::judge::Row| row.requested > 0 && row.after > row.limit;
            prop_assert!(!decision.refusals.is_empty() || !decision.rows.iter().any(over), "{}", self.story(&command));
            let mut again = command.clone();
            again.options.clock = self.now + 5;
            let retried = self.run(&again)?;
            prop_assert_eq!(retried.decision, "already-recorded", "{}", self.story(&command));
            prop_assert_eq!(retried.entry, decision.entry, "{}", self.story(&command));
            self.history.push(command);
        }
        Ok(())
    }

    /// Runs a command in both; decision and bytes must be the same.
    pub(crate) fn run(&mut self, command: &Command) -> Result<Decision, TestCaseError> {
        let wanted = command.answer(&mut self.book);
        let run = program::run(&command.args(self.folder.path()));
        let mut differences = program::differences(&run, &wanted);
        let (file, model) = (self.folder.ledger_text(), self.book.bytes());
        if file != model {
            let line = file.lines().zip(model.lines()).find(|(a, b)| a != b);
            differences.push(format!("the file differs: {line:#?}"));
        }
        prop_assert!(
            differences.is_empty(),
            "\n{}\n{}\nprogram said: {}{}",
            self.story(command),
            differences.join("\n"),
            run.stdout,
            run.stderr
        );
        Ok(wanted)
    }

    /// The largest quantities that `check` gives pass, and one chip more of an item that was cut does not (R12).
    fn largest_is_largest(&mut self, command: &Command, decision: &Decision) -> Outcome {
        let (Verb::Event(event, ask), Some(largest)) = (&command.verb, &decision.largest_within) else {
            return Ok(());
        };
        if !ask.check || decision.decision != "refused" || largest.iter().all(|item| item.1 == 0) {
            return Ok(());
        }
        // Each answer that is recorded moves the head.
        let options = Options { expect_head: None, ..command.options.clone() };
        let with = |items: &Items| Command {
            verb: Verb::Event(event.with_items(items), ask.clone()),
            options: options.clone(),
        };
        let passed = self.run(&with(largest))?;
        prop_assert_eq!(passed.decision, "within", "{}", self.story(command));
        for (i, asked) in decision.items.iter().enumerate().filter(|(i, asked)| largest[*i].1 < asked.1) {
            let mut more = largest.clone();
            more[i].1 += 1;
            let refused = self.run(&with(&more))?;
            prop_assert_eq!(refused.decision, "refused", "one more of {:?}: {}", asked, self.story(command));
        }
        Ok(())
    }

    /// Compares `headroom --as-of`, which reads the file anew.
    pub(crate) fn headroom(&self, day: Day) -> Outcome {
        let ledger = self.folder.ledger().display().to_string();
        let (clock, day_text) = (dates::clock(self.now), dates::text(day));
        let args = [
            "exquota", "headroom", "--all", "--as-of", &day_text, "--format", "json", "--ledger", &ledger, "--clock",
            &clock,
        ];
        let run = program::run(&args.map(str::to_owned));
        let differences = reports::headroom_differences(&self.book, day, &run.json());
        let fine = run.exit == 0 && differences.is_empty();
        prop_assert!(
            fine,
            "\nheadroom --as-of {day_text}\n{}\n{}\n{}",
            self.ledger(),
            differences.join("\n"),
            run.stderr
        );
        Ok(())
    }

    fn validator(&self) -> program::Run {
        let ledger = self.folder.ledger().display().to_string();
        program::run(&["exquota", "validate", &ledger, "--format", "json"].map(str::to_owned))
    }

    pub(crate) fn validate(&self) -> Outcome {
        let run = self.validator();
        let differences = reports::validate_differences(&self.book, &run.json(), run.exit);
        prop_assert!(
            differences.is_empty(),
            "\nvalidate\n{}\n{}\n{}",
            self.ledger(),
            differences.join("\n"),
            run.stderr
        );
        if self.asked {
            // A ledger that the verbs wrote holds no breach (R6).
            prop_assert_eq!(run.exit, 0);
        }
        Ok(())
    }

    /// Cuts the file and validates the rest.
    pub(crate) fn cut(mut self, at: prop::sample::Index) -> Outcome {
        let bytes = self.book.bytes().into_bytes();
        let cut = at.index(bytes.len());
        std::fs::write(self.folder.ledger(), &bytes[..cut]).unwrap();
        let whole = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
        let run = self.validator();
        if whole == 0 {
            // A file without a whole line is no ledger.
            prop_assert_eq!(run.exit, 3, "cut at {}: {}", cut, run.stdout);
            return Ok(());
        }
        if bytes[cut - 1] != b'\n' {
            // A last line without an end is a fault (D37).
            let code = &run.json()["ledgers"][0]["faults"][0]["code"];
            prop_assert_eq!(run.exit, 3, "cut at {}: {}", cut, run.stdout);
            prop_assert_eq!(code, "line-unfinished", "cut at {}: {}", cut, run.stdout);
            let end = bytes[..cut].iter().rposition(|byte| *byte == b'\n').unwrap();
            std::fs::write(self.folder.ledger(), &bytes[..=end]).unwrap();
        }
        self.book.written.truncate(whole);
        self.validate()
    }

    /// Changes one byte anywhere but in the last line, whose content the chain does not protect.
    pub(crate) fn flip(self, at: prop::sample::Index, flip: u8) -> Outcome {
        let mut bytes = self.book.bytes().into_bytes();
        let last = bytes.iter().rposition(|byte| *byte == b'\n').unwrap();
        let end = bytes[..last].iter().rposition(|byte| *byte == b'\n').unwrap();
        let at = at.index(end + 1);
        bytes[at] ^= flip;
        std::fs::write(self.folder.ledger(), &bytes).unwrap();
        let run = self.validator();
        prop_assert_eq!(run.exit, 3, "byte {} changed by {}: {}", at, flip, run.stdout);
        let faults = run.json()["ledgers"][0]["faults"].as_array().map_or(0, Vec::len);
        prop_assert!(faults > 0, "byte {} changed by {}: {}", at, flip, run.stdout);
        Ok(())
    }

    /// The policies and the lines so far, for the message of a failure.
    fn ledger(&self) -> String {
        let policies: String = self.policies.iter().map(|policy| format!("--- {}\n", summary(policy))).collect();
        let line = |written: &Written| match &written.line.event {
            Event::Policy { digest, .. } => {
                let (seq, date) = (written.line.seq, dates::text(written.line.date));
                format!("{seq} on {date}: policy {}\n", self.book.policy(digest).version)
            }
            _ => {
                let json = written.line.json();
                format!("{} {}\n", written.line.seq, json.split_once("\"recorded_at\"").map_or("", |parts| parts.1))
            }
        };
        policies + "---\n" + &self.book.written.iter().map(line).collect::<String>()
    }

    fn story(&self, command: &Command) -> String {
        format!("{}$ {}", self.ledger(), command.args(self.folder.path()).join(" "))
    }
}

/// A policy's text without the fields that decide nothing.
fn summary(policy: &Policy) -> String {
    let text = policy.toml();
    let idle = ["name", "status", "title", "sources", "unit", "vendor", "warn_at"];
    let telling = |line: &&str| !line.is_empty() && !idle.iter().any(|key| line.starts_with(key));
    text.lines().filter(telling).collect::<Vec<_>>().join(" | ")
}
