//! Reads the tests of a policy, `NAME.tests.toml`.

use super::names::Named;
use super::reader::{Entry, Reader, Section};
use super::source::{Lines, fault_at, quoted};
use super::values::{PLAIN_DIGITS, Value, table};
use super::{LONGEST, read_toml};
use crate::domain::fault::Fault;
use crate::domain::text::{Name, Text};
use crate::domain::units::Units;
use crate::store::file::{self, Unreadable};
use serde_json::{Value as Json, json};
use std::ops::Range;
use std::path::Path;
use toml::de::DeValue;

/// A value and its place in the file.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// What a test expects under one key of the answer.
#[derive(Clone, Debug)]
pub enum Expected {
    Text(String),
    Number(Units),
    Truth(bool),
    List(Vec<Expected>),
    /// Only these keys are compared.
    Table(Vec<(Placed<String>, Expected)>),
}

/// One test.
#[derive(Debug)]
pub struct Case {
    pub name: Placed<Text>,
    /// The command lines that make the ledger.
    pub given: Vec<Placed<Text>>,
    /// The command line that is tested.
    pub when: Placed<Text>,
    pub expect: Vec<(Placed<String>, Expected)>,
}

/// A file of tests.
#[derive(Debug)]
pub struct Cases {
    /// The policy's file, relative to this file.
    pub policy: Placed<Text>,
    pub cases: Vec<Case>,
}

/// Reads the file. Reads one byte more than the longest file of tests has.
///
/// # Errors
/// The file can't be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Unreadable> {
    file::read("the tests ", path, LONGEST as u64 + 1)
}

/// Reads the tests' TOML.
///
/// # Errors
/// Every mistake, in the order of the file. Never an empty list.
pub fn cases(source: &[u8]) -> Result<Cases, Vec<Fault>> {
    let read = |reader: &mut Reader<'_>, section: &Section<'_>, _| Root::of(reader, section);
    read_toml(source, "the file of tests", read).map(|root| Cases { policy: root.policy, cases: root.test })
}

/// The JSON Schema of a file of tests, its TOML read as JSON. Editors use it, as they use the policy's.
pub fn tests_schema() -> Json {
    let mut schema = Root::schema();
    schema["description"] = "Tests of a policy, as their TOML reads as JSON: what it must decide.".into();
    schema
}

/// A fault at a place in the text of a file of tests.
pub fn fault(source: &str, span: &Range<usize>, message: String, help: String) -> Fault {
    fault_at(&Lines::of(source.as_bytes()), span.clone(), message).help(help)
}

table! {
    /// The top-level keys of a file of tests.
    Root {
        must {
            /// The file of the policy, as seen from this file.
            policy: Placed<Text> = "`policy = \"china-cap-2026-03.toml\"`, for example",
            /// The tests.
            test: Vec<Case> = "a `[[test]]` with `name`, `when` and `expect`",
        }
    }
}

table! {
    /// `[[test]]`.
    Test {
        must {
            /// What it shows, in a sentence.
            name: Placed<Text> = "`name = \"the cap, to the chip\"`, for example",
            /// The command line that is tested.
            when: Placed<Text> = "`when = \"check alibaba H200=75_001 --date 2026-03-05\"`, for example",
            /// Keys of the answer as `--format json` prints it, and `codes`, the codes of the refusals.
            expect: Answer = "`expect = { decision = \"refused\" }`, for example",
        }
        may {
            /// The command lines that make the ledger.
            given: Vec<Placed<Text>>,
        }
    }
}

impl Value for Case {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let Test { name, when, expect: Answer(expect), given } = Test::read(reader, entry)?;
        reader.names.push(Named { what: "test", name: Name::new(name.value.as_str()), span: name.span.clone() });
        Some(Case { name, given: given.unwrap_or_default(), when, expect })
    }

    fn schema() -> Json {
        Test::schema()
    }
}

/// The keys of an answer, and what a test expects under them.
pub(in crate::store::policy) struct Answer(Vec<(Placed<String>, Expected)>);

impl Value for Answer {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        if section.entries.is_empty() {
            let help = "name what the answer must hold, as in `expect = { decision = \"refused\" }`";
            reader.fault(&entry.span, "`expect` is empty, so the test would always pass", help);
        }
        expected_keys(reader, &section, 0).map(Answer)
    }

    fn schema() -> Json {
        json!({ "type": "object", "minProperties": 1 })
    }
}

fn expected_keys(reader: &mut Reader<'_>, section: &Section<'_>, depth: u8) -> Option<Vec<(Placed<String>, Expected)>> {
    let read: Vec<_> = section
        .entries
        .iter()
        .map(|entry| {
            let key = Placed { value: entry.key.to_owned(), span: entry.key_span.clone() };
            expected(reader, entry, depth).map(|value| (key, value))
        })
        .collect();
    read.into_iter().collect()
}

fn expected(reader: &mut Reader<'_>, entry: &Entry<'_>, depth: u8) -> Option<Expected> {
    /// No answer nests deeper.
    const DEEPEST: u8 = 8;
    if depth > DEEPEST {
        reader.fault(&entry.span, "nested deeper than any answer", "`--format json` shows what an answer looks like");
        return None;
    }
    match entry.value {
        DeValue::String(text) => Some(Expected::Text(text.to_string())),
        DeValue::Datetime(date) => Some(Expected::Text(date.to_string())),
        DeValue::Boolean(truth) => Some(Expected::Truth(*truth)),
        DeValue::Integer(_) | DeValue::Float(_) => {
            let number = exact(&reader.raw(&entry.span).replace('_', ""));
            if number.is_none() {
                let message = format!("{} is not a plain decimal number", quoted(reader.raw(&entry.span)));
                reader.fault(&entry.span, message, PLAIN_DIGITS);
            }
            number.map(Expected::Number)
        }
        DeValue::Array(_) => {
            let items = reader.list(entry)?;
            let read: Vec<_> = items.iter().map(|item| expected(reader, item, depth + 1)).collect();
            read.into_iter().collect::<Option<_>>().map(Expected::List)
        }
        DeValue::Table(_) => {
            let section = reader.table(entry)?;
            expected_keys(reader, &section, depth + 1).map(Expected::Table)
        }
    }
}

/// The number with these digits, and perhaps a minus before them.
pub fn exact(digits: &str) -> Option<Units> {
    match digits.strip_prefix('-') {
        Some(rest) => Units::ZERO.minus(rest.parse().ok()?).ok(),
        None => digits.parse().ok(),
    }
}

impl<T: Value> Value for Placed<T> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        T::read(reader, entry).map(|value| Placed { value, span: entry.span.clone() })
    }

    fn schema() -> Json {
        T::schema()
    }
}
