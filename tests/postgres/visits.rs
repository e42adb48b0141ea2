//! Names and passwords as people have them, a server that does not answer, and ledgers that come and go as files.

use crate::desk::Desk;
use crate::server::Server;
use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

#[test]
fn a_file_goes_in_and_comes_out_byte_for_byte() {
    let Some(server) = Server::start() else { return };
    let desk = Desk::at(&server, "one");
    desk.found(100);
    desk.run("approve L1 a H200=10 --date 2026-02-01").ends(0);
    desk.run("export --to ledger -o one.jsonl").ends(0);
    let file = fs::read_to_string(desk.file("one.jsonl")).unwrap();
    assert_eq!(file.lines().collect::<Vec<_>>(), server.lines("one"));
    let two = Desk::at(&server, "two");
    let from = desk.file("one.jsonl").display().to_string();
    two.run(&format!("init --from '{from}' --dry-run")).ends(0);
    assert_eq!(server.lines("two").len(), 0);
    let loaded = two.run(&format!("init --from '{from}' --json")).json();
    assert_eq!((loaded["entries"].as_u64(), loaded["loaded"].as_bool()), (Some(3), Some(true)));
    assert_eq!(server.lines("two"), server.lines("one"));
    assert!(two.run(&format!("init --from '{from}'")).ends(4).contains("exists already"));
    assert!(two.run("init --policy china-cap-2026-03").ends(4).contains("exists already"));
    // Proofs, pages and exports are made from what was fetched.
    two.run("keygen key").ends(0);
    two.run("checkpoint --key key -o cp").ends(0);
    two.run("prove 3 --checkpoint cp -o proof").ends(0);
    two.run("verify-proof proof --key key.pub").ends(0);
    two.run("report -o page.html").ends(0);
    two.run("export --to csv -o rows.csv").ends(0);
    let told = desk.run(&format!("init --from '{from}' --ledger other.jsonl")).ends(2);
    assert!(told.contains("cp"), "{told}");
    fs::write(desk.file("torn.jsonl"), file.strip_suffix('\n').unwrap()).unwrap();
    Desk::at(&server, "three").run(&format!("init --from '{}'", desk.file("torn.jsonl").display())).ends(3);
    assert_eq!(server.lines("three").len(), 0);
}

#[test]
fn odd_names_are_names_and_no_sql() {
    let Some(server) = Server::start() else { return };
    let names = ["o'brien", "a\"b", "x'); drop table exquota_line; --", "é 100%25 %23 %40", "$1", "\\x41"];
    for name in names {
        let desk = Desk::at(&server, name);
        desk.found(100);
        desk.run("approve L1 a H200=100 --date 2026-02-01").ends(0);
        desk.run("check a H200=1").ends(1);
    }
    let told = server.sql("quotas", "select count(distinct ledger), count(*) from exquota_line");
    assert_eq!(told, "6|18");
    for name in ["", "a%00b", "a/b"] {
        Desk::at(&server, name).run("status").ends(2);
    }
    println!("names: {} with quotes, signs and SQL in them", names.len());
}

#[test]
fn no_password_is_printed() {
    let Some(server) = Server::start() else { return };
    let socket = server.socket();
    Desk::at(&server, "china").found(100);
    let mut said = 0;
    for address in [
        format!("postgres://postgres:s3cret@/quotas?host={socket}#china"),
        format!("postgres:///quotas?host={socket}&user=postgres&password=s3cret#china"),
        "postgres://anna:s3cret@127.0.0.1:1/quotas#china".to_owned(),
        "postgres://anna:s3/cret@127.0.0.1:1/quotas#china".to_owned(),
        "postgres://anna:cret#s3@127.0.0.1:1/quotas#china".to_owned(),
        "postgres://anna:cret#s3@127.0.0.1:1/quotas".to_owned(),
        "postgres://anna:cret".to_owned(),
        format!("postgres:///quotas?host={socket}&user=nobody&password=s3cret#china"),
    ] {
        let desk = Desk::with(address.clone());
        for line in [
            "status",
            "status --json",
            "check a H200=1",
            "validate",
            "validate --json",
            "init --policy china-cap-2026-03",
            "--offline status",
            "recover",
            "diff x.jsonl",
            "",
            "approve L1 a H200=1000",
        ] {
            let told = desk.run(line);
            let told = told.stdout + &told.stderr;
            assert!(!told.contains("cret"), "{line}: {told}");
            said += 1;
        }
        // Also where it is given as a file.
        for line in
            [format!("validate '{address}'"), format!("diff '{address}'"), format!("validate --extends '{address}'")]
        {
            let told = desk.run(&line);
            assert!(!(told.stdout + &told.stderr).contains("cret"), "{line}");
            said += 1;
        }
    }
    println!("passwords: {said} answers, none shows one");
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let desk = Desk::with(format!("postgres://anna@127.0.0.1:{port}/quotas?sslmode=disable#china"));
    let began = Instant::now();
    let told = desk.run("status --lock-timeout 1").ends(4);
    assert!(told.contains("no answer within 1 s"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());

    let Some(server) = Server::start() else { return };
    let desk = Desk::at(&server, "china");
    desk.found(100);
    std::thread::scope(|scope| {
        // Readers go on, and the insert waits.
        let waits = "begin; lock table exquota_line in share mode; select pg_sleep(60)";
        scope.spawn(|| server.sql_as("postgres", "quotas", waits).unwrap_err());
        while server.sql("quotas", "select count(*) from pg_locks where mode = 'ShareLock' and granted and relation = 'exquota_line'::regclass") == "0" {
            std::thread::sleep(Duration::from_millis(20));
        }
        desk.run("check a H200=1").ends(0);
        let told = desk.run("approve L1 a H200=1 --date 2026-02-01 --lock-timeout 1").ends(4);
        assert!(told.contains("nothing was recorded"), "{told}");
        server.sql("quotas", "select pg_terminate_backend(pid) from pg_stat_activity where query like 'begin; lock table%' and pid <> pg_backend_pid()");
    });
    assert_eq!(server.lines("china").len(), 2);
    desk.run("approve L1 a H200=1 --date 2026-02-01").ends(0);
    assert_eq!(server.lines("china").len(), 3);
}

#[test]
fn offline_answers_from_what_was_fetched() {
    let Some(server) = Server::start() else { return };
    let desk = Desk::at(&server, "china");
    assert!(desk.run("--offline status").ends(4).contains("no mirror"));
    desk.found(100);
    desk.run("status").ends(0);
    server.stop();
    assert!(desk.run("status --lock-timeout 1").ends(4).contains("--offline"));
    assert!(desk.run("--offline check a H200=100").ends(0).contains("the server was not asked"));
    desk.run("--offline approve L1 a H200=1").ends(2);
    desk.run("--offline approve L1 a H200=1 --dry-run").ends(0);
    desk.run("--offline recover").ends(2);
    server.go_on();
    desk.run("approve L1 a H200=1").ends(0);
}
