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

from ovs_switches import PORTS, SCHEMA, OurSwitch, RealSwitch

INVALID_TTL = 2
SENTINEL = 0x9999  # EtherType of frames that only say "everything before has been sent"


# ---- frames ----------------------------------------------------------------------------------------------------

MACS = ["fa:16:3e:00:00:01", "fa:16:3e:00:00:02", "02:00:00:00:00:05", "ff:ff:ff:ff:ff:ff", "01:80:c2:00:00:0e"]
IPS = ["10.0.0.1", "10.0.0.2", "10.1.2.3", "192.168.7.9"]


def mac(text):
    return bytes(int(part, 16) for part in text.split(":"))


def ip(text):
    return bytes(int(part) for part in text.split("."))


def checksum(data):
    total = sum(int.from_bytes((data + b"\0")[i:i + 2], "big") for i in range(0, len(data) // 2 * 2 + len(data) % 2, 2))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return (~total & 0xffff).to_bytes(2, "big")


def arp_body(op, sha, spa, tha, tpa):
    return bytes.fromhex("0001080006040000")[:6] + op.to_bytes(2, "big") + mac(sha) + ip(spa) + mac(tha) + ip(tpa)


def ipv4_body(chance, number):
    protocol = chance.choice([1, 6, 17, 17, 89])
    tail = number.to_bytes(4, "big")
    source, target = ip(chance.choice(IPS)), ip(chance.choice(IPS))
    ports = chance.choice([68, 67, 53, 4000]).to_bytes(2, "big") + chance.choice([67, 68, 80, 4000]).to_bytes(2, "big")
    if protocol == 1:
        payload = bytes([chance.choice([0, 8]), 0, 0, 0, 0, 1, 0, 1]) + tail
        payload = payload[:2] + checksum(payload) + payload[4:]
    elif protocol == 89:
        payload = bytes(8) + tail
    else:
        if protocol == 17:
            payload = ports + (8 + len(tail)).to_bytes(2, "big") + b"\0\0" + tail
            at = 6
        else:
            payload = ports + bytes(8) + bytes([0x50, chance.choice([2, 0x12, 0x10]), 1, 0, 0, 0, 0, 0]) + tail
            at = 16
        pseudo = source + target + bytes([0, protocol]) + len(payload).to_bytes(2, "big")
        if protocol == 6 or chance.random() < 0.7:
            payload = payload[:at] + checksum(pseudo + payload) + payload[at + 2:]
    # The userspace datapath "corrects" a TCP or UDP checksum in the middle of later fragments; the kernel's does not.
    fragment = chance.choice([0, 0, 0, 0x4000, 0x2000] + ([0x0010] if protocol in (1, 89) else []))
    head = bytes([0x45, chance.choice([0, 0x10, 0xb8, 3])]) + (20 + len(payload)).to_bytes(2, "big") + b"\0\1" \
        + fragment.to_bytes(2, "big") + bytes([chance.choice([1, 2, 64]), protocol, 0, 0]) + source + target
    return head[:10] + checksum(head) + head[12:] + payload


def ipv6_body(chance, number):
    tail = number.to_bytes(4, "big")
    source = bytes.fromhex("fe80000000000000f8163efffe00000" + chance.choice("12"))
    target = bytes.fromhex("fe80000000000000f8163efffe00000" + chance.choice("123"))
    protocol = chance.choice([17, 58, 58])
    if protocol == 17:
        payload = (546).to_bytes(2, "big") + (547).to_bytes(2, "big") + (8 + len(tail)).to_bytes(2, "big") + b"\0\0" + tail
        at = 6
    else:
        payload = bytes([135, 0, 0, 0, 0, 0, 0, 0]) + target + bytes([1, 1]) + mac(MACS[0]) \
            if chance.random() < 0.5 else bytes([128, 0, 0, 0, 0, 1, 0, 1])
        payload += tail if payload[0] == 128 else bytes([200, 1, 0, 0]) + tail
        at = 2
    pseudo = source + target + len(payload).to_bytes(4, "big") + bytes([0, 0, 0, protocol])
    payload = payload[:at] + checksum(pseudo + payload) + payload[at + 2:]
    return bytes([0x60, 0x10 * chance.choice([0, 1, 11]), 0, 0]) + len(payload).to_bytes(2, "big") \
        + bytes([protocol, chance.choice([1, 64, 255])]) + source + target + payload


def random_frame(chance, number):
    """A frame whose last four bytes are its number, which no action changes."""
    head = mac(chance.choice(MACS)) + mac(chance.choice(MACS[:3]))
    if chance.random() < 0.4:
        head += bytes.fromhex(chance.choice(["8100", "8100", "88a8"])) + chance.choice([5, 6, 0x2005, 0]).to_bytes(2, "big")
        if chance.random() < 0.2:
            head += bytes.fromhex("8100") + (7).to_bytes(2, "big")
    kind = chance.choice(["arp", "ip", "ip", "ip6", "other"])
    if kind == "arp":
        body = arp_body(chance.choice([1, 2, 3]), chance.choice(MACS[:3]), chance.choice(IPS), "00:00:00:00:00:00",
                        chance.choice(IPS)) + number.to_bytes(4, "big")
        return head + b"\x08\x06" + body
    if kind == "ip":
        return head + b"\x08\x00" + ipv4_body(chance, number)
    if kind == "ip6":
        return head + b"\x86\xdd" + ipv6_body(chance, number)
    return head + b"\x12\x34" + bytes(10) + number.to_bytes(4, "big")


# ---- flows -----------------------------------------------------------------------------------------------------

TABLES = 5


def random_match(chance):
    """Words, and what they say of a packet: its protocol and whether it is tagged."""
    words, proto, tagged = [], None, False
    if chance.random() < 0.35:
        proto = chance.choice(["arp", "ip", "udp", "tcp", "icmp", "ipv6", "udp6", "icmp6"])
        words.append(proto)
        extra = {
            "arp": [f"arp_op={chance.choice([1, 2])}", f"arp_tpa={chance.choice(IPS)}", "arp_spa=10.0.0.0/8",
                    f"arp_sha={chance.choice(MACS)}"],
            "ip": [f"nw_src={chance.choice(IPS)}", "nw_dst=10.0.0.0/15", "nw_tos=184", "nw_ecn=3", "nw_frag=no",
                   "nw_frag=yes", "nw_frag=first", "nw_frag=later", "nw_ttl=64", "nw_proto=89"],
            "udp": ["udp_src=68", "udp_dst=67", "udp_dst=0x40/0xfff0"],
            "tcp": ["tcp_src=4000", "tcp_flags=+syn-ack", "tcp_dst=80"],
            "icmp": ["icmp_type=8", "icmp_code=0"],
            "ipv6": ["ipv6_src=fe80::/10", "nw_tos=184", "ipv6_dst=fe80::f816:3eff:fe00:2"],
            "udp6": ["udp_src=546"],
            "icmp6": ["icmpv6_type=135", "icmpv6_type=135,nd_target=fe80::f816:3eff:fe00:1",
                      f"icmpv6_type=135,nd_sll={MACS[0]}", "icmpv6_type=128"],
        }[proto]
        if chance.random() < 0.6:
            words.append(chance.choice(extra))
    if chance.random() < 0.3:
        word, tagged = chance.choice([("vlan_tci=0/0x1fff", False), ("dl_vlan=5", True), ("dl_vlan=6", True),
                                      ("vlan_tci=0x1000/0x1000", True), ("dl_vlan=5,dl_vlan_pcp=1", True)])
        words.append(word)
    for probability, word in ((0.25, f"in_port={chance.randint(1, PORTS)}"),
                              (0.2, f"dl_dst={chance.choice(MACS)}"), (0.15, f"dl_src={chance.choice(MACS[:3])}"),
                              (0.1, "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"),
                              (0.15, f"metadata={chance.randint(0, 3)}/0x3"), (0.1, f"reg1={chance.randint(0, 2)}"),
                              (0.1, f"reg2={chance.choice([0, 0x100])}/0xf00"), (0.08, f"tun_id={chance.randint(0, 2)}")):
        if chance.random() < probability:
            words.append(word)
    return words, proto, tagged


def random_action(chance, proto, tagged, groups, table, in_set):
    """An action that the match allows, and whether the packet is tagged behind it."""
    family = {"udp": "ip", "tcp": "ip", "icmp": "ip", "udp6": "ipv6", "icmp6": "ipv6"}.get(proto, proto)
    choices = [(f"output:{chance.randint(1, PORTS)}", tagged)] * 4 + [
        ("IN_PORT", tagged), ("ALL", tagged), ("CONTROLLER", tagged),
        (f"load:{chance.randint(0, 2)}->NXM_NX_REG1[]", tagged),
        ("load:1->NXM_NX_REG2[8..11]", tagged),
        (f"set_field:{chance.choice(MACS[:3])}->eth_src", tagged),
        (f"set_field:{chance.choice(MACS)}->eth_dst", tagged),
        ("move:NXM_OF_ETH_SRC[0..15]->NXM_NX_REG1[0..15]", tagged),
        ("move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]", tagged),
        ("set_field:2->tun_id", tagged),
        ("push_vlan:0x8100", True),
        ("output:NXM_NX_REG1[]", tagged) if not in_set else ("output:2", tagged),
    ]
    if not in_set:
        choices += [(f"resubmit(,{chance.randint(table + 1, TABLES + 1) if chance.random() < .9 else chance.randint(0, TABLES)})",
                     tagged)] * 3 + [(f"resubmit({chance.randint(1, PORTS)},{table + 1})", tagged)]
    if groups:
        choices += [(f"group:{chance.choice(groups)}", tagged)] * 2
    if tagged:
        choices += [("pop_vlan", False)] * 2 + [(f"set_field:{4096 + chance.randint(1, 9)}->vlan_vid", tagged),
                                                ("set_field:3->vlan_pcp", tagged)]
    if family == "arp":
        choices += [("set_field:2->arp_op", tagged), ("set_field:10.9.8.7->arp_spa", tagged),
                    ("move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[]", tagged),
                    ("move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[]", tagged)] * 2
    if family == "ip":
        choices += [("set_field:10.9.8.7->ip_src", tagged), ("set_field:10.9.8.6->ip_dst", tagged),
                    ("dec_ttl", tagged), ("set_field:46->ip_dscp", tagged), ("set_field:1->nw_ecn", tagged)] * 2
    if family == "ipv6":
        choices += [("set_field:fe80::77->ipv6_src", tagged), ("set_field:fe80::78->ipv6_dst", tagged),
                    ("dec_ttl", tagged)] * 2
    if proto in ("udp", "tcp", "udp6"):
        base = proto.rstrip("6")
        choices += [(f"set_field:999->{base}_src", tagged), (f"set_field:998->{base}_dst", tagged)] * 2
    return chance.choice(choices)


def random_flow(chance, table, groups):
    words, proto, tagged = random_match(chance)
    actions = []
    for _ in range(chance.choice([0, 1, 1, 2, 3, 4])):
        action, tagged = random_action(chance, proto, tagged, groups, table, False)
        actions.append(action)
    if chance.random() < 0.1:
        actions.append("clear_actions")
    if chance.random() < 0.2:
        written = []
        for _ in range(chance.choice([1, 1, 2])):
            action, _ignored = random_action(chance, proto, tagged, groups, table, True)
            if not action.startswith(("pop_vlan", "push_vlan", "set_field:3->vlan", "set_field:40", "set_field:41")):
                written.append(action)
        if written:
            actions.append(f"write_actions({','.join(written)})")
    if chance.random() < 0.3:
        actions.append(f"write_metadata:{chance.randint(0, 3)}/0x3")
    if chance.random() < 0.4 and table < TABLES:
        actions.append(f"goto_table:{chance.randint(table + 1, TABLES)}")
    # Priorities are all different: which of two equal ones wins is nobody's rule.
    return words, actions


def random_state(chance):
    groups = []
    for number in range(1, chance.randint(1, 4)):
        kind = chance.choice(["all", "all", "indirect"])
        buckets = []
        for _ in range(1 if kind == "indirect" else chance.randint(0, 3)):
            actions = []
            for _ in range(chance.randint(1, 3)):
                action, _tag = random_action(chance, None, False, list(range(1, number)), 0, False)
                if not action.startswith(("push_vlan", "output:NXM")):
                    actions.append(action)
            buckets.append("bucket=actions=" + (",".join(actions) or "drop"))
        groups.append(",".join([f"group_id={number}", f"type={kind}"] + buckets))
    numbers = list(range(1, len(groups) + 1))
    flows = []
    priorities = chance.sample(range(1, 1000), 60)
    for table in range(TABLES + 1):
        for _ in range(chance.randint(2, 8)):
            words, actions = random_flow(chance, table, numbers)
            flows.append(",".join([f"table={table}", f"priority={priorities.pop()}"] + words
                                  + ["actions=" + (",".join(actions) or "drop")]))
    return groups, flows


# ---- conversations ---------------------------------------------------------------------------------------------

CLIENT, SERVER = ("fa:16:3e:00:00:01", "10.0.0.1"), ("fa:16:3e:00:00:02", "10.0.0.2")
FIN, SYN, RST, ACK = 1, 2, 4, 16


def ipv4_frame(source, target, protocol, payload, at):
    """`at`: of the payload's checksum."""
    pseudo = b"" if protocol == 1 else ip(source[1]) + ip(target[1]) + bytes([0, protocol]) + len(payload).to_bytes(2, "big")
    payload = payload[:at] + checksum(pseudo + payload) + payload[at + 2:]
    head = bytes([0x45, 0]) + (20 + len(payload)).to_bytes(2, "big") + bytes([0, 1, 0, 0, 64, protocol, 0, 0]) \
        + ip(source[1]) + ip(target[1])
    return mac(target[0]) + mac(source[0]) + b"\x08\x00" + head[:10] + checksum(head) + head[12:] + payload


def tcp_talk(chance, port):
    """Frames of one TCP connection, as (reply, frame): set up, used, and most often ended."""
    wrote = [chance.randrange(1 << 31), chance.randrange(1 << 31)]
    talk = []

    def say(reply, flags, n_bytes=0):
        ends = [port, 80]
        body = ends[reply].to_bytes(2, "big") + ends[1 - reply].to_bytes(2, "big") + wrote[reply].to_bytes(4, "big") \
            + (wrote[1 - reply] if flags & ACK else 0).to_bytes(4, "big") + bytes([0x50, flags, 0xff, 0, 0, 0, 0, 0]) + bytes(n_bytes)
        hosts = (SERVER, CLIENT) if reply else (CLIENT, SERVER)
        talk.append((reply, ipv4_frame(*hosts, 6, body, 16)))
        if flags & (SYN | FIN) != SYN | FIN:
            wrote[reply] += n_bytes + (1 if flags & (SYN | FIN) else 0)

    if chance.random() < 0.2:
        say(1, SYN | ACK)  # nobody asked
        return talk
    say(0, SYN)
    say(1, SYN | ACK)
    say(0, ACK)
    for _ in range(chance.randint(0, 3)):
        say(chance.randint(0, 1), ACK, 4)
    if chance.random() < 0.2:
        say(0, SYN | FIN)  # no sender means that
    if chance.random() < 0.3:
        say(chance.randint(0, 1), RST | ACK)
        say(1, ACK)
    elif chance.random() < 0.7:
        say(0, FIN | ACK)
        say(1, FIN | ACK)
        say(0, ACK)
    return talk


def other_talk(chance, number):
    """Frames of one exchange by UDP or ICMP echo, in any order."""
    talk = []
    for _ in range(chance.randint(2, 5)):
        reply = chance.randint(0, 1)
        hosts = (SERVER, CLIENT) if reply else (CLIENT, SERVER)
        if number % 2:
            ends = [number, 53]
            body = ends[reply].to_bytes(2, "big") + ends[1 - reply].to_bytes(2, "big") + bytes([0, 12, 0, 0]) + bytes(4)
            talk.append((reply, ipv4_frame(*hosts, 17, body, 6)))
        else:
            body = bytes([0 if reply else 8, 0, 0, 0]) + number.to_bytes(2, "big") + bytes(6)
            talk.append((reply, ipv4_frame(*hosts, 1, body, 2)))
    return talk


# What stateless tables do with ct(): track, look again, commit what is new and allowed.  Every state has a port of its own.
TRACKING = [
    "table=0,priority=9,ip,in_port=1,actions=ct(table=1)",
    "table=0,priority=9,ip,in_port=2,actions=ct(table=1,zone=7)",
    "table=0,priority=8,ip,actions=load:0x7->NXM_NX_REG0[0..15],ct(table=1,zone=NXM_NX_REG0[0..15])",
    "table=1,priority=9,ct_state=+inv+trk,ip,actions=output:5",
    "table=1,priority=8,ct_state=+new-est+trk,tcp,tp_dst=80,ct_zone=0,actions=ct(commit),output:3",
    "table=1,priority=8,ct_state=+new-est+trk,ip,ct_zone=7,nw_src=10.0.0.1,actions=ct(commit,zone=7),output:4",
    "table=1,priority=7,ct_state=+est-rel-rpl+trk,ip,actions=output:6",
    "table=1,priority=7,ct_state=+est+rpl,ip,actions=load:0x5->NXM_NX_REG1[],output:NXM_NX_REG1[],output:6",
    "table=1,priority=6,ct_state=new|trk,ct_mark=0,ct_label=0,actions=IN_PORT",
    "table=2,priority=6,ct_state=0x21/0x23,ct_mark=0x5/0xf,ct_label=0x10000000000000002,tcp,actions=ct(commit,force,zone=9)",
    "table=2,priority=5,ct_state=-trk,ipv6,actions=ct()",
]


# ---- comparing -------------------------------------------------------------------------------------------------


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
            judge.tracking(60, seed)
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
