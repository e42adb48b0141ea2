//! The answer of `validate`: faults, breaches and violations of every file.

use super::Document;
use super::ci::{Check, File, Findings, Problem};
use super::clean::clean;
use super::diagnostic::{self, more};
use super::medium::Medium;
use super::problems::Breach;
use super::row::object;
use super::table::{Table, table};
use super::wording::{and, count, joined};
use crate::domain::book::Finding;
use crate::domain::event::{Digest, Seq};
use crate::domain::fault::Fault;
use crate::domain::refusal::Refusal;
use crate::domain::text::Text;
use std::collections::BTreeMap;

/// The result for one ledger.
#[derive(Debug)]
pub struct ValidatedLedger {
    pub path: String,
    pub read: bool,
    /// The number of lines that are entries.
    pub entries: u64,
    /// SHA-256 of the last line. `None` if there is no line.
    pub head: Option<Digest>,
    pub faults: Vec<Fault>,
    /// How many further faults there are.
    pub more_faults: u64,
    /// Lines that the rules would have refused: breaches and violations.
    pub findings: Vec<Finding>,
    /// The reasons of the entries that were recorded despite the rules.
    pub despite: BTreeMap<Seq, Text>,
    pub warnings: Vec<String>,
    /// Set after a failed write: lines that can be read now may be gone later.
    pub suspect: Option<String>,
}

/// The answer of `validate`: the results for all ledgers.
#[derive(Debug)]
pub struct Validation {
    /// In the order given.
    pub ledgers: Vec<ValidatedLedger>,
    /// Whether violations count as breaches.
    pub strict: bool,
    /// Whether to print every fault.
    pub all: bool,
}

object! {
    /// What `validate` answers.
    "validation" it: Validation {
        valid: it.valid(),
        ledgers: it.ledgers.iter().map(|ledger| Judged { ledger, strict: it.strict }).collect::<Vec<_>>(),
    }
}

/// A ledger, and whether violations count as breaches.
struct Judged<'a> {
    ledger: &'a ValidatedLedger,
    strict: bool,
}

object! {
    it: Judged<'_> {
        path: &it.ledger.path,
        entries: it.ledger.entries,
        head: it.ledger.head,
        valid: it.ledger.valid(it.strict),
        faults: &it.ledger.faults,
        /// How many further faults there are; 0 with --all.
        more_faults: it.ledger.more_faults,
        violations: it.ledger.breaches(true),
        breaches: it.ledger.breaches(false),
        warnings: it.ledger.warned().collect::<Vec<_>>(),
    }
}

impl ValidatedLedger {
    /// Makes a result without problems.
    pub fn named(path: String) -> Self {
        ValidatedLedger {
            path,
            read: true,
            entries: 0,
            head: None,
            faults: Vec::new(),
            more_faults: 0,
            findings: Vec::new(),
            despite: BTreeMap::new(),
            warnings: Vec::new(),
            suspect: None,
        }
    }

    /// Makes the result for a file that could not be read.
    pub fn unread(path: String, why: String) -> Self {
        ValidatedLedger { read: false, warnings: vec![why], ..Self::named(path) }
    }

    /// Every warning.
    pub fn warned(&self) -> impl Iterator<Item = &String> {
        self.suspect.iter().chain(&self.warnings)
    }

    /// The lines that the rules refuse: the violations, or the breaches.
    pub(super) fn refused(&self, violation: bool) -> impl Iterator<Item = (Seq, &Refusal)> {
        self.findings
            .iter()
            .filter(move |finding| finding.violation == violation)
            .flat_map(|finding| finding.refusals.iter().map(move |refusal| (finding.entry, refusal)))
    }

