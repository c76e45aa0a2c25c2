#!/usr/bin/env python3
"""TLS with the real clients: tls-test.py VTEPD."""
import json
import os
import re
import socket
import ssl
import sys

from vtepd_rig import Vtepd, check, finish, run, until, work  # and a way to the next
from certificates import LONG_AGO, TO_COME, Authority, need_openssl

need_openssl()
# GLib's pool has threads to the end, on which LeakSanitizer's own tracer stumbles.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
program = sys.argv[1]
ours, theirs = Authority("ours"), Authority("theirs")
key, cert = ours.certify("tor1")
client = ours.certify("client")
stranger = theirs.certify("client")
expired, early = ours.certify("old", LONG_AGO), ours.certify("early", TO_COME)
weak = ours.certify("weak", digest="sha1")
config = work / "tor1.yaml"


def configure(private_key=key, certificate=cert, ca=ours.cert, more=""):
    config.write_text(f"name: tor1\ntunnel-ip: 10.8.125.20\nprivate-key: {private_key}\ncertificate: {certificate}\n"
                      f"ca-cert: {ca}\nctl: {work}/tor1.ctl\nremote: ['pssl:0:127.0.0.1', 'ptcp:0:127.0.0.1', "
                      f"'punix:{work}/tor1.sock'{more}]\n")


configure(ca=os.path.relpath(ours.cert))
tor1 = Vtepd(program, "--config", config)
port = int(re.search(r"listening on pssl:(\d+):127\.0\.0\.1", tor1.log()).group(1))
plain_port = int(re.search(r"listening on ptcp:(\d+):127\.0\.0\.1", tor1.log()).group(1))


def ovsdb(tool, *words, identity=client, ca=ours.cert, target=None):
    who = ["-p", identity[0], "-c", identity[1]] if identity else []
    return run(tool, *who, "-C", ca, "--timeout=10", *words)


def list_dbs(**more):
    return ovsdb("ovsdb-client", "list-dbs", f"ssl:127.0.0.1:{port}", **more)


# ---- who is let in ---------------------------------------------------------------------------------------------------

done = list_dbs()
check("the real ovsdb-client is served", done.stdout.split() == ["_Server", "hardware_vtep"], done.stderr)
done = ovsdb("vtep-ctl", f"--db=ssl:127.0.0.1:{port}", "add-ls", "blue", "--", "list-ls")
check("and the real vtep-ctl, which writes", done.stdout.split() == ["blue"], done.stderr)
rows = json.dumps(["hardware_vtep", *[{"op": "insert", "table": "Logical_Switch",
                                      "row": {"name": f"switch-{i}", "description": "x" * 1000}} for i in range(3000)]])
(work / "rows.json").write_text(rows)
context = ssl.create_default_context(cafile=ours.cert)
context.check_hostname = False
context.load_cert_chain(client[1], client[0])


def dial(how=context):
    return how.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=30))


def ask(stream, method, *params):
    stream.sendall(json.dumps({"id": 1, "method": method, "params": params}).encode())
    return read_json(stream)


def read_json(stream):
    data, decoder = "", json.JSONDecoder()
    while part := stream.recv(1 << 20):
        data += part.decode()
        try:
            return decoder.raw_decode(data)[0]
        except json.JSONDecodeError:
            continue
    return None


with dial() as session:
    answer = ask(session, "transact", *json.loads(rows))
    check("three megabytes go in", answer and len(answer["result"]) == 3000 and "uuid" in answer["result"][2999], str(answer)[:200])
    answer = ask(session, "transact", "hardware_vtep", {"op": "select", "table": "Logical_Switch", "where": []})
    check("and out", len(answer["result"][0]["rows"]) == 3001)
    check("over TLS 1.2 or 1.3", session.version() in ("TLSv1.2", "TLSv1.3"), session.version())

