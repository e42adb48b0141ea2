use super::*;
use crate::domain::event::Digest;
use proptest::prelude::*;

#[test]
fn only_one_spelling_is_a_date() {
    for text in ["2026-03-04", "2024-02-29", "1990-01-01", "2199-12-31"] {
        assert_eq!(print_date(date(text.as_bytes()).unwrap()), text);
    }
    for text in [
        "2026-3-4",
        " 2026-03-04",
        "2026-03-04 ",
        "+2026-03-04",
        "0000-01-01",
        "1989-12-31",
        "2200-01-01",
        "12026-03-04",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026/03/04",
        "٢026-03-04",
        "20260304",
        "",
    ] {
        assert_eq!(date(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn only_one_spelling_is_a_time() {
    let text = "2026-03-05T08:12:44Z";
    assert_eq!(print_time(time(text.as_bytes()).unwrap()), text);
    for text in [
        "2026-03-05T08:12:60Z",
        "2026-03-05T24:00:00Z",
        "2026-03-05t08:12:44z",
        "2026-03-05 08:12:44Z",
        "2026-03-05T08:12:44",
        "2026-03-05T08:12:44.0Z",
        "2026-03-05T08:12:44+00:00",
        "2026-03-05",
        "",
    ] {
        assert_eq!(time(text.as_bytes()), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_digest_has_one_spelling(
        bytes in any::<[u8; 32]>(),
        at in 0..64usize,
        byte in proptest::option::of(any::<u8>()),
    ) {
        let mut hex: [u8; 64] = Digest(bytes).to_string().into_bytes().try_into().unwrap();
        hex[at] = byte.unwrap_or(hex[at]);
        let read = Digest::from_digits(&hex);
        prop_assert_eq!(read.is_some(), hex.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')));
        prop_assert!(read.is_none_or(|read| read.to_string().as_bytes() == hex));
    }

    #[test]
    fn what_is_read_prints_back_the_same(text in "[0-9+ ]{1,5}-[0-9]{1,2}-[0-9]{1,2}") {
        if let Some(read) = date(text.as_bytes()) {
            prop_assert_eq!(print_date(read), text);
        }
    }
}
