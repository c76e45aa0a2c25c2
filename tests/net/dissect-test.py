#!/usr/bin/env python3
"""tshark judges the frames that the codecs build: each dissects to its last layer, nothing is malformed, every
checksum is right.  Usage: dissect-test.py PROGRAM, which writes them to a file.  Prints TAP."""
import shutil
import subprocess
import sys
import tempfile

CHECKS = [o for p in ("ip", "udp", "tcp") for o in ("-o", f"{p}.check_checksum:TRUE")]

# The protocols of each frame, in the order in which they are written.
EXPECTED = (
    ["eth:ethertype:arp"]
    + ["eth:ethertype:ip:icmp", "eth:ethertype:ip:udp"]
    + ["eth:ethertype:ip:icmp:data", "eth:ethertype:ip:udp:data"] * 3
    + ["eth:ethertype:ip:tcp", "eth:ethertype:ip:udp:dhcp", "eth:ethertype:ipv6:icmpv6"]
    + [f"eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:ipv6:{p}:data" for p in ("icmpv6", "udp")]
    + ["eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:icmp:data", "eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:udp:bfd"]
    + ["eth:ethertype:lldp"]
)


def tshark(path, *options):
    run = subprocess.run(["tshark", "-n", "-r", path, *CHECKS, *options], check=True, capture_output=True, text=True)
    return run.stdout.splitlines()


def main():
    if not shutil.which("tshark"):
        print("1..0 # SKIP tshark is not installed")
        return 0
    with tempfile.NamedTemporaryFile(suffix=".pcap") as capture:
        subprocess.run([sys.argv[1], capture.name], check=True)
        protocols = tshark(capture.name, "-T", "fields", "-e", "frame.protocols")
        wrong = tshark(capture.name, "-Y", "_ws.malformed or _ws.expert.severity >= 0x600000")
        bad = tshark(capture.name, "-Y", " or ".join(
            f"{field} == 0" for field in ("ip.checksum.status", "udp.checksum.status", "tcp.checksum.status",
                                          "icmp.checksum.status", "icmpv6.checksum.status")))
        # The empty answer must not be one that the filter cannot give: all but ARP and LLDP carry a good checksum.
        good = tshark(capture.name, "-Y", " or ".join(
            f"{field} == 1" for field in ("ip.checksum.status", "udp.checksum.status", "icmpv6.checksum.status")))
    results = [
        ("every frame dissects to its last layer", protocols == EXPECTED, protocols),
        ("no frame is malformed or raises a warning", not wrong, wrong),
        ("no checksum is wrong", not bad, bad),
        ("every checksum was looked at", len(good) == len(EXPECTED) - 2, good),
    ]
    print(f"1..{len(results)}")
    for number, (name, passed, evidence) in enumerate(results, 1):
        print("ok" if passed else "not ok", number, "-", name)
        if not passed:
            print(*(f"# {line}" for line in evidence), sep="\n")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
