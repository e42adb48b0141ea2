//! Every verb has a manual page, and `mandoc` finds nothing wrong with the pages.

use crate::support::{ok, ran};
use crate::tools::has;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn written() -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), "man --into .");
    let mut pages: Vec<PathBuf> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    (folder, pages)
}

/// The text that a reader sees of a page.
fn shown(page: &Path) -> String {
    let output = Command::new("mandoc").args(["-T", "utf8", "-O", "width=200"]).arg(page).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // A bold letter is printed twice.
    let struck = text.split('\u{8}').enumerate();
    struck.map(|(at, part)| if at == 0 { part } else { part.split_at(1).1 }).collect()
}

#[test]
fn a_page_is_printed_as_it_is_written() {
    let (folder, _) = written();
    for verb in ["check", "policy check", "policy-check", ""] {
        let name = if verb.is_empty() { "exquota".to_owned() } else { format!("exquota-{}", verb.replace(' ', "-")) };
        let page = fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
        assert_eq!(ok(folder.path(), &format!("man {verb}")), page);
    }
}

/// clap takes a doc comment on shared arguments for what the verb does.
#[test]
fn each_page_says_what_its_own_verb_does() {
    let (_folder, pages) = written();
    let mut told = BTreeSet::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        let line = text.lines().skip_while(|line| *line != ".SH NAME").nth(1).unwrap();
        let about = line.split_once("\\- ").map_or(line, |(_, about)| about).to_owned();
        assert!(told.insert(about.clone()), "{}: another page says `{about}` too", page.display());
    }
}

#[test]
fn man_overwrites_no_page_and_guesses_no_verb() {
    let (folder, pages) = written();
    fs::write(&pages[0], "mine").unwrap();
    fs::remove_file(&pages[1]).unwrap();
    let again = ran(folder.path(), "man --into .");
    assert_eq!(again.exit, 4, "{}", again.stderr);
    assert_eq!(fs::read_to_string(&pages[0]).unwrap(), "mine");
    assert!(!pages[1].exists());
    let misspelt = ran(folder.path(), "man chekc");
    assert_eq!((misspelt.exit, misspelt.stdout.as_str()), (2, ""));
    assert!(misspelt.stderr.contains("did you mean `check`?"), "{}", misspelt.stderr);
}

#[test]
fn mandoc_finds_nothing_wrong() {
    if !has("mandoc") {
        return;
    }
    let (_folder, pages) = written();
    for page in pages {
        let output = Command::new("mandoc").args(["-T", "lint", "-W", "warning"]).arg(&page).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        // Of empty lines before a list of values there is one too many, and a page without a date is the same every
        // day.
        let wrong: Vec<&str> = told
            .lines()
            .filter(|line| !line.contains("skipping paragraph macro: br") && !line.contains("missing date"))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let shown = shown(&page);
        let sections: &[&str] = match page.extension().and_then(|section| section.to_str()) {
            Some("5") => &["KEYS", "ceilings.NAME.limit: number", "exquota 0."],
            Some("7") => &["REFUSALS", "chain-broken", "exquota 0."],
            _ => &["EXIT STATUS", "--ledger", "exquota 0."],
        };
        for section in sections {
            assert!(shown.contains(section), "{}: {section}", page.display());
        }
    }
}

#[test]
fn the_page_of_codes_has_every_page_of_explain() {
    if !has("mandoc") {
        return;
    }
    let (folder, _) = written();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let manual = words(&shown(&folder.path().join("exquota-codes.7")));
    let list: serde_json::Value = serde_json::from_str(&ok(folder.path(), "explain --format json")).unwrap();
    let codes: Vec<&str> =
        list["codes"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap()).collect();
    assert!(codes.len() > 40);
    for code in codes {
        let explained = words(&ok(folder.path(), &format!("explain {code}")));
        assert!(manual.contains(&explained), "{code}\n{explained}\n{manual}");
    }
}
