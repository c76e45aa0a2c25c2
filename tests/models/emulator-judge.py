#!/usr/bin/env python3
"""The VTEP emulator beside the real ovs-vtep: emulator-judge.py VTEPLAB.

Both get the same transactions on their hardware_vtep databases, step by step: the real one with an ovs-vswitchd of dummy
ports, ours in a run of the lab.  After each step the flows of every bridge must be the same, and the local rows.  Prints
TAP.

Port numbers are replaced by what the ports are.  Ours writes in two flows what mod_vlan_vid does to a frame with and
without a tag; and which member of a list serves is the real one's luck, so that only their number is compared."""
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

SCHEMAS = {name: f"/usr/share/openvswitch/{name}.ovsschema" for name in ("vswitch", "vtep")}
REAL = "/usr/share/openvswitch/scripts/ovs-vtep"
OUR_NUMBER = 0x7ed9  # of the custom blocks in a trace
PATIENCE = 60        # seconds that the real one is given for a step; a turn of its loop takes one and a half, on an idle machine
TURN = 2             # seconds that are more than one
STEP = 4             # seconds of the lab's clock

LS0, LS1 = ("11111111-0000-4000-8000-00000000000%d" % n for n in range(2))
END = {n: f"22222222-0000-4000-8000-0000000000{n}" for n in (18, 21, 22)}
LIST = {n: f"33333333-0000-4000-8000-0000000000{n:02}" for n in range(4)}
MAC, GUEST = "fa:16:3e:00:00:18", "fa:16:3e:00:00:12"
# A broadcast of the guest's, as it sends it; the card tags it.
FRAME = "ffffffffffff" + GUEST.replace(":", "") + "88b5" + "00" * 46


def uuid(text):
    return ["uuid", text]


def insert(table, row, name=None):
    return {"op": "insert", "table": table, "row": row, **({"uuid": name} if name else {})}


def logical_switch(name, text, **columns):
    return insert("Logical_Switch", {"name": text, **columns}, name)


def locator(n):
    return insert("Physical_Locator", {"encapsulation_type": "vxlan_over_ipv4", "dst_ip": f"10.8.125.{n}"}, END[n])


def flood(ls, which, *ends):
    return [insert("Physical_Locator_Set", {"locators": ["set", [uuid(END[n]) for n in ends]]}, LIST[which]),
            insert("Mcast_Macs_Remote", {"MAC": "unknown-dst", "logical_switch": uuid(ls), "locator_set": uuid(LIST[which])})]


def station(ls, n, mac=MAC):
    return insert("Ucast_Macs_Remote", {"MAC": mac, "logical_switch": uuid(ls), "locator": uuid(END[n])})


def bind(port, vlan, ls):
    return {"op": "mutate", "table": "Physical_Port", "where": [["name", "==", port]],
            "mutations": [["vlan_bindings", "insert", ["map", [[vlan, uuid(ls)]]]]]}


def unbind(port, vlan):
    return {"op": "mutate", "table": "Physical_Port", "where": [["name", "==", port]],
            "mutations": [["vlan_bindings", "delete", ["set", [vlan]]]]}


def update(table, column, value, row):
    return {"op": "update", "table": table, "where": [[column, "==", value]], "row": row}


def delete(table, *where):
    return {"op": "delete", "table": table, "where": list(where)}


SEND = "the guest sends a frame"  # in place of transactions
STEPS = [
    ("a binding, a list of two and a remote address",
     [logical_switch(LS0, "ls0", tunnel_key=5001), locator(18), locator(21), *flood(LS0, 0, 18, 21), station(LS0, 18),
      bind("em3", 2901, LS0)]),
    ("source_node", [update("Logical_Switch", "name", "ls0", {"replication_mode": "source_node"})]),
    ("a second VLAN of the logical switch, at another port", [bind("em4", 2902, LS0)]),
    ("an untagged binding of another logical switch beside a tagged one",
     [logical_switch(LS1, "ls1", tunnel_key=5002), *flood(LS1, 1, 18), bind("em3", 0, LS1)]),
    ("the remote address moves to an end outside the list",
     [locator(22), update("Ucast_Macs_Remote", "MAC", MAC, {"locator": uuid(END[22])})]),
    ("the key of a logical switch changes", [update("Logical_Switch", "name", "ls0", {"tunnel_key": 6001})]),
    ("the remote address goes", [delete("Ucast_Macs_Remote")]),
    ("a binding of two goes", [unbind("em4", 2902)]),
    ("the untagged binding goes, and its logical switch with it", [unbind("em3", 0)]),
    ("service_node", [update("Logical_Switch", "name", "ls0", {"replication_mode": "service_node"})]),
    ("an address is learned", SEND),
    ("a remote row comes for the learned address", [station(LS0, 18, GUEST)]),
    ("the next frame from it comes", SEND),
    ("the remote row goes", [delete("Ucast_Macs_Remote")]),
    ("the list goes", [delete("Mcast_Macs_Remote", ["logical_switch", "==", uuid(LS0)])]),
    ("the last binding goes", [unbind("em3", 2901)]),
]


