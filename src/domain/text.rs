//! The names of things. Each has its own type, so that they can't be mixed up.

use compact_str::CompactString;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

macro_rules! text_type {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(CompactString);

        impl $name {
            /// Takes the text as it is. The store checks its length and form.
            pub fn new(text: impl Into<CompactString>) -> Self {
                Self(text.into())
            }

            /// The text as given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
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
    /// Free text: a name, a reason, a consignee.
    Text;
    /// A customer's id: `[a-z0-9][a-z0-9._-]*` in a valid ledger.
    CustomerId;
    /// The policy's own name of a chip, never an alias.
    ChipName;
    /// A licence number, as the licensing authority gave it.
    LicenceNumber;
    /// The reference of a shipment or a return: one namespace (D18).
    Reference;
    /// The policy's name of a ceiling.
    CeilingName;
    /// A serial number of one chip.
    Serial;
    /// ISO 3166-1 alpha-2 in a valid ledger; any other text is `country-unknown`.
    Country;
}

/// The common form of all spellings of a name: NFKC, then lower case (R2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NameKey(String);

impl NameKey {
    /// The key of `name`.
    pub fn of(name: &str) -> Self {
        if name.is_ascii() {
            return Self(name.to_ascii_lowercase());
        }
        // Lower case may break NFKC ("İ" becomes two characters), so this normalises again.
        let folded: String = name.nfkc().flat_map(char::to_lowercase).collect();
        Self(folded.nfkc().collect())
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.0
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

/// The at most three names nearest to `wanted`, best first, for "did you mean".
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<Text> {
    const ALIKE: f64 = 0.8;
    let wanted = NameKey::of(wanted);
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| {
            let likeness = strsim::jaro_winkler(wanted.as_str(), NameKey::of(name).as_str());
            (likeness, name)
        })
        .filter(|(likeness, _)| *likeness > ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, name)| Text::new(name)).collect()
}

#[cfg(test)]
mod tests;
