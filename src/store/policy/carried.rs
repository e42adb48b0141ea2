//! The policies that the program carries: the files of `policies/`, byte for byte, and a template for a new one.

/// A policy that the program carries.
#[derive(Clone, Copy, Debug)]
pub struct Carried {
    /// The name of its file, without `.toml`.
    pub name: &'static str,
    /// Its TOML.
    pub source: &'static str,
}

macro_rules! carried {
    ($($name:literal,)*) => {
        /// Every policy that the program carries, by name.
        pub const CARRIED: &[Carried] =
            &[$(Carried { name: $name, source: include_str!(concat!("../../../policies/", $name, ".toml")) },)*];
    };
}

carried! {
    "ai-diffusion-2025",
    "bis-2026-01-15",
    "china-cap-2026-03",
    "china-cap-2026-05",
    "china-cap-2026-08",
    "china-cap-tpp-2026-03",
}

/// The carried policy of this name.
pub fn named(name: &str) -> Option<Carried> {
    CARRIED.iter().find(|policy| policy.name == name).copied()
}

/// A policy to begin with: valid as it stands, with an example of everything in comments.
pub const TEMPLATE: &str = include_str!("template.toml");