# ---- flows as both mean them -----------------------------------------------------------------------------------------

def one_flow(line, ports):
    """(table, priority, match, actions) with names for numbers, both as sorted words."""
    head, _, actions = line.strip().partition("actions=")
    words = [word for word in re.split(r"[, ]+", head) if word and not word.startswith("cookie")]
    values = dict(word.split("=", 1) if "=" in word else (word, "") for word in words)
    table, priority = int(values.pop("table", 0)), int(values.pop("priority", 32768))
    if "in_port" in values:
        values["in_port"] = ports.get(int(values["in_port"]), "gone")
    actions = re.sub(r"output:(\d+)", lambda m: "output:" + ports.get(int(m[1]), "gone"), actions)
    actions = actions.replace("strip_vlan", "pop_vlan")
    learn = re.search(r"learn\(([^)]*)\)", actions)
    if learn:
        actions = actions.replace(learn[1], ",".join(sorted(learn[1].split(","))))
    return table, priority, tuple(sorted(values.items())), actions


def joined(flows):
    """Ours for frames with a tag and without: as mod_vlan_vid."""
    out = []
    for table, priority, match, actions in flows:
        tci = dict(match).get("vlan_tci")
        rest = tuple(item for item in match if item[0] != "vlan_tci")
        vlan = re.search(r"set_field:(\d+)->vlan_vid", actions)
        if vlan and tci == "0x0000":
            actions = re.sub(r"push_vlan:0x8100,set_field:\d+->vlan_vid", f"mod_vlan_vid:{int(vlan[1]) - 4096}", actions)
            out.append((table, priority, rest, actions))
        elif not (vlan and tci == "0x1000/0x1000"):
            out.append((table, priority, match, actions))
    return out


def comparable(flows, serves_all):
    """A set; where one member of a list serves, any may."""
    out = set()
    for table, priority, match, actions in flows:
        if table == 1 and priority == 0 and not serves_all:
            actions = re.sub(r"output:10\.[0-9.]+", "output:a member", actions)
        out.add((table, priority, match, ",".join(sorted(actions.split(","))) if table == 1 else actions))
    return out


# ---- the real one ----------------------------------------------------------------------------------------------------

