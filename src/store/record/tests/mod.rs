//! Lines and entries: which lines are accepted, and every fault with its place.

pub(crate) mod arbitrary;
mod faults;
mod properties;
mod texts;

use super::*;
use crate::domain::event::EventKind;
use crate::domain::fault::FaultCode;
use arbitrary::POLICY;
use serde_json::Value as Json;

const PREV: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/// A line with this event.
fn line(event: &str) -> String {
    format!(
        r#"{{"v":1,"seq":5,"prev":"{PREV}","recorded_at":"2026-03-05T08:12:44Z","recorded_by":"analyst-1","date":"2026-03-04","event":{event}}}"#
    )
}

const VOID: &str = r#"{"void":{"entry":3,"reason":"typo"}}"#;

/// The design's example.
const SHIPMENT: &str = r#"{"shipment":{"reference":"X20260304123456","licence":"D1100234","items":{"H200":512},"destination":"CN","consignee":"Hangzhou DC 2","attestations":{"third-party-test":"sha256:..."}}}"#;

/// One line for each event, with every field.
fn complete() -> Vec<String> {
    let source = Json::from(POLICY).to_string();
    let policy = sha256(POLICY.as_bytes());
    [
        &format!(r#"{{"policy":{{"digest":"{policy}","source":{source}}}}}"#),
        r#"{"customer":{"id":"taobao","name":"Taobao \"淘宝\"","country":"CN","parent":"alibaba","aliases":["tb","淘宝"],"flags":["1260H"]}}"#,
        r#"{"approval":{"licence":"D1100234","customer":"taobao","items":{"H200":9223372036854775807,"H20":0},"expires":"2027-12-31","destination":"HK","licensee":"Distributor","replaces":"D1","attestations":{"kyc":"stated"}}}"#,
        r#"{"amendment":{"licence":"D1","items":{"H200":1},"expires":"2027-01-01","authority":"BIS"}}"#,
        r#"{"suspension":{"licence":"D1","reason":"audit"}}"#,
        r#"{"reinstatement":{"licence":"D1","reason":"audit\\done"}}"#,
        r#"{"closure":{"licence":"D1","reason":"exhausted","note":"end"}}"#,
        r#"{"shipment":{"reference":"X1","licence":"D1","items":{"H200":2},"destination":"CN","consignee":"DC","attestations":{"a":"b"},"serials":{"H200":["S1","S2"]}}}"#,
        r#"{"return":{"reference":"R1","shipment":"X1","items":{"H200":1},"reason":"dead","serials":{"H200":["S1"]}}}"#,
        r#"{"exception":{"ceiling":"national","group":"CN","limit":0,"authority":"BIS 1","expires":"2026-12-31"}}"#,
        r#"{"volume":{"series":"us-shipments","chip":"H200","quantity":7,"source":"10-K"}}"#,
        r#"{"elsewhere":{"customer":"taobao","items":{"MI325X":20000,"H200":0},"source":"certificate"}}"#,
        r#"{"check":{"customer":"Tao Bao","items":{"H200":1,"H20":0},"licence":"D1","value":9,"expires":"2027-01-01","destination":"CN","licensee":"Distributor","decision":"refused","codes":["quantity-invalid","customer-unknown"]}}"#,
        VOID,
    ]
    .iter()
    .map(|event| line(event))
    .collect()
}

fn read(line: &str) -> Result<Record, Vec<Fault>> {
    read_line(line.as_bytes(), 7)
}

/// The code and column of the only fault.
fn fault(line: impl AsRef<[u8]>) -> (&'static str, Option<u64>) {
    let faults = read_line(line.as_ref(), 7).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].line, Some(7));
    (faults[0].code.as_str(), faults[0].column)
}

/// Changes `from` to `to` in the design's example, or in a void, and checks that the one fault is at the byte after
/// `upto`.
#[track_caller]
fn assert_fault(line: &str, from: &str, to: &str, code: &str, upto: &str) {
    assert_eq!(line.matches(from).count(), 1, "`{from}` must stand once");
    let changed = line.replacen(from, to, 1);
    let column = changed.find(upto).expect("`upto` stands in the line") + upto.len() + 1;
    assert_eq!(fault(&changed), (code, Some(column as u64)), "{changed}");
}

fn slow(line: &[u8]) -> Result<Record, Vec<Fault>> {
    explain::read(line, 1)
}

#[test]
fn the_designs_example_and_one_line_of_each_event_round_trip() {
    let mut lines = complete();
    lines.push(line(SHIPMENT));
    lines.push(line(SHIPMENT).replace(r#""event""#, r#""despite":"it left","event""#));
    for line in lines {
        let record = read(&line).unwrap();
        let written = write_line(&record.prev, &record.entry);
        assert_eq!(String::from_utf8(written).unwrap(), line);
        assert_eq!(scan(line.as_bytes()), Some(record.clone()), "the fast reader takes it");
        assert_eq!(slow(line.as_bytes()), Ok(record), "the slow reader takes it");
    }
}

#[test]
fn chain_places_are_the_places_of_the_values() {
    for seq in ["5", "9223372036854775807"] {
        let line = line(VOID).replace("\"seq\":5", &format!("\"seq\":{seq}"));
        let places = chain_places(seq.parse().unwrap());
        assert_eq!(&line[places.seq], seq);
        assert_eq!(line[places.prev], format!("{PREV:?}"));
        assert_eq!(&line[places.recorded_at], "\"2026-03-05T08:12:44Z\"");
    }
}

#[test]
fn every_kind_has_its_layout() {
    let kinds: Vec<EventKind> = complete().iter().map(|line| read(line).unwrap().entry.event.kind()).collect();
    assert_eq!(kinds, EventKind::ALL);
    for (line, kind) in complete().iter().zip(kinds) {
        assert!(line.contains(&format!(r#""event":{{"{kind}":{{"#)));
    }
}

/// Otherwise `adopt` would freeze a text that no line can hold.
#[test]
fn a_policy_that_no_line_can_hold_is_not_valid() {
    for character in "\0\u{1b}\u{7f}\u{85}\u{9b}\u{202e}\u{2066}".chars() {
        let source = format!("{POLICY}# {character}\n");
        assert!(crate::store::policy::read_policy(source.as_bytes()).is_err(), "{character:?}");
    }
}
