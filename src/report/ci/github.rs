//! Workflow commands of GitHub Actions: each problem shows at its line of the change.
//!
//! Every line is a command. In a plain line the runner also looks for the older `##[command]` form, which text of a
//! file might hold. It does not look for it in the text after a command.

use super::super::clean::clean;
use super::super::wording::count;
use super::{File, Findings, plain_path};

/// GitHub shows at most this many errors, and this many warnings, of one step.
const MOST: usize = 10;

/// One command.
struct Command {
    level: &'static str,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    title: String,
    message: String,
}

pub(super) fn render(findings: &Findings<'_>, name: &dyn Fn(&str) -> String) -> String {
    let mut commands: Vec<Vec<Command>> = findings.files.iter().map(|file| of_file(file, &name(file.path))).collect();
    if let Some(failed) = &findings.failed {
        let message = format!("{}\nhelp: {}", clean(failed.message), clean(failed.next));
        commands.push(vec![Command::new("error", None, "exquota".to_owned(), message)]);
    }
    let mut text = String::new();
    let mut held_back = Vec::new();
    for level in ["error", "warning"] {
        let of_level: Vec<Vec<&Command>> = commands
            .iter()
            .map(|commands| commands.iter().filter(|command| command.level == level).collect())
            .collect();
        let shown = shares(&of_level.iter().map(Vec::len).collect::<Vec<_>>());
        let more = of_level.iter().map(Vec::len).sum::<usize>() - shown.iter().sum::<usize>();
        if more > 0 {
            held_back.push(count(more, &format!("more {level}"), &format!("more {level}s")));
        }
        for (commands, shown) in of_level.iter().zip(shown) {
            text.extend(commands.iter().take(shown).map(|command| command.line()));
        }
    }
    if !held_back.is_empty() {
        let message = format!(
            "{} not annotated: GitHub shows {MOST} of each kind per step; `exquota validate` lists them all",
            held_back.join(" and ")
        );
        text += &Command::new("notice", None, "exquota".to_owned(), message).line();
    }
    if findings.failed.is_none() {
        text += &Command::new("notice", None, "exquota".to_owned(), summary(&findings.files)).line();
    }
    text
}

fn of_file(file: &File<'_>, path: &str) -> Vec<Command> {
    let path = Some(path);
    let mut commands = Vec::with_capacity(file.problems.len() + file.warnings.len());
    for problem in &file.problems {
        let level = if problem.is_error { "error" } else { "warning" };
        let mut message = clean(&problem.message).into_owned();
        if let Some(help) = problem.help {
            message += &format!("\nhelp: {}", clean(help));
        }
        let title = format!("{} ({})", problem.code, problem.kind.as_str());
        commands.push(Command {
            line: problem.line,
            column: problem.column,
            ..Command::new(level, path, title, message)
        });
    }
    let suspect = file.suspect.map(|told| Command::new("error", path, "exquota".to_owned(), clean(told).into()));
    commands.extend(suspect);
    let level = if file.read { "warning" } else { "error" };
    let warnings = file.warnings.iter().map(|told| Command::new(level, path, "exquota".to_owned(), clean(told).into()));
    commands.extend(warnings);
    commands
}

/// The number of problems to show of each file. The first problem of every file comes before the second of any.
fn shares(counts: &[usize]) -> Vec<usize> {
    let mut shares = vec![0; counts.len()];
    let mut left = MOST;
    while left > 0 && shares.iter().zip(counts).any(|(share, count)| share < count) {
        for (share, count) in shares.iter_mut().zip(counts) {
            if left > 0 && *share < *count {
                *share += 1;
                left -= 1;
            }
        }
    }
    shares
}

fn summary(files: &[File<'_>]) -> String {
    let all = |word: &str| files.iter().map(|file| file.count(word)).sum();
    let valid = files.iter().filter(|file| file.is_valid()).count();
    let entries: u64 = files.iter().map(|file| file.entries).sum();
    format!(
        "{valid} of {} valid: {}, {}, {}, {}",
        count(files.len(), "ledger", "ledgers"),
        count(usize::try_from(entries).unwrap_or(usize::MAX), "entry", "entries"),
        count(all("fault"), "fault", "faults"),
        count(all("breach"), "breach", "breaches"),
        count(all("violation"), "violation", "violations"),
    )
}

impl Command {
    fn new(level: &'static str, file: Option<&str>, title: String, message: String) -> Self {
        Command { level, file: file.map(ToOwned::to_owned), line: None, column: None, title, message }
    }

    fn line(&self) -> String {
        let mut properties = Vec::new();
        properties.extend(self.file.as_deref().map(|file| format!("file={}", property(&clean(plain_path(file))))));
        properties.extend(self.line.map(|line| format!("line={line}")));
        properties.extend(self.column.map(|column| format!("col={column}")));
        properties.push(format!("title={}", property(&self.title)));
        format!("::{} {}::{}\n", self.level, properties.join(","), data(&self.message))
    }
}

/// Escapes a message as the runner expects it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property as the runner expects it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
