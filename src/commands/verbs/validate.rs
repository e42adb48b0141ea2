//! `validate`: finds every fault and every breach in every ledger.

use crate::commands::error::{MachineFailed, Misuse, NotValid};
use crate::commands::progress::Progress;
use crate::commands::session::{Session, fold_line, not_valid, read_each, warn_of_marker};
use crate::commands::{Answer, Exit, policy_file};
use crate::domain::book::Book;
use crate::domain::event::{Adoption, Digest, Entry, Number, Seq};
use crate::domain::fault::{Fault, FaultCode, FaultList};
use crate::domain::text::{Serial, Text, unfit_number};
use crate::report::validation::{ValidatedLedger, Validation};
use crate::store::file::{is_stream, matching};
use crate::store::git::{at_revision, gone};
use crate::store::ledger::Ledger;
use crate::store::ledger::read::{End, Line, Torn};
use crate::store::ledger::shared::is_address;
use crate::store::ledger::source::{Extension, Source, extension};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files, and patterns of their names.
    pub ledgers: Vec<PathBuf>,
    /// The policy that must have been adopted last.
    pub policy: Option<PathBuf>,
    /// The ledger that this one must begin with.
    pub extends: Option<PathBuf>,
    /// The revision of git at which each ledger's own file must be what it begins with.
    pub extends_git: Option<String>,
    /// The head that it must have.
    pub expect_head: Option<Digest>,
    /// Whether violations count as breaches (R13).
    pub strict: bool,
    /// Whether to give every fault, however many there are.
    pub all: bool,
}

