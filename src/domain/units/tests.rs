use super::*;

#[test]
fn r1_decimals_are_read_and_written_exactly() {
    for text in ["0", "1", "1.321311", "0.000001", "75000", "1000000000000000.000001"] {
        assert_eq!(text.parse::<Units>().unwrap().to_string(), text);
    }
    assert_eq!("2.500000".parse::<Units>().unwrap().to_string(), "2.5");
    assert_eq!("1.0000001".parse::<Units>(), Err(DecimalError::TooFine));
    for text in ["", "1.", ".5", "+1", "-1", "1e3", "1_000", "0x1", "1.2.3", "٣"] {
        assert_eq!(text.parse::<Units>(), Err(DecimalError::Malformed), "{text}");
    }
}

#[test]
fn numbers_for_people_have_separators() {
    let of = |text: &str| text.parse::<Units>().unwrap().grouped();
    assert_eq!([of("999"), of("1000"), of("1234567.25")], ["999", "1,000", "1,234,567.25"]);
    assert_eq!([grouped(-75_000), grouped(i64::MIN)], ["-75,000", "-9,223,372,036,854,775,808"]);
}

#[test]
fn r1_overflow_is_an_error() {
    let huge = Units(i128::MAX);
    assert_eq!(huge.plus(Units(1)), Err(Overflow));
    assert_eq!(huge.times(2), Err(Overflow));
    for each in [i64::MIN, -1, 0, i64::MAX] {
        for count in [i64::MIN, -1, 0, i64::MAX] {
            let product = i128::from(each).checked_mul(i128::from(count)).map(Units);
            assert_eq!(Units(i128::from(each)).times(count).ok(), product);
        }
    }
    assert_eq!(Units(i128::from(i64::MAX) + 1).times(2), Ok(Units(1 << 64)));
    assert_eq!(Units(i128::MIN).minus(Units(1)), Err(Overflow));
}

#[test]
fn d10_percent_is_cut_not_rounded() {
    let used = Units::from_whole(79_999);
    assert_eq!(used.per_mille_of(Units::from_whole(100_000)), Ok(Some(799)));
    assert_eq!(used.per_mille_of(Units::ZERO), Ok(None));
}
