//! The filings of `import`: approvals and shipments, with one chip or one list of items per row.
//!
//! Rows with the same number, anywhere in the file, are one entry with several chips. It has the place of the first.
//!
//! The program's own export is such a file too. It also holds customers, returns, and rows that do not count. Rows of other
//! kinds are one fault a kind: they have no number by which a second import would know them (D19), and import must not drop
//! them silently.

use crate::commands::facts;
use crate::commands::sheets::items;
use crate::commands::values;
use crate::domain::event::{
    self, Approval, Attestations, Digest, Event, EventKind, Items, Registration, Return, ReturnKind, Serials, Shipment,
};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::{ChipName, Country, CustomerId, LicenceNumber, Name, NameKey, Reference, Serial, Text, tidy};
use crate::domain::words::Word;
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
    Value "value" [], Some(Short), "in whole units of the policy's currency, of the whole entry";
    Date "date" ["date of export", "date of issue", "issue date", "validation date"], Some(Short), "";
    Expires "expires" ["expiration date", "expiry", "expiry date"], Some(Short), " (approvals)";
    Destination "destination" ["country of ultimate destination", "country of destination"], Some(Short), "";
    Licensee "licensee" ["applicant", "licence holder", "license holder"], Some(Long), " (approvals)";
    Replaces "replaces" [], Some(Number), "(approvals)";
    Consignee "consignee" ["ultimate consignee"], Some(Long), " (shipments)";
    Attest "attest" ["attestations"], None, ": as in us-availability;third-party-test=sha256:<hex>";
    // Only in the program's own export.
    Standing "standing" [], Some(Short), "";
    Serials "serials" [], None, "";
    Shipment "shipment" [], Some(Number), "";
    ReturnKind "return kind" [], Some(Short), "";
    Reason "reason" [], Some(Long), "";
    Name "name" [], Some(Long), "";
    Country "country" [], Some(Short), "";
    Parent "parent" [], Some(Long), "";
    Aliases "aliases" [], None, "";
    Flags "flags" [], None, "";
}

pub(super) const FORM: Form = Form {
    what: "the filings' file",
    columns: Filed::ALL.split_at(Filed::Standing as usize).0,
    needs: "licence; reference | customer; items | chip + quantity",
    lenient: false,
    exported: Some(&EXPORTED),
};

/// The program's own export. Its other columns belong to other kinds of event.
const EXPORTED: Form = Form {
    what: "the exported ledger",
    columns: Filed::ALL,
    needs: "event; licence; reference; customer; chip; quantity; date; expires; destination; licensee; replaces; \
            consignee; attest; standing; serials; shipment; reason; name; country; parent; aliases; flags",
    lenient: true,
    exported: None,
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
    /// An approval or a shipment; from an export, also a customer or a return.
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
    /// Lines of an export that do not count in its ledger, and the voids that say so.
    pub(super) not_counted: Vec<u64>,
    /// Lines of an export that adopt a policy.
    pub(super) adoptions: Vec<u64>,
}

/// Every row, good or bad.
pub(super) fn read(sheet: &Sheet) -> Filings<'_> {
    let mut found = Filings::default();
    let mut by_number: HashMap<(EventKind, Cow<'_, str>), usize> = HashMap::new();
    let mut others = Vec::new();
    for row in sheet.rows() {
        let (said, line, exported) = (event(&row), row.place.line, row.has(Filed::Standing));
        let standing = row.text(Filed::Standing);
        match said.filter(|_| row.whole) {
            Some(EventKind::Void) if exported => found.not_counted.push(line),
            Some(_) if matches!(standing.as_deref(), Some("void" | "changes nothing")) => found.not_counted.push(line),
            Some(EventKind::Policy) if exported => found.adoptions.push(line),
            Some(kind) if !importable(exported).contains(&kind) => others.push((kind, row.place)),
            _ => found.add(row, &mut by_number),
        }
    }
    found.note_spoilt();
    for kind in EventKind::ALL {
        let places: Vec<Place> = others.iter().filter(|(other, _)| other == kind).map(|(_, place)| *place).collect();
        found.rows.extend(other_kind(sheet, *kind, &places));
    }
    found.rows.sort_by_key(|row| row.line);
    found
}

