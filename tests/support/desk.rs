//! Runs commands in process on a ledger in a folder of its own, for the tests of rules.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A small policy with a ceiling of 100 for each customer, one of 1,000 for the nation, and three chips.
pub(crate) const POLICY: &str = r#"
name = "small"
version = "1"
status = "scenario"
[ceilings.per-customer]
scope = "customer"
limit = 100
warn_at = [80, 90]
[ceilings.national]
scope = "country"
limit = 1_000
[chips.H200]
equivalence = 1
aliases = ["H200 SXM"]
[chips.MI325X]
equivalence = 1
[chips.H20]
equivalence = 0
[country_groups]
CN = ["HK", "MO"]
"#;

/// One ledger and its analyst.
pub(crate) struct Desk {
    folder: TempDir,
    clock: String,
}

/// The program's answer: its exit code and its document.
pub(crate) struct Said {
    pub(crate) exit: u8,
    pub(crate) document: Value,
}

/// Verbs that take neither --date nor --by.
const LOOKUPS: [&str; 8] = ["headroom", "customers", "log", "show", "validate", "licences", "trace", "explain"];

impl Desk {
    /// A ledger with this policy since 1 January 2026. The clock shows 30 June 2026.
    pub(crate) fn with(policy: &str) -> Desk {
        let desk = Desk { folder: tempfile::tempdir().unwrap(), clock: "2026-06-30T12:00:00Z".to_owned() };
        let file = desk.file("policy.toml", policy);
        desk.ok(&format!("init --policy {} --date 2026-01-01", file.display()));
        desk
    }

    /// The small policy, with customers `a` and `b` of CN registered.
    pub(crate) fn small() -> Desk {
        let desk = Desk::with(POLICY);
        desk.ok("register a --name Alpha --country CN --date 2026-01-01");
        desk.ok("register b --name Beta --country CN --date 2026-01-01");
        desk
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The path of the ledger.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.jsonl")
    }

    /// The ledger's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap_or_default()
    }

    /// Runs a command line. Its date is 1 March 2026 if it gives none.
    pub(crate) fn ask(&self, line: &str) -> Said {
        let mut args = vec!["exquota".to_owned()];
        args.extend(shlex::split(line).unwrap());
        let verb = args[1].clone();
        let asks = LOOKUPS.contains(&verb.as_str());
        let dated = ["--date", "--as-of"].iter().any(|flag| line.contains(flag));
        if !dated && !asks {
            args.extend(["--date".to_owned(), "2026-03-01".to_owned()]);
        }
        let ledger = self.path().display().to_string();
        args.extend(["--ledger".to_owned(), ledger, "--clock".to_owned(), self.clock.clone()]);
        args.extend(["--format".to_owned(), "json".to_owned()]);
        if !asks && verb != "check" {
            args.extend(["--by".to_owned(), "analyst-1".to_owned()]);
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = exquota::run(&args, &mut out, &mut err);
        let document = serde_json::from_slice(&out)
            .unwrap_or_else(|error| panic!("{line}: {error}\n{}", String::from_utf8_lossy(&err)));
        Said { exit, document }
    }

    /// Runs a command line, which must succeed.
    pub(crate) fn ok(&self, line: &str) -> Value {
        let said = self.ask(line);
        assert_eq!(said.exit, 0, "{line}\n{:#}", said.document);
        said.document
    }

    /// Runs a command line, which must be refused with exactly these codes and leave the ledger as it was.
    pub(crate) fn refused(&self, line: &str, codes: &[&str]) -> Value {
        let before = self.bytes();
        let said = self.ask(line);
        assert_eq!(said.exit, 1, "{line}\n{:#}", said.document);
        assert_eq!(refused_with(&said.document), codes, "{line}\n{:#}", said.document);
        assert!(self.bytes() == before, "{line}: a refusal must leave no byte");
        said.document
    }

    /// The headroom row of a group under a ceiling.
    pub(crate) fn headroom(&self, ceiling: &str, group: &str, as_of: &str) -> Value {
        let document = self.ok(&format!("headroom --as-of {as_of}"));
        let rows = document["rows"].as_array().unwrap();
        rows.iter()
            .find(|row| row["ceiling"] == ceiling && row["group"] == group)
            .unwrap_or_else(|| panic!("no row {ceiling} {group} in {document:#}"))
            .clone()
    }
}

/// The codes of a decision's refusals, in their order.
pub(crate) fn refused_with(decision: &Value) -> Vec<&str> {
    decision["refusals"].as_array().unwrap().iter().map(|refusal| refusal["code"].as_str().unwrap()).collect()
}
