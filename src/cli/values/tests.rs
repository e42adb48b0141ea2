use super::*;

#[test]
fn d25_quantities_are_read_strictly() {
    for (text, number) in
        [("75000", 75_000), ("75_000", 75_000), ("75,000", 75_000), ("1,000,000", 1_000_000), ("0", 0)]
    {
        assert_eq!(quantity(text), Ok(number), "{text}");
    }
    for text in [
        "",
        "+5",
        "-5",
        "1,5",
        "1,00",
        ",100",
        "1000,000",
        "0,500",
        "00,500",
        "000,000",
        "1,,000",
        "1,000,",
        "1,000_000",
        "1_",
        "_1",
        "1__0",
        "1_000,000",
        "5.0",
        "1e3",
        " 5",
        "٣",
        "9223372036854775808",
    ] {
        assert!(quantity(text).is_err(), "{text}");
    }
}

#[test]
fn d35_dates_print_back_the_same_and_others_are_named() {
    assert!(date("2026-02-28").is_ok());
    assert!(date("1990-01-01").is_ok() && date("2199-12-31").is_ok());
    for text in ["1989-12-31", "2200-01-01", "9999-12-31"] {
        assert!(date(text).is_err_and(|told| told.contains("from 1990 to 2199")), "{text}");
    }
    for text in ["0026-03-04", "26-03-04", "2026-3-4", "2026/03/04", "04.03.2026", "4.3.26", "2026.03.04"] {
        assert!(date(text).is_err_and(|told| told.ends_with("did you mean 2026-03-04?")), "{text}");
    }
    for text in ["2026-2-8", " 2026-02-08", "+12026-02-08", "2026-02-30", "20260208"] {
        assert!(date(text).is_err(), "{text}");
    }
}
