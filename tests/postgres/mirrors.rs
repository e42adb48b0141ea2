//! Mirrors that are damaged, too old, of another ledger, or ahead of a server that lost entries.

use crate::desk::Desk;
use crate::server::Server;
use std::fs;

/// A ledger with these licences behind its policy and its customer.
fn ledger(server: &Server, name: &str, licences: &[&str]) -> Desk {
    let desk = Desk::at(server, name);
    desk.found(100);
    for licence in licences {
        desk.run(&format!("approve {licence} a H200=10 --date 2026-02-01")).ends(0);
    }
    desk.run("status").ends(0);
    desk
}

fn change(desk: &Desk, change: impl FnOnce(String) -> String) {
    fs::write(desk.mirror(), change(fs::read_to_string(desk.mirror()).unwrap())).unwrap();
}

#[test]
fn a_damaged_mirror_is_set_aside() {
    let Some(server) = Server::start() else { return };
    let desk = ledger(&server, "china", &["L1", "L2"]);
    let sound = fs::read(desk.mirror()).unwrap();
    // At its end: said, and fetched anew.
    let altered = |text: String| {
        let (before, behind) = text.rsplit_once("\"H200\":10").unwrap();
        format!("{before}\"H200\":11{behind}")
    };
    let grown = |text: String| text + "garbage\n";
    let damages: [&dyn Fn(String) -> String; 2] = [&altered, &grown];
    for damage in damages {
        change(&desk, damage);
        let told = desk.run("check a H200=80").ends(0);
        assert!(told.contains("set-aside") && told.contains("fetched anew"), "{told}");
        assert_eq!(fs::read(desk.mirror()).unwrap(), sound);
    }
    // In its middle: found by the chain, nothing is answered or written, and `validate` mends it.
    change(&desk, |text| text.replacen("H200\":10", "H200\":11", 1));
    let told = desk.run("approve L3 a H200=80 --date 2026-02-01").ends(3);
    assert!(told.contains("chain-broken"), "{told}");
    assert_eq!(server.lines("china").len(), 4);
    desk.run("check a H200=80").ends(3);
    let told = desk.run("validate").ends(0);
    assert!(told.contains("differed from the server from entry 3 on"), "{told}");
    desk.run("approve L3 a H200=80 --date 2026-02-01").ends(0);
    desk.run("check a H200=1").ends(1);
    // A line that a killed command left unfinished is no damage.
    let cut = sound.len() - 7;
    fs::write(desk.mirror(), &sound[..cut]).unwrap();
    let told = desk.run("check a H200=1").ends(1);
    assert!(!told.contains("set-aside"), "{told}");
    // Its cache says nothing wrong after all this.
    let fresh = Desk::at(&server, "china").run("headroom --json").stdout;
    assert_eq!(desk.run("headroom --json").stdout, fresh);
}

#[test]
fn an_older_mirror_catches_up() {
    let Some(server) = Server::start() else { return };
    let desk = ledger(&server, "china", &["L1"]);
    let other = Desk::at(&server, "china");
    other.run("approve L2 a H200=90 --date 2026-02-01").ends(0);
    desk.run("--offline check a H200=90").ends(0);
    desk.run("check a H200=1").ends(1);
    assert_eq!(desk.kept(), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn the_mirror_of_another_ledger_is_set_aside() {
    let Some(server) = Server::start() else { return };
    let desk = ledger(&server, "one", &["L1"]);
    let other = ledger(&server, "two", &["M1", "M2"]);
    fs::copy(desk.mirror(), other.mirror()).unwrap();
    let told = other.run("check a H200=81").ends(1);
    assert!(told.contains("every line was fetched anew"), "{told}");
    let kept = other.kept();
    assert_eq!(fs::read(&kept[0]).unwrap(), fs::read(desk.mirror()).unwrap());
}

#[test]
fn a_server_that_lost_entries_is_not_written_to() {
    let Some(server) = Server::start() else { return };
    let desk = ledger(&server, "china", &["L1", "L2", "L3"]);
    server.forget("china", 4);
    let before = fs::read(desk.mirror()).unwrap();
    for line in [
        "approve L4 a H200=1 --date 2026-02-01",
        "check a H200=1",
        "headroom",
        "validate",
        "approve L4 a H200=1 --dry-run",
    ] {
        let told = desk.run(line).ends(4);
        assert!(told.contains("ends with entry 3, and this desk has seen entry 5"), "{told}");
        assert!(told.contains("exquota recover"), "{told}");
    }
    assert_eq!((server.lines("china").len(), fs::read(desk.mirror()).unwrap()), (3, before.clone()));
    desk.run("--offline check a H200=71").ends(1);
    let said = desk.run("recover --json");
    let document = said.json();
    assert_eq!(document["gone"], serde_json::json!({ "first": 4, "last": 5 }));
    assert_eq!((document["entries"].as_u64(), document["recovered"].as_bool()), (Some(3), Some(true)));
    let kept = document["kept"].as_str().unwrap();
    assert_eq!(fs::read(kept).unwrap(), before);
    let told = desk.run(&format!("log --ledger '{kept}'")).ends(0);
    assert!(told.contains("L2") && told.contains("L3"), "{told}");
    desk.run("approve L2 a H200=10 --date 2026-02-01").ends(0);
    assert!(desk.run("recover").ends(0).contains("NOTHING TO RECOVER"));
    // All of it is gone.
    server.forget("china", 1);
    desk.run("status").ends(4);
    desk.run("init --policy policy.toml --date 2026-01-01 --by another-desk").ends(0);
    desk.run("status").ends(4);
    let told = desk.run("recover").ends(0);
    assert!(told.contains("gone from the server: entries 1 to 4"), "{told}");
    desk.run("status").ends(0);
}
