#!/usr/bin/env python3
"""Measures the time and memory of whole processes: tests/bench/measure.py [ENTRIES] [ROUNDS]

Makes ledgers with the example make-ledger. In each round it runs every command once, one after the other, so that a
busy machine slows all of them. The system measures the time of each finished process. The script prints medians over
the rounds; a ratio is the median of the ratios within a round. Needs cargo, sha256sum, openssl, dd and true.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
BATCH = 50_000


def build():
    """Builds the release program and the maker of ledgers, and returns their paths."""
    command = ["cargo", "build", "--release", "--locked", "--bins", "--examples", "--message-format=json"]
    made = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    artifacts = [json.loads(line) for line in made.splitlines()]
    paths = {item["target"]["name"]: item["executable"] for item in artifacts if item.get("executable")}
    return paths["exquota"], paths["make-ledger"]


def run(command, may_say_no=False, feed=b""):
    """The CPU seconds, wall seconds and peak MB of one process."""
    given, giver = os.pipe()
    os.write(giver, feed)
    os.close(giver)
    started = time.perf_counter()
    child = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    os.close(given)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code
    if code not in ((0, 1) if may_say_no else (0,)):
        sys.exit(f"{' '.join(map(str, command))} ended with {code}: {child.stderr.read().decode()}")
    child.stderr.close()
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak": usage.ru_maxrss / 1024}


def batch(path, entries):
    """Writes BATCH rows of filings: a licence for each customer, and shipments under these licences."""
    rows = ["event,licence,reference,customer,items,date,destination,attest"]
    day = "2030-03-03"
    attested = "us-availability;customer-due-diligence"
    for number in range(50):
        rows.append(f"approval,E{number:07},,customer-{number:02},H200={BATCH // 50},{day},,{attested}")
    for number in range(BATCH - 50):
        reference = f"X{29_990_000_000_000 + number:014}"
        rows.append(f"shipment,E{number % 50:07},{reference},,H200=1,{day},CN,third-party-test")
    path.write_text("\n".join(rows) + "\n")


def main():
    program, maker = build()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        ledgers = {}
        sizes = {"whole": (ENTRIES, 0), "tenth": (ENTRIES // 10, 0), "late": (ENTRIES, 30), "small": (10_000, 0)}
        for name, (entries, late) in sizes.items():
            ledgers[name] = folder / f"{name}.jsonl"
            with ledgers[name].open("wb") as out:
                subprocess.run([maker, str(entries), str(late)], check=True, stdout=out)
        filings = folder / "filings.csv"
        batch(filings, ENTRIES)
        whole, tenth, late, small = (str(ledgers[name]) for name in ("whole", "tenth", "late", "small"))
        day = ["--date", "2030-06-01"]
        order = ["customer-01", "H200=600", "MI325X=200"]
        recording = ["--clock", "2030-03-04T12:00:00Z", "--by", "analyst-1"]
        commands = {
            "true": ["true"],
            "exquota --version": [program, "--version"],
            "sha256sum": ["sha256sum", whole],
            "openssl dgst -sha256": ["openssl", "dgst", "-sha256", whole],
            "validate": [program, "validate", whole],
            "validate, a tenth of it": [program, "validate", tenth],
            "validate, a tenth late": [program, "validate", late],
            "headroom, no cache": [program, "headroom", "--as-of", "2030-06-01", "--ledger", whole],
            "headroom, repeated": [program, "headroom", "--as-of", "2030-06-01", "--ledger", whole],
            "check": [program, "check", *order, *day, "--ledger", whole],
            "check, refused": [program, "check", order[0], "H200=80000", *day, "--ledger", whole],
            "check, 10,000 entries": [program, "check", *order, *day, "--ledger", small],
            f"import of {BATCH:,}, judged only": [
                program, "import", str(filings), "--dry-run", *recording, "--ledger", small,
            ],
        }
        runs = {name: [] for name in commands}
        for _ in range(ROUNDS + 1):
            Path(whole + ".cache").unlink(missing_ok=True)
            for name, command in commands.items():
                runs[name].append(run(command, may_say_no=name.startswith("check")))
        imported = str(folder / "imported.jsonl")
        runs[f"import of {BATCH:,}"] = []
        for _ in range(ROUNDS + 1):
            Path(imported).write_bytes(Path(small).read_bytes())
            command = [program, "import", str(filings), *recording, "--ledger", imported]
            runs[f"import of {BATCH:,}"].append(run(command))
        recordings(program, folder, {"": whole, ", 10,000 entries": small}, runs)
        # The first round warms the page cache and is not counted.
        report({name: measured[1:] for name, measured in runs.items()}, os.path.getsize(whole))


LOOP = 60


def recordings(program, folder, ledgers, runs):
    """Records approvals and shipments in a loop of processes. A bare process appends and syncs as many bytes."""
    bare = folder / "bare"
    bare.write_bytes(b"")
    line = "x" * 330
    day = ["--date", "2030-06-01", "--clock", "2030-06-01T12:00:00Z", "--by", "analyst-1"]
    attested = ["--attest", "us-availability", "--attest", "customer-due-diligence"]
    append = ["dd", f"of={bare}", "oflag=append", "conv=notrunc,fdatasync", "status=none"]
    for number in range((ROUNDS + 1) * LOOP):
        licence = f"F{number:07}"
        for told, ledger in ledgers.items():
            recorded = [*day, "--ledger", ledger]
            approve = [program, "approve", licence, "customer-02", "H200=1", *attested, *recorded]
            ship = [program, "ship", f"X{28_000_000_000_000 + number:014}", "--licence", licence, "H200=1"]
            ship += ["--destination", "CN", "--attest", "third-party-test", *recorded]
            runs.setdefault(f"approve{told}", []).append(run(approve))
            runs.setdefault(f"ship{told}", []).append(run(ship))
        runs.setdefault("bare append, synced", []).append(run(append, feed=line.encode()))
    for measured in [runs["bare append, synced"]] + [runs[verb + told] for verb in ("approve", "ship") for told in ledgers]:
        # The first runs fold the ledger and leave a cache.
        del measured[:LOOP - 1]


def report(runs, size):
    def median(name, what):
        return statistics.median(measured[what] for measured in runs[name])

    def ratio(name, other, what):
        return statistics.median(a[what] / b[what] for a, b in zip(runs[name], runs[other]))

    def rate(name, other):
        """The ratio over a whole loop, because only some of its runs take appended entries into the cache."""
        return sum(a["wall"] for a in runs[name]) / sum(b["wall"] for b in runs[other])

    print(f"{ENTRIES:,} entries, {size / 1e6:.0f} MB; medians of {ROUNDS} rounds")
    print(f"{'':46}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}")
    for name in runs:
        print(f"{name:46}{median(name, 'cpu'):9.3f}{median(name, 'wall'):9.3f}{median(name, 'peak'):9.1f}")
    print()
    for told, name, other, what in [
        ("validate / sha256sum, CPU", "validate", "sha256sum", "cpu"),
        ("validate / sha256sum, wall", "validate", "sha256sum", "wall"),
        ("validate / openssl, CPU", "validate", "openssl dgst -sha256", "cpu"),
        ("headroom, no cache / validate, CPU", "headroom, no cache", "validate", "cpu"),
        ("headroom, repeated / true, wall", "headroom, repeated", "true", "wall"),
        ("headroom, repeated / --version, wall", "headroom, repeated", "exquota --version", "wall"),
        ("check / check of 10,000, wall", "check", "check, 10,000 entries", "wall"),
        ("approve / approve of 10,000, wall", "approve", "approve, 10,000 entries", "wall"),
        ("ship / ship of 10,000, wall", "ship", "ship, 10,000 entries", "wall"),
        ("ten times the entries, CPU", "validate", "validate, a tenth of it", "cpu"),
        ("late / in order, CPU", "validate, a tenth late", "validate", "cpu"),
    ]:
        print(f"{told:46}{ratio(name, other, what):9.2f}")
    recording = ["approve", "approve, 10,000 entries", "ship", "ship, 10,000 entries"]
    for name in recording:
        print(f"{name + ' / bare append, whole loop, wall':46}{rate(name, 'bare append, synced'):9.2f}")
    for name in ["check", "check, refused", "check, 10,000 entries", *recording]:
        above = median(name, "wall") - median("true", "wall")
        print(f"{name + ', above an empty process':46}{above * 1000:7.1f} ms")
    name = f"import of {BATCH:,}"
    print(f"{'import, entries a second':46}{BATCH / median(name, 'wall'):9,.0f}")


if __name__ == "__main__":
    main()
