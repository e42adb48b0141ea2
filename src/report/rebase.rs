//! The answer of `rebase` and of `merge-driver`: what became of each entry of a branch behind the other one.

use super::Document;
use super::clean::clean;
use super::decision::Decided;
use super::medium::Medium;
use super::row::{object, row};
use super::table::Table;
use super::values::{Day, words_in_output};
use super::wording::{entries, joined, summary};
use crate::domain::event::{Check, Digest, Entry, Number, Seq};
use crate::domain::refusal::Refusal;
use crate::domain::text::Text;
use crate::domain::words::words;

/// What became of an entry of the branch.
#[derive(Debug)]
pub enum Became {
    /// This entry. It has refusals only where `--despite` recorded it (R13).
    New {
        seq: Seq,
        refusals: Vec<Refusal>,
    },
    /// The other branch has it already, as this entry.
    AlreadyRecorded(Seq),
    /// It would be refused and its own branch took it out, or it is the void that did so: it counts on neither branch.
    LeftOut,
    Refused(Vec<Refusal>),
}

impl Became {
    /// The entry that it is behind the other branch.
    pub fn seq(&self) -> Option<Seq> {
        match self {
            Became::New { seq, .. } | Became::AlreadyRecorded(seq) => Some(*seq),
            Became::LeftOut | Became::Refused(_) => None,
        }
    }

    fn refusals(&self) -> &[Refusal] {
        match self {
            Became::New { refusals, .. } | Became::Refused(refusals) => refusals,
            Became::AlreadyRecorded(_) | Became::LeftOut => &[],
        }
    }
}

/// A check that gets another answer behind the other branch.
#[derive(Debug)]
pub struct Answers {
    pub before: Check,
    pub now: Check,
}

/// One entry of the branch.
#[derive(Debug)]
pub struct Carried {
    /// As its own branch has it.
    pub entry: Entry,
    pub became: Became,
    /// None where it is no check, or where the answer is the same.
    pub answers: Option<Answers>,
}

/// Which verb answers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Joining {
    #[default]
    Rebase,
    Merge,
}

/// The answer of `rebase` and of `merge-driver`.
#[derive(Default, Debug)]
pub struct Rebase {
    pub joining: Joining,
    /// The ledger whose entries are carried over.
    pub ledger: String,
    /// The ledger behind whose lines they come.
    pub onto: String,
    /// The number of entries that both begin with.
    pub common: Seq,
    /// The number of entries that `onto` has behind those.
    pub came: Seq,
    /// The head after the command.
    pub head: Digest,
    pub dry_run: bool,
    /// Whether a file was changed.
    pub written: bool,
    /// The entries that the ledger has behind the common ones, in their order.
    pub rows: Vec<Carried>,
    /// Refusals of the whole.
    pub refusals: Vec<Refusal>,
    /// The file that holds the ledger as it was.
    pub kept: Option<String>,
    /// What to do about refusals.
    pub next: Option<String>,
    pub warnings: Vec<String>,
}

words! {
    /// What became of an entry, in one word.
    enum Fate {
        Within = "within",
        Recorded = "recorded",
        AlreadyRecorded = "already-recorded",
        LeftOut = "left-out",
        Refused = "refused",
    }
}

words_in_output!(Fate);

object! {
    /// What `rebase` and `merge-driver` answer.
    "rebase" it: Rebase {
        decision: it.decision(),
        /// The ledger whose entries are carried over.
        ledger,
        /// The ledger behind whose lines they come.
        onto,
        /// How many entries both begin with.
        common,
        /// How many entries `onto` has behind those.
        came,
        /// The head after the command.
        head,
        dry_run,
        /// The entries that the ledger has behind the common ones, in their order: all or none.
        entries: it.judged().collect::<Vec<_>>(),
        /// Refusals of the whole.
        refusals,
        /// The file that holds the ledger as it was.
        kept,
        warnings,
    }
}

/// An entry, and whether a file was changed.
struct Judged<'r> {
    row: &'r Carried,
    written: bool,
}

row! {
    it: Judged<'_> {
        /// Its number on its own branch.
        entry: it.row.entry.seq => number,
        date: Day(it.row.entry.date) => text,
        event: it.row.entry.event.kind() => text("event") => text("what") = Text::new(summary(&it.row.entry.event)),
        number: it.row.entry.event.number().map(Number::as_str).map(Text::new),
        /// `within` where the rules allow it and nothing is written; `left-out` where it would be refused and its own
        /// branch took it out, and for that void.
        decision: it.fate() => text,
        /// Its number behind the other branch, or the entry there that is the same; null if it is not there.
        becomes: it.row.became.seq() => number,
        /// Where it is recorded although it is refused: the reason is its own `despite` or the command's.
        refusals: it.row.became.refusals() => text("refused because").unless("") = it.codes(),
        /// A check whose answer is another one behind the other branch; else null.
        answers: &it.row.answers,
    }
}

object! {
    /// What a check said on its own branch, and what it says behind the other one.
    it: Answers { before: Answer(&it.before), now: Answer(&it.now) }
}

/// The answer that a check records.
struct Answer<'c>(&'c Check);

object! {
    it: Answer<'_> { decision: it.0.decision, codes: &it.0.codes }
}

