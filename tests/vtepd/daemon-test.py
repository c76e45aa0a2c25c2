#!/usr/bin/env python3
"""Flags and files, starts and stops: daemon-test.py VTEPD."""
import shutil
import signal
import sys

from vtepd_rig import Vtepd, check, finish, run, work

if not shutil.which("vtep-ctl"):
    print("1..0 # SKIP vtep-ctl is not installed")
    sys.exit(0)
program = sys.argv[1]
usual = ["--name", "tor1", "--tunnel-ip", "10.8.125.20"]

# ---- what is refused -------------------------------------------------------------------------------------------------


def refused(name, sentences, *arguments, code=2):
    done = run(program, *arguments)
    check(f"{name} is refused with a sentence",
          done.returncode == code and not done.stdout and all(s in done.stderr for s in sentences),
          done.returncode, done.stderr)


def written(name, text):
    path = work / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


refused("no option at all", ["the switch has no name", "there is no tunnel address"])
refused("an unknown option", ["Unknown option --prot", "vtepd --help"], "--prot", "em3")
refused("a stray word", ["'em3' is not understood"], *usual, "em3")
refused("every wrong value at once", ["--mtu: 'mtu' is '12'", "--tunnel-ip: 'tunnel-ip' is '::1'", "--port: 'port' is 'a b'"],
        "--mtu=12", "--tunnel-ip=::1", "--port=a b")
refused("a port given twice", ["'port' names 'em3' twice"], *usual, "--port=em3", "--port=em3")
refused("an underlay that is a port too", ["'em3' is both a port and the underlay"], *usual, "--port=em3", "--underlay=em3")
refused("a loopback tunnel address", ["must be the IPv4 address of a host"], "--name=t", "--tunnel-ip=127.0.0.1")
refused("a file that is not there", ["/nowhere: No such file"], "--config=/nowhere")
refused("a directory for a file", ["it is no file"], "--config", work)
refused("two files", ["--config is given twice"], "--config=a", "--config=b")
refused("a database in no directory", ["there is no directory '/nowhere'"], *usual, "--db=/nowhere/db", code=1)
refused("a database that is none", ["it is no database"], *usual, f"--db={written('text.db', 'Dear diary')}", code=1)
refused("a remote that is none", ["'carrier:pigeon' is not understood"], *usual, "--remote=carrier:pigeon")

bad = written("bad.yaml", "name: tor1\nport: [em3, em3]\ntunel-ip: 10.0.0.1\nmtu: 12\nlog-level: loud\ndb: {a: 1}\n"
              "description: \"a\\nb\"\nremote: tcp:6640\npid-file:\n")
refused("every mistake of a file, each with its place,", [
    f"{bad}:2:13: 'port' names 'em3' twice", f"{bad}:3:1: there is no setting 'tunel-ip'; did you mean 'tunnel-ip'?",
    f"{bad}:4:6: 'mtu' is '12'; it must be a whole number from 576 to 65535",
    f"{bad}:5:12: 'log-level' is 'loud'; it must be one of info, debug, warning, error",
    f"{bad}:6:5: 'db' must be a single value", f"{bad}:7:15: 'description' must be a text",
    f"{bad}:8:9: 'tcp:6640' is not understood", f"{bad}:9:1: 'pid-file' must be a text"], "--config", bad)
for name, text in {"a list": "- name\n", "a word": "tor1\n", "no YAML": "name: [tor1\n", "a key twice": "name: a\nname: b\n",
                   "bytes": b"name: \xff\xfe\n", "zeros": b"\0\0\0\0", "depth": "name: " + "[" * 5000}.items():
    path = written("wrong.yaml", text)
    refused(f"a file that is {name}", [f"{path}:"], *usual, "--config", path)
refused("a file beyond a megabyte", ["more than 1048576 bytes"], "--config", written("big.yaml", "#" * (1 << 20) + "\n"))

# ---- one that runs ---------------------------------------------------------------------------------------------------

config = written("tor1.yaml", f"""# the switch of rack 1
name: tor1
description: rack 1
tunnel-ip: 10.8.125.20
management-ip: 192.0.2.20
db: {work}/tor1.db
remote: punix:{work}/tor1.sock
pid-file: {work}/tor1.pid
""")
tor1 = Vtepd(program, "--config", config, "--description=rack one")
shown = tor1.vtep_ctl("list", "Physical_Switch")
check("the switch is in the database as soon as it listens", 'tor1' in shown and '"10.8.125.20"' in shown
      and '"192.0.2.20"' in shown, shown)
check("a flag takes the place of what the file says", '"rack one"' in shown, shown)
refused("a database in use", ["in use by another process"], *usual, f"--db={work}/tor1.db", code=1)
refused("a socket in use", ["in use"], *usual, f"--remote=punix:{tor1.socket}", code=1)
refused("a pid file of one that runs", ["is that of another daemon"], *usual, f"--ctl={work}/other.ctl",
        f"--pid-file={work}/tor1.pid", code=1)
check("and keeps its process id", (work / "tor1.pid").read_text() == f"{tor1.process.pid}\n")
tor1.vtep_ctl("add-ls", "blue")

# ---- reload ----------------------------------------------------------------------------------------------------------

config.write_text(config.read_text().replace("description", "descripton"))
tor1.reload()
check("a reload of a wrong file changes nothing and says why",
      f"{config}:3:1: there is no setting 'descripton'" in tor1.log() and "stays as it was" in tor1.log(), tor1.log())
config.write_text(config.read_text().replace("descripton", "description").replace("10.8.125.20", "10.8.125.21")
                  .replace(f"{work}/tor1.db", f"{work}/other.db")
                  .replace(f"{work}/tor1.sock", f"[punix:{work}/tor1.sock, punix:{work}/second.sock]")
                  .replace("remote: punix:[", "remote: [").replace("192.0.2.20", "192.0.2.21"))
tor1.reload()
shown = tor1.vtep_ctl("list", "Physical_Switch")
check("a reload says what takes a restart", "'db' was changed; that takes a restart" in tor1.log()
      and not (work / "other.db").exists(), tor1.log(), shown)
check("and changes what it can", '"192.0.2.21"' in shown and '"10.8.125.21"' in shown, shown)
second = run("ovsdb-client", "list-dbs", f"unix:{work}/second.sock")
check("a listener that the file names now is there", second.stdout.split() == ["_Server", "hardware_vtep"], second.stderr)
config.write_text(config.read_text().replace(f", punix:{work}/second.sock", "").replace("other.db", "tor1.db"))
tor1.reload()
check("and is gone when it names it no more", not (work / "second.sock").exists()
      and tor1.vtep_ctl("list-ls").split() == ["blue"])

# ---- the end ---------------------------------------------------------------------------------------------------------

check("SIGTERM ends it in order", tor1.stop() == 0 and "stopped" in tor1.log(), tor1.log())
check("and takes its socket and its pid file away", not tor1.socket.exists() and not (work / "tor1.pid").exists())
tor1.start()
check("what was written is there after a restart", tor1.vtep_ctl("list-ls").split() == ["blue"])
tor1.vtep_ctl("add-ls", "red")
tor1.stop(signal.SIGKILL)
tor1.start()
check("and after a kill", sorted(tor1.vtep_ctl("list-ls").split()) == ["blue", "red"])
check("SIGINT ends it too", tor1.stop(signal.SIGINT) == 0)

finish()
