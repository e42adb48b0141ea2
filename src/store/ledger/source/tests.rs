use super::*;
use crate::store::system::{Disk, Opening, System};
use std::fs;

#[test]
fn a_line_of_any_length_is_read_again() {
    for length in [1, 1023, 1024, 1025, 2048, 5000, LONGEST] {
        let mut bytes = b"before\n".to_vec();
        bytes.resize(7 + length, b'x');
        bytes.extend(b"\nafter\n");
        let source = Source::of_bytes(Path::new("l"), bytes.clone());
        assert!(source.line_at(7).unwrap() == bytes[7..7 + length], "{length}");
    }
    let unfinished = Source::of_bytes(Path::new("l"), b"before\nafter".to_vec());
    assert!(unfinished.line_at(7).is_err());
    let endless = Source::of_bytes(Path::new("l"), vec![b'a'; 3 * LONGEST]);
    assert!(endless.line_at(0).is_err());
}

#[test]
fn bytes_written_later_are_no_part_of_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    fs::write(&path, "one\n").unwrap();
    let file = Disk::new(None).open(&path, Opening::Read).unwrap();
    let state = file.state().unwrap();
    let source = Source::of_file(&path, file.into(), state.clone(), 4);
    assert_eq!(source.unchanged(), Some(&state));
    fs::write(&path, "one\ntwo\n").unwrap();
    assert_eq!(source.unchanged(), None);
    let mut read = String::new();
    source.from(0).read_to_string(&mut read).unwrap();
    assert_eq!(read, "one\n");
}
