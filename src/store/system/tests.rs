use super::*;

#[test]
fn a_state_is_settled_if_every_later_change_gives_other_times() {
    let state = |changed, modified| FileState {
        identity: Identity { device: 1, inode: 1 },
        links: 1,
        length: 1,
        irregular: None,
        owner: (0, 0),
        mode: 0,
        modified,
        changed,
    };
    let clock = FileClock { coarse: (10, 400), fine: (10, 700) };
    let settled = |changed| state(changed, changed).is_settled(clock);
    assert!(settled((10, 399)));
    assert!(!settled((10, 400)), "the next change may be stamped alike");
    assert!(settled((10, 401)), "a time of its own");
    assert!(settled((10, 700)));
    assert!(!settled((10, 701)), "of another clock");
    assert!(!settled((8, 0)), "whole seconds");
    assert!(settled((7, 0)));
    assert!(state((9, 0), (9, 1)).is_settled(clock), "chance, not whole seconds");
}
