use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn r2_names_match_by_nfkc_and_case() {
    assert_eq!(NameKey::of("Alibaba"), NameKey::of("ＡＬＩＢＡＢＡ"));
    assert_ne!(NameKey::of("alibaba"), NameKey::of("аlibaba"), "a Cyrillic а is another name");
}

#[test]
fn d31_all_spellings_of_a_name_are_one() {
    for spellings in [
        &["Weißer", "WEISSER", "weisser", "WEIẞER"][..],
        &["Σίσυφος", "ΣΊΣΥΦΟΣ", "σίσυφοσ"],
        &["Tencent", "Tencent ", "\u{a0}TENCENT\u{2003}", "\tTencent\r\n", "Ｔｅｎｃｅｎｔ\u{3000}"],
        &["Alibaba Group", "alibaba  group", "ALIBABA\u{a0}GROUP", "Alibaba \u{2009}\n Group"],
        &["Société", "Socie\u{301}te\u{301}", "SOCIÉTÉ"],
        &["ﬁrm", "FIRM"],
    ] {
        let one: HashSet<Name> = spellings.iter().map(|spelling| Name::new(*spelling)).collect();
        assert_eq!(one.len(), 1, "{one:?}");
        let one: HashSet<Serial> = spellings.iter().map(|spelling| Serial::new(*spelling)).collect();
        assert_eq!(one.len(), 1, "{one:?}");
    }
    for (one, other) in [("Alibaba Group", "AlibabaGroup"), ("Tencent", "Ten\u{200b}cent"), ("ı", "i"), ("é", "e")] {
        assert_ne!(Name::new(one), Name::new(other));
    }
}

#[test]
fn d31_every_letter_has_a_key_that_is_its_own_key() {
    for letter in '\0'..=char::MAX {
        let key = NameKey::of(letter.encode_utf8(&mut [0; 4]));
        assert_eq!(NameKey::of(key.as_str()), key, "U+{:04X}", u32::from(letter));
    }
}

#[test]
fn d31_a_person_gives_texts_without_needless_white_space() {
    for (given, taken) in [
        (" a  b ", "a b"),
        ("\u{2003}a\t\n\u{3000}b\u{a0}", "a b"),
        ("a b", "a b"),
        ("ＡＢ", "ＡＢ"),
        ("a\u{200b} b", "a\u{200b} b"),
    ] {
        assert_eq!(given.parse::<Text>().unwrap().as_str(), taken);
        assert_eq!(given.parse::<Name>().unwrap().as_str(), taken);
    }
    for blank in ["", " ", "\u{a0}\t", "\u{200b}", "\u{feff} \u{2060}"] {
        assert!(blank.parse::<Text>().unwrap_err().starts_with("the value is empty"));
    }
    assert_eq!(" D1 ".parse::<LicenceNumber>(), Ok(LicenceNumber::new("D1")));
    assert!("D 1".parse::<LicenceNumber>().unwrap_err().starts_with("the value holds white space"));
    assert!("\u{feff}X1".parse::<Reference>().unwrap_err().starts_with("the value holds U+FEFF, which is invisible"));
    assert!("S\u{200b}".parse::<Serial>().unwrap_err().starts_with("the value holds U+200B, which is invisible"));
}

/// Letters with which spellings go wrong, among others.
fn names() -> impl Strategy<Value = String> {
    let letters = prop_oneof![
        4 => prop::sample::select("aAzZ09 ßẞſσςΣİıǅŉΐᾳᾼﬃÅÅéｶﾞ가각ﾡᄀ\u{301}\u{308}\u{345}\u{a8}\u{2017}\u{37a}".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ];
    prop::collection::vec(letters, 0..12).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d31_no_spelling_changes_the_key(name in names(), blank in "[ \t\n\u{a0}\u{2003}\u{3000}]{1,3}") {
        let key = NameKey::of(&name);
        prop_assert_eq!(&NameKey::of(key.as_str()), &key);
        prop_assert_eq!(&NameKey::of(&tidy(&name)), &key);
        prop_assert_eq!(&NameKey::of(&format!("{blank}{name}{blank}")), &key);
        prop_assert_eq!(&NameKey::of(&name.replace(' ', &blank)), &key);
        prop_assert_eq!(&NameKey::of(&name.nfkc().collect::<String>()), &key);
        prop_assert_eq!(&NameKey::of(&name.nfkd().collect::<String>()), &key);
        prop_assert_eq!(&NameKey::of(&UniCase::unicode(name.nfkc().collect::<String>()).to_folded_case()), &key);
        let tidied = tidy(&name).into_owned();
        prop_assert_eq!(tidy(&tidied), tidied.as_str());
    }

    #[test]
    fn d31_case_changes_no_key_of_letters(name in "[A-Za-zÀ-ÖØ-öø-ÿΑ-ΡΣ-Ωα-ω0-9 ]{0,12}") {
        let key = NameKey::of(&name);
        prop_assert_eq!(&NameKey::of(&name.to_lowercase()), &key);
        prop_assert_eq!(&NameKey::of(&name.to_uppercase()), &key);
    }
}

#[test]
fn r2_nearest_names_are_given_best_first() {
    let known = ["alibaba", "baidu", "tencent"];
    assert_eq!(nearest("alibab", known), [Text::new("alibaba")]);
    assert!(nearest("zzz", known).is_empty());
}

#[test]
fn r2_a_name_without_some_of_its_words_is_near() {
    let known = ["customer-due-diligence", "us-availability", "Alibaba Group Holding"];
    assert_eq!(nearest("due-diligence", known), [Text::new("customer-due-diligence")]);
    assert_eq!(nearest("holding", known), [Text::new("Alibaba Group Holding")]);
    assert!(nearest("-", known).is_empty());
}