/// Validates all ledgers. The worst one sets the exit code.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let mut ledgers: Vec<Arc<dyn Ledger>> = Vec::new();
    // What can't be read, and why.
    let mut unread: Vec<(String, String)> = Vec::new();
    for given in &request.ledgers {
        // The `?` of an address is no pattern.
        let found = if is_address(given) { vec![given.clone()] } else { matching(given)? };
        if found.is_empty() {
            unread.push((given.display().to_string(), "no file matches the pattern".to_owned()));
        } else if let Some(revision) = &request.extends_git {
            let told = format!(
                "`{revision}` has it, and it is gone: a ledger keeps its name; `git restore --source {revision} -- FILE` \
                 brings it back"
            );
            unread.extend(gone(given, revision)?.into_iter().map(|path| (path.display().to_string(), told.clone())));
        }
        for path in &found {
            ledgers.push(session.at(path)?);
        }
    }
    if request.ledgers.is_empty() {
        ledgers.push(Arc::clone(&session.ledger));
    }
    if let (Some((pattern, _)), true) = (unread.first(), ledgers.is_empty()) {
        let next = "check the pattern and the folder that the command runs in; nothing was validated".to_owned();
        return Err(MachineFailed { message: format!("no file matches `{pattern}`"), next }.into());
    }
    let several = ledgers.len() + unread.len() > 1;
    if several && (request.extends.is_some() || request.expect_head.is_some()) {
        let told = "--extends and --expect-head take exactly one ledger";
        return Err(Misuse::new(told, "validate the other ledgers separately").into());
    }
    let policy = request.policy.as_deref().map(policy_file::adoption).transpose()?;
    let older = match &request.extends {
        Some(path) => Some(older(&*session.at(path)?, session)?.0),
        None => None,
    };
    let mut exit = Exit::Fine;
    let mut validated = Vec::with_capacity(ledgers.len());
    for ledger in &ledgers {
        let source = match ledger.open_anew() {
            Ok(source) => Rc::new(source),
            // One ledger of several that can't be read must not hide what is wrong with the others.
            Err(error) if several => {
                exit = Exit::Failed;
                validated.push(ValidatedLedger::unread(ledger.name(), error.to_string()));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let (mut found, book) = validate(&source, session, request.all)?;
        found.suspect = warn_of_marker(&**ledger)?;
        found.warnings.splice(..0, ledger.notes());
        if let Some(older) = &older {
            found.faults.extend(not_an_extension(extension(&source, older)?));
        }
        if let Some(revision) = &request.extends_git {
            compare_with_git(&mut found, &source, revision, session)?;
        }
        if let Some(expected) = request.expect_head.filter(|expected| found.head != Some(*expected)) {
            let told = match found.head {
                Some(head) => format!("the head is {head}, not {expected}"),
                None => format!("there is no line, so no head {expected}"),
            };
            found.faults.push(Fault::new(FaultCode::HeadDiffers, told));
        }
        if let (Some(expected), Some(book)) = (&policy, &book) {
            found.faults.extend(policy_differs(book, &expected.policy));
        }
        exit = exit.max(exit_of(&found, request.strict));
        validated.push(found);
    }
    for (name, why) in unread {
        exit = Exit::Failed;
        validated.push(ValidatedLedger::unread(name, why));
    }
    let warned =
        validated.iter().flat_map(|ledger| ledger.warned().map(|warning| format!("{}: {warning}", ledger.path)));
    let warnings = policy.into_iter().flat_map(|read| read.warnings).chain(warned).collect();
    let document = Validation { ledgers: validated, strict: request.strict, all: request.all };
    Ok(Answer { document: Box::new(document), exit, warnings })
}

/// How a validation ends, if this is its only ledger.
pub(super) fn exit_of(ledger: &ValidatedLedger, strict: bool) -> Exit {
    match (&ledger.suspect, ledger.faults.is_empty()) {
        (Some(_), _) => Exit::Failed,
        (None, false) => Exit::NotValid,
        (None, true) if ledger.has_breaches(strict) => Exit::No,
        (None, true) => Exit::Fine,
    }
}

/// Reads a whole ledger, finds all its faults, and hands on the lines before the first fault.
pub(in crate::commands) fn read(
    source: &Source,
    progress: &dyn Progress,
    most: usize,
    mut take: impl FnMut(&Line) -> anyhow::Result<()>,
) -> anyhow::Result<(FaultList, End)> {
    let mut faults = FaultList::keeping(most);
    let end = read_each(source, progress, |line, _| match line {
        Err(found) => {
            faults.add(found);
            Ok(())
        }
        Ok(line) if faults.is_empty() => take(line),
        Ok(_) => Ok(()),
    })?;
    faults.add(end.torn.map(|torn| unfinished(torn, end.lines + 1)).as_slice());
    Ok((faults, end))
}

/// The older ledger, which must be a sound one itself: nothing follows from extending an empty file (D37).
pub(super) fn older(ledger: &dyn Ledger, session: &Session) -> anyhow::Result<(Source, End)> {
    let source = ledger.open().map_err(|error| MachineFailed {
        message: format!("the older ledger can't be read: {:#}", anyhow::Error::from(error)),
        next: "give a file that holds the ledger as it was; nothing was compared".to_owned(),
    })?;
    let (faults, end) = read(&source, &*session.progress, FaultList::MOST, |_| Ok(()))?;
    if faults.is_empty() {
        return Ok((source, end));
    }
    let next = "nothing was compared: give the older ledger as it was, whole; if a command such as `git show` made this \
                file, see whether it failed";
    Err(NotValid { what: "the older ledger", ..not_valid(&source, faults, next) }.into())
}

/// The fault of a last line without its end (D37). An entry that an editor or a copy cut off may have been recorded.
fn unfinished(torn: Torn, line: u64) -> Fault {
    let Torn { offset, length, entry } = torn;
    let fault = |message: String| Fault::new(FaultCode::LineUnfinished, message).line(line);
    match entry {
        None => fault(format!("the line has no end, and is no whole entry: {length} bytes from byte {offset}")).help(
            "a write that was cut off leaves such a line, and its entry was never acknowledged: `exquota recover` moves \
             the bytes to a file of their own. A download or copy that was cut off does too: get the file again",
        ),
        Some(seq) => fault(format!("the line is a whole entry {seq}, but its end is missing, so it does not count"))
            .help(format!(
                "restore the file if you have a copy. If entry {seq} was recorded, and an editor took the end away, add \
                 it before anybody writes: `printf '\\n' >> FILE`. If it was not, `exquota recover` moves it aside"
            )),
    }
}

/// Finds all faults. Without faults, also gives the fold with its findings.
pub(super) fn validate(
    source: &Rc<Source>,
    session: &Session,
    all: bool,
) -> anyhow::Result<(ValidatedLedger, Option<Book>)> {
    let mut ledger = ValidatedLedger::named(source.name());
    let mut book: Option<Book> = None;
    let mut despite: BTreeMap<Seq, Text> = BTreeMap::new();
    let now = session.system.now();
    let mut ahead: Option<(Seq, DateTime<Utc>)> = None;
    let mut warnings = Vec::new();
    let most = if all { usize::MAX } else { FaultList::MOST };
    let (faults, end) = read(source, &*session.progress, most, |Line { entry, offset, .. }| {
        despite.extend(entry.despite.clone().map(|reason| (entry.seq, reason)));
        warnings.extend(unfit_numbers(entry));
        if ahead.is_none() && entry.recorded_at > now {
            ahead = Some((entry.seq, entry.recorded_at));
        }
        fold_line(&mut book, entry, *offset, source)
    })?;
    ledger.warnings = warnings;
    ledger.entries = end.lines;
    ledger.head = (end.lines > 0).then_some(end.head);
    (ledger.faults, ledger.more_faults) = faults.finish();
    ledger.warnings.extend(ahead.map(|(seq, recorded_at)| {
        let utc = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%SZ");
        format!(
            "entry {seq} was recorded after now: at {}, and it is {}. A clock is or was wrong; if it was that of the \
             entry, `--after-last` lets the next ones be recorded",
            utc(recorded_at),
            utc(now)
        )
    }));
    let book = book.filter(|_| ledger.faults.is_empty());
    if let Some(book) = &book {
        ledger.findings = book.findings().to_vec();
        let needless = despite.keys().filter(|seq| book.finding(**seq).is_none());
        ledger.warnings.extend(
            needless
                .map(|seq| format!("entry {seq} says that it was recorded despite the rules, but no rule refuses it")),
        );
    }
    ledger.despite = despite;
    Ok((ledger, book))
}

/// Warns of numbers that this version takes in no more (D31).
fn unfit_numbers(entry: &Entry) -> Option<String> {
    let serials = entry.event.serials().into_iter().flat_map(|serials| serials.iter().flat_map(|(_, list)| list));
    let numbers = entry.event.number().map(Number::as_str).into_iter().chain(serials.map(Serial::as_str));
    let mut unfit = numbers.filter_map(|number| Some((number, unfit_number(number)?)));
    let (number, why) = unfit.next()?;
    let more = match unfit.count() {
        0 => String::new(),
        more => format!(" (and {more} more like it)"),
    };
    Some(format!("entry {}: `{number}` {why}{more}; the number without it is another one", entry.seq))
}

/// Adds the fault of a ledger that does not continue its own file at a revision of git. That file must be a sound ledger
/// (D37). A ledger that was not there is new.
fn compare_with_git(
    found: &mut ValidatedLedger,
    source: &Source,
    revision: &str,
    session: &Session,
) -> anyhow::Result<()> {
    if is_stream(source.path()) {
        let next = "give the ledger's file, or an older copy with `--extends OLD.jsonl`";
        return Err(Misuse::new("--extends-git: standard input has no file in git", next).into());
    }
    if is_address(source.path()) {
        let next = "give an older copy with `--extends OLD.jsonl`; `export --to ledger` makes one";
        return Err(Misuse::new("--extends-git: a shared ledger has no file in git", next).into());
    }
    let Some(older) = at_revision(source.path(), revision)? else {
        found.warnings.push(format!("it is not in `{revision}`: a new ledger, compared with nothing"));
        return Ok(());
    };
    let older = Source::of_bytes(source.path(), older);
    let (faults, _) = read(&older, &*session.progress, 1, |_| Ok(()))?;
    let fault = match faults.finish().0.into_iter().next() {
        None => not_an_extension(extension(source, &older)?),
        Some(first) => {
            let line = first.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let told = format!("`{revision}` has no sound ledger of this name to continue: {line}{}", first.message);
            let help = "give the revision of the last sound one; `git log -- FILE` lists them";
            Some(Fault::new(FaultCode::NotAnExtension, told).help(help))
        }
    };
    found.faults.extend(fault);
    Ok(())
}

/// The fault of a ledger that does not begin with the older one, if it does not.
pub(super) fn not_an_extension(extension: Extension) -> Option<Fault> {
    let rewritten = "it does not begin with the older ledger's bytes: from this line on it was rewritten";
    let (line, told) = match extension {
        Extension::Extends => return None,
        Extension::Shorter(line) => (line, "it is shorter than the older ledger: lines were lost"),
        Extension::Differs(line) => (line, rewritten),
    };
    let fault = Fault::new(FaultCode::NotAnExtension, told).line(line);
    Some(fault.help("a ledger is only ever appended to; go back to the older file"))
}

/// The fault of a ledger whose last adoption, in effective order, is of another policy.
fn policy_differs(book: &Book, expected: &Adoption) -> Option<Fault> {
    let differs = |told: String| Fault::new(FaultCode::PolicyDiffers, told);
    let Some((place, adopted)) = book.adoptions().next_back() else {
        return Some(differs("no policy is adopted".to_owned()));
    };
    if adopted.digest == expected.digest {
        return None;
    }
    let fault = if adopted.source.lines().eq(expected.source.lines()) {
        differs("the file differs from the last policy adopted in its line ends only".to_owned()).help(
            "git (`core.autocrlf`) or an editor changed the line ends: put `*.toml -text` into `.gitattributes`, \
             delete the file, and restore it with `git checkout -- FILE`",
        )
    } else {
        let Adoption { digest, policy, .. } = adopted;
        differs(format!(
            "the last policy adopted is `{} {}` with digest {digest}, not the file with digest {}",
            policy.name, policy.version, expected.digest
        ))
        .help("adopt the file with `exquota adopt`, or compare it with the adopted policy")
    };
    Some(fault.line(place.seq))
}
