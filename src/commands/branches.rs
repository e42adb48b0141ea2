//! Two branches of one ledger: the entries that one has behind the common part are judged anew behind the other's, in
//! their order, each on those before it (design, section 4, "Branches").
//!
//! An entry keeps its date, its content and who recorded it. What the other branch has already is passed over: the same
//! fact by its number or subject (R11, D19), and the very entry where an earlier merge brought it over. An entry that is
//! refused here and that its own branch took out again is left out together with its void: it counts on neither branch,
//! and so a refused entry can be taken out before the next try.

use crate::commands::error::NotValid;
use crate::commands::session::{KnownAt, Opened, Session, Writing, not_valid, warn_of_breaches};
use crate::commands::verbs::validate;
use crate::commands::writing;
use crate::domain::admitted::Admitted;
use crate::domain::book::{Book, Proposal, Verdict};
use crate::domain::entries::FoldError;
use crate::domain::event::{Answered, Check, Digest, Entry, Event, Registration, Seq};
use crate::domain::fault::{Fault, FaultCode, FaultList};
use crate::domain::judge::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::registration::RecordChange;
use crate::domain::text::Text;
use crate::report::rebase::{Answers, Became, Carried};
use crate::store::ledger::recording_time;
use crate::store::ledger::source::Source;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// One branch: a sound ledger, with the hash and the place of each line.
pub(super) struct Branch {
    source: Rc<Source>,
    lines: Vec<(Digest, u64)>,
}

impl Branch {
    /// Reads a whole ledger, called `what` in errors. A last line without its end is a fault here: nobody knows whether
    /// it belongs to the branch.
    pub(super) fn read(session: &Session, what: &'static str, source: Source) -> anyhow::Result<Self> {
        let mut lines = Vec::new();
        let (faults, _) = validate::read(&source, &*session.progress, FaultList::MOST, |line| {
            lines.push((line.digest, line.offset as u64));
            Ok(())
        })?;
        if faults.is_empty() {
            return Ok(Branch { source: Rc::new(source), lines });
        }
        let next = "nothing was changed; `exquota validate` lists all that is wrong with a ledger";
        Err(NotValid { what, ..not_valid(&source, faults, next) }.into())
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn entries(&self) -> Seq {
        self.lines.len() as Seq
    }

    pub(super) fn head(&self) -> Digest {
        self.lines.last().map_or(Digest::ZERO, |(head, _)| *head)
    }

    /// The number of entries that both begin with. A line's hash covers all lines before it.
    pub(super) fn common(&self, other: &Branch) -> Seq {
        self.lines.iter().zip(&other.lines).take_while(|(one, other)| one.0 == other.0).count() as Seq
    }

    fn entries_behind(&self, common: Seq) -> impl Iterator<Item = anyhow::Result<(Entry, Digest, u64)>> {
        let rest = self.lines.iter().skip(common as usize);
        rest.map(|(digest, at)| Ok((self.source.entry_with_line(*at)?.0, *digest, *at)))
    }

    fn folded(&self, session: &Session, common: Seq) -> anyhow::Result<Opened> {
        let known_at = Some(KnownAt::Entry(common));
        Opened::until(known_at, Rc::clone(&self.source), &session.progress, &mut |_, _| {})
    }
}

/// What an entry says, whatever its number and its time of recording are. Two branches have the same entry if they have
/// one that says the same.
#[derive(PartialEq)]
struct Said {
    date: NaiveDate,
    by: Text,
    what: What,
}

#[derive(PartialEq)]
enum What {
    /// A registration as what it changed, since it holds the whole record (D15).
    Changed(RecordChange),
    /// Any other event. A check is there without its answer, which depends on the lines before it (D49).
    Event(Event),
}

impl Said {
    /// What the next entry of a book says; for a registration also the record that it changed.
    fn of(book: &mut Book, entry: &Entry) -> Result<(Self, Option<Registration>), FoldError> {
        let (what, before) = match &entry.event {
            Event::Customer(record) => {
                let before = book.as_of(entry.date)?.record(&record.id).cloned();
                let new = Registration { id: record.id.clone(), ..Registration::default() };
                (What::Changed(RecordChange::between(before.as_ref().unwrap_or(&new), record)), before)
            }
            Event::Check(check) => {
                let asked = Check { decision: Answered::Within, codes: Vec::new(), ..check.clone() };
                (What::Event(Event::Check(asked)), None)
            }
            event => (What::Event(event.clone()), None),
        };
        Ok((Said { date: entry.date, by: entry.recorded_by.clone(), what }, before))
    }
}

/// The entries of a branch, judged behind the other branch.
pub(super) struct Rebased {
    /// The other branch, with the admitted entries in its book.
    pub(super) onto: Opened,
    pub(super) admitted: Vec<Admitted>,
    pub(super) rows: Vec<Carried>,
}

impl Rebased {
    pub(super) fn is_refused(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.became, Became::Refused(_)))
    }
}

