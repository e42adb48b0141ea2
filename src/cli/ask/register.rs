//! `register` without arguments: a customer, one answer after the other, each judged at once with all before it.

use super::Talk;
use crate::cli::args::{Verb, WriteArgs};
use crate::cli::dispatch::writing;
use crate::commands::register::{self, Preview, Request};
use crate::commands::session::{Session, Writing};
use crate::domain::event::Registration;
use crate::report::clean::clean;

/// Stands for what is not answered yet, so that the answers so far can be judged.
const SOME_COUNTRY: &str = "CN";

pub(super) fn ask(session: &Session, talk: &mut Talk<'_>, mut write: WriteArgs) -> anyhow::Result<Verb> {
    let options = writing(&write);
    let date = options.date.unwrap_or(session.today);
    talk.say(&format!(
        "A customer for {}, dated {date}. Ctrl-C ends this; nothing is written before a yes.\n",
        clean(&session.ledger.name())
    ))?;
    let mut asked = Asked { session, options: &options, request: Request::default(), known: None };
    asked.id(talk)?;
    asked.each(talk, "name", |request, answer| request.name = answer)?;
    asked.each(talk, "country, two letters", |request, answer| request.country = answer)?;
    asked.each(talk, "parent", |request, answer| {
        request.no_parent = answer.as_deref() == Some("-");
        request.parent = answer.filter(|_| !request.no_parent);
    })?;
    asked.each(talk, "aliases", |request, answer| request.aliases = listed(answer))?;
    asked.each(talk, "flags", |request, answer| request.flags = listed(answer))?;
    let Asked { request, .. } = asked;
    let preview = register::preview(session, &options, &request)?;
    if let Some(line) = preview.line.as_ref().filter(|_| preview.recorded.is_none()) {
        talk.say("\nThe line to be written, `recorded_at` being the second in which it is:")?;
        talk.say_as_is(&clean(line))?;
        if !write.dry_run {
            talk.confirm("Write it?")?;
        }
        // What was shown is what is written, or nothing is.
        write.expect_head = write.expect_head.or(Some(preview.head));
    }
    let Request { id, name, country, parent, no_parent, aliases, flags, drop_aliases, drop_flags } = request;
    let id = Some(id);
    Ok(Verb::Register {
        id,
        ask: false,
        name,
        country,
        parent,
        no_parent,
        aliases,
        flags,
        drop_aliases,
        drop_flags,
        write,
    })
}

/// What was answered so far.
struct Asked<'a> {
    session: &'a Session,
    options: &'a Writing,
    request: Request,
    /// As it is registered, if it is.
    known: Option<Registration>,
}

impl Asked<'_> {
    fn id(&mut self, talk: &mut Talk<'_>) -> anyhow::Result<()> {
        loop {
            self.request.id = talk.ask("id, as in `example-cloud`")?;
            if self.request.id.is_empty() {
                continue;
            }
            if let Some(problem) = register::id_problem(&self.request.id) {
                talk.say(&format!("error: {problem}"))?;
                continue;
            }
            self.known = register::registered(self.session, self.options, &self.request.id)?;
            if let Some(known) = &self.known {
                talk.say(&format!(
                    "`{}` is registered as {}: an empty answer leaves what stands there.",
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

    /// Asks for one part of the record until it will do.
    fn each(
        &mut self,
        talk: &mut Talk<'_>,
        part: &str,
        set: impl Fn(&mut Request, Option<String>),
    ) -> anyhow::Result<()> {
        let needed = self.known.is_none() && (part == "name" || part.starts_with("country"));
        let question = self.question(part);
        loop {
            let answer = Some(talk.ask(&question)?).filter(|answer| !answer.is_empty());
            if answer.is_none() && needed {
                talk.say("error: a new customer needs one")?;
                continue;
            }
            set(&mut self.request, answer);
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

    /// What is asked, with what stands there now.
    fn question(&self, part: &str) -> String {
        let known = self.known.as_ref();
        let texts = |texts: &[crate::domain::text::Text]| {
            texts.iter().map(|text| clean(text.as_str()).into_owned()).collect::<Vec<_>>().join(";")
        };
        let now = |held: Option<String>| held.filter(|held| !held.is_empty()).map(|held| format!(" [{held}]"));
        let name = known.map(|known| clean(known.name.as_str()).into_owned());
        match part {
            "name" => format!("full name{}", now(name).unwrap_or_default()),
            "parent" => {
                let parent = known.and_then(|known| known.parent.as_ref()).map(ToString::to_string);
                let none = if parent.is_some() { ", `-` for none" } else { ", if it belongs to one" };
                format!("parent{none}{}", now(parent).unwrap_or_default())
            }
            "aliases" => {
                let aliases = known.map(|known| texts(&known.aliases));
                format!(
                    "other names, `;` between them{}",
                    now(aliases).map(|held| format!(", beside{held}")).unwrap_or_default()
                )
            }
            "flags" => {
                let flags = known.map(|known| texts(&known.flags));
                format!(
                    "flags, `;` between them{}",
                    now(flags).map(|held| format!(", beside{held}")).unwrap_or_default()
                )
            }
            _ => format!("{part}{}", now(known.map(|known| known.country.to_string())).unwrap_or_default()),
        }
    }

    /// The answers so far, judged; what is still to come is taken to be well.
    fn so_far(&self) -> anyhow::Result<Preview> {
        let mut request = self.request.clone();
        if self.known.is_none() {
            request.name.get_or_insert_with(|| request.id.clone());
            request.country.get_or_insert_with(|| SOME_COUNTRY.to_owned());
        }
        register::preview(self.session, self.options, &request)
    }
}

/// Tells why the answers won't do, if so.
fn told(talk: &mut Talk<'_>, preview: &Preview) -> anyhow::Result<bool> {
    for problem in &preview.problems {
        talk.say(&format!("error: {}", clean(problem)))?;
    }
    Ok(!preview.problems.is_empty())
}

fn listed(answer: Option<String>) -> Vec<String> {
    let answer = answer.unwrap_or_default();
    answer.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
