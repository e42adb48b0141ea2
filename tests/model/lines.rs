//! Events and ledger lines, and their bytes (section 4).

use crate::checks::Check;
use crate::dates::{self, Day};
use crate::json::{Out, object, quoted};

pub(crate) type Items = Vec<(String, u64)>;
pub(crate) type Pairs = Vec<(String, String)>;
pub(crate) type Serials = Vec<(String, Vec<String>)>;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) parent: Option<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) flags: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Approval {
    /// Empty in `check`, which has no number (D14).
    pub(crate) licence: String,
    pub(crate) customer: String,
    pub(crate) items: Items,
    pub(crate) value: Option<u64>,
    pub(crate) expires: Option<Day>,
    pub(crate) destination: Option<String>,
    pub(crate) licensee: Option<String>,
    pub(crate) replaces: Option<String>,
    pub(crate) attestations: Pairs,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shipment {
    /// Empty in `check`.
    pub(crate) reference: String,
    pub(crate) licence: String,
    pub(crate) items: Items,
    pub(crate) value: Option<u64>,
    pub(crate) destination: Option<String>,
    pub(crate) consignee: Option<String>,
    pub(crate) attestations: Pairs,
    pub(crate) serials: Serials,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    Policy {
        digest: String,
        source: String,
    },
    Customer(Record),
    Approval(Approval),
    Amendment {
        licence: String,
        items: Items,
        value: Option<u64>,
        expires: Option<Day>,
        authority: Option<String>,
    },
    Suspension {
        licence: String,
        reason: String,
    },
    Reinstatement {
        licence: String,
        reason: String,
    },
    Closure {
        licence: String,
        reason: String,
        note: Option<String>,
    },
    Shipment(Shipment),
    Return {
        reference: String,
        shipment: String,
        items: Items,
        /// `undelivered` or `retired`; none if the goods came back (R10).
        kind: Option<String>,
        value: Option<u64>,
        reason: Option<String>,
        serials: Serials,
    },
    Exception {
        ceiling: String,
        group: String,
        limit: u64,
        authority: String,
        expires: Option<Day>,
    },
    Volume {
        series: String,
        chip: String,
        quantity: u64,
        source: String,
    },
    /// What a customer has had from others (R14).
    Elsewhere {
        customer: String,
        items: Items,
        source: String,
    },
    Check(Check),
    Void {
        entry: u64,
        reason: String,
    },
}

/// The circumstances of a proposal that change its judgement. A written line has the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ask {
    /// `check`: no number, and attestations may be missing (D14).
    pub(crate) check: bool,
    /// The question may look ahead (R6): `check` and `fits_from`.
    pub(crate) ahead: bool,
    /// The customer given to `check CUSTOMER --licence L`.
    pub(crate) holder: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) seq: u64,
    pub(crate) prev: String,
    pub(crate) recorded_at: i64,
    pub(crate) date: Day,
    pub(crate) despite: Option<String>,
    pub(crate) event: Event,
    pub(crate) ask: Ask,
}

impl Line {
    /// The exact bytes, without the line feed.
    pub(crate) fn json(&self) -> String {
        let (kind, fields) = self.event.fields(false);
        let event = object(&fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect::<Vec<_>>());
        let despite = self.despite.as_ref().map_or(String::new(), |reason| format!("\"despite\":{},", quoted(reason)));
        let (seq, prev, at, date) = (self.seq, &self.prev, dates::clock(self.recorded_at), dates::text(self.date));
        format!(
            "{{\"v\":1,\"seq\":{seq},\"prev\":\"{prev}\",\"recorded_at\":\"{at}\",\"recorded_by\":\"model\",\
             \"date\":\"{date}\",{despite}\"event\":{{\"{kind}\":{event}}}}}"
        )
    }
}

