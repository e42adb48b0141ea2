use super::*;

#[test]
fn a_trial_tells_printers_apart_whatever_the_length_of_what_they_print() {
    let [one, other] = [1, 2].map(|seed| trial(Printer { seed }));
    assert!(one.len() > 8 && one.iter().zip(&other).all(|(one, other)| one != other));
}