for name, (identity, reason) in {
        "no certificate": (None, "TLS connection peer did not send a certificate"),
        "a certificate of another authority": (stranger, "its certificate is of an authority that is not ours"),
        "an expired certificate": (expired, "its certificate has expired"),
        "a certificate of days to come": (early, "its certificate is not valid yet"),
        "a certificate of a weak signature": (weak, "its certificate is signed by a method that is no longer secure")}.items():
    bare = ssl.create_default_context(cafile=ours.cert)
    bare.set_ciphers("DEFAULT:@SECLEVEL=0")
    if identity:
        bare.load_cert_chain(identity[1], identity[0])
    bare.check_hostname = False
    try:
        with dial(bare) as session:
            answer = ask(session, "list_dbs")
    except (ssl.SSLError, ConnectionError) as error:
        answer = None
    check(f"a client with {name} is not served", answer is None, answer)
    check("and the log says why", until(lambda: re.search(rf"no session with ssl:127\.0\.0\.1:\d+: {reason}", tor1.log())),
          tor1.log()[-2000:])
done = list_dbs(identity=stranger)
check("the real client of another authority is not served either", done.returncode != 0, done.stdout)
done = list_dbs(ca=theirs.cert)
check("and a client can tell us from another server", done.returncode != 0 and "certificate verify failed" in done.stderr,
      done.stderr)

for version in ("tls1", "tls1_1"):
    done = run("openssl", "s_client", "-connect", f"127.0.0.1:{port}", f"-{version}", "-cipher", "ALL:@SECLEVEL=0", "-cert",
               client[1], "-key", client[0])
    check(f"{version} is refused", "Cipher is (NONE)" in done.stdout, done.stdout[-500:], done.stderr)
done = run("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-cert", client[1], "-key", client[0])
check("TLS 1.2 is not", "TLSv1.2" in done.stdout and "Cipher is (NONE)" not in done.stdout, done.stdout[-500:], done.stderr)

# ---- hostile and silent ----------------------------------------------------------------------------------------------

with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
    raw.sendall(b'{"id":1,"method":"list_dbs","params":[]}' * 10)
    try:
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    except ConnectionError:
        answer = b""
check("plain text at the TLS port is answered with no data", b"hardware_vtep" not in answer, answer)
done = run("ovsdb-client", "--timeout=10", "list-dbs", f"tcp:127.0.0.1:{plain_port}")
check("while the plain port beside it serves", "hardware_vtep" in done.stdout, done.stderr)
done = ovsdb("ovsdb-client", "list-dbs", f"ssl:127.0.0.1:{plain_port}")
check("TLS at the plain port does not end well", done.returncode != 0)
silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
done = list_dbs()
check("clients that connect and say nothing hold up nobody", done.returncode == 0, done.stderr)
for connection in silent:
    connection.settimeout(60)


def ends(connection):
    try:
        while connection.recv(1000):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


check("and are cut off in time", all(ends(connection) for connection in silent))
half = socket.create_connection(("127.0.0.1", port))
half.sendall(b"\x16\x03\x01")
half.close()
with dial() as session:
    session.sendall(b'{"id":1,"method":"list_d')
check("broken records and half messages harm nobody", list_dbs().returncode == 0)

# ---- certificates change ---------------------------------------------------------------------------------------------

session = dial()
ask(session, "list_dbs")
new_key, new_cert = theirs.certify("tor1")
key.write_bytes(new_key.read_bytes())
cert.write_bytes(new_cert.read_bytes())
configure(ca=theirs.cert)
tor1.reload()
done = list_dbs()
check("after a reload the old authority lets nobody in", done.returncode != 0, done.stdout)
done = list_dbs(identity=stranger, ca=theirs.cert)
check("and the new one does", done.returncode == 0, done.stderr)
answer = ask(session, "list_dbs")
check("sessions of before go on", answer and sorted(answer["result"]) == ["_Server", "hardware_vtep"], answer)
session.close()
configure(work / "nowhere.key", cert, ours.cert)
tor1.reload()
check("a reload without the key says so", "nowhere.key" in tor1.log())
key.write_bytes(theirs.certify("other")[0].read_bytes())
configure(ca=theirs.cert)
tor1.reload()
check("and one with the key of another certificate too", "are no pair" in tor1.log(), tor1.log())
check("each keeps what it had", list_dbs(identity=stranger, ca=theirs.cert).returncode == 0)
new_key, new_cert = ours.certify("tor1-again")
key.write_bytes(new_key.read_bytes())
cert.write_bytes(new_cert.read_bytes())
configure()
tor1.reload()

