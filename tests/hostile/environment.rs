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
