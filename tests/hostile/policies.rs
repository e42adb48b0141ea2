//! Policies with hostile text in every place, raw and escaped, policies that are too long, and ones nested too deep.

use super::desk::{Desk, POLICY};
use super::texts::{all, assert_safe, assert_whole, run};

/// `{}` stands for the hostile text.
const PLACES: &[&str] = &[
    "name = \"{}\"",
    "version = \"{}\"",
    "status = \"{}\"",
    "title = \"{}\"",
    "unit = \"{}\"",
    "sources = [\"{}\", \"b\"]",
    "\"{}\" = 1",
    "# {}",
    "{} = 1",
    "destinations = { allowed = [\"{}\"] }",
    "[ceilings.\"{}\"]\nscope = \"customer\"\nlimit = 1",
    "[ceilings.c]\nscope = \"{}\"\nlimit = 1",
    "[ceilings.c]\nscope = \"total\"\nlimit = \"{}\"",
    "[ceilings.c]\nscope = \"total\"\nlimit = {}",
    "[ceilings.c]\nscope = \"total\"\nlimit = 1\ncounts = \"{}\"",
    "[chips.\"{}\"]\nequivalence = 1",
    "[chips.c]\nequivalence = \"{}\"",
    "[chips.c]\nequivalence = 1\nvendor = \"{}\"\naliases = [\"{}\"]",
    "[chips.c]\nprohibited = \"{}\"",
    "[chips.c]\nequivalence = 1\n[chips.c.specs]\n\"{}\" = 1",
    "[ceilings.c]\nscope = \"total\"\nlimit = 1\nclass = \"{}\"",
    "[ceilings.c]\nscope = \"total\"\nlimit = 1\nclass = \"{}\"\n[classes.\"{}\"]\nall = { \"{}\" = \"< 1\" }",
    "[classes.\"{}\"]\nall = { a = \"< 1\" }",
    "[classes.c]\nall = { \"{}\" = \"< 1\" }",
    "[classes.c]\nall = { a = \"{}\" }\nfirst_sold = \"{}\"",
    "[prohibited]\noutside = \"{}\"\nreason = \"{}\"",
    "[prohibited]\noutside = \"c\"\nreason = \"{}\"\n[classes.c]\nall = { a = \"< 1\" }",
    "[notices.\"{}\"]\non = \"shipment\"\nof = \"entry\"\nat = 1",
    "[notices.n]\non = \"{}\"\nof = \"{}\"\nmeasure = \"{}\"\nat = 1",
    "[{}]\na = 1",
    "[[\"{}\"]]",
    "[attestations]\napproval = [\"{}\"]",
    "[attestations]\n\"{}\" = [\"a\"]",
    "[country_groups]\n\"{}\" = [\"HK\"]",
    "[country_groups]\nUS = [\"{}\"]",
    "[flags]\n\"{}\" = \"warn\"",
    "[flags]\nf = \"{}\"",
    "[licences]\nnumber_pattern = \"{}\"",
    "[licences]\nnumber_pattern = \"[{}\"",
    "[returns]\nrestores = \"{}\"",
];

/// The small policy with this place added, at its head or end. The place replaces the policy's own key.
fn with(place: &str) -> String {
    let key = place.split(' ').next().unwrap_or_default();
    let rest: Vec<&str> = POLICY.lines().filter(|line| !line.starts_with(&format!("{key} ="))).collect();
    let table = place.starts_with('[');
    if table { format!("{}\n{place}\n", rest.join("\n")) } else { format!("{place}\n{}\n", rest.join("\n")) }
}

