//! The filings of `import`: approvals and shipments, one chip or one list of items a row. Headings, in any case:
//!
//! | column | also | of |
//! |---|---|---|
//! | `event` | `kind`, `type` | `approval` or `shipment`; where absent, a row with a reference is a shipment |
//! | `licence` | `license`, `licence number`, `license number`, `license no.` | both |
//! | `reference` | `itn`, `internal transaction number`, `export filing`, `shipment reference` | shipments |
//! | `customer` | `purchaser` | approvals |
//! | `items` | | both: `H200=50000;MI325X=1000` |
//! | `chip` | `model` | both, in place of `items`, with `quantity` |
//! | `quantity` | `qty`, `quantity (1)` | both |
//! | `date` | `date of export`, `date of issue`, `issue date`, `validation date` | both |
//! | `expires` | `expiration date`, `expiry`, `expiry date` | approvals |
//! | `destination` | `country of ultimate destination`, `country of destination` | both |
//! | `licensee` | `applicant`, `license holder`, `licence holder` | approvals |
//! | `replaces` | | approvals |
//! | `consignee` | `ultimate consignee` | shipments |
//! | `attest` | `attestations` | both: names separated by `;`, each `NAME`, `NAME=stated` or `NAME=sha256:<64 hex>` |
//!
//! Rows with one number are one entry with several chips, wherever they stand; it has the place of the first.

use super::cells::Cells;
use super::order::Quantities;
use super::sheet::{Column, Sheet};
use crate::domain::event::Digest;
use crate::domain::fault::Fault;
use crate::domain::text::NameKey;
use crate::store::record::TextRule;
use chrono::NaiveDate;
use std::collections::HashMap;

const EVENT: usize = 0;
const LICENCE: usize = 1;
const REFERENCE: usize = 2;
const CUSTOMER: usize = 3;
const ITEMS: usize = 4;
const CHIP: usize = 5;
const QUANTITY: usize = 6;
const DATE: usize = 7;
const EXPIRES: usize = 8;
const DESTINATION: usize = 9;
const LICENSEE: usize = 10;
const REPLACES: usize = 11;
const CONSIGNEE: usize = 12;
const ATTEST: usize = 13;

const SHORT: Option<TextRule> = Some(TextRule::Short);
const LONG: Option<TextRule> = Some(TextRule::Long);

const COLUMNS: &[Column] = &[
    Column { name: "event", also: &["kind", "type"], rule: SHORT },
    Column {
        name: "licence",
        also: &["license", "licence number", "license number", "licence no.", "license no."],
        rule: SHORT,
    },
    Column {
        name: "reference",
        also: &["itn", "internal transaction number", "export filing", "shipment reference"],
        rule: SHORT,
    },
    Column { name: "customer", also: &["purchaser"], rule: LONG },
    Column { name: "items", also: &[], rule: None },
    Column { name: "chip", also: &["model"], rule: SHORT },
    Column { name: "quantity", also: &["qty", "quantity (1)"], rule: SHORT },
    Column { name: "date", also: &["date of export", "date of issue", "issue date", "validation date"], rule: SHORT },
    Column { name: "expires", also: &["expiration date", "expiry", "expiry date"], rule: SHORT },
    Column { name: "destination", also: &["country of ultimate destination", "country of destination"], rule: SHORT },
    Column { name: "licensee", also: &["applicant", "license holder", "licence holder"], rule: LONG },
    Column { name: "replaces", also: &[], rule: SHORT },
    Column { name: "consignee", also: &["ultimate consignee"], rule: LONG },
    Column { name: "attest", also: &["attestations"], rule: None },
];

/// What a row records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Kind {
    /// A licence was granted.
    Approval,
    /// Goods left.
    Shipment,
}

impl Kind {
    /// As in a ledger line.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Kind::Approval => "approval",
            Kind::Shipment => "shipment",
        }
    }
}

/// One entry as the file has it.
#[derive(Debug)]
pub(super) struct Filing<'s> {
    pub(super) kind: Kind,
    /// A licence's number or a shipment's reference.
    pub(super) number: &'s str,
    pub(super) items: Quantities,
    pub(super) terms: Terms<'s>,
    /// The line of its first row.
    pub(super) line: u64,
    /// Fields in which its rows contradict each other.
    pub(super) clashes: Vec<&'static str>,
    /// A line with this number that can't be read: the entry may lack chips, so it is not judged.
    pub(super) spoilt_by: Option<u64>,
}

