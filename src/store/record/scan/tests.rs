use super::*;
use proptest::prelude::*;

#[test]
fn integers_end_below_2_to_the_63() {
    let read = |text: &str| Cursor::new(text).integer();
    assert_eq!(read("0"), Some(0));
    assert_eq!(read("9223372036854775807"), Some(i64::MAX.unsigned_abs()));
    for text in ["9223372036854775808", "18446744073709551616", "99999999999999999999"] {
        assert_eq!(read(text), None, "{text}");
    }
    for text in ["", "-1", "+1", "01", "00", "x"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn control_characters_have_one_escape_each() {
    for character in (0..0x20).map(char::from) {
        let text = character.to_string();
        let quoted = serde_json::Value::from(text.as_str()).to_string();
        assert_eq!(unescape(&quoted[1..quoted.len() - 1]).as_deref(), Some(text.as_str()), "{quoted}");
    }
    for other in [r"\/", r"\u0008", r"\u000a", r"\u001B", r"\u0020", r"\u007f", r"\u011b", r"\u00", r"\", r"\x"] {
        assert_eq!(unescape(other), None, "{other}");
    }
}

proptest! {
    #[test]
    fn unescape_undoes_what_serde_json_writes(text in any::<String>()) {
        let quoted = serde_json::Value::from(text.as_str()).to_string();
        let inner = &quoted[1..quoted.len() - 1];
        let whole = unescape(inner).unwrap();
        prop_assert_eq!(whole.as_ref(), text.as_str());
    }

    #[test]
    fn unescape_takes_nothing_else(inner in r#"([a-z]|\\["\\/bfnrtu0-9a-fA-F+]{1,6}){1,4}"#) {
        if let Some(whole) = unescape(&inner) {
            let quoted = serde_json::Value::from(whole.as_ref()).to_string();
            // A bare quote can't come here: the cursor ends the string at it.
            if !inner.replace("\\\\", "").replace("\\\"", "").contains('"') {
                prop_assert_eq!(&quoted[1..quoted.len() - 1], inner);
            }
        }
    }
}
