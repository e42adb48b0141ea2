//! Tests the written form of notes, keys, checkpoints and proofs, with the published example of C2SP signed-note, and
//! with every bit of small proofs changed.

use crate::domain::fault::FaultCode;
use crate::store::proof::checkpoint::Checkpoint;
use crate::store::proof::key::{PrivateKey, PublicKey, check_origin};
use crate::store::proof::note::{Note, Signed};
use crate::store::proof::tlog_proof::{Consistency, Inclusion, Proofs};
use crate::store::proof::tree::{Tree, TreeHash};
use crate::store::proof::{decimal, from_base64, text, to_base64};
use proptest::prelude::*;

fn key() -> PrivateKey {
    PrivateKey::from_seed(&[7; 32], Some("example.com/ledger"))
}

fn line(number: u64) -> Vec<u8> {
    format!("line {number}").into_bytes()
}

fn signed(tree: &Tree, size: u64) -> Checkpoint {
    let unsigned = Checkpoint::unsigned("example.com/ledger", size, tree.root_at(size).unwrap());
    Checkpoint { note: unsigned.note.clone().signed(&key()), ..unsigned }
}

fn proof(size: u64, index: u64) -> Inclusion {
    let tree = Tree::of((0..size).map(|number| TreeHash::of_line(&line(number))));
    let path = tree.inclusion(index, size).unwrap();
    Inclusion { line: Some(line(index)), index, path, checkpoint: signed(&tree, size) }
}

fn since(old: u64, size: u64) -> (Checkpoint, Consistency) {
    let tree = Tree::of((0..size).map(|number| TreeHash::of_line(&line(number))));
    let path = tree.consistency(old, size).unwrap();
    (signed(&tree, old), Consistency { old, path, checkpoint: signed(&tree, size) })
}

/// The line that a file of one proof proves, if its checkpoint is trusted.
fn proven(text: &str, keys: &[PublicKey]) -> Option<Vec<u8>> {
    match Proofs::parse(text).ok()? {
        Proofs::Inclusions(proofs) => {
            let [proof] = proofs.as_slice() else { return None };
            let trusted = matches!(proof.checkpoint.note.signed_by(keys), Signed::By(_));
            let line = proof.line.clone()?;
            (trusted && proof.holds_for(&line)).then_some(line)
        }
        Proofs::Consistency(_) => None,
    }
}

#[test]
fn no_bit_of_a_proof_can_be_altered() {
    let keys = [key().public().clone()];
    let written = proof(6, 3).written();
    assert_eq!(proven(&written, &keys), Some(line(3)));
    for at in 0..written.len() {
        for bit in 0..8 {
            let mut altered = written.clone().into_bytes();
            altered[at] ^= 1 << bit;
            let proven = text(&altered).ok().and_then(|text| proven(text, &keys));
            assert_eq!(proven, None, "byte {at}, bit {bit}: {}", String::from_utf8_lossy(&altered));
        }
        assert_eq!(proven(written.get(..at).unwrap_or_default(), &keys), None, "cut at {at}");
    }
}

#[test]
fn no_bit_of_a_consistency_proof_can_be_altered() {
    let keys = [key().public().clone()];
    let (older, proof) = since(3, 7);
    let holds = |bytes: &[u8]| {
        let Some(Proofs::Consistency(proof)) = text(bytes).ok().and_then(|text| Proofs::parse(text).ok()) else {
            return false;
        };
        matches!(proof.checkpoint.note.signed_by(&keys), Signed::By(_)) && proof.holds_since(&older)
    };
    let written = proof.written().into_bytes();
    assert!(holds(&written));
    for at in 0..written.len() {
        for bit in 0..8 {
            let mut altered = written.clone();
            altered[at] ^= 1 << bit;
            assert!(!holds(&altered), "byte {at}, bit {bit}");
        }
        assert!(!holds(&written[..at]), "cut at {at}");
    }
}

#[test]
fn proofs_read_back_as_they_were_written_one_or_many() {
    let (one, other) = (proof(6, 3), proof(6, 0));
    assert_eq!(Proofs::parse(&one.written()), Ok(Proofs::Inclusions(vec![one.clone()])));
    let both = one.written() + &other.written();
    assert_eq!(Proofs::parse(&both), Ok(Proofs::Inclusions(vec![one.clone(), other])));
    let bare = Inclusion { line: None, ..one };
    assert_eq!(Proofs::parse(&bare.written()), Ok(Proofs::Inclusions(vec![bare])));
    let (_, consistency) = since(3, 7);
    assert_eq!(Proofs::parse(&consistency.written()), Ok(Proofs::Consistency(consistency)));
    let single = proof(1, 0);
    assert!(single.written().contains("index 0\n\nexample.com/ledger\n1\n"), "{}", single.written());
    assert_eq!(Proofs::parse(&single.written()), Ok(Proofs::Inclusions(vec![single])));
}

/// The example of C2SP signed-note.
const NOTE: &str = "This is an example message.\n\n— example.com/foo \
                    Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const NOTES_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

