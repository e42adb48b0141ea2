use super::*;

#[test]
fn limits_are_in_characters_not_bytes() {
    for (rule, limit) in [(TextRule::Short, 64), (TextRule::Long, 512)] {
        for character in ["x", "阿", "😀"] {
            assert_eq!(rule.check(&character.repeat(limit)), Ok(()));
            let over = character.repeat(limit + 1);
            assert_eq!(rule.check(&over), Err(TextFault::TooLong(limit)));
        }
        assert_eq!(rule.check(""), Err(TextFault::Unfit(Unfit::Empty)));
    }
}

#[test]
fn characters_that_must_not_be_printed_are_named() {
    let told = ['\r', '\0', '\t', '\u{1b}', '\u{9b}', '\u{202e}'].map(named);
    let ends = ["carriage return", "NUL byte", "tab", "control character U+001B", "control character U+009B"];
    for (told, end) in told.iter().zip(ends) {
        assert!(told.ends_with(end), "{told}");
    }
    assert_eq!(told[5], "the bidi control U+202E");
}

#[test]
fn ids_have_one_spelling() {
    for id in ["a", "0", "a.b_c-d", &"a".repeat(64)] {
        assert_eq!(TextRule::Id.check(id), Ok(()), "{id}");
    }
    for id in ["A", ".a", "-", "_a", "a b", "é", "a/b"] {
        assert_eq!(TextRule::Id.check(id), Err(TextFault::NotAnId), "{id}");
    }
    assert_eq!(TextRule::Id.check(&"a".repeat(65)), Err(TextFault::TooLong(64)));
}

#[test]
fn no_character_that_controls_a_terminal_passes() {
    for character in "\0\t\n\r\u{1b}\u{7f}\u{85}\u{9b}\u{202a}\u{202e}\u{2066}\u{2069}".chars() {
        let text = format!("a{character}b");
        assert_eq!(TextRule::Long.check(&text), Err(TextFault::Forbidden(character)));
    }
    for character in ['\u{a0}', '\u{2029}', '\u{202f}', '\u{2065}', '\u{206a}'] {
        assert_eq!(TextRule::Long.check(&format!("a{character}b")), Ok(()));
    }
}

#[test]
fn d31_a_number_that_a_person_gives_is_one_visible_word() {
    for number in ["D1100234", "12\"rack", "阿里-1", "Ｓ１"] {
        assert_eq!(TextRule::Number.check_given(number), Ok(()), "{number}");
    }
    for (number, unfit) in [
        ("D 1", Unfit::WhiteSpace),
        ("D\u{a0}1", Unfit::WhiteSpace),
        ("D\u{2003}1", Unfit::WhiteSpace),
        ("D\u{feff}1", Unfit::Invisible('\u{feff}')),
        ("D1\u{200b}", Unfit::Invisible('\u{200b}')),
        ("\u{ad}D1", Unfit::Invisible('\u{ad}')),
        ("D1\u{fe0f}", Unfit::Invisible('\u{fe0f}')),
    ] {
        assert_eq!(TextRule::Number.check_given(number), Err(TextFault::Unfit(unfit)), "{number}");
        // What a file holds is read as ever.
        assert_eq!(TextRule::Number.check(number), Ok(()));
    }
    assert_eq!(TextRule::Long.check_given("\u{200b} \u{2060}"), Err(TextFault::Unfit(Unfit::Empty)));
}