    fn file(&self, strict: bool) -> File<'_> {
        let refused = |violation, kind, is_error| {
            self.refused(violation).map(move |(entry, refusal)| {
                let reason = and("; recorded despite the rules: ", self.despite.get(&entry));
                Problem::refused(entry, refusal, reason, kind, is_error)
            })
        };
        let faults = self.faults.iter().map(Problem::fault);
        let problems = faults.chain(refused(false, Check::Breach, true)).chain(refused(true, Check::Violation, strict));
        let more_faults = usize::try_from(self.more_faults).unwrap_or(usize::MAX);
        let unsaid = (more_faults > 0).then(|| format!("{}; `--all` prints all of them", more(more_faults)));
        let warnings = self.warnings.iter().cloned().chain(unsaid).collect();
        let suspect = self.suspect.as_deref();
        File {
            read: self.read,
            suspect,
            entries: self.entries,
            more_faults,
            warnings,
            ..File::new(&self.path, problems)
        }
    }

    pub(super) fn breaches(&self, violation: bool) -> Vec<Breach<'_>> {
        let breach = |(entry, refusal)| Breach { entry, refusal, despite: self.despite.get(&entry) };
        self.refused(violation).map(breach).collect()
    }

    /// Whether no fault keeps the lines from being judged (D20).
    fn is_judged(&self) -> bool {
        self.faults.iter().all(|fault| Check::of(fault.code) == Check::Unexpected)
    }

    fn counts(&self) -> Counts {
        let more_faults = usize::try_from(self.more_faults).unwrap_or(usize::MAX);
        Counts {
            entries: self.entries,
            faults: self.faults.len().saturating_add(more_faults),
            breaches: self.refused(false).count(),
            violations: self.refused(true).count(),
            unjudged: usize::from(!self.is_judged()),
        }
    }

    /// The verdict, with the number of entries and of what is wrong, and the head.
    pub(super) fn verdict_told(&self, strict: bool) -> String {
        let (verdict, path) = (self.verdict(strict), clean(&self.path));
        format!(
            "{verdict}  {path}: {}\n{}",
            self.counts().told(),
            and("  head ", self.head.map(|head| format!("{head}\n")))
        )
    }

    /// The first `most` lines that the rules refuse, each with its refusals and with the reason to record it.
    pub(super) fn refusals_told(&self, most: usize) -> String {
        let path = clean(&self.path);
        let mut text = String::new();
        let breaches_first = [false, true]
            .into_iter()
            .flat_map(|violation| self.findings.iter().filter(move |finding| finding.violation == violation));
        for finding in breaches_first.take(most) {
            let (word, entry) = (if finding.violation { "violation" } else { "breach" }, finding.entry);
            for refusal in &finding.refusals {
                let told = clean(&refusal.message()).into_owned();
                text += &format!("{word} [{}] {path}:{entry}: entry {entry}: {told}\n", refusal.code);
            }
            if let Some(reason) = self.despite.get(&entry) {
                text += &format!("  recorded despite the rules: {}\n", clean(reason.as_str()));
            }
        }
        if let more @ 1.. = self.findings.len().saturating_sub(most) {
            text += &format!("and {more} more: `exquota validate` lists all\n");
        }
        text
    }

    fn verdict(&self, strict: bool) -> &'static str {
        match (self.read, self.valid(strict)) {
            (false, _) => "NOT READ",
            (true, false) => "NOT VALID",
            (true, true) => "VALID",
        }
    }

    /// Whether any line is a breach. With `strict`, violations count as breaches.
    pub fn has_breaches(&self, strict: bool) -> bool {
        self.findings.iter().any(|finding| strict || !finding.violation)
    }

    /// Whether the file was read, has neither faults nor breaches, and was not left by a failed write.
    pub fn valid(&self, strict: bool) -> bool {
        self.read && self.suspect.is_none() && self.faults.is_empty() && !self.has_breaches(strict)
    }
}

impl Validation {
    /// Whether every ledger is valid.
    pub fn valid(&self) -> bool {
        self.ledgers.iter().all(|ledger| ledger.valid(self.strict))
    }

    /// All ledgers in one line.
    fn sum(&self) -> String {
        let verdicts = ["VALID", "NOT VALID", "NOT READ"].into_iter().filter_map(|verdict| {
            let ledgers = self.ledgers.iter().filter(|ledger| ledger.verdict(self.strict) == verdict).count();
            (ledgers > 0).then(|| format!("{ledgers} {}", verdict.to_lowercase()))
        });
        let counts: Counts = self.ledgers.iter().map(ValidatedLedger::counts).sum();
        format!("{} ledgers: {}; {}\n", self.ledgers.len(), joined(verdicts, ", "), counts.told())
    }

