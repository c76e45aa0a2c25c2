#!/usr/bin/env python3
"""Every table state that the scenarios reach, judged by a real Open vSwitch.

Usage: ovs-scenarios-judge.py VTEPLAB PROGRAM SCENARIOS, a folder.  The scenarios run; from each trace come the flows, groups and
ports that each compute, and each bridge of a VTEP emulator, had at the end, and the frames that came in by its ports.  The same tables are loaded into a real
Open vSwitch with dummy ports, unchanged, and each frame is given to both: to ofproto/trace for the ports, tunnel ids and
punts, and, when it came by no tunnel, to the port itself for the bytes.  Prints TAP.
"""
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

from ovs_switches import SCHEMA, OurSwitch, RealSwitch

N_PORTS = 16
FRAMES_OF_A_STATE = 60  # of different ones; more say nothing new
OUR_NUMBER = 0x7ed9     # of the custom blocks in a trace
VXLAN = 4789


# ---- traces ----------------------------------------------------------------------------------------------------------

def blocks(data):
    at = 0
    while at < len(data):
        kind, length = struct.unpack("<II", data[at:at + 8])
        yield kind, data[at + 8:at + length - 4]
        at += length


def options(body):
    while len(body) >= 4:
        code, length = struct.unpack("<HH", body[:4])
        if code == 0:
            return
        yield code, body[4:4 + length]
        body = body[4 + (length + 3) // 4 * 4:]


# Two flows of one priority match the same frames here: which of them wins is left open, and each switch has its way.
LEFT_OPEN = {"vtep-untagged-wins.broken"}


class Compute:
    """What a trace says of one bridge."""

    def __init__(self):
        self.flows, self.groups, self.ports, self.frames = {}, {}, {}, []

    def state(self, table, op, key, details):
        entries = {"flow": self.flows, "group": self.groups, "port": self.ports}[table]
        if op == "remove":
            entries.pop(key, None)
        else:
            entries[key] = details

    def flow_lines(self):
        lines = []
        for key, details in self.flows.items():
            times = "".join(f",{word}={details[word]}" for word in ("idle_timeout", "hard_timeout") if word in details)
            lines.append(f"cookie=0x{details['cookie'] % 2**64:x},{key}{times},actions={details['actions']}")
        return lines

    def group_lines(self):
        return [details["group"] for details in self.groups.values()]

    def arrivals(self):
        """(port, tunnel id, bytes) of each frame that came in by a port, once each."""
        tunnels = {details["remote_ip"]: details["ofport"] for details in self.ports.values() if "remote_ip" in details}
        found = {}
        for interface, frame in self.frames:
            port = self.ports.get(interface)
            if port:
                found[port["ofport"], 0, frame] = True
            elif frame[12:14] == b"\x08\x00" and frame[23] == 17 and frame[36:38] == VXLAN.to_bytes(2, "big"):
                source = ".".join(map(str, frame[26:30]))
                if source in tunnels:
                    found[tunnels[source], int.from_bytes(frame[46:49], "big"), frame[50:]] = True
        return list(found)[:FRAMES_OF_A_STATE]


def bridge_and_key(node, key):
    """An emulator's keys begin with the name of a bridge; a compute has but one."""
    bridge, space, rest = key.partition(" ")
    return (f"{node} {bridge}", rest) if space else (node, key)


def computes(path):
    """The bridges of a trace that have flows, by name."""
    found, interfaces, arrivals = {}, [], {}
    for kind, body in blocks(path.read_bytes()):
        if kind == 1:
            interfaces += [value.decode() for code, value in options(body[8:]) if code == 2]
        elif kind == 6:
            interface, _, _, captured, _ = struct.unpack("<5I", body[:20])
            flags = [value for code, value in options(body[20 + (captured + 3) // 4 * 4:]) if code == 2]
            node, _, port = interfaces[interface].partition("/")
            if flags and flags[0][0] & 3 == 1:
                arrivals.setdefault(node, []).append((port, body[20:20 + captured]))
        elif kind in (0xbad, 0x40000bad) and struct.unpack("<I", body[:4])[0] == OUR_NUMBER:
            head, _, details = body[4:].rstrip(b"\0").partition(b"\n")
            head = json.loads(head)
            if head.get("table") in ("flow", "group", "port") and head.get("record") == "state" and details:
                details = json.loads(details)
                if head["table"] != "port" or "ofport" in details:
                    name, key = bridge_and_key(head["node"], head["key"])
                    found.setdefault(name, Compute()).state(head["table"], head["op"], key, details)
    for name, compute in found.items():
        compute.frames = arrivals.get(name.partition(" ")[0], [])
    return {node: compute for node, compute in found.items() if compute.flows}


# ---- judging ---------------------------------------------------------------------------------------------------------

EXPLICIT_MISS = 6  # a table-miss flow's; OpenFlow 1.3 has no other word for it than 0, no match


def traced_punts(answer):
    actions = re.findall(r"^Datapath actions: (.*)$", answer, re.M)[-1]
    return [0 if int(reason) == EXPLICIT_MISS else int(reason)
            for reason in re.findall(r"controller\(reason=(\d+)", actions)]


def sent_soon(real, wanted, wanted_punts):
    """What the real switch sent, as soon as it is what is wanted; else after a while."""
    outputs, punts = {}, []
    deadline = time.monotonic() + 2
    while True:
        for port, frames in real.sent().items():
            if frames:
                outputs.setdefault(port, []).extend(frames)
        punts += real.controller.punts()
        if (outputs == wanted and punts == wanted_punts) or time.monotonic() > deadline:
            return outputs, punts


class Judge:
    def __init__(self, real, ours):
        self.real, self.ours = real, ours
        self.n_states = self.n_traced = self.n_injected = 0

    def load(self, compute):
        """Complaints, when one of the two does not take the tables."""
        groups, flows = compute.group_lines(), compute.flow_lines()
        self.ours.send(f"reset {N_PORTS}")
        for kind, lines in (("group", groups), ("flow", flows)):
            for line in lines:
                answer = self.ours.ask(f"{kind} {line}")
                if answer != "ok":
                    return [f"ours: {answer}: {line}"]
        error = self.real.load(groups, flows)
        if error:
            return [f"the real switch refuses: {error}"]
        held = self.real.ofctl("--no-stats", "dump-flows", self.real.bridge).stdout.splitlines()
        n_held = sum("actions=" in line for line in held)
        return [] if n_held == len(flows) else [f"{len(flows)} flows were loaded, {n_held} are held"]

    def fields(self, frame, port):
        """What the real switch reads from a frame.  A bridge without flows is asked: a trace with a packet learns and punts,
        and knows no tunnel."""
        answer = self.real.control("ofproto/trace", "reader", "in_port=LOCAL", frame.hex())
        fields = re.search(r"^Flow: (.*)$", answer, re.M).group(1).replace("in_port=LOCAL", f"in_port={port}")
        fields = fields.replace(",vlan_tci1=0x0000", "")  # it prints what it does not read: no second tag
        if fields.startswith(("udp,", "udp6,")):
            fields = fields.replace("tp_src", "udp_src").replace("tp_dst", "udp_dst")
        return fields

    def trace(self, port, tunnel, frame):
        theirs, answer = self.real.trace(f"tun_id={tunnel},{self.fields(frame, port)}")
        mine, punts = self.ours.outputs_and_punts(0, port, frame, tunnel)
        same = [out for out, _ in theirs] == [out for out, _, _ in mine] \
            and traced_punts(answer) == [reason for _, reason, _ in punts] \
            and all(wanted is None or wanted == got for (_, wanted), (_, got, _) in zip(theirs, mine))
        self.n_traced += 1
        return [] if same else [f"into port {port}, tun_id {tunnel}: {frame.hex()}", f"ours {mine} {punts}",
                                f"real {theirs} {traced_punts(answer)}", *answer.splitlines()]

    def inject(self, port, frame):
        self.real.control("revalidator/purge")
        mine, punts = self.ours.outputs_and_punts(0, port, frame, 0, learn=True)
        wanted = {}
        for out, _, data in mine:
            wanted.setdefault(out, []).append(data)
        self.real.inject(port, frame)
        got, their_punts = sent_soon(self.real, wanted, punts)
        self.n_injected += 1
        return [] if (got, their_punts) == (wanted, punts) else [
            f"into port {port}: {frame.hex()}", f"ours {wanted} {punts}", f"real {got} {their_punts}"]

    def state(self, compute):
        """Complaints about one table state."""
        wrong = self.load(compute)
        self.n_states += 1
        if wrong:
            return wrong
        for port, tunnel, frame in compute.arrivals():
            if port > N_PORTS:
                return [f"port {port} is beyond the {N_PORTS} of the real switch"]
            wrong = self.trace(port, tunnel, frame)
            if not wrong and tunnel == 0:
                wrong = self.inject(port, frame)
            if wrong:
                return wrong
        return self.late()

    def late(self):
        """What came after it was waited for."""
        self.real.control("version")
        rest = [punt for punt in self.real.controller.sync()] + [frames for frames in self.real.sent().values() if frames]
        return [f"the real switch sent more: {rest}"] if rest else []


def main():
    vteplab, program, folder = sys.argv[1:]
    scenarios = [path for part in ("*.yaml", "bugs/*.yaml", "questions/*.yaml")
                 for path in sorted(pathlib.Path(folder).glob(part))]
    if not shutil.which("ovs-vswitchd") or not os.path.exists(SCHEMA):
        print("1..0 # SKIP Open vSwitch is not installed")
        return 0
    results, seen = [], set()
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        subprocess.run([vteplab, "run", "--out", out, *scenarios], capture_output=True, check=False)
        real, ours = RealSwitch(folder, N_PORTS), OurSwitch(program)
        judge = Judge(real, ours)
        try:
            real.start()
            real.run("ovs-vsctl", f"--db={real.db}", "add-br", "reader", "--", "set", "bridge", "reader",
                     "datapath_type=dummy", "fail_mode=secure")
            real.control("time/stop")  # learned flows do not age while frames are compared
            for path in sorted(out.glob("*.pcapng")):
                wrong = []
                for node, compute in sorted(computes(path).items()) if path.stem not in LEFT_OPEN else []:
                    state = (tuple(compute.group_lines()), tuple(compute.flow_lines()), tuple(compute.arrivals()))
                    if state not in seen:
                        seen.add(state)
                        wrong += [f"{node}: {line}" for line in judge.state(compute)]
                results.append((path.stem, wrong))
        finally:
            ours.stop()
            real.stop()
    results.append((f"in all {judge.n_states} different states of tables, {judge.n_traced} frames traced and "
                    f"{judge.n_injected} injected", [] if judge.n_injected > 0 and judge.n_states > 1 else ["too few"]))
    print(f"1..{len(results)}")
    for number, (name, wrong) in enumerate(results, 1):
        print("not ok" if wrong else "ok", number, "-", name)
        for line in wrong:
            print("#", line)
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())
