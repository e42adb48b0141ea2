//! The filings of `import`: approvals and shipments, one chip or one list of items a row.
//!
//! Rows with one number are one entry with several chips, wherever they stand; it has the place of the first.

use super::order::{self, Quantities};
use super::sheets::{date, items};
use crate::domain::event::{Attestations, Digest};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::NameKey;
use crate::store::csv::{Cells, Column, Form, Place, Sheet, columns};
use crate::store::record::TextRule::{self, Long, Short};
use chrono::NaiveDate;
use std::borrow::Cow;
use std::collections::HashMap;

columns! { Filed:
    Event "event" ["kind", "type"], Some(Short), ": approval or shipment; if absent, a row with a reference is a shipment";
    Licence "licence" ["license", "licence number", "license number", "licence no.", "license no."], Some(Short), "";
    Reference "reference" ["itn", "internal transaction number", "export filing", "shipment reference"], Some(Short),
        " (shipments)";
    Customer "customer" ["purchaser"], Some(Long), " (approvals)";
    Items "items" [], None, "as in H200=50000;MI325X=1000";
    Chip "chip" ["model"], Some(Short), "; with quantity, in place of items";
    Quantity "quantity" ["qty", "quantity (1)"], Some(Short), "";
    Date "date" ["date of export", "date of issue", "issue date", "validation date"], Some(Short), "";
    Expires "expires" ["expiration date", "expiry", "expiry date"], Some(Short), " (approvals)";
    Destination "destination" ["country of ultimate destination", "country of destination"], Some(Short), "";
    Licensee "licensee" ["applicant", "licence holder", "license holder"], Some(Long), " (approvals)";
    Replaces "replaces" [], Some(Short), "(approvals)";
    Consignee "consignee" ["ultimate consignee"], Some(Long), " (shipments)";
    Attest "attest" ["attestations"], None, ": as in us-availability;third-party-test=sha256:<hex>";
}

pub(super) const FORM: Form = Form {
    what: "the filings' file",
    columns: Filed::ALL,
    needs: &["licence", "reference | customer", "items | chip + quantity"],
    lenient: false,
};

/// The columns, for a help text.
pub fn columns() -> String {
    let column = |column: &Column| format!("\n  {:<11}  {}{}", column.name, column.also.join(", "), column.note);
    let columns: String = FORM.columns.iter().map(column).collect();
    format!("Columns, in any case and order, with the names they also go by:{columns}")
}

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
    pub(super) number: Cow<'s, str>,
    pub(super) items: Quantities,
    pub(super) terms: Terms<'s>,
    /// Its first row.
    pub(super) place: Place,
    /// Fields in which its rows contradict each other.
    pub(super) clashes: Vec<&'static str>,
    /// A line with this number that can't be read: the entry may lack chips, so it is not judged.
    pub(super) spoilt_by: Option<u64>,
}

/// What all rows of one entry must say alike.
#[derive(Debug, Default)]
pub(super) struct Terms<'s> {
    /// The licence that a shipment draws down.
    pub(super) licence: Option<Cow<'s, str>>,
    pub(super) customer: Option<Cow<'s, str>>,
    pub(super) date: Option<NaiveDate>,
    pub(super) expires: Option<NaiveDate>,
    pub(super) destination: Option<Cow<'s, str>>,
    pub(super) licensee: Option<Cow<'s, str>>,
    pub(super) replaces: Option<Cow<'s, str>>,
    pub(super) consignee: Option<Cow<'s, str>>,
    /// Names with their evidence.
    pub(super) attest: Attestations,
}

impl Terms<'_> {
    fn differing(&self, other: &Terms<'_>) -> Vec<&'static str> {
        let country = |text: &Option<Cow<'_, str>>| text.as_deref().map(order::country);
        let key = |name: &Option<Cow<'_, str>>| name.as_deref().map(NameKey::of);
        let same = [
            ("date", self.date == other.date),
            ("licence", self.licence == other.licence),
            ("customer", key(&self.customer) == key(&other.customer)),
            ("expires", self.expires == other.expires),
            ("destination", country(&self.destination) == country(&other.destination)),
            ("licensee", self.licensee == other.licensee),
            ("replaces", self.replaces == other.replaces),
            ("consignee", self.consignee == other.consignee),
            ("attestations", self.attest == other.attest),
        ];
        same.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect()
    }
}

/// One row of the file.
#[derive(Debug)]
pub(super) struct Row<'s> {
    pub(super) line: u64,
    pub(super) kind: Option<Kind>,
    pub(super) number: Cow<'s, str>,
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

