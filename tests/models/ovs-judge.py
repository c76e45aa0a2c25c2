#!/usr/bin/env python3
"""A real Open vSwitch judges our pipeline: the same flows, groups and frames, on dummy ports.

Usage: ovs-judge.py PROGRAM [STATES [FRAMES]].  The worked example goes through ofproto/trace; then STATES random
table states with FRAMES frames each are injected into both, and what leaves (ports and bytes) is compared.  Prints TAP.
"""
import os
import random
import shutil
import sys
import tempfile
import time

from ovs_frames import MACS, arp_body, mac, other_talk, random_frame, tcp_talk
from ovs_switches import PORTS, SCHEMA, OurSwitch, RealSwitch
from ovs_tables import TRACKING, random_failover, random_state

INVALID_TTL = 2
SENTINEL = 0x9999  # EtherType of frames that only say "everything before has been sent"


class Judge:
    def __init__(self, real, ours):
        self.real, self.ours = real, ours
        self.results = []

    def result(self, name, passed, evidence=()):
        self.results.append((name, passed, evidence))

    def worked_example(self):
        self.ours.send("sample")
        groups, flows = self.ours.dump("dump-groups"), self.ours.dump("dump-flows")
        error = self.real.load(groups, flows)
        self.result("our dump of the worked example loads into a real Open vSwitch unchanged", not error, [error])
        again = self.real.ofctl("--no-stats", "dump-flows", self.real.bridge).stdout.splitlines()
        self.result("and the real one holds as many flows", len(again) == len(flows), again)
        vm = ["fa:16:3e:00:00:01", "fa:16:3e:00:00:02", "fa:16:3e:00:00:03"]
        broadcast = "ff:ff:ff:ff:ff:ff"
        for name, port, tunnel, source, target, op in (
                ("VM1 asks for VM3", 3, 0, vm[0], broadcast, 1), ("VM3 answers", 5, 0x64, vm[2], vm[0], 2),
                ("VM3 asks for VM1", 5, 0x64, vm[2], broadcast, 1), ("VM1 answers", 3, 0, vm[0], vm[2], 2),
                ("the TOR sends to VM2", 5, 0x64, vm[2], vm[1], 2), ("the TOR sends to a TOR's MAC", 5, 0x64, vm[0], vm[2], 2),
                ("VM1 sends to VM2", 3, 0, vm[0], vm[1], 2), ("VM1 sends to a bridge's group", 3, 0, vm[0], MACS[4], 1),
                ("an unknown source", 3, 0, vm[1], vm[0], 1), ("an unknown VNI", 5, 0x65, vm[2], broadcast, 1)):
            flow = f"in_port={port},tun_id={tunnel},dl_src={source},dl_dst={target},arp,arp_op={op}," \
                   f"arp_sha={source},arp_spa=10.0.0.11,arp_tpa=10.0.0.13"
            theirs, trace = self.real.trace(flow)
            frame = mac(target) + mac(source) + b"\x08\x06" + arp_body(op, source, "10.0.0.11", "00:00:00:00:00:00",
                                                                        "10.0.0.13")
            mine = self.ours.frame(0, port, frame, tunnel)
            same = [port for port, _ in theirs] == [port for port, _, _ in mine] and all(
                wanted is None or wanted == got for (_, wanted), (_, got, _) in zip(theirs, mine))
            self.result(f"{name}: the same ports and tunnel ids as ofproto/trace", same,
                        [str(mine), str(theirs)] + trace.splitlines())

    def wait_for_sentinels(self, first):
        """Everything injected before has been sent when the sentinels of all ports have come out, to the controller too,
        and the switch, whose one thread moves frames and answers commands, has answered another: a batch's order is not
        the injected one, and the files are read one after the other."""
        sent, punts = {port: [] for port in range(1, PORTS + 1)}, []
        seen = 0
        for port in range(1, PORTS + 1):
            self.real.inject(port, mac(MACS[0]) + mac(MACS[1]) + SENTINEL.to_bytes(2, "big") + bytes(4)
                             + (first + port).to_bytes(4, "big"))
        deadline = time.monotonic() + 30
        settled = False
        while not settled and time.monotonic() < deadline:
            if seen == 2 * PORTS:
                self.real.control("version")
                punts += self.real.controller.sync()
                settled = True
            for punt in self.real.controller.punts():
                if punt[2][12:14] == SENTINEL.to_bytes(2, "big"):
                    seen += 1
                else:
                    punts.append(punt)
            for port, frames in self.real.sent().items():
                for frame in frames:
                    if frame[12:14] == SENTINEL.to_bytes(2, "big"):
                        seen += 1
                    else:
                        sent[port].append(frame)
        return sent, punts

    def refusal(self, kind, line):
        """The real switch must refuse what ours refuses; an error text when it does not."""
        result = self.real.ofctl(f"add-{kind}", self.real.bridge, line)
        if result.returncode or "ERROR" in result.stderr:
            return ""
        return f"ours refuses what the real switch takes: {line}"

    def compare_state(self, chance, n_frames, number):
        groups, flows = random_state(chance)
        self.ours.send("reset")
        wrong = []
        for kind, lines in (("group", groups), ("flow", flows)):
            for line in list(lines):
                answer = self.ours.ask(f"{kind} {line}")
                if answer != "ok":
                    lines.remove(line)
                    failure = self.refusal(kind, line)
                    if failure:
                        wrong += [failure, answer]
        sentinels = [f"table=0,priority=65535,in_port={p},dl_type=0x{SENTINEL:x},actions=output:{p % PORTS + 1},CONTROLLER"
                     for p in range(1, PORTS + 1)]
        error = self.real.load(groups, flows + sentinels)
        if error:
            return wrong + [f"the real switch refuses: {error}"]
        frames = {}
        for i in range(n_frames):
            port, frame = chance.randint(1, PORTS), random_frame(chance, number + i)
            frames[number + i] = (port, frame)
            self.real.inject(port, frame)
        sent, punts = self.wait_for_sentinels(number)
        theirs, their_punts = {}, {}
        for punt in punts:
            their_punts.setdefault(int.from_bytes(punt[2][-4:], "big"), []).append(punt)
        for port, outputs in sent.items():
            for frame in outputs:
                theirs.setdefault(int.from_bytes(frame[-4:], "big"), {}).setdefault(port, []).append(frame)
        for key, (port, frame) in frames.items():
            mine = {}
            outputs, my_punts = self.ours.outputs_and_punts(key, port, frame)
            for out, _tunnel, data in outputs:
                mine.setdefault(out, []).append(data)
            # Of packets whose time is over, controllers hear only when they ask for it (1.3.5 §7.3.10).
            my_punts = [punt for punt in my_punts if punt[1] != INVALID_TTL]
            if my_punts != their_punts.get(key, []):
                wrong.append(f"frame {key} into p{port}, punts: ours {my_punts} real {their_punts.get(key)}")
            if mine != theirs.get(key, {}):
                wrong.append(f"frame {key} into p{port}: {frame.hex()}")
                wrong.append(f"  ours {[(p, f.hex()) for p, fs in sorted(mine.items()) for f in fs]}")
                wrong.append(f"  real {[(p, f.hex()) for p, fs in sorted(theirs.get(key, {}).items()) for f in fs]}")
        if wrong:
            wrong += groups + flows
        return wrong

    def normal(self, n_frames, seed):
        """Frames one after the other through NORMAL, in tables that change them before, with what was learned on the way.

        The real switch tells its table of an earlier frame when its revalidators come to it: on a busy machine that may
        be after a later frame was seen, and then a MAC is where it was before.  So the series has three chances."""
        for _ in range(3):
            wrong, known = self.normal_series(n_frames, seed)
            if not wrong:
                break
        self.result(f"NORMAL floods, learns and forwards by VLAN as the real one ({n_frames} frames, {known} of them by one port)",
                    not wrong and known, wrong)

    def normal_series(self, n_frames, seed):
        """What differs first, and how many frames left by one port."""
        chance = random.Random(seed)
        flows = ["table=0,priority=1,actions=NORMAL", "table=0,priority=9,in_port=5,dl_vlan=5,actions=pop_vlan,NORMAL",
                 "table=0,priority=8,in_port=6,vlan_tci=0/0x1fff,actions=push_vlan:0x8100,set_field:4101->vlan_vid,NORMAL",
                 "table=0,priority=7,in_port=4,arp,actions=set_field:02:00:00:00:00:44->eth_src,NORMAL,output:1"]
        self.ours.send("reset")
        wrong = [answer for answer in (self.ours.ask(f"flow {line}") for line in flows) if answer != "ok"]
        wrong += [error for error in [self.real.load([], flows)] if error]
        self.real.control("fdb/flush", "br0")
        self.real.sent()
        known = 0
        for number in range(n_frames):
            port, frame = chance.randint(1, PORTS), random_frame(chance, number + 1)
            self.real.control("revalidator/purge")
            wanted = {}
            for out, _, data in self.ours.outputs_and_punts(number, port, frame, learn=True)[0]:
                wanted.setdefault(out, []).append(data)
            known += len(wanted) == 1
            self.real.inject(port, frame)
            got = self.sent_by_real(wanted)
            if got != wanted:
                wrong += [f"into p{port}: {frame.hex()}", f"  ours {wanted}", f"  real {got}", self.real.control("fdb/show", "br0")]
                break
        return wrong, known

    def sent_by_real(self, wanted):
        """Frames by port, waited for as long as some that are wanted are missing."""
        for _ in range(2):  # its one thread has moved the frame when it has come round: nothing may come late
            self.real.control("version")
        got, deadline = {}, time.monotonic() + 2
        while time.monotonic() < deadline:
            for out, frames in self.real.sent().items():
                if frames:
                    got.setdefault(out, []).extend(frames)
            if got == wanted or not wanted:
                break
        return got

    def evictions(self, n_macs, size):
        """More addresses than the table holds, most of them behind p1: which of them are still known, in the end?"""
        self.real.run("ovs-vsctl", f"--db={self.real.db}", "set", "bridge", "br0", f"other_config:mac-table-size={size}")
        self.real.control("fdb/flush", "br0")
        self.ours.send("reset")
        self.ours.send(f"macs {size}")
        wrong = [error for error in [self.real.load([], ["actions=NORMAL"])] if error] + \
            [answer for answer in [self.ours.ask("flow actions=NORMAL")] if answer != "ok"]
        macs = [bytes([2, 0, 0, 0, 1, i]) for i in range(n_macs)]
        nobody, padding, kept = mac("03:00:00:00:00:01"), b"\x12\x34" + bytes(46), 0  # a source that is never learned
        for number, (target, source) in enumerate([(mac("ff:ff:ff:ff:ff:ff"), m) for m in macs] + [(m, nobody) for m in macs]):
            port = 4 if source == nobody else {3: 2, 7: 3}.get(number, 1)
            frame = target + source + padding
            self.real.control("revalidator/purge")
            self.real.sent()
            wanted = {}
            for out, _, data in self.ours.outputs_and_punts(number, port, frame, learn=True)[0]:
                wanted.setdefault(out, []).append(data)
            self.real.inject(port, frame)
            got = self.sent_by_real(wanted)
            kept += len(wanted) == 1
            if got != wanted:
                wrong += [f"frame {number} into p{port}: ours {sorted(wanted)}, real {sorted(got)}"]
        self.real.run("ovs-vsctl", f"--db={self.real.db}", "remove", "bridge", "br0", "other_config", "mac-table-size")
        self.result(f"a full table of addresses forgets the same ones ({kept} of {n_macs} are kept)", not wrong and kept == size,
                    wrong)

    def same_texts(self, flows):
        """Both print these flows alike."""
        mine = sorted(line[line.index("priority="):] for line in self.ours.dump("dump-flows"))
        theirs = sorted(line[line.index("priority="):] for line in
                        self.real.ofctl("--no-stats", "dump-flows", self.real.bridge).stdout.splitlines() if "actions" in line)
        return [] if len(mine) == len(flows) and [m.replace(",actions=", " actions=") for m in mine] == theirs \
            else ["ours"] + mine + ["real"] + theirs

    def tracking(self, n_talks, seed):
        """Conversations interleaved, frame by frame, through ct(): every frame leaves by the port of its state."""
        chance = random.Random(seed)
        self.ours.send("reset")
        wrong = [answer for answer in (self.ours.ask(f"flow {line}") for line in TRACKING) if answer != "ok"]
        wrong += [error for error in [self.real.load([], TRACKING)] if error]
        self.result("flows with ct() and ct_state are printed as ovs-ofctl prints them", not wrong and not self.same_texts(TRACKING),
                    wrong + self.same_texts(TRACKING))
        self.real.control("dpctl/flush-conntrack")
        self.real.sent()
        talks = [(chance.choice([1, 2, 3]), tcp_talk(chance, 1000 + i) if chance.random() < 0.6 else other_talk(chance, 1000 + i))
                 for i in range(n_talks)]
        number, leaving = 0, {}
        while talks and not wrong:
            chosen = chance.randrange(min(5, len(talks)))
            port, talk = talks[chosen]
            _reply, frame = talk.pop(0)
            if not talk:
                talks.pop(chosen)
            number += 1
            wanted = {}
            for out, _, data in self.ours.outputs_and_punts(number, port, frame, learn=True)[0]:
                wanted.setdefault(out, []).append(data)
                leaving[out] = leaving.get(out, 0) + 1
            self.real.inject(port, frame)
            got, deadline = {}, time.monotonic() + 5
            while (got != wanted or not wanted) and time.monotonic() < deadline:
                for out, frames in self.real.sent().items():
                    if frames:
                        got.setdefault(out, []).extend(frames)
            if got != wanted or not wanted:
                wrong += [f"frame {number} into p{port}: {frame.hex()}", f"  ours {wanted}", f"  real {got}",
                          self.real.control("dpctl/dump-conntrack")]
        self.result(f"ct() finds the states of interleaved conversations that the real one finds ({number} frames)",
                    not wrong and {3, 4, 5, 6} <= set(leaving), wrong + [str(leaving)])

    def set_port(self, port, state):
        """"up", "down", or "faulty": its BFD session has nobody at the other end."""
        self.real.control("netdev-dummy/set-admin-state", f"p{port}", "down" if state == "down" else "up")
        self.real.run("ovs-vsctl", f"--db={self.real.db}", "set", "interface", f"p{port}",
                      f"bfd:enable={'true' if state == 'faulty' else 'false'}")
        self.ours.send(f"port {port} {state}")

    def choice_of_real(self, flow, wanted):
        """The ports that the flow leaves by, asked for until they are the wanted ones: the switch looks at its ports, and
        then at what follows for its groups, when its threads come to it."""
        deadline = time.monotonic() + 5
        while True:
            outputs, trace = self.real.trace(flow)
            if [port for port, _ in outputs] == wanted or time.monotonic() > deadline:
                return [port for port, _ in outputs], trace

    def failover(self, n_states, n_changes, seed):
        """Random fast-failover groups, while ports go down and come back, by their cable or by BFD."""
        chance = random.Random(seed)
        wrong, seen, cases = [], set(), 0
        for _ in range(n_states):
            groups, flows = random_failover(chance)
            self.ours.send("reset")
            wrong += [answer for kind, lines in (("group", groups), ("flow", flows))
                      for answer in (self.ours.ask(f"{kind} {line}") for line in lines) if answer != "ok"]
            wrong += [error for error in [self.real.load(groups, flows)] if error]
            states = {port: "up" for port in range(2, PORTS + 1)}
            for change in range(n_changes + 1):
                for port in states if change == 0 else [chance.choice(list(states))]:
                    states[port] = chance.choice(["up", "down", "faulty"])
                    self.set_port(port, states[port])
                for number in range(1, len(groups) + 1):
                    target = f"02:00:00:00:00:{number:02x}"
                    mine = [port for port, _, _ in
                            self.ours.frame(number, 1, mac(target) + mac(MACS[0]) + b"\x12\x34" + bytes(46))]
                    theirs, trace = self.choice_of_real(f"in_port=1,dl_src={MACS[0]},dl_dst={target},dl_type=0x1234", mine)
                    seen.add(len(mine))
                    cases += 1
                    if theirs != mine:
                        wrong += [f"group {number}: ours {mine}, real {theirs}", str(states)] + groups + trace.splitlines()
            if wrong:
                break
        for port in range(2, PORTS + 1):
            self.set_port(port, "up")
        self.result(f"fast-failover groups choose the same buckets while ports come and go, by cable or by BFD ({cases} cases)",
                    not wrong and seen == {0, 1}, wrong)

    def random_states(self, n_states, n_frames, seed):
        chance = random.Random(seed)
        wrong = []
        number, cases = 1 << 24, 0
        for _ in range(n_states):
            wrong = self.compare_state(chance, n_frames, number)
            number += n_frames + 16
            if wrong:
                break
            cases += n_frames
        self.result(f"random tables, groups and frames: the same bytes leave by the same ports, and go to the controller ({cases} cases)", not wrong,
                    wrong)


def main():
    program = sys.argv[1]
    n_states = int(sys.argv[2]) if len(sys.argv) > 2 else 84
    n_frames = int(sys.argv[3]) if len(sys.argv) > 3 else 25
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 2901
    if not shutil.which("ovs-vswitchd") or not os.path.exists(SCHEMA):
        print("1..0 # SKIP Open vSwitch is not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        real, ours = RealSwitch(folder), OurSwitch(program)
        judge = Judge(real, ours)
        try:
            real.start()
            judge.worked_example()
            judge.normal(300, seed)
            judge.evictions(24, 10)
            judge.tracking(60, seed)
            judge.failover(12, 8, seed)
            judge.random_states(n_states, n_frames, seed)
        finally:
            ours.stop()
            real.stop()
    print(f"1..{len(judge.results)}")
    for number, (name, passed, evidence) in enumerate(judge.results, 1):
        print("ok" if passed else "not ok", number, "-", name)
        if not passed:
            for line in evidence:
                print("#", line)
    return 0 if all(passed for _, passed, _ in judge.results) else 1


if __name__ == "__main__":
    sys.exit(main())