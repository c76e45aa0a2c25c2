#!/usr/bin/env python3
"""The language at work: run-test.py VTEPLAB GOOD-DIR… FAILING-DIR.

Every scenario of a GOOD-DIR meets its expectations.  Every scenario of FAILING-DIR fails, exit 1, and what is then said
has the words of each of its lines '# because: WORDS'."""
import pathlib
import subprocess
import sys
import tempfile

program = pathlib.Path(sys.argv[1]).resolve()
good = [path for directory in sys.argv[2:-1] for path in sorted(pathlib.Path(directory).resolve().glob("*.yaml"))]
failing = sorted(pathlib.Path(sys.argv[-1]).resolve().glob("*.yaml"))
number = 0


def run(path, directory):
    return subprocess.run([program, "run", path], cwd=directory, capture_output=True, text=True, timeout=120)


def report(name, wrong, done):
    global number
    number += 1
    print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
    for line in f"{wrong}\nexit {done.returncode}\n{done.stdout}{done.stderr}".splitlines() if wrong else ():
        print(f"# {line}")


print(f"1..{len(good) + len(failing)}")
with tempfile.TemporaryDirectory() as directory:
    for path in good:
        done = run(path, directory)
        report(f"{path.stem} is as it says", "" if done.returncode == 0 else "an expectation failed", done)
    for path in failing:
        words = [line.removeprefix("# because: ") for line in path.read_text(encoding="utf-8").splitlines()
                 if line.startswith("# because: ")]
        done = run(path, directory)
        said = " ".join(done.stdout.split())  # long lines are broken between words
        missing = [w for w in words if w not in said]
        wrong = f"not said: {missing}" if missing else "" if done.returncode == 1 and words else "it should fail"
        report(f"{path.stem} fails, and says why", wrong, done)