#[test]
fn no_word_of_a_policy_is_printed_raw() {
    let desk = Desk::small();
    let (ledger, sound) = (desk.path().display().to_string(), desk.file("sound.toml", POLICY).display().to_string());
    let new = format!("{ledger}.new");
    for hostile in all() {
        let escaped: String = hostile.chars().map(|letter| format!("\\U{:08X}", u32::from(letter))).collect();
        for (place, spelling) in PLACES.iter().flat_map(|place| [(place, &hostile), (place, &escaped)]) {
            let file = desk.file("given.toml", &with(place).replace("{}", spelling)).display().to_string();
            let lines: [&[&str]; 6] = [
                &["policy", "check", &file],
                &["policy", "show", &file],
                &["policy", "diff", &sound, &file],
                &["whatif", "--policy", &file],
                &["adopt", &file, "--dry-run"],
                &["init", "--policy", &file, "--dry-run", "--ledger", &new],
            ];
            // Every verb reports an invalid policy in the same words, so one verb is enough.
            let valid = run(&["exquota", "policy", "check", &file]).exit == 0;
            for line in lines.iter().take(if valid { lines.len() } else { 1 }) {
                for format in ["text", "json"] {
                    let mut args = vec!["exquota"];
                    args.extend(*line);
                    if !line.contains(&"--ledger") {
                        args.extend(["--ledger", &ledger]);
                    }
                    args.extend(["--format", format]);
                    let printed = run(&args);
                    let told = format!("{} with {place} spelt {spelling:?}", line.join(" "));
                    assert_safe(&printed, &told);
                    if format == "json" {
                        assert_whole(&printed, &hostile, &told);
                    }
                }
            }
        }
    }
}

fn checked(text: &str) -> (u8, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    std::fs::write(&file, text).unwrap();
    let printed = run(&["exquota", "policy", "check", &file.display().to_string()]);
    (printed.exit, printed.out + &printed.err)
}

#[test]
fn nesting_10_000_deep_is_a_fault_and_no_crash() {
    const DEEP: usize = 10_000;
    let dotted = vec!["a"; DEEP].join(".");
    // The deepest nesting that the parser reads: the most dotted keys, in the most nested tables.
    let most = vec!["a"; 78].join(".");
    let texts = [
        format!("a = {}{}", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("a = {}", "[".repeat(DEEP)),
        format!("a = {}", "[\n".repeat(DEEP)),
        format!("a = {}1{}", "{a = ".repeat(DEEP), "}".repeat(DEEP)),
        format!("a = {}", "{a = ".repeat(DEEP)),
        format!("a = {}1{}", "[{a = ".repeat(DEEP), "}]".repeat(DEEP)),
        format!("{}a{}\nb = 1", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("{dotted} = 1"),
        format!("[{dotted}]\nb = 1"),
        format!("[[{dotted}]]\nb = 1"),
        format!("a = {{ {dotted} = 1 }}"),
        format!("[chips]\n{dotted} = 1"),
        format!("[{most}]\n{most} = {}1{}", format!("{{ {most} = ").repeat(78), " }".repeat(78)),
        "]".repeat(DEEP),
        "}".repeat(DEEP),
    ];
    for text in texts {
        let (exit, told) = checked(&text);
        assert_eq!(exit, 3, "{}…: {}", &text[..40], &told[..told.len().min(400)]);
        assert!(told.contains("error[policy-invalid]"));
    }
}

#[test]
fn a_policy_has_at_most_a_mebibyte() {
    let comment = |length: usize| format!("{POLICY}# {}\n", "x".repeat(length - POLICY.len() - 3));
    let (exit, told) = checked(&comment(1024 * 1024));
    assert_eq!(exit, 0, "{told}");
    let (exit, told) = checked(&comment(1024 * 1024 + 1));
    assert_eq!(exit, 3);
    assert!(told.contains("the policy is longer than 1 MiB"), "{told}");
    // A ledger line escapes a policy's text. The longest policy fits into a line all the same.
    let desk = Desk::small();
    let longest = format!("{POLICY}#{}\n", "\t".repeat(1024 * 1024 - POLICY.len() - 2));
    let file = desk.file("longest.toml", &longest);
    desk.ok(&format!("adopt {}", file.display()));
    desk.ok("validate");
}
