#!/usr/bin/env python3
"""tshark and capinfos read everything that a run writes: artefact-test.py VTEPLAB SCENARIO…

No frame is malformed, no checksum wrong; interface names, direction, scenario, seed, names and drop comments are there."""
import pathlib
import subprocess
import sys
import tempfile

CHECKSUMS = [word for protocol in ("ip", "tcp", "udp") for word in ("-o", f"{protocol}.check_checksum:TRUE")]
WRONG = ("_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || tcp.checksum.status == 0"
         " || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0")
program = pathlib.Path(sys.argv[1]).resolve()
results = []


def check(name, good, details=""):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}")
    if not good:
        for line in details.splitlines()[:20]:
            print(f"# {line}")


def tshark(path, *arguments):
    done = subprocess.run(["tshark", "-n", "-r", str(path), *CHECKSUMS, *arguments], capture_output=True, text=True)
    noise = [line for line in done.stderr.splitlines() if "Running as user" not in line]
    return done.stdout + "\n".join(noise), done.returncode


with tempfile.TemporaryDirectory() as out:
    run = subprocess.run([program, "run", "--out", out, "--pcap", *sys.argv[2:]], capture_output=True, text=True)
    check("the scenarios run", run.returncode == 0, run.stdout + run.stderr)
    traces = sorted(pathlib.Path(out).glob("*.pcapng"))
    for trace in traces:
        text, code = tshark(trace, "-Y", WRONG)
        check(f"{trace.name}: no malformed frame, no wrong checksum", code == 0 and not text, text)
    pcaps = sorted(pathlib.Path(out).rglob("*.pcap"))
    # One file of all link ends: tshark takes longer to start than to read.
    merged = pathlib.Path(out) / "merged"
    subprocess.run(["mergecap", "-F", "nsecpcap", "-w", str(merged), *map(str, pcaps)], check=True)
    text, code = tshark(merged, "-Y", WRONG)
    check(f"{len(pcaps)} classic pcaps: no malformed frame, no wrong checksum", pcaps and code == 0 and not text, text)
    # The magic of a pcap file with nanoseconds, in this machine's byte order.
    magics = {int.from_bytes(p.read_bytes()[:4], sys.byteorder) for p in pcaps}
    check("they have nanoseconds", magics == {0xa1b23c4d}, str(magics))

    trace = pathlib.Path(out) / "use-case-2.pcapng"
    info = subprocess.run(["capinfos", str(trace)], capture_output=True, text=True).stdout
    check("capinfos shows scenario and seed", "scenario: use-case-2" in info and "seed: 2901" in info, info)
    check("capinfos shows the interfaces by name", "Name = tor1/em3" in info and "Name = vm2/eth0" in info, info)
    text, _ = tshark(trace, "-Y", "vxlan && dhcp", "-T", "fields", "-e", "frame.interface_name", "-e", "frame.packet_id")
    rows = [line.split("\t") for line in text.splitlines()]
    check("a tunnelled DISCOVER is at the TOR's uplink and the compute's port", {"tor1/uplink", "server1/em2"} <= {r[0] for r in rows}, text)
    text, _ = tshark(trace, "-Y", "frame.comment", "-T", "fields", "-e", "frame.interface_name", "-e", "frame.comment")
    check("drops have a comment with a reason", any("drop " in line for line in text.splitlines()), text)
    first = rows[0][1] if rows and len(rows[0]) > 1 else ""
    text, _ = tshark(trace, "-Y", f"frame.packet_id == {first or 0}", "-T", "fields", "-e", "frame.interface_name", "-e", "vlan.id", "-e", "vxlan.vni")
    check("a frame keeps its packet id from the VF through tag and tunnel to the tap",
          all(word in text for word in ("vm2/eth0", "server2/em1\t2901", "tor1/uplink\t\t5001", "qdhcp-blue/eth0")), text)
    text, _ = tshark(trace, "-Y", "openflow_v4", "-d", "tcp.port==6653,openflow", "-T", "fields", "-e", "openflow_v4.type")
    check("tshark takes OpenFlow 1.3 apart: hello, features, flow-mod, group-mod, barrier",
          {"0", "5", "6", "14", "15", "20"} <= set(",".join(text.split()).split(",")), text)
    named = subprocess.run(["tshark", "-N", "n", "-r", str(trace), "-Y", "icmp"], capture_output=True, text=True).stdout
    check("names stand for addresses", "vm1" in named and "vm2" in named, named)
print(f"1..{len(results)}")
