//! `man`: prints a manual page, or writes all of them.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::session::Session;
use crate::commands::{Answer, Exit};
use crate::report::manual::{Manual, ManualPage};
use crate::store::put::{put_new, refuse_existing};
use std::path::{Path, PathBuf};

/// Answers with the page of the verb (the program's own without one), or writes all pages into a folder.
pub fn run(
    session: &Session,
    mut pages: Vec<ManualPage>,
    verb: &[String],
    into: Option<&Path>,
) -> anyhow::Result<Answer> {
    match into {
        Some(folder) => {
            let paths: Vec<PathBuf> =
                pages.iter().map(|page| folder.join(format!("{}.{}", page.name, page.section))).collect();
            refuse_existing(&*session.system, &paths)?;
            for (page, path) in pages.iter_mut().zip(paths) {
                put_new(&*session.system, &path, page.text.as_bytes())?;
                page.path = Some(path.display().to_string());
            }
        }
        None => pages = vec![chosen(pages, &verb.join("-"))?],
    }
    Ok(Answer { document: Box::new(Manual { pages }), exit: Exit::Fine, warnings: Vec::new() })
}

/// `policy check` has a page, and so has `policy-check`. The first page of a name is the verb's; `policy.5` is another.
fn chosen(mut pages: Vec<ManualPage>, verb: &str) -> anyhow::Result<ManualPage> {
    let verb_of =
        |page: &ManualPage| page.name.strip_prefix("exquota").unwrap_or_default().trim_start_matches('-').to_owned();
    let verbs: Vec<String> = pages.iter().map(verb_of).collect();
    let is_asked = |(known, page): (&String, &ManualPage)| known == verb || format!("{known}.{}", page.section) == verb;
    match verbs.iter().zip(&pages).position(is_asked) {
        Some(index) => Ok(pages.swap_remove(index)),
        None => {
            let known = verbs.iter().map(String::as_str).filter(|verb| !verb.is_empty());
            let next = did_you_mean(verb, known, "`exquota --help` lists the verbs");
            Err(Misuse::new(format!("there is no manual page for `{verb}`"), next).into())
        }
    }
}
