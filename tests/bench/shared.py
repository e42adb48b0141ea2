#!/usr/bin/env python3
"""Measures shared ledgers on a server of its own: tests/bench/shared.py [ENTRIES] [ROUNDS]

Starts a PostgreSQL server on a socket in a temporary folder and loads a made ledger. In each round it runs every command
once, one after the other, so that a busy machine slows all of them. `psql` is the bare process to compare with. The script
prints medians over the rounds; a ratio is the median of the ratios within a round. Needs cargo, psql and the server's
programs; run it as root, or as a user that may start a server.
"""

import getpass
import glob
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 15
DESKS = 16
EACH = 12
DAY = ["--date", "2030-06-01", "--clock", "2030-06-01T12:00:00Z"]
ATTESTED = ["--attest", "us-availability", "--attest", "customer-due-diligence"]


class Server:
    """A running server. Its data lies below `folder`."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        os.chmod(folder, 0o777)
        self.run(f"initdb -A trust -U postgres -D {folder}/data")
        options = f"-k {folder} -c listen_addresses= -c max_connections=100"
        self.run(f'pg_ctl -w -D {folder}/data -l {folder}/log -o "{options}" start')

    def run(self, line):
        line = f"cd / && {self.programs}/{line} >/dev/null"
        as_user = ["su", "postgres", "-s", "/bin/sh", "-c", line] if getpass.getuser() == "root" else ["sh", "-c", line]
        subprocess.run(as_user, check=True)

    def psql(self, *args):
        return [f"{self.programs}/psql", "-X", "-q", "-h", self.folder, "-U", "postgres", "-d", "postgres", *args]


def timed(command, feed=None, may_say_no=False, **options):
    started = time.perf_counter()
    done = subprocess.run(command, input=feed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    wall = time.perf_counter() - started
    if done.returncode not in ((0, 1) if may_say_no else (0,)):
        sys.exit(f"{' '.join(command)[:200]} ended with {done.returncode}: {done.stderr.decode()}")
    return wall, done.stdout


def insert(seq, line):
    return f"insert into bare values ('bare', {seq}, '\\x{line.hex()}');\n"


def race(exquota, env, folder):
    """Approvals a second of several desks, each with a mirror of its own, all recorded."""

    def desk(number):
        own = {**env, "XDG_CACHE_HOME": f"{folder}/desk-{number}"}
        timed([exquota, "headroom", "--clock", "2030-06-01T12:00:00Z"], env=own)
        ready.wait()
        for turn in range(EACH):
            line = [exquota, "approve", f"G{number * 1000 + turn:07}", "customer-02", "H200=1", *ATTESTED, *DAY]
            timed([*line, "--by", f"desk-{number}", "--lock-timeout", "60"], env=own)

    ready = threading.Barrier(DESKS + 1)
    desks = [threading.Thread(target=desk, args=[number]) for number in range(DESKS)]
    for each in desks:
        each.start()
    ready.wait()
    started = time.perf_counter()
    for each in desks:
        each.join()
    return DESKS * EACH / (time.perf_counter() - started)


def main():
    build = ["cargo", "build", "--release", "--locked", "--features", "postgres", "--bins", "--examples"]
    subprocess.run(build, cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    exquota = str(target / "exquota")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            measure(server, exquota, target / "examples" / "make-ledger", folder)
        finally:
            server.run(f"pg_ctl -w -D {folder}/data -m immediate stop")


def measure(server, exquota, maker, folder):
    ledger = Path(folder) / "ledger.jsonl"
    with ledger.open("wb") as out:
        subprocess.run([maker, str(ENTRIES)], check=True, stdout=out)
    schema = subprocess.run([exquota, "schema", "postgres"], check=True, stdout=subprocess.PIPE).stdout
    timed(server.psql("-v", "ON_ERROR_STOP=1"), feed=schema)
    timed(server.psql("-c", "create table bare (ledger text, seq bigint, line bytea, primary key (ledger, seq))"))
    address = f"postgres:///postgres?host={folder}&user=postgres#made"
    env = {**os.environ, "EXQUOTA_LEDGER": address, "EXQUOTA_BY": "analyst-1", "XDG_CACHE_HOME": f"{folder}/cache"}
    timed([exquota, "init", "--from", str(ledger)], env=env)
    line = ledger.read_bytes().splitlines()[-1]
    mirrors = Path(folder) / "cache" / "exquota"
    copied = server.psql("-c", "copy (select line from exquota_line where ledger = 'made' order by seq) to stdout")
    selected = server.psql("-c", f"select line from exquota_line where ledger = 'made' and seq = {ENTRIES}")
    check = [exquota, "check", "customer-01", "H200=1", *DAY]
    runs = {}

    def note(name, command, **options):
        runs.setdefault(name, []).append(timed(command, **options)[0])

    for number in range(ROUNDS + 1):
        for mirror in mirrors.glob("*"):
            mirror.unlink()
        note("copy to stdout, psql", copied)
        note("first fetch and fold: headroom", [exquota, "headroom", "--clock", "2030-06-01T12:00:00Z"], env=env)
        note("validate, from the server", [exquota, "validate"], env=env)
        note("validate, of the file", [exquota, "validate", str(ledger)], env=env)
        note("check after validate, which folds", check, env=env)
        note("connect and select, psql", selected)
        note("check", check, env=env)
        note("insert, psql", server.psql("-c", insert(number, line)))
        approve = [exquota, "approve", f"F{number:07}", "customer-02", "H200=1", *ATTESTED, *DAY]
        note("approve", approve, env=env)
    # The first round warms what is cached and is not counted.
    runs = {name: measured[1:] for name, measured in runs.items()}
    median = {name: statistics.median(measured) for name, measured in runs.items()}
    loop = b"".join(insert(1000 + number, line).encode() for number in range(DESKS * EACH))
    bare, desks = [], []
    for number in range(3):
        timed(server.psql("-c", "delete from bare"))
        bare.append(DESKS * EACH / timed(server.psql(), feed=loop)[0])
        if number == 0:
            desks.append(race(exquota, env, folder))
    print(f"{ENTRIES:,} entries; medians of {ROUNDS} rounds")
    for name, wall in median.items():
        print(f"{name:40}{wall * 1000:9.1f} ms")

    def above(name, other):
        return statistics.median(a - b for a, b in zip(runs[name], runs[other])) * 1000

    def ratio(name, other):
        return statistics.median(a / b for a, b in zip(runs[name], runs[other]))

    print(f"{'check, above connect and select':40}{above('check', 'connect and select, psql'):9.1f} ms")
    print(f"{'approve, above an insert':40}{above('approve', 'insert, psql'):9.1f} ms")
    print(f"{'first fetch / copy':40}{ratio('first fetch and fold: headroom', 'copy to stdout, psql'):9.2f}")
    fetched = [a - b for a, b in zip(runs["validate, from the server"], runs["validate, of the file"])]
    told = statistics.median(a / b for a, b in zip(fetched, runs["copy to stdout, psql"]))
    print(f"{'validate less the file’s validate / copy':40}{told:9.2f}")
    print(f"{DESKS} desks: {desks[0]:.0f} entries a second; one psql that inserts in a loop: {statistics.median(bare):.0f}")


if __name__ == "__main__":
    main()
