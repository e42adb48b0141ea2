use super::*;

#[test]
fn every_tip_names_verbs_and_no_verb_has_a_tip() {
    let command = shown(None);
    let is_verb = |name: &str| command.find_subcommand(name).is_some();
    for (words, tip) in MEANT {
        for word in *words {
            assert!(!is_verb(word), "`{word}` is a verb");
        }
        for named in tip.split("`exquota ").skip(1) {
            let named = named.split([' ', '`']).next().unwrap_or_default();
            assert!(is_verb(named) || named == "--version", "`{named}` is no verb: {tip}");
        }
    }
}
