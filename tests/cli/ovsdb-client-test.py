#!/usr/bin/env python3
"""The client follows ours and the real server over cuts and kills: ovsdb-client-test.py REPLICA-PRINT SERVER HARDWARE_VTEP."""
import json
import random
import signal
import subprocess
import sys

from ovsdb_proxy import Proxy
from ovsdb_servers import Ours, Reference, check, finish, lines_of, need_tools, run, start, stop, until, work

need_tools()
replica_print, program, schema = sys.argv[1:4]


class Follower:
    """Our client; `rows` is what its events make, `wrong` those that make no sense after the ones before."""

    def __init__(self, target):
        self.process = start(replica_print, target, "hardware_vtep", stdout=subprocess.PIPE)
        self.lines = lines_of(self.process.stdout)
        self.rows, self.wrong, self.log = {}, [], []

    def take(self, line):
        self.log.append(line)
        event, *rest = line.split(" ", 2)
        if rest[:1] != ["Logical_Switch"]:
            return
        row = json.loads(rest[1])
        known = self.rows.get(row["name"])
        # Heard twice: there already, gone already, or a change that changes nothing.
        if (event == "insert") != (known is None) or (event == "modify" and known == row):
            self.wrong.append(line)
        if event == "delete":
            self.rows.pop(row["name"], None)
        else:
            self.rows[row["name"]] = row

    def caught_up(self, wanted):
        def look():
            while not self.lines.empty():
                self.take(self.lines.get())
            return {name: row["description"] for name, row in self.rows.items()} == wanted
        return until(look)


class Story:
    """Seeded changes of logical switches, whose names are not used again; `rows` is what they come to."""

    def __init__(self, seed):
        self.chance, self.rows, self.n_made = random.Random(seed), {}, 0

    def change(self, target):
        where = lambda name: [["name", "==", name]]
        operations = []
        for _ in range(self.chance.randint(1, 3)):
            text = f"text {self.chance.randint(0, 10**6)} " + "x" * 50
            name = self.chance.choice(list(self.rows) or [None])
            if not name or self.chance.random() < 0.4:
                name, self.n_made = f"ls{self.n_made}", self.n_made + 1
                operations.append({"op": "insert", "row": {"name": name, "description": text}})
                self.rows[name] = text
            elif self.chance.random() < 0.6:
                operations.append({"op": "update", "where": where(name), "row": {"description": text}})
                self.rows[name] = text
            else:
                operations.append({"op": "delete", "where": where(name)})
                del self.rows[name]
        done = run("ovsdb-client", "transact", target,
                   json.dumps(["hardware_vtep"] + [{"table": "Logical_Switch", **each} for each in operations]))
        if done.returncode or '"error"' in done.stdout:
            raise RuntimeError(done.stdout + done.stderr)


def follow(server, again, refused=()):
    """What the client makes of forty changes, with the connection cut within answers and the server killed."""
    proxy = Proxy(server.socket, work / f"{server.name}-{len(refused)}.proxy", refused)
    follower, story = Follower(proxy.target), Story(len(refused))
    for i in range(40):
        story.change(server.target)
        if i % 5 in (0, 3):
            follower.caught_up(story.rows)  # it is connected: there is something to cut
        elif i % 5 == 4:
            proxy.bytes_left = story.chance.randint(1, 900)
        elif i % 5 == 1:
            proxy.cut()
        if i % 20 == 7:
            server.stop(signal.SIGKILL)
            server = again()
    good = follower.caught_up(story.rows)
    stop(follower.process)
    proxy.close()
    for name in story.rows:
        run("vtep-ctl", f"--db={server.target}", "del-ls", name)
    n_cuts = follower.log.count("disconnected")
    check(f"{server.name}, asked by {'monitor' if refused else 'the best'}: no event is lost or heard twice over cuts",
          good and not follower.wrong and n_cuts >= 5, follower.wrong, follower.rows, story.rows, n_cuts)
    return server, proxy.asked


def ours_again():
    ours.start()
    return ours


def reference_again():
    return Reference(schema, db=reference_db)


PLAIN = {"monitor_cond_since", "monitor_cond"}
ours = Ours(program, schema, db=work / "ours.db")
_, asked = follow(ours, ours_again)
check("by monitor_cond_since alone", not {"monitor_cond", "monitor"} & set(asked), set(asked))
follow(ours, ours_again, PLAIN)
reference_db = work / "reference.db"
run("ovsdb-tool", "create", reference_db, schema)
reference, asked = follow(reference_again(), reference_again)
check("which the real server has too", not {"monitor_cond", "monitor"} & set(asked), set(asked))
follow(reference, reference_again, PLAIN)
finish()
