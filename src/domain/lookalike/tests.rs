use super::*;
use crate::domain::text::{Country, Name};

fn known() -> Looks {
    let mut looks = Looks::default();
    looks.add(&Registration {
        id: CustomerId::new("alibaba"),
        name: Text::new("Alibaba Group Holding"),
        country: Country::new("CN"),
        parent: None,
        aliases: vec![Name::new("Shell"), Name::new("阿里巴巴")],
        flags: Vec::new(),
    });
    looks
}

fn warned(name: &str) -> Vec<String> {
    known().warnings(&CustomerId::new("other"), &[("name", name)])
}

#[test]
fn a_warning_names_a_letter_of_another_script() {
    assert_eq!(
        warned("Huаwei"),
        [
            "name `Huаwei` mixes scripts: `а` (U+0430, Cyrillic) stands among Latin letters; typed in Latin letters alone it is another name"
        ]
    );
    assert!(warned("Νokia")[0].contains("`Ν` (U+039D, Greek) stands among Latin letters"));
    assert!(warned("Газпrом")[0].contains("`r` (U+0072, Latin) stands among Cyrillic letters"));
    assert!(warned("阿里а")[0].contains("`а` (U+0430, Cyrillic) stands among Han letters"));
    assert!(warned("абвгд abc")[0].contains("`a` (U+0061, Latin), `b` (U+0062, Latin), `c` (U+0063, Latin) stand"));
    assert!(warned("abcd абвг")[0].contains("and more stand among Latin letters"));
    // Next to a foreign letter, a usual mixture gets no warning of its own, whichever script is the more frequent.
    for name in ["Alibaba 阿里 б", "阿里巴巴 Ali б", "Samsung 삼성 б", "삼성전자 Sam б"] {
        assert!(warned(name)[0].contains(": `б` (U+0431, Cyrillic) stands among "), "{name}: {:?}", warned(name));
    }
    assert!(warned("ひら 한글 단")[0].contains("`ひ` (U+3072, Hiragana), `ら` (U+3089, Hiragana) stand among Hangul"));
}

#[test]
fn usual_mixtures_of_scripts_get_no_warning() {
    for name in [
        "阿里巴巴 Alibaba",
        "Alibaba (中国) Co., Ltd. 阿里云",
        "トヨタ自動車 Toyota ひらがな",
        "삼성전자 Samsung 三星",
        "ㄅㄆ 台灣 Taiwan",
        "Société Générale · Zürich № 5",
        "Газпром-медиа 24/7",
        "Ελληνικά 3",
        "شركة المثال",
        "H200 — 100 %",
        "",
    ] {
        assert_eq!(warned(name), [""; 0], "{name}");
    }
}

#[test]
fn a_name_that_looks_like_another_customers_gets_a_warning() {
    let told = warned("Ѕһеӏӏ");
    assert_eq!(
        told,
        [
            "name `Ѕһеӏӏ` looks like `Shell` of customer `alibaba` but is another name: it has `Ѕ` (U+0405, Cyrillic) instead of `S` (U+0053, Latin)"
        ]
    );
    for name in ["аlibaba", "a1ibaba", "SheIl", "ＡӀіbаbа", "ali\u{200b}baba"] {
        let told = warned(name);
        assert!(told.iter().any(|told| told.contains("of customer `alibaba`")), "{name}: {told:?}");
    }
    for name in ["Alibaba", "baidu", "Shel", "阿里"] {
        assert_eq!(warned(name), [""; 0], "{name}");
    }
}

#[test]
fn a_customer_may_look_like_itself() {
    let own = CustomerId::new("alibaba");
    let told = known().warnings(&own, &[("alias", "a1ibaba")]);
    assert_eq!(told, [""; 0]);
}

#[test]
fn a_warning_names_an_invisible_character() {
    assert!(warned("Bai\u{200b}du")[0].contains("holds U+200B, which is invisible"));
    assert!(warned("Bai\u{e0061}du")[0].contains("holds U+E0061"));
}