#[test]
fn the_published_note_is_verified_with_the_published_key() {
    let key = PublicKey::parse(NOTES_KEY).unwrap();
    assert_eq!(key.to_string(), NOTES_KEY);
    let note = Note::parse(NOTE, 1).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.written(), NOTE);
    let keys = [key];
    assert_eq!(note.signed_by(&keys), Signed::By(&keys[0]));
    let altered = Note::parse(&NOTE.replace("example message", "Example message"), 1).unwrap();
    assert_eq!(altered.signed_by(&keys), Signed::Falsely(&keys[0]));
}

#[test]
fn an_unknown_signature_is_ignored_and_a_false_one_makes_a_note_worthless() {
    let other = PrivateKey::from_seed(&[8; 32], Some("example.com/ledger"));
    let namesake = PrivateKey::from_seed(&[7; 32], Some("example.com/other"));
    let keys = [key().public().clone()];
    let note = Note::unsigned("a\n".to_owned());
    assert_eq!(note.signed_by(&keys), Signed::ByNobodyKnown);
    let foreign = note.clone().signed(&other).signed(&namesake);
    assert_eq!(foreign.signed_by(&keys), Signed::ByNobodyKnown);
    let both = foreign.signed(&key());
    assert_eq!(both.signed_by(&keys), Signed::By(&keys[0]));
    assert_eq!(Note::parse(&both.written(), 1).as_ref(), Ok(&both));
    // The right name and id, with a signature of another text.
    let moved = both.written().replacen("a\n", "b\n", 1);
    let keys = [keys[0].clone(), other.public().clone()];
    assert!(matches!(Note::parse(&moved, 1).unwrap().signed_by(&keys), Signed::Falsely(_)));
}

#[test]
fn keys_read_back_and_no_fault_shows_one() {
    let key = key();
    let secret = key.secret_text();
    assert!(secret.starts_with("PRIVATE+KEY+example.com/ledger+"));
    assert_eq!(PrivateKey::parse(&format!("{secret}\n")).unwrap().public(), key.public());
    assert_eq!(&PublicKey::parse(&key.public().to_string()).unwrap(), key.public());
    let hidden = secret.rsplit('+').next().unwrap().to_owned();
    for at in 0..secret.len() {
        let altered: String =
            secret.chars().enumerate().map(|(index, letter)| if index == at { '~' } else { letter }).collect();
        let fault = PrivateKey::parse(&altered).err().unwrap();
        assert!(!format!("{fault:?}").contains(&hidden[..12]), "{fault:?}");
    }
    assert!(PrivateKey::parse(&key.public().to_string()).is_err());
    let fault = PublicKey::parse(&secret).unwrap_err();
    assert!(fault.message.contains("private") && !format!("{fault:?}").contains(&hidden[..12]));
    let public = key.public().to_string();
    for wrong in
        ["", "a+b", "a+b+c", &public.replace("ledger", "ledges"), &format!("{public}+"), &public.replace('+', "-")]
    {
        assert!(PublicKey::parse(wrong).is_err(), "{wrong}");
    }
    // With a point of small order as key, anyone can sign anything.
    let weak = to_base64(&[[1_u8].as_slice(), &[1], &[0; 31]].concat());
    assert!(PublicKey::parse(&format!("a+00000000+{weak}")).unwrap_err().message.contains("not a public key"));
}

#[test]
fn two_keys_without_a_name_have_two() {
    let [one, two] = [1, 2].map(|seed| PrivateKey::from_seed(&[seed; 32], None).public().origin().to_owned());
    assert_ne!(one, two);
    assert!(one.starts_with("exquota/") && check_origin(&one).is_ok(), "{one}");
}

#[test]
fn origins_fit_into_a_note() {
    for origin in ["example.com/ledger", "exquota/1", "阿里"] {
        assert_eq!(check_origin(origin), Ok(()));
    }
    let long = "x".repeat(513);
    for origin in ["", "a b", "a+b", "a\u{a0}b", "a\u{3000}b", "a\nb", "a\u{202e}b", "c2sp.org/tlog-proof@v1", &long] {
        assert!(check_origin(origin).is_err(), "{origin}");
    }
}

#[test]
fn checkpoints_are_three_lines_and_extensions() {
    let root = TreeHash::of_nothing();
    let unsigned = Checkpoint::unsigned("example.com/ledger", 8, root);
    assert_eq!(unsigned.note.written(), format!("example.com/ledger\n8\n{root}\n"));
    assert_eq!(Checkpoint::parse(&unsigned.note.written(), 1), Ok(unsigned.clone()));
    let extended = format!("example.com/ledger\n8\n{root}\nextension\n\n{}", NOTE.split_once("\n\n").unwrap().1);
    assert_eq!(Checkpoint::parse(&extended, 1).unwrap().note.written(), extended);
    for (line, wrong) in [
        (1, format!("\n8\n{root}\n")),
        (2, format!("o\n08\n{root}\n")),
        (2, format!("o\n+8\n{root}\n")),
        (3, format!("o\n\n{root}\n")),
        (3, "o\n8\nAAAA\n".to_owned()),
        (3, "o\n8\n".to_owned()),
        (3, format!("o\n8\n{root}")),
        (3, format!("o\n8\n{root} \n")),
        (4, format!("o\n8\n{root}\n\nextension\n\n{}", NOTE.split_once("\n\n").unwrap().1)),
        (5, format!("o\n8\n{root}\n\nnobody\n")),
        (5, format!("o\n8\n{root}\n\n")),
        (6, format!("{extended}tail\n").replacen("extension\n", "", 1)),
    ] {
        let fault = Checkpoint::parse(&wrong, 1).unwrap_err();
        assert_eq!((fault.code, fault.line), (FaultCode::FieldInvalid, Some(line)), "{wrong:?}: {}", fault.message);
    }
}

