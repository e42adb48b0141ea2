//! Hostile text in the environment: `EXQUOTA_LEDGER`, `EXQUOTA_BY`, and the login name.

use super::texts::{Printed, REFUSED, UNSEEN, assert_safe, assert_whole, marked};
use std::process::Command;

fn program(variable: &str, value: &str, args: &[&str]) -> Printed {
    let folder = tempfile::tempdir().unwrap();
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/china-cap-2026-03.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_exquota"))
        .args(args.iter().map(|arg| if *arg == "POLICY" { policy } else { arg }))
        .current_dir(folder.path())
        .env_clear()
        .env(variable, value)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Printed {
        exit: u8::try_from(output.status.code().unwrap()).unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

#[test]
fn nothing_of_the_environment_is_printed_raw() {
    for hostile in [REFUSED[0], REFUSED[4], REFUSED[6], UNSEEN[0]].map(marked) {
        for variable in ["EXQUOTA_LEDGER", "EXQUOTA_BY", "LOGNAME", "USER"] {
            for args in [&["--help"][..], &["init", "--help"], &["headroom"], &["init", "--policy", "POLICY"]] {
                let told = format!("{variable} {args:?}");
                assert_safe(&program(variable, &hostile, args), &told);
                let json: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
                let printed = program(variable, &hostile, &json);
                assert_safe(&printed, &told);
                if !args.contains(&"--help") {
                    assert_whole(&printed, &hostile, &told);
                }
            }
        }
    }
}

/// The program in a new folder, as `init` runs there; and who it says recorded the first line.
fn founded(variable: &str) -> (Printed, String) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger.jsonl");
    let args = ["init", "--policy", "POLICY", "--ledger", ledger.to_str().unwrap()];
    let printed = program(variable, "", &args);
    let line = std::fs::read_to_string(ledger).unwrap_or_default();
    let by = line.split_once("\"recorded_by\":\"").map_or("", |(_, rest)| rest.split('"').next().unwrap());
    (printed, by.to_owned())
}

/// Without a login name in the environment, the user database has it, as `id -un` says.
#[test]
fn a_variable_that_is_set_and_empty_counts_as_unset() {
    let id = Command::new("id").arg("-un").output().unwrap();
    let login = String::from_utf8(id.stdout).unwrap().trim().to_owned();
    for variable in ["EXQUOTA_LEDGER", "EXQUOTA_BY", "LOGNAME", "USER", "COLUMNS", "NO_COLOR", "UNUSED"] {
        let (printed, by) = founded(variable);
        assert_eq!((printed.exit, by), (0, login.clone()), "{variable}: {}", printed.err);
        let (unset, empty) = (program("UNUSED", "", &["headroom"]), program(variable, "", &["headroom"]));
        assert_eq!((empty.exit, empty.err), (unset.exit, unset.err), "{variable}");
        assert_eq!(program(variable, "", &["approve", "--help"]).exit, 0, "{variable}");
    }
}
