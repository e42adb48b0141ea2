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
fn dates_print_back_the_same() {
    assert!(date("2026-02-28").is_ok());
    for text in ["2026-2-8", " 2026-02-08", "+12026-02-08", "2026-02-30", "20260208"] {
        assert!(date(text).is_err(), "{text}");
    }
}
