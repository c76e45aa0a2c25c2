#!/usr/bin/env python3
"""Bugs that are off leave nothing behind: no-bugs-test.py VTEPLAB WITHOUT FILE-OR-DIR…

WITHOUT is the program built as if the controller had no bug switches.  Every scenario (of a file with variants: fixed)
leaves the same trace with both.  With a bug on the two differ."""
import pathlib
import subprocess
import sys
import tempfile

programs = [pathlib.Path(argument).resolve() for argument in sys.argv[1:3]]
files = [path for argument in map(pathlib.Path, sys.argv[3:])
         for path in ([argument] if argument.is_file() else sorted(argument.glob("*.yaml")))]


def trace(program, path, variant):
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([program, "run", path.resolve(), "--out", directory] + (["--variant", variant] if variant else []),
                       cwd=directory, capture_output=True, timeout=120, check=False)
        return [found.read_bytes() for found in sorted(pathlib.Path(directory).glob("*.pcapng"))]


def report(number, good, name):
    print(f"{'ok' if good else 'not ok'} {number} - {name}")


chosen = []
for path in files:
    text = path.read_text(encoding="utf-8")
    bug_file = path.parent.name == "bugs"
    # A file's own bugs and fixes are no part of the comparison.
    if "fixes:" not in text and not (bug_file and "bugs:" in text.split("  fixed:")[1]):
        chosen.append((path, "fixed" if bug_file else None))
print(f"1..{len(chosen) + 1}")
for number, (path, variant) in enumerate(chosen, 1):
    with_switches, without = (trace(program, path, variant) for program in programs)
    report(number, with_switches and with_switches == without, f"{path.stem}: the same trace without bug switches")
broken = next(path for path, _ in chosen if path.stem == "mp-index")
report(len(chosen) + 1, trace(programs[0], broken, "broken") != trace(programs[1], broken, "broken"),
       f"{broken.stem}: another trace when the bug is on")