/// Judges the entries of `branch` behind all those of `onto`.
pub(super) fn rebase(session: &Session, options: &Writing, branch: &Branch, onto: &Branch) -> anyhow::Result<Rebased> {
    let common = branch.common(onto);
    if common == 0 {
        let (branch, onto) = (branch.source.name(), onto.source.name());
        let told = format!("it has no line in common with `{onto}`: these are two ledgers, not branches of one");
        let fault = Fault::new(FaultCode::NotAnExtension, told).line(1);
        let next = "nothing was changed: name a copy of the same ledger; to take over the approvals and shipments of \
                    another ledger, `exquota export --to csv` writes what `exquota import` reads";
        return Err(NotValid::unshown("the ledger", branch.as_ref(), vec![fault], next).into());
    }
    let mut ours = branch.folded(session, common)?.book;
    let mut own = Vec::new();
    for entry in branch.entries_behind(common) {
        let (entry, _, at) = entry?;
        let (said, before) = Said::of(&mut ours, &entry)?;
        ours.record_archived(&entry, at)?;
        own.push((entry, said, before));
    }
    let mut theirs = onto.folded(session, common)?;
    let mut there = Vec::new();
    for entry in onto.entries_behind(common) {
        let (entry, digest, at) = entry?;
        there.push((entry.seq, Said::of(&mut theirs.book, &entry)?.0));
        theirs.book.record_archived(&entry, at)?;
        (theirs.head, theirs.last_recorded) = (digest, entry.recorded_at);
    }
    theirs.warnings = warn_of_breaches(&theirs.book).into_iter().collect();
    let recorded_at = recording_time(session.system.now(), theirs.last_recorded, options.after_last)?;
    let mut carrying = Carrying {
        onto: theirs,
        admitted: Vec::new(),
        options,
        recorded_at,
        common,
        there,
        became: HashMap::new(),
        warned: HashSet::new(),
    };
    let (all, mut rows) = (own.len() as u64, Vec::with_capacity(own.len()));
    for (done, (entry, said, before)) in (0..).zip(own) {
        session.progress.at("judging entries", done, all);
        let taken_out = ours.entries().voided_by(entry.seq).is_some();
        rows.push(carrying.carry(entry, said, before, taken_out)?);
    }
    let Carrying { onto, admitted, .. } = carrying;
    Ok(Rebased { onto, admitted, rows })
}

/// The other branch, and what became of the entries so far.
struct Carrying<'a> {
    onto: Opened,
    admitted: Vec<Admitted>,
    options: &'a Writing,
    recorded_at: DateTime<Utc>,
    common: Seq,
    /// What the other branch says behind the common part, without what was found to be the same.
    there: Vec<(Seq, Said)>,
    /// The number there of each entry; none for one that is not there.
    became: HashMap<Seq, Option<Seq>>,
    warned: HashSet<String>,
}

