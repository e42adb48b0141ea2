//! The filings of `import`: approvals and shipments, with one chip or one list of items per row.
//!
//! Rows with the same number, anywhere in the file, are one entry with several chips. It has the place of the first.

use crate::commands::facts;
use crate::commands::sheets::{date, items};
use crate::domain::event::{self, Approval, Attestations, Digest, Event, EventKind, Serials, Shipment};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::{ChipName, Country, CustomerId, LicenceNumber, Name, NameKey, Reference, Text, tidy};
use crate::store::csv::{Cells, Column, Form, Place, Sheet, columns};
use crate::store::record::TextRule::{self, Long, Number, Short};
use chrono::NaiveDate;
use std::borrow::Cow;
use std::collections::HashMap;

columns! { Filed:
    Event "event" ["kind", "type"], Some(Short), ": approval or shipment; if absent, a row with a reference is a shipment";
    Licence "licence" ["license", "licence number", "license number", "licence no.", "license no."], Some(Number), "";
    Reference "reference" ["itn", "internal transaction number", "export filing", "shipment reference"], Some(Number),
        " (shipments)";
    Customer "customer" ["purchaser"], Some(Long), " (approvals)";
    Items "items" [], None, "as in H200=50000;MI325X=1000";
    Chip "chip" ["model"], Some(Short), "; with quantity, in place of items";
    Quantity "quantity" ["qty", "quantity (1)"], Some(Short), "";
    Date "date" ["date of export", "date of issue", "issue date", "validation date"], Some(Short), "";
    Expires "expires" ["expiration date", "expiry", "expiry date"], Some(Short), " (approvals)";
    Destination "destination" ["country of ultimate destination", "country of destination"], Some(Short), "";
    Licensee "licensee" ["applicant", "licence holder", "license holder"], Some(Long), " (approvals)";
    Replaces "replaces" [], Some(Number), "(approvals)";
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

/// One entry of the file.
#[derive(Debug)]
pub(super) struct Filing {
    /// An approval or a shipment.
    pub(super) event: Event,
    pub(super) date: Option<NaiveDate>,
    /// Its first row.
    pub(super) place: Place,
    /// The fields in which its rows contradict each other.
    pub(super) clashes: Vec<&'static str>,
    /// A line with this number that can't be read. The entry may lack chips, so it is not judged.
    pub(super) spoilt_by: Option<u64>,
}

/// One row of the file.
#[derive(Debug)]
pub(super) struct FilingRow<'s> {
    pub(super) line: u64,
    pub(super) kind: Option<EventKind>,
    pub(super) number: Cow<'s, str>,
    /// The entry it belongs to, or what is wrong with it.
    pub(super) read: Result<usize, Vec<Fault>>,
}

/// The whole file.
#[derive(Debug, Default)]
pub(super) struct Filings<'s> {
    /// In file order.
    pub(super) rows: Vec<FilingRow<'s>>,
    /// In the order of their first rows.
    pub(super) filings: Vec<Filing>,
}

/// Every row, good or bad.
pub(super) fn read(sheet: &Sheet) -> Filings<'_> {
    let mut found = Filings::default();
    let mut by_number: HashMap<(EventKind, Cow<'_, str>), usize> = HashMap::new();
    for mut row in sheet.rows() {
        let kind = kind(&mut row);
        let reference = row.text(Filed::Reference).filter(|_| kind != Some(EventKind::Approval));
        let number = reference.or_else(|| row.text(Filed::Licence)).unwrap_or_default();
        let filing = kind.map(|kind| filing(&mut row, kind));
        let read = match kind.zip(filing).filter(|_| row.faults.is_empty()) {
            Some((kind, filing)) => {
                let index = *by_number.entry((kind, number.clone())).or_insert(found.filings.len());
                match found.filings.get_mut(index) {
                    Some(first) => first.add(filing),
                    None => found.filings.push(filing),
                }
                Ok(index)
            }
            None => Err(row.faults),
        };
        found.rows.push(FilingRow { line: row.place.line, kind, number, read });
    }
    found.note_spoilt();
    found
}

impl Filings<'_> {
    /// Marks the entries that have a bad row, so that they are not written without it.
    fn note_spoilt(&mut self) {
        let mut bad: HashMap<&str, Vec<(Option<EventKind>, u64)>> = HashMap::new();
        for row in self.rows.iter().filter(|row| row.read.is_err() && !row.number.is_empty()) {
            bad.entry(&row.number).or_default().push((row.kind, row.line));
        }
        for filing in &mut self.filings {
            let (number, filed) = (filing.event.number().map_or("", event::Number::as_str), filing.event.kind());
            let mut lines = bad.get(number).into_iter().flatten();
            filing.spoilt_by = lines.find(|(kind, _)| kind.is_none_or(|kind| kind == filed)).map(|(_, line)| *line);
        }
    }

    /// All faults of the file.
    pub(super) fn faults(&self, sheet: &Sheet) -> Vec<Fault> {
        let mut faults: Vec<Fault> =
            self.rows.iter().filter_map(|row| row.read.as_ref().err()).flatten().cloned().collect();
        if !faults.is_empty() {
            let clashing = self.filings.iter().filter_map(|filing| Some((filing, filing.clash()?)));
            faults.extend(clashing.map(|(filing, told)| {
                let number = if let Event::Approval(_) = filing.event { Filed::Licence } else { Filed::Reference };
                sheet.blame(filing.place, number, Fault::new(FaultCode::FieldInvalid, told))
            }));
        }
        faults
    }
}

