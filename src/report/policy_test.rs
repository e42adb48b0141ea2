//! The answer of `policy test`: what differs, and which rules no test meets.

use super::Document;
use super::ci::junit::{self, Case, Outcome};
use super::clean::clean;
use super::medium::{Medium, Tone};
use super::policies::{PolicyLabel, ReadFile};
use super::row::{object, row};
use super::table::{Cell, Table};
use super::values::words_in_output;
use super::wording::count;
use crate::domain::coverage::{Meeting, Point};
use crate::domain::fault::Fault;
use crate::domain::text::Text;
use schemars::JsonSchema;
use serde::Serialize;

/// One key of an answer that is not as a test expects it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Difference {
    /// The keys from the answer's root, joined by dots.
    pub key: String,
    /// As JSON writes it.
    pub expected: String,
    /// As JSON writes it.
    pub got: String,
}

/// A test that was run.
#[derive(Debug)]
pub struct Test {
    pub name: Text,
    /// The line of its name in the file.
    pub line: u64,
    /// The command line that it tests.
    pub when: Text,
    /// Empty where it passed.
    pub differences: Vec<Difference>,
}

/// A rule of the policy, and the first test that meets it.
#[derive(Debug)]
pub struct Covered {
    pub point: Point,
    /// None where no test meets it: a gap.
    pub test: Option<Text>,
}

/// The tests of one policy.
pub struct Tested {
    pub policy: PolicyLabel,
    pub tests: Vec<Test>,
    pub coverage: Vec<Covered>,
}

/// The answer of `policy test`.
pub struct PolicyTests {
    /// In the order given.
    pub files: Vec<ReadFile<Tested>>,
    /// Whether a gap is a failure.
    pub coverage: bool,
}

words_in_output!(Meeting);

object! {
    /// What `policy test` answers.
    "policy-test" it: PolicyTests { passed: it.valid() && it.passed(), files: &it.files }
}

object! {
    it: ReadFile<Tested> {
        path,
        policy: it.ran().map(|tested| &tested.policy),
        faults: it.faults(),
        tests: it.ran().map_or(&[][..], |tested| &tested.tests),
        /// One row for each way in which a test must meet a rule.
        coverage: it.ran().map_or(&[][..], |tested| &tested.coverage),
    }
}

object! {
    it: Test { name, line, when, passed: it.differences.is_empty(), differences }
}

row! {
    it: Covered {
        rule: &it.point.rule => text,
        meeting: it.point.meeting => text,
        /// The first test that meets it; null where none does.
        test => text = it.test.as_ref().map_or_else(|| Cell::of("NONE").toned(Some(Tone::Alarm)), Cell::of),
    }
}

impl ReadFile<Tested> {
    fn ran(&self) -> Option<&Tested> {
        self.read.as_ref().ok()
    }
}

impl Tested {
    fn failed(&self) -> impl Iterator<Item = &Test> {
        self.tests.iter().filter(|test| !test.differences.is_empty())
    }

    fn gaps(&self) -> usize {
        self.coverage.iter().filter(|covered| covered.test.is_none()).count()
    }

    fn passed(&self, coverage: bool) -> bool {
        self.failed().next().is_none() && !(coverage && self.gaps() > 0)
    }
}

impl PolicyTests {
    /// Whether no file has a fault.
    pub fn valid(&self) -> bool {
        self.files.iter().all(|file| file.read.is_ok())
    }

    /// Whether every test passed and, where coverage is asked for, there is no gap.
    pub fn passed(&self) -> bool {
        self.files.iter().filter_map(ReadFile::ran).all(|tested| tested.passed(self.coverage))
    }
}

impl Document for PolicyTests {
    fn text(&self, medium: &Medium) -> String {
        let files = self.files.iter().map(|file| match &file.read {
            Ok(tested) => told(&file.path, tested, self.coverage, medium),
            Err(_) => file.told_not_valid(medium.colour),
        });
        files.collect::<Vec<_>>().join("\n")
    }

