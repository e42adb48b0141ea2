//! The walks of three users at 80 columns. `fixtures/walks/NAME.walk` holds their commands, and `NAME.screen` all that
//! the terminal shows. `BLESS=1 cargo test --test terminal` renews the screens.
//!
//! A line of a walk that begins with `# ` is the user's remark. One that begins with `@ ` sets the clock. Every other
//! line is a command of the shell, and the commands of a walk share one folder.

use crate::pty::shell_at_terminal;
use crate::support::{copy_files, root};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use textwrap::core::display_width;

const COLUMNS: u16 = 80;

/// Everything that the terminal shows. A command's exit code comes below its output if it is not 0.
fn walked(walk: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("fixtures/walks"), folder.path());
    let (mut shown, mut clock) = (String::new(), "");
    for line in walk.lines().filter(|line| !line.is_empty()) {
        if let Some(time) = line.strip_prefix("@ ") {
            clock = time;
            writeln!(shown, "[{time}]\n").unwrap();
        } else if line.starts_with("# ") {
            writeln!(shown, "{line}").unwrap();
        } else {
            let clocked = format!("exquota() {{ command exquota --clock {clock} \"$@\"; }}; {line}");
            let screen = shell_at_terminal(folder.path(), COLUMNS, &clocked);
            let is_for_people = !["csv", "markdown", "github"].iter().any(|format| line.contains(format));
            let wide = screen.raw.lines().find(|shown| display_width(shown) > usize::from(COLUMNS));
            assert!(!is_for_people || wide.is_none(), "wider than the terminal: {line}\n{wide:?}");
            write!(shown, "$ {line}\n{}", screen.raw).unwrap();
            let exit = screen.exit.filter(|exit| *exit != 0).map(|exit| format!("[exit {exit}]\n")).unwrap_or_default();
            writeln!(shown, "{exit}").unwrap();
        }
    }
    shown
}

fn shows_the_kept_screen(name: &str) {
    let path = |kind: &str| root().join(Path::new("fixtures/walks").join(name).with_extension(kind));
    let shown = walked(&fs::read_to_string(path("walk")).unwrap());
    if std::env::var_os("BLESS").is_some() {
        fs::write(path("screen"), &shown).unwrap();
    }
    let kept = fs::read_to_string(path("screen")).unwrap_or_default();
    let differs = kept.lines().zip(shown.lines()).position(|(kept, shown)| kept != shown);
    let first = differs.unwrap_or_else(|| kept.lines().count().min(shown.lines().count()));
    assert!(kept == shown, "{name}.screen differs from line {} on; now shown:\n{shown}", first + 1);
}

#[test]
fn a_compliance_analysts_day() {
    shows_the_kept_screen("analyst");
}

#[test]
fn a_ci_engineers_day() {
    shows_the_kept_screen("engineer");
}

#[test]
fn an_analyst_hands_tables_on() {
    shows_the_kept_screen("tables");
}
