#!/usr/bin/env python3
"""Who a running vtepd is and what it may still do: privileges-test.py VTEPD FORBIDDEN."""
import json
import os
import pwd
import signal
import socket
import sys

from vtepd_rig import Vtepd, check, finish, run, until, work
import hosts
from wires import Wires

hosts.enter("vtep-ctl", "tshark")
program, forbidden = sys.argv[1:3]
# A sanitizer's runtime calls what the program does not, and would be ended for it.
restricted = "libasan" not in run("ldd", program).stdout
wires = Wires("em3", "em4")
config = work / "tor1.yaml"


def configure(*ports):
    config.write_text(f"name: tor1\nport: [{', '.join(ports)}]\ntunnel-ip: 10.8.125.20\nctl: {work}/tor1.ctl\n"
                      f"db: {work}/tor1.db\npid-file: {work}/tor1.pid\nremote: punix:{work}/tor1.sock\n")
    config.chmod(0o600)


configure("em3")
tor1 = Vtepd(program, "--config", config)


def status_of(pid):
    lines = open(f"/proc/{pid}/status", encoding="utf-8").read().splitlines()
    return {key: value.split() for key, value in (line.split(":", 1) for line in lines)}


# ---- the live process ------------------------------------------------------------------------------------------------

pid = int((work / "tor1.pid").read_text())
check("the pid file names the process", pid == tor1.process.pid)
until(lambda: status_of(pid)["NoNewPrivs"] == ["1"])
status = status_of(pid)
nobody = pwd.getpwnam("nobody")
check("it is nobody, in every sense", status["Uid"] == [str(nobody.pw_uid)] * 4 and status["Gid"] == [str(nobody.pw_gid)] * 4,
      status["Uid"], status["Gid"])
check("and in no other group", status["Groups"] == [], status["Groups"])
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    check(f"{name} is empty", int(status[name][0], 16) == 0, status[name])
check("it can get no new privileges", status["NoNewPrivs"] == ["1"])
if restricted:
    check("its system calls are filtered", status["Seccomp"] == ["2"], status["Seccomp"])
else:
    check("its system calls are filtered # SKIP a sanitizer needs more", True)

children = open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8").read().split()
check("it has one child, the opener", len(children) == 1
      and open(f"/proc/{children[0]}/comm", encoding="utf-8").read().strip() == "vtepd-opener", children)
opener = status_of(children[0])
may = 1 << 13 | 1 << 2  # CAP_NET_RAW, CAP_DAC_READ_SEARCH: linux/capability.h
check("which may make packet sockets, read files and nothing else", int(opener["CapEff"][0], 16) == may
      and int(opener["CapPrm"][0], 16) == may and int(opener["CapBnd"][0], 16) == 0 and opener["NoNewPrivs"] == ["1"], opener)

# ---- what a reload needs ---------------------------------------------------------------------------------------------

configure("em3", "em4", "em5")
tor1.reload()
check("a reload reads a file that only root may read", "read the configuration again" in tor1.log(), tor1.log())
check("and opens a port that is new", "port 'em4' is open" in tor1.log(), tor1.log())
check("one that is not there is waited for", "em5" in tor1.log() and "tried again every second" in tor1.log(), tor1.log())
ports = tor1.vtep_ctl("list-ports", "tor1").split()
check("all are in the database", ports == ["em3", "em4", "em5"], ports)
wires.add("em5")
check("and opened when it comes", tor1.says("port 'em5' is open"), tor1.log())
for port in ports:
    tor1.vtep_ctl("--may-exist", "add-ls", "blue", "--", "bind-ls", "tor1", port, "0", "blue")
wires.send("em5", "ffffffffffff" + "020000000005" + "88b5" + "00" * 46)
check("frames come in there", until(lambda: "02:00:00:00:00:05" in run(
    program, "ctl", "--ctl", work / "tor1.ctl", "tables", "fdb").stdout))
configure("em4", "em5")
tor1.reload()
check("a port that is named no more is gone", tor1.vtep_ctl("list-ports", "tor1").split() == ["em4", "em5"])
tor1.vtep_ctl("add-ls", "after")
check("the database is written to as before", "after" in tor1.vtep_ctl("list-ls"))
check("the journal is the daemon's, to replace when it has grown", (work / "tor1.db").stat().st_uid == nobody.pw_uid)



def transact(*operations):
    """Too much for a command line."""
    with socket.socket(socket.AF_UNIX) as session:
        session.connect(str(tor1.socket))
        session.sendall(json.dumps({"id": 1, "method": "transact", "params": ["hardware_vtep", *operations]}).encode())
        answer = b""
        while not answer.endswith(b"}") or b'"error"' not in answer[-30:]:
            answer += session.recv(1 << 20)


before, grown = (work / "tor1.db").stat().st_ino, 0
for i in range(80):
    transact({"op": "delete", "table": "Logical_Switch", "where": [["description", "!=", ""]]},
             *[{"op": "insert", "table": "Logical_Switch", "row": {"name": f"{i}-{j}", "description": "x" * 6000}}
               for j in range(200)])
    grown = max(grown, (work / "tor1.db").stat().st_size)
check("a journal that has grown is made small while it is served, by nobody's hand",
      until(lambda: (work / "tor1.db").stat().st_ino != before) and (work / "tor1.db").stat().st_size < grown / 2,
      grown, (work / "tor1.db").stat(), tor1.log())
transact({"op": "delete", "table": "Logical_Switch", "where": [["description", "!=", ""]]})

# ---- the end ---------------------------------------------------------------------------------------------------------

check("it ends in order", tor1.stop() == 0, tor1.log())
check("with its opener, pid file and sockets", not os.path.exists(f"/proc/{children[0]}") and not (work / "tor1.pid").exists()
      and not (work / "tor1.ctl").exists() and not tor1.socket.exists())
tor1.start()
opener = open(f"/proc/{tor1.process.pid}/task/{tor1.process.pid}/children", encoding="utf-8").read().split()[0]
tor1.stop(signal.SIGKILL)
check("killed, it leaves no opener behind", until(lambda: not os.path.exists(f"/proc/{opener}")))
tor1.start()
check("and a database that is whole", "after" in tor1.vtep_ctl("list-ls"), tor1.log())
tor1.stop()

for wrong, sentence in {"nosuchuser": "there is no user 'nosuchuser'"}.items():
    done = run(program, "--name=t", "--tunnel-ip=10.0.0.1", f"--user={wrong}")
    check("a user that is none is refused with a sentence", done.returncode == 1 and sentence in done.stderr, done.stderr)

# ---- what is forbidden -----------------------------------------------------------------------------------------------

if restricted:
    check("who gives up its rights goes on", run(forbidden).returncode == 0)
    for what in ("exec", "raw", "ptrace"):
        check(f"and is ended when it tries {what}", run(forbidden, what).returncode == -signal.SIGSYS, run(forbidden, what))

finish()
