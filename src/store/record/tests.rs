//! One line and one entry: what is accepted, and every fault with its place.

use super::arbitrary::{POLICY, adoption, digest, entry};
use super::*;
use crate::domain::event::Event;
use crate::domain::fault::FaultCode;
use proptest::prelude::*;
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

/// Asserts the one fault of the design's example, or of a void, with `from` changed to `to`: the fault
/// stands at the byte after `upto`.
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
        assert_eq!(
            scan(line.as_bytes()),
            Some(record.clone()),
            "the fast reader takes it"
        );
        assert_eq!(
            slow(line.as_bytes()),
            Ok(record),
            "the slow reader takes it"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_faults() {
    let whole = line(VOID);
    let mut bytes = whole.clone().into_bytes();
    bytes[20] = 0xff;
    assert_eq!(fault(&bytes), ("not-utf8", Some(21)));
    assert_eq!(fault(&whole.as_bytes()[..0]), ("line-blank", None));
    assert_eq!(fault(" \t"), ("line-blank", None));
    assert_eq!(
        fault(format!("\u{feff}{whole}")),
        ("control-character", Some(1))
    );
    let end = whole.len() as u64 + 1;
    assert_eq!(
        fault(format!("{whole}\r")),
        ("control-character", Some(end))
    );
    assert_eq!(
        fault(format!("{whole}\0")),
        ("control-character", Some(end))
    );
    for character in "\0\u{1}\t\r\u{1b}\u{7f}\u{85}\u{9b}\u{202a}\u{202e}\u{2066}\u{2069}".chars() {
        let code = "control-character";
        assert_fault(&whole, "typo", &format!("ty{character}po"), code, "ty");
    }
}

#[test]
fn a_line_over_16_mib_is_refused_unread() {
    let long = |length: usize| {
        let mut line = line(VOID).into_bytes();
        line.resize(length, b'x');
        fault(line)
    };
    assert_eq!(long(LONGEST + 1), ("line-too-long", None));
    assert_eq!(
        long(LONGEST),
        ("not-json", Some(line(VOID).len() as u64 + 1))
    );
}

#[test]
fn what_is_not_json_is_said_where_it_stops_being() {
    let whole = line(VOID);
    assert_eq!(fault("hello"), ("not-json", Some(1)));
    assert_eq!(fault("5"), ("not-json", Some(1)));
    assert_eq!(fault("\"x\""), ("not-json", Some(1)));
    assert_eq!(fault(&whole[..40]), ("not-json", Some(41)));
    assert_eq!(
        fault(format!("{whole}{{}}")),
        ("not-json", Some(whole.len() as u64 + 1))
    );
    assert_eq!(
        fault(format!("{whole},")),
        ("not-json", Some(whole.len() as u64 + 1))
    );
    assert_fault(
        &whole,
        r#""entry":3"#,
        r#""entry":03"#,
        "not-json",
        r#""entry":0"#,
    );
    assert_fault(
        &whole,
        r#""entry":3"#,
        r#""entry":NaN"#,
        "not-json",
        r#""entry":"#,
    );
    assert_fault(
        &whole,
        r#""entry":3,"#,
        r#""entry":3"#,
        "not-json",
        r#""entry":3"#,
    );
    assert_fault(
        &whole,
        r#""entry":3,"#,
        r#""entry" 3,"#,
        "not-json",
        r#""entry" "#,
    );
    assert_fault(&whole, "typo", r"\x", "not-json", r#""reason":""#);
    assert_fault(&whole, "typo", r"\ud800", "not-json", r#""reason":""#);
    assert_fault(&whole, "typo", r"\u00g0", "not-json", r#""reason":""#);
    let deep = "[".repeat(100_000);
    assert_eq!(fault(&deep).0, "not-json", "the stack holds");
}

#[test]
fn a_key_that_stands_twice_is_a_fault_at_any_depth() {
    let (whole, code) = (line(VOID), "key-duplicate");
    assert_fault(&whole, r#""v":1,"#, r#""v":1,"v":1,"#, code, r#"{"v":1,"#);
    assert_fault(
        &whole,
        r#""entry":3,"#,
        r#""entry":3,"entry":4,"#,
        code,
        r#""entry":3,"#,
    );
    assert_fault(
        &whole,
        r#""v":1,"#,
        r#""v":1,"\u0076":1,"#,
        code,
        r#"{"v":1,"#,
    );
    let whole = line(SHIPMENT);
    assert_fault(
        &whole,
        r#""H200":512"#,
        r#""H200":512,"H200":1"#,
        code,
        r#""H200":512,"#,
    );
    let twice = r#""third-party-test":"x","third-party-test":"#;
    assert_fault(
        &whole,
        r#""third-party-test":"#,
        twice,
        code,
        r#""third-party-test":"x","#,
    );
    let many: String = (0..40).map(|n| format!(r#""C{n}":1,"#)).collect();
    let to = format!(r#"{many}"C3":2"#);
    assert_fault(&whole, r#""H200":512"#, &to, code, &many);
}

#[test]
fn unknown_and_missing_keys() {
    let whole = line(VOID);
    assert_fault(
        &whole,
        r#""v":1,"#,
        r#""v":1,"x":[{}],"#,
        "field-unknown",
        r#""v":1,"#,
    );
    assert_fault(
        &whole,
        r#"{"void""#,
        r#"{"avoid""#,
        "field-unknown",
        r#""event":{"#,
    );
    assert_fault(&whole, VOID, "{}", "field-missing", r#""event":"#);
    assert_fault(&whole, r#""date":"2026-03-04","#, "", "field-missing", "");
    assert_fault(&whole, r#""entry":3,"#, "", "field-missing", r#"{"void":"#);
    // A misspelt key is one mistake, not an unknown one and a missing one.
    let changed = whole.replace(r#""reason""#, r#""raeson""#);
    assert_eq!(fault(&changed).0, "field-unknown");
    assert_eq!(
        read(&changed).unwrap_err()[0].help.as_deref(),
        Some("did you mean `reason`?")
    );
    // Two mistakes are two faults, in the order of the line.
    let changed = whole
        .replace(r#""date":"2026-03-04","#, "")
        .replace(r#""entry":3"#, r#""entry":-3"#);
    let codes: Vec<_> = read(&changed).unwrap_err().iter().map(|f| f.code).collect();
    assert_eq!(codes, [FaultCode::FieldMissing, FaultCode::FieldInvalid]);
}

#[test]
fn numbers_are_whole_and_below_2_to_the_63() {
    let whole = line(VOID);
    for number in [
        "-3",
        "-0",
        "3.0",
        "3e0",
        "1E2",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999999",
        "\"3\"",
        "null",
        "true",
        "[3]",
        "{}",
    ] {
        let to = format!(r#""entry":{number}"#);
        assert_fault(&whole, r#""entry":3"#, &to, "field-invalid", r#""entry":"#);
    }
    let largest = whole.replace(r#""entry":3"#, r#""entry":9223372036854775807"#);
    assert!(read(&largest).is_ok());
    assert_fault(
        &line(SHIPMENT),
        ":512",
        ":-1",
        "field-invalid",
        r#"{"H200":"#,
    );
    assert!(
        read(&line(SHIPMENT).replace(":512", ":0")).is_ok(),
        "a breach, no fault (D21)"
    );
}

#[test]
fn the_version_is_1() {
    let whole = line(VOID);
    for version in ["0", "2", "9223372036854775807"] {
        let to = format!(r#""v":{version},"later":{{}},"#);
        assert_fault(&whole, r#""v":1,"#, &to, "version-unknown", r#"{"v":"#);
    }
    assert_fault(
        &whole,
        r#""v":1,"#,
        r#""v":"1","#,
        "field-invalid",
        r#"{"v":"#,
    );
    assert_fault(
        &whole,
        r#""v":1,"#,
        r#""v":1.0,"#,
        "field-invalid",
        r#"{"v":"#,
    );
    assert_fault(&whole, r#""v":1,"#, "", "field-missing", "");
}

#[test]
fn dates_and_digests_have_one_spelling() {
    let (whole, code) = (line(VOID), "field-invalid");
    for date in [
        "2026-3-4",
        " 2026-03-04",
        "2026-02-30",
        "+2026-03-04",
        "",
        "today",
    ] {
        assert_fault(
            &whole,
            r#""2026-03-04""#,
            &format!("{date:?}"),
            code,
            r#""date":"#,
        );
    }
    for time in [
        "2026-03-05T08:12:60Z",
        "2026-03-05T08:12:44+00:00",
        "2026-03-05T08:12:44.5Z",
    ] {
        let from = "\"2026-03-05T08:12:44Z\"";
        assert_fault(
            &whole,
            from,
            &format!("{time:?}"),
            code,
            r#""recorded_at":"#,
        );
    }
    for prev in [&PREV[1..], &PREV.to_uppercase(), &format!("{PREV}0"), ""] {
        assert_fault(
            &whole,
            &format!("{PREV:?}"),
            &format!("{prev:?}"),
            code,
            r#""prev":"#,
        );
    }
    let closure = line(r#"{"closure":{"licence":"D1","reason":"revoked"}}"#);
    for reason in ["replaced", "Revoked", ""] {
        assert_fault(
            &closure,
            r#""revoked""#,
            &format!("{reason:?}"),
            code,
            r#""reason":"#,
        );
    }
}

#[test]
fn an_entry_has_exactly_one_event() {
    let whole = line(VOID);
    let two = r#"{"void":{"entry":3,"reason":"typo"},"suspension":{"licence":"D1","reason":"x"}}"#;
    assert_fault(&whole, VOID, two, "field-invalid", r#""reason":"typo"},"#);
    assert_fault(&whole, VOID, "{}", "field-missing", r#""event":"#);
    assert_fault(&whole, VOID, "null", "field-invalid", r#""event":"#);
    assert_fault(&whole, VOID, r#""void""#, "field-invalid", r#""event":"#);
    assert_fault(
        &whole,
        r#"{"entry":3,"reason":"typo"}"#,
        "null",
        "field-invalid",
        r#"{"void":"#,
    );
}

/// Every text field of every event, with the limit it has.
#[test]
fn texts_end_at_their_limit() {
    let limits = [
        ("Taobao \\\"淘宝\\\"", 512),
        ("taobao\",\"name", 0), // An id: see below.
        ("\"country\":\"CN", 64),
        ("\"parent\":\"alibaba", 64),
        ("[\"tb", 512),
        ("[\"1260H", 512),
        ("\"licence\":\"D1100234", 64),
        ("\"customer\":\"taobao", 64),
        ("{\"H200", 64),
        ("\"destination\":\"HK", 64),
        ("\"licensee\":\"Distributor", 512),
        ("\"replaces\":\"D1", 64),
        ("{\"kyc", 512),
        ("\"kyc\":\"stated", 512),
        ("\"authority\":\"BIS", 512),
        ("\"reason\":\"audit", 512),
        ("\"note\":\"end", 512),
        ("\"reference\":\"X1", 64),
        ("\"consignee\":\"DC", 512),
        ("[\"S1", 64),
        ("\"shipment\":\"X1", 64),
        ("\"reason\":\"dead", 512),
        ("\"ceiling\":\"national", 64),
        ("\"group\":\"CN", 512),
        ("\"series\":\"us-shipments", 512),
        ("\"chip\":\"H200", 64),
        ("\"source\":\"10-K", 512),
        ("\"recorded_by\":\"analyst-1", 512),
    ];
    let lines = complete();
    for (upto, limit) in limits.into_iter().filter(|(_, limit)| *limit > 0) {
        let mut tried = 0;
        for whole in lines
            .iter()
            .filter(|line| line.contains(&format!("{upto}\"")))
        {
            let opening = upto.rfind(":\"").map(|at| at + 1);
            let opening = opening.or(upto.rfind("[\"").or(upto.rfind("{\"")).map(|at| at + 1));
            let before = &upto[..opening.unwrap_or(0)];
            let start = whole.find(upto).unwrap() + before.len();
            let with = |text: &str| {
                let quote = if opening.is_some() { "\"" } else { "" };
                whole.replacen(&format!("{upto}\""), &format!("{before}{quote}{text}\""), 1)
            };
            let column = Some(start as u64 + u64::from(opening.is_some()));
            assert!(read(&with(&"a".repeat(limit))).is_ok(), "{upto}");
            assert_eq!(
                fault(with(&"a".repeat(limit + 1))),
                ("field-invalid", column),
                "{upto}"
            );
            assert_eq!(fault(with("")), ("field-invalid", column), "{upto}");
            assert_eq!(fault(with("a\\u001b")).0, "control-character", "{upto}");
            tried += 1;
        }
        assert!(tried > 0, "{upto} stands nowhere");
    }
}

#[test]
fn customers_have_ids() {
    let whole = &complete()[1];
    for id in ["Taobao", "-a", "a b", "阿", "", &"a".repeat(65)] {
        assert_fault(
            whole,
            "\"taobao\"",
            &format!("{id:?}"),
            "field-invalid",
            r#"{"id":"#,
        );
        assert_fault(
            whole,
            "\"alibaba\"",
            &format!("{id:?}"),
            "field-invalid",
            r#""parent":"#,
        );
    }
    assert!(read(&whole.replace("\"taobao\"", "\"0.a_b-c\"")).is_ok());
}

#[test]
fn escaped_control_characters_are_refused_at_their_escape() {
    let whole = line(VOID);
    for escape in [
        r"\n", r"\t", r"\b", r"\u0000", r"\u001b", r"\u007f", r"\u009b", r"\u202e",
    ] {
        let to = format!("ty{escape}po");
        assert_fault(&whole, "typo", &to, "control-character", r#""reason":"ty"#);
    }
    let whole = line(SHIPMENT);
    assert_fault(
        &whole,
        "\"H200\"",
        r#""H\n200""#,
        "control-character",
        r#"{"H"#,
    );
}

#[test]
fn other_spellings_of_the_same_are_not_canonical() {
    let (whole, code) = (line(VOID), "not-canonical");
    assert_fault(&whole, "{\"v\"", " {\"v\"", code, "");
    assert_fault(&whole, "{\"v\":", "{\"v\": ", code, "{\"v\":");
    assert_fault(&whole, r#""seq":5,"#, r#" "seq":5,"#, code, r#"{"v":1,"#);
    assert_fault(&whole, "typo", r"\u0074ypo", code, r#""reason":""#);
    assert_fault(&whole, "typo", r"a\/b", code, r#""reason":"a"#);
    assert_fault(&whole, "typo", "\\u963f", code, r#""reason":""#);
    assert_fault(
        &whole,
        r#"entry":3,"reason":"typo""#,
        r#"reason":"typo","entry":3"#,
        code,
        r#"{"void":{""#,
    );
    assert_fault(
        &whole,
        r#""event""#,
        r#""despite":null,"event""#,
        code,
        r#""2026-03-04",""#,
    );
    assert_eq!(
        fault(format!("{whole} ")),
        (code, Some(whole.len() as u64 + 1))
    );
    // serde would take a list for a struct.
    assert_fault(
        &whole,
        r#"{"entry":3,"reason":"typo"}"#,
        r#"[3,"typo"]"#,
        code,
        r#"{"void":"#,
    );
    assert_eq!(fault("[1,5]"), (code, Some(1)));
    let customer = line(r#"{"customer":{"id":"a","name":"A","country":"CN"}}"#);
    assert_fault(&customer, "\"CN\"", "\"CN\",\"aliases\":[]", code, "\"CN\"");
    let shipment = line(SHIPMENT);
    assert_fault(
        &shipment,
        r#","destination":"CN""#,
        r#","destination":null"#,
        code,
        r#"512},""#,
    );
    let said = read(&shipment.replace(":512", ": 512")).unwrap_err();
    assert_eq!(
        said[0].message,
        r#"not canonical: `512},"destination":"CN",` is due here"#
    );
}

#[test]
fn maps_hold_something() {
    let shipment = line(SHIPMENT);
    assert_fault(
        &shipment,
        r#"{"H200":512}"#,
        "{}",
        "field-invalid",
        r#""items":"#,
    );
    assert_fault(
        &shipment,
        r#"{"H200":512}"#,
        "null",
        "field-invalid",
        r#""items":"#,
    );
    assert_fault(
        &shipment,
        r#"{"H200":512}"#,
        r#"["H200",512]"#,
        "field-invalid",
        r#""items":"#,
    );
    let amendment = line(r#"{"amendment":{"licence":"D1","items":{},"authority":"B"}}"#);
    assert_eq!(fault(&amendment).0, "field-invalid");
    assert!(read(&amendment.replace(r#""items":{},"#, "")).is_ok());
}

#[test]
fn an_embedded_policy_is_its_digest_and_valid() {
    let whole = &complete()[0];
    let digest = sha256(POLICY.as_bytes()).to_string();
    let other = sha256(b"x").to_string();
    assert_fault(whole, &digest, &other, "policy-digest", r#""digest":"#);
    // An edited text is one mistake, even if it is no policy any more.
    assert_fault(whole, "scenario", "maybe", "policy-digest", r#""digest":"#);
    let source = "nonsense = 1";
    let invalid = line(&format!(
        r#"{{"policy":{{"digest":"{}","source":"{source}"}}}}"#,
        sha256(source.as_bytes())
    ));
    assert_fault(
        &invalid,
        "\"source\":",
        "\"source\":",
        "policy-invalid",
        "\"source\":",
    );
    let said = read(&invalid).unwrap_err();
    assert!(
        said[0]
            .message
            .contains("the embedded policy is not valid: line 1"),
        "{said:?}"
    );
    assert_fault(
        whole,
        "scenario",
        r"scen\u202eario",
        "control-character",
        "scen",
    );
    assert_fault(whole, &digest, "", "field-invalid", r#""digest":"#);
}

#[test]
fn many_mistakes_of_an_embedded_policy_are_cut_short() {
    let mistakes: Vec<Fault> = (1..=5)
        .map(|n| Fault::new(FaultCode::PolicyInvalid, format!("m{n}")).line(n))
        .collect();
    let message = layout::policy_message(&mistakes);
    assert!(message.ends_with("line 1 of it: m1; line 2 of it: m2; line 3 of it: m3; and 2 more"));
}

#[test]
fn chain_places_are_where_the_values_stand() {
    for seq in ["5", "9223372036854775807"] {
        let line = line(VOID).replace("\"seq\":5", &format!("\"seq\":{seq}"));
        let places = chain_places(seq.parse().unwrap());
        assert_eq!(&line[places.seq], seq);
        assert_eq!(line[places.prev], format!("{PREV:?}"));
        assert_eq!(&line[places.recorded_at], "\"2026-03-05T08:12:44Z\"");
    }
}

#[test]
fn messages_never_carry_what_moves_a_terminal() {
    let changed = line(VOID).replace("{\"v\"", "{\"\\u001b[2J\\u202e\":1,\"v\"");
    for fault in read(&changed).unwrap_err() {
        assert!(!fault.message.contains(text::is_forbidden), "{fault:?}");
    }
}

/// A line with some of its bytes changed, removed, doubled or put in.
fn mutate(line: &[u8], edits: &[(usize, u8, u8)]) -> Vec<u8> {
    const TELLING: &[u8] = b"\"\\{}[]:, 0123456789.-eunlx\n\r\t/\x80\xe2";
    let mut line = line.to_vec();
    for &(at, how, byte) in edits {
        let at = at % (line.len() + 1);
        let byte = TELLING[usize::from(byte) % TELLING.len()];
        match how % 4 {
            0 => line.insert(at, byte),
            1 if at < line.len() => line[at] = byte,
            2 if at < line.len() => {
                line.remove(at);
            }
            _ => {
                let piece = line[at..(at + usize::from(how)).min(line.len())].to_vec();
                line.splice(at..at, piece);
            }
        }
    }
    line
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_is_read_by_both(prev in digest(), entry in entry()) {
        let line = write_line(&prev, &entry);
        let record = Record { prev, entry };
        prop_assert_eq!(slow(&line), Ok(record.clone()));
        prop_assert_eq!(scan(&line), Some(record));
        let json: Json = serde_json::from_slice(&line).unwrap();
        // serde_json writes the same bytes: the line's escapes are its escapes.
        prop_assert_eq!(json.to_string().into_bytes(), line);
    }

    #[test]
    fn the_fast_reader_takes_nothing_that_the_slow_one_refuses(
        prev in digest(),
        entry in entry(),
        edits in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..4),
    ) {
        let line = mutate(&write_line(&prev, &entry), &edits);
        let slow = slow(&line);
        match scan(&line) {
            Some(record) => prop_assert_eq!(Ok(record), slow),
            None => prop_assert!(slow.is_err(), "the fast reader takes every good line"),
        }
        for fault in read_line(&line, 1).err().unwrap_or_default() {
            let column = fault.column.unwrap_or(1);
            prop_assert!(column >= 1 && column <= line.len() as u64 + 1);
            if let (Some(span), Ok(text)) = (&fault.span, std::str::from_utf8(&line)) {
                prop_assert!(text.get(span.clone()).is_some(), "a span is on character boundaries");
            }
            prop_assert!(!fault.message.contains(text::is_forbidden));
        }
    }

    #[test]
    fn the_slow_readers_json_is_serde_jsons(
        entry in entry(),
        edits in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..4),
    ) {
        let line = mutate(&write_line(&Digest::ZERO, &entry), &edits);
        if let Ok(text) = std::str::from_utf8(&line) {
            // `IgnoredAny` skips surrogates and the size of numbers; a `Value` holds both.
            let theirs: Result<Json, _> = serde_json::from_str(text);
            match (json::parse(text), theirs) {
                (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("out of range"), "{error}"),
                (Err(error), Ok(_)) => prop_assert!(false, "only ours refuses: {error:?}"),
                _ => {}
            }
        }
    }

    #[test]
    fn the_writer_escapes_as_serde_json_does(text in any::<String>()) {
        let mut out = Vec::new();
        value::write_text(&text, &mut out);
        prop_assert_eq!(String::from_utf8(out).unwrap(), Json::from(text).to_string());
    }
}

#[test]
fn every_kind_has_its_layout() {
    let kinds: Vec<&str> = complete()
        .iter()
        .map(|line| read(line).unwrap().entry.event.kind())
        .collect();
    assert_eq!(kinds.len(), 12);
    assert!(matches!(Event::Policy(adoption(POLICY)).kind(), "policy"));
    for (line, kind) in complete().iter().zip(kinds) {
        assert!(line.contains(&format!(r#""event":{{"{kind}":{{"#)));
    }
}
