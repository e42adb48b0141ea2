//! `register` without arguments: asks for a customer value by value, and judges each answer at once with all before it.

use super::Talk;
use crate::cli::args::{Verb, WriteArgs};
use crate::cli::dispatch::writing;
use crate::commands::session::{Session, Writing};
use crate::commands::verbs::completions::{self, Known};
use crate::commands::verbs::register::{self, Preview};
use crate::domain::event::Registration;
use crate::domain::registration::RecordChange;
use crate::domain::text::{Country, CustomerId, Name, Text, tidy, unfit_text};
use crate::report::clean::clean;
use std::path::Path;

/// Stands in for the country until it is answered, so that the answers so far can be judged.
const SOME_COUNTRY: &str = "CN";

pub(super) fn ask(session: &Session, talk: &mut Talk<'_>, mut write: WriteArgs) -> anyhow::Result<Verb> {
    let options = writing(&write);
    let date = options.date.unwrap_or(session.today);
    talk.say(&format!(
        "A customer for {}, dated {date}. Ctrl-C cancels; nothing is written before you answer yes.\n",
        clean(&session.ledger.name())
    ))?;
    let Known { customers, countries, .. } = completions::known(Path::new(&session.ledger.name()));
    let customers: Vec<_> = customers.into_keys().collect();
    let countries: Vec<_> = countries.into_iter().collect();
    let mut asked = Asked { session, options: &options, change: RecordChange::default(), known: None };
    asked.id(talk, &customers)?;
    let known = asked.known.clone();
    let held = |text: &dyn Fn(&Registration) -> String| {
        let text = known.as_ref().map(text).filter(|text| !text.is_empty());
        text.map(|text| format!(" [{}]", clean(&text))).unwrap_or_default()
    };
    let added = |names: &dyn Fn(&Registration) -> &[Name]| {
        let held = held(&|record| names(record).iter().map(Name::as_str).collect::<Vec<_>>().join(";"));
        if held.is_empty() { held } else { format!(", added to{held}") }
    };
    let (name, country) = (held(&|record| record.name.to_string()), held(&|record| record.country.to_string()));
    let parent = held(&|record| record.parent.as_ref().map(ToString::to_string).unwrap_or_default());
    let none = if parent.is_empty() { ", if it belongs to one" } else { ", `-` for none" };
    let is_new = known.is_none();
    asked.each(talk, &format!("full name{name}"), &[], is_new, |change, answer| change.name = answer.map(Text::new))?;
    asked.each(talk, &format!("country, two letters{country}"), &countries, is_new, |change, answer| {
        change.country = answer.map(Country::new);
    })?;
    asked.each(talk, &format!("parent{none}{parent}"), &customers, false, |change, answer| {
        change.parent = answer.map(|answer| (answer != "-").then(|| CustomerId::new(answer)));
    })?;
    let aliases = format!("other names, `;` between them{}", added(&|record| &record.aliases));
    asked.each(talk, &aliases, &[], false, |change, answer| change.aliases = listed(answer))?;
    let flags = format!("flags, `;` between them{}", added(&|record| &record.flags));
    asked.each(talk, &flags, &[], false, |change, answer| change.flags = listed(answer))?;
    let Asked { change, .. } = asked;
    let preview = register::preview(session, &options, &change)?;
    if let Some(line) = preview.line.as_ref().filter(|_| preview.recorded.is_none()) {
        talk.say("\nThe line to be written; `recorded_at` gets its value when it is written:")?;
        talk.say_as_is(&clean(line))?;
        if !write.recording.dry_run {
            talk.confirm("Write it?")?;
        }
        // The line that was shown is written, or none is.
        write.recording.expect_head = write.recording.expect_head.or(Some(preview.head));
    }
    let RecordChange { id, name, country, parent, aliases, flags, drop_aliases, drop_flags } = change;
    Ok(Verb::Register {
        id: Some(id),
        ask: false,
        name,
        country,
        no_parent: parent == Some(None),
        parent: parent.flatten(),
        aliases,
        flags,
        drop_aliases,
        drop_flags,
        write,
    })
}

/// The answers so far.
struct Asked<'a> {
    session: &'a Session,
    options: &'a Writing,
    change: RecordChange,
    /// The record that is registered already, if one is.
    known: Option<Registration>,
}

impl Asked<'_> {
    fn id(&mut self, talk: &mut Talk<'_>, customers: &[String]) -> anyhow::Result<()> {
        loop {
            let id = talk.ask_name("id, as in `example-cloud`", customers)?;
            if id.is_empty() {
                talk.say("error: a customer needs an id, by which other commands name it")?;
                continue;
            }
            if let Some(problem) = register::id_problem(&id) {
                talk.say(&format!("error: {problem}"))?;
                continue;
            }
            self.change.id = CustomerId::new(id);
            self.known = register::registered(self.session, self.options, &self.change.id)?;
            if let Some(known) = &self.known {
                talk.say(&format!(
                    "`{}` is registered as {}: an empty answer keeps the recorded value.",
                    known.id,
                    clean(known.name.as_str())
                ))?;
                return Ok(());
            }
            let preview = self.so_far()?;
            if !told(talk, &preview)? {
                return Ok(());
            }
        }
    }

    /// Asks for one part of the record until the answer is accepted. Tab completes `names`.
    fn each(
        &mut self,
        talk: &mut Talk<'_>,
        question: &str,
        names: &[String],
        needed: bool,
        set: impl Fn(&mut RecordChange, Option<String>),
    ) -> anyhow::Result<()> {
        loop {
            let answer =
                Some(tidy(&talk.ask_name(question, names)?).into_owned()).filter(|answer| unfit_text(answer).is_none());
            if answer.is_none() && needed {
                talk.say("error: a new customer needs one")?;
                continue;
            }
            set(&mut self.change, answer);
            let preview = match self.so_far() {
                Ok(preview) => preview,
                Err(error) => {
                    talk.explain(error)?;
                    continue;
                }
            };
            talk.warn(&preview.warnings)?;
            if !told(talk, &preview)? {
                return Ok(());
            }
        }
    }

    /// Judges the answers so far, as if the missing ones were valid.
    fn so_far(&self) -> anyhow::Result<Preview> {
        let mut change = self.change.clone();
        if self.known.is_none() {
            change.name.get_or_insert_with(|| Text::new(change.id.as_str()));
            change.country.get_or_insert_with(|| Country::new(SOME_COUNTRY));
        }
        register::preview(self.session, self.options, &change)
    }
}

/// Prints why the answers are not accepted; returns whether there was a reason.
fn told(talk: &mut Talk<'_>, preview: &Preview) -> anyhow::Result<bool> {
    for problem in &preview.problems {
        talk.say(&format!("error: {}", clean(problem)))?;
    }
    Ok(!preview.problems.is_empty())
}

fn listed(answer: Option<String>) -> Vec<Name> {
    let answer = answer.unwrap_or_default();
    answer.split(';').filter_map(|part| part.parse().ok()).collect()
}
