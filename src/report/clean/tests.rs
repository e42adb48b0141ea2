use super::*;

#[test]
fn what_shows_as_itself_is_left_alone() {
    for text in ["", "H200", "阿里巴巴", "Société Générale", "`limit` \\u{41}", "a b\u{a0}c"] {
        assert!(matches!(clean(text), Cow::Borrowed(same) if same == text), "{text}");
    }
}

#[test]
fn what_does_not_is_escaped() {
    let given = "\u{0}\t\n\r\u{1b}[2J\u{7f}\u{85}\u{9b}";
    assert_eq!(clean(given), r"\u{0}\u{9}\u{a}\u{d}\u{1b}[2J\u{7f}\u{85}\u{9b}");
    let given = "a\u{ad}\u{2060}\u{3164}\u{fe0f}\u{e0041}\u{e01ef}";
    assert_eq!(clean(given), r"a\u{ad}\u{2060}\u{3164}\u{fe0f}\u{e0041}\u{e01ef}");
    let given = "\u{61c}\u{200b}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{feff}";
    let shown = clean(given);
    assert_eq!(shown, r"\u{61c}\u{200b}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{feff}");
    assert!(shown.is_ascii());
}