# ---- managers that are dialled ---------------------------------------------------------------------------------------


def serve_as_manager(identity, authority):
    """A listener that asks whoever dials for its databases, once."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(identity[1], identity[0])
    server.load_verify_locations(authority)
    server.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(30)
    return server, listener


server, listener = serve_as_manager(client, ours.cert)
tor1.vtep_ctl("set-manager", f"ssl:127.0.0.1:{listener.getsockname()[1]}")
with server.wrap_socket(listener.accept()[0], server_side=True) as dialled:
    answer = ask(dialled, "list_dbs")
    check("a manager of ours is dialled over TLS, and served", answer and sorted(answer["result"]) == ["_Server", "hardware_vtep"], answer)
    check("its row says that it is connected", until(lambda: "true" in tor1.vtep_ctl("--columns=is_connected", "list", "Manager")),
          tor1.vtep_ctl("list", "Manager"))
listener.close()
server, listener = serve_as_manager(stranger, ours.cert)
tor1.vtep_ctl("set-manager", f"ssl:127.0.0.1:{listener.getsockname()[1]}")
try:
    with server.wrap_socket(listener.accept()[0], server_side=True) as dialled:
        answer = ask(dialled, "list_dbs")
except (ssl.SSLError, ConnectionError):
    answer = None
check("one of another authority is not", answer is None, answer)
check("and its row says why",
      until(lambda: "authority that is not ours" in tor1.vtep_ctl("--columns=status", "list", "Manager")),
      tor1.vtep_ctl("list", "Manager"))
listener.close()
listener = socket.create_server(("127.0.0.1", 0))
tor1.vtep_ctl("set-manager", f"ssl:127.0.0.1:{listener.getsockname()[1]}")
mute = listener.accept()[0]
check("one that says nothing is given up in time",
      until(lambda: "timed out" in tor1.vtep_ctl("--columns=status", "list", "Manager")), tor1.vtep_ctl("list", "Manager"))
mute.close()
listener.close()
check("it ends in order", tor1.stop() == 0, tor1.log()[-2000:])

# ---- what is refused at the start ------------------------------------------------------------------------------------


def refused(name, sentence, *options, code=1):
    done = run(program, "--name=t", "--tunnel-ip=10.0.0.1", f"--ctl={work}/t.ctl", "--remote=pssl:0:127.0.0.1", *options)
    check(f"{name} is refused with a sentence", done.returncode == code and sentence in done.stderr, done.returncode, done.stderr)


text = work / "text.pem"
text.write_text("Dear diary\n")
text.chmod(0o644)
refused("TLS without files", "TLS needs all of private-key, certificate and ca-cert", code=2)
refused("TLS without authorities", "TLS needs all of", f"--private-key={key}", f"--certificate={cert}", code=2)
refused("a key that is not there", "nowhere", "--private-key=/nowhere", f"--certificate={cert}", f"--ca-cert={ours.cert}")
refused("a certificate that is none", "not understood", f"--private-key={key}", f"--certificate={text}", f"--ca-cert={ours.cert}")
other_key, _ = ours.certify("other")
refused("a key of another certificate", f"certificate '{cert}' and private key '{other_key}' are no pair",
        f"--private-key={other_key}", f"--certificate={cert}", f"--ca-cert={ours.cert}")
refused("authorities that are none", "text.pem", f"--private-key={key}", f"--certificate={cert}", f"--ca-cert={text}")
os.environ["GIO_USE_TLS"] = "dummy"
refused("a system without a backend for TLS", "Debian has it in the package glib-networking", f"--private-key={key}",
        f"--certificate={cert}", f"--ca-cert={ours.cert}")

finish()
