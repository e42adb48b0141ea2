//! `policy test`: runs the tests of policies, each on a ledger in memory. It reads the tests and their policies, and
//! touches no other file.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::session::Session;
use crate::commands::{Answer, Exit};
use crate::domain::book::Book;
use crate::domain::coverage::{Point, met, points};
use crate::domain::event::{Adoption, Digest, Entry, Event};
use crate::domain::fault::Fault;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::Text;
use crate::domain::units::counted;
use crate::report::policies::{PolicyLabel, ReadFile};
use crate::report::policy_test::{Covered, Difference, PolicyTests, Test, Tested};
use crate::store::ledger::Ledger;
use crate::store::ledger::memory::LedgerInMemory;
use crate::store::policy::cases::{Case, Cases, Expected, Placed, cases, exact, fault, read};
use crate::store::policy::file;
use crate::store::system::{Disk, System};
use anyhow::Context;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A command line of a test.
pub struct Line {
    /// The day that it names.
    pub date: NaiveDate,
    pub run: Box<Run>,
}

/// Answers a command line on a session.
pub type Run = dyn FnOnce(&Session) -> anyhow::Result<Answer>;

/// Understands a command line of a test. The command line itself knows how.
pub type Parse<'p> = &'p dyn Fn(&str) -> Result<Line, Misuse>;

/// Runs the tests of every file. With `coverage`, a rule that no test meets is a failure.
pub fn run(session: &Session, paths: &[PathBuf], coverage: bool, parse: Parse<'_>) -> anyhow::Result<Answer> {
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let bytes = read(path)?;
        let source = String::from_utf8_lossy(&bytes).into_owned();
        let tested = cases(&bytes).and_then(|cases| tested(session, path, &source, &cases, parse));
        files.push(ReadFile { path: path.display().to_string(), source, read: tested });
    }
    let document = PolicyTests { files, coverage };
    let exit = match (document.valid(), document.passed()) {
        (false, _) => Exit::NotValid,
        (true, false) => Exit::No,
        (true, true) => Exit::Fine,
    };
    Ok(Answer { document: Box::new(document), exit, warnings: Vec::new() })
}

/// Whether a file is named as files of tests are.
pub(super) fn is_named_so(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".tests.toml"))
}

/// The policy that a file of tests names, if both are valid. Runs no test.
pub(super) fn tested_policy(path: &Path, bytes: &[u8]) -> Result<Adoption, Vec<Fault>> {
    let cases = cases(bytes)?;
    adoption(path, &String::from_utf8_lossy(bytes), &cases.policy).map_err(|fault| vec![fault])
}

/// Runs the tests of one file, or gives every fault in it.
fn tested(session: &Session, path: &Path, source: &str, cases: &Cases, parse: Parse<'_>) -> Result<Tested, Vec<Fault>> {
    let adoption = adoption(path, source, &cases.policy).map_err(|fault| vec![fault])?;
    let bench = Bench { session, source, adoption: &adoption, parse };
    let mut coverage: Vec<_> =
        points(&adoption.policy).into_iter().map(|point| Covered { point, test: None }).collect();
    let (mut tests, mut faults) = (Vec::with_capacity(cases.cases.len()), Vec::new());
    for case in &cases.cases {
        match bench.run(case) {
            Ok((test, met)) => {
                let met = |covered: &&mut Covered| covered.test.is_none() && met.contains(&covered.point);
                coverage.iter_mut().filter(met).for_each(|covered| covered.test = Some(test.name.clone()));
                tests.push(test);
            }
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Tested { policy: PolicyLabel::of(&adoption), tests, coverage })
}

/// The policy that a file of tests names.
fn adoption(path: &Path, source: &str, named: &Placed<Text>) -> Result<Adoption, Fault> {
    let policy = path.parent().unwrap_or(Path::new("")).join(named.value.as_str());
    let wrong = |message: String, help: String| fault(source, &named.span, message, help);
    let bytes = file::read(&policy)
        .map_err(|error| wrong(error.to_string(), "name the policy's file as seen from this file".to_owned()))?;
    file::freeze(&bytes).map_err(|faults| {
        let policy = policy.display();
        let message = format!("the policy `{policy}` is not valid: {}", counted(faults.len(), "fault", "faults"));
        wrong(message, format!("`exquota policy check {policy}` shows all that is wrong"))
    })
}

/// Runs the tests of one file.
struct Bench<'b> {
    session: &'b Session,
    source: &'b str,
    adoption: &'b Adoption,
    parse: Parse<'b>,
}

