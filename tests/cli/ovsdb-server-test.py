#!/usr/bin/env python3
"""The command and its database file through starts, stops and kills: ovsdb-server-test.py SERVER HARDWARE_VTEP."""
import json
import os
import shutil
import signal
import socket
import sys
import time

from ovsdb_servers import (Ours, Reference, check, finish, nameless, need_tools, run, start, stop, until, work)

need_tools()
program, schema = sys.argv[1:3]


# ---- what is refused -------------------------------------------------------------------------------------------------

def refused(name, sentence, *arguments):
    done = run(program, *arguments)
    check(f"{name} is refused with a sentence", done.returncode == 2 and sentence in done.stderr and not done.stdout,
          done.returncode, done.stderr)


def written(name, text):
    path = work / name
    path.write_text(text)
    return path


somewhere = f"--remote=punix:{work / 'refused.sock'}"
taken = socket.create_server(("127.0.0.1", 0))
refused("no schema", "name the schema", somewhere)
refused("no remote", "say where to listen", "--schema", schema)
refused("an unknown option", "--help", "--shcema", schema)
refused("a stray word", "'db.sock' is not understood", "--schema", schema, somewhere, "db.sock")
refused("a schema that is not there", "nowhere.ovsschema", "--schema", "nowhere.ovsschema", somewhere)
refused("a schema of no name", "name the schema", "--schema=", somewhere)
refused("two schemas", "give --schema and --db once", "--schema", schema, "--schema", schema, somewhere)
refused("two database files", "give --schema and --db once", "--schema", schema, "--db=a", "--db=b", somewhere)
refused("a database file of no name", "--db names no file", "--schema", schema, "--db=", somewhere)
refused("a schema that is a directory", f"{work}: cannot be read: Is a directory", "--schema", work, somewhere)
refused("a schema without end", "/dev/zero: it has more than 16777216 bytes", "--schema", "/dev/zero", somewhere)
refused("a schema without content", "/dev/null:1:0: ", "--schema", "/dev/null", somewhere)
refused("a JSON object that is no schema", 'member "name" is missing', "--schema", written("none.json", "{}"), somewhere)
refused("a schema with the server's own name", "the server's own", "--schema",
        written("own.ovsschema", '{"name":"_Server","version":"1.0.0","tables":{}}'), somewhere)
refused("a schema that is no JSON", "comma.ovsschema:2:1: ", "--schema", written("comma.ovsschema", '{"name": "x",\n}'),
        somewhere)
refused("a schema with a wrong type", 'type.ovsschema: table "T": column "c": ', "--schema",
        written("type.ovsschema", '{"name":"x","version":"1.0.0","tables":{"T":{"columns":{"c":{"type":"strin"}}}}}'),
        somewhere)
refused("a port in use", "it is in use already", "--schema", schema, f"--remote=ptcp:{taken.getsockname()[1]}:127.0.0.1")
refused("a directory that is not there", "there is no directory '/nowhere'", "--schema", schema,
        "--remote=punix:/nowhere/sock")
for remote in ("carrier:pigeon", "", "6640"):
    refused(f"the remote '{remote}'", f"the remote '{remote}' is not understood; there is ptcp:PORT[:IP], ", "--schema", schema,
            f"--remote={remote}")
for remote in ("ptcp:", "ptcp:abc", "ptcp:65536", "ptcp:-1", "ptcp:6640:localhost", "ptcp:6640:1.2.3", "ptcp:0:[::1"):
    refused(f"the remote '{remote}'", f"'{remote}' is not understood; there is ptcp:PORT[:IP], ", "--schema", schema,
            f"--remote={remote}")
for remote in ("tcp:1.2.3.4", "tcp:localhost:6640", "tcp:1.2.3.4:0", "ssl:"):
    refused(f"the remote '{remote}'", f"'{remote}' is not understood; there is tcp:IP:PORT, ", "--schema", schema,
            f"--remote={remote}")
refused("an address of another host", "the address is not one of this host's", "--schema", schema,
        "--remote=ptcp:0:192.0.2.1")
refused("a socket's path that is too long", "a socket's path has at most 107 bytes, this one has 108", "--schema", schema,
        f"--remote=punix:/{'x' * 107}")
