//! `init` without arguments: asks for the policy and the customers, and shows the lines before it writes them.

use super::Talk;
use crate::cli::args::{Verb, WriteArgs};
use crate::cli::dispatch::writing;
use crate::commands::session::{Session, Writing};
use crate::commands::verbs::init::{self, Preview, Request};
use crate::report::clean::clean;
use std::path::{Path, PathBuf};

pub(super) fn ask(session: &Session, talk: &mut Talk<'_>, write: WriteArgs) -> anyhow::Result<Verb> {
    let options = writing(&write);
    init::must_be_new(session)?;
    let date = options.date.unwrap_or(session.today);
    talk.say(&format!(
        "A new ledger in {}, dated {date}. Ctrl-C cancels; nothing is written before you answer yes.\n",
        clean(&session.ledger.name())
    ))?;
    let policy = policy(session, talk, &options)?;
    let (customers, preview) = customers(session, talk, &options, &policy)?;
    talk.say("\nThe lines to be written; `recorded_at` and `prev` get their values when they are written:")?;
    for (index, line) in preview.lines.iter().enumerate() {
        let line = if index == 0 { shortened(line, &policy) } else { line.clone() };
        talk.say_as_is(&clean(&line))?;
    }
    if !write.recording.dry_run {
        talk.confirm("Create the ledger?")?;
    }
    Ok(Verb::Init {
        policy: Some(policy),
        #[cfg(feature = "postgres")]
        from: None,
        ask: false,
        customers,
        ignore: Vec::new(),
        write,
    })
}

/// Asks for a policy until the answer is a valid one.
fn policy(session: &Session, talk: &mut Talk<'_>, options: &Writing) -> anyhow::Result<PathBuf> {
    let offered = init::carried();
    talk.say("The program carries these policies; `exquota policy new` begins another:")?;
    for (number, policy) in (1..).zip(&offered) {
        talk.say(&format!("{number}  {}: {}", policy.name, clean(&policy.about())))?;
    }
    let names: Vec<_> = offered.iter().map(|policy| policy.name.to_owned()).collect();
    loop {
        let answer = talk.ask_file("the policy (a number, a name or a file; Tab completes)", &names)?;
        if answer.as_os_str().is_empty() {
            talk.say("error: a ledger needs a policy, which says what the ceilings are")?;
            continue;
        }
        let number = answer.to_str().and_then(|answer| answer.parse::<usize>().ok());
        let path = match number.map(|number| number.checked_sub(1).and_then(|index| offered.get(index))) {
            Some(Some(policy)) => PathBuf::from(policy.name),
            Some(None) if !answer.exists() => {
                talk.say(&format!("error: the list has the numbers 1 to {}", offered.len()))?;
                continue;
            }
            _ => answer,
        };
        let request = Request { policy: path.clone(), customers: None, ignore: Vec::new() };
        match init::preview(session, options, &request) {
            Ok(preview) => {
                talk.warn(&preview.warnings)?;
                talk.say(&clean(&preview.policy))?;
                return Ok(path);
            }
            Err(error) => talk.explain(error)?,
        }
    }
}

/// Asks for a file of customers until the answer is a valid one or empty.
fn customers(
    session: &Session,
    talk: &mut Talk<'_>,
    options: &Writing,
    policy: &Path,
) -> anyhow::Result<(Option<PathBuf>, Preview)> {
    loop {
        let answer = talk.ask_file("the customers' CSV, if there is one", &[])?;
        let customers = Some(answer).filter(|answer| !answer.as_os_str().is_empty());
        let request = Request { policy: policy.to_owned(), customers: customers.clone(), ignore: Vec::new() };
        match init::preview(session, options, &request) {
            Ok(preview) => {
                talk.warn(&preview.warnings)?;
                return Ok((customers, preview));
            }
            Err(error) => talk.explain(error)?,
        }
    }
}

/// Line 1 without the policy's text, which is the file's, byte for byte.
fn shortened(line: &str, policy: &Path) -> String {
    const SOURCE: &str = "\"source\":\"";
    match line.split_once(SOURCE) {
        Some((before, _)) => format!("{before}{SOURCE}... the text of {} ...\"}}}}}}", shown(policy)),
        None => line.to_owned(),
    }
}

fn shown(path: &Path) -> String {
    clean(&path.display().to_string()).into_owned()
}
