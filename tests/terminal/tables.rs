//! Tables at terminals of several widths. `fixtures/terminal` keeps the expected screens, as `NAME.WIDTH.screen`.
//! `BLESS=1 cargo test --test terminal` renews them.

use crate::pty::{Screen, at_terminal};
use crate::support::{copy_files, exquota, root, words};
use std::fs;
use std::path::Path;
use std::process::Command;
use textwrap::core::display_width;

const WIDTHS: [u16; 3] = [60, 80, 140];

/// A copy of the fixture, so that the tests write nothing to the repository.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("fixtures/terminal"), folder.path());
    folder
}

fn screen(folder: &Path, columns: u16, line: &str, settings: &[(&str, &str)]) -> Screen {
    at_terminal(folder, columns, &words(line), settings, &mut |_| None)
}

fn commands() -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("fixtures/terminal")).unwrap().map(|entry| entry.unwrap().path());
    let mut commands: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|kind| kind == "cmd"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect();
    commands.sort();
    assert!(commands.len() > 4);
    commands
}

#[test]
fn every_width_shows_the_kept_screen() {
    let folder = folder();
    let mut wrong = Vec::new();
    for (name, line) in commands() {
        for width in WIDTHS {
            let shown = screen(folder.path(), width, &line, &[("NO_COLOR", "1")]).raw;
            let path = root().join(format!("fixtures/terminal/{name}.{width}.screen"));
            if std::env::var_os("BLESS").is_some() {
                fs::write(&path, &shown).unwrap();
            } else if fs::read_to_string(&path).ok().as_deref() != Some(&shown) {
                wrong.push(format!("{}\n--- now shown ---\n{shown}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn only_a_single_word_is_wider_than_the_terminal() {
    let folder = folder();
    for (_, line) in commands().iter().filter(|(_, line)| !line.contains("--plain")) {
        for width in (10..160).step_by(7) {
            let shown = screen(folder.path(), width, line, &[("NO_COLOR", "1")]).raw;
            for wide in shown.lines().filter(|line| display_width(line) > usize::from(width)) {
                // No line can break inside a hash, or inside a label with one ideograph behind it.
                assert!(!wide.contains(' ') || width < 30, "{line} at {width}: {wide}");
            }
        }
    }
}

#[test]
fn every_width_shows_every_row_and_status() {
    let folder = folder();
    for width in (24..170).step_by(3) {
        let shown = screen(folder.path(), width, "headroom --as-of 2026-03-06", &[("NO_COLOR", "1")]).raw;
        for word in ["tencent", "exhausted", "critical", "over", "-15,000", "772,200", "1,000,000", "227,800"] {
            assert!(shown.contains(word), "{word} at {width}: {shown}");
        }
        assert_eq!(shown.matches("per-").count(), 5, "{shown}");
        let bars = shown.contains("████");
        assert_eq!(bars, width >= 111, "bars at {width}: {shown}");
        let left_out = shown.split("Left out").nth(1).map(|told| told.split_whitespace().collect::<Vec<_>>().join(" "));
        for column in ["name", "authorised", "shipped", "outstanding", "released", "counts", "used %"] {
            let told = left_out.as_deref().is_some_and(|told| told.contains(column));
            let table = shown.split("Left out").next().unwrap().split("status").next().unwrap();
            assert!(told != table.contains(column), "{column} at {width}: {shown}");
        }
    }
}

#[test]
fn colours_add_no_information() {
    let folder = folder();
    let line = "headroom --as-of 2026-03-06";
    let plain = screen(folder.path(), 140, line, &[("NO_COLOR", "1")]);
    let coloured = screen(folder.path(), 140, line, &[]);
    assert!(!plain.raw.contains('\u{1b}') && coloured.raw.contains("\u{1b}[31m"), "{:?}", coloured.raw);
    assert_eq!(coloured.text(), plain.raw);
    for line in ["headroom --as-of 2026-03-06 --color never", "headroom --as-of 2026-03-06 --plain"] {
        assert!(!screen(folder.path(), 140, line, &[]).raw.contains('\u{1b}'), "{line}");
    }
}

#[test]
fn a_pipe_has_no_width() {
    let folder = folder();
    for (_, line) in commands() {
        let piped = exquota(folder.path(), &words(&line)).stdout;
        let told = Command::new(env!("CARGO_BIN_EXE_exquota"))
            .args(words(&line))
            .current_dir(folder.path())
            .env("COLUMNS", "60")
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(told.stdout).unwrap(), piped, "COLUMNS must not change piped output");
        let columns = [("NO_COLOR", "1"), ("COLUMNS", "60")];
        let narrow = screen(folder.path(), 140, &line, &columns).raw;
        if line.contains("--plain") {
            assert_eq!(narrow, piped, "--plain must print the same at a terminal");
            let rows: Vec<usize> = piped
                .lines()
                .skip_while(|line| !line.is_empty())
                .skip(1)
                .take_while(|line| !line.is_empty())
                .map(|row| row.split("  ").filter(|word| !word.trim().is_empty()).count())
                .collect();
            assert!(rows.len() > 3 && rows.iter().all(|words| *words == rows[0]), "{rows:?} words in {piped}");
        } else {
            assert_eq!(
                narrow,
                screen(folder.path(), 60, &line, &[("NO_COLOR", "1")]).raw,
                "COLUMNS must set the width"
            );
            assert_ne!(narrow, piped);
        }
    }
}
