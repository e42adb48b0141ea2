//! How the help presents the verbs: their groups, the formats that each can print, and two examples of each.
//!
//! `cargo test --test help` runs the examples in the order given here, in one folder. So they tell one story.

use super::args::Format;
use clap::ArgMatches;

/// Verbs that the help lists together.
pub(super) struct Group {
    pub(super) heading: &'static str,
    pub(super) verbs: &'static [Verb],
}

/// A verb as the help presents it.
pub(super) struct Verb {
    /// Its name on the command line: `check`, `policy check`.
    pub(super) name: &'static str,
    /// The formats that it prints.
    pub(super) formats: &'static [Format],
    /// Command lines without the program's name.
    pub(super) examples: [&'static str; 2],
}

/// The formats of every answer.
const ANSWER: &[Format] = &[Format::Text, Format::Json];
/// The formats of a table.
const TABLE: &[Format] = &[Format::Text, Format::Json, Format::Csv, Format::Markdown];
/// The formats of an answer whose tables have several kinds of cells in one, for people to compare.
const PAGE: &[Format] = &[Format::Text, Format::Json, Format::Markdown];
/// The formats of a validation.
const FINDINGS: &[Format] =
    &[Format::Text, Format::Json, Format::Csv, Format::Markdown, Format::Github, Format::Junit, Format::Sarif];
/// The formats of tests.
const TESTS: &[Format] = &[Format::Text, Format::Json, Format::Junit];

const fn verb(name: &'static str, formats: &'static [Format], examples: [&'static str; 2]) -> Verb {
    Verb { name, formats, examples }
}

/// All verbs, in the order of the help.
pub(super) const GROUPS: &[Group] = &[
    Group {
        heading: "Begin here",
        verbs: &[
            verb(
                "init",
                ANSWER,
                ["init --policy china-cap-2026-03 --customers customers.csv", "init --ask --ledger other.jsonl"],
            ),
            verb(
                "register",
                TABLE,
                [
                    "register baidu --name Baidu --country CN",
                    "register baidu-cloud --name 'Baidu AI Cloud' --country CN --parent baidu",
                ],
            ),
            verb(
                "adopt",
                TABLE,
                [
                    "adopt policies/china-cap-2026-05.toml --dry-run",
                    "adopt policies/china-cap-2026-05.toml --date +30d",
                ],
            ),
        ],
    },
    Group {
        heading: "Ask",
        verbs: &[
            verb(
                "check",
                TABLE,
                ["check alibaba H200=50_000 MI325X=10_000", "check alibaba H200=50_000 --expires +1y --record"],
            ),
            verb("plan", TABLE, ["plan orders.csv", "plan orders.csv --date +30d --format csv"]),
            verb(
                "whatif",
                TABLE,
                [
                    "whatif --policy policies/china-cap-2026-08.toml",
                    "whatif --policy policies/china-cap-2026-08.toml --date +30d",
                ],
            ),
        ],
    },
    Group {
        heading: "Record",
        verbs: &[
            verb(
                "approve",
                TABLE,
                [
                    "approve D1100234 alibaba H200=60_000 MI325X=15_000 --expires +6m \\\n    --attest us-availability --attest customer-due-diligence",
                    "approve D1100235 tencent H200=20_000 --licensee Lenovo --dry-run \\\n    --attest us-availability --attest customer-due-diligence",
                ],
            ),
            verb(
                "ship",
                TABLE,
                [
                    "ship X20260306123456 --licence D1100234 H200=512 --attest third-party-test",
                    "ship X20260306123457 --licence D1100234 H200=2 --attest third-party-test \\\n    --serials H200=serials.txt --destination HK",
                ],
            ),
            verb(
                "amend",
                TABLE,
                ["amend D1100234 H200=50_000 --authority 'BIS letter 7'", "amend D1100234 --expires +9m"],
            ),
            verb(
                "suspend",
                TABLE,
                [
                    "suspend D1100234 --reason 'diversion is investigated'",
                    "suspend D1100234 --reason 'diversion is investigated' --date today",
                ],
            ),
            verb(
                "reinstate",
                TABLE,
                [
                    "reinstate D1100234 --reason 'nothing was found' --dry-run",
                    "reinstate D1100234 --reason 'nothing was found'",
                ],
            ),
            verb(
                "return",
                TABLE,
                [
                    "return R1 --shipment X20260306123456 H200=12 --undelivered",
                    "return R2 --shipment X20260306123456 H200=8 --retired --reason 'burnt'",
                ],
            ),
            verb(
                "grant",
                TABLE,
                [
                    "grant --ceiling per-customer --group tencent --limit 90_000 --authority 'BIS letter 8'",
                    "grant --ceiling national --group CN --limit 900_000 --authority 'BIS letter 9' \\\n    --expires +6m",
                ],
            ),
            verb(
                "volume",
                TABLE,
                [
                    "volume us-end-use H200=400_000 --source 'sales report, February'",
                    "volume us-end-use H200=450_000 --source 'sales report, March'",
                ],
            ),
            verb(
                "elsewhere",
                TABLE,
                [
                    "elsewhere jd H200=1_000 --source 'certificate of JD.com'",
                    "elsewhere jd H200=900 --source 'certificate of JD.com, corrected'",
                ],
            ),
            verb(
                "close",
                TABLE,
                [
                    "close D1100234 --reason surrendered --dry-run",
                    "close D1100234 --reason revoked --note 'BIS letter 10'",
                ],
            ),
            verb(
                "void",
                TABLE,
                ["void 7 --reason 'adopted by mistake' --dry-run", "void 8 7 --reason 'keyed in twice'"],
            ),
            verb("import", TABLE, ["import filings.csv --dry-run", "import --customers customers.csv"]),
        ],
    },
    Group {
        heading: "Look up",
        verbs: &[
            verb("status", TABLE, ["status", "status --json"]),
            verb("headroom", TABLE, ["headroom alibaba tencent", "headroom --as-of -1m --format csv"]),
            verb("customers", TABLE, ["customers", "customers baidu --format csv"]),
            verb("licences", TABLE, ["licences --expiring 90", "licences alibaba --format markdown"]),
            verb("log", TABLE, ["log -n 10 --newest", "log --customer alibaba --since -1w"]),
            verb("show", TABLE, ["show D1100234", "show 9"]),
            verb("trace", TABLE, ["trace SN-0001", "trace --serials serials.txt --format csv"]),
            verb("diff", TABLE, ["diff last-week.jsonl", "diff last-week.jsonl ledger.jsonl --format markdown"]),
        ],
    },
    Group {
        heading: "Check and repair",
        verbs: &[
            verb("validate", FINDINGS, ["validate ledger.jsonl", "validate --strict --format github"]),
            verb("rebase", TABLE, ["rebase --onto last-week.jsonl --dry-run", "rebase --onto last-week.jsonl"]),
            verb(
                "merge-driver",
                TABLE,
                [
                    "merge-driver last-week.jsonl ledger.jsonl last-week.jsonl ledger.jsonl",
                    "merge-driver last-week.jsonl ledger.jsonl last-week.jsonl ledger.jsonl --json",
                ],
            ),
            verb("recover", ANSWER, ["recover", "recover --ledger ledger.jsonl"]),
        ],
    },
    Group {
        heading: "Hand on",
        verbs: &[
            verb(
                "report",
                ANSWER,
                [
                    "report -o report.html",
                    "report --title 'Example Exports' --as-of -1m --expiring 180 -o february.html",
                ],
            ),
            verb("export", ANSWER, ["export --to csv -o ledger.csv", "export --to hledger -o ledger.journal"]),
            verb("keygen", ANSWER, ["keygen desk.key --origin example.com/ledger", "keygen other.key"]),
            verb(
                "checkpoint",
                ANSWER,
                ["checkpoint --key desk.key -o friday.checkpoint", "checkpoint --origin example.com/ledger"],
            ),
            verb(
                "prove",
                ANSWER,
                [
                    "prove X20260306123456 --key desk.key -o shipment.tlog-proof",
                    "prove --since friday.checkpoint --key desk.key -o since.tlog-consistency",
                ],
            ),
            verb(
                "verify-proof",
                ANSWER,
                [
                    "verify-proof shipment.tlog-proof --key desk.key.pub",
                    "verify-proof since.tlog-consistency --key desk.key.pub --since friday.checkpoint",
                ],
            ),
        ],
    },
    Group {
        heading: "Policies",
        verbs: &[
            verb("policy list", TABLE, ["policy list", "policy list --format markdown"]),
            verb("policy new", ANSWER, ["policy new", "policy new -o desk.toml"]),
            verb(
                "policy check",
                ANSWER,
                [
                    "policy check policies/china-cap-2026-03.toml",
                    "policy check policies/china-cap-2026-03.toml policies/china-cap-2026-05.toml",
                ],
            ),
            verb("policy show", TABLE, ["policy show", "policy show policies/bis-2026-01-15.toml"]),
            verb(
                "policy diff",
                PAGE,
                [
                    "policy diff policies/china-cap-2026-03.toml policies/china-cap-2026-08.toml",
                    "policy diff policies/china-cap-2026-03.toml policies/bis-2026-01-15.toml --json",
                ],
            ),
            verb(
                "policy test",
                TESTS,
                [
                    "policy test policies/china-cap-2026-03.tests.toml",
                    "policy test policies/china-cap-2026-03.tests.toml --format junit",
                ],
            ),
        ],
    },
    Group {
        heading: "Learn more",
        verbs: &[
            verb("explain", ANSWER, ["explain", "explain ceiling-exceeded"]),
            verb("schema", ANSWER, ["schema", "schema decision"]),
            verb("man", ANSWER, ["man check", "man policy check"]),
            verb("completions", ANSWER, ["completions bash", "completions fish"]),
        ],
    },
];

/// The verb of this name.
pub(super) fn find(name: &str) -> Option<&'static Verb> {
    GROUPS.iter().flat_map(|group| group.verbs).find(|verb| verb.name == name)
}

/// The name of the verb that was given: `check`, `policy check`.
pub(super) fn given(matches: &ArgMatches) -> String {
    let below = matches.subcommand().map(|(name, below)| format!("{name} {}", given(below)));
    below.unwrap_or_default().trim_end().to_owned()
}