    /// A row for each ledger, with what is wrong in it below.
    fn rows(&self) -> Table {
        let mut rows = Vec::new();
        for ledger in &self.ledgers {
            let path = &ledger.path;
            let verdict = ledger.verdict(self.strict).to_lowercase();
            let told = if ledger.read { ledger.counts().told() } else { joined(&ledger.warnings, "; ") };
            rows.push((path, verdict, "", None, told, None, ledger.head.map(|head| head.to_string())));
            for fault in &ledger.faults {
                let message = fault.message.clone();
                rows.push((path, "fault".to_owned(), fault.code.as_str(), fault.line, message, None, None));
            }
            for (word, violation) in [("breach", false), ("violation", true)] {
                for (entry, refusal) in ledger.refused(violation) {
                    let (code, message) = (refusal.code.as_str(), refusal.message().into_owned());
                    rows.push((path, word.to_owned(), code, Some(entry), message, ledger.despite.get(&entry), None));
                }
            }
        }
        table!(rows, |(ledger, finding, code, line, message, despite, head)| {
            text("ledger") = ledger,
            text("finding") = finding,
            text("code") = code,
            number("line") = line,
            text("message") = message,
            text("despite") = despite,
            text("head") = head,
        })
    }
}

/// How many entries a ledger has, and how many of what is wrong.
#[derive(Clone, Copy, Default)]
struct Counts {
    entries: u64,
    faults: usize,
    breaches: usize,
    violations: usize,
    /// How many ledgers have a fault that keeps their lines from being judged (D20).
    unjudged: usize,
}

impl Counts {
    fn told(self) -> String {
        let Counts { entries, faults, breaches, violations, unjudged } = self;
        let entries = count(usize::try_from(entries).unwrap_or(usize::MAX), "entry", "entries");
        let unjudged = unjudged > 0 && breaches + violations == 0;
        let (faults, breaches) = (count(faults, "fault", "faults"), count(breaches, "breach", "breaches"));
        match unjudged {
            true => format!("{entries}, {faults}, breaches not judged"),
            false => format!("{entries}, {faults}, {breaches}, {}", count(violations, "violation", "violations")),
        }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(counts: I) -> Self {
        counts.fold(Counts::default(), |sum, one| Counts {
            entries: sum.entries + one.entries,
            faults: sum.faults.saturating_add(one.faults),
            breaches: sum.breaches + one.breaches,
            violations: sum.violations + one.violations,
            unjudged: sum.unjudged + one.unjudged,
        })
    }
}

impl Document for Validation {
    fn text(&self, medium: &Medium) -> String {
        let mut text = String::new();
        for ledger in &self.ledgers {
            let path = clean(&ledger.path);
            if !ledger.read {
                text += &format!("{}  {path}\n", ledger.verdict(self.strict));
                continue;
            }
            let Counts { faults, breaches, .. } = ledger.counts();
            text += &ledger.verdict_told(self.strict);
            if let Some(suspect) = &ledger.suspect {
                text += &format!("  suspect: {}\n", clean(suspect));
            }
            let shown = if self.all { faults } else { diagnostic::MOST };
            for fault in ledger.faults.iter().take(shown) {
                let (line, column) = (and(":", fault.line), and(":", fault.column));
                text += &format!("fault [{}] {path}{line}{column}: {}\n", fault.code, clean(&fault.message));
                if let Some(help) = &fault.help {
                    text += &format!("  help: {}\n", clean(help));
                }
            }
            if faults > shown {
                text += &format!("  and {}; `--all` prints all of them\n", more(faults - shown));
            }
            text += &ledger.refusals_told(usize::MAX);
            if !ledger.is_judged() {
                text += "  help: the file was changed after it was written, or this program did not write it: compare it with a \
                         copy. Breaches are judged only in a file without faults\n";
            } else if breaches > 0 {
                text += "  help: `exquota explain CODE` explains a code; a recorded line stays in the file, and so does its breach: \
                         report it to the person responsible for the ledger\n";
            }
        }
        if self.ledgers.len() > 1 {
            text += &self.sum();
        }
        medium.prose(&text)
    }

    fn table(&self) -> Option<Table> {
        Some(self.rows())
    }

    /// The findings as a table, which is shorter than the text.
    fn markdown(&self) -> String {
        self.rows().markdown()
    }

    fn findings(&self) -> Option<Findings<'_>> {
        Some(Findings { failed: None, files: self.ledgers.iter().map(|ledger| ledger.file(self.strict)).collect() })
    }
}
