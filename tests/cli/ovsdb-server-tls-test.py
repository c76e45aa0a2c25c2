#!/usr/bin/env python3
"""`vteplab ovsdb-server` over TLS with the real clients: ovsdb-server-tls-test.py SERVER SCHEMA."""
import os
import re
import socket
import subprocess
import sys

from certificates import LONG_AGO, Authority, need_openssl
from ovsdb_servers import Ours, check, finish, lines_of, need_tools, run, start, until, work

need_tools()
need_openssl()
# GLib's pool has threads to the end, on which LeakSanitizer's own tracer stumbles.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
program, schema = sys.argv[1:3]
us, others = Authority("us"), Authority("others")
key, cert = us.certify("server")
client, stranger, expired = us.certify("client"), others.certify("client"), us.certify("old", LONG_AGO)


def tls(private_key=key, certificate=cert, ca=us.cert):
    return f"--private-key={private_key}", f"--certificate={certificate}", f"--ca-cert={ca}"


def identify(identity=client, ca=us.cert):
    return *(("-p", identity[0], "-c", identity[1]) if identity else ()), "-C", ca


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_of(listening):
    return int(re.fullmatch(r"pssl:(\d+):127\.0\.0\.1", listening).group(1))


def ask(*words, **who):
    return run("ovsdb-client", *identify(**who), "--timeout=10", *words)


server = Ours(program, schema, remotes=["pssl:0:127.0.0.1"], options=tls())
port = port_of(next(remote for remote in server.listening if remote.startswith("pssl:")))
target = f"ssl:127.0.0.1:{port}"

# ---- whom it serves --------------------------------------------------------------------------------------------------

done = ask("list-dbs", target)
check("the real ovsdb-client is served over TLS", done.stdout.split() == ["_Server", "hardware_vtep"], done.stdout, done.stderr)
run("vtep-ctl", "--timeout=10", f"--db={server.target}", "add-ls", "red")
monitor = start("ovsdb-client", *identify(), "--format=csv", "monitor", target, "hardware_vtep", "Logical_Switch", "name",
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
seen = lines_of(monitor.stdout)
check("a monitor begins", until(lambda: any("red" in (line or "") for line in list(seen.queue))))
done = run("vtep-ctl", *identify(), "--timeout=10", f"--db={target}", "add-ls", "blue", "--", "list-ls")
check("the real vtep-ctl writes over it", done.stdout.split() == ["blue", "red"], done.stdout, done.stderr)
check("and the monitor is told over it", until(lambda: any("blue" in (line or "") for line in list(seen.queue))), list(seen.queue))
done = run("ovsdb-client", "--timeout=10", "--format=csv", "dump", server.target, "hardware_vtep", "Logical_Switch", "name")
check("who comes without TLS sees the same rows", "blue" in done.stdout, done.stdout, done.stderr)

# ---- whom it does not ------------------------------------------------------------------------------------------------

for name, who in {"a certificate of another authority": {"identity": stranger}, "an expired certificate": {"identity": expired}}.items():
    done = ask("list-dbs", target, **who)
    check(f"a client with {name} is not served", done.returncode != 0 and "hardware_vtep" not in done.stdout, done.stdout)
done = ask("list-dbs", target, ca=others.cert)
check("a client that trusts another authority leaves", done.returncode != 0 and "certificate verify failed" in done.stderr, done.stderr)
done = run("ovsdb-client", "--timeout=5", "list-dbs", f"tcp:127.0.0.1:{port}")
check("a client without TLS is not served there", done.returncode != 0, done.stdout)
with socket.create_connection(("127.0.0.1", port), timeout=10) as stream:
    stream.sendall(b"\x16\x03\x01\xff\xff" + b"x" * 1000)
half = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(20)]  # never say a word
done = ask("list-dbs", target)
check("others are served beside those who do not finish their handshake", done.returncode == 0, done.stderr)
for stream in half:
    stream.close()
check("the log says with whom there is no session", "no session with ssl:127.0.0.1" in (work / "ours.err").read_text(),
      (work / "ours.err").read_text()[-1000:])

# ---- dialling out ----------------------------------------------------------------------------------------------------

out = free_port()
dialler = Ours(program, schema, name="dialler", remotes=[f"ssl:127.0.0.1:{out}"], options=tls())
done = run("ovsdb-client", *identify(), "--timeout=30", "list-dbs", f"pssl:{out}:127.0.0.1")
check("it dials a client that listens", done.stdout.split() == ["_Server", "hardware_vtep"], done.stdout, done.stderr)
done = run("ovsdb-client", *identify(stranger, us.cert), "--timeout=6", "list-dbs", f"pssl:{out}:127.0.0.1")
check("but has no session with one whose certificate another authority has signed", "hardware_vtep" not in done.stdout, done.stdout)
done = run("ovsdb-client", *identify(), "--timeout=30", "list-dbs", f"pssl:{out}:127.0.0.1")
check("and dials again", done.stdout.split() == ["_Server", "hardware_vtep"], done.stdout, done.stderr)

# ---- the Manager table -----------------------------------------------------------------------------------------------


def manager(column):
    done = run("ovsdb-client", "--timeout=10", "--format=csv", "--no-headings", "dump", server.target, "hardware_vtep", "Manager", column)
    return (done.stdout.strip().splitlines() or [""])[-1]


run("vtep-ctl", "--timeout=10", f"--db={server.target}", "set-manager", "pssl:0:127.0.0.1")
bound = until(lambda: re.search(r"bound_port=\W*(\d+)", manager("status")))
check("a Manager row makes it listen with TLS", bound, manager("status"))
done = ask("list-dbs", f"ssl:127.0.0.1:{bound.group(1) if bound else 0}")
check("and the real client is served there", "hardware_vtep" in done.stdout, done.stderr)
out = free_port()
run("vtep-ctl", "--timeout=10", f"--db={server.target}", "set-manager", f"ssl:127.0.0.1:{out}")
listener = start("ovsdb-client", *identify(), "monitor", f"pssl:{out}:127.0.0.1", "hardware_vtep", "Logical_Switch", "name",
                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
check("a Manager row makes it dial with TLS, and says that it is connected", until(lambda: manager("is_connected") == "true"),
      manager("is_connected"))

# ---- options that cannot be ------------------------------------------------------------------------------------------

(work / "no.pem").write_text("-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n")
for name, options, words in (
        ("two of the three files", tls()[:2], "TLS needs all of"),
        ("a key of another certificate", tls(private_key=client[0]), "private key"),
        ("a certificate that is none", tls(certificate=work / "no.pem"), "no.pem"),
        ("an authority's file that is not there", tls(ca=work / "nowhere.pem"), "nowhere.pem")):
    done = run(program, "--schema", schema, *options, f"--remote=punix:{work}/bad.sock")
    check(f"{name}: refused with a sentence", done.returncode == 2 and words in done.stderr, done.returncode, done.stderr)
done = run(program, "--schema", schema, "--remote=pssl:0:127.0.0.1")
check("pssl: without the files: refused with a sentence", done.returncode == 2 and done.stderr.strip(), done.returncode, done.stderr)
check("SIGTERM ends it in order", server.stop() == 0 and dialler.stop() == 0)
finish()
