//! `validate`: finds every fault and every breach in every ledger.

use crate::commands::error::Misuse;
use crate::commands::progress::Progress;
use crate::commands::session::{Session, fold_line, read_each, warn_of_marker, warn_of_torn};
use crate::commands::{Answer, Exit, policy_file};
use crate::domain::book::Book;
use crate::domain::event::{Digest, Entry, Number, Seq};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::{Serial, unfit_number};
use crate::report::validation::{ValidatedLedger, Validation};
use crate::store::ledger::Ledger;
use crate::store::ledger::file::LedgerFile;
use crate::store::ledger::read::{Line, Wanted};
use crate::store::ledger::source::{Extension, Source, extension};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub ledgers: Vec<PathBuf>,
    /// The policy that must have been adopted last.
    pub policy: Option<PathBuf>,
    /// The ledger that this one must begin with.
    pub extends: Option<PathBuf>,
    /// The head that it must have.
    pub expect_head: Option<Digest>,
    /// Whether violations count as breaches (R13).
    pub strict: bool,
}

/// Validates all ledgers. The worst one sets the exit code.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let at = |path: &PathBuf| -> Arc<dyn Ledger> {
        Arc::new(LedgerFile::at(Arc::clone(&session.system), path, Duration::ZERO))
    };
    let ledgers: Vec<Arc<dyn Ledger>> = match request.ledgers.as_slice() {
        [] => vec![Arc::clone(&session.ledger)],
        paths => paths.iter().map(at).collect(),
    };
    if ledgers.len() != 1 && (request.extends.is_some() || request.expect_head.is_some()) {
        return Err(Misuse::new(
            "--extends and --expect-head take exactly one ledger",
            "validate the other ledgers separately",
        )
        .into());
    }
    let policy = request.policy.as_deref().map(policy_file::adoption).transpose()?.map(|adoption| adoption.digest);
    let older = request.extends.as_ref().map(|path| at(path).open()).transpose()?;
    let mut exit = Exit::Fine;
    let mut validated = Vec::with_capacity(ledgers.len());
    for ledger in &ledgers {
        let source = match ledger.open() {
            Ok(source) => Rc::new(source),
            // One ledger of several that can't be read must not hide what is wrong with the others.
            Err(error) if ledgers.len() > 1 => {
                exit = Exit::Failed;
                validated.push(ValidatedLedger::unread(ledger.name(), error.to_string()));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let (mut found, book) = validate(&source, &*session.progress)?;
        found.warnings.extend(warn_of_marker(&**ledger)?);
        if let Some(older) = &older {
            found.faults.extend(not_an_extension(extension(&source, older)?));
        }
        if let Some(expected) = request.expect_head.filter(|expected| found.head != Some(*expected)) {
            let told = match found.head {
                Some(head) => format!("the head is {head}, not {expected}"),
                None => format!("there is no line, so no head {expected}"),
            };
            found.faults.push(Fault::new(FaultCode::HeadDiffers, told));
        }
        if let (Some(expected), Some(book)) = (policy, &book) {
            found.faults.extend(policy_differs(book, expected));
        }
        exit = exit.max(match (found.faults.is_empty(), found.has_breaches(request.strict)) {
            (false, _) => Exit::NotValid,
            (true, true) => Exit::No,
            (true, false) => Exit::Fine,
        });
        validated.push(found);
    }
    let warnings = validated
        .iter()
        .flat_map(|ledger| ledger.warnings.iter().map(|warning| format!("{}: {warning}", ledger.path)))
        .collect();
    let document = Validation { ledgers: validated, strict: request.strict };
    Ok(Answer { document: Box::new(document), exit, warnings })
}

/// Finds all faults. Without faults, also gives the fold with its findings.
fn validate(source: &Rc<Source>, progress: &dyn Progress) -> anyhow::Result<(ValidatedLedger, Option<Book>)> {
    let mut ledger = ValidatedLedger::named(source.name());
    let mut book: Option<Book> = None;
    let mut despite: Vec<Seq> = Vec::new();
    let end = read_each(source, progress, Wanted::Entries, |line, _| {
        match line {
            Err(found) => ledger.faults.extend_from_slice(found),
            Ok(Line { entry, offset, .. }) if ledger.faults.is_empty() => {
                despite.extend(entry.despite.is_some().then_some(entry.seq));
                ledger.warnings.extend(unfit_numbers(entry));
                fold_line(&mut book, entry, *offset, source)?;
            }
            Ok(_) => {}
        }
        Ok(())
    })?;
    ledger.entries = end.lines;
    ledger.head = (end.lines > 0).then_some(end.head);
    ledger.warnings.extend(end.torn.map(warn_of_torn));
    let book = book.filter(|_| ledger.faults.is_empty());
    if let Some(book) = &book {
        ledger.findings = book.findings().to_vec();
        let needless = despite.iter().filter(|seq| book.finding(**seq).is_none());
        ledger.warnings.extend(
            needless
                .map(|seq| format!("entry {seq} says that it was recorded despite the rules, but no rule refuses it")),
        );
    }
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

/// The fault of a ledger that does not begin with the older one, if it does not.
fn not_an_extension(extension: Extension) -> Option<Fault> {
    let (line, told) = match extension {
        Extension::Extends => return None,
        Extension::Shorter(line) => (line, "it is shorter than the older ledger: lines were lost"),
        Extension::Differs(line) => {
            (line, "it does not begin with the older ledger's bytes: from this line on it was rewritten")
        }
    };
    let fault = Fault::new(FaultCode::NotAnExtension, told).line(line);
    Some(fault.help("a ledger is only ever appended to; go back to the older file"))
}

/// The fault of a ledger whose last adoption, in effective order, is of another policy.
fn policy_differs(book: &Book, expected: Digest) -> Option<Fault> {
    match book.adoptions().next_back() {
        Some((_, adoption)) if adoption.digest == expected => None,
        Some((place, adoption)) => Some(
            Fault::new(
                FaultCode::PolicyDiffers,
                format!(
                    "the last policy adopted is `{} {}` with digest {}, not the file with digest {expected}",
                    adoption.policy.name, adoption.policy.version, adoption.digest
                ),
            )
            .line(place.seq)
            .help("adopt the file with `exquota adopt`, or compare it with the adopted policy"),
        ),
        None => Some(Fault::new(FaultCode::PolicyDiffers, "no policy is adopted")),
    }
}
