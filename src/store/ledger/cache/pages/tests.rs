use super::*;
use std::fs::{self, File};

const GENERATION: u64 = 7;

fn paged(generation: u64, bytes: &[u8]) -> Vec<u8> {
    // In parts that begin and end anywhere.
    let parts: Vec<&[u8]> = bytes.chunks(1500).chain([&[][..]]).collect();
    let mut pages = Vec::new();
    write(&mut pages, generation, &parts).unwrap();
    pages
}

fn pages(bytes: &[u8], folder: &tempfile::TempDir) -> Pages {
    let path = folder.path().join("pages");
    fs::write(&path, bytes).unwrap();
    Pages::of(Rc::new(File::open(path).unwrap()), GENERATION)
}

#[test]
fn written_bytes_are_read_from_any_offset() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..3 * HELD + 5).map(|place| (place % 251) as u8).collect();
    let pages = pages(&paged(GENERATION, &bytes), &folder);
    for start in [0, 1, HELD - 1, HELD, 2 * HELD - 3, 3 * HELD] {
        for count in [0, 1, 4, HELD, 2 * HELD] {
            let count = count.min(bytes.len() - start);
            let mut found = vec![0; count];
            pages.read_at(start as u64, &mut found).unwrap();
            assert!(found == bytes[start..start + count], "{count} from {start}");
        }
    }
    assert!(pages.read_at(3 * HELD as u64 + 5, &mut vec![0; HELD]).is_err(), "there is no fifth page");
}

#[test]
fn written_bytes_are_read_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..40 * HELD).map(|place| (place % 251) as u8).collect();
    let mut pages = pages(&paged(GENERATION, &bytes), &folder);
    assert!(pages.all(40).unwrap() == bytes);
    pages.begin_at(3);
    assert!(pages.all(40).unwrap() == bytes[3..]);
    assert!(pages.all(17).unwrap() == bytes[3..17 * HELD], "the rest are no pages");
    assert!(pages.all(41).is_err(), "there is no such page");
}

#[test]
fn no_damage_goes_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let sound = paged(GENERATION, &[1; HELD + 1]);
    let whole = |bytes: &[u8]| pages(bytes, &folder).read_at(0, &mut [0; HELD + 1]);
    assert!(whole(&sound).is_ok());
    for place in [0, 17, HELD - 1, HELD, PAGE - 1, PAGE, 2 * PAGE - 1] {
        let mut damaged = sound.clone();
        damaged[place] ^= 4;
        assert!(whole(&damaged).is_err(), "byte {place}");
        assert!(pages(&damaged, &folder).all(2).is_err(), "byte {place}");
    }
    assert!(whole(&sound[..2 * PAGE - 1]).is_err(), "cut off");
    let swapped = [&sound[PAGE..], &sound[..PAGE]].concat();
    assert!(whole(&swapped).is_err(), "each page has its place");
    assert!(whole(&paged(GENERATION + 1, &[1; HELD + 1])).is_err(), "pages of another cache");
}
