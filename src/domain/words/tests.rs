use super::Word;
use crate::domain::refusal::Code;

#[test]
fn each_word_names_its_own_variant_and_other_texts_name_none() {
    assert!(Code::ALL.iter().all(|code| Code::named(code.as_str()) == Some(*code)));
    assert_eq!([Code::named(""), Code::named("Quantity-Invalid"), Code::named("quantity-invalid ")], [None; 3]);
    assert_eq!(format!("{:>18}", Code::QuantityInvalid), "  quantity-invalid");
}
