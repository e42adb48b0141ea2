#!/usr/bin/env python3
"""Makes the README's pictures from the program's output for ledgers of the fixtures.

    tests/pictures/make.py target/release/exquota            makes all pictures
    tests/pictures/make.py target/release/exquota --check    names the pictures that the program would print otherwise

The script draws the terminal's letters and colours itself. Chromium takes the picture of the report, and Python's Pillow
makes it small. `--check` needs neither of them. It does not compare the report's picture, because the fixtures keep that
page and another test compares it.
"""

import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "fixtures/pictures"

# For each picture: a folder of the fixtures, the command, and the columns of the terminal.
TERMINALS = {
    "check.svg": ("stories/working-day", "check tencent H200=50_000 MI325X=10_000 --date 2026-03-06", 120),
    "headroom.svg": ("reports/half-year", "headroom --as-of 2026-09-30", 140),
}
REPORT = ("report.png", "reports/half-year", "report --as-of 2026-09-30")

ADVANCE, LINE, SIZE, EDGE = 8.0, 19, 13, 16
# The eight colours of a terminal, in shades that can be read on the background.
COLOURS = ["#8b949e", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#f0f6fc"]
GROUND, LETTERS, FAINT = "#0d1117", "#d6dde4", "#8b949e"


def printed(program, folder, line, columns):
    """The output of a command at a terminal."""
    command = [str(program), *shlex.split(line), "--color", "always"]
    settings = {key: value for key, value in os.environ.items() if not key.startswith("EXQUOTA_") and key != "NO_COLOR"}
    child, screen = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        os.chdir(folder)
        os.execve(command[0], command, settings | {"TERM": "xterm-256color", "LOGNAME": "analyst-1"})
    seen = b""
    while True:
        try:
            read = os.read(screen, 65536)
        except OSError:  # On Linux a terminal ends with this error.
            break
        if not read:
            break
        seen += read
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{line}: {seen.decode()}")
    return seen.decode().replace("\r\n", "\n")


def cells(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def runs(line):
    """The pieces of a line, each with its style."""
    look = {}
    for part in re.split(r"(\x1b\[[0-9;]*[A-Za-z])", line):
        if not part.startswith("\x1b["):
            if part:
                yield part, dict(look)
            continue
        if not part.endswith("m"):
            continue
        codes = [int(code or 0) for code in part[2:-1].split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                look = {}
            elif code == 1:
                look["font-weight"] = "bold"
            elif code == 2:
                look["fill"] = FAINT
            elif code == 4:
                look["text-decoration"] = "underline"
            elif code == 22:
                look.pop("font-weight", None)
            elif code == 39:
                look.pop("fill", None)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                look["fill"] = COLOURS[code % 10]
            elif code == 38 and codes[:1] == [5] and len(codes) > 1 and codes[1] < 16:
                look["fill"] = COLOURS[codes[1] % 8]
                del codes[:2]
            else:
                sys.exit(f"this script can't draw the escape code {code}")


def drawn(line, text):
    lines = [f"\x1b[1m$ exquota {line}\x1b[0m", *text.rstrip("\n").split("\n")]
    widest = max(cells("".join(piece for piece, _ in runs(held))) for held in lines)
    width, height = round(widest * ADVANCE + 2 * EDGE), len(lines) * LINE + 2 * EDGE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape('exquota ' + line)}</title>",
        "<style>text{white-space:pre;font:13px ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}</style>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>',
    ]
    for number, held in enumerate(lines):
        x, y = EDGE, EDGE + number * LINE + SIZE
        for piece, look in runs(held):
            # Every piece is as wide as its cells, whatever the reader's font is.
            taken = cells(piece) * ADVANCE
            if piece.strip():
                style = {"fill": LETTERS} | look
                told = " ".join(f'{key}="{value}"' for key, value in style.items())
                out.append(f'<text x="{x:g}" y="{y}" textLength="{taken:g}" lengthAdjust="spacingAndGlyphs" {told}>{escape(piece)}</text>')
            x += taken
    return "\n".join([*out, "</svg>", ""])


def photographed(page, path):
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        source, taken = Path(folder) / "report.html", Path(folder) / "report.png"
        source.write_text(page)
        subprocess.run(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile",
             "--window-size=1152,2280", f"--screenshot={taken}", f"file://{source}"],
            check=True, capture_output=True, env=os.environ | {"HOME": folder},
        )
        # A page has few colours, and the edges of letters take most of the room.
        Image.open(taken).convert("RGB").quantize(96).save(path, optimize=True)


def main():
    program, check = Path(sys.argv[1]).resolve(), "--check" in sys.argv
    wrong = []
    for name, (folder, line, columns) in TERMINALS.items():
        picture = drawn(line, printed(program, ROOT / "fixtures" / folder, line, columns))
        path = PICTURES / name
        if not check:
            path.write_text(picture)
        elif not path.exists() or path.read_text() != picture:
            wrong.append(name)
    name, folder, line = REPORT
    if check:
        if not (PICTURES / name).exists():
            wrong.append(name)
    else:
        page = subprocess.run([program, *shlex.split(line)], cwd=ROOT / "fixtures" / folder, check=True, capture_output=True, text=True)
        photographed(page.stdout, PICTURES / name)
    if wrong:
        sys.exit(f"these pictures differ; `tests/pictures/make.py PROGRAM` renews them: {', '.join(wrong)}")


main()
