use super::*;

#[test]
fn there_are_249_codes_in_order() {
    let all: Vec<_> = codes().collect();
    assert_eq!(all.len(), 249);
    assert!(all.is_sorted());
    assert!(all.iter().all(|code| Country::new(*code).is_assigned()));
    let two_letters = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| format!("{}{}", a as char, b as char)));
    assert_eq!(two_letters.filter(|code| Country::new(code.as_str()).is_assigned()).count(), 249);
    assert!(["", "C", "CNX", "N", "D A"].iter().all(|text| !Country::new(*text).is_assigned()));
    assert!(!Country::new("cn").is_assigned() && !Country::new("UK").is_assigned());
}