impl<'s> Filings<'s> {
    /// Takes in a row of a kind that import records.
    fn add(&mut self, mut row: Cells<'s>, by_number: &mut HashMap<(EventKind, Cow<'s, str>), usize>) {
        if row.has(Filed::Standing) && row.text(Filed::Standing).as_deref() != Some("counts") {
            row.wrong(Filed::Standing, "`standing` is `counts`, `void` or `changes nothing`".to_owned());
        }
        let kind = kind(&mut row);
        let reference = row.text(Filed::Reference).filter(|_| kind != Some(EventKind::Approval));
        let column = if kind == Some(EventKind::Customer) { Filed::Customer } else { Filed::Licence };
        let number = reference.or_else(|| row.text(column)).unwrap_or_default();
        let filing = kind.map(|kind| filing(&mut row, kind));
        let read = match kind.zip(filing).filter(|_| row.faults.is_empty()) {
            Some((kind, filing)) => {
                // Each registration of a customer is an entry of its own.
                let next = self.filings.len();
                let index = match kind {
                    EventKind::Customer => next,
                    _ => *by_number.entry((kind, number.clone())).or_insert(next),
                };
                match self.filings.get_mut(index) {
                    Some(first) => first.add(filing),
                    None => self.filings.push(filing),
                }
                Ok(index)
            }
            None => Err(row.faults),
        };
        self.rows.push(FilingRow { line: row.place.line, kind, number, read });
    }

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

    /// Warnings of the rows of an export that are left out.
    pub(super) fn left_out(&self) -> impl Iterator<Item = String> {
        let not_counted = numbered(&self.not_counted)
            .map(|lines| format!("{lines}: left out, as not counted in the exported ledger"));
        let adoptions = numbered(&self.adoptions)
            .map(|lines| format!("{lines}: the policy is left out, because this ledger's own judges the rows"));
        not_counted.into_iter().chain(adoptions)
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
        clashes.extend(fields.into_iter().filter(|field| !["items", "serials"].contains(field)));
        let (Some((items, serials)), Some((more, more_serials))) = (chips(&mut self.event), chips(&mut other.event))
        else {
            return;
        };
        if let (Some(serials), Some(more)) = (serials, more_serials) {
            serials.append(std::mem::take(more));
        }
        let named =
            |chip: &ChipName| items.iter().any(|(held, _)| NameKey::of(held.as_str()) == NameKey::of(chip.as_str()));
        if more.iter().any(|(chip, _)| named(chip)) {
            clashes.push("items");
        }
        clashes.retain(|field| !self.clashes.contains(field));
        self.clashes.extend(clashes);
        items.append(std::mem::take(more));
    }

    /// The message about rows that contradict each other, if they do.
    pub(super) fn clash(&self) -> Option<String> {
        let clashes = self.clashes.join(", ");
        (!clashes.is_empty()).then(|| format!("rows with this number contradict each other: {clashes}"))
    }
}

/// The chips of an entry that several rows may make, with their serial numbers.
fn chips(event: &mut Event) -> Option<(&mut Items, Option<&mut Serials>)> {
    match event {
        Event::Approval(Approval { items, .. }) => Some((items, None)),
        Event::Shipment(Shipment { items, serials, .. }) | Event::Return(Return { items, serials, .. }) => {
            Some((items, Some(serials)))
        }
        _ => None,
    }
}

/// The kind of event that the row names.
fn event(row: &Cells<'_>) -> Option<EventKind> {
    let named = row.text(Filed::Event)?;
    EventKind::ALL.iter().copied().find(|kind| kind.as_str().eq_ignore_ascii_case(&named))
}

fn importable(exported: bool) -> &'static [EventKind] {
    let kinds = &[EventKind::Approval, EventKind::Shipment, EventKind::Customer, EventKind::Return];
    if exported { kinds } else { &kinds[..2] }
}

/// One row for all rows of a kind that import can't record, with their fault.
fn other_kind<'s>(sheet: &'s Sheet, kind: EventKind, places: &[Place]) -> Option<FilingRow<'s>> {
    let first = *places.first()?;
    let lines: Vec<u64> = places.iter().map(|place| place.line).collect();
    let told = format!("`import` does not record events of the kind `{kind}`: {}", numbered(&lines)?);
    let help = "`--partial` records the other rows; record these with the verb for them";
    let fault = sheet.blame(first, Filed::Event, Fault::new(FaultCode::FieldInvalid, told).help(help));
    Some(FilingRow { line: first.line, kind: None, number: Cow::default(), read: Err(vec![fault]) })
}

