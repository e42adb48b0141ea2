//! Closed lists of words. Each enum is declared once, with a word for each variant in files and output.

/// An enum with a word for each variant.
pub trait Word: Copy + PartialEq + 'static {
    /// Every variant, in the order of declaration.
    const ALL: &'static [Self];

    /// The word in files and output.
    fn as_str(self) -> &'static str;

    /// The variant with exactly this word.
    fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == word)
    }
}

/// Declares an enum with a word for each variant, and its [`Word`], `ALL`, `as_str` and `Display`.
macro_rules! words {
    ($(#[$about:meta])* $reach:vis enum $name:ident {
        $($(#[$meaning:meta])* $variant:ident = $word:literal,)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        $reach enum $name {
            $($(#[$meaning])* $variant,)*
        }

        impl $name {
            /// Every variant, in the order of declaration.
            $reach const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word in files and output.
            $reach fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }

        impl $crate::domain::words::Word for $name {
            const ALL: &'static [Self] = $name::ALL;

            fn as_str(self) -> &'static str {
                $name::as_str(self)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests;
