//! The contents of a page, and the things that a page never has.

use crate::page::{Page, Piece, text_of};
use crate::support::{ok, root};
use crate::{DAYS, cells_of, in_page_order, ledgers, reported};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every case under `fixtures/reports` keeps its page beside its ledger, so that a person can open it in a browser.
#[test]
fn every_page_is_as_kept_in_the_fixtures() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for folder in fs::read_dir(root().join("fixtures/reports")).unwrap() {
        let folder = folder.unwrap().path();
        let line = fs::read_to_string(folder.join("report.cmd")).unwrap();
        let (command, _) = line.trim().split_once(" -o ").unwrap();
        let page = ok(&folder, command);
        seen += 1;
        let path = folder.join("report.html");
        if std::env::var_os("BLESS").is_some() {
            fs::write(path, page).unwrap();
        } else if fs::read_to_string(&path).ok() != Some(page) {
            wrong.push(path);
        }
    }
    assert!(seen > 1, "the fixtures hold too few reports");
    assert!(wrong.is_empty(), "these pages differ; `BLESS=1 cargo test --test report` renews them: {wrong:?}");
}

#[test]
fn every_number_is_headrooms() {
    let mut compared = 0;
    for ledger in ledgers() {
        for as_of in DAYS {
            let (page, headroom) = reported(&ledger, as_of);
            let (rows, shown) = (in_page_order(&ledger, as_of, &headroom), page.headroom());
            let about = format!("{} as of {as_of}", ledger.display());
            assert_eq!(rows.len(), shown.len(), "{about}");
            for (row, (subject, cells)) in rows.iter().zip(&shown) {
                assert!(subject.starts_with(row["name"].as_str().unwrap()), "{about}: {subject} is {row}");
                let cells: Vec<(&str, String)> = cells
                    .iter()
                    .filter(|(label, _)| !label.starts_with("share"))
                    .map(|(l, c)| (l.as_str(), c.clone()))
                    .collect();
                assert_eq!(cells, cells_of(row), "{about}: {subject}");
                compared += 1;
            }
            let told = page.text();
            for stated in [headroom["head"].as_str().unwrap(), headroom["policy"]["digest"].as_str().unwrap(), as_of] {
                assert!(told.contains(stated), "{about}: `{stated}` is not on the page");
            }
            let over = rows.iter().filter(|row| row["status"] == "over").count();
            let verdict = match (over, rows.len()) {
                (0, 0) => "No ceilings to hold".to_owned(),
                (0, _) => "Within ceilings".to_owned(),
                (1, _) => "Over one ceiling".to_owned(),
                _ => format!("Over {over} ceilings"),
            };
            let heading = page.find("h1", "")[0];
            assert_eq!(text_of(page.within(heading)), verdict, "{about}");
        }
    }
    assert!(compared > 200, "{compared} rows are too few");
}

#[test]
fn a_page_runs_and_fetches_nothing() {
    for ledger in ledgers() {
        let (page, _) = reported(&ledger, DAYS[1]);
        let about = ledger.display().to_string();
        must_be_inert(&page, &about);
    }
}