impl Carrying<'_> {
    /// Carries one entry over. `before` is the record that a registration changed.
    fn carry(
        &mut self,
        entry: Entry,
        said: Said,
        before: Option<Registration>,
        taken_out: bool,
    ) -> anyhow::Result<Carried> {
        let (became, answers) = match self.judged(&entry, said, before)? {
            (Became::Refused(_), _) if taken_out => (Became::LeftOut, None),
            judged => judged,
        };
        self.became.insert(entry.seq, became.seq());
        Ok(Carried { entry, became, answers })
    }

    fn judged(
        &mut self,
        entry: &Entry,
        mut said: Said,
        before: Option<Registration>,
    ) -> anyhow::Result<(Became, Option<Answers>)> {
        if let What::Event(Event::Void(void)) = &mut said.what
            && void.entry > self.common
        {
            match self.became.get(&void.entry).copied().flatten() {
                Some(there) => void.entry = there,
                None => return Ok((Became::LeftOut, None)),
            }
        }
        if let Some(found) = self.there.iter().position(|(_, there)| *there == said) {
            let (seq, _) = self.there.remove(found);
            if let Some(void) = self.onto.book.entries().voided_by(seq) {
                let told = format!("it is entry {seq} of the other branch, which entry {void} took out: it stays out");
                self.warn(entry.seq, [told]);
            }
            return Ok((Became::AlreadyRecorded(seq), None));
        }
        let event = match (said.what, &entry.event) {
            (What::Changed(change), _) => {
                let held = self.onto.book.as_of(entry.date)?.record(&change.id).cloned();
                let told = held.as_ref().and_then(|held| overruled(before.as_ref(), held, &change));
                self.warn(entry.seq, told);
                match change.apply(held.as_ref()) {
                    Some(record) => Event::Customer(record),
                    None => return Ok((Became::Refused(vec![unregistered(&change)]), None)),
                }
            }
            (_, Event::Check(check)) => return self.ask_again(entry, check),
            (What::Event(Event::Void(void)), _) => match self.onto.book.entries().voided_by(void.entry) {
                // Why it was taken out may differ; that it is out does not.
                Some(there) => return Ok((Became::AlreadyRecorded(there), None)),
                None => Event::Void(void),
            },
            (What::Event(event), _) => event,
        };
        let despite = entry.despite.clone();
        let became = match self.enter(entry, event.clone(), despite)? {
            Became::Refused(_) if entry.despite.is_none() && self.options.despite.is_some() => {
                self.enter(entry, event, self.options.despite.clone())?
            }
            became => became,
        };
        Ok((became, None))
    }

    /// The entry as it would be written next.
    fn draft(&self, entry: &Entry, event: Event, despite: Option<Text>) -> Entry {
        let (seq, recorded_at) = (self.onto.book.next_seq(), self.recorded_at);
        Entry { seq, recorded_at, recorded_by: entry.recorded_by.clone(), date: entry.date, despite, event }
    }

    fn enter(&mut self, entry: &Entry, event: Event, despite: Option<Text>) -> anyhow::Result<Became> {
        let draft = self.draft(entry, event, despite);
        let proposal = Proposal { entry: draft, asked: Asked::Record, head_moved: None };
        let (judgement, admitted) = self.onto.book.enter(proposal)?;
        let became = match judgement.verdict {
            Verdict::AlreadyRecorded(seq) => Became::AlreadyRecorded(seq),
            Verdict::Refused => Became::Refused(judgement.refusals),
            Verdict::Admitted => {
                if judgement.entry.despite.is_some() {
                    writing::readable(&judgement.entry)?;
                }
                Became::New { seq: judgement.entry.seq, refusals: judgement.refusals }
            }
        };
        if !matches!(became, Became::Refused(_)) {
            self.warn(entry.seq, judgement.warnings);
        }
        self.admitted.extend(admitted);
        Ok(became)
    }

    /// Records a check with the answer that its question gets here.
    fn ask_again(&mut self, entry: &Entry, check: &Check) -> anyhow::Result<(Became, Option<Answers>)> {
        let draft = self.draft(entry, entry.event.clone(), None);
        let Some(admitted) = self.onto.book.ask_again(&draft, check)? else {
            let told = format!("a check is recorded on its day, and {} is still ahead", entry.date);
            return Ok((Became::Refused(vec![Refusal::new(Code::DateInFuture, told)]), None));
        };
        let now = match &admitted.entry().event {
            Event::Check(now) if (now.decision, &now.codes) != (check.decision, &check.codes) => Some(now.clone()),
            _ => None,
        };
        self.admitted.push(admitted);
        let answers = now.map(|now| Answers { before: check.clone(), now });
        Ok((Became::New { seq: draft.seq, refusals: Vec::new() }, answers))
    }

    /// Adds each warning once, with the first entry that it is about.
    fn warn(&mut self, seq: Seq, warnings: impl IntoIterator<Item = String>) {
        let new = warnings.into_iter().filter(|told| self.warned.insert(told.clone()));
        self.onto.warnings.extend(new.map(|told| format!("entry {seq}: {told}")));
    }
}

/// Says where a registration changes what the other branch changed in another way.
fn overruled(before: Option<&Registration>, held: &Registration, change: &RecordChange) -> Option<String> {
    let new = Registration { id: held.id.clone(), ..Registration::default() };
    let theirs = RecordChange::between(before.unwrap_or(&new), held);
    let differs = |is_given: bool, differs: bool, field: &'static str| (is_given && differs).then_some(field);
    let fields: Vec<&str> = [
        differs(change.name.is_some() && theirs.name.is_some(), change.name != theirs.name, "name"),
        differs(change.country.is_some() && theirs.country.is_some(), change.country != theirs.country, "country"),
        differs(change.parent.is_some() && theirs.parent.is_some(), change.parent != theirs.parent, "parent"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!fields.is_empty()).then(|| {
        let (id, fields) = (&change.id, fields.join(", "));
        format!("both branches changed customer `{id}`, each in its own way: {fields}; what this entry says holds from its date on")
    })
}

/// The refusal of a change to a customer whose registration the other branch took out.
fn unregistered(change: &RecordChange) -> Refusal {
    let told =
        format!("customer `{}` is not registered there, and the entry changes only a part of its record", change.id);
    Refusal::new(Code::CustomerUnknown, told).field("id")
}
