//! JUnit's XML: a suite for each file, a test for each check.
//!
//! A check without problems is one passed test. Otherwise each problem is a failed test of its own. The test's name
//! holds the line and the code, so that the next run can be compared with this one. A file that can't be read is an
//! error. A check that faults prevent is skipped.
//!
//! The elements hold to the schemas of Surefire and of Jenkins' xUnit plugin, which know no file and no line of a test:
//! the text has them (D40).

use super::super::clean::clean;
use super::super::explain;
use super::super::wording::and;
use super::{Check, File, Findings, Problem, plain_path};
use std::fmt::Write;

/// The checks of every readable file, each with the words for its test's name.
const CHECKS: [(&str, Check); 4] = [
    ("every line is sound", Check::Line),
    ("the lines hang together", Check::Chain),
    ("the rules are kept", Check::Breach),
    ("nothing is recorded despite the rules", Check::Violation),
];
/// The name of a failed command's suite: nothing says here which command it was.
const PROGRAM: &str = "exquota";
const READABLE: &str = "the file can be read";
const SETTLED: &str = "no write failed midway";
/// The check of a file that is no ledger. The pages of codes are about ledgers and do not help there.
const VALID: &str = "the file is valid";
const AS_EXPECTED: &str = "the ledger is the one expected";

/// One test.
pub(in crate::report) struct Case {
    pub(in crate::report) name: String,
    pub(in crate::report) outcome: Outcome,
}

pub(in crate::report) enum Outcome {
    Passed,
    /// Passed, with a note.
    PassedNoting(String),
    Failed {
        code: &'static str,
        message: String,
        details: String,
    },
    Errored {
        message: String,
        details: String,
    },
    Skipped(&'static str),
}

pub(super) fn render(findings: &Findings<'_>) -> String {
    let mut suites: Vec<Suite> = Vec::new();
    for file in &findings.files {
        let warnings =
            if file.read { file.warnings.iter().map(|told| clean(told).into_owned()).collect() } else { Vec::new() };
        let cases = if findings.failed.is_some() { reasons(file) } else { cases(file) };
        suites.push((plain_path(file.path).to_owned(), cases, warnings));
    }
    if let Some(failed) = &findings.failed {
        let outcome = Outcome::Errored {
            message: clean(failed.message).into_owned(),
            details: format!("help: {}", clean(failed.next)),
        };
        let case = Case { name: "the command can be done".to_owned(), outcome };
        suites.push((PROGRAM.to_owned(), vec![case], Vec::new()));
    }
    written(if findings.failed.is_some() { PROGRAM } else { "exquota validate" }, &suites)
}

/// The name of a file, its tests and its warnings.
pub(in crate::report) type Suite = (String, Vec<Case>, Vec<String>);

/// Writes suites of tests.
pub(in crate::report) fn written(program: &str, suites: &[Suite]) -> String {
    let all = || suites.iter().flat_map(|(_, cases, _)| cases);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{program}\"{} time=\"0\">\n",
        counts(all(), false)
    );
    for (name, cases, warnings) in suites {
        push_suite(&mut xml, name, cases, warnings);
    }
    xml + "</testsuites>\n"
}

fn cases(file: &File<'_>) -> Vec<Case> {
    let case = |name: &str, outcome| Case { name: name.to_owned(), outcome };
    if !file.read {
        let why = file.warnings.iter().map(|told| clean(told)).collect::<Vec<_>>().join("; ");
        return vec![case(READABLE, Outcome::Errored { message: why, details: String::new() })];
    }
    let mut cases = vec![case(READABLE, Outcome::Passed)];
    if let Some(suspect) = file.suspect {
        cases.push(case(SETTLED, Outcome::Errored { message: clean(suspect).into_owned(), details: String::new() }));
    }
    let has_faults = file.problems.iter().any(|problem| problem.kind.is_fault());
    for (check, kind) in CHECKS {
        let found: Vec<&Problem<'_>> = file.problems.iter().filter(|problem| problem.kind == kind).collect();
        if found.is_empty() {
            let judged = matches!(kind, Check::Line | Check::Chain) || !has_faults;
            let outcome =
                if judged { Outcome::Passed } else { Outcome::Skipped("only a file without faults is judged") };
            cases.push(case(check, outcome));
        } else if found.iter().any(|problem| problem.is_error) {
            cases.extend(found.into_iter().map(|problem| failed(check, problem, file.path)));
        } else {
            let noted: Vec<String> = found.iter().map(|problem| told(problem, file.path)).collect();
            cases.push(case(check, Outcome::PassedNoting(noted.join("\n"))));
        }
    }
    let unexpected = file.problems.iter().filter(|problem| problem.kind == Check::Unexpected);
    cases.extend(unexpected.map(|problem| failed(AS_EXPECTED, problem, file.path)));
    cases
}

