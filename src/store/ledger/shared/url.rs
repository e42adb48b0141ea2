//! The address of a shared ledger: a URL of libpq, and behind its last `#` the ledger's name.

use std::path::Path;

/// The name of a ledger where the URL gives none.
const NAME: &str = "ledger";

/// The longest name in characters.
const LONGEST: usize = 64;

/// The address of a shared ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The URL for libpq. It may hold a password, so nothing prints it.
    pub(super) url: String,
    /// The ledger's name in the database.
    pub(super) name: String,
    /// The whole address without passwords, for messages.
    pub(super) shown: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Address {
    /// Reads an address, or says what is wrong with it. No message holds a part of the URL, which may be a password.
    pub fn parse(given: &Path) -> Result<Self, String> {
        let given = given.to_str().ok_or("the URL is not UTF-8: percent-encode its other bytes")?;
        let (url, name) = given.rsplit_once('#').unwrap_or((given, NAME));
        if name.contains(['@', '/']) {
            let told = "the ledger's name stands behind the last `#`: write `%23` for a `#`, `%40` for an `@` and `%2F` for a \
                        `/` that belong to a password or a name";
            return Err(told.to_owned());
        }
        let name = decoded(name).ok_or("the ledger's name behind `#` is not percent-encoded UTF-8")?;
        if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
            return Err(format!("a ledger's name has 1 to {LONGEST} characters, none of them control characters"));
        }
        Ok(Address { url: url.to_owned(), shown: format!("{}#{}", without_password(url), encoded(&name)), name })
    }

    /// Whether a message of libpq may show a part of a password, as it does where it can't read the URL.
    pub(super) fn would_tell(&self, message: &str) -> bool {
        let (_, rest) = self.url.split_once("://").unwrap_or_default();
        let user = rest.rsplit_once('@').map_or(rest, |(user, _)| user);
        let password = user.split_once(':').map_or("", |(_, password)| password);
        let given = rest.split_once('?').map_or("", |(_, options)| options).split('&');
        let given = given.filter(|option| is_secret(option)).filter_map(|option| Some(option.split_once('=')?.1));
        [password].into_iter().chain(given).flat_map(|secret| secret.split(['/', '?', '#', '@', ':', '&', '='])).any(
            |part| {
                !part.is_empty()
                    && (message.contains(part) || decoded(part).is_some_and(|part| message.contains(&part)))
            },
        )
    }
}

/// The URL without the passwords in it. Where they can't be told from the rest, more is left out.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (place, options) = rest.split_once('?').map_or((rest, None), |(place, options)| (place, Some(options)));
    let place = match place.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split([':', '/']).next().unwrap_or_default()),
        None => {
            let (hosts, database) = place.split_once('/').map_or((place, ""), |(hosts, database)| (hosts, database));
            // A port is a number. Anything else behind a colon may be a password whose `@` is missing.
            let is_port = |host: &str| {
                host.rsplit_once(':').is_none_or(|(_, port)| port.bytes().all(|digit| digit.is_ascii_digit()))
            };
            let hosts = hosts.split(',').map(|host| if is_port(host) || host.ends_with(']') { host } else { "..." });
            let slash = if place.contains('/') { "/" } else { "" };
            format!("{}{slash}{database}", hosts.collect::<Vec<_>>().join(","))
        }
    };
    let options: Vec<_> =
        options.iter().flat_map(|options| options.split('&')).filter(|option| !is_secret(option)).collect();
    let options = if options.is_empty() { String::new() } else { format!("?{}", options.join("&")) };
    // An `@` among the options means that the URL was not split where its author meant.
    let options = if options.contains('@') { "?..." } else { &options };
    format!("{scheme}://{place}{options}")
}

/// Whether an option of the URL is a password: `password`, `sslpassword`.
fn is_secret(option: &str) -> bool {
    let key = option.split('=').next().unwrap_or_default();
    decoded(key).is_none_or(|key| key.to_lowercase().contains("password"))
}

/// The text that is percent-encoded here. None if it is not UTF-8, or an encoding is cut short.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.contains(['+', '-']))?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The name as it stands behind `#`.
fn encoded(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            '%' | '#' | '@' | '/' | ' ' => format!("%{:02X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