class Real:
    def __init__(self, folder):
        self.folder, self.started = folder, []
        self.environment = dict(os.environ, OVS_RUNDIR=folder, OVS_LOGDIR=folder, OVS_DBDIR=folder, OVS_SYSCONFDIR=folder)
        self.socket = f"unix:{folder}/db.sock"

    def run(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=True).stdout

    def start(self, *command):
        log = open(pathlib.Path(self.folder) / (os.path.basename(command[0]) + ".out"), "w", encoding="utf-8")
        self.started.append(subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=log, stderr=log))

    def begin(self):
        for name, schema in SCHEMAS.items():
            self.run("ovsdb-tool", "create", f"{self.folder}/{name}.db", schema)
        self.start("ovsdb-server", f"--remote=p{self.socket}", *(f"{self.folder}/{name}.db" for name in SCHEMAS))
        self.wait_for(lambda: os.path.exists(f"{self.folder}/db.sock"))
        self.run("ovs-vsctl", "--no-wait", "init")
        self.start("ovs-vswitchd", self.socket, "--enable-dummy=override", "--disable-system",
                   f"--unixctl={self.folder}/switch.ctl")
        self.run("ovs-vsctl", "add-br", "tor1", "--", "add-port", "tor1", "em3", "--", "add-port", "tor1", "em4")
        self.run("vtep-ctl", "add-ps", "tor1", "--", "set", "Physical_Switch", "tor1", "tunnel_ips=10.8.125.20")
        self.start(REAL, "tor1")
        self.wait_for(lambda: {"em3", "em4"} <= set(self.run("vtep-ctl", "list-ports", "tor1").split()))

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError("a program of the real one does not come up")
            time.sleep(0.2)

    def end(self):
        for process in reversed(self.started):
            process.terminate()
            process.wait()

    def transact(self, operations):
        for result in json.loads(self.run("ovsdb-client", "transact", self.socket, json.dumps(["hardware_vtep", *operations]))):
            if "error" in result:
                raise RuntimeError(f"the real database refuses: {result}")

    def receive(self, port, frame):
        """Learned flows do not age from then on: the machine may be slow."""
        self.run("ovs-appctl", "-t", f"{self.folder}/switch.ctl", "time/stop")
        self.run("ovs-appctl", "-t", f"{self.folder}/switch.ctl", "netdev-dummy/receive", port, frame)

    def ports(self, bridge):
        """Name of each number: a tunnel's is its far end."""
        found = {}
        for name in self.run("ovs-vsctl", "list-ports", bridge).split():
            number, options = (self.run("ovs-vsctl", "get", "Interface", name, column) for column in ("ofport", "options"))
            remote = re.search(r'remote_ip="([0-9.]+)"', options)
            found[int(number)] = remote[1] if remote else name
        return found

    def flows(self):
        bridges = [name for name in self.run("ovs-vsctl", "list-br").split() if name != "vtep_bfd"]
        found = {}
        for bridge in bridges:
            ports = self.ports(bridge)
            lines = self.run("ovs-ofctl", "--no-stats", "dump-flows", bridge).splitlines()
            found[bridge] = [one_flow(line, ports) for line in lines if "actions=" in line]
        return found

    def local_rows(self):
        """(logical switch, MAC) of both local tables."""
        rows = set()
        for ls in self.run("vtep-ctl", "list-ls").split():
            for mac in re.findall(r"^  (\S+) ->", self.run("vtep-ctl", "list-local-macs", ls), re.M):
                rows.add((ls, mac))
        return rows


# ---- ours ------------------------------------------------------------------------------------------------------------

def scenario(steps):
    """Debian's ovs-vtep gives both kinds of bindings one priority: ours does, too, with the bug on."""
    actions = [f"vm2: send, frame: {FRAME}" if operations is SEND else f"tor: tor1, transact: '{json.dumps(operations)}'"
               for _, operations in steps]
    timeline = "".join(f"  - {{ at: {2 + STEP * i}s, {action} }}\n" for i, action in enumerate(actions))
    return f"""scenario: emulator-judge
networks:
  blue: {{ subnet: 10.0.0.0/24, segments: [ {{ vxlan: 5001 }}, {{ vlan: 2901, physnet: physnet1 }} ] }}
nodes:
  underlay: {{ kind: switch }}
  server1:  {{ kind: compute, ip: 10.8.125.19, roles: [ controller ] }}
  tor1:     {{ kind: tor, ip: 10.8.125.20, ports: [ em3, em4 ], runs: ovs-vtep, bugs: [ vtep-untagged-wins ] }}
  server2:  {{ kind: sriov-compute, nics: {{ em1: {{ physnet: physnet1 }} }} }}
links: [ server1/em2 -- underlay, tor1/uplink -- underlay, tor1/em3 -- server2/em1 ]
vms:
  vm2: {{ on: server2, network: blue, ip: 10.0.0.12, vnic: direct, mac: "{GUEST}" }}
timeline:
{timeline}until: {2 + STEP * len(steps)}s
expect: [ {{ converged: true }} ]
"""


def states(path):
    """(time, table, op, key, details) of tor1, in order."""
    data = path.read_bytes()
    at = 0
    while at < len(data):
        kind, length = struct.unpack("<II", data[at:at + 8])
        body = data[at + 8:at + length - 4]
        at += length
        if kind not in (0xbad, 0x40000bad) or struct.unpack("<I", body[:4])[0] != OUR_NUMBER:
            continue
        head, _, details = body[4:].rstrip(b"\0").partition(b"\n")
        head = json.loads(head)
        if head.get("record") == "state" and head["node"] == "tor1":
            yield head["time"], head["table"], head["op"], head["key"], json.loads(details) if details else {}


def timeout(details):
    return f"idle_timeout={details['idle_timeout']}," if "idle_timeout" in details else ""


