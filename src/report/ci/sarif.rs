//! SARIF 2.1.0, for code scanning: a result for each fault, breach and violation, a rule for each code among them.

use super::super::clean::clean;
use super::super::explain::{self, Page};
use super::super::to_json;
use super::{Check, File, Findings, Problem, plain_path};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn render(findings: &Findings<'_>, name: &dyn Fn(&str) -> String) -> serde_json::Result<String> {
    let uri = |path: &str| uri(&name(path));
    let used =
        |page: &Page| findings.files.iter().any(|file| file.problems.iter().any(|problem| problem.code == page.code));
    let pages: Vec<Page> = explain::all().filter(used).collect();
    let rules: Vec<Value> = pages.iter().map(|page| rule(page, findings)).collect();
    let artifacts: Vec<Value> =
        findings.files.iter().map(|file| json!({ "location": { "uri": uri(file.path) } })).collect();
    let results: Vec<Value> = findings
        .files
        .iter()
        .flat_map(|file| file.problems.iter().map(|problem| result(&uri(file.path), file, problem, &pages)))
        .collect();
    to_json(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": { "name": "exquota", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules },
            },
            "invocations": [invocation(findings, &uri)],
            "artifacts": artifacts,
            "results": results,
        }],
    }))
}

fn rule(page: &Page, findings: &Findings<'_>) -> Value {
    let all = || findings.files.iter().flat_map(|file| &file.problems).filter(|problem| problem.code == page.code);
    let word = if all().all(|problem| problem.kind == Check::Violation) { "violation" } else { page.kind.as_str() };
    json!({
        "id": page.code,
        "shortDescription": { "text": page.title },
        "fullDescription": { "text": page.meaning },
        "help": { "text": format!("{}\n\n{}\n\nExample:\n{}", page.meaning, page.remedy, page.example) },
        "defaultConfiguration": { "level": level(all().any(|problem| problem.is_error)) },
        "properties": { "tags": [word] },
    })
}

fn level(is_error: bool) -> &'static str {
    if is_error { "error" } else { "warning" }
}

/// Everything that is not a finding: unreadable files, and warnings.
fn invocation(findings: &Findings<'_>, uri: &dyn Fn(&str) -> String) -> Value {
    let mut notifications = Vec::new();
    if let Some(failed) = &findings.failed {
        let text = format!("{}\nhelp: {}", literal(failed.message), literal(failed.next));
        notifications.push(json!({ "level": "error", "message": { "text": text } }));
    }
    for file in &findings.files {
        let suspect = file.suspect.map(|told| (true, told));
        let warnings = file.warnings.iter().map(|told| (!file.read, told.as_str()));
        notifications.extend(suspect.into_iter().chain(warnings).map(|(is_error, told)| {
            let place = json!({ "artifactLocation": { "uri": uri(file.path) } });
            json!({
                "level": level(is_error),
                "message": { "text": literal(told) },
                "locations": [{ "physicalLocation": place }],
            })
        }));
    }
    let successful = findings.failed.is_none() && findings.files.iter().all(|file| file.read && file.suspect.is_none());
    json!({ "executionSuccessful": successful, "toolExecutionNotifications": notifications })
}

fn result(uri: &str, file: &File<'_>, problem: &Problem<'_>, pages: &[Page]) -> Value {
    let mut text = literal(&problem.message);
    if let Some(help) = problem.help {
        text += &format!("\nhelp: {}", literal(help));
    }
    // A result without a line belongs to the whole file and shows at its beginning.
    let place = json!({
        "artifactLocation": { "uri": uri },
        "region": { "startLine": problem.line.unwrap_or(1) },
    });
    let fingerprint = fingerprint(file.path, problem);
    let mut properties = json!({ "kind": problem.kind.as_str() });
    if let Some(column) = problem.column {
        // SARIF counts columns in characters; this program counts bytes.
        properties["byteColumn"] = column.into();
    }
    json!({
        "ruleId": problem.code,
        "ruleIndex": pages.iter().position(|page| page.code == problem.code).unwrap_or_default(),
        "level": level(problem.is_error),
        "message": { "text": text },
        "locations": [{ "physicalLocation": place }],
        // GitHub recognises a result of an earlier run by the first of them, others by the second.
        "partialFingerprints": { "primaryLocationLineHash": format!("{fingerprint}:1"), "exquota/v1": fingerprint },
        "properties": properties,
    })
}

/// A text that stays the same from run to run. Lines of a ledger keep their numbers, but messages may be reworded.
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

/// Escapes text so that SARIF sees no link in it.
fn literal(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// A path as a URI reference. A relative path is relative to the command's working directory.
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
mod tests;