refused("a socket's path with a file that is none", "a file is there that is no socket", "--schema", schema,
        f"--remote=punix:{work}")
again = run(program, "--schema", schema, somewhere, somewhere)
check("the same remote twice is refused, and its socket's file goes", again.returncode == 2 and "in use already" in again.stderr
      and not (work / "refused.sock").exists(), again.stderr)
refused("TLS without certificates", "TLS needs a private key", "--schema", schema, "--remote=pssl:6640")
refused("half of what TLS needs", "TLS needs all of", "--schema", schema, "--remote=pssl:6640", "--certificate=cert.pem")
refused("a database in no directory", "there is no directory '/nowhere'", "--schema", schema, "--db=/nowhere/db", somewhere)
refused("a database that is none", "it is no database", "--schema", schema, f"--db={written('text.db', 'Dear diary')}", somewhere)
Ours(program, schema, "other", db=work / "other.db").stop()
refused("a database of another schema", "another schema", "--schema",
        written("other.ovsschema", '{"name":"other","version":"1.0.0","tables":{}}'), f"--db={work / 'other.db'}", somewhere)
refused("a database that is a directory", "is no regular file", "--schema", schema, f"--db={work}", somewhere)
refused("a clustered database", "'ovsdb-tool cluster-to-standalone' makes of it", "--schema", schema,
        f"--db={written('cluster.db', 'OVSDB CLUSTER 10 0123456789012345678901234567890123456789')}", somewhere)
check("and nothing of what was refused is changed", (work / "text.db").read_text() == "Dear diary"
      and (work / "cluster.db").read_text().startswith("OVSDB CLUSTER"))
taken.close()

