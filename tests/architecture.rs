//! Checks the layering of the design's section 6 in the sources: `main → cli → commands → { store, report } → domain`,
//! one way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
    found
}

/// The lines of code of a layer, without tests and comments.
fn code_of(layer: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(layer);
    let mut lines = Vec::new();
    for path in sources(&root) {
        if path
            .components()
            .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs" | "arbitrary.rs")))
        {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        lines.extend(
            code.lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .map(|line| (path.clone(), line.to_owned())),
        );
    }
    assert!(lines.len() > 100, "layer {layer} has code");
    lines
}

fn never_names(layer: &str, words: &[&str]) {
    for (path, line) in code_of(layer) {
        for word in words {
            assert!(!line.contains(word), "{}: `{layer}` must not name `{word}`: {line}", path.display());
        }
    }
}

#[test]
fn the_top_level_holds_what_it_should_and_nothing_else() {
    let root = fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let names = root.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let shown: BTreeSet<String> = names.filter(|name| !name.starts_with('.') && name != "target").collect();
    let meant = ["Cargo.lock", "Cargo.toml", "README.md", "fixtures", "policies", "src", "tests"];
    assert_eq!(shown, meant.map(str::to_owned).into());
}

#[test]
fn the_domain_is_pure() {
    never_names(
        "domain",
        &[
            "crate::store",
            "crate::report",
            "crate::commands",
            "crate::cli",
            "std::fs",
            "std::env",
            "std::io",
            "std::process",
            "Utc::now",
            "Local::now",
            "SystemTime",
            "serde",
            "anyhow",
            "clap",
            "println!",
        ],
    );
}

#[test]
fn store_and_report_never_meet() {
    never_names("store", &["crate::report", "crate::commands", "crate::cli", "anyhow", "clap"]);
    never_names("report", &["crate::store", "crate::commands", "crate::cli", "anyhow", "clap", "std::fs", "Utc::now"]);
}

/// Only code behind the seam `System` can't be simulated. No other code of the ledger may call the system, and no other
/// code of the store may write a file.
#[test]
fn only_the_disk_asks_the_system() {
    let writes = ["OpenOptions", "sync_all", "fs::write", "fs::rename", "remove_file", "hard_link", "set_permissions"];
    let asks = ["Utc::now", "Instant::", "thread::sleep", "File::open"];
    let names = |layer: &str, words: &[&str]| -> BTreeSet<_> {
        let lines = code_of(layer).into_iter().filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        lines.filter_map(|(path, _)| Some(path.file_name()?.to_owned())).collect()
    };
    assert_eq!(names("store", &writes).into_iter().collect::<Vec<_>>(), ["disk.rs"]);
    assert!(names("store", &asks).iter().any(|name| name == "disk.rs"));
    assert!(names("store/ledger", &asks).is_empty());
}

#[test]
fn commands_touch_no_file_and_compute_no_hash() {
    never_names("commands", &["std::fs", "OpenOptions", "std::io", "sha2::", "Sha256"]);
}

#[test]
fn commands_know_no_flags_and_print_nothing() {
    never_names("commands", &["crate::cli", "clap", "stdout", "println!", "Utc::now", "Local::now"]);
}

/// So that an empty variable counts as unset everywhere.
#[test]
fn one_file_reads_the_environment() {
    for layer in ["domain", "store", "report", "commands", "cli"] {
        for (path, line) in code_of(layer) {
            let reads = line.contains("env::var") || line.contains("env = \"");
            assert!(!reads || path.ends_with("cli/environment.rs"), "{}: {line}", path.display());
        }
    }
}

#[test]
fn nothing_panics_outside_tests() {
    for layer in ["domain", "store", "report", "commands", "cli"] {
        never_names(layer, &[".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("]);
    }
}

/// The closed list of codes is part of the interface, because scripts see a change of it.
#[test]
fn the_codes_are_these_in_this_order() {
    use exquota::domain::{fault::FaultCode, refusal::Code};
    let refusals: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(
        refusals.join(" "),
        "quantity-invalid customer-unknown chip-unknown country-unknown licence-unknown shipment-unknown entry-unknown \
         ceiling-unknown name-taken family-cycle number-malformed date-in-future licence-exists reference-exists \
         licence-not-yet-valid licence-expired licence-suspended licence-closed licence-not-suspended \
         chip-not-licensed balance-exceeded below-shipped return-exceeded value-missing value-exceeded chip-prohibited destination-not-allowed destination-not-licensed \
         attestation-missing customer-flagged ceiling-exceeded check-differs policy-drops-chip policy-retroactive serial-mismatch \
         serial-taken volume-decreased void-not-allowed licence-not-held head-moved"
    );
    let faults: Vec<&str> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(
        faults.join(" "),
        "not-utf8 control-character line-blank line-too-long line-unfinished not-json key-duplicate field-unknown \
         field-missing field-invalid not-canonical version-unknown seq-gap chain-broken time-back ledger-empty policy-missing \
         policy-invalid policy-digest not-an-extension head-differs policy-differs"
    );
}

/// Cargo runs test targets in the order of their names.
#[test]
fn what_was_not_tested_is_said_last() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let names = fs::read_dir(tests).unwrap().map(|entry| entry.unwrap().path());
    let targets =
        names.filter(|path| path.extension().is_some_and(|kind| kind == "rs") || path.join("main.rs").exists());
    assert_eq!(targets.map(|path| path.file_stem().unwrap().to_owned()).max().unwrap(), "untested");
}

/// Public items have docs. Fields and variants have them only where there is something to say (unit, range, why), so the
/// compiler's lint, which asks for both, is off.
#[test]
fn every_public_item_says_what_it_is() {
    let items =
        ["fn", "const fn", "struct", "enum", "trait", "type", "const", "static"].map(|item| format!("pub {item} "));
    let mut silent = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let mut documented = false;
        for line in text.lines().map(str::trim_start) {
            // What a macro declares has the docs that it is given.
            if items.iter().any(|item| line.starts_with(item)) && !documented && !line.contains("$name") {
                silent.push(format!("{}: {line}", path.display()));
            }
            documented = line.starts_with("///") || documented && line.starts_with("#[");
        }
    }
    assert!(silent.is_empty(), "these want a doc comment:\n{}", silent.join("\n"));
}
