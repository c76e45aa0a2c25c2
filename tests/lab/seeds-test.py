#!/usr/bin/env python3
"""The use cases hold whatever chance brings: seeds-test.py VTEPLAB SCENARIO…, each with the seeds 1 to 20."""
import pathlib
import subprocess
import sys
import tempfile

program = pathlib.Path(sys.argv[1]).resolve()
files = [pathlib.Path(name).resolve() for name in sys.argv[2:]]
print(f"1..{len(files)}")
with tempfile.TemporaryDirectory() as directory:
    for number, path in enumerate(files, 1):
        bad = {}
        for seed in range(1, 21):
            done = subprocess.run([program, "run", "--seed", str(seed), path], cwd=directory, capture_output=True,
                                  text=True, timeout=120)
            if done.returncode:
                bad[seed] = [line for line in done.stdout.splitlines() if "FAIL" in line]
        print(f"{'not ok' if bad else 'ok'} {number} - {path.stem} meets its expectations with twenty seeds")
        for seed, lines in bad.items():
            print(f"# seed {seed}: {lines}")
