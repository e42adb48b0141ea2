-- Shared ledgers of exquota in a PostgreSQL database. Run this once, as the owner of the database or a superuser:
--
--     exquota schema postgres | psql --set ON_ERROR_STOP=1 DATABASE
--
-- Then give each desk's role one of the two roles: `grant exquota_writer to NAME` or `grant exquota_reader to NAME`.

begin;

-- One row for each line of each ledger, byte for byte as in a ledger file, without its line end. Whoever inserts the
-- next `seq` of a ledger first has appended; the key refuses everybody else.
create table public.exquota_line (
    ledger text   not null,
    seq    bigint not null,
    line   bytea  not null,
    primary key (ledger, seq)
);

-- A line is taken in only if it follows the last one: the next number, and the SHA-256 of the line before in `prev`.
-- The fixed search path keeps a writer from putting functions or tables of its own in the way.
create function public.exquota_append() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    last bytea;
    head text := repeat('0', 64);
    beginning bytea;
begin
    if new.seq > 1 then
        select line into last from public.exquota_line where ledger = new.ledger and seq = new.seq - 1;
        if last is null then
            raise exception 'exquota: entry % does not follow the last one', new.seq using errcode = 'check_violation';
        end if;
        head := encode(sha256(last), 'hex');
    elsif new.seq is distinct from 1 then
        raise exception 'exquota: entries are numbered from 1' using errcode = 'check_violation';
    end if;
    beginning := convert_to('{"v":1,"seq":' || new.seq || ',"prev":"' || head || '",', 'UTF8');
    if substring(new.line from 1 for length(beginning)) is distinct from beginning then
        raise exception 'exquota: the line is not entry % behind the line before it', new.seq
            using errcode = 'check_violation';
    end if;
    if position('\x0a'::bytea in new.line) > 0 or length(new.line) > 16777216 then
        raise exception 'exquota: entry % holds a line end, or is longer than 16 MiB', new.seq
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;

create function public.exquota_refuse() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'exquota: a ledger is only ever appended to' using errcode = 'restrict_violation';
end
$$;

create trigger exquota_append before insert on public.exquota_line
    for each row execute function public.exquota_append();
create trigger exquota_refuse before update or delete on public.exquota_line
    for each row execute function public.exquota_refuse();
create trigger exquota_truncate before truncate on public.exquota_line
    for each statement execute function public.exquota_refuse();

-- They hold for the owner too, and under `session_replication_role = replica`. An owner can still take them away.
alter table public.exquota_line enable always trigger exquota_append;
alter table public.exquota_line enable always trigger exquota_refuse;
alter table public.exquota_line enable always trigger exquota_truncate;

-- Two roles for all databases of the server: one reads, one reads and appends.
do $$
begin
    if not exists (select from pg_roles where rolname = 'exquota_reader') then
        create role exquota_reader nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'exquota_writer') then
        create role exquota_writer nologin;
    end if;
end
$$;
revoke all on public.exquota_line from public;
grant select on public.exquota_line to exquota_reader;
grant select, insert on public.exquota_line to exquota_writer;

commit;
