use super::*;

#[test]
fn r2_names_match_by_nfkc_and_case() {
    assert_eq!(NameKey::of("Alibaba"), NameKey::of("ＡＬＩＢＡＢＡ"));
    assert_ne!(NameKey::of("alibaba"), NameKey::of("аlibaba"), "a Cyrillic а is another name");
}

#[test]
fn r2_nearest_names_are_given_best_first() {
    let known = ["alibaba", "baidu", "tencent"];
    assert_eq!(nearest("alibab", known), [Text::new("alibaba")]);
    assert!(nearest("zzz", known).is_empty());
}