impl Event {
    /// The event's key, and its fields with their JSON text. `sorted` sorts maps by their keys, because R11 ignores
    /// the order in maps.
    pub(crate) fn fields(&self, sorted: bool) -> (&'static str, Vec<(&'static str, String)>) {
        let mut out = Out { sorted, fields: Vec::new() };
        let kind = match self {
            Event::Policy { digest, source } => out.text("digest", digest).text("source", source).done("policy"),
            Event::Customer(r) => {
                out.text("id", &r.id)
                    .text("name", &r.name)
                    .text("country", &r.country)
                    .maybe("parent", r.parent.as_deref());
                out.list("aliases", &r.aliases).list("flags", &r.flags).done("customer")
            }
            Event::Approval(a) => {
                out.text("licence", &a.licence).text("customer", &a.customer).items(&a.items);
                out.number("value", a.value).day("expires", a.expires);
                out.maybe("destination", a.destination.as_deref());
                if let Some(name) = &a.licensee {
                    out.name("licensee", name);
                }
                out.maybe("replaces", a.replaces.as_deref()).pairs(&a.attestations).done("approval")
            }
            Event::Amendment { licence, items, value, expires, authority } => {
                out.text("licence", licence).items(items).number("value", *value).day("expires", *expires);
                out.maybe("authority", authority.as_deref()).done("amendment")
            }
            Event::Suspension { licence, reason } => {
                out.text("licence", licence).text("reason", reason).done("suspension")
            }
            Event::Reinstatement { licence, reason } => {
                out.text("licence", licence).text("reason", reason).done("reinstatement")
            }
            Event::Closure { licence, reason, note } => {
                out.text("licence", licence).text("reason", reason).maybe("note", note.as_deref()).done("closure")
            }
            Event::Shipment(s) => {
                out.text("reference", &s.reference).text("licence", &s.licence).items(&s.items);
                out.number("value", s.value);
                out.maybe("destination", s.destination.as_deref()).maybe("consignee", s.consignee.as_deref());
                out.pairs(&s.attestations).serials(&s.serials).done("shipment")
            }
            Event::Return { reference, shipment, items, kind, value, reason, serials } => {
                out.text("reference", reference).text("shipment", shipment).items(items);
                out.maybe("kind", kind.as_deref()).number("value", *value).maybe("reason", reason.as_deref());
                out.serials(serials).done("return")
            }
            Event::Exception { ceiling, group, limit, authority, expires } => {
                out.text("ceiling", ceiling).name("group", group).raw("limit", limit.to_string());
                out.text("authority", authority).day("expires", *expires).done("exception")
            }
            Event::Volume { series, chip, quantity, source } => {
                out.name("series", series).text("chip", chip).raw("quantity", quantity.to_string());
                out.text("source", source).done("volume")
            }
            Event::Elsewhere { customer, items, source } => {
                out.text("customer", customer).items(items).text("source", source).done("elsewhere")
            }
            Event::Check(c) => {
                out.text("customer", &c.customer).items(&c.items).maybe("licence", c.licence.as_deref());
                out.number("value", c.value).day("expires", c.expires);
                out.maybe("destination", c.destination.as_deref());
                if let Some(name) = &c.licensee {
                    out.name("licensee", name);
                }
                out.text("decision", &c.decision).list("codes", &c.codes).done("check")
            }
            Event::Void { entry, reason } => out.raw("entry", entry.to_string()).text("reason", reason).done("void"),
        };
        (kind, out.fields)
    }

    /// Whether the events are the same, with maps in any order (R11).
    pub(crate) fn same(&self, other: &Event) -> bool {
        self.fields(true) == other.fields(true)
    }

    /// The names of the fields that differ, or `event` if the kinds do.
    pub(crate) fn differs(&self, other: &Event) -> Vec<String> {
        let ((kind, ours), (other_kind, theirs)) = (self.fields(true), other.fields(true));
        if kind != other_kind {
            return vec!["event".to_owned()];
        }
        let value = |fields: &[(&str, String)], key: &str| fields.iter().find(|f| f.0 == key).map(|f| f.1.clone());
        let mut keys: Vec<&str> = ours.iter().chain(&theirs).map(|field| field.0).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| value(&ours, key) != value(&theirs, key));
        keys.into_iter().map(str::to_owned).collect()
    }

    /// The items of an event, or the chip and quantity of a volume.
    pub(crate) fn items(&self) -> Items {
        match self {
            Event::Approval(Approval { items, .. })
            | Event::Amendment { items, .. }
            | Event::Shipment(Shipment { items, .. })
            | Event::Return { items, .. }
            | Event::Elsewhere { items, .. }
            | Event::Check(Check { items, .. }) => items.clone(),
            Event::Volume { chip, quantity, .. } => vec![(chip.clone(), *quantity)],
            _ => Vec::new(),
        }
    }

    /// The same order with other quantities; 0 leaves an item out. A smaller order has no serial numbers, because
    /// they named every chip of the whole order.
    pub(crate) fn with_items(&self, items: &[(String, u64)]) -> Event {
        let kept: Items = items.iter().filter(|item| item.1 > 0).cloned().collect();
        match self.clone() {
            Event::Approval(approval) => Event::Approval(Approval { items: kept, ..approval }),
            Event::Shipment(shipment) => {
                let serials = if kept == shipment.items { shipment.serials } else { Vec::new() };
                Event::Shipment(Shipment { items: kept, serials, ..shipment })
            }
            other => other,
        }
    }
}

#[test]
fn a_line_has_the_bytes_of_the_design() {
    let shipment = Shipment {
        reference: "X20260304123456".into(),
        licence: "D1100234".into(),
        items: vec![("H200".into(), 512)],
        value: None,
        destination: Some("CN".into()),
        consignee: Some("Hangzhou DC 2".into()),
        attestations: vec![("third-party-test".into(), "stated".into())],
        serials: vec![],
    };
    let event = Event::Shipment(shipment);
    let at = (dates::START + 3) * dates::DAY + 8 * 3600 + 12 * 60 + 44;
    let prev = "0".repeat(64);
    let line =
        Line { seq: 5, prev, recorded_at: at, date: dates::START + 2, despite: None, event, ask: Ask::default() };
    let expected = concat!(
        r#"{"v":1,"seq":5,"prev":"0000000000000000000000000000000000000000000000000000000000000000","#,
        r#""recorded_at":"2026-03-05T08:12:44Z","recorded_by":"model","date":"2026-03-04","event":{"shipment":"#,
        r#"{"reference":"X20260304123456","licence":"D1100234","items":{"H200":512},"destination":"CN","#,
        r#""consignee":"Hangzhou DC 2","attestations":{"third-party-test":"stated"}}}}"#
    );
    assert_eq!(line.json(), expected);
}
