//! The page in a real browser: on a computer, a tablet and a telephone, light and dark, and printed.
//!
//! The page has no script and runs none. `measure.html` puts it, unchanged, into frames of several widths and looks at
//! it from outside: what overlaps, what leaves the screen, what can't be told from its background, whether bars are as
//! long as their numbers say, and which numbers are shown.

use crate::support::{ok, root};
use crate::{cells_of, in_page_order, reported, tools};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn browser() -> Option<&'static str> {
    tools::has("chromium").then_some("chromium")
}

fn chromium(browser: &str, folder: &Path, options: &[&str], page: &Path) -> Vec<u8> {
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let address = format!("file://{}", page.display());
    let output = Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            &profile,
        ])
        .args(options)
        .arg(address)
        .env("HOME", folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The findings of `measure.html` about a page.
fn measured(page: &str, options: &[&str]) -> Option<Value> {
    let browser = browser()?;
    let folder = tempfile::tempdir().unwrap();
    let driver = fs::read_to_string(root().join("tests/report/measure.html")).unwrap();
    // Inside a script, a `<` of the page must not begin an element.
    let quoted = serde_json::to_string(page).unwrap().replace('<', "\\u003c");
    let path = folder.path().join("measure.html");
    fs::write(&path, driver.replace("\"THE PAGE\"", &quoted)).unwrap();
    let options = [&["--dump-dom", "--virtual-time-budget=20000", "--window-size=1400,1000"], options].concat();
    let dom = String::from_utf8(chromium(browser, folder.path(), &options, &path)).unwrap();
    let (_, after) = dom.split_once("<pre id=\"measured\">").expect("the driver's answer");
    let (found, _) = after.split_once("</pre>").expect("the driver's answer");
    let found = found.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    Some(serde_json::from_str(&found).unwrap_or_else(|error| panic!("{error}: {found}")))
}

fn must_look_right(found: &Value, about: &str) {
    let frames = found.as_array().unwrap();
    assert_eq!(frames.len(), 4, "{about}: {found:#}");
    for frame in frames {
        let width = &frame["width"];
        for wrong in ["outside", "overlaps", "faint", "bars"] {
            let listed = frame[wrong].as_array().unwrap();
            assert!(listed.is_empty(), "{about} at {width}: {wrong}: {listed:#?}");
        }
        assert!(frame["texts"].as_u64().unwrap() > 30, "{about} at {width}: there is too little text");
    }
}

fn pages() -> Vec<(PathBuf, &'static str)> {
    let at = |path: &str| root().join("fixtures").join(path).join("ledger.jsonl");
    vec![
        (at("reports/half-year"), "2026-09-30"),
        (at("reports/no-customers"), "2026-03-04"),
        (at("ceilings/every-scope"), "2026-09-30"),
        (at("stories/weighted"), "2026-12-31"),
        (at("hostile/spreadsheet-formulas"), "2026-12-31"),
    ]
}

#[test]
fn in_a_browser_nothing_overlaps_and_every_number_is_headrooms() {
    for (ledger, as_of) in pages() {
        let page = ok(&root(), &format!("report --ledger '{}' --as-of {as_of}", ledger.display()));
        let Some(found) = measured(&page, &[]) else { return };
        must_look_right(&found, &ledger.display().to_string());
        let (_, headroom) = reported(&ledger, as_of);
        let rows = in_page_order(&ledger, as_of, &headroom);
        for frame in found.as_array().unwrap() {
            let shown = frame["rows"].as_array().unwrap();
            assert_eq!(shown.len(), rows.len(), "{}", ledger.display());
            for row in &rows {
                let cells: Vec<Value> =
                    cells_of(row).into_iter().map(|(label, cell)| serde_json::json!([label, cell])).collect();
                assert!(
                    shown.contains(&Value::from(cells.clone())),
                    "{}: {cells:?} is not among {shown:#?}",
                    ledger.display()
                );
            }
        }
    }
}

#[test]
fn a_dark_page_can_be_read() {
    let (ledger, as_of) = pages().remove(0);
    let page = ok(&root(), &format!("report --ledger '{}' --as-of {as_of}", ledger.display()));
    let Some(found) = measured(&page, &["--blink-settings=preferredColorScheme=0"]) else { return };
    must_look_right(&found, "in the dark");
    assert_eq!(found[0]["dark"], true, "the page must be dark if the browser asks for it");
}

#[test]
fn long_names_and_large_numbers_stay_in_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let policy = "name = \"large\"\nversion = \"1\"\nstatus = \"scenario\"\nunit = \"TPP\"\n[ceilings.each]\nscope = \"customer\"\n\
                  limit = 999_999_999_999_999\nwarn_at = [50, 90]\n[ceilings.national]\nscope = \"country\"\nlimit = 1\n\
                  [chips.H200]\nequivalence = 15832.123456\n";
    fs::write(at.join("policy.toml"), policy).unwrap();
    let long = "Gesellschaft für Rechenzentrumsbeteiligungsverwaltung ".repeat(4);
    let unbroken = "W".repeat(200);
    ok(at, "init --policy policy.toml --date 2026-01-01");
    for (id, name) in [
        ("long", long.trim()),
        ("unbroken", &unbroken),
        ("chinese", &"阿里巴巴集团控股有限公司".repeat(6)),
        ("hebrew", "חברה 12 (בע״מ)"),
    ] {
        ok(at, &format!("register {id} --name '{name}' --country CN --date 2026-01-01"));
    }
    ok(
        at,
        "approve L1 long H200=1_000_000_000 --expires 2026-03-01 --despite 'to see what becomes of it' --date 2026-01-02",
    );
    ok(at, "approve L2 unbroken H200=123_456_789 --despite 'to see what becomes of it' --date 2026-01-03");
    for day in 10..25 {
        ok(
            at,
            &format!(
                "grant --ceiling each --group chinese --limit {day} --authority '{}' --date 2026-01-{day}",
                "A".repeat(300)
            ),
        );
    }
    let page = ok(at, "report --as-of 2026-02-20");
    let Some(found) = measured(&page, &[]) else { return };
    must_look_right(&found, "long names");
}

#[test]
fn half_a_year_prints_on_two_sheets() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (pdf, page) = (folder.path().join("report.pdf"), root().join("fixtures/reports/half-year/report.html"));
    let print = format!("--print-to-pdf={}", pdf.display());
    chromium(browser, folder.path(), &["--no-pdf-header-footer", &print], &page);
    let printed = fs::read(pdf).unwrap();
    let sheets = String::from_utf8_lossy(&printed).matches("/Type /Page\n").count();
    assert_eq!(sheets, 2);
}
