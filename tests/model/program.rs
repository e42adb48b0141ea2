//! Runs the program in-process and compares its answers with the model's.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::command::Decision;
use crate::dates::{self, Day};
use crate::generate::LICENSEES;
use crate::judge::Row;
use crate::lines::Items;
use crate::policy::{Days, decimal, plain};

/// A temporary folder with a ledger in it.
pub(crate) struct Folder(tempfile::TempDir);

/// The output of one run.
pub(crate) struct Run {
    pub(crate) exit: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    /// In memory where the system offers it, because the program syncs every write.
    pub(crate) fn new() -> Folder {
        let memory = Path::new("/dev/shm");
        let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Folder(made.or_else(|_| tempfile::tempdir()).unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path().join("ledger.jsonl")
    }

    pub(crate) fn ledger_text(&self) -> String {
        std::fs::read_to_string(self.ledger()).unwrap_or_default()
    }
}

pub(crate) fn run(args: &[String]) -> Run {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = exquota::run(args, &mut stdout, &mut stderr);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { exit, stdout: text(stdout), stderr: text(stderr) }
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or(Value::Null)
    }
}

/// Every key in which the decisions of program and model differ.
pub(crate) fn differences(run: &Run, wanted: &Decision) -> Vec<String> {
    let found = run.json();
    let mut out = Vec::new();
    let mut compare = |key: &str, wanted: String, found: String| {
        if wanted != found {
            out.push(format!("{key}: model {wanted}\n{:width$}program {found}", "", width = key.len() + 2));
        }
    };
    let text = |value: &Option<String>| value.as_ref().map_or("null".to_owned(), |text| format!("{text:?}"));
    compare("exit", wanted.exit.to_string(), run.exit.to_string());
    compare("schema", "\"exquota/decision/1\"".to_owned(), found["schema"].to_string());
    compare("decision", format!("{:?}", wanted.decision), found["decision"].to_string());
    compare("date", format!("{:?}", wanted.date), found["date"].to_string());
    compare("customer", text(&wanted.customer), found["customer"].to_string());
    // If the head has moved, nothing is judged, so the program does not know the family that a registration would make.
    if wanted.refusals.iter().all(|refusal| refusal.code != "head-moved") {
        compare("family", text(&wanted.family), found["family"].to_string());
    }
    compare("items", items(&wanted.items), found["items"].to_string());
    compare("units", wanted.units.map_or("null".to_owned(), decimal), number(&found["units"]));
    compare("ceilings", rows(&wanted.rows), found_rows(&found["ceilings"]));
    let value =
        |value: &Option<([i128; 5], bool)>| value.map_or("null".to_owned(), |(n, within)| format!("{n:?} {within}"));
    let found_value = &found["value"];
    let numbers = ["authorised", "used", "requested", "after", "limit"].map(|key| found_value[key].as_i64());
    let program = found_value
        .as_object()
        .map(|_| (numbers.map(|number| number.map_or(-1, i128::from)), found_value["within"] == true));
    compare("value", value(&wanted.value), value(&program));
    // First registrations govern from the beginning (D5), so a name that clashes or a customer that is taken out leads
    // to refusals in several lines. For these the test compares the codes, but not the lines.
    let cascade = ["name-taken", "family-cycle", "void-not-allowed"];
    let told = |code: &str| cascade.contains(&code);
    if wanted.refusals.iter().any(|refusal| told(refusal.code)) {
        let mut model: Vec<&str> = wanted.refusals.iter().map(|refusal| refusal.code).collect();
        let listed = found["refusals"].as_array().into_iter().flatten();
        let mut program: Vec<&str> = listed.filter_map(|refusal| refusal["code"].as_str()).collect();
        for codes in [&mut model, &mut program] {
            codes.retain(|code| told(code));
            codes.dedup();
        }
        compare("refusals", format!("{model:?}"), format!("{program:?}"));
    } else {
        compare("refusals", refusals(wanted), found_refusals(&found["refusals"]));
    }
    let largest = wanted.largest_within.as_ref().map_or("null".to_owned(), items);
    compare("largest_within", largest, found["largest_within"].to_string());
    compare("fits_from", text(&wanted.fits_from), found["fits_from"].to_string());
    compare("entry", wanted.entry.map_or("null".to_owned(), |entry| entry.to_string()), found["entry"].to_string());
    compare("head", format!("{:?}", wanted.head), found["head"].to_string());
    out
}

