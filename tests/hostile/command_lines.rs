//! Hostile text in every word of every command line.

use super::desk::Desk;
use super::texts::{all, assert_safe, assert_whole, run, without_colours};

/// `{}` stands for the hostile text.
const LINES: &[&str] = &[
    "{}",
    "--{}",
    "-{}",
    "explain {}",
    "check {} H200=1",
    "check a {}=1",
    "check a {}",
    "check a H200={}",
    "check a H200=1 {}=1 {}=2",
    "check a H200=1 --date {}",
    "check a H200=1 --expires {}",
    "check a H200=1 --destination {}",
    "check a H200=1 --licensee {}",
    "check a H200=1 --replaces {}",
    "check a H200=1 --attest {}",
    "check a H200=1 --attest {}={}",
    "check a H200=1 --attest ={}",
    "check a H200=1 --licence {}",
    "check a H200=1 --licence L1 --consignee {} --serials {}={}",
    "check a H200=1 --serials {}",
    "check a H200=1 --unknown {}",
    "check {} {}=1 --record --by {}",
    "check a H200=1 --record --licensee {} --destination {}",
    "check a H200=1 --record --licence {} --expect-head {}",
    "approve {} a H200=1",
    "approve L9 {} H200=1 --by {}",
    "approve L9 a H200=1 --by {}",
    "approve L9 a H200=1 --licensee {} --destination {} --replaces {}",
    "approve L9 a H200=200 --despite {}",
    "approve L9 a H200=1 --expect-head {}",
    "ship {} --licence L1 H200=1",
    "ship X9 --licence {} H200=1",
    "ship X9 --licence L1 H200=1 --consignee {} --destination CN",
    "ship X9 --licence L1 {}=1",
    "amend {} H200=2",
    "amend L1 H200=20 --authority {}",
    "suspend L1 --reason {}",
    "suspend {} --reason {}",
    "reinstate L1 --reason {}",
    "close L1 --reason {}",
    "close L1 --reason revoked --note {}",
    "return {} --shipment X1 H200=1",
    "return R9 --shipment {} H200=1 --reason {}",
    "return R9 --shipment X1 H200=1 --reason {}",
    "grant --ceiling {} --group a --limit 5 --authority b",
    "grant --ceiling per-customer --group {} --limit 5 --authority b",
    "grant --ceiling per-customer --group a --limit {} --authority b",
    "grant --ceiling per-customer --group a --limit 5 --authority {}",
    "volume {} H200=1 --source s",
    "volume s H200=1 --source {}",
    "elsewhere {} H200=1 --source s",
    "elsewhere a {}=1 --source {}",
    "void {} --reason r",
    "void 4 --reason {}",
    "register {} --name N --country CN",
    "register n --name {} --country CN",
    "register n --name N --country {}",
    "register n --name N --country CN --parent {}",
    "register n --name N --country CN --alias {} --flag {}",
    "register a --drop-alias {} --drop-flag {}",
    "adopt {}",
    "headroom {}",
    "headroom --as-of {}",
    "headroom --known-at {}",
    "headroom --group-by {}",
    "headroom --below {}",
    "licences {}",
    "licences --expiring {}",
    "log --customer {}",
    "log --licence {}",
    "log --event {}",
    "log --since {}",
    "show {}",
    "trace {}",
    "validate {}",
    "validate {} {}",
    "validate --policy {}",
    "validate --extends {}",
    "validate --expect-head {}",
    "whatif --policy {}",
    "plan {}",
    "import {}",
    "policy {}",
    "policy check {}",
    "policy show {}",
    "policy diff {} {}",
    "init --policy {}",
    "init --policy p --customers {}",
    "headroom --ledger {}",
    "recover --ledger {}",
    "validate --ledger {}",
    "headroom --clock {}",
    "headroom --lock-timeout {}",
    "headroom --color {}",
    "headroom --format {}",
];

/// The ledger that the lines are tried on.
fn desk() -> Desk {
    let desk = Desk::small();
    desk.ok("approve L1 a H200=10 --licensee Lenovo");
    desk.ok("ship X1 --licence L1 H200=5");
    desk
}

#[test]
fn no_word_of_a_command_line_is_printed_raw() {
    let desk = desk();
    let ledger = desk.path().display().to_string();
    for hostile in all() {
        for line in LINES {
            let tables =
                ["headroom", "licences", "log", "trace", "plan", "import"].iter().any(|verb| line.starts_with(verb));
            let formats = if tables { &["text", "json", "csv", "markdown"][..] } else { &["text", "json"] };
            for format in formats {
                let mut args = vec!["exquota".to_owned()];
                args.extend(line.split(' ').map(|word| word.replace("{}", &hostile)));
                if !line.contains("--ledger") {
                    args.extend(["--ledger".to_owned(), ledger.clone()]);
                }
                if !line.contains("--format") {
                    args.extend(["--format".to_owned(), (*format).to_owned()]);
                }
                if is_writing(line) {
                    args.push("--dry-run".to_owned());
                }
                let printed = run(&args);
                assert_safe(&printed, line);
                if *format == "json" && !line.contains("--format") {
                    assert_whole(&printed, &hostile, line);
                }
                args.extend(["--color".to_owned(), "always".to_owned()]);
                if *format == "text" && !line.contains("--color") {
                    assert_safe(&without_colours(run(&args)), line);
                }
            }
        }
    }
}

/// Whether the line would write. Such a line runs with `--dry-run`, so that all lines meet the same ledger.
fn is_writing(line: &str) -> bool {
    let verbs = [
        "approve",
        "ship",
        "amend",
        "suspend",
        "reinstate",
        "close",
        "return",
        "grant",
        "volume",
        "elsewhere",
        "void",
        "register",
        "adopt",
        "init",
    ];
    line.contains(" --record ") || verbs.iter().any(|verb| line.split(' ').next() == Some(verb))
}

#[test]
fn the_programs_own_name_is_not_printed_raw() {
    for hostile in all() {
        for args in [
            vec![hostile.clone()],
            vec![hostile.clone(), "--help".to_owned()],
            vec![hostile.clone(), "check".to_owned()],
        ] {
            assert_safe(&run(&args), "argv 0");
        }
    }
}
