//! The environment variables that the program reads. One that is set and empty counts as unset.

use crate::domain::text::Text;
use nix::unistd::{User, getuid};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The value of a variable.
pub(super) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The value of a variable that holds text; none if it is not UTF-8.
pub(super) fn text(name: &str) -> Option<String> {
    variable(name)?.into_string().ok()
}

/// The variable's name for clap, which would take an empty value for a value.
pub(super) fn unless_empty(name: &'static str) -> Option<&'static str> {
    let is_empty = env::var_os(name).is_some_and(|value| value.is_empty());
    (!is_empty).then_some(name)
}

/// The path that was typed where no shell reads it. `~/` is the home folder.
pub(super) fn at_home(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), variable("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(typed),
    }
}

/// The folder for what the program can make again.
pub(super) fn cache_folder() -> Option<PathBuf> {
    let folder = variable("XDG_CACHE_HOME").map(PathBuf::from);
    // The standard of that variable has relative paths ignored.
    let folder = folder.filter(|path| path.is_absolute());
    let folder = folder.or_else(|| Some(Path::new(&variable("HOME")?).join(".cache")));
    folder.map(|folder| folder.join("exquota"))
}

/// The variables that tell libpq which server a URL means that names none.
pub(super) fn server() -> String {
    let names = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE", "PGSERVICEFILE", "PGUSER"];
    names.map(|name| format!("{name}={:?}", variable(name))).join("\n")
}

/// The login name: from the environment, else from the user database, as for cron, tmux and containers. A user that
/// neither knows is named by number.
pub(super) fn login_name() -> Text {
    let known = || User::from_uid(getuid()).ok()??.name.parse().ok();
    let given = ["LOGNAME", "USER"].into_iter().find_map(|name| text(name)?.parse().ok());
    given.or_else(known).unwrap_or_else(|| Text::new(format!("uid-{}", getuid())))
}