impl Bench<'_> {
    fn fault(&self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Fault {
        fault(self.source, span, message.into(), help.into())
    }

    /// The result of a test, and what it meets of the policy; every fault where the file is wrong.
    fn run(&self, case: &Case) -> Result<(Test, Vec<Point>), Vec<Fault>> {
        let mut faults = Vec::new();
        let mut parsed = |line: &Placed<Text>| {
            let wrong = |Misuse { message, next }| faults.push(self.fault(&line.span, message, next));
            (self.parse)(line.value.as_str()).map_err(wrong).ok()
        };
        let given: Vec<Line> = case.given.iter().filter_map(&mut parsed).collect();
        let Some(when) = parsed(&case.when).filter(|_| given.len() == case.given.len()) else { return Err(faults) };
        let session = self
            .founded(given.iter().chain([&when]).map(|line| line.date))
            .map_err(|error| vec![self.fault(&case.name.span, format!("{error:#}"), "mend the dates of the test")])?;
        for (line, placed) in given.into_iter().zip(&case.given) {
            let answer = self.answer(line, &session, placed)?;
            if let Some((message, help)) = not_recorded(&answer) {
                return Err(vec![self.fault(&placed.span, message, help)]);
            }
        }
        let answer = self.answer(when, &session, &case.when)?;
        let text = answer.document.json().unwrap_or_default();
        let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&text).unwrap_or_default();
        let decision = answer.document.decision();
        if let Some(codes) = decision.and_then(|decision| to_raw_value(&codes(&decision.judgement.refusals)).ok()) {
            members.insert("codes".to_owned(), codes);
        }
        let mut differences = Vec::new();
        for (key, expected) in &case.expect {
            match members.get(&key.value) {
                Some(got) => compare(&key.value, expected, got, &mut differences),
                None => faults.push(self.no_such_key(key, &members)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        // A failed test covers nothing, and a test of other keys says nothing about what the rules decide.
        let tells = differences.is_empty()
            && case.expect.iter().any(|(key, _)| key.value == "decision" || key.value == "codes");
        let met = decision.filter(|_| tells).map_or(Vec::new(), |decision| met(&decision.judgement));
        let line = self.fault(&case.name.span, "", "").line.unwrap_or_default();
        Ok((Test { name: case.name.value.clone(), line, when: case.when.value.clone(), differences }, met))
    }

    fn answer(&self, line: Line, session: &Session, placed: &Placed<Text>) -> Result<Answer, Vec<Fault>> {
        (line.run)(session).map_err(|error| {
            let help = error.downcast_ref().map_or("correct the command line", |misuse: &Misuse| &misuse.next);
            vec![self.fault(&placed.span, format!("{error:#}"), help)]
        })
    }

    /// A ledger in memory, whose first line adopts the policy on the test's first day. The clock stands at the end of
    /// its last day, so that no day of the test lies ahead.
    fn founded(&self, days: impl Iterator<Item = NaiveDate> + Clone) -> anyhow::Result<Session> {
        let (first, last) = days.clone().min().zip(days.max()).context("the test names no day")?;
        let now = last.and_time(NaiveTime::MIN).and_utc() + TimeDelta::seconds(86_399);
        let system: Arc<dyn System> = Arc::new(Disk::new(Some(now)));
        let ledger = LedgerInMemory::empty(Arc::clone(&system));
        let adoption = Entry {
            seq: 1,
            recorded_at: now,
            recorded_by: Text::new("test"),
            date: first,
            despite: None,
            event: Event::Policy(self.adoption.clone()),
        };
        let (_, _, admitted) = Book::found(adoption)?;
        ledger.write()?.append(&[admitted], &Digest::ZERO)?;
        Ok(Session { ledger: Arc::new(ledger), system, today: last, cached_from: u64::MAX, ..self.session.clone() })
    }

    fn no_such_key(&self, key: &Placed<String>, members: &BTreeMap<String, Box<RawValue>>) -> Fault {
        let known = || members.keys().map(String::as_str);
        let all = format!("its keys are {}", known().collect::<Vec<_>>().join(", "));
        self.fault(&key.span, format!("the answer has no key `{}`", key.value), did_you_mean(&key.value, known(), &all))
    }
}

/// Why a line of `given` has recorded nothing, and what to do, if so.
fn not_recorded(answer: &Answer) -> Option<(String, &'static str)> {
    let decision = answer.document.decision();
    if decision.is_some_and(|decision| decision.written.is_some()) {
        return None;
    }
    let refusals = decision.into_iter().flat_map(|decision| &decision.judgement.refusals);
    let told: Vec<_> = refusals.map(|refusal| format!("[{}] {}", refusal.code, refusal.message())).collect();
    Some(if told.is_empty() {
        (
            "this line of `given` records nothing".to_owned(),
            "`given` makes the ledger; ask in `when`, and remove what is recorded already",
        )
    } else {
        (
            format!("this line of `given` is refused: {}", told.join("; ")),
            "`given` makes the ledger; test a refusal in `when`, or record it with `--despite REASON`",
        )
    })
}

/// The codes of the refusals, each once.
fn codes(refusals: &[Refusal]) -> Vec<&'static str> {
    let mut codes: Vec<Code> = refusals.iter().map(|refusal| refusal.code).collect();
    codes.dedup();
    codes.into_iter().map(Code::as_str).collect()
}

/// Compares one key of the answer. Of a table, only the keys that the test names are compared.
fn compare(path: &str, expected: &Expected, got: &RawValue, differences: &mut Vec<Difference>) {
    let members = object(got);
    if let (Expected::Table(keys), Some(members)) = (expected, &members) {
        for (Placed { value: key, .. }, expected) in keys {
            let path = format!("{path}.{key}");
            match members.get(key) {
                Some(got) => compare(&path, expected, got, differences),
                None => {
                    differences.push(Difference { key: path, expected: told(expected), got: "nothing".to_owned() });
                }
            }
        }
    } else if !is_met(expected, got) {
        let (key, expected, got) = (path.to_owned(), told(expected), told_beside(expected, got));
        differences.push(Difference { key, expected, got });
    }
}

fn object(got: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(got.get()).ok()
}

/// Whether an answer's value is as expected. Numbers are compared by their digits.
fn is_met(expected: &Expected, got: &RawValue) -> bool {
    match expected {
        // TOML has no null.
        Expected::Text(text) if text == "null" && got.get() == "null" => true,
        Expected::Text(text) => serde_json::from_str::<String>(got.get()).is_ok_and(|got| got == *text),
        Expected::Number(number) => exact(got.get()) == Some(*number),
        Expected::Truth(truth) => got.get() == truth.to_string(),
        Expected::List(items) => serde_json::from_str::<Vec<&RawValue>>(got.get()).is_ok_and(|got| {
            if are_tables(items) {
                return items.iter().all(|item| got.iter().any(|got| is_met(item, got)));
            }
            items.len() == got.len() && items.iter().zip(got).all(|(item, got)| is_met(item, got))
        }),
        Expected::Table(keys) => object(got).is_some_and(|members| {
            keys.iter().all(|(key, expected)| members.get(&key.value).is_some_and(|got| is_met(expected, got)))
        }),
    }
}

/// Each table of a list must be among the answer's, which may have more. Any other list is the whole list.
fn are_tables(items: &[Expected]) -> bool {
    !items.is_empty() && items.iter().all(|item| matches!(item, Expected::Table(_)))
}

/// What is expected, as JSON writes it.
fn told(expected: &Expected) -> String {
    match expected {
        Expected::Text(text) => format!("{text:?}"),
        Expected::Number(number) => number.to_string(),
        Expected::Truth(truth) => truth.to_string(),
        Expected::List(items) => format!("[{}]", items.iter().map(told).collect::<Vec<_>>().join(", ")),
        Expected::Table(keys) => {
            let keys = keys.iter().map(|(key, value)| format!("{}: {}", key.value, told(value)));
            format!("{{{}}}", keys.collect::<Vec<_>>().join(", "))
        }
    }
}

/// What the answer has in its place: of a list of tables, only the keys that the test names.
fn told_beside(expected: &Expected, got: &RawValue) -> String {
    let whole = || got.get().lines().map(str::trim_start).collect::<Vec<_>>().join(" ");
    let (Expected::List(items), Ok(rows)) = (expected, serde_json::from_str::<Vec<&RawValue>>(got.get())) else {
        return whole();
    };
    let [Expected::Table(keys), ..] = items.as_slice() else { return whole() };
    let rows = rows.into_iter().map(|row| {
        let members = object(row).unwrap_or_default();
        let got = |key: &str| members.get(key).map_or("nothing", |got| got.get()).to_owned();
        let keys = keys.iter().map(|(key, _)| format!("{}: {}", key.value, got(&key.value)));
        format!("{{{}}}", keys.collect::<Vec<_>>().join(", "))
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(", "))
}