/// What all rows of one entry must say alike.
#[derive(Debug, Default)]
pub(super) struct Terms<'s> {
    /// The licence that a shipment draws down.
    pub(super) licence: Option<&'s str>,
    pub(super) customer: Option<&'s str>,
    pub(super) date: Option<NaiveDate>,
    pub(super) expires: Option<NaiveDate>,
    pub(super) destination: Option<&'s str>,
    pub(super) licensee: Option<&'s str>,
    pub(super) replaces: Option<&'s str>,
    pub(super) consignee: Option<&'s str>,
    /// Names with their evidence.
    pub(super) attest: Vec<(&'s str, &'s str)>,
}

impl Terms<'_> {
    fn differing(&self, other: &Terms<'_>) -> Vec<&'static str> {
        let upper = |country: Option<&str>| country.map(str::to_ascii_uppercase);
        let key = |name: Option<&str>| name.map(NameKey::of);
        let same_attested =
            self.attest.len() == other.attest.len() && self.attest.iter().all(|pair| other.attest.contains(pair));
        let same = [
            ("date", self.date == other.date),
            ("licence", self.licence == other.licence),
            ("customer", key(self.customer) == key(other.customer)),
            ("expires", self.expires == other.expires),
            ("destination", upper(self.destination) == upper(other.destination)),
            ("licensee", self.licensee == other.licensee),
            ("replaces", self.replaces == other.replaces),
            ("consignee", self.consignee == other.consignee),
            ("attestations", same_attested),
        ];
        same.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect()
    }
}

/// One row of the file.
#[derive(Debug)]
pub(super) struct Row<'s> {
    pub(super) line: u64,
    pub(super) kind: Option<Kind>,
    pub(super) number: &'s str,
    /// The entry it belongs to, or what is wrong with it.
    pub(super) read: Result<usize, Vec<Fault>>,
}

/// The whole file.
#[derive(Debug, Default)]
pub(super) struct Filings<'s> {
    /// In file order.
    pub(super) rows: Vec<Row<'s>>,
    /// In the order of their first rows.
    pub(super) filings: Vec<Filing<'s>>,
}

/// The file, split into rows under these columns.
pub(super) fn sheet(bytes: &[u8]) -> Result<Sheet<'_>, Vec<Fault>> {
    let sheet = Sheet::read(bytes, COLUMNS)?;
    let mut lacking = Vec::new();
    if !sheet.has(LICENCE) {
        lacking.push(sheet.lacks("`licence`"));
    }
    if !sheet.has(CUSTOMER) && !sheet.has(REFERENCE) {
        lacking.push(sheet.lacks("`reference`, as shipments have, nor `customer`, as approvals have"));
    }
    let items = sheet.has(ITEMS) || (sheet.has(CHIP) && sheet.has(QUANTITY));
    if !items {
        lacking.push(sheet.lacks("`items`, nor both `chip` and `quantity`"));
    }
    if lacking.is_empty() { Ok(sheet) } else { Err(lacking) }
}

/// Every row, good or bad.
pub(super) fn read<'s>(sheet: &'s Sheet<'s>) -> Filings<'s> {
    let mut found = Filings::default();
    let mut by_number: HashMap<(Kind, &str), usize> = HashMap::new();
    for row in &sheet.rows {
        let mut cells = sheet.begin(row);
        let kind = kind(&mut cells);
        let number = match kind {
            Some(Kind::Approval) => cells.text(LICENCE),
            _ => cells.text(REFERENCE).or_else(|| cells.text(LICENCE)),
        };
        let number = number.unwrap_or_default();
        let filing = kind.filter(|_| cells.faults.is_empty()).map(|kind| filing(&mut cells, kind, row.line));
        let read = match filing.filter(|_| cells.faults.is_empty()) {
            Some(filing) => Ok(found.add(filing, &mut by_number)),
            None => Err(cells.faults),
        };
        found.rows.push(Row { line: row.line, kind, number, read });
    }
    found.note_spoilt();
    found
}

