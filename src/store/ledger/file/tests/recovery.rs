//! What a killed founder, a failed write and a killed recovery leave behind, and how later commands repair it (D23).

use super::*;

#[test]
fn a_killed_founder_leaves_no_ledger_or_one_that_the_next_writer_finishes() {
    let desk = Desk::new();
    let draft = desk.beside(".new");
    let other = desk.folder.path().join("other.jsonl");
    // Killed before the draft had the ledger's name: the next founder starts again.
    fs::write(with_suffix(&other, ".new"), b"{\"v\":1,\"seq\":1 and so on").unwrap();
    create(&other, &[policy()]).unwrap();
    assert_eq!(fs::read(&other).unwrap(), desk.bytes());
    assert_eq!(desk.names(), ["ledger.jsonl", "other.jsonl"]);
    // Killed after it: a founder does not touch the ledger, and a writer removes the draft's name.
    fs::hard_link(&desk.path, &draft).unwrap();
    let before = desk.bytes();
    assert!(matches!(create(&desk.path, &[policy(), void(2)]).unwrap_err(), LedgerError::Exists { .. }));
    let begun = founding::Draft::begin(&at(&desk.path, NOW)).err().unwrap();
    assert!(matches!(begun, LedgerError::Exists { .. }), "{begun}");
    assert_eq!(desk.bytes(), before);
    desk.open().unwrap().append(&[void(2)], &head_of(&before)).unwrap();
    assert_eq!(desk.names(), ["ledger.jsonl", "other.jsonl"]);
    // A draft that is another file with two names is not emptied.
    let mine = desk.folder.path().join("mine");
    fs::write(&mine, "mine").unwrap();
    fs::hard_link(&mine, desk.beside(".x.new")).unwrap();
    let error = create(&desk.beside(".x"), &[policy()]).unwrap_err();
    assert!(matches!(error, LedgerError::Linked { links: 2, .. }), "{error}");
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
}

#[test]
fn nothing_to_recover_changes_nothing() {
    let desk = Desk::new();
    let state = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let (before, written) = (desk.bytes(), state(&desk.path));
    let recovered = recover(&desk.path).unwrap();
    assert!(recovered.kept.is_none() && recovered.marker.is_none() && recovered.torn.is_none());
    assert_eq!((recovered.entries, recovered.head), (1, head_of(&before)));
    assert_eq!((desk.bytes(), state(&desk.path)), (before, written));
    assert_eq!(desk.names(), ["ledger.jsonl"]);
}

#[test]
fn recovery_keeps_the_old_bytes_and_every_good_line() {
    let torn: &[u8] = b"{\"v\":1,\"se";
    for (tail, marker) in [(torn, false), (torn, true), (b"", true)] {
        let desk = Desk::new();
        let whole = desk.bytes();
        let old = [&whole, tail].concat();
        fs::write(&desk.path, &old).unwrap();
        fs::set_permissions(&desk.path, fs::Permissions::from_mode(0o600)).unwrap();
        if marker {
            fs::write(desk.beside(".suspect"), "").unwrap();
        }
        // One recovery was killed while it copied the old bytes, another while it filled the draft.
        let kept = desk.beside(&format!(".before-recovery-{}-{}", old.len(), &sha256(&old).to_string()[..16]));
        fs::write(&kept, &old[..7]).unwrap();
        fs::write(desk.beside(".new"), "half").unwrap();

        let recovered = recover(&desk.path).unwrap();
        assert_eq!(recovered.kept.as_ref(), Some(&kept));
        assert_eq!(fs::read(&kept).unwrap(), old);
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600, "no more may read it than before");
        assert_eq!(recovered.marker.is_some(), marker);
        assert_eq!(recovered.torn.map(|torn| (torn.offset, torn.length)), {
            (!tail.is_empty()).then_some((whole.len(), tail.len()))
        });
        assert_eq!(desk.bytes(), whole);
        assert_eq!(fs::metadata(&desk.path).unwrap().permissions().mode() & 0o777, 0o600,);
        assert_eq!(desk.names(), ["ledger.jsonl".to_owned(), kept.file_name().unwrap().to_string_lossy().into_owned()]);
        desk.open().unwrap().append(&[void(2)], &head_of(&whole)).unwrap();
    }
}

#[test]
fn recovery_does_not_touch_a_faulty_ledger() {
    let desk = Desk::new();
    let edited = [&desk.bytes()[..], b"{}\n", b"{\"v\":1"].concat();
    fs::write(&desk.path, &edited).unwrap();
    fs::write(desk.beside(".suspect"), "").unwrap();
    let error = recover(&desk.path).unwrap_err();
    assert!(matches!(error, LedgerError::Faulty { .. }), "{error}");
    assert!(!error.faults().is_empty());
    assert_eq!(desk.bytes(), edited);
    assert_eq!(desk.names(), ["ledger.jsonl", "ledger.jsonl.suspect"]);
}

#[test]
fn a_recovery_that_fails_changes_nothing() {
    let desk = Desk::new();
    fs::write(desk.beside(".suspect"), "").unwrap();
    let before = desk.bytes();
    fs::create_dir(desk.beside(".new")).unwrap();
    let error = recover(&desk.path).unwrap_err();
    assert!(matches!(error, LedgerError::NotAFile { what: "a directory", .. }), "{error}");
    assert_eq!(desk.bytes(), before);
    assert!(desk.beside(".suspect").exists());
    assert!(matches!(desk.open().unwrap_err(), LedgerError::Suspect { .. }));
}
