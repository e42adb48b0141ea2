use super::*;

#[test]
fn the_table_finds_inserted_references_and_no_removed_ones() {
    const MANY: Seq = 20_000;
    let reference = |seq: Seq| Reference::new(format!("X{seq}"));
    let mut prints = Fingerprints::default();
    (1..=MANY).for_each(|seq| prints.insert(&reference(seq), seq + (1 << 40)));
    (1..=MANY).step_by(2).for_each(|seq| prints.remove(&reference(seq), seq + (1 << 40)));
    for seq in 1..=MANY {
        let found = prints.candidates(&reference(seq)).any(|held| held == seq + (1 << 40));
        assert_eq!(found, seq % 2 == 0, "{seq}");
    }
    assert_eq!(prints.prints().count() as u64, MANY / 2);
}

#[test]
fn no_two_printers_make_the_same_prints() {
    let printers = [Printer::random(), Printer::random()];
    assert_ne!(printers[0], printers[1]);
    let prints = printers.map(|printer| (0..4).map(|number| printer.print(&number)).collect::<Vec<u32>>());
    assert_ne!(prints[0], prints[1]);
}