fn items(items: &Items) -> String {
    let parts: Vec<String> = items.iter().map(|(chip, n)| format!("{chip:?}:{n}")).collect();
    format!("{{{}}}", parts.join(","))
}

/// A JSON number as text. The tests' numbers have at most fifteen digits, and a double keeps these.
pub(crate) fn number(value: &Value) -> String {
    value.as_f64().map_or(value.to_string(), |number| number.to_string())
}

/// The first and last day of a window, as the program writes them.
pub(crate) fn days(days: Option<Days>) -> Value {
    let until = |until: Option<Day>| until.map(dates::text);
    days.map_or(Value::Null, |days| json!({ "from": dates::text(days.0), "until": until(days.1) }))
}

/// The group of a row or refusal, as the model calls it: a licensee is called by the form in which names are compared.
pub(crate) fn group(row: &Value) -> Value {
    let part = |part: &str| {
        let licensee = LICENSEES.iter().any(|known| plain(known) == plain(part));
        if licensee { plain(part) } else { part.to_owned() }
    };
    let parts = |group: &str| group.split('/').map(part).collect::<Vec<_>>().join("/");
    row["group"].as_str().map_or(Value::Null, |group| parts(group).into())
}

fn rows(rows: &[Row]) -> String {
    let text = |row: &Row| {
        let counts = row.counts.text();
        let (headroom, over) = (row.limit - row.used, (row.after - row.limit).max(0));
        let exception = row.exception.map_or("null".to_owned(), |entry| entry.to_string());
        let left = row.limit - row.after;
        let amounts = [row.limit, row.used, row.elsewhere, row.requested, row.after, headroom, left];
        let numbers = amounts.map(decimal).join(" ");
        let (ceiling, group, within) = (&row.ceiling, &row.place.group, row.after <= row.limit);
        let (measure, window, over) = (row.measure.text(), days(row.place.days), decimal(over));
        format!("\n    {ceiling:?} {group:?} \"{counts}\" \"{measure}\" {window} {numbers} {within} {over} {exception}")
    };
    rows.iter().map(text).collect()
}

fn found_rows(rows: &Value) -> String {
    let text = |row: &Value| {
        let keys = ["limit", "used", "elsewhere", "requested", "after", "headroom", "left"];
        let numbers = keys.map(|key| number(&row[key])).join(" ");
        let (ceiling, group, counts, within) = (&row["ceiling"], group(row), &row["counts"], &row["within"]);
        let (measure, window) = (&row["measure"], &row["window"]);
        let (over, exception) = (number(&row["exceeded_by"]), &row["exception"]);
        format!("\n    {ceiling} {group} {counts} {measure} {window} {numbers} {within} {over} {exception}")
    };
    rows.as_array().map_or("no rows".to_owned(), |rows| rows.iter().map(text).collect())
}

/// Refusals as a sorted set. The entry is null in a refusal of the proposal itself.
fn refusals(wanted: &Decision) -> String {
    let mut out: Vec<String> = Vec::new();
    for refusal in &wanted.refusals {
        let text = |value: &Option<String>| value.as_ref().map_or("null".to_owned(), |text| format!("{text:?}"));
        let entry = if refusal.entry == wanted.seq { "null".to_owned() } else { refusal.entry.to_string() };
        let mut differs = refusal.differs.clone();
        differs.sort();
        let (ceiling, group, chip) = (text(&refusal.ceiling), text(&refusal.group), text(&refusal.chip));
        out.push(format!("\n    {} {ceiling} {group} {entry} {chip} {}", refusal.code, differs.join(",")));
    }
    out.sort();
    out.dedup();
    out.concat()
}

fn found_refusals(refusals: &Value) -> String {
    let Some(refusals) = refusals.as_array() else {
        return "no refusals".to_owned();
    };
    let mut out: Vec<String> = Vec::new();
    for refusal in refusals {
        let differs = refusal["differs"].as_array().cloned().unwrap_or_default();
        let mut differs: Vec<&str> = differs.iter().filter_map(Value::as_str).collect();
        differs.sort_unstable();
        let (ceiling, group, entry, chip) = (&refusal["ceiling"], group(refusal), &refusal["entry"], &refusal["chip"]);
        let code = refusal["code"].as_str().unwrap_or("no code");
        out.push(format!("\n    {code} {ceiling} {group} {entry} {chip} {}", differs.join(",")));
    }
    out.sort();
    out.dedup();
    out.concat()
}
