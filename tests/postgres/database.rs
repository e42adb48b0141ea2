//! What the database itself refuses, whoever asks.

use crate::desk::Desk;
use crate::server::Server;

#[test]
fn the_database_takes_in_only_the_next_line() {
    let Some(server) = Server::start() else { return };
    Desk::at(&server, "china").found(100);
    server.sql("quotas", "create role desk login; grant exquota_writer to desk; grant create on schema public to desk");
    let good = "convert_to('{\"v\":1,\"seq\":3,\"prev\":\"' || encode(sha256(line), 'hex') || '\",\"x\":1}', 'UTF8')";
    let insert = |seq: u64, line: &str| {
        format!(
            "insert into exquota_line select ledger, {seq}, {line} from exquota_line where ledger = 'china' and seq = 2"
        )
    };
    let forged = "create temporary table exquota_line (ledger text, seq bigint, line bytea); \
         insert into pg_temp.exquota_line values ('china', 2, 'x'); \
         insert into public.exquota_line values ('china', 3, convert_to('{\"v\":1,\"seq\":3,\"prev\":\"' || \
         encode(sha256('x'), 'hex') || '\",', 'UTF8'))";
    let shadowed = "create schema mine authorization current_user; \
         create function mine.encode(bytea, text) returns text language sql as 'select repeat(''f'', 64)'; \
         set search_path = mine, pg_catalog, public; \
         insert into public.exquota_line values ('china', 3, convert_to('{\"v\":1,\"seq\":3,\"prev\":\"' || repeat('f', 64) || '\",', 'UTF8'))";
    let replica = |sql: &str| format!("set session_replication_role = replica; {sql}");
    let refused = [
        "update exquota_line set line = 'x'".to_owned(),
        "update exquota_line set ledger = 'other' where seq = 2".to_owned(),
        "delete from exquota_line where seq = 2".to_owned(),
        "truncate exquota_line".to_owned(),
        insert(2, good),
        insert(4, good),
        insert(3, "'x'"),
        insert(3, "line"),
        insert(3, &good.replace("sha256(line)", "sha256(line || 'x')")),
        insert(3, &good.replace("\"x\":1", "\"x\":1\n")),
        "insert into exquota_line values ('other', 0, 'x')".to_owned(),
        "insert into exquota_line values ('other', 2, 'x')".to_owned(),
        format!("{} on conflict (ledger, seq) do update set line = 'x'", insert(2, good)),
        forged.to_owned(),
        shadowed.to_owned(),
    ];
    let before = server.lines("china");
    for sql in &refused {
        server.sql_as("desk", "quotas", sql).unwrap_err();
        server.sql_as("postgres", "quotas", sql).unwrap_err();
        server.sql_as("postgres", "quotas", &replica(sql)).unwrap_err();
    }
    assert_eq!(server.lines("china"), before);
    server.sql_as("desk", "quotas", &insert(3, good)).unwrap();
    println!("database: {} statements refused, each for the writer, the owner and a replica", refused.len());
}

#[test]
fn a_reader_reads_and_a_stranger_does_not() {
    let Some(server) = Server::start() else { return };
    let owner = Desk::at(&server, "china");
    owner.found(100);
    server.sql("quotas", "create role reader login; grant exquota_reader to reader; create role stranger login");
    server.sql("quotas", "create role writer login; grant exquota_writer to writer");
    let reader = Desk::with(server.address("reader", "china"));
    reader.run("check a H200=100").ends(0);
    reader.run("validate").ends(0);
    let told = reader.run("approve L1 a H200=1").ends(4);
    assert!(told.contains("permission denied") && told.contains("exquota_writer"), "{told}");
    Desk::with(server.address("stranger", "china")).run("status").ends(4);
    Desk::with(server.address("writer", "china")).run("approve L1 a H200=1").ends(0);
    assert_eq!(server.lines("china").len(), 3);
}

#[test]
fn init_needs_a_database_that_is_set_up() {
    let Some(server) = Server::bare() else { return };
    let desk = Desk::at(&server, "china");
    let told = desk.run("init --policy china-cap-2026-03").ends(4);
    assert!(told.contains("exquota schema postgres") && told.contains("the table"), "{told}");
    let told = desk.run("status").ends(4);
    assert!(told.contains("exquota schema postgres"), "{told}");
    let server = Server::start().unwrap();
    let desk = Desk::at(&server, "china");
    server.sql("quotas", "alter table exquota_line enable trigger user");
    let told = desk.run("init --policy china-cap-2026-03").ends(4);
    assert!(told.contains("the triggers"), "{told}");
}
