//! Names that look like markup, script, style or another direction of writing are plain letters on the page.

use crate::page::Page;
use crate::pages::must_be_inert;
use crate::support::{exquota, ok};
use std::fs;

const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</style></title></svg><b>bold</b>",
    "url(https://example.org/x) @import '//example.org'; }",
    "&lt;i&gt; & &#x202e; ]]> --> ${1}",
];

#[test]
fn hostile_names_are_plain_letters() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let policy = format!(
        "name = \"small <b>\"\nversion = \"1\"\nstatus = \"scenario\"\ntitle = {title}\nsources = [{title}]\nunit = \"<u>H200e</u>\"\n\
         [ceilings.\"<i>each</i>\"]\nscope = \"customer\"\nlimit = 10\nwarn_at = [80]\n\
         [ceilings.national]\nscope = \"country\"\nlimit = 1_000\n[chips.\"H<2>00\"]\nequivalence = 1\n",
        title = serde_json::Value::from(HOSTILE[0]),
    );
    fs::write(at.join("policy.toml"), policy).unwrap();
    ok(at, "init --policy policy.toml --date 2026-01-01");
    for (index, name) in HOSTILE.iter().enumerate() {
        let name = shlex::try_quote(name).unwrap();
        ok(at, &format!("register b{index} --name {name} --country CN --date 2026-01-01"));
        ok(
            at,
            &format!(
                "approve \"L'<{index}>\" b{index} 'H<2>00=10' --licensee {name} --expires 2026-02-01 --date 2026-01-02"
            ),
        );
        ok(at, &format!("ship \"S&{index}\" --licence \"L'<{index}>\" 'H<2>00=20' --despite {name} --date 2026-01-03"));
        ok(
            at,
            &format!("grant --ceiling '<i>each</i>' --group b{index} --limit 5 --authority {name} --date 2026-01-04"),
        );
    }
    let page = Page::new(ok(at, "report --as-of 2026-01-10"));
    must_be_inert(&page, "hostile names");
    let told = page.text();
    for name in HOSTILE {
        assert!(
            told.matches(name).count() >= 5,
            "{name} must be there as a customer, a licensee, a reason and an authority: {told}"
        );
    }
    for shown in ["small <b>", "<u>H200e</u>", "<i>each</i>", "H<2>00", "L'<0>"] {
        assert!(told.contains(shown), "{shown}");
    }
    assert!(!page.elements().contains("b") && !page.elements().contains("i") && !page.elements().contains("u"));
}

/// A ledger can't hold such letters where a person would read them raw, but a policy's text can be escaped to hold
/// them.
#[test]
fn invisible_letters_are_written_out() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let policy = "name = \"small\"\nversion = \"1\"\nstatus = \"scenario\"\ntitle = \"a\\u202Eb\\u200Bc\"\n\
                  [ceilings.each]\nscope = \"customer\"\nlimit = 10\n[chips.H200]\nequivalence = 1\n";
    fs::write(at.join("policy.toml"), policy).unwrap();
    if exquota(at, &["init", "--policy", "policy.toml", "--date", "2026-01-01"]).exit == 0 {
        let page = Page::new(ok(at, "report --as-of 2026-01-10"));
        assert!(page.text().contains("a\\u{202e}b\\u{200b}c"), "{}", page.text());
    }
    let hostile = crate::root().join("fixtures/hostile");
    for case in fs::read_dir(hostile).unwrap() {
        let ledger = case.unwrap().path().join("ledger.jsonl");
        let ran = exquota(at, &["report", "--ledger", &ledger.display().to_string(), "--as-of", "2027-01-01"]);
        if ran.exit == 0 {
            let page = Page::new(ran.stdout);
            must_be_inert(&page, &ledger.display().to_string());
            let unsafe_letter = |letter: char| {
                (letter.is_control() && letter != '\n') || "\u{200b}\u{200f}\u{202e}\u{2066}\u{feff}".contains(letter)
            };
            assert!(!page.source.contains(unsafe_letter), "{}", ledger.display());
        }
    }
}