#[test]
fn malformed_proofs_say_where() {
    let good = proof(6, 3).written();
    let many: String = (0..64).map(|_| format!("{}\n", TreeHash::of_nothing())).collect();
    for (line, wrong) in [
        (1, String::new()),
        (1, "c2sp.org/tlog-proof@v2\n".to_owned()),
        (2, good.replace("extra ", "extra !")),
        (3, good.replace("index 3", "index 03")),
        (3, good.replace("index 3", "index -3")),
        (3, good.replace("index 3\n", "")),
        (4, good.replacen("index 3\n", "index 3\nAAAA\n", 1)),
        (67, good.replacen("index 3\n", &format!("index 3\n{many}"), 1)),
        (1, "old x\n\n".to_owned()),
        (2, "old 1\n\n".to_owned()),
        (3, "old 1\n\no\n".to_owned()),
    ] {
        let fault = Proofs::parse(&wrong).unwrap_err();
        assert!(fault.line >= Some(line) && fault.line <= Some(line + 1), "{wrong:?}: {fault:?}");
    }
    // The second proof of a file is at fault in its own lines.
    let second = Proofs::parse(&(good.clone() + &good.replace("index 3", "index x"))).unwrap_err();
    assert_eq!(second.line, Some(good.lines().count() as u64 + 3));
}

#[test]
fn texts_hold_no_character_that_controls_a_terminal() {
    assert_eq!(text("a\n— é\n".as_bytes()), Ok("a\n— é\n"));
    for (bytes, code) in [
        (b"a\n\xff\n".as_slice(), FaultCode::NotUtf8),
        (b"a\nb\r\n", FaultCode::ControlCharacter),
        ("a\n\u{9b}\n".as_bytes(), FaultCode::ControlCharacter),
        ("a\n\u{202e}\n".as_bytes(), FaultCode::ControlCharacter),
    ] {
        let fault = text(bytes).unwrap_err();
        assert_eq!((fault.code, fault.line), (code, Some(2)));
    }
}

#[test]
fn numbers_and_base64_have_one_spelling() {
    for (digits, number) in [("0", Some(0)), ("10", Some(10)), ("9223372036854775807", Some(i64::MAX as u64))] {
        assert_eq!(decimal(digits), number);
    }
    for digits in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "٣", "9223372036854775808", "99999999999999999999"] {
        assert_eq!(decimal(digits), None, "{digits}");
    }
    assert_eq!(from_base64("AA=="), Some(vec![0]));
    for text in ["AA", "AB==", "AA==\n", "A A==", "AA=", "_-=="] {
        assert_eq!(from_base64(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_reading_fail_but_by_saying_so(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0_usize..600) {
        let written = proof(6, 3).written();
        let mixed = [&written.as_bytes()[..cut.min(written.len())], &bytes].concat();
        for bytes in [bytes, mixed] {
            if let Ok(text) = text(&bytes) {
                let _ = (Proofs::parse(text), Checkpoint::parse(text, 1), PublicKey::parse(text), PrivateKey::parse(text));
            }
        }
    }
}

#[test]
fn the_name_of_a_signer_is_one_word() {
    let signature = to_base64(&[1; 68]);
    let read = |name: &str| Note::parse(&format!("text\n\n— {name} {signature}\n"), 1);
    assert!(read("example.com/ledger").is_ok());
    for name in ["", "a+b", "a\tb", "a\u{a0}b"] {
        assert!(read(name).is_err(), "{name:?}");
    }
}

#[test]
fn a_note_has_a_hundred_signatures_and_no_more() {
    let signed = |count: usize| format!("text\n\n{}", format!("— name {}\n", to_base64(&[1; 68])).repeat(count));
    assert!(Note::parse(&signed(100), 1).is_ok());
    assert_eq!(Note::parse(&signed(101), 1).err().and_then(|fault| fault.line), Some(103));
}

#[test]
fn bytes_that_are_not_utf8_are_a_fault_of_their_line() {
    let line = |bytes: &[u8]| text(bytes).err().map(|fault| (fault.code, fault.line));
    assert_eq!(line(b"a\nb\n"), None);
    assert_eq!(line(b"a\nb\nc\xff\n"), Some((FaultCode::NotUtf8, Some(3))));
    assert_eq!(line(b"a\nb\r\n"), Some((FaultCode::ControlCharacter, Some(2))));
}
