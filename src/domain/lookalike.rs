//! Warns of names that look like other names. The rules refuse no name for its looks, but a person gets a warning at
//! registration (R2).
//!
//! Blanks, punctuation and accents change no look (D31): `Tencent Ltd.` looks like `Tencent Ltd`.
//!
//! A misspelt customer would get a fresh quota. So would a customer whose name only looks like another's. Unicode (UTS
//! 39) defines which letters look alike and which scripts are usually mixed. Chinese, Japanese and Korean names often
//! contain Latin letters; Latin names never contain Cyrillic letters by nature.

use super::event::Registration;
use super::state::{State, names};
use super::text::{CustomerId, NameKey, Text, is_invisible};
use std::collections::HashMap;
use unicode_script::{Script, UnicodeScript};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

/// A given name and its kind: `name`, `alias` or `id`.
pub type Given<'a> = (&'static str, &'a str);

/// The names of all customers, by their looks.
#[derive(Debug, Default)]
pub struct Looks(HashMap<String, Vec<(CustomerId, Text)>>);

impl Looks {
    /// The names of a state's customers.
    pub fn of(state: &State) -> Self {
        let mut looks = Looks::default();
        for (_, customer) in state.customers() {
            looks.add(&customer.registered.record);
        }
        looks
    }

    /// Adds a customer's id, name and aliases.
    pub fn add(&mut self, record: &Registration) {
        for name in names(record) {
            for look in looks(name) {
                self.0.entry(look).or_default().push((record.id.clone(), Text::new(name)));
            }
        }
    }

    /// Warnings about the names given for the customer `id`.
    pub fn warnings(&self, id: &CustomerId, given: &[Given<'_>]) -> Vec<String> {
        let each = |(what, name): &Given<'_>| {
            let told = [mixed(what, name), invisible(what, name), self.taken_for(id, what, name)];
            told.into_iter().flatten()
        };
        given.iter().flat_map(each).collect()
    }

    /// Another customer's name that looks the same but differs.
    fn taken_for(&self, id: &CustomerId, what: &str, name: &str) -> Option<String> {
        let key = NameKey::of(name);
        let (other, known) = looks(name)
            .filter_map(|look| self.0.get(&look))
            .flatten()
            .find(|(other, known)| other != id && NameKey::of(known.as_str()) != key)?;
        let differs = name
            .chars()
            .zip(known.as_str().chars())
            .find(|(here, there)| !here.to_lowercase().eq(there.to_lowercase()))
            .filter(|(here, there)| here.is_alphanumeric() && there.is_alphanumeric());
        let told = format!("{what} `{name}` looks like `{known}` of customer `{other}` but is another name");
        Some(match differs {
            Some((here, there)) => format!("{told}: it has {} instead of {}", described(here), described(there)),
            None => format!("{told}: compare every sign and blank"),
        })
    }
}

/// The looks of a name, as given and in lower case: `I` looks like `l`, and `i` does not. A name of signs alone looks
/// like no other.
fn looks(name: &str) -> impl Iterator<Item = String> {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
    // A skeleton is decomposed, so that accents are characters of their own.
    let look = |text: &str| lower(&skeleton(text).filter(|letter| letter.is_alphanumeric()).collect::<String>());
    [look(name), look(&lower(name))].into_iter().filter(|look| !look.is_empty())
}

/// Warns of letters whose script is not usually mixed with the rest of the name.
fn mixed(what: &str, name: &str) -> Option<String> {
    let letters: Vec<(char, Script)> = name
        .chars()
        .map(|letter| (letter, letter.script()))
        .filter(|(_, script)| !matches!(script, Script::Common | Script::Inherited))
        .collect();
    let mut others = AugmentedScriptSet::default();
    for (letter, _) in letters.iter().filter(|(_, script)| *script != Script::Latin) {
        others.intersect_with(AugmentedScriptSet::for_char(*letter));
    }
    let has_latin = letters.iter().any(|(_, script)| *script == Script::Latin);
    let beside_latin = others.hanb || others.jpan || others.kore;
    if !others.is_empty() && (beside_latin || !has_latin) {
        return None;
    }
    let count = |script: Script| letters.iter().filter(|(_, other)| *other == script).count();
    // Of two equally frequent scripts, this takes the one that the name begins with.
    let (_, most) = letters.iter().rev().copied().max_by_key(|(_, script)| count(*script))?;
    let mut odd: Vec<char> = Vec::new();
    for (letter, script) in &letters {
        if !together(*script, most) && !odd.contains(letter) {
            odd.push(*letter);
        }
    }
    let shown: Vec<String> = odd.iter().take(3).map(|letter| described(*letter)).collect();
    let more = if odd.len() > shown.len() { " and more" } else { "" };
    let most = most.full_name();
    let verb = if odd.len() == 1 { "stands" } else { "stand" };
    Some(format!(
        "{what} `{name}` mixes scripts: {}{more} {verb} among {most} letters; typed in {most} letters alone it is another name",
        shown.join(", ")
    ))
}

/// Whether names usually mix these two scripts.
fn together(a: Script, b: Script) -> bool {
    let east_asian = |script| matches!(script, Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo);
    let usual = |a: Script, b: Script| east_asian(a) && (east_asian(b) || b == Script::Latin);
    let korean = |a: Script, b: Script| a == Script::Hangul && matches!(b, Script::Han | Script::Latin);
    a == b || usual(a, b) || usual(b, a) || korean(a, b) || korean(b, a)
}

/// Warns of invisible characters.
fn invisible(what: &str, name: &str) -> Option<String> {
    let found = name.chars().find(|letter| is_invisible(*letter))?;
    let code = u32::from(found);
    Some(format!("{what} `{name}` holds U+{code:04X}, which is invisible; without it, this would be another name"))
}

/// A character with its code point and script: `а` (U+0430, Cyrillic).
fn described(letter: char) -> String {
    let code = u32::from(letter);
    match letter.script() {
        Script::Common | Script::Inherited | Script::Unknown => format!("`{letter}` (U+{code:04X})"),
        script => format!("`{letter}` (U+{code:04X}, {})", script.full_name()),
    }
}

#[cfg(test)]
mod tests;