    fn junit(&self) -> Option<String> {
        let suites = self.files.iter().map(|file| {
            let cases = match &file.read {
                Ok(tested) => cases(&file.path, tested, self.coverage),
                Err(faults) => faults.iter().map(|fault| faulty(&file.path, fault)).collect(),
            };
            (file.path.clone(), cases, Vec::new())
        });
        Some(junit::written("exquota policy test", &suites.collect::<Vec<_>>()))
    }
}

fn told(path: &str, tested: &Tested, coverage: bool, medium: &Medium) -> String {
    let (path, all) = (clean(path), count(tested.tests.len(), "test", "tests"));
    let failed = tested.failed().count();
    let verdict = match (tested.passed(coverage), failed) {
        (true, _) => format!("PASSED  {path}: {all}"),
        (false, 0) => format!("NOT COVERED  {path}: {all} passed, {}", count(tested.gaps(), "gap", "gaps")),
        (false, _) => format!("FAILED  {path}: {failed} of {all}"),
    };
    let mut text = format!("{verdict}; {}\n", tested.policy.line());
    for test in tested.failed() {
        text += &format!("\n{path}:{}: {}\n  {}\n", test.line, clean(test.name.as_str()), clean(test.when.as_str()));
        for difference in &test.differences {
            text += &format!("  {}\n", clean(&difference.told()));
        }
    }
    let gaps = match tested.gaps() {
        0 => "no gap".to_owned(),
        gaps => count(gaps, "gap", "gaps"),
    };
    text + &format!("\nCoverage: {gaps}\n{}", Table::of(&tested.coverage).text(medium))
}

impl Difference {
    fn told(&self) -> String {
        format!("{}: expected {}, got {}", self.key, self.expected, self.got)
    }
}

impl Covered {
    fn told(&self) -> String {
        match self.point.meeting {
            Meeting::AtLimit => format!("coverage: {} is met exactly", self.point.rule),
            Meeting::PastLimit => format!("coverage: {} is passed by the least amount", self.point.rule),
            Meeting::JustBelow => format!("coverage: {} is just not reached", self.point.rule),
            Meeting::Met => format!("coverage: {} is met", self.point.rule),
        }
    }
}

fn cases(path: &str, tested: &Tested, coverage: bool) -> Vec<Case> {
    let test = |test: &Test| {
        let told: Vec<_> = test.differences.iter().map(|difference| clean(&difference.told()).into_owned()).collect();
        let outcome = match told.first() {
            None => Outcome::Passed,
            Some(first) => Outcome::Failed {
                code: "expectation",
                message: first.clone(),
                details: format!("{}:{}: {}\n{}", clean(path), test.line, clean(test.when.as_str()), told.join("\n")),
            },
        };
        Case { name: clean(test.name.as_str()).into_owned(), outcome }
    };
    let covered = |covered: &Covered| {
        let outcome = match (&covered.test, coverage) {
            (Some(_), _) => Outcome::Passed,
            (None, false) => Outcome::Skipped("no test meets it; --coverage makes this a failure"),
            (None, true) => Outcome::Failed {
                code: "coverage",
                message: "no test meets it".to_owned(),
                details: format!("{}: write a test whose `when` meets the rule", clean(path)),
            },
        };
        Case { name: clean(&covered.told()).into_owned(), outcome }
    };
    tested.tests.iter().map(test).chain(tested.coverage.iter().map(covered)).collect()
}

fn faulty(path: &str, fault: &Fault) -> Case {
    let place = [fault.line, fault.column].into_iter().flatten().map(|number| format!(":{number}"));
    let place = place.collect::<String>();
    let message = clean(&fault.message).into_owned();
    let help = fault.help.as_deref().map(|help| format!("\nhelp: {}", clean(help))).unwrap_or_default();
    let details = format!("{}{place}: {message}{help}", clean(path));
    Case {
        name: format!("the file is valid: line {}", place.trim_start_matches(':')),
        outcome: Outcome::Errored { message, details },
    }
}