/// Checks that the page has no script, no handler, no form and nothing from elsewhere, and a policy that forbids them.
pub(crate) fn must_be_inert(page: &Page, about: &str) {
    for never in [
        "script",
        "iframe",
        "object",
        "embed",
        "img",
        "image",
        "link",
        "base",
        "form",
        "input",
        "foreignObject",
        "use",
        "animate",
        "set",
    ] {
        assert!(!page.elements().contains(never), "{about}: a page must have no `{never}`");
    }
    let ids: Vec<&str> = page.attributes().filter(|(key, _)| key == "id").map(|(_, value)| value.as_str()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{about}: two elements have the same id");
    for (key, value) in page.attributes() {
        assert!(
            !key.starts_with("on") && !["src", "srcset", "style", "action", "xlink"].contains(&key.as_str()),
            "{about}: {key}"
        );
        if key == "href" {
            assert!(value.strip_prefix('#').is_some_and(|id| ids.contains(&id)), "{about}: {value} leads elsewhere");
        }
    }
    let forbids = page.all("meta").into_iter().find(|meta| meta[0].1 == "Content-Security-Policy").expect("a policy");
    assert_eq!(forbids[1].1, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
    let style = page.find("style", "")[0];
    let Piece::Text(sheet) = &page.within(style)[0] else { panic!("a style sheet is text") };
    assert!(!sheet.contains("@import") && !sheet.contains("http"), "{about}: the style must be the page's own");
    let mut references = sheet.match_indices("url(").map(|(at, _)| &sheet[at + 4..]);
    assert!(references.all(|after| after.starts_with("#")), "{about}: the style must refer to the page alone");
}

#[test]
fn a_screen_reader_can_read_every_chart() {
    for ledger in ledgers() {
        let (page, _) = reported(&ledger, DAYS[1]);
        let drawings = page.find("svg", "");
        let mut charts = 0;
        for index in &drawings {
            let Piece::Open(_, attributes) = &page.pieces[*index] else { continue };
            let of = |key: &str| attributes.iter().find(|(held, _)| held == key).map(|(_, value)| value.as_str());
            match (of("role"), of("aria-hidden")) {
                (Some("img"), None) => {
                    charts += 1;
                    let told: Vec<&Piece> = page.within(*index).iter().take(4).collect();
                    assert!(
                        matches!(told[..], [Piece::Open(title, _), Piece::Text(_), Piece::Close(_), Piece::Open(desc, _)]
                        if title == "title" && desc == "desc"),
                        "{}: {told:?}",
                        ledger.display()
                    );
                }
                (None, Some("true")) => {}
                // The frame of a chart.
                (None, None) => assert!(of("viewBox").is_some(), "{}: {attributes:?}", ledger.display()),
                other => panic!("{}: {other:?}", ledger.display()),
            }
        }
        assert!(charts > 0, "{}", ledger.display());
        assert_eq!(page.all("table").len(), page.all("caption").len(), "every table must have a caption");
        let captions = page.find("th", "");
        assert!(captions.iter().all(
            |index| matches!(&page.pieces[*index], Piece::Open(_, held) if held.iter().any(|(key, _)| key == "scope"))
        ));
    }
}

#[test]
fn a_page_never_says_permitted() {
    for ledger in ledgers() {
        let (page, _) = reported(&ledger, DAYS[2]);
        let told = page.text().to_lowercase();
        for never in ["permitted", "is allowed", "are allowed", "legal to", "compliant"] {
            assert!(!told.contains(never), "{}: `{never}`", ledger.display());
        }
        assert!(told.contains("it is not a licence, and not legal advice"));
    }
}

#[test]
fn a_page_does_not_depend_on_the_clock() {
    let folder = root().join("fixtures/reports/half-year");
    let line = "report --as-of 2026-09-30";
    assert_eq!(ok(&folder, line), ok(&folder, &format!("{line} --clock 2033-01-01T00:00:00Z")));
}

#[test]
fn known_at_shows_the_ledger_as_it_was_then() {
    let folder = root().join("fixtures/reports/half-year");
    let page = Page::new(ok(&folder, "report --as-of 2026-09-30 --known-at 20"));
    let headroom: serde_json::Value =
        serde_json::from_str(&ok(&folder, "headroom --as-of 2026-09-30 --known-at 20 --format json")).unwrap();
    let told = page.text();
    assert!(told.contains("20 entries (as it was then, not as it is now)"), "{told}");
    assert!(told.contains(headroom["head"].as_str().unwrap()) && told.contains("--known-at 20"));
    assert!(told.contains("None: the rules admit every entry that counts here"), "entry 34 must not be known");
}

/// What needs attention stands above everything else: `fixtures/reports/attention` keeps the rest of its page.
#[test]
fn what_is_to_look_at_stands_first() {
    let told = |folder: &str, line: &str| Page::new(ok(&root().join(folder), line)).text();
    let attention =
        |days: u32| told("fixtures/reports/attention", &format!("report --as-of 2026-03-31 --expiring {days}"));
    assert!(
        attention(89).contains("1 licence is suspended") && attention(89).contains("2 open licences have no expiry")
    );
    assert!(!attention(89).contains("exception ends") && attention(90).contains("1 exception ends within 90 days"));
    assert!(attention(91).contains("2 exceptions end within 91 days"));
    assert!(told("fixtures/breaches/check-differs", "report --as-of 2026-03-07").contains("entry 5 (check-differs)"));
}

#[test]
fn expiring_sets_how_far_the_list_looks_ahead() {
    let folder = root().join("fixtures/reports/half-year");
    let listed = |options: &str| {
        let told = ok(&folder, &format!("report --as-of 2026-09-30 --format json {options}"));
        let document: serde_json::Value = serde_json::from_str(&told).unwrap();
        document["expiring"].as_array().unwrap().len()
    };
    assert_eq!([listed("--expiring 60"), listed("--expiring 61"), listed(""), listed("--expiring 2000")], [0, 1, 1, 9]);
}

/// Each step of a chart has the numbers of `headroom` on its day, and nothing changes between two steps. The widest
/// ceiling has a chart; with --curves, each family with licences has one too.
#[test]
fn every_step_has_headrooms_numbers_of_its_day() {
    let (mut compared, mut charts) = (0, 0);
    for (case, end) in [
        ("reports/half-year", "2026-08-20"),
        ("stories/weighted", "2031-01-01"),
        ("stories/exception-expires", "2031-01-01"),
        ("stories/lapse", "2031-01-01"),
        ("stories/takeover", "2031-01-01"),
        ("breaches/excepted-later", "2031-01-01"),
    ] {
        let ledger = root().join("fixtures").join(case).join("ledger.jsonl");
        let headroom = reported(&ledger, end).1;
        let widest = in_page_order(&ledger, end, &headroom)[0].clone();
        let line = format!("report --curves --ledger '{}' --as-of {end}", ledger.display());
        let page = Page::new(ok(&root(), &line));
        let figures = page.find("figure", "steps");
        let licensed = |row: &serde_json::Value| row["ceiling"] != widest["ceiling"] && row["authorised"] != 0;
        let rows = headroom["rows"].as_array().unwrap();
        let followed: Vec<_> = std::iter::once(&widest).chain(rows.iter().filter(|row| licensed(row))).collect();
        assert_eq!(figures.len(), followed.len(), "{case}");
        charts += figures.len();
        for (figure, followed) in figures.into_iter().zip(followed) {
            let named = format!("{}, {}", followed["ceiling"].as_str().unwrap(), followed["group"].as_str().unwrap());
            assert!(text_of(page.within(figure)).contains(&named), "{case}: {named}");
            compared += compared_steps(&page.rows(figure), followed, &ledger, end);
        }
    }
    assert!(compared > 150 && charts > 15, "{compared} steps of {charts} charts are too few");
}

fn compared_steps(steps: &[Vec<String>], followed: &serde_json::Value, ledger: &Path, end: &str) -> usize {
    assert!((1..=24).contains(&steps.len()), "{followed}: the table must have every step");
    let mut compared = 0;
    for (index, step) in steps.iter().enumerate() {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let last = steps.get(index + 1).map_or(day(end), |next| day(&next[0]).pred_opt().unwrap());
        for as_of in [day(&step[0]), last] {
            let line = format!("headroom --ledger '{}' --as-of {as_of} --format json", ledger.display());
            let then: serde_json::Value = serde_json::from_str(&ok(&root(), &line)).unwrap();
            let rows = then["rows"].as_array().unwrap();
            let row =
                rows.iter().find(|row| row["ceiling"] == followed["ceiling"] && row["group"] == followed["group"]);
            let Some(row) = row else { continue };
            let expected = ["authorised", "shipped", "used", "limit"].map(|key| crate::grouped(&row[key].to_string()));
            assert_eq!(step[1..], expected, "{} as of {as_of}", ledger.display());
            compared += 1;
        }
    }
    compared
}