# Nobody in particular, who may read and write little.
if os.geteuid() == 0 and shutil.which("setpriv"):
    closed = work / "closed"
    closed.mkdir(mode=0o755)
    work.chmod(0o711)
    for name, text in (("secret.ovsschema", "{}"), ("secret.db", "OVSDB JSON")):
        (closed / name).write_text(text)
        (closed / name).chmod(0)
    (closed / ".secret.db.~lock~").touch(mode=0o666)
    (closed / ".secret.db.~lock~").chmod(0o666)

    def refused_to_nobody(name, sentence, *arguments):
        done = run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, *arguments)
        check(f"{name} is refused with a sentence", done.returncode == 2 and sentence in done.stderr and not done.stdout,
              done.returncode, done.stderr)

    if run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "--help").returncode == 0 and run(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", schema).returncode == 0:
        refused_to_nobody("a schema that may not be read", "secret.ovsschema: cannot be read: Permission denied", "--schema",
                          closed / "secret.ovsschema", somewhere)
        refused_to_nobody("a database that may not be read", "secret.db' cannot be opened: Permission denied", "--schema", schema,
                          f"--db={closed / 'secret.db'}", somewhere)
        refused_to_nobody("a database in a directory that may not be written", "cannot be locked", "--schema", schema,
                          f"--db={closed / 'new.db'}", somewhere)
        refused_to_nobody("a socket in a directory that may not be written", "permission denied", "--schema", schema,
                          f"--remote=punix:{closed / 'sock'}")

# A schema of the user's own, whose name promises managers that it does not have.
for name, tables in (("none", "{}"), ("strange", '{"Manager":{"isRoot":true,"columns":{"target":{"type":"integer"}}}}')):
    strange = Ours(program, written(f"{name}.ovsschema", f'{{"name":"hardware_vtep","version":"1.0.0","tables":{tables}}}'),
                   name)
    if name == "strange":
        run("ovsdb-client", "transact", strange.target, '["hardware_vtep",{"op":"insert","table":"Manager","row":{"target":5}}]')
    check(f"a schema with a Manager table of another form ({name}) is served without following it",
          run("ovsdb-client", "list-dbs", strange.target).returncode == 0 and strange.stop() == 0
          and "no manager is followed" in (work / f"{name}.err").read_text())

# ---- where it listens ------------------------------------------------------------------------------------------------

db = work / "server.db"
server = Ours(program, schema, "server", db=db, remotes=["ptcp:0:127.0.0.1", "ptcp:0:[::1]"])
tcp = "tcp:127.0.0.1:" + server.listening[1].split(":")[1]
tcp6 = "tcp:[::1]:" + server.listening[2].split(":")[1]
check("it says where it listens, with the ports that were chosen",
      server.listening[0] == f"punix:{server.socket}" and "ptcp:0:" not in "".join(server.listening), server.listening)
check("it made the database file", db.exists())
check("each remote is served", [run("ovsdb-client", "list-dbs", target).stdout.split()
                                for target in (server.target, tcp, tcp6)] == [["_Server", "hardware_vtep"]] * 3)
refused("a database in use", "in use by another process", "--schema", schema, f"--db={db}", somewhere)
refused("a socket in use", "in use", "--schema", schema, f"--remote=punix:{server.socket}")
check("and goes on unharmed", run("ovsdb-client", "list-dbs", server.target).returncode == 0)
done = run("ovsdb-tool", "compact", db)
check("ovsdb-tool does not touch a database that is served", done.returncode != 0, done.stderr)


# ---- what a database survives ----------------------------------------------------------------------------------------

def transact(target, *operations):
    done = run("ovsdb-client", "transact", target, json.dumps(["hardware_vtep", *operations]))
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def insert(target, name, durable=False):
    return transact(target, {"op": "insert", "table": "Logical_Switch", "row": {"name": name, "tunnel_key": 7}},
                    *([{"op": "commit", "durable": True}] if durable else []))


def dump(target):
    return run("ovsdb-client", "--format=csv", "dump", target, "hardware_vtep").stdout


def global_uuid(target):
    return run("vtep-ctl", f"--db={target}", "--bare", "--columns=_uuid", "list", "Global").stdout


run("vtep-ctl", f"--db={server.target}", "add-ps", "tor1", "--", "add-port", "tor1", "em3", "--", "add-ls", "ls1", "--",
    "bind-ls", "tor1", "em3", "100", "ls1", "--", "add-ucast-remote", "ls1", "00:11:22:33:44:55", "10.8.125.18")
inserted = insert(server.target, "kept", durable=True)
check("a durable transaction is answered", isinstance(inserted, list) and inserted[0]["uuid"][0] == "uuid", inserted)
before, node = dump(server.target), global_uuid(server.target)
check("kill -9 ends it", server.stop(signal.SIGKILL) == -signal.SIGKILL)
check("and leaves the socket's file", server.socket.exists())
server.start()
check("a new start takes the place of the killed one", server.listening[0] == f"punix:{server.socket}")
check("every row is there after kill -9, with its uuid", dump(server.target) == before and "kept" in before, before,
      dump(server.target))
check("the Global row's uuid is the same, of which a controller makes the node's name",
      node.strip() and global_uuid(server.target) == node, node)

# Whatever was answered before the kill is there, however soon it came.
n_answered = 0
for i in range(20):
    n_answered += isinstance(insert(server.target, f"row{i}"), list)
    if i % 5 == 4:
        server.stop(signal.SIGKILL)
        server.start()
check("answered transactions survive kills right after", n_answered == 20
      and sum(f"row{i}" in dump(server.target) for i in range(20)) == 20, n_answered)

server.stop(signal.SIGKILL)
whole = db.read_bytes()
with open(db, "ab") as stream:
    stream.write(b'OVSDB JSON 200 0123456789012345678901234567890123456789\n{"Logical_Switch":{"0')
before_cut = (work / "server.err").read_text()
server.start()
check("a torn transaction at the end of the file is cut off, and said so",
      db.read_bytes() == whole and "are cut off" in (work / "server.err").read_text()[len(before_cut):],
      (work / "server.err").read_text())
check("and what came before it is there", "row19" in dump(server.target))
server.stop(signal.SIGKILL)
db.write_bytes(whole[:len(whole) // 2] + b"X" + whole[len(whole) // 2 + 1:])
done = run(*server.command)
check("damage in the middle is refused with its place", done.returncode == 2 and "damaged at byte" in done.stderr, done.stderr)
db.write_bytes(whole)
server.start()
server.stop()
log = run("ovsdb-tool", "-mm", "show-log", db).stdout
check("ovsdb-tool shows when each transaction was, and what it changed",
      f" {time.gmtime().tm_year}-" in log and " 1970-" not in log and 'insert row "row19"' in log, log)
check("and queries our file", '"row19"' in run("ovsdb-tool", "query", db, json.dumps(
    ["hardware_vtep", {"op": "select", "table": "Logical_Switch", "where": []}])).stdout)
stored = db.stat().st_size
check("and compacts it", run("ovsdb-tool", "compact", db).returncode == 0 and db.stat().st_size < stored)
run("ovsdb-tool", "transact", db, json.dumps(["hardware_vtep", {"op": "delete", "table": "Logical_Switch",
                                                               "where": [["name", "==", "row18"]]}]))
server.start()
check("and we read what it left", "row19" in dump(server.target) and "row18" not in dump(server.target))
reference_db = work / "copy.db"
reference_db.write_bytes(db.read_bytes())
reference = Reference(schema, "copied", db=reference_db)
check("the real server reads our file", nameless(dump(reference.target)) == nameless(dump(server.target)))
insert(reference.target, "theirs")
reference.stop()
server.stop()
db.write_bytes(reference_db.read_bytes())
server.start()
check("and we read what it wrote", "theirs" in dump(server.target) and "row19" in dump(server.target))

# ---- how it ends -----------------------------------------------------------------------------------------------------

with open(work / "monitor", "w", encoding="utf-8") as output:
    monitor = start("ovsdb-client", "monitor", server.target, "hardware_vtep", stdout=output, stderr=output)
until((work / "monitor").read_text)
check("SIGTERM ends it in order, whoever is connected", server.stop() == 0 and not server.socket.exists())
monitor.kill()
monitor.wait()
for how in (signal.SIGINT, signal.SIGHUP):
    server.start()
    check(f"so does {how.name}", server.stop(how) == 0 and not server.socket.exists())


# ---- managers --------------------------------------------------------------------------------------------------------

def manager(target, column):
    return run("vtep-ctl", f"--db={target}", "--bare", f"--columns={column}", "list", "Manager").stdout.strip()


def controller():
    """A controller of the smallest kind: it listens, and asks who dialled."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)
    return listener, f"tcp:127.0.0.1:{listener.getsockname()[1]}"


server = Ours(program, schema, "managed")
run("vtep-ctl", f"--db={server.target}", "set-manager", "ptcp:0:127.0.0.1")
passive = server.next_listening()
check("a Manager row makes it listen", passive
      and run("ovsdb-client", "list-dbs", "tcp:127.0.0.1:" + passive.split(":")[1]).returncode == 0, passive)
check("the row says which port was chosen",
      until(lambda: "bound_port=" + passive.split(":")[1] in manager(server.target, "status"), 5),
      manager(server.target, "status"))
listener, target = controller()
run("vtep-ctl", f"--db={server.target}", "set-manager", target)
check("a Manager row that is gone stops it",
      until(lambda: run("ovsdb-client", "list-dbs", "tcp:127.0.0.1:" + passive.split(":")[1]).returncode != 0, 5))
connection, _ = listener.accept()
connection.settimeout(10)
connection.sendall(b'{"method":"list_dbs","params":[],"id":1}')
answer = connection.recv(4096)
check("a Manager row makes it dial, and serve whom it dialled", b'"hardware_vtep"' in answer, answer)
check("the row says so", until(lambda: manager(server.target, "is_connected") == "true", 5)
      and "ACTIVE" in manager(server.target, "status"), manager(server.target, "status"))
check("and since when", until(lambda: "sec_since_connect=" in manager(server.target, "status"), 10),
      manager(server.target, "status"))
connection.close()
check("and says when it is over", until(lambda: manager(server.target, "is_connected") == "false", 5)
      and "BACKOFF" in manager(server.target, "status"), manager(server.target, "status"))
connection, _ = listener.accept()
check("it dials again", until(lambda: manager(server.target, "is_connected") == "true", 5))
run("vtep-ctl", f"--db={server.target}", "del-manager")
connection.settimeout(10)
check("without the row the connection ends", until(lambda: connection.recv(4096) == b"", 5))
run("vtep-ctl", f"--db={server.target}", "set-manager", "ssl:127.0.0.1:6640")
check("a target that cannot be had is told in its row",
      until(lambda: "TLS" in manager(server.target, "status"), 5), manager(server.target, "status"))
check("and it all ends in order", stop(server.process) == 0)
finish()