/// The problems of a file to compare with. If it has any, nothing else was checked.
fn reasons(file: &File<'_>) -> Vec<Case> {
    file.problems.iter().map(|problem| failed(VALID, problem, file.path)).collect()
}

fn failed(check: &str, problem: &Problem<'_>, path: &str) -> Case {
    let mut name = format!("{check}: ");
    if let Some(line) = problem.line {
        name += &format!("line {line}{}: ", and(":", problem.column));
    }
    name += problem.code;
    if let Some(subject) = &problem.subject {
        name += &format!(" ({})", clean(subject));
    }
    if problem.ordinal > 0 {
        name += &format!(" #{}", problem.ordinal + 1);
    }
    let mut details = told(problem, path);
    if let Some(help) = problem.help {
        details += &format!("\nhelp: {}", clean(help));
    }
    if let Some(page) = explain::page(problem.code).filter(|_| check != VALID) {
        details += &format!("\n{}", page.remedy);
    }
    let outcome = Outcome::Failed { code: problem.code, message: clean(&problem.message).into_owned(), details };
    Case { name, outcome }
}

/// Prints a problem as `validate` does: `fault [not-json] a.jsonl:3:5: ...`.
fn told(problem: &Problem<'_>, path: &str) -> String {
    let place = format!("{}{}{}", clean(path), and(":", problem.line), and(":", problem.column));
    format!("{} [{}] {place}: {}", problem.kind.as_str(), problem.code, clean(&problem.message))
}

/// The attributes that count tests. The totals over all suites do not count skipped tests.
fn counts<'a>(cases: impl Iterator<Item = &'a Case>, with_skipped: bool) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.outcome {
            Outcome::Passed | Outcome::PassedNoting(_) => {}
            Outcome::Failed { .. } => failures += 1,
            Outcome::Errored { .. } => errors += 1,
            Outcome::Skipped(_) => skipped += 1,
        }
    }
    let counts = format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    if with_skipped { format!("{counts} skipped=\"{skipped}\"") } else { counts }
}

fn push_suite(xml: &mut String, name: &str, cases: &[Case], warnings: &[String]) {
    let path = escaped(&clean(name));
    let mut push = |line: String| {
        xml.push_str(&line);
        xml.push('\n');
    };
    push(format!("  <testsuite name=\"{path}\"{} time=\"0\">", counts(cases.iter(), true)));
    for (index, case) in cases.iter().enumerate() {
        let head = format!("    <testcase classname=\"{path}\" name=\"{}\" time=\"0\"", escaped(&case.name));
        let mut inner = inner(&case.outcome);
        if index == 0 && !warnings.is_empty() {
            // Surefire's schema has this element only here.
            inner += &format!("      <system-err>{}</system-err>\n", escaped(&warnings.join("\n")));
        }
        match inner.as_str() {
            "" => push(format!("{head}/>")),
            inner => push(format!("{head}>\n{inner}    </testcase>")),
        }
    }
    push("  </testsuite>".to_owned());
}

fn inner(outcome: &Outcome) -> String {
    let mut xml = String::new();
    // Writing to a string does not fail.
    let _ = match outcome {
        Outcome::Passed => Ok(()),
        Outcome::PassedNoting(noted) => writeln!(xml, "      <system-out>{}</system-out>", escaped(noted)),
        Outcome::Failed { code, message, details } => writeln!(
            xml,
            "      <failure type=\"{code}\" message=\"{}\">{}</failure>",
            escaped(message),
            escaped(details)
        ),
        Outcome::Errored { message, details } => {
            writeln!(xml, "      <error type=\"error\" message=\"{}\">{}</error>", escaped(message), escaped(details))
        }
        Outcome::Skipped(why) => writeln!(xml, "      <skipped message=\"{why}\"/>"),
    };
    xml
}

/// Escapes text for XML 1.0, also in an attribute. `clean` has already removed control characters, except line breaks
/// between parts. XML does not allow two of the remaining code points.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(xml, "\\u{{{:x}}}", u32::from(character));
            }
            _ => xml.push(character),
        }
    }
    xml
}

#[cfg(test)]
mod tests;
