#!/usr/bin/env python3
"""As a service: what the service manager and the journal are told: systemd-test.py VTEPD UNIT."""
import os
import shutil
import signal
import socket
import sys

from vtepd_rig import Vtepd, check, finish, run, until, work

if not shutil.which("vtep-ctl"):
    print("1..0 # SKIP vtep-ctl is not installed")
    sys.exit(0)
program, unit = sys.argv[1:3]
usual = ["--name=tor1", "--tunnel-ip=10.8.125.20", f"--remote=punix:{work}/tor1.sock", f"--ctl={work}/tor1.ctl"]


def listener(name):
    """A datagram socket at a path, or in the abstract namespace for '@…'."""
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind("\0" + name[1:] if name[0] == "@" else name)
    if name[0] != "@":
        os.chmod(name, 0o666)
    heard.settimeout(30)
    return heard


def next_told(heard, wanted):
    """The fields of the first datagram that has this one."""
    while True:
        fields = dict(line.split("=", 1) for line in heard.recv(65536).decode().splitlines())
        if wanted in fields:
            return fields


# ---- the service manager ---------------------------------------------------------------------------------------------

for name in (f"{work}/notify", f"@vtepd-test-{os.getpid()}"):
    heard = listener(name)
    tor1 = Vtepd(program, *usual, env=dict(os.environ, NOTIFY_SOCKET=name, WATCHDOG_USEC="200000"))
    ready = next_told(heard, "READY")
    check(f"it tells {name[0]}… that it is ready, and who it is", ready["READY"] == "1"
          and ready["MAINPID"] == str(tor1.process.pid) and ready["STATUS"], ready)
    check("when it serves already", "_Server" in run("ovsdb-client", "list-dbs", tor1.target).stdout)
    check("and that it lives, again and again", next_told(heard, "WATCHDOG") and next_told(heard, "WATCHDOG"))
    tor1.process.send_signal(signal.SIGHUP)
    reloading = next_told(heard, "RELOADING")
    check("a reload has a beginning", reloading["RELOADING"] == "1" and int(reloading["MONOTONIC_USEC"]) > 0, reloading)
    check("and an end", next_told(heard, "READY")["READY"] == "1")
    tor1.process.send_signal(signal.SIGTERM)
    check("its stop is told", next_told(heard, "STOPPING")["STOPPING"] == "1")
    check("and comes", tor1.process.wait(30) == 0)
    heard.close()

tor1 = Vtepd(program, *usual, env=dict(os.environ, NOTIFY_SOCKET=f"{work}/nobody", WATCHDOG_USEC="soon"))
check("a manager that is not there is a warning", tor1.says("cannot be reached") and tor1.stop() == 0, tor1.log())
heard = listener(f"{work}/other")
tor1 = Vtepd(program, *usual, env=dict(os.environ, NOTIFY_SOCKET=f"{work}/other", WATCHDOG_USEC="100000", WATCHDOG_PID="1"))
next_told(heard, "READY")
tor1.stop()
heard.setblocking(False)
told = []
try:
    while True:
        told.append(heard.recv(65536))
except BlockingIOError:
    pass
check("a watchdog for another process is not ours to feed", not any(b"WATCHDOG" in text for text in told), told)
heard.close()

# ---- the journal -----------------------------------------------------------------------------------------------------


def journal_stream(tor):
    """What systemd would say of the log's file."""
    file = os.stat(tor)
    return f"{file.st_dev}:{file.st_ino}"


(work / "tor1.log").write_text("")
inside = dict(os.environ, JOURNAL_STREAM=journal_stream(work / "tor1.log"))
if not os.path.exists("/run/systemd/journal/socket"):
    tor1 = Vtepd(program, *usual, env=inside)
    tor1.stop()
    check("without the journal's socket lines have their priority in front", "<6>tor1: vtepd: listening on" in tor1.log()
          and "<4>tor1: " in tor1.log(), tor1.log())
if os.geteuid() == 0 and run("unshare", "-m", "true").returncode == 0:
    heard = listener(f"{work}/journal")
    script = (f'mount -t tmpfs none /run && mkdir -p /run/systemd/journal && touch /run/systemd/journal/socket && '
              f'mount --bind {work}/journal /run/systemd/journal/socket && exec "$@"')
    tor1 = Vtepd(program, *usual, env=inside, within=["unshare", "-m", "sh", "-c", script, "sh"])
    fields = next_told(heard, "MESSAGE")
    while "listening" not in fields["MESSAGE"]:
        fields = next_told(heard, "MESSAGE")
    check("the journal has messages with fields", fields["PRIORITY"] == "6" and fields["VTEPD_SWITCH"] == "tor1"
          and fields["VTEPD_MODULE"] == "vtepd" and fields["SYSLOG_IDENTIFIER"] == "vtepd", fields)
    tor1.stop()
    check("and stderr then has none", "listening" not in tor1.log(), tor1.log())
    heard.close()

# ---- the unit --------------------------------------------------------------------------------------------------------

if shutil.which("systemd-analyze"):
    text = open(unit, encoding="utf-8").read()
    copy = work / "vtepd.service"
    copy.write_text("\n".join(f"ExecStart={os.path.abspath(program)} --config /etc/vtepd.conf" if line.startswith("ExecStart=") else line
                              for line in text.splitlines()) + "\n")
    done = run("systemd-analyze", "--man=no", "verify", copy)
    check("systemd finds no fault in the unit", done.returncode == 0 and "vtepd.service" not in done.stderr, done.stderr)

finish()
