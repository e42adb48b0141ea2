//! Values out of the TOML tree, each checked.

use super::reader::{Entry, Item, Reader, meant};
use super::source::{alternatives, is_bidi_control, quoted};
use crate::domain::text::Text;
use crate::domain::units::{DecimalError, Units};
use crate::domain::words::Word;
use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;
use std::ops::Range;
use toml::de::DeValue;

/// Names and free text, in characters.
pub(super) const LONGEST_TEXT: usize = 512;
/// What stands as a key: names of ceilings, chips, flags and specs.
pub(super) const LONGEST_KEY: usize = 64;

const PLAIN_DIGITS: &str = "write plain decimal digits without quotes, at most 6 of them after the point";

/// What a key may take.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Number,
    Boolean,
    List,
    Table,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Number => "a number",
            Kind::Boolean => "`true` or `false`",
            Kind::List => "a list",
            Kind::Table => "a table",
        }
    }
}

/// What could be read of a list, with places, and whether that is all of it.
pub(super) struct Listed<T> {
    pub(super) values: Vec<(T, Range<usize>)>,
    pub(super) complete: bool,
}

impl<T> Listed<T> {
    /// The values, if none was wrong.
    pub(super) fn all(self) -> Option<Vec<T>> {
        self.complete.then(|| self.values.into_iter().map(|(value, _)| value).collect())
    }
}

