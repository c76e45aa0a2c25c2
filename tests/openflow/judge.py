#!/usr/bin/env python3
"""ovs-ofctl and tshark read one OpenFlow message of every kind that we send.  Usage: judge.py PROGRAM.  Prints TAP."""
import shutil
import struct
import subprocess
import sys
import tempfile

# What ovs-ofctl says of each message, in order: words that must stand in its line; of an error, also of the request in it.
N_ERRORS = 3
EXPECTED = [
    "OFPT_HELLO", "OFPT_FEATURES_REQUEST", "OFPT_FEATURES_REPLY (OF1.3) (xid=0x2): dpid:000000000000002a",
    "OFPT_ECHO_REQUEST (OF1.3) (xid=0x3): 7 bytes of payload", "OFPT_SET_CONFIG", "OFPT_GET_CONFIG_REQUEST",
    "OFPT_GET_CONFIG_REPLY", "OFPT_ROLE_REQUEST (OF1.3) (xid=0x6): role=primary generation_id=3",
    "OFPT_ROLE_REPLY (OF1.3) (xid=0x6): role=primary generation_id=3",
    "ROLE_STATUS (OF1.3) (xid=0x0): role=primary generation_id=3 reason=primary_request", "OFPT_SET_ASYNC", "OFPT_BARRIER_REQUEST",
    "OFPT_BARRIER_REPLY", "OFPT_GROUP_MOD",
    "ADD table:51 priority=20,metadata=0x138a000000/0xffff000000,dl_dst=fa:16:3e:00:00:02 cookie:0x803138a "
    "actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],resubmit(,220)",
    "ADD table:50 priority=0 actions=CONTROLLER:65535,learn(table=49,hard_timeout=10,priority=0,cookie=0x8600000,"
    "NXM_OF_ETH_SRC[],NXM_NX_REG1[0..19],load:0x1->NXM_NX_REG4[0..7]),goto_table:51",
    "ADD priority=4,in_port=3,vlan_tci=0x0000/0x1fff "
    "actions=write_metadata:0x40000000000/0xffffff0000000001,goto_table:17",
    "ADD table:1 icmp6,ipv6_src=fe80::/10,icmp_type=135,nd_target=fe80::1 idle:10 send_flow_rem "
    "actions=clear_actions,write_actions(set_field:0x1->reg0,output:3)",
    "ADD table:2 tcp,dl_vlan=5,tp_dst=80 actions=pop_vlan,set_field:10.0.0.1->ip_src,dec_ttl,IN_PORT",
    "OFPT_PACKET_IN (OF1.3) (xid=0x0): table_id=50 cookie=0x8050000 total_len=42 "
    "reg1=0x4,metadata=0x40000000000,in_port=3 (via action) data_len=42 (unbuffered)",
    "OFPT_PACKET_OUT (OF1.3) (xid=0x14): in_port=CONTROLLER actions=output:4 data_len=42",
    "OFPT_FLOW_REMOVED (OF1.3) (xid=0x0): priority=20,dl_src=02:00:00:00:00:05 reason=idle table_id=50",
    "OFPT_PORT_STATUS (OF1.3) (xid=0x0): ADD: 3(tap1): addr:fe:00:00:00:00:01", "OFPST_FLOW request",
    "OFPST_FLOW reply", "OFPST_PORT_DESC reply", "OFPST_PORT reply", "OFPST_GROUP reply", "OFPST_GROUP_DESC reply",
    "OFPST_AGGREGATE reply", "OFPT_METER_MOD (OF1.3) (xid=0x24): ADD meter=7 kbps burst bands=", "OFPST_METER reply",
    "OFPST_METER_CONFIG reply", "OFPST_METER_FEATURES reply", "OFPST_TABLE_FEATURES reply",
    "ONFT_BUNDLE_CONTROL (OF1.3) (xid=0x2a):", "OFPT_ERROR (OF1.3) (xid=0x28): OFPBFC_MSG_FAILED", "OFPT_ROLE_REQUEST",
    "OFPT_ERROR (OF1.3) (xid=0x28): OFPBFC_TIMEOUT", "OFPT_ROLE_REQUEST",
    "OFPT_ERROR (OF1.3) (xid=0x28): OFPRRFC_STALE", "OFPT_ROLE_REQUEST",
]


def messages(stream):
    while stream:
        length = struct.unpack(">H", stream[2:4])[0]
        yield stream[:length]
        stream = stream[length:]


def pcap(stream):
    """Each message as a TCP segment from a switch to port 6653."""
    out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    sequence = 1
    for number, message in enumerate(messages(stream)):
        tcp = struct.pack(">HHIIBBHHH", 40000, 6653, sequence, 1, 0x50, 0x18, 65535, 0, 0)
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40 + len(message), number, 0, 64, 6, 0, 0x0a000001, 0x0a000002)
        frame = bytes(12) + b"\x08\x00" + ip + tcp + message
        out += struct.pack("<IIII", number, 0, len(frame), len(frame)) + frame
        sequence += len(message)
    return out


def main():
    if not shutil.which("tshark") or not shutil.which("ovs-ofctl"):
        print("1..0 # SKIP tshark or ovs-ofctl is not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        raw, capture = f"{folder}/messages", f"{folder}/messages.pcap"
        subprocess.run([sys.argv[1], raw], check=True)
        with open(raw, "rb") as file:
            stream = file.read()
        with open(capture, "wb") as file:
            file.write(pcap(stream))
        n = len(list(messages(stream)))
        said = subprocess.run(["ovs-ofctl", "ofp-parse", raw], capture_output=True, text=True, check=False)
        heads = [line for line in said.stdout.splitlines() if line.startswith(("OFPT_", "OFPST_", "NXT_", "ONFT_", "***"))]
        wrong = [f"{want} / {got}" for want, got in zip(EXPECTED, heads) if want not in got]
        tshark = ["tshark", "-n", "-r", capture, "-d", "tcp.port==6653,openflow"]
        dissected = subprocess.run(tshark + ["-Y", "openflow_v4"], capture_output=True, text=True, check=True).stdout
        malformed = subprocess.run(tshark + ["-Y", "_ws.malformed or _ws.expert.severity >= 0x800000"],
                                   capture_output=True, text=True, check=True).stdout
    results = [
        ("ovs-ofctl reads every message as what it is", not wrong and len(heads) == len(EXPECTED) == n + N_ERRORS,
         wrong + heads + [f"{n} messages"]),
        ("ovs-ofctl finds no error", "error" not in said.stdout.replace("OFPT_ERROR", "") and not said.stderr,
         [said.stdout, said.stderr]),
        ("tshark dissects every message", len(dissected.splitlines()) == n, [dissected]),
        ("tshark finds none malformed", not malformed, [malformed]),
    ]
    print(f"1..{len(results)}")
    for number, (name, passed, evidence) in enumerate(results, 1):
        print("ok" if passed else "not ok", number, "-", name)
        if not passed:
            for text in evidence:
                for line in text.splitlines():
                    print("#", line)
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
