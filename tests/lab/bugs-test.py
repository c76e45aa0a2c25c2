#!/usr/bin/env python3
"""Every known bug can be seen: bugs-test.py VTEPLAB DIR BUGS_H…

Each scenario of DIR switches a bug on in its variant `broken`, and says what is then seen; its variant `fixed` says
what is seen without.  Both must come out as they say.  The BUGS_H are the controller's and the emulator's lists of their bugs."""
import pathlib
import re
import subprocess
import sys
import tempfile

program = pathlib.Path(sys.argv[1]).resolve()
lists = [re.findall(r'X \(\w+, "([a-z0-9-]+)"', pathlib.Path(name).read_text(encoding="utf-8")) for name in sys.argv[3:]]
slugs = {slug for names in lists for slug in names}
files = sorted(pathlib.Path(sys.argv[2]).resolve().glob("*.yaml"))


def judge(path, out):
    """None, or what went wrong."""
    done = subprocess.run([program, "run", path], cwd=out, capture_output=True, text=True, timeout=120)
    names = [line.split()[0] for line in done.stdout.splitlines() if line.startswith(path.stem + ".")]
    if f"{path.stem}.broken" not in " ".join(names) or f"{path.stem}.fixed" not in names:
        return f"it must have the variants broken and fixed, not {names}\n{done.stderr}"
    return None if done.returncode == 0 else done.stdout + done.stderr


print(f"1..{len(files) + 1}")
text = "".join(path.read_text(encoding="utf-8") for path in files)
switched = {slug for names in re.findall(r"(?:bugs|fixes): \[([^\]]*)\]", text) for slug in re.split(r"[ ,]+", names.strip())}
good = all(len(names) > 5 for names in lists) and len(slugs) > 20 and switched == slugs
print(("ok" if good else "not ok") + " 1 - every bug of the controller and of the emulator is switched in a scenario")
if not good:
    print(f"# missing: {sorted(slugs - switched)}; unknown: {sorted(switched - slugs)}")
with tempfile.TemporaryDirectory() as out:
    for number, path in enumerate(files, 2):
        wrong = judge(path, out)
        print(("not ok" if wrong else "ok") + f" {number} - {path.stem}: broken and fixed are as the file says")
        for line in (wrong or "").splitlines():
            print(f"# {line}")