/// Every row, good or bad.
pub(super) fn read(sheet: &Sheet) -> Filings<'_> {
    let mut found = Filings::default();
    let mut by_number: HashMap<(Kind, Cow<'_, str>), usize> = HashMap::new();
    for mut row in sheet.rows() {
        let kind = kind(&mut row);
        let number = match kind {
            Some(Kind::Approval) => row.text(Filed::Licence),
            _ => row.text(Filed::Reference).or_else(|| row.text(Filed::Licence)),
        };
        let number = number.unwrap_or_default();
        let filing = kind.map(|kind| filing(&mut row, kind));
        let read = match filing.filter(|_| row.faults.is_empty()) {
            Some(filing) => Ok(found.add(filing, &mut by_number)),
            None => Err(row.faults),
        };
        found.rows.push(Row { line: row.place.line, kind, number, read });
    }
    found.note_spoilt();
    found
}

impl<'s> Filings<'s> {
    fn add(&mut self, filing: Filing<'s>, by_number: &mut HashMap<(Kind, Cow<'s, str>), usize>) -> usize {
        let next = self.filings.len();
        let index = *by_number.entry((filing.kind, filing.number.clone())).or_insert(next);
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
            bad.entry(&row.number).or_default().push((row.kind, row.line));
        }
        for filing in &mut self.filings {
            let lines = bad.get(filing.number.as_ref()).into_iter().flatten();
            filing.spoilt_by =
                lines.filter(|(kind, _)| kind.is_none_or(|kind| kind == filing.kind)).map(|(_, line)| *line).next();
        }
    }

    /// All that is wrong with the file.
    pub(super) fn faults(&self, sheet: &Sheet) -> Vec<Fault> {
        let mut faults: Vec<Fault> =
            self.rows.iter().filter_map(|row| row.read.as_ref().err()).flatten().cloned().collect();
        if !faults.is_empty() {
            let clashing = self.filings.iter().filter_map(|filing| Some((filing, filing.clash()?)));
            faults.extend(clashing.map(|(filing, told)| {
                let number = if filing.kind == Kind::Approval { Filed::Licence } else { Filed::Reference };
                sheet.blame(filing.place, number, Fault::new(FaultCode::FieldInvalid, told))
            }));
        }
        faults
    }
}

impl Filing<'_> {
    /// What its rows say against each other.
    pub(super) fn clash(&self) -> Option<String> {
        let clashes = self.clashes.join(", ");
        (!clashes.is_empty()).then(|| format!("rows with this number contradict each other: {clashes}"))
    }
}

fn kind(row: &mut Cells<'_>) -> Option<Kind> {
    if !row.whole {
        return None;
    }
    let by_columns = if row.text(Filed::Reference).is_some() { Kind::Shipment } else { Kind::Approval };
    if row.text(Filed::Event).is_none() {
        return Some(by_columns);
    }
    row.parsed(Filed::Event, |text| {
        [Kind::Approval, Kind::Shipment]
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| "only an approval or a shipment is imported".to_owned())
    })
}

fn filing<'s>(row: &mut Cells<'s>, kind: Kind) -> Filing<'s> {
    let (own, foreign): (Filed, &[Filed]) = match kind {
        Kind::Approval => (Filed::Licence, &[Filed::Reference, Filed::Consignee]),
        Kind::Shipment => (Filed::Reference, &[Filed::Customer, Filed::Expires, Filed::Licensee, Filed::Replaces]),
    };
    // What a ledger line has no place for is not dropped unseen.
    for column in foreign {
        if row.text(*column).is_some() {
            row.wrong(*column, format!("`{}` has no place in a {}", row.name(*column), kind.as_str()));
        }
    }
    let number = row.needed(own);
    let (licence, customer) = match kind {
        Kind::Approval => (None, Some(row.needed(Filed::Customer))),
        Kind::Shipment => (Some(row.needed(Filed::Licence)), None),
    };
    Filing {
        kind,
        number,
        items: items(row, Filed::Items, Filed::Chip, Filed::Quantity),
        terms: Terms {
            licence,
            customer,
            date: date(row, Filed::Date),
            expires: date(row, Filed::Expires),
            destination: row.text(Filed::Destination),
            licensee: row.text(Filed::Licensee),
            replaces: row.text(Filed::Replaces),
            consignee: row.text(Filed::Consignee),
            attest: row.parsed(Filed::Attest, attestations).unwrap_or_default(),
        },
        place: row.place,
        clashes: Vec::new(),
        spoilt_by: None,
    }
}

/// `NAME;NAME=sha256:<hex>`: each name once, with its evidence (D22).
fn attestations(text: &str) -> Result<Attestations, String> {
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
        pairs.push((name, evidence));
    }
    order::attested(pairs).map_err(|misuse| misuse.message)
}
