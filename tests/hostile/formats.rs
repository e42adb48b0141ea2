//! A ledger may hold nasty text. Every verb prints it safely, in every format.

use super::desk::Desk;
use super::texts::{assert_safe, collect, run};
use exquota::domain::text::unfit_number;
use serde_json::Value;

/// Each has a formula, markup and invisible letters, and is short enough for a licence number.
const NASTY: [&str; 3] = [
    "=HYPERLINK(1;2)\u{2060}|<script>`x`</script>|[a](b)\u{200b}",
    "@SUM(1)\u{200f}\\|<img src=x onerror=y>;=1+1\u{feff}",
    "+2-3\u{61c}&lt;b&gt;*x*_y_~z~\u{e0041}; @x # http://x.y",
];

/// The nasty text as a number, which has no white space and no invisible letters (D31).
fn number(nasty: &str) -> String {
    nasty.chars().filter(|letter| unfit_number(&letter.to_string()).is_none()).collect()
}

/// A ledger with `nasty` in every kind of entry; `nasty` is also a customer's name, a chip, and two numbers.
/// No item can name that chip, because `=` stands once in an item; so it has an alias.
fn desk(nasty: &str) -> Desk {
    let toml: String = nasty.chars().map(|letter| format!("\\U{:08X}", u32::from(letter))).collect();
    let desk = Desk::with(&format!(
        r#"
name = "{toml}"
version = "{toml}"
status = "scenario"
title = "{toml}"
unit = "{toml}"
sources = ["{toml}"]
[ceilings."{toml}"]
scope = "customer"
limit = 100
[ceilings.national]
scope = "country"
limit = 1_000
[ceilings.licensee]
scope = "licensee"
limit = 500
[chips.H200]
equivalence = 1
[chips."{toml}"]
equivalence = 0.5
vendor = "{toml}"
aliases = ["{toml} again", "nasty"]
[chips.B200]
prohibited = "{toml}"
[flags]
"{toml}" = "warn"
"#
    ));
    let serials = desk.file("serials", &format!("{}\n", number(nasty))).display().to_string();
    let n = shlex::try_quote(nasty).unwrap().into_owned();
    let d = shlex::try_quote(&number(nasty)).unwrap().into_owned();
    for line in [
        format!("register a --name {n} --country CN --alias {n}s --flag {n}"),
        format!("register b --name B{n} --country CN --parent a --flag {n}s"),
        format!("approve {d} a H200=50 nasty=4 --licensee {n}"),
        format!("approve 2{d} b H200=10 --licensee {n}s --expires 2026-03-09"),
        format!("ship {d} --licence {d} H200=1 --consignee {n} --serials H200={serials}"),
        format!("ship 2{d} --licence {d} nasty=1 --consignee {n}"),
        format!("approve 3{d} a H200=500 --despite {n}"),
        format!("amend {d} H200=40 --authority {n}"),
        format!("suspend {d} --reason {n}"),
        format!("reinstate {d} --reason {n}"),
        format!("return R{d} --shipment {d} H200=1 --reason {n} --serials H200={serials}"),
        format!("grant --ceiling national --group CN --limit 40 --authority {n}"),
        format!("volume {n} H200=1 --source {n}"),
        format!("elsewhere a nasty=1 --source {n}"),
        format!("close 2{d} --reason revoked --note {n}"),
        format!("void 14 --reason {n}"),
    ] {
        desk.ok(&line);
    }
    let recorded = desk.ask(&format!("check {n} nasty=1 --record --licensee {n}")).document;
    assert!(recorded["entry"].is_number(), "{recorded:#}");
    desk
}

