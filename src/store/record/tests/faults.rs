//! Every fault of a line, with its place.

use super::*;

#[test]
fn bytes_that_are_not_text_are_faults() {
    let whole = line(VOID);
    let mut bytes = whole.clone().into_bytes();
    bytes[20] = 0xff;
    assert_eq!(fault(&bytes), ("not-utf8", Some(21)));
    assert_eq!(fault(&whole.as_bytes()[..0]), ("line-blank", None));
    assert_eq!(fault(" \t"), ("line-blank", None));
    assert_eq!(fault(format!("\u{feff}{whole}")), ("control-character", Some(1)));
    let end = whole.len() as u64 + 1;
    assert_eq!(fault(format!("{whole}\r")), ("control-character", Some(end)));
    assert_eq!(fault(format!("{whole}\0")), ("control-character", Some(end)));
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
    const MIB: usize = 1 << 20;
    assert_eq!(long(16 * MIB + 1), ("line-too-long", None));
    assert_eq!(long(16 * MIB), ("not-json", Some(line(VOID).len() as u64 + 1)));
}

#[test]
fn the_fault_is_at_the_place_where_the_line_stops_being_json() {
    let whole = line(VOID);
    assert_eq!(fault("hello"), ("not-json", Some(1)));
    assert_eq!(fault("5"), ("not-json", Some(1)));
    assert_eq!(fault("\"x\""), ("not-json", Some(1)));
    assert_eq!(fault(&whole[..40]), ("not-json", Some(41)));
    assert_eq!(fault(format!("{whole}{{}}")), ("not-json", Some(whole.len() as u64 + 1)));
    assert_eq!(fault(format!("{whole},")), ("not-json", Some(whole.len() as u64 + 1)));
    assert_fault(&whole, r#""entry":3"#, r#""entry":03"#, "not-json", r#""entry":0"#);
    assert_fault(&whole, r#""entry":3"#, r#""entry":NaN"#, "not-json", r#""entry":"#);
    assert_fault(&whole, r#""entry":3,"#, r#""entry":3"#, "not-json", r#""entry":3"#);
    assert_fault(&whole, r#""entry":3,"#, r#""entry" 3,"#, "not-json", r#""entry" "#);
    assert_fault(&whole, "typo", r"\x", "not-json", r#""reason":""#);
    assert_fault(&whole, "typo", r"\ud800", "not-json", r#""reason":""#);
    assert_fault(&whole, "typo", r"\ud83dude00", "not-json", r#""reason":""#);
    assert_fault(&whole, "typo", r"\u00g0", "not-json", r#""reason":""#);
    let deep = "[".repeat(100_000);
    assert_eq!(fault(&deep).0, "not-json", "the stack holds");
    let deep = r#"{"a":"#.repeat(100_000);
    assert_eq!(fault(&deep).0, "not-json", "the stack holds");
}

#[test]
fn a_duplicate_key_is_a_fault_at_any_depth() {
    let (whole, code) = (line(VOID), "key-duplicate");
    assert_fault(&whole, r#""v":1,"#, r#""v":1,"v":1,"#, code, r#"{"v":1,"#);
    assert_fault(&whole, r#""entry":3,"#, r#""entry":3,"entry":4,"#, code, r#""entry":3,"#);
    assert_fault(&whole, r#""v":1,"#, r#""v":1,"\u0076":1,"#, code, r#"{"v":1,"#);
    let whole = line(SHIPMENT);
    assert_fault(&whole, r#""H200":512"#, r#""H200":512,"H200":1"#, code, r#""H200":512,"#);
    let twice = r#""third-party-test":"x","third-party-test":"#;
    assert_fault(&whole, r#""third-party-test":"#, twice, code, r#""third-party-test":"x","#);
    let many: String = (0..40).map(|n| format!(r#""C{n}":1,"#)).collect();
    let to = format!(r#"{many}"C3":2"#);
    assert_fault(&whole, r#""H200":512"#, &to, code, &many);
}

#[test]
fn unknown_and_missing_keys() {
    let whole = line(VOID);
    assert_fault(&whole, r#""v":1,"#, r#""v":1,"x":[{}],"#, "field-unknown", r#""v":1,"#);
    assert_fault(&whole, r#"{"void""#, r#"{"avoid""#, "field-unknown", r#""event":{"#);
    assert_fault(&whole, VOID, "{}", "field-missing", r#""event":"#);
    assert_fault(&whole, r#""date":"2026-03-04","#, "", "field-missing", "");
    assert_fault(&whole, r#""entry":3,"#, "", "field-missing", r#"{"void":"#);
    // A misspelt key is one mistake, not an unknown one and a missing one.
    let changed = whole.replace(r#""reason""#, r#""raeson""#);
    assert_eq!(fault(&changed).0, "field-unknown");
    assert_eq!(read(&changed).unwrap_err()[0].help.as_deref(), Some("did you mean `reason`?"));
    // Two mistakes are two faults, in the order of the line.
    let changed = whole.replace(r#""date":"2026-03-04","#, "").replace(r#""entry":3"#, r#""entry":-3"#);
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
        "3e-1",
        "3E+1",
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
    assert_fault(&line(SHIPMENT), ":512", ":-1", "field-invalid", r#"{"H200":"#);
    assert!(read(&line(SHIPMENT).replace(":512", ":0")).is_ok(), "a breach, no fault (D21)");
}

#[test]
fn the_version_is_1() {
    let whole = line(VOID);
    for version in ["0", "2", "9223372036854775807"] {
        let to = format!(r#""v":{version},"later":{{}},"#);
        assert_fault(&whole, r#""v":1,"#, &to, "version-unknown", r#"{"v":"#);
    }
    assert_fault(&whole, r#""v":1,"#, r#""v":"1","#, "field-invalid", r#"{"v":"#);
    assert_fault(&whole, r#""v":1,"#, r#""v":1.0,"#, "field-invalid", r#"{"v":"#);
    assert_fault(&whole, r#""v":1,"#, "", "field-missing", "");
}

#[test]
fn dates_and_digests_have_one_spelling() {
    let (whole, code) = (line(VOID), "field-invalid");
    for date in ["2026-3-4", " 2026-03-04", "2026-02-30", "+2026-03-04", "", "today"] {
        assert_fault(&whole, r#""2026-03-04""#, &format!("{date:?}"), code, r#""date":"#);
    }
    for time in ["2026-03-05T08:12:60Z", "2026-03-05T08:12:44+00:00", "2026-03-05T08:12:44.5Z"] {
        let from = "\"2026-03-05T08:12:44Z\"";
        assert_fault(&whole, from, &format!("{time:?}"), code, r#""recorded_at":"#);
    }
    for prev in [&PREV[1..], &PREV.to_uppercase(), &format!("{PREV}0"), ""] {
        assert_fault(&whole, &format!("{PREV:?}"), &format!("{prev:?}"), code, r#""prev":"#);
    }
    let closure = line(r#"{"closure":{"licence":"D1","reason":"revoked"}}"#);
    for reason in ["replaced", "Revoked", ""] {
        assert_fault(&closure, r#""revoked""#, &format!("{reason:?}"), code, r#""reason":"#);
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
    assert_fault(&whole, r#"{"entry":3,"reason":"typo"}"#, "null", "field-invalid", r#"{"void":"#);
}

#[test]
fn other_spellings_of_an_entry_are_not_canonical() {
    let (whole, code) = (line(VOID), "not-canonical");
    assert_fault(&whole, "{\"v\"", " {\"v\"", code, "");
    assert_fault(&whole, "{\"v\":", "{\"v\": ", code, "{\"v\":");
    assert_fault(&whole, r#""seq":5,"#, r#" "seq":5,"#, code, r#"{"v":1,"#);
    assert_fault(&whole, "typo", r"\u0074ypo", code, r#""reason":""#);
    assert_fault(&whole, "typo", r"a\/b", code, r#""reason":"a"#);
    assert_fault(&whole, "typo", "\\u963f", code, r#""reason":""#);
    assert_fault(&whole, r#"entry":3,"reason":"typo""#, r#"reason":"typo","entry":3"#, code, r#"{"void":{""#);
    assert_fault(&whole, r#""event""#, r#""despite":null,"event""#, code, r#""2026-03-04",""#);
    assert_eq!(fault(format!("{whole} ")), (code, Some(whole.len() as u64 + 1)));
    // serde would take a list for a struct.
    assert_fault(&whole, r#"{"entry":3,"reason":"typo"}"#, r#"[3,"typo"]"#, code, r#"{"void":"#);
    assert_eq!(fault("[1,5]"), (code, Some(1)));
    let customer = line(r#"{"customer":{"id":"a","name":"A","country":"CN"}}"#);
    assert_fault(&customer, "\"CN\"", "\"CN\",\"aliases\":[]", code, "\"CN\"");
    let shipment = line(SHIPMENT);
    assert_fault(&shipment, r#","destination":"CN""#, r#","destination":null"#, code, r#"512},""#);
    let said = read(&shipment.replace(":512", ": 512")).unwrap_err();
    assert_eq!(said[0].message, r#"not canonical: expected `512},"destination":"CN",` here"#);
}

#[test]
fn maps_are_not_empty() {
    let shipment = line(SHIPMENT);
    assert_fault(&shipment, r#"{"H200":512}"#, "{}", "field-invalid", r#""items":"#);
    assert_fault(&shipment, r#"{"H200":512}"#, "null", "field-invalid", r#""items":"#);
    assert_fault(&shipment, r#"{"H200":512}"#, r#"["H200",512]"#, "field-invalid", r#""items":"#);
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
    // An edited text is one mistake, even if it is no valid policy any more.
    assert_fault(whole, "scenario", "maybe", "policy-digest", r#""digest":"#);
    let source = "nonsense = 1";
    let invalid = line(&format!(r#"{{"policy":{{"digest":"{}","source":"{source}"}}}}"#, sha256(source.as_bytes())));
    assert_fault(&invalid, "\"source\":", "\"source\":", "policy-invalid", "\"source\":");
    let said = read(&invalid).unwrap_err();
    assert!(said[0].message.contains("the embedded policy is not valid: its line 1"), "{said:?}");
    assert_fault(whole, "scenario", r"scen\u202eario", "control-character", "scen");
    assert_fault(whole, &digest, "", "field-invalid", r#""digest":"#);
}

#[test]
fn many_mistakes_of_an_embedded_policy_are_cut_short() {
    let mistakes: Vec<Fault> = (1..=5).map(|n| Fault::new(FaultCode::PolicyInvalid, format!("m{n}")).line(n)).collect();
    let message = layout::policy_message(&mistakes);
    assert!(message.ends_with("its line 1: m1; its line 2: m2; its line 3: m3; and 2 more"));
}

#[test]
fn no_message_has_a_character_that_controls_a_terminal() {
    let changed = line(VOID).replace("{\"v\"", "{\"\\u001b[2J\\u202e\":1,\"v\"");
    for fault in read(&changed).unwrap_err() {
        assert!(!fault.message.contains(text::is_forbidden), "{fault:?}");
    }
}

#[test]
fn a_hostile_line_is_refused_soon() {
    let many = |each: &dyn Fn(usize) -> String| -> String { (0..50_000).map(each).collect() };
    let whole = line(SHIPMENT);
    let items = |items: String| whole.replace("\"H200\":512", &(items + "\"Z\":1"));
    assert_eq!(fault(items(many(&|n| format!("\"C{n}\":1,")) + "\"C7\":1,")).0, "key-duplicate");
    assert!(read(&items(many(&|n| format!("\"C{n}\":1,")))).is_ok());
    for hostile in [
        items(many(&|n| format!("\"C{n}\":-1,"))),
        items(many(&|_| "\"C\":1,".to_owned())),
        whole.replace("{\"v\"", &format!("{{{}\"v\"", many(&|n| format!("\"k{n}\":1,")))),
    ] {
        assert_eq!(read(&hostile).unwrap_err().len(), 50);
    }
}

#[test]
fn the_first_three_mistakes_of_an_embedded_policy_are_shown() {
    let told = |count: usize| {
        let mistakes: Vec<Fault> = (1..=count).map(|n| Fault::new(FaultCode::PolicyInvalid, format!("m{n}"))).collect();
        layout::policy_message(&mistakes)
    };
    assert_eq!(told(3), "the embedded policy is not valid: m1; m2; m3");
    assert_eq!(told(4), "the embedded policy is not valid: m1; m2; m3; and 1 more");
}