impl Judged<'_> {
    fn fate(&self) -> Fate {
        match self.row.became {
            Became::New { .. } if self.written => Fate::Recorded,
            Became::New { .. } => Fate::Within,
            Became::AlreadyRecorded(_) => Fate::AlreadyRecorded,
            Became::LeftOut => Fate::LeftOut,
            Became::Refused(_) => Fate::Refused,
        }
    }

    fn codes(&self) -> Text {
        let mut codes: Vec<&str> = self.row.became.refusals().iter().map(|refusal| refusal.code.as_str()).collect();
        codes.dedup();
        Text::new(codes.join(", "))
    }
}

impl Rebase {
    fn judged(&self) -> impl Iterator<Item = Judged<'_>> {
        self.rows.iter().map(|row| Judged { row, written: self.written })
    }

    /// How many entries have this fate.
    fn count(&self, fate: Fate) -> usize {
        self.judged().filter(|judged| judged.fate() == fate).count()
    }

    fn decision(&self) -> Decided {
        match (self.is_refused(), self.written) {
            (true, _) => Decided::Refused,
            (_, true) => Decided::Recorded,
            _ if self.dry_run && self.came > 0 => Decided::Within,
            _ => Decided::AlreadyRecorded,
        }
    }

    /// Whether the whole is refused.
    pub fn is_refused(&self) -> bool {
        !self.refusals.is_empty() || self.count(Fate::Refused) > 0
    }

    fn verdict_line(&self) -> String {
        let done = match self.joining {
            Joining::Rebase => "REBASED",
            Joining::Merge => "MERGED",
        };
        let (ledger, onto, common) = (clean(&self.ledger), clean(&self.onto), entries(self.common));
        let told: Vec<String> = [
            (Fate::Recorded, "recorded"),
            (Fate::Within, "within the rules"),
            (Fate::AlreadyRecorded, "recorded there already"),
            (Fate::LeftOut, "left out"),
            (Fate::Refused, "refused"),
        ]
        .into_iter()
        .map(|(fate, word)| (self.count(fate), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", entries(count)))
        .collect();
        let told = match told.as_slice() {
            [] if self.is_refused() => "not judged".to_owned(),
            [] => "it has no entries of its own".to_owned(),
            told => told.join(", "),
        };
        let line = format!("{ledger} onto {onto}: {told}");
        let counts = format!("{common} in common, and {} more in {onto}", self.came);
        match self.decision() {
            Decided::Refused => format!("REFUSED, all or none: {line}; nothing is written\n{counts}\n"),
            Decided::Recorded => format!("{done} {line}\n{counts}\n"),
            Decided::Within => format!("WOULD BE {done} {line}; nothing is written\n{counts}\n"),
            Decided::AlreadyRecorded if self.joining == Joining::Merge => {
                format!("NOTHING TO MERGE: {onto} has every entry of {ledger} already; nothing is written\n")
            }
            Decided::AlreadyRecorded => {
                format!(
                    "NOTHING TO REBASE: {ledger} has every entry of {onto} already ({common}); nothing is written\n"
                )
            }
        }
    }

    /// The refusals of one entry.
    fn refused(&self, row: &Carried) -> Vec<String> {
        let seq = row.entry.seq;
        let told = row.became.refusals().iter().map(|refusal| {
            let message = match &refusal.entry {
                Some(broken) => refusal.message_of(broken, &self.called(broken.seq)),
                None => refusal.message().into_owned(),
            };
            let code = refusal.code;
            let what = match row.became {
                Became::Refused(_) => "is refused",
                _ if self.written => "is recorded in spite of",
                _ => "would be recorded in spite of",
            };
            format!("entry {seq} {what} [{code}]: {}", clean(&message))
        });
        told.collect()
    }

    /// What there is to say of the whole and of single entries, in paragraphs.
    fn told(&self) -> Vec<String> {
        let whole = self.refusals.iter();
        let mut told: Vec<String> =
            whole.map(|refusal| format!("refused [{}]: {}", refusal.code, clean(&refusal.message()))).collect();
        for row in &self.rows {
            told.extend(self.refused(row));
            if let Some(Answers { before, now }) = &row.answers {
                let (seq, before, now) = (row.entry.seq, answer(before), answer(now));
                told.push(format!("entry {seq} recorded the answer {before}; the answer is now {now}"));
            }
        }
        told.extend(self.next.iter().map(|next| format!("help: {}", clean(next))));
        told
    }

    /// An entry of the result, as its own branch calls it.
    fn called(&self, seq: Seq) -> String {
        let own = self.rows.iter().find(|row| matches!(row.became, Became::New { seq: new, .. } if new == seq));
        match own {
            Some(row) => format!("entry {}", row.entry.seq),
            None if seq > self.common => format!("entry {seq} of {}", clean(&self.onto)),
            None => format!("entry {seq}"),
        }
    }
}

impl Document for Rebase {
    fn text(&self, medium: &Medium) -> String {
        let mut text = medium.prose(&format!("{}head {}\n", self.verdict_line(), self.head));
        if let Some(kept) = &self.kept {
            text += &medium.prose(&format!("the ledger as it was is kept in `{}`\n", clean(kept)));
        }
        if !self.rows.is_empty() {
            text += &format!("\n{}", Table::of(&self.judged().collect::<Vec<_>>()).text(medium));
        }
        for told in self.told() {
            text += &medium.prose(&format!("\n{told}\n"));
        }
        text
    }

    fn table(&self) -> Option<Table> {
        Some(Table::of(&self.judged().collect::<Vec<_>>()))
    }
}

/// What a check says: `within`, or `refused (ceiling-exceeded)`.
fn answer(check: &Check) -> String {
    match check.codes.as_slice() {
        [] => check.decision.to_string(),
        codes => format!("{} ({})", check.decision, joined(codes, ", ")),
    }
}