/// Names lines, the first five by number; none if there are none.
fn numbered(lines: &[u64]) -> Option<String> {
    let first: Vec<String> = lines.iter().take(5).map(u64::to_string).collect();
    match lines.len() {
        0 => None,
        1 => Some(format!("line {}", first.join(""))),
        2..=5 => Some(format!("lines {}", first.join(", "))),
        all => Some(format!("lines {} and {} more", first.join(", "), all - 5)),
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
    let named = event(row);
    row.parsed(Filed::Event, |_| named.ok_or_else(|| "only an approval or a shipment is imported".to_owned()))
}

fn filing(row: &mut Cells<'_>, kind: EventKind) -> Filing {
    if let EventKind::Customer | EventKind::Return = kind {
        let event = if kind == EventKind::Customer { registration(row) } else { returned(row) };
        let date = row.parsed(Filed::Date, values::date);
        return Filing { event, date, place: row.place, clashes: Vec::new(), spoilt_by: None };
    }
    let is_approval = kind == EventKind::Approval;
    let foreign: &[Filed] = if is_approval {
        &[Filed::Reference, Filed::Consignee]
    } else if row.has(Filed::Standing) {
        // An export says beside a shipment who is charged for it.
        &[Filed::Expires, Filed::Licensee, Filed::Replaces]
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
    let [filed_on, expires] = [Filed::Date, Filed::Expires].map(|column| row.parsed(column, values::date));
    let value = row.parsed(Filed::Value, values::value);
    let destination = row.text(Filed::Destination).map(|code| facts::country(&Country::new(code)));
    let attestations = row.parsed(Filed::Attest, attestations).unwrap_or_default();
    let event = if is_approval {
        Event::Approval(Approval {
            licence: LicenceNumber::new(number),
            customer: CustomerId::new(named),
            items,
            value,
            expires,
            destination,
            licensee: row.text(Filed::Licensee).map(Name::new),
            replaces: row.text(Filed::Replaces).map(LicenceNumber::new),
            attestations,
        })
    } else {
        let serials = serials(row, &items);
        Event::Shipment(Shipment {
            reference: Reference::new(number),
            licence: LicenceNumber::new(named),
            items,
            value,
            destination,
            consignee: row.text(Filed::Consignee).map(Text::new),
            attestations,
            serials,
        })
    };
    Filing { event, date: filed_on, place: row.place, clashes: Vec::new(), spoilt_by: None }
}

/// A customer's whole record.
fn registration(row: &mut Cells<'_>) -> Event {
    let id = row.needed(Filed::Customer);
    if let Err(wrong) = TextRule::Id.check(&id) {
        row.wrong(Filed::Customer, format!("`customer` {wrong}"));
    }
    Event::Customer(Registration {
        id: CustomerId::new(id),
        name: Text::new(row.needed(Filed::Name)),
        country: facts::country(&Country::new(row.needed(Filed::Country))),
        parent: row.text(Filed::Parent).map(CustomerId::new),
        aliases: row.list(Filed::Aliases),
        flags: row.list(Filed::Flags),
    })
}

/// A return. An export says beside it which licence and customer it is about.
fn returned(row: &mut Cells<'_>) -> Event {
    let items = items(row, Filed::Items, Filed::Chip, Filed::Quantity);
    let kind = row.parsed(Filed::ReturnKind, |kind| {
        ReturnKind::named(kind)
            .ok_or_else(|| "only `undelivered` and `retired` are kinds of return, and an empty cell".to_owned())
    });
    let serials = serials(row, &items);
    Event::Return(Return {
        reference: Reference::new(row.needed(Filed::Reference)),
        shipment: Reference::new(row.needed(Filed::Shipment)),
        items,
        kind,
        value: row.parsed(Filed::Value, values::value),
        reason: row.text(Filed::Reason).map(Text::new),
        serials,
    })
}

/// The serial numbers of the row's chip.
fn serials(row: &mut Cells<'_>, items: &Items) -> Serials {
    let Some((text, (chip, _))) = row.text(Filed::Serials).zip(items.iter().next()) else { return Serials::default() };
    let numbers: Vec<&str> = text.split(';').map(str::trim).collect();
    if let Some(wrong) = numbers.iter().find_map(|number| Number.check_given(number).err()) {
        row.wrong(Filed::Serials, format!("`serials`: a number in it {wrong}"));
    }
    Serials::new(vec![(chip.clone(), numbers.into_iter().map(Serial::new).collect())])
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
