use super::*;
use crate::store::policy::{policy_schema, read_policy};

#[test]
fn every_key_has_a_meaning_and_is_in_the_template() {
    let template = crate::store::policy::carried::TEMPLATE;
    let PolicyKeys { keys } = PolicyKeys::of(&policy_schema());
    assert!(keys.len() > 60, "{}", keys.len());
    for key in keys {
        assert!(key.about.ends_with('.'), "{key:?}");
        assert!(!key.value.is_empty(), "{key:?}");
        let name = key.key.rsplit('.').next().unwrap();
        let shown = template.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        assert!(shown.into_iter().any(|word| word == name), "the template must show `{}`", key.key);
    }
}

#[test]
fn a_default_is_what_holds_if_the_key_is_not_given() {
    const HEAD: &str = "name = \"a\"\nversion = \"1\"\nstatus = \"scenario\"\n";
    const TABLES: [&str; 6] = [
        "[ceilings.NAME]\nscope = \"customer\"\nlimit = 1\n",
        "[ceilings.NAME.window]\nevery = \"year\"\n",
        "[chips.H200]\nequivalence = 1\n",
        "[notices.NAME]\non = \"shipment\"\nof = \"entry\"\nat = 1\n",
        "[licences]\n",
        "[returns]\n",
    ];
    let read = |source: &str| format!("{:?}", read_policy(source.as_bytes()).unwrap());
    let plain = HEAD.to_owned() + &TABLES.concat();
    let keys = PolicyKeys::of(&policy_schema()).keys;
    let defaults: Vec<_> = keys.iter().filter_map(|key| Some((&key.key, key.default.as_ref()?))).collect();
    assert_eq!(defaults.len(), 9);
    for (key, default) in defaults {
        let (table, key) = key.rsplit_once('.').map_or((HEAD.to_owned(), key.as_str()), |(table, key)| {
            (TABLES.into_iter().find(|held| held.starts_with(&format!("[{table}]"))).unwrap().to_owned(), key)
        });
        let given = plain.replace(&table, &format!("{table}{key} = {default}\n"));
        assert_ne!(given, plain);
        assert_eq!(read(&given), read(&plain), "{given}");
    }
}
