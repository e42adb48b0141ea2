//! SARIF 2.1.0, for code scanning: a result for each fault, breach and violation, a rule for each code among them.

use super::super::clean::clean;
use super::super::explain::{self, Page};
use super::super::to_json;
use super::{File, Findings, Kind, Problem, plain_path};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact>,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Message,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: [&'static str; 1],
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    properties: ResultProperties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// Columns of SARIF count characters; what is known is a byte, so it stands in the result's properties.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
}

/// GitHub recognises a result of an earlier run by the first of them, others by the second.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    primary_location_line_hash: String,
    #[serde(rename = "exquota/v1")]
    exquota: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_column: Option<u64>,
}

pub(super) fn render(findings: &Findings<'_>) -> serde_json::Result<String> {
    let used =
        |page: &Page| findings.files.iter().any(|file| file.problems.iter().any(|problem| problem.code == page.code));
    let pages: Vec<Page> = explain::all().filter(used).collect();
    let mut results = Vec::new();
    for file in &findings.files {
        results.extend(file.problems.iter().map(|problem| result(file, problem, &pages)));
    }
    to_json(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "exquota",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: pages.iter().map(|page| rule(page, findings)).collect(),
                },
            },
            invocations: [invocation(findings)],
            artifacts: findings
                .files
                .iter()
                .map(|file| Artifact { location: ArtifactLocation { uri: uri(file.path) } })
                .collect(),
            results,
        }],
    })
}

fn rule(page: &Page, findings: &Findings<'_>) -> Rule {
    let all = || findings.files.iter().flat_map(|file| &file.problems).filter(|problem| problem.code == page.code);
    let word = if all().all(|problem| problem.kind == Kind::Violation) { "violation" } else { page.kind.as_str() };
    Rule {
        id: page.code,
        short_description: Message { text: page.title.to_owned() },
        full_description: Message { text: page.meaning.clone() },
        help: Message { text: format!("{}\n\n{}\n\nExample:\n{}", page.meaning, page.remedy, page.example) },
        default_configuration: Configuration { level: level(all().any(|problem| problem.is_error)) },
        properties: RuleProperties { tags: [word] },
    }
}

fn level(is_error: bool) -> &'static str {
    if is_error { "error" } else { "warning" }
}

/// What was not a finding: files that could not be read, and what should be known all the same.
fn invocation(findings: &Findings<'_>) -> Invocation {
    let mut notifications = Vec::new();
    if let Some(failed) = findings.failed {
        let text = format!("{}\nhelp: {}", literal(&failed.message), literal(&failed.next));
        notifications.push(Notification { level: "error", message: Message { text }, locations: Vec::new() });
    }
    for file in &findings.files {
        notifications.extend(file.warnings.iter().map(|told| Notification {
            level: level(!file.read),
            message: Message { text: literal(told) },
            locations: vec![location(file.path, None)],
        }));
    }
    let successful = findings.failed.is_none() && findings.files.iter().all(|file| file.read);
    Invocation { execution_successful: successful, tool_execution_notifications: notifications }
}

fn result(file: &File<'_>, problem: &Problem<'_>, pages: &[Page]) -> Outcome {
    let mut text = literal(&problem.message);
    if let Some(help) = problem.help {
        text += &format!("\nhelp: {}", literal(help));
    }
    let fingerprint = fingerprint(file.path, problem);
    Outcome {
        rule_id: problem.code,
        rule_index: pages.iter().position(|page| page.code == problem.code).unwrap_or_default(),
        level: level(problem.is_error),
        message: Message { text },
        // A result of no line belongs to the whole file: it shows at its beginning.
        locations: [location(file.path, Some(problem.line.unwrap_or(1)))],
        partial_fingerprints: Fingerprints {
            primary_location_line_hash: format!("{fingerprint}:1"),
            exquota: fingerprint,
        },
        properties: ResultProperties { kind: problem.kind.as_str(), byte_column: problem.column },
    }
}

fn location(path: &str, line: Option<u64>) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(path) },
            region: line.map(|start_line| Region { start_line }),
        },
    }
}

/// What stays the same from run to run: lines of a ledger keep their numbers, and messages may be reworded.
fn fingerprint(path: &str, problem: &Problem<'_>) -> String {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let parts = [
        plain_path(path).to_owned(),
        problem.code.to_owned(),
        number(problem.line),
        number(problem.column),
        problem.subject.clone().unwrap_or_default(),
        problem.ordinal.to_string(),
    ];
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Text in which SARIF sees no link.
fn literal(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// A path as a URI reference; a relative one is relative to where the command ran.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len() + 8);
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in plain_path(path).bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri_of_that_path_and_nothing_else() {
        assert_eq!(uri("./a/b-1.jsonl"), "a/b-1.jsonl");
        assert_eq!(uri("/a b/é?#.jsonl"), "file:///a%20b/%C3%A9%3F%23.jsonl");
        assert_eq!(uri("https://x"), "https%3A//x");
    }

    #[test]
    fn text_of_a_file_is_no_link() {
        assert_eq!(literal("[click](http://x)\u{1b}\\"), r"\[click\](http://x)\\u{1b}\\");
    }
}
