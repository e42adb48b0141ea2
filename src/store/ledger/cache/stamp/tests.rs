use super::*;
use std::fs::{self, File};

#[test]
fn the_last_stamp_counts_and_only_if_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stamps");
    fs::write(&path, "pages").unwrap();
    let file = File::open(&path).unwrap();
    let version = Version::of(&OpenFile::state(&file).unwrap());
    let stamps = [(7, Digest([1; 32])), (8, Digest([2; 32]))].map(|(entries, head)| Stamp { version, entries, head });
    let bytes = stamps.map(|stamp| stamp.bytes(3));
    assert_eq!(bytes[0].len(), STAMP);
    let last = |bytes: &[u8], generation| {
        fs::write(&path, [b"pages", bytes].concat()).unwrap();
        Stamp::last(&file, generation, 5)
    };
    assert_eq!(last(b"", 3), None);
    assert_eq!(last(&bytes[0], 3), Some(stamps[0]));
    assert_eq!(last(&bytes.concat(), 3), Some(stamps[1]));
    assert_eq!(last(&bytes.concat(), 4), None, "of another cache");
    assert_eq!(last(&bytes.concat()[..STAMP + 50], 3), None, "torn");
    for place in 0..STAMP {
        let mut damaged = bytes[1].clone();
        damaged[place] ^= 1;
        assert_eq!(last(&damaged, 3), None, "byte {place}");
    }
}
