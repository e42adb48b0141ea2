//! The answer of `import`: the outcome of each row.

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

/// The outcome of one entry of the file.
pub enum Outcome {
    /// Admitted. This is the entry's number, or the one that it would have.
    New(Seq),
    /// Already recorded, as this entry.
    AlreadyRecorded(Seq),
    /// Its number is already used for something else.
    Conflict {
        /// The entry that has the number, or had it.
        entry: Option<Seq>,
        /// The fields that differ.
        differs: Vec<&'static str>,
        message: String,
    },
    /// The rules refuse it.
    Refused(Vec<Refusal>),
    /// Its row can't be read.
    Bad(Vec<Fault>),
    /// Held back: the row of this line has the same number and can't be read, so the entry may be incomplete.
    HeldBack(u64),
    /// Its parent, this customer, is not registered, because the parent's row is wrong.
    Orphaned(String),
}

words! {
    /// The outcome of a row in one word. `Outcome` has the details.
    enum Fate {
        New = "new",
        AlreadyRecorded = "already-recorded",
        Conflict = "conflict",
        Refused = "refused",
        Bad = "bad",
    }
}

words! {
    /// The kinds of entry that a row may record.
    pub enum Filed {
        Approval = "approval",
        Shipment = "shipment",
        Return = "return",
        Customer = "customer",
    }
}

words_in_output!(Filed, Fate);

impl Outcome {
    /// Whether this outcome keeps the whole file from being imported.
    pub fn is_wrong(&self) -> bool {
        !matches!(self, Outcome::New(_) | Outcome::AlreadyRecorded(_))
    }

    /// The refusals of the rules.
    pub fn refusals(&self) -> &[Refusal] {
        match self {
            Outcome::Refused(refusals) => refusals,
            _ => &[],
        }
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

    /// The reason for a wrong outcome, in a line.
    pub(super) fn message(&self) -> Option<String> {
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
    /// `None` if the row does not say it.
    pub event: Option<Filed>,
    /// The licence's number, the reference of a shipment or return, or the customer's id.
    pub number: String,
    /// Index into the outcomes. Rows of one entry share one.
    pub outcome: usize,
}

/// The answer of `import`: the outcome of a file.
pub struct Imported {
    /// The ledger's head after the command.
    pub head: Digest,
    /// Whether the rows were only judged.
    pub dry_run: bool,
    /// Whether good rows are recorded even if others are wrong.
    pub partial: bool,
    /// Whether the file is recorded as a whole or not at all. This holds for facts that no ceiling judges.
    pub whole: bool,
    /// How many entries were written.
    pub written: usize,
    /// In file order.
    pub rows: Vec<ImportedRow>,
    /// First the outcomes of entries, in the order of their first rows, then those of bad rows.
    pub outcomes: Vec<Outcome>,
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

/// Numbers of rows. Only `written` is a number of entries.
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

/// A row and its outcome.
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
        refusals: it.outcome.refusals(),
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
            Decided::Within if self.outcomes.iter().any(Outcome::is_wrong) => {
                let new = self.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::New(_))).count();
                format!("WOULD RECORD {}; {told}; nothing is written", count(new, "entry", "entries"))
            }
            Decided::Within if self.whole => format!("WOULD BE RECORDED; {told}; nothing is written"),
            Decided::Within => format!("WITHIN CEILINGS; {told}; nothing is written"),
            Decided::Refused if !self.partial && !self.whole && counts.new > 0 => {
                format!("REFUSED; {told}; nothing is written, and --partial would record what is new")
            }
            Decided::Refused => format!("REFUSED; {told}; nothing is written"),
            Decided::AlreadyRecorded if self.rows.is_empty() => "The file has no rows; nothing is written".to_owned(),
            Decided::AlreadyRecorded => format!("ALREADY RECORDED; {told}; nothing is written"),
        }
    }

    /// The entry that a row is recorded as, or that it conflicts with. `None` if nothing was written.
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
        let header = format!("{}\nhead {}\n", self.verdict_line(), self.head);
        format!("{}\n{table}", medium.prose(&header))
    }

    fn table(&self) -> Option<Table> {
        Some(Table::of(&self.judged().collect::<Vec<_>>()))
    }
}

/// Describes a fault in a line, with its place.
fn told(fault: &Fault) -> String {
    let place = match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("{line}:{column}: "),
        (Some(line), None) => format!("{line}: "),
        _ => String::new(),
    };
    format!("{place}{} ({})", clean(&fault.message), fault.code.as_str())
}