/// Every verb that reads, with the files it takes. The first [`TABLES`] answer with a table.
fn lines(desk: &Desk, nasty: &str) -> Vec<Vec<String>> {
    let quoted = nasty.replace('"', "\"\"");
    let number = number(nasty);
    let orders = format!("customer,items,name\n\"{quoted}\",H200=9,\"{quoted}\"\nnobody,H200=1,\"{quoted}\"\n");
    let filings = format!(
        "licence,customer,items,licensee\n\"9{number}\",\"{quoted}\",H200=1,\"{quoted}\"\n\"{number}\",b,H200=1,\n"
    );
    let orders = desk.file("orders.csv", &orders).display().to_string();
    let filings = desk.file("filings.csv", &filings).display().to_string();
    let other = desk.file("other.toml", super::desk::POLICY).display().to_string();
    let lines: Vec<Vec<&str>> = vec![
        vec!["headroom"],
        vec!["licences"],
        vec!["log"],
        vec!["trace", &number],
        vec!["plan", &orders],
        vec!["import", &filings, "--dry-run", "--partial"],
        vec!["headroom", "--group-by", "licensee"],
        vec!["headroom", "--group-by", "chip"],
        vec!["show", &number],
        vec!["show", "a"],
        vec!["show", "9"],
        vec!["check", nasty, "H200=900"],
        vec!["check", "b", "H200=1", "nasty=1"],
        vec!["validate"],
        vec!["policy", "show"],
        vec!["whatif", "--policy", &other],
        vec!["adopt", &other, "--dry-run"],
    ];
    lines.into_iter().map(|line| line.into_iter().map(str::to_owned).collect()).collect()
}

const TABLES: usize = 8;

fn printed(desk: &Desk, line: &[String], format: &str) -> String {
    let ledger = desk.path().display().to_string();
    let mut args = vec!["exquota".to_owned()];
    args.extend(line.iter().cloned());
    args.extend(["--ledger", &ledger, "--format", format, "--clock", "2026-06-30T12:00:00Z"].map(str::to_owned));
    let printed = run(&args);
    assert_safe(&printed, &format!("{line:?} {format}"));
    printed.out
}

#[test]
fn text_and_json_are_safe_and_json_loses_nothing() {
    for nasty in NASTY {
        let desk = desk(nasty);
        for line in lines(&desk, nasty) {
            printed(&desk, &line, "text");
            let json = printed(&desk, &line, "json");
            let document: Value =
                serde_json::from_str(&json).unwrap_or_else(|error| panic!("{line:?}: {error}: {json}"));
            let mut texts = Vec::new();
            collect(&document, &mut texts);
            let whole = |text: &String| text.contains(nasty) || text.contains(&number(nasty));
            assert!(texts.iter().any(whole), "{line:?} loses {nasty:?}: {json}");
        }
    }
}

#[test]
fn no_cell_of_a_csv_runs_as_a_formula() {
    for nasty in NASTY {
        let desk = desk(nasty);
        let mut found = 0;
        for line in lines(&desk, nasty).iter().take(TABLES) {
            let text = printed(&desk, line, "csv");
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            for record in reader.records() {
                // The reader objects to records of unequal length.
                for cell in &record.unwrap_or_else(|error| panic!("{line:?}: {error}: {text}")) {
                    // Some spreadsheets end a cell at a semicolon.
                    let mut parts = cell.split(';');
                    assert!(!parts.any(is_formula), "{line:?}: {cell:?}");
                    found += usize::from(cell.starts_with('\''));
                }
            }
        }
        assert!(found > 10, "{found} formulas are too few");
    }
}

fn is_formula(part: &str) -> bool {
    let part = part.trim_start_matches(|letter: char| letter.is_whitespace() || letter.is_control());
    part.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && part.parse::<f64>().is_err()
}

#[test]
fn no_cell_of_a_page_is_markup_or_ends_its_row() {
    for nasty in NASTY {
        let desk = desk(nasty);
        for line in lines(&desk, nasty).iter().take(TABLES) {
            let text = printed(&desk, line, "markdown");
            let mut columns = None;
            for row in text.lines() {
                let plain = unescaped(row);
                // A caption stands above the table.
                if row.starts_with('|') {
                    let count = plain.matches('|').count();
                    assert_eq!(*columns.get_or_insert(count), count, "{line:?}: {row}");
                }
                assert!(!plain.contains(['<', '>', '`', '[', ']', '*', '_', '~']), "{line:?}: {row}");
                assert!(!plain.contains("://") && !plain.contains("&lt;b"), "{line:?}: {row}");
            }
            assert!(text.contains("&lt;") || text.contains("&amp;lt;"), "{line:?}: {text}");
        }
    }
}

/// A row without backslashes and the letters that follow them.
fn unescaped(row: &str) -> String {
    let mut plain = String::new();
    let mut letters = row.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            _ => plain.push(letter),
        }
    }
    plain
}
