#!/usr/bin/env python3
"""Use case 2 in the lab against the captures of a real one, field by field: real-lab-test.py VTEPLAB SCENARIO CAPTURES.

Real: Open vSwitch 3.1 with ovs-vtep as the TOR, ISC dhclient, dnsmasq, Linux guests. tshark takes both apart. Compared
are the frames of each link in their order; docs/real-lab.md lists what is left out and why."""
import pathlib
import subprocess
import sys
import tempfile

program, scenario, captures = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])

# What was done in the real lab, at its pace, and no longer: dnsmasq's ARP question 5 s after the OFFER is not in it.
TIMELINE = """[
  { after: converged, vm2: dhcp },
  { after: 1270ms, vm1: flush }, { vm2: flush },
  { vm1: ping vm2, count: 3, every: 300ms },
  { vm1: flush }, { vm2: flush },
  { vm2: ping vm1, count: 3, every: 300ms },
  { after: 1560ms, vm2: arping vm1, count: 2, every: 1s, size: 16 } ]"""
UNTIL = "5s"

# Capture file of the real lab, our link end, and whether its tunnel frames are what is compared.
LINKS = [
    ("vf0", "vm2-eth0", False),
    ("vf1", "vm3-eth0", False),
    ("vm1", "vm1-eth0", False),
    ("qdhcp", "qdhcp-blue-eth0", False),
    ("trunk", "server2-em1", False),
    ("ul-ctl", "server1-em2", True),
    ("ul-tor", "tor1-uplink", True),
]

FIELDS = """frame.len eth.dst eth.src eth.type vlan.id vlan.priority vlan.dei ip.src ip.dst ip.ttl ip.dsfield ip.flags.df
    ip.len ip.proto udp.srcport udp.dstport udp.length vxlan.flags vxlan.vni arp.opcode arp.src.hw_mac arp.src.proto_ipv4
    arp.dst.hw_mac arp.dst.proto_ipv4 icmp.type icmp.code icmp.seq data.len dhcp.type dhcp.option.type dhcp.secs dhcp.flags
    dhcp.ip.client dhcp.ip.your dhcp.ip.server dhcp.hw.mac_addr dhcp.option.value ip.id udp.checksum""".split()
# Counted up or drawn by each guest anew, hence free: but where the real one is zero, ours has to be.
FREE = {"ip.id": "0x0000", "udp.checksum": "0x0000"}


# Frames that ours has besides, by link: a test for each and how many there must be. See docs/real-lab.md.
BESIDES = {
    # OFFER and ACK reach every port of the compute: the controller learns vm2's MAC from the TOR only after the DISCOVER.
    "vm1-eth0": (lambda row: row["dhcp.type"] == "2", 2),
}


def frames(path, tunnelled):
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"]
    for field in FIELDS:
        command += ["-e", field]
    if tunnelled:
        command += ["-Y", "vxlan"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    rows = []
    for line in lines:
        row = dict(zip(FIELDS, line.split("|")))
        for field, zero in FREE.items():
            row[field] = ",".join("zero" if value == zero else "set" for value in row[field].split(",") if value)
        rows.append(row)
    return rows


with tempfile.TemporaryDirectory() as out:
    run = subprocess.run([program, "run", "--out", out, "--pcap", "--set", f"timeline={TIMELINE}", "--set", "expect=[]", "--until", UNTIL, scenario],
                         capture_output=True, text=True)
    print(f"1..{len(LINKS) + 1}")
    print(("ok" if run.returncode == 0 else "not ok") + " 1 - the run comes to its end")
    for line in (run.stdout + run.stderr).splitlines() if run.returncode else []:
        print(f"# {line}")
    for number, (real, ours, tunnelled) in enumerate(LINKS, 2):
        expected = frames(captures / f"{real}.pcap", tunnelled)
        ended = pathlib.Path(out) / "use-case-2" / f"{ours}.pcap"
        got = frames(ended, tunnelled) if ended.exists() else []
        is_extra, n_extra = BESIDES.get(ours, (lambda row: False, 0))
        extra = [row for row in got if is_extra(row)]
        got = [row for row in got if not is_extra(row)]
        good = expected == got and len(expected) > 0 and len(extra) == n_extra
        print(f"{'ok' if good else 'not ok'} {number} - {ours} carries the frames of the real lab's {real} ({len(expected)})")
        if good:
            continue
        if len(expected) != len(got):
            print(f"# {len(got)} frames, expected {len(expected)}")
        shown = 0
        for index, (want, have) in enumerate(zip(expected, got)):
            for field in FIELDS:
                if want[field] != have[field] and shown < 12:
                    print(f"# frame {index + 1}: {field} is {have[field]!r}, expected {want[field]!r}")
                    shown += 1