impl Reader<'_> {
    /// A text that says something.
    pub(super) fn text(&mut self, item: &Item<'_>) -> Option<Text> {
        let DeValue::String(text) = item.value else {
            self.wrong_type(item, Kind::Text);
            return None;
        };
        self.sound(text, item.called(), &item.span, LONGEST_TEXT)
    }

    /// A key that names something, as in `[chips.NAME]`.
    pub(super) fn name(&mut self, entry: &Entry<'_>, what: &str) -> Option<Text> {
        let called = format!("the name of a {what}");
        self.sound(entry.key, called, &entry.key_span, LONGEST_KEY)
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, entry: &Entry<'_>) -> Listed<Text> {
        self.listed(entry, |reader, item| reader.text(item))
    }

    /// A list whose values `read` takes; a wrong one does not hide the rest.
    pub(super) fn listed<T>(&mut self, entry: &Entry<'_>, read: fn(&mut Self, &Item<'_>) -> Option<T>) -> Listed<T> {
        let mut listed = Listed { values: Vec::new(), complete: true };
        let Some(items) = self.list(entry) else {
            return Listed { complete: false, ..listed };
        };
        for item in items {
            match read(self, &item) {
                Some(value) => listed.values.push((value, item.span)),
                None => listed.complete = false,
            }
        }
        listed
    }

    /// A list that holds nothing twice.
    pub(super) fn distinct<T: Eq + Hash + Display>(&mut self, entry: &Entry<'_>, listed: Listed<T>) -> Option<Vec<T>> {
        let mut met = HashSet::new();
        let mut once = true;
        for (value, span) in &listed.values {
            if !met.insert(value) {
                let message = format!("{} is in `{}` twice", quoted(&value.to_string()), entry.key);
                self.fault(span, message, "remove one of them");
                once = false;
            }
        }
        listed.all().filter(|_| once)
    }

    /// One of a closed list of words.
    pub(super) fn choice<W: Word>(&mut self, item: &Item<'_>) -> Option<W> {
        let words: Vec<&str> = W::ALL.iter().map(|word| word.as_str()).collect();
        let DeValue::String(given) = item.value else {
            let message = format!("{} must be one of {}", item.called(), alternatives(&words));
            self.fault(&item.span, message, "write it in quotes");
            return None;
        };
        let chosen = W::named(given);
        if chosen.is_none() {
            let message = format!("{} can't be {}", item.called(), quoted(given));
            self.fault(&item.span, message, meant(given, &words));
        }
        chosen
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, item: &Item<'_>) -> Option<bool> {
        if let DeValue::Boolean(value) = item.value {
            return Some(*value);
        }
        self.wrong_type(item, Kind::Boolean);
        None
    }

    /// An exact decimal from 0 to `highest`, read from its digits (R1).
    pub(super) fn decimal(&mut self, item: &Item<'_>, highest: u64) -> Option<Units> {
        if !matches!(item.value, DeValue::Integer(_) | DeValue::Float(_)) {
            self.wrong_type(item, Kind::Number);
            return None;
        }
        let written = self.raw(&item.span);
        let called = item.called();
        // TOML has seen to it that each `_` stands between digits.
        let digits = written.replace('_', "");
        let (negative, magnitude) = digits.strip_prefix('-').map_or((false, digits.as_str()), |rest| (true, rest));
        let (message, help) = match (negative, magnitude.parse::<Units>()) {
            (_, Err(DecimalError::Malformed)) | (true, Ok(Units::ZERO)) => {
                let message = format!("{} is not a plain decimal number", quoted(written));
                (message, PLAIN_DIGITS.to_owned())
            }
            (true, _) => (format!("{called} is below zero"), "the lowest is 0".to_owned()),
            (false, Err(DecimalError::TooFine)) => {
                (format!("{called} has more than 6 decimals"), PLAIN_DIGITS.to_owned())
            }
            (false, Ok(amount)) if amount <= Units::from_whole(highest) => return Some(amount),
            (false, Ok(_) | Err(DecimalError::TooLarge)) => {
                (format!("{called} is too large"), format!("the highest is {highest}"))
            }
        };
        self.fault(&item.span, message, help);
        None
    }

    /// A whole percentage from 1 to 100.
    pub(super) fn percent(&mut self, item: &Item<'_>) -> Option<u8> {
        let percent = match item.value {
            // By radix 10 only: 0x50 is not how anyone writes a percentage.
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            _ => None,
        };
        let percent = percent.filter(|percent| (1..=100).contains(percent));
        if percent.is_none() {
            let message = format!("{} must be a whole number from 1 to 100", item.called());
            self.fault(&item.span, message, "give percentages, as in `warn_at = [80, 90]`");
        }
        percent
    }

    /// Notes that a value is of another type than its key takes.
    pub(super) fn wrong_type(&mut self, item: &Item<'_>, wanted: Kind) {
        let raw = self.raw(&item.span);
        let (found, is_scalar) = match item.value {
            DeValue::String(_) => ("text", true),
            DeValue::Integer(_) | DeValue::Float(_) => ("a number", true),
            DeValue::Boolean(_) => ("a truth value", true),
            DeValue::Datetime(_) => ("a date", true),
            DeValue::Array(_) => ("a list", false),
            DeValue::Table(_) => ("a table", false),
        };
        let help = match wanted {
            Kind::Text if is_scalar => {
                format!("put it in quotes: {}", quoted(&format!("\"{raw}\"")))
            }
            Kind::Text => "give a text in quotes".to_owned(),
            Kind::List if is_scalar => {
                format!("put it in brackets: {}", quoted(&format!("[{raw}]")))
            }
            Kind::List => "give a list in brackets".to_owned(),
            Kind::Number => PLAIN_DIGITS.to_owned(),
            Kind::Boolean => "write it without quotes".to_owned(),
            Kind::Table => "give its keys under a heading, as in `[ceilings.national]`".to_owned(),
        };
        self.fault(&item.span, format!("{} must be {}, not {found}", item.called(), wanted.as_str()), help);
    }

    /// `text` if it says something, is not over its limit and shows as what it is.
    fn sound(&mut self, text: &str, called: String, span: &Range<usize>, longest: usize) -> Option<Text> {
        let raw = self.raw(span);
        let (message, help) = if text.trim().is_empty() {
            (format!("{called} is empty"), "fill it in, or leave it out".to_owned())
        } else if let Some(control) = text.chars().find(|c| c.is_control()) {
            let code = u32::from(control);
            (format!("{called} holds the control character U+{code:04X}"), "keep it to one line of plain text".into())
        } else if let Some(bidi) = text.chars().find(|c| is_bidi_control(*c) && !raw.contains(*c)) {
            // Only written as an escape: where it stands raw it has been told.
            let code = u32::from(bidi);
            let message = format!("{called} holds the bidirectional control character U+{code:04X}");
            (message, "remove it: it makes text look other than it is".into())
        } else if text.chars().count() > longest {
            (format!("{called} is longer than {longest} characters"), "shorten it".into())
        } else {
            return Some(Text::new(text));
        };
        self.fault(span, message, help);
        None
    }
}