def our_flows(path, until_ns):
    tables = {"flow": {}, "port": {}}
    for time_ns, table, op, key, details in states(path):
        if time_ns < until_ns and table in tables and " " in key:
            if op == "remove":
                tables[table].pop(key, None)
            else:
                tables[table][key] = details
    bridges = {key.partition(" ")[0] for key in [*tables["flow"], *tables["port"]]}
    found = {}
    for bridge in bridges:
        ports = {details["ofport"]: details.get("remote_ip", key.partition(" ")[2])
                 for key, details in tables["port"].items() if key.partition(" ")[0] == bridge}
        found[bridge] = joined(one_flow(f"{key.partition(' ')[2]},{timeout(details)}actions={details['actions']}", ports)
                               for key, details in tables["flow"].items() if key.partition(" ")[0] == bridge)
    return found


def our_rows(path, until_ns):
    rows, names = {}, {}
    for time_ns, table, op, key, details in states(path):
        if time_ns >= until_ns:
            continue
        if table == "ovsdb/Logical_Switch" and op != "delete":
            names[key] = details.get("name")
        if table in ("ovsdb/Ucast_Macs_Local", "ovsdb/Mcast_Macs_Local"):
            if op == "delete":
                rows.pop((table, key), None)
            else:
                rows[table, key] = (details["logical_switch"][1], details["MAC"])
    return {(names.get(ls), mac) for ls, mac in rows.values()}


# ---- judging ---------------------------------------------------------------------------------------------------------

def difference(ours, real):
    out = []
    for bridge in sorted(set(ours) | set(real)):
        mine, theirs = ours.get(bridge), real.get(bridge)
        if mine is None or theirs is None:
            out.append(f"the bridge {bridge} is only {'ours' if theirs is None else 'the real one'}'s")
            continue
        out += [f"{bridge}: only ours: {flow}" for flow in sorted(mine - theirs)]
        out += [f"{bridge}: only the real one's: {flow}" for flow in sorted(theirs - mine)]
    return out


def look(real, ours, rows, serves_all):
    """Complaints as of now.  While the real one is at work, what it is asked for may go between two questions."""
    try:
        theirs = {bridge: comparable(flows, serves_all) for bridge, flows in real.flows().items()}
        their_rows = real.local_rows()
    except (subprocess.CalledProcessError, ValueError) as error:
        return [f"the real one cannot be asked: {error}"]
    wrong = difference(ours, theirs)
    if rows != their_rows:
        wrong.append(f"local rows: ours {sorted(rows)}, the real one's {sorted(their_rows)}")
    return wrong


def judge(real, path):
    serves_all = False
    for i, (name, operations) in enumerate(STEPS):
        until_ns = (2 + STEP * (i + 1)) * 10**9
        for operation in operations if operations is not SEND else []:
            serves_all = operation.get("row", {}).get("replication_mode", "source_node" if serves_all else "") == "source_node"
        ours = {bridge: comparable(flows, serves_all) for bridge, flows in our_flows(path, until_ns).items()}
        rows, wrong = our_rows(path, until_ns), ["not looked at"]
        if operations is SEND:
            real.receive("em3", FRAME[:24] + "81000b55" + FRAME[24:])
        else:
            real.transact(operations)
        time.sleep(TURN)  # what has no effect is to have had the chance
        deadline = time.monotonic() + PATIENCE
        while wrong and time.monotonic() < deadline:
            time.sleep(1)
            wrong = look(real, ours, rows, serves_all)
        yield name, wrong


def main():
    vteplab = pathlib.Path(sys.argv[1]).resolve()
    missing = [name for name in ("ovs-vswitchd", "vtep-ctl", "ovsdb-client") if not shutil.which(name)]
    if missing or not os.path.exists(REAL):
        print(f"1..0 # SKIP there is no {missing[0] if missing else REAL}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "emulator-judge.yaml"
        file.write_text(scenario(STEPS), encoding="utf-8")
        done = subprocess.run([vteplab, "run", "--out", folder, file], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            print(f"1..1\nnot ok 1 - the lab runs\n# {done.stdout}{done.stderr}")
            return 1
        real = Real(folder)
        good = True
        print(f"1..{len(STEPS)}", flush=True)
        try:
            real.begin()
            for number, (name, wrong) in enumerate(judge(real, pathlib.Path(folder) / "emulator-judge.pcapng"), 1):
                print(f"{'not ok' if wrong else 'ok'} {number} - {name}: the same flows and local rows", flush=True)
                for line in wrong:
                    print(f"# {line}")
                good = good and not wrong
        finally:
            real.end()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