impl<'s> Filings<'s> {
    fn add(&mut self, filing: Filing<'s>, by_number: &mut HashMap<(Kind, &'s str), usize>) -> usize {
        let next = self.filings.len();
        let index = *by_number.entry((filing.kind, filing.number)).or_insert(next);
        match self.filings.get_mut(index) {
            None => self.filings.push(filing),
            Some(first) => {
                let mut clashes = first.terms.differing(&filing.terms);
                let named = |chip: &str| first.items.iter().any(|(held, _)| NameKey::of(held) == NameKey::of(chip));
                if filing.items.iter().any(|(chip, _)| named(chip)) {
                    clashes.push("items");
                }
                clashes.retain(|field| !first.clashes.contains(field));
                first.clashes.extend(clashes);
                first.items.extend(filing.items);
            }
        }
        index
    }

    /// An entry of which one row is bad is not written without it.
    fn note_spoilt(&mut self) {
        let mut bad: HashMap<&str, Vec<(Option<Kind>, u64)>> = HashMap::new();
        for row in self.rows.iter().filter(|row| row.read.is_err() && !row.number.is_empty()) {
            bad.entry(row.number).or_default().push((row.kind, row.line));
        }
        for filing in &mut self.filings {
            let lines = bad.get(filing.number).into_iter().flatten();
            filing.spoilt_by =
                lines.filter(|(kind, _)| kind.is_none_or(|kind| kind == filing.kind)).map(|(_, line)| *line).next();
        }
    }

    /// All that is wrong, in file order.
    pub(super) fn faults(&self) -> Vec<Fault> {
        self.rows.iter().filter_map(|row| row.read.as_ref().err()).flatten().cloned().collect()
    }
}

fn kind(cells: &mut Cells<'_>) -> Option<Kind> {
    if !cells.faults.is_empty() {
        // Cells that are too few stand under the wrong headings: nothing else is said of the row.
        return None;
    }
    let by_columns = if cells.text(REFERENCE).is_some() { Kind::Shipment } else { Kind::Approval };
    if cells.text(EVENT).is_none() {
        return Some(by_columns);
    }
    cells.parsed(EVENT, |text| {
        [Kind::Approval, Kind::Shipment]
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| "only an approval or a shipment is imported".to_owned())
    })
}

fn filing<'s>(cells: &mut Cells<'s>, kind: Kind, line: u64) -> Filing<'s> {
    let (own, foreign): (usize, &[usize]) = match kind {
        Kind::Approval => (LICENCE, &[REFERENCE, CONSIGNEE]),
        Kind::Shipment => (REFERENCE, &[CUSTOMER, EXPIRES, LICENSEE, REPLACES]),
    };
    // What a ledger line has no place for is not dropped unseen.
    for column in foreign.iter().filter(|column| cells.text(**column).is_some()).collect::<Vec<_>>() {
        let name = COLUMNS.get(*column).map_or("", |column| column.name);
        let told = format!("`{name}` has no place in a {}", kind.as_str());
        cells.wrong(*column, told);
    }
    let number = cells.needed(own);
    let (licence, customer) = match kind {
        Kind::Approval => (None, Some(cells.needed(CUSTOMER))),
        Kind::Shipment => (Some(cells.needed(LICENCE)), None),
    };
    Filing {
        kind,
        number,
        items: cells.items(ITEMS, CHIP, QUANTITY),
        terms: Terms {
            licence,
            customer,
            date: cells.date(DATE),
            expires: cells.date(EXPIRES),
            destination: cells.text(DESTINATION),
            licensee: cells.text(LICENSEE),
            replaces: cells.text(REPLACES),
            consignee: cells.text(CONSIGNEE),
            attest: cells.parsed(ATTEST, attestations).unwrap_or_default(),
        },
        line,
        clashes: Vec::new(),
        spoilt_by: None,
    }
}

/// `NAME;NAME=sha256:<hex>`: each name once, with its evidence (D22).
fn attestations(text: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, evidence) = part.split_once('=').unwrap_or((part, "stated"));
        let (name, evidence) = (name.trim(), evidence.trim());
        let digest = evidence.strip_prefix("sha256:").map(Digest::from_hex);
        if evidence != "stated" && !matches!(digest, Some(Some(_))) {
            return Err("an attestation is NAME or NAME=sha256:<64 lower-case hex digits>".to_owned());
        }
        if let Err(wrong) = TextRule::Long.check(name) {
            return Err(format!("a name in it {wrong}"));
        }
        if pairs.iter().any(|(held, _)| *held == name) {
            return Err(format!("`{name}` is attested twice"));
        }
        pairs.push((name, evidence));
    }
    Ok(pairs)
}
