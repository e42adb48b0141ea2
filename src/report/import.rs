//! `import`: what became of each row.

use super::clean::clean;
use super::decision::{RefusalDocument, refusal_document};
use super::faults::{self, FaultDocument};
use super::paper::Paper;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::event::{Digest, Seq};
use crate::domain::fault::Fault;
use crate::domain::refusal::Refusal;
use schemars::JsonSchema;
use serde::Serialize;

/// What became of one entry of the file.
pub enum Outcome {
    /// Admitted, with the number it has, or would have had.
    New(Seq),
    /// It is recorded as this entry.
    AlreadyRecorded(Seq),
    /// Its number stands for something else.
    Conflict {
        /// The entry that has the number, or had it.
        entry: Option<Seq>,
        /// Fields that differ.
        differs: Vec<&'static str>,
        /// In words.
        message: String,
    },
    /// The rules say no.
    Refused(Vec<Refusal>),
    /// Its row can't be read.
    Bad(Vec<Fault>),
    /// The row of this line has the same number and can't be read, so the entry may not be whole.
    HeldBack(u64),
    /// The customer that it names as its parent is not registered, because that one's row is wrong.
    Orphaned(String),
}

impl Outcome {
    /// Whether it keeps a file from being imported as a whole.
    pub fn is_wrong(&self) -> bool {
        !matches!(self, Outcome::New(_) | Outcome::AlreadyRecorded(_))
    }

    fn word(&self) -> &'static str {
        match self {
            Outcome::New(_) => "new",
            Outcome::AlreadyRecorded(_) => "already-recorded",
            Outcome::Conflict { .. } => "conflict",
            Outcome::Refused(_) | Outcome::Orphaned(_) => "refused",
            Outcome::Bad(_) | Outcome::HeldBack(_) => "bad",
        }
    }

    fn message(&self) -> Option<String> {
        match self {
            Outcome::New(_) | Outcome::AlreadyRecorded(_) => None,
            Outcome::Conflict { message, .. } => Some(message.clone()),
            Outcome::Refused(refusals) => {
                let told = refusals.iter().map(|refusal| format!("[{}] {}", refusal.code.as_str(), refusal.message()));
                Some(told.collect::<Vec<_>>().join("; "))
            }
            Outcome::Bad(faults) => Some(faults.iter().map(told).collect::<Vec<_>>().join("; ")),
            Outcome::HeldBack(line) => Some(format!("line {line} has the same number and can't be read")),
            Outcome::Orphaned(parent) => Some(format!("its parent `{parent}` is not registered: see that row")),
        }
    }
}

/// One row of the file.
pub struct ImportedRow {
    /// Its line in the file.
    pub line: u64,
    /// `approval`, `shipment` or `customer`; none where the row does not tell.
    pub event: Option<&'static str>,
    /// The licence's number, the shipment's reference or the customer's id.
    pub number: String,
    /// Which of the outcomes is its; rows of one entry share one.
    pub outcome: usize,
}

/// What became of a file.
pub struct Imported {
    /// The ledger's head after the command.
    pub head: Digest,
    /// Judged only.
    pub dry_run: bool,
    /// What is good is recorded, whatever the rest is.
    pub partial: bool,
    /// Recorded as a whole or not at all: facts that no ceiling judges.
    pub whole: bool,
    /// How many entries were written.
    pub written: usize,
    /// In file order.
    pub rows: Vec<ImportedRow>,
    /// Of the entries, in the order of their first rows, then of bad rows.
    pub outcomes: Vec<Outcome>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// What `import` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct ImportDocument<'a> {
    #[schemars(extend("const" = "exquota/import/1"))]
    schema: &'static str,
    #[schemars(with = "words::Decided")]
    decision: &'static str,
    #[schemars(with = "words::Sha256")]
    head: String,
    dry_run: bool,
    partial: bool,
    counts: Counts,
    rows: Vec<RowDocument<'a>>,
    warnings: &'a [String],
}

/// Of rows, except `written`.
#[derive(Serialize, JsonSchema, Default)]
struct Counts {
    rows: usize,
    new: usize,
    already_recorded: usize,
    conflict: usize,
    refused: usize,
    bad: usize,
    written: usize,
}

#[derive(Serialize, JsonSchema)]
struct RowDocument<'a> {
    line: u64,
    #[schemars(with = "Option<words::Imported>")]
    event: Option<&'static str>,
    number: &'a str,
    #[schemars(with = "words::ImportResult")]
    result: &'static str,
    entry: Option<Seq>,
    #[schemars(with = "Vec<String>")]
    differs: &'a [&'static str],
    refusals: Vec<RefusalDocument<'a>>,
    faults: Vec<FaultDocument<'a>>,
    message: Option<String>,
}

