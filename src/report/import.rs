//! `import`: what became of each row.

use super::Document;
use super::clean::clean;
use super::decision::Decided;
use super::medium::Medium;
use super::row::{object, row};
use super::table::Table;
use super::values::words_in_output;
use super::wording::{count, joined};
use crate::domain::event::{Digest, Seq};
use crate::domain::fault::Fault;
use crate::domain::refusal::Refusal;
use crate::domain::words::words;
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

words! {
    /// What became of a row, in a word.
    enum Fate {
        New = "new",
        AlreadyRecorded = "already-recorded",
        Conflict = "conflict",
        Refused = "refused",
        Bad = "bad",
    }
}

words! {
    /// What a row may record.
    pub enum Filed {
        /// A licence was granted.
        Approval = "approval",
        /// Goods left.
        Shipment = "shipment",
        /// A customer was registered.
        Customer = "customer",
    }
}

words_in_output!(Filed, Fate);

impl Outcome {
    /// Whether it keeps a file from being imported as a whole.
    pub fn is_wrong(&self) -> bool {
        !matches!(self, Outcome::New(_) | Outcome::AlreadyRecorded(_))
    }

    fn fate(&self) -> Fate {
        match self {
            Outcome::New(_) => Fate::New,
            Outcome::AlreadyRecorded(_) => Fate::AlreadyRecorded,
            Outcome::Conflict { .. } => Fate::Conflict,
            Outcome::Refused(_) | Outcome::Orphaned(_) => Fate::Refused,
            Outcome::Bad(_) | Outcome::HeldBack(_) => Fate::Bad,
        }
    }

    fn message(&self) -> Option<String> {
        match self {
            Outcome::New(_) | Outcome::AlreadyRecorded(_) => None,
            Outcome::Conflict { message, .. } => Some(message.clone()),
            Outcome::Refused(refusals) => {
                Some(joined(refusals.iter().map(|refusal| format!("[{}] {}", refusal.code, refusal.message())), "; "))
            }
            Outcome::Bad(faults) => Some(joined(faults.iter().map(told), "; ")),
            Outcome::HeldBack(line) => Some(format!("line {line} has the same number and can't be read")),
            Outcome::Orphaned(parent) => Some(format!("its parent `{parent}` is not registered: see that row")),
        }
    }
}

/// One row of the file.
pub struct ImportedRow {
    /// Its line in the file.
    pub line: u64,
    /// None where the row does not tell.
    pub event: Option<Filed>,
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

object! {
    /// What `import` answers.
    "import" it: Imported {
        decision: it.decision(),
        head,
        dry_run,
        partial,
        counts: it.counts(),
        rows: it.judged().collect::<Vec<_>>(),
        warnings,
    }
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

/// A row with what became of it.
struct Judged<'a> {
    row: &'a ImportedRow,
    outcome: &'a Outcome,
    entry: Option<Seq>,
}

row! {
    it: Judged<'_> {
        line: it.row.line => number,
        event: it.row.event => text,
        number: &it.row.number => text,
        result: it.outcome.fate() => text,
        entry => number,
        differs: match it.outcome {
            Outcome::Conflict { differs, .. } => &differs[..],
            _ => &[],
        },
        refusals: match it.outcome {
            Outcome::Refused(refusals) => &refusals[..],
            _ => &[],
        },
        faults: match it.outcome {
            Outcome::Bad(faults) => &faults[..],
            _ => &[],
        },
        message: it.outcome.message() => text("why"),
    }
}

impl Imported {
    fn judged(&self) -> impl Iterator<Item = Judged<'_>> {
        self.rows.iter().filter_map(|row| {
            let outcome = self.outcomes.get(row.outcome)?;
            Some(Judged { row, outcome, entry: self.entry(outcome) })
        })
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts { rows: self.rows.len(), written: self.written, ..Counts::default() };
        for judged in self.judged() {
            *match judged.outcome.fate() {
                Fate::New => &mut counts.new,
                Fate::AlreadyRecorded => &mut counts.already_recorded,
                Fate::Conflict => &mut counts.conflict,
                Fate::Refused => &mut counts.refused,
                Fate::Bad => &mut counts.bad,
            } += 1;
        }
        counts
    }

    fn decision(&self) -> Decided {
        let wrong = self.outcomes.iter().any(Outcome::is_wrong);
        let new = self.outcomes.iter().any(|outcome| matches!(outcome, Outcome::New(_)));
        match (self.written > 0, wrong, new) {
            (true, _, _) => Decided::Recorded,
            (false, true, true) if self.dry_run && self.partial => Decided::Within,
            (false, true, _) => Decided::Refused,
            (false, false, true) => Decided::Within,
            (false, false, false) => Decided::AlreadyRecorded,
        }
    }

    fn verdict_line(&self) -> String {
        let counts = self.counts();
        let parts = [
            (counts.new, "new"),
            (counts.already_recorded, "already recorded"),
            (counts.conflict, "in conflict"),
            (counts.refused, "refused"),
            (counts.bad, "bad"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"));
        let told = format!("{}: {}", count(counts.rows, "row", "rows"), joined(parts, ", "));
        match self.decision() {
            Decided::Recorded => format!("RECORDED {}; {told}", count(self.written, "entry", "entries")),
            Decided::Within if self.whole => format!("NOT REFUSED; {told}; nothing is written"),
            Decided::Within => format!("WITHIN CEILINGS; {told}; nothing is written"),
            Decided::Refused if !self.partial && !self.whole && counts.new > 0 => {
                format!("REFUSED; {told}; nothing is written, and --partial would record what is new")
            }
            Decided::Refused => format!("REFUSED; {told}; nothing is written"),
            Decided::AlreadyRecorded if self.rows.is_empty() => "The file has no rows; nothing is written".to_owned(),
            Decided::AlreadyRecorded => format!("ALREADY RECORDED; {told}; nothing is written"),
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
    fn text(&self, medium: &Medium) -> String {
        let table = self.table().filter(|table| !table.is_empty()).map(|table| table.text(medium)).unwrap_or_default();
        format!("{}\nhead {}\n\n{table}", self.verdict_line(), self.head)
    }

    fn table(&self) -> Option<Table> {
        Some(Table::of(&self.judged().collect::<Vec<_>>()))
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
