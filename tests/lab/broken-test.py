#!/usr/bin/env python3
"""Every broken scenario ends in its expected sentences: broken-test.py VTEPLAB DIR.

DIR holds NAME.yaml and NAME.txt, what `vteplab check NAME.yaml` says on stderr, line and caret included."""
import pathlib
import subprocess
import sys

program = pathlib.Path(sys.argv[1]).resolve()
directory = pathlib.Path(sys.argv[2])
files = sorted(directory.glob("*.yaml"))
print(f"1..{len(files) + 1}")
print(("ok" if len(files) >= 40 else "not ok") + " 1 - there are at least forty broken scenarios")
for number, path in enumerate(files, 2):
    done = subprocess.run([program, "check", path.name], cwd=directory, capture_output=True, text=True, timeout=60)
    expected = path.with_suffix(".txt").read_text(encoding="utf-8")
    good = done.returncode == 2 and done.stderr == expected and expected.startswith(f"{path.name}:")
    print(("ok" if good else "not ok") + f" {number} - {path.stem}: exit 2 and the expected sentence")
    if not good:
        for line in (f"exit {done.returncode}\n{done.stderr}\nexpected:\n{expected}").splitlines():
            print(f"# {line}")
