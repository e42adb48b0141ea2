use super::*;

#[test]
fn a_trial_tells_printers_apart_for_texts_of_any_length() {
    let [one, other] = [1, 2].map(|seed| trial(Printer { seed }));
    assert!(one.len() > 8 && one.iter().zip(&other).all(|(one, other)| one != other));
}