impl Filing {
    /// Takes in another row of the same entry.
    fn add(&mut self, mut other: Filing) {
        if let (Event::Approval(first), Event::Approval(other)) = (&self.event, &mut other.event)
            && NameKey::of(first.customer.as_str()) == NameKey::of(other.customer.as_str())
        {
            other.customer.clone_from(&first.customer);
        }
        let mut clashes: Vec<&str> = (self.date != other.date).then_some("date").into_iter().collect();
        let fields = self.event.differing(&other.event).unwrap_or_default();
        // Each row has chips of its own.
        clashes.extend(fields.into_iter().filter(|field| *field != "items"));
        let (Event::Approval(Approval { items, .. }) | Event::Shipment(Shipment { items, .. })) = &mut self.event
        else {
            return;
        };
        let (Event::Approval(Approval { items: more, .. }) | Event::Shipment(Shipment { items: more, .. })) =
            other.event
        else {
            return;
        };
        let named =
            |chip: &ChipName| items.iter().any(|(held, _)| NameKey::of(held.as_str()) == NameKey::of(chip.as_str()));
        if more.iter().any(|(chip, _)| named(chip)) {
            clashes.push("items");
        }
        clashes.retain(|field| !self.clashes.contains(field));
        self.clashes.extend(clashes);
        items.append(more);
    }

    /// The message about rows that contradict each other, if they do.
    pub(super) fn clash(&self) -> Option<String> {
        let clashes = self.clashes.join(", ");
        (!clashes.is_empty()).then(|| format!("rows with this number contradict each other: {clashes}"))
    }
}

fn kind(row: &mut Cells<'_>) -> Option<EventKind> {
    if !row.whole {
        return None;
    }
    let by_columns = if row.text(Filed::Reference).is_some() { EventKind::Shipment } else { EventKind::Approval };
    if row.text(Filed::Event).is_none() {
        return Some(by_columns);
    }
    row.parsed(Filed::Event, |text| {
        [EventKind::Approval, EventKind::Shipment]
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| "only an approval or a shipment is imported".to_owned())
    })
}

fn filing(row: &mut Cells<'_>, kind: EventKind) -> Filing {
    let is_approval = kind == EventKind::Approval;
    let foreign: &[Filed] = if is_approval {
        &[Filed::Reference, Filed::Consignee]
    } else {
        &[Filed::Customer, Filed::Expires, Filed::Licensee, Filed::Replaces]
    };
    // A value that the ledger line can't hold is a fault: it must not be dropped silently.
    for column in foreign {
        if row.text(*column).is_some() {
            row.wrong(*column, format!("`{}` does not apply to the event `{}`", row.name(*column), kind.as_str()));
        }
    }
    let (number, named) = if is_approval {
        (row.needed(Filed::Licence), row.needed(Filed::Customer))
    } else {
        (row.needed(Filed::Reference), row.needed(Filed::Licence))
    };
    let items = items(row, Filed::Items, Filed::Chip, Filed::Quantity);
    let (filed_on, expires) = (date(row, Filed::Date), date(row, Filed::Expires));
    let destination = row.text(Filed::Destination).map(|code| facts::country(&Country::new(code)));
    let attestations = row.parsed(Filed::Attest, attestations).unwrap_or_default();
    let event = if is_approval {
        Event::Approval(Approval {
            licence: LicenceNumber::new(number),
            customer: CustomerId::new(named),
            items,
            expires,
            destination,
            licensee: row.text(Filed::Licensee).map(Name::new),
            replaces: row.text(Filed::Replaces).map(LicenceNumber::new),
            attestations,
        })
    } else {
        Event::Shipment(Shipment {
            reference: Reference::new(number),
            licence: LicenceNumber::new(named),
            items,
            destination,
            consignee: row.text(Filed::Consignee).map(Text::new),
            attestations,
            serials: Serials::default(),
        })
    };
    Filing { event, date: filed_on, place: row.place, clashes: Vec::new(), spoilt_by: None }
}

/// `NAME;NAME=sha256:<hex>`: each name once, with its evidence (D22).
fn attestations(text: &str) -> Result<Attestations, String> {
    let mut pairs = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, evidence) = part.split_once('=').unwrap_or((part, "stated"));
        let (name, evidence) = (tidy(name), evidence.trim());
        let digest = evidence.strip_prefix("sha256:").map(Digest::from_hex);
        if evidence != "stated" && !matches!(digest, Some(Some(_))) {
            return Err("an attestation is NAME or NAME=sha256:<64 lower-case hex digits>".to_owned());
        }
        if let Err(wrong) = TextRule::Long.check_given(&name) {
            return Err(format!("a name in it {wrong}"));
        }
        pairs.push((Name::new(name), Text::new(evidence)));
    }
    facts::attested(pairs).map_err(|misuse| misuse.message)
}
