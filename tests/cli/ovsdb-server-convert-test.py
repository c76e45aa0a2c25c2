#!/usr/bin/env python3
"""Another schema for a database that is served, by the real tools: ovsdb-server-convert-test.py SERVER HARDWARE_VTEP."""
import json
import pathlib
import signal
import sys

from ovsdb_servers import Ours, Reference, check, finish, nameless, need_tools, run, work

need_tools()
program, schema = sys.argv[1:3]


def write(name, change):
    """The schema with a change, as a file."""
    changed = json.loads(pathlib.Path(schema).read_text())
    change(changed["tables"])
    changed["version"] = "1.8.0"
    path = work / name
    path.write_text(json.dumps(changed))
    return path


def newer(tables):
    tables["Logical_Switch"]["columns"]["owner"] = {"type": {"key": "string", "min": 0}}
    del tables["Logical_Switch"]["columns"]["description"]
    del tables["Arp_Sources_Local"]


def narrower(tables):
    tables["Logical_Switch"]["columns"]["name"]["type"] = {"key": {"type": "string", "minLength": 5}}


def other_type(tables):
    tables["Logical_Switch"]["columns"]["name"]["type"] = "integer"


def client(server, *arguments):
    command, *rest = arguments
    done = run("ovsdb-client", "--timeout=10", command, server.target, *rest)
    return done.returncode, done.stdout


new, narrow, other = write("new.ovsschema", newer), write("narrow.ovsschema", narrower), write("other.ovsschema", other_type)
ours, reference = Ours(program, schema, db=work / "ours.db"), Reference(schema)
servers = ours, reference
for server in servers:
    run("vtep-ctl", f"--db={server.target}", "add-ps", "tor1", "--", "add-port", "tor1", "em3", "--", "add-ls", "ls1", "--",
        "bind-ls", "tor1", "em3", "100", "ls1", "--", "add-ucast-remote", "ls1", "00:11:22:33:44:55", "10.8.125.18",
        "--", "set", "Logical_Switch", "ls1", "description=gone", "tunnel_key=7")


def both(name, *arguments, expected=None):
    got = [client(server, *arguments) for server in servers]
    got = [(code, nameless(text)) for code, text in got]
    check(name, got[0] == got[1] and (expected is None or got[0][1] == expected), *got)


# The reference of Debian 12 ends at such a schema; ours answers.
for path, what in ((narrow, "constraint violation"), (other, "syntax error")):
    done = run("ovsdb-client", "convert", ours.target, path)
    check(f"a schema that a value does not fit is refused: {what}", done.returncode == 1 and what in done.stderr
          and 'column \\"name\\" of row' in done.stderr, done.stderr)
both("nothing is changed by that", "needs-conversion", schema, expected="no")
both("the newer schema needs a conversion", "needs-conversion", new, expected="yes")
both("it is done", "convert", new, expected="")
both("then no more", "needs-conversion", new, expected="no")
for what in ("get-schema-version", "get-schema-cksum", "list-tables", "list-columns", "dump"):
    both(f"{what} says the same as with the real server", what, "hardware_vtep")
both("the new column takes values", "transact", json.dumps(["hardware_vtep", {
    "op": "update", "table": "Logical_Switch", "where": [], "row": {"owner": "me"}}, {
        "op": "select", "table": "Logical_Switch", "where": [], "columns": ["name", "owner", "tunnel_key"]}]))
both("the old one is unknown", "query", json.dumps(["hardware_vtep", {
    "op": "select", "table": "Logical_Switch", "where": [], "columns": ["description"]}]))
check("vtep-ctl goes on", run("vtep-ctl", f"--db={ours.target}", "list-bindings", "tor1", "em3").stdout == "0100 ls1\n"
      or run("vtep-ctl", f"--db={ours.target}", "list-bindings", "tor1", "em3").stdout == "100 ls1\n")
dump = client(ours, "dump", "hardware_vtep")
ours.stop(signal.SIGKILL)
check("the file is of the new schema, for ovsdb-tool too",
      run("ovsdb-tool", "db-version", ours.command[4]).stdout == "1.8.0\n"
      and '"me"' in run("ovsdb-tool", "query", ours.command[4], json.dumps(
          ["hardware_vtep", {"op": "select", "table": "Logical_Switch", "where": []}])).stdout)
done = run(*ours.command)
check("the old schema does not open it, and the sentence says which versions they are", done.returncode == 2
      and "version 1.8.0 of the schema, and this is version 1.7.0" in done.stderr, done.stderr)
ours.command[2] = new
ours.start()
check("with the new schema every row is there after kill -9", client(ours, "dump", "hardware_vtep") == dump)
ours.stop()
older = work / "older.db"
run("ovsdb-tool", "create", older, schema)
upgraded = Ours(program, new, "upgraded", db=older)
run("ovsdb-client", "transact", upgraded.target, json.dumps(["hardware_vtep", {
    "op": "insert", "table": "Logical_Switch", "row": {"name": "x", "owner": "you"}}]))
upgraded.stop()
check("a file of an older schema becomes one of the schema it is opened with",
      run("ovsdb-tool", "db-version", older).stdout == "1.8.0\n" and '"you"' in run("ovsdb-tool", "query", older, json.dumps(
          ["hardware_vtep", {"op": "select", "table": "Logical_Switch", "where": []}])).stdout)
finish()