impl Imported {
    /// The rows with what became of them.
    fn judged(&self) -> impl Iterator<Item = (&ImportedRow, &Outcome)> {
        self.rows.iter().filter_map(|row| Some((row, self.outcomes.get(row.outcome)?)))
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts { rows: self.rows.len(), written: self.written, ..Counts::default() };
        for (_, outcome) in self.judged() {
            *match outcome {
                Outcome::New(_) => &mut counts.new,
                Outcome::AlreadyRecorded(_) => &mut counts.already_recorded,
                Outcome::Conflict { .. } => &mut counts.conflict,
                Outcome::Refused(_) | Outcome::Orphaned(_) => &mut counts.refused,
                Outcome::Bad(_) | Outcome::HeldBack(_) => &mut counts.bad,
            } += 1;
        }
        counts
    }

    fn decision(&self) -> &'static str {
        let wrong = self.outcomes.iter().any(Outcome::is_wrong);
        let new = self.outcomes.iter().any(|outcome| matches!(outcome, Outcome::New(_)));
        match (self.written > 0, wrong, new) {
            (true, _, _) => "recorded",
            (false, true, true) if self.dry_run && self.partial => "within",
            (false, true, _) => "refused",
            (false, false, true) => "within",
            (false, false, false) => "already-recorded",
        }
    }

    fn verdict_line(&self) -> String {
        let counts = self.counts();
        let parts: Vec<String> = [
            (counts.new, "new"),
            (counts.already_recorded, "already recorded"),
            (counts.conflict, "in conflict"),
            (counts.refused, "refused"),
            (counts.bad, "bad"),
        ]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
        let told = format!("{}: {}", faults::count(counts.rows, "row", "rows"), parts.join(", "));
        match self.decision() {
            "recorded" => format!("RECORDED {}; {told}", faults::count(self.written, "entry", "entries")),
            "within" if self.whole => format!("NOT REFUSED; {told}; nothing is written"),
            "within" => format!("WITHIN CEILINGS; {told}; nothing is written"),
            "refused" if !self.partial && !self.whole && counts.new > 0 => {
                format!("REFUSED; {told}; nothing is written, and --partial would record what is new")
            }
            "refused" => format!("REFUSED; {told}; nothing is written"),
            _ if self.rows.is_empty() => "The file has no rows; nothing is written".to_owned(),
            _ => format!("ALREADY RECORDED; {told}; nothing is written"),
        }
    }

    /// The entry a row is recorded as, or in conflict with; what was not written has none.
    fn entry(&self, outcome: &Outcome) -> Option<Seq> {
        match outcome {
            Outcome::New(seq) => (self.written > 0).then_some(*seq),
            Outcome::AlreadyRecorded(seq) => Some(*seq),
            Outcome::Conflict { entry, .. } => *entry,
            Outcome::Refused(_) | Outcome::Bad(_) | Outcome::HeldBack(_) | Outcome::Orphaned(_) => None,
        }
    }
}

impl Document for Imported {
    fn text(&self, paper: &Paper) -> String {
        let table = self.table().filter(|table| !table.is_empty()).map(|table| table.text(paper)).unwrap_or_default();
        format!("{}\nhead {}\n\n{table}", self.verdict_line(), self.head)
    }

    fn json(&self) -> serde_json::Result<String> {
        let rows = self.judged().map(|(row, outcome)| RowDocument {
            line: row.line,
            event: row.event,
            number: &row.number,
            result: outcome.word(),
            entry: self.entry(outcome),
            differs: match outcome {
                Outcome::Conflict { differs, .. } => differs,
                _ => &[],
            },
            refusals: match outcome {
                Outcome::Refused(refusals) => refusals.iter().map(refusal_document).collect(),
                _ => Vec::new(),
            },
            faults: match outcome {
                Outcome::Bad(found) => faults::documents(found),
                _ => Vec::new(),
            },
            message: outcome.message(),
        });
        to_json(&ImportDocument {
            schema: "exquota/import/1",
            decision: self.decision(),
            head: self.head.to_string(),
            dry_run: self.dry_run,
            partial: self.partial,
            counts: self.counts(),
            rows: rows.collect(),
            warnings: &self.warnings,
        })
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new([
            Column::number("line"),
            Column::text("event"),
            Column::text("number"),
            Column::text("result"),
            Column::number("entry"),
            Column::text("why"),
        ]);
        for (row, outcome) in self.judged() {
            let entry = self.entry(outcome).map(|seq| seq.to_string()).unwrap_or_default();
            table.push([
                Cell::of(row.line),
                Cell::of(row.event.unwrap_or("")),
                Cell::of(&row.number),
                Cell::of(outcome.word()),
                Cell::of(entry),
                Cell::of(outcome.message().unwrap_or_default()),
            ]);
        }
        Some(table)
    }
}

/// A fault in a line, with its place.
fn told(fault: &Fault) -> String {
    let place = match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("{line}:{column}: "),
        (Some(line), None) => format!("{line}: "),
        _ => String::new(),
    };
    format!("{place}{} ({})", clean(&fault.message), fault.code.as_str())
}
