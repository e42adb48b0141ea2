//! The rules for the texts of a line.

use super::*;

/// Every text field of every event: the text before it, its value in [`complete`], and its limit.
const TEXTS: &[(&str, &str, usize)] = &[
    (r#""recorded_by":"#, "analyst-1", 512),
    (r#""name":"#, r#"Taobao \"淘宝\""#, 512),
    (r#""country":"#, "CN", 64),
    (r#""aliases":["#, "tb", 512),
    (r#""flags":["#, "1260H", 512),
    (r#""licence":"#, "D1100234", 64),
    (r#""items":{"#, "H200", 64),
    (r#""destination":"#, "HK", 64),
    (r#""licensee":"#, "Distributor", 512),
    (r#""replaces":"#, "D1", 64),
    (r#""attestations":{"#, "kyc", 512),
    (r#""kyc":"#, "stated", 512),
    (r#""authority":"#, "BIS", 512),
    (r#""reason":"#, "audit", 512),
    (r#""note":"#, "end", 512),
    (r#""reference":"#, "X1", 64),
    (r#""consignee":"#, "DC", 512),
    (r#""serials":{"#, "H200", 64),
    (r#""serials":{"H200":["#, "S1", 64),
    (r#""shipment":"#, "X1", 64),
    (r#""ceiling":"#, "national", 64),
    (r#""group":"#, "CN", 512),
    (r#""series":"#, "us-shipments", 512),
    (r#""chip":"#, "H200", 64),
    (r#""source":"#, "10-K", 512),
];

#[test]
fn texts_end_at_their_limit() {
    for (before, value, limit) in TEXTS {
        let field = format!(r#"{before}"{value}""#);
        let mut lines = complete();
        lines.retain(|line| line.contains(&field));
        assert!(!lines.is_empty(), "{field} stands nowhere");
        for line in lines {
            let column = Some((line.find(&field).unwrap() + before.len() + 1) as u64);
            let with = |text: &str| line.replacen(&field, &format!(r#"{before}"{text}""#), 1);
            for character in ["a", "阿", r#"\""#] {
                assert!(read(&with(&character.repeat(*limit))).is_ok(), "{field}");
                let over = with(&character.repeat(limit + 1));
                assert_eq!(fault(over), ("field-invalid", column), "{field}");
            }
            assert_eq!(fault(with("")), ("field-invalid", column), "{field}");
            assert_eq!(fault(with(r"\u001b")).0, "control-character", "{field}");
        }
    }
}

#[test]
fn customers_have_ids() {
    let whole = &complete()[1];
    for id in ["Taobao", "-a", "a b", "阿", "", &"a".repeat(65)] {
        assert_fault(whole, "\"taobao\"", &format!("{id:?}"), "field-invalid", r#"{"id":"#);
        assert_fault(whole, "\"alibaba\"", &format!("{id:?}"), "field-invalid", r#""parent":"#);
    }
    assert!(read(&whole.replace("\"taobao\"", "\"0.a_b-c\"")).is_ok());
}

#[test]
fn escaped_control_characters_are_refused_at_their_escape() {
    let whole = line(VOID);
    for escape in [r"\n", r"\t", r"\b", r"\u0000", r"\u001b", r"\u007f", r"\u009b", r"\u202e"] {
        let to = format!("ty{escape}po");
        assert_fault(&whole, "typo", &to, "control-character", r#""reason":"ty"#);
    }
    let whole = line(SHIPMENT);
    assert_fault(&whole, "\"H200\"", r#""H\n200""#, "control-character", r#"{"H"#);
}

#[test]
fn a_message_cuts_a_long_key() {
    use crate::store::record::value::shown;
    for character in ["a", "阿"] {
        let most = character.repeat(64);
        assert_eq!(shown(&most), most);
        assert_eq!(shown(&character.repeat(65)), format!("{most}…"));
    }
    assert_eq!(shown("a\u{1b}b"), r"a\u{1b}b");
}
