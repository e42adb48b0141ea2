use super::Address;
use std::path::Path;

fn shown(given: &str) -> String {
    Address::parse(Path::new(given)).unwrap().shown
}

#[test]
fn the_name_stands_behind_the_last_number_sign() {
    for (given, url, name) in [
        ("postgres://host/db#china", "postgres://host/db", "china"),
        ("postgresql:///db?host=/tmp", "postgresql:///db?host=/tmp", "ledger"),
        ("postgres://u:p%23q@host/db#a%20b", "postgres://u:p%23q@host/db", "a b"),
        ("postgres://host/db#o'brien\"%23", "postgres://host/db", "o'brien\"#"),
    ] {
        let address = Address::parse(Path::new(given)).unwrap();
        assert_eq!((address.url.as_str(), address.name.as_str()), (url, name));
    }
}

#[test]
fn names_that_no_ledger_can_have_are_refused() {
    let long = "x".repeat(65);
    for name in ["", "%", "%4", "%zz", "%+1", "%ff", "%00", "%0A", "p@host/db", long.as_str()] {
        Address::parse(Path::new(&format!("postgres://host/db#{name}"))).unwrap_err();
    }
}

#[test]
fn no_password_is_shown() {
    for (given, expected) in [
        ("postgres://host:5432/db#n", "postgres://host:5432/db#n"),
        ("postgres://anna:s3cret@host/db#n", "postgres://anna@host/db#n"),
        ("postgres://anna:s3@cret@host/db", "postgres://anna@host/db#ledger"),
        ("postgres://anna:s3/cret@host/db", "postgres://anna@host/db#ledger"),
        ("postgres://anna:s3cret", "postgres://...#ledger"),
        ("postgres://[::1]/db", "postgres://[::1]/db#ledger"),
        ("postgres://a:1,b:2/db", "postgres://a:1,b:2/db#ledger"),
        ("postgres:///db?user=anna&password=s3cret&host=/tmp", "postgres:///db?user=anna&host=/tmp#ledger"),
        ("postgres:///db?p%61ssword=s3cret", "postgres:///db#ledger"),
        ("postgres:///db?sslPassword=s3cret", "postgres:///db#ledger"),
        ("postgres://anna:s3?cret@host/db", "postgres://...?...#ledger"),
    ] {
        assert_eq!(shown(given), expected);
        let address = Address::parse(Path::new(given)).unwrap();
        assert!(!format!("{address:?}").contains("cret"));
    }
}

#[test]
fn messages_that_would_tell_a_password_are_known() {
    let address = |given: &str| Address::parse(Path::new(given)).unwrap();
    let broken = address("postgres://anna:s3/cret@host/db");
    assert!(broken.would_tell("invalid integer value \"s3\" for connection option \"port\""));
    assert!(!broken.would_tell("connection to server failed"));
    assert!(address("postgres://anna:s3%2Fcret@host/db").would_tell("what is s3/cret"));
    assert!(address("postgres:///db?password=s3cret").would_tell("s3cret"));
    assert!(!address("postgres://anna@host/db").would_tell("no role anna"));
}
