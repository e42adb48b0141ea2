#!/usr/bin/env python3
"""Measures other programs that people could use instead: tests/bench/others.py [ENTRIES] [ROUNDS]

Asks each program how much was shipped to each customer. exquota reads every line strictly, checks the chain and judges
every entry. sqlite3, DuckDB, jq and hledger only add up; hledger skips the checks in its journal, and runs for small
ledgers only. The run ends if answers differ, and leaves out programs that are not installed. Times are of whole
processes, as medians over the rounds; ratios are taken within a round. jq takes minutes for a million entries.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import build

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
# hledger keeps every posting in memory, and the journal has postings for checks after every entry too.
MOST_FOR_HLEDGER = 20_000

JQ = """reduce (inputs | .event) as $event ({};
  if $event.approval then .customer[$event.approval.licence] = $event.approval.customer
  elif $event.shipment then .shipped[.customer[$event.shipment.licence]] += ([$event.shipment.items[]] | add)
  else . end) | .shipped"""

SQLITE_IMPORT = """create table line(text);
.mode ascii
.separator "\\037" "\\n"
.import LEDGER line
create table approval as select json_extract(text, '$.event.approval.licence') as licence,
  json_extract(text, '$.event.approval.customer') as customer from line where text like '%"event":{"approval":%';
create unique index approval_licence on approval(licence);
create table shipment as select json_extract(text, '$.event.shipment.licence') as licence,
  (select sum(value) from json_each(text, '$.event.shipment.items')) as quantity
  from line where text like '%"event":{"shipment":%';
drop table line;
"""
SQLITE_ASK = """.mode list
.separator ,
select customer, sum(quantity) from shipment join approval using (licence) group by customer;
"""

DUCKDB = """with line as (select event from read_json('LEDGER', format = 'newline_delimited', columns = {event:
  'STRUCT(approval STRUCT(licence VARCHAR, customer VARCHAR), shipment STRUCT(licence VARCHAR, items MAP(VARCHAR, BIGINT)))'})),
approval as (select event.approval.licence as licence, event.approval.customer as customer from line
  where event.approval is not null)
select customer, sum(list_sum(map_values(event.shipment.items)))::BIGINT from line
  join approval on event.shipment.licence = approval.licence where event.shipment is not null group by customer;
"""


def run(command, feed=""):
    """The output of a process, and its CPU seconds, wall seconds and peak MB."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as given:
        given.write(feed.encode())
        given.seek(0)
        started = time.perf_counter()
        child = subprocess.Popen(command, stdin=given, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {child.returncode}")
        out.seek(0)
        printed = out.read().decode()
    return printed, {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak": usage.ru_maxrss / 1024}


def of_headroom(printed):
    return {row["group"]: row["shipped"] for row in json.loads(printed)["rows"] if row["ceiling"] == "per-customer"}


def of_lines(printed):
    return {customer: int(quantity) for customer, quantity in (line.split(",") for line in printed.split())}


def of_hledger(printed):
    rows = [line.strip('"').split('","') for line in printed.splitlines()[1:]]
    return {account.rsplit(":", 1)[1]: int(amount.split()[0]) for account, amount in rows if account.count(":") == 2}


def main():
    program, maker = build()
    with tempfile.TemporaryDirectory() as folder:
        ledger = str(Path(folder) / "ledger.jsonl")
        cache = Path(ledger + ".cache")
        with open(ledger, "wb") as out:
            subprocess.run([maker, str(ENTRIES), "0"], check=True, stdout=out)
        day = ["--as-of", "9999-01-01"]
        headroom = [program, "headroom", *day, "--ledger", ledger, "--format", "json"]
        database, journal = str(Path(folder) / "rows.db"), str(Path(folder) / "ledger.journal")
        importing = SQLITE_IMPORT.replace("LEDGER", ledger)
        asked = {
            "exquota headroom, no cache": (headroom, "", of_headroom),
            "exquota headroom, repeated": (headroom, "", of_headroom),
            "sqlite3, from the ledger": (["sqlite3"], importing + SQLITE_ASK, of_lines),
            "sqlite3, rows in a database": (["sqlite3", database], SQLITE_ASK, of_lines),
            "duckdb, from the ledger": (["duckdb", "-csv", "-noheader"], DUCKDB.replace("LEDGER", ledger), of_lines),
            "jq": (["jq", "-n", "-c", JQ, ledger], "", json.loads),
            "hledger, its journal made before": (
                ["hledger", "-I", "-f", journal, "balance", "shipped", "-O", "csv", "-N", "--depth", "3"], "", of_hledger,
            ),
        }
        asked = {name: how for name, how in asked.items() if shutil.which(how[0][0])}
        if ENTRIES > MOST_FOR_HLEDGER:
            asked.pop("hledger, its journal made before", None)
        if shutil.which("hledger") and ENTRIES <= MOST_FOR_HLEDGER:
            subprocess.run([program, "export", "--to", "hledger", *day, "--ledger", ledger, "-o", journal], check=True)
        if shutil.which("sqlite3"):
            run(["sqlite3", database], importing)
        runs = {name: [] for name in asked}
        for _ in range(ROUNDS + 1):
            cache.unlink(missing_ok=True)
            answers = {}
            for name, (command, feed, read) in asked.items():
                printed, measured = run(command, feed)
                answers[name] = read(printed)
                runs[name].append(measured)
            expected = answers["exquota headroom, no cache"]
            for name, answer in answers.items():
                if answer != expected:
                    sys.exit(f"{name} says {answer}, exquota {expected}")
        # The first round warms the page cache and is not counted.
        report({name: measured[1:] for name, measured in runs.items()}, os.path.getsize(ledger))


def report(runs, size):
    print(f"{ENTRIES:,} entries, {size / 1e6:.0f} MB; medians of {ROUNDS} rounds, and ratios to the first line")
    print(f"{'':36}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}{'CPU':>9}{'wall':>9}")
    first = next(iter(runs.values()))
    for name, measured in runs.items():
        figures = [statistics.median(one[what] for one in measured) for what in ("cpu", "wall", "peak")]
        ratios = [statistics.median(a[what] / b[what] for a, b in zip(measured, first)) for what in ("cpu", "wall")]
        print(f"{name:36}{figures[0]:9.3f}{figures[1]:9.3f}{figures[2]:9.1f}{ratios[0]:9.2f}{ratios[1]:9.2f}")


if __name__ == "__main__":
    main()
