#!/usr/bin/env python3
"""os-ken as the controller that `vteplab switch` dials: switch-os-ken-test.py SWITCH.  The checks are in
switch_os_ken_app.py; this starts both and passes on what the application prints."""
import os
import pathlib
import queue
import socket
import subprocess
import sys

from switches import Switch, lines_of, start, stop, until

PYTHON = "/usr/bin/python3"
if subprocess.run([PYTHON, "-c", "import os_ken"], capture_output=True, check=False).returncode:
    print("1..0 # SKIP python3-os-ken not installed")
    sys.exit(0)

program = sys.argv[1]
with socket.create_server(("127.0.0.1", 0)) as probe:
    port = probe.getsockname()[1]
controller = start(PYTHON, "-m", "os_ken.cmd.manager", "--ofp-listen-host=127.0.0.1", f"--ofp-tcp-listen-port={port}",
                   pathlib.Path(__file__).with_name("switch_os_ken_app.py"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                   env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
said, complaints = lines_of(controller.stdout), lines_of(controller.stderr)


def listens():
    with socket.socket() as stream:
        return stream.connect_ex(("127.0.0.1", port)) == 0


until(listens)
switch = Switch(program, f"--controller=tcp:127.0.0.1:{port}", "--datapath-id=2a", listen=False)
good, line = True, ""
while line is not None and not line.startswith("1.."):
    try:
        line = said.get(timeout=60)
    except queue.Empty:
        line = None
    if line:
        good = good and not line.startswith("not ok")
        print(line, flush=True)
if line is None:
    good = False
    print("Bail out! the controller ended")
ended = switch.stop()
stop(controller)
if not good or ended:
    while (complaint := complaints.get()) is not None:
        print("#", complaint)
    print("#", *switch.errors().splitlines(), sep="\n# ")
sys.exit(0 if good and ended == 0 else 1)
