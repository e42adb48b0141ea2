//! The names of things. Each has its own type, so that they can't be mixed up.

use compact_str::CompactString;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

macro_rules! text_type {
    ($($(#[$about:meta])* $name:ident: $fit:ident;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Default)]
        pub struct $name(CompactString);

        impl $name {
            /// Takes the text as it is, from a ledger. The store checks its length and form.
            pub fn new(text: impl Into<CompactString>) -> Self {
                Self(text.into())
            }

            /// The text as given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Takes a text as a person writes it (D31).
        impl FromStr for $name {
            type Err = String;

            fn from_str(given: &str) -> Result<Self, String> {
                let text = tidy(given);
                match $fit(&text) {
                    None => Ok(Self::new(text)),
                    Some(unfit) => Err(format!("the value {unfit}; {}", unfit.help())),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0.as_str())
            }
        }
    )*};
}

text_type! {
    /// Free text: a reason, a consignee.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    Text: unfit_text;
    /// A name: of a licensee, an alias, a flag, an attestation, a series. All its spellings are equal (D31).
    Name: unfit_text;
    /// A customer's id: `[a-z0-9][a-z0-9._-]*` in a valid ledger.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    CustomerId: unfit_text;
    /// The policy's own name of a chip, never an alias.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    ChipName: unfit_text;
    /// A licence number, as the licensing authority gave it.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    LicenceNumber: unfit_number;
    /// The reference of a shipment or a return: one namespace (D18).
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    Reference: unfit_number;
    /// The policy's name of a ceiling.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    CeilingName: unfit_text;
    /// A serial number of one chip. All its spellings are equal (D31).
    Serial: unfit_number;
    /// ISO 3166-1 alpha-2 in a valid ledger; any other text is `country-unknown`.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    Country: unfit_text;
}

macro_rules! equal_in_any_spelling {
    ($($name:ident)*) => {$(
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0 || NameKey::of(&self.0) == NameKey::of(&other.0)
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                NameKey::of(&self.0).hash(state);
            }
        }
    )*};
}

equal_in_any_spelling!(Name Serial);

/// A text as the ledger takes it from a person: no white space at the ends, one blank for each run of it (D31).
pub fn tidy(text: &str) -> Cow<'_, str> {
    // Most texts have no white space, and there are millions of serial numbers.
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Cow::Borrowed(text);
    }
    let mut before = ' ';
    let untidy = |letter: char| {
        let before = std::mem::replace(&mut before, letter);
        letter.is_whitespace() && (letter != ' ' || before == ' ')
    };
    if !text.contains(untidy) && !text.ends_with(' ') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a spreadsheet would take a cell with this text for a formula, or an import the text for a formula that was
/// marked with `'`.
pub fn begins_formula(text: &str) -> bool {
    text.trim_start().trim_start_matches('\'').starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The common form of all spellings of a name or serial number: tidy, NFKC, full case folding (R2, D31).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NameKey(CompactString);

impl NameKey {
    /// The key of `name`.
    pub fn of(name: &str) -> Self {
        if name.is_ascii() {
            let mut key = CompactString::new(tidy(name));
            key.make_ascii_lowercase();
            return Self(key);
        }
        // Folding may break NFKC ("İ" becomes two characters), and NFKC may make new blanks.
        let folded = UniCase::unicode(name.nfkc().collect::<String>()).to_folded_case();
        Self(tidy(&folded.nfkc().collect::<String>()).into())
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a person's text is not taken in (D31).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    Empty,
    WhiteSpace,
    Invisible(char),
}

impl Unfit {
    /// The next step, for a person.
    pub fn help(self) -> &'static str {
        match self {
            Unfit::Empty => "fill it in, or leave it out",
            Unfit::WhiteSpace => "numbers are one word: remove the white space in it",
            Unfit::Invisible(_) => "type it by hand: a copy brings the character along",
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Empty => f.write_str("is empty"),
            Unfit::WhiteSpace => f.write_str("holds white space"),
            Unfit::Invisible(character) => write!(f, "holds U+{:04X}, which is invisible", u32::from(*character)),
        }
    }
}

/// Why a text says nothing; none if it says something.
pub fn unfit_text(text: &str) -> Option<Unfit> {
    text.chars().all(|letter| letter.is_whitespace() || is_invisible(letter)).then_some(Unfit::Empty)
}

/// Why a text is no licence number, reference or serial number; none if it is one.
pub fn unfit_number(text: &str) -> Option<Unfit> {
    match text.chars().find(|letter| letter.is_whitespace() || is_invisible(*letter)) {
        Some(letter) if is_invisible(letter) => Some(Unfit::Invisible(letter)),
        Some(_) => Some(Unfit::WhiteSpace),
        None => unfit_text(text),
    }
}

/// Whether `character` is invisible: Unicode's Default_Ignorable_Code_Point, which includes the bidirectional controls,
/// and interlinear annotation.
pub fn is_invisible(character: char) -> bool {
    !character.is_ascii()
        && matches!(character,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The at most three names nearest to `wanted`, best first, for "did you mean": spelt alike, or the same but for words
/// that one of the two leaves out.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<Text> {
    const ALIKE: f64 = 0.8;
    const WORDS_LEFT_OUT: f64 = 0.9;
    let wanted = NameKey::of(wanted);
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| {
            let key = NameKey::of(name);
            let spelt = strsim::jaro_winkler(wanted.as_str(), key.as_str());
            let is_part = has_words_of(&key, &wanted) || has_words_of(&wanted, &key);
            (if is_part { spelt.max(WORDS_LEFT_OUT) } else { spelt }, name)
        })
        .filter(|(likeness, _)| *likeness > ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, name)| Text::new(name)).collect()
}

/// Whether every word of `few` is a word of `many`.
fn has_words_of(many: &NameKey, few: &NameKey) -> bool {
    fn words(key: &NameKey) -> impl Iterator<Item = &str> {
        key.as_str().split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
    }
    words(few).next().is_some() && words(few).all(|word| words(many).any(|other| other == word))
}

#[cfg(test)]
mod tests;
