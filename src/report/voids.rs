//! The answer of `void` for several entries.

use super::Document;
use super::clean::clean;
use super::decision::{Decided, Effects};
use super::effects;
use super::import::Outcome;
use super::medium::Medium;
use super::row::{object, row};
use super::table::Table;
use super::values::Day;
use super::wording::{count, joined};
use crate::domain::effects::Effect;
use crate::domain::event::{Digest, Entry, Number, Seq};
use crate::domain::text::Text;
use chrono::NaiveDate;

/// An entry to take out, and what came of it.
pub struct Voided {
    /// How the command named it.
    pub named: Vec<Text>,
    /// `None` if no entry is called so.
    pub entry: Option<Entry>,
    pub outcome: Outcome,
}

/// The answer of `void` for several entries.
pub struct Voids {
    /// The ledger's head after the command.
    pub head: Digest,
    /// The day of the voids.
    pub date: NaiveDate,
    pub reason: Text,
    /// Whether anything was written.
    pub written: bool,
    /// Whether an entry can't be taken out. None is, then.
    pub refused: bool,
    /// Newest first, as they are taken out.
    pub rows: Vec<Voided>,
    /// What is to be taken out before what is refused, newest first.
    pub first: Vec<Seq>,
    /// What to do about `first`.
    pub help: Option<String>,
    pub effects: Option<Effects>,
    pub warnings: Vec<String>,
}

object! {
    /// What `void` answers for several arguments; for one it is a decision.
    "voids" it: Voids {
        decision: it.decision(),
        head,
        date: Day(it.date),
        reason,
        /// Newest first, as they are taken out: all or none.
        voids: it.judged().collect::<Vec<_>>(),
        /// The entries to take out before those that are refused, in this order.
        first,
        /// What the voids together change under the ceilings.
        changes: it.changes(),
        warnings,
    }
}

/// A row, and whether the batch was written.
struct Judged<'v> {
    row: &'v Voided,
    written: bool,
}

row! {
    it: Judged<'_> {
        /// The entry to take out; null if no entry is called so.
        entry: it.row.entry.as_ref().map(|entry| entry.seq) => number,
        /// The arguments that name it.
        named: &it.row.named => text = joined(&it.row.named, ", "),
        event: it.row.entry.as_ref().map(|entry| entry.event.kind()) => text,
        number: it.row.entry.as_ref().and_then(|entry| entry.event.number()).map(Number::as_str).map(Text::new) => text.unless(""),
        date: it.row.entry.as_ref().map(|entry| Day(entry.date)) => text,
        /// `within` where the rules allow it and nothing is written.
        decision: it.decision() => text,
        void_by: it.void_by() => number("void by").unless(""),
        refusals: it.row.outcome.refusals(),
    }
}

impl Judged<'_> {
    fn decision(&self) -> Decided {
        match &self.row.outcome {
            Outcome::New(_) if self.written => Decided::Recorded,
            Outcome::New(_) => Decided::Within,
            Outcome::AlreadyRecorded(_) => Decided::AlreadyRecorded,
            _ => Decided::Refused,
        }
    }

    /// The void of the entry, if it is recorded.
    fn void_by(&self) -> Option<Seq> {
        match self.row.outcome {
            Outcome::New(seq) => Some(seq).filter(|_| self.written),
            Outcome::AlreadyRecorded(seq) => Some(seq),
            _ => None,
        }
    }
}

impl Voids {
    fn judged(&self) -> impl Iterator<Item = Judged<'_>> {
        self.rows.iter().map(|row| Judged { row, written: self.written })
    }

    fn changes(&self) -> &[Effect] {
        self.effects.as_ref().map_or(&[], |effects| effects.changes.as_slice())
    }

    fn decision(&self) -> Decided {
        let new = self.rows.iter().any(|row| matches!(row.outcome, Outcome::New(_)));
        match (self.refused, self.written, new) {
            (true, ..) => Decided::Refused,
            (_, true, _) => Decided::Recorded,
            (.., true) => Decided::Within,
            _ => Decided::AlreadyRecorded,
        }
    }

    fn verdict_line(&self) -> String {
        let verdict = match self.decision() {
            Decided::Refused => "REFUSED, all or none",
            Decided::Recorded => "RECORDED",
            Decided::Within => "WOULD BE RECORDED",
            Decided::AlreadyRecorded => "ALREADY RECORDED",
        };
        let nothing = if self.written { "" } else { "; nothing is written" };
        let (entries, date) = (count(self.rows.len(), "entry", "entries"), self.date);
        format!(
            "{verdict}: void {entries}: {}, dated {date}{nothing}\nhead {}\n",
            clean(self.reason.as_str()),
            self.head
        )
    }
}

impl Document for Voids {
    fn text(&self, medium: &Medium) -> String {
        let table = Table::of(&self.judged().collect::<Vec<_>>());
        let mut text = format!("{}\n{}", medium.prose(&self.verdict_line()), table.text(medium));
        if let Some(Effects { day, changes }) = &self.effects {
            text += &effects::text(changes, *day, medium);
        }
        for row in &self.rows {
            let refused = row.outcome.refusals().iter().map(|it| format!("[{}]: {}", it.code.as_str(), it.message()));
            let mut told: Vec<String> = refused.collect();
            if told.is_empty() {
                told.extend(row.outcome.message());
            }
            for told in told {
                text += &medium.prose(&format!("\nrefused {}\n", clean(&told)));
            }
        }
        let refusals =
            self.rows.iter().flat_map(|row| row.outcome.refusals().iter().map(move |refusal| (row, refusal)));
        for (row, refusal) in refusals.filter(|(row, refusal)| row.entry.is_none() && !refusal.nearest.is_empty()) {
            let (named, nearest) = (joined(&row.named, ", "), joined(&refusal.nearest, ", "));
            text += &medium.prose(&format!("\nnearest known to `{}`: {}\n", clean(&named), clean(&nearest)));
        }
        if let Some(help) = &self.help {
            text += &medium.prose(&format!("\nhelp: {help}\n"));
        }
        text
    }

    fn table(&self) -> Option<Table> {
        let table = Table::stacked([
            ("void", Table::of(&self.judged().collect::<Vec<_>>())),
            ("change", Table::of(self.changes())),
        ]);
        let [date, head] = [self.date.to_string(), self.head.to_string()];
        Some(table.in_context([("decided", self.decision().as_str().to_owned()), ("as_of", date), ("head", head)]))
    }
}
