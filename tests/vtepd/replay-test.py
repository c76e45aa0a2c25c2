#!/usr/bin/env python3
"""The same frames through vtepd and through the laboratory's TOR come out the same: replay-test.py VTEPD REPLAY_TOR.

    guest eth0 -- em4 [vtepd tor1] em1 ---- em5 Linux's own vxlan device
    this test  -- em3 /

What passes vtepd's ports is captured at its seam, then played to the TOR on the virtual clock (replay-tor.c).
"""
import json
import random
import shutil
import signal
import socket
import subprocess
import sys

from vtepd_rig import Vtepd, check, finish, run, start, until, work
import hosts

TOR, LINUX = "10.8.125.20", "10.8.125.21"
GUEST_MAC, LINUX_MAC = "fa:16:3e:00:00:15", "fa:16:3e:00:00:14"
STATIONS = [f"02:00:00:00:00:{i:02x}" for i in range(1, 9)]
FRAMES = 400


def row(op, table, **more):
    return {"op": op, "table": table, **more}


def rows():
    """Logical switches blue (tagged and untagged) and red, with remote MACs, a group and what is unknown."""
    operations = [
        row("insert", "Logical_Switch", **{"uuid-name": name}, row={"name": name, "tunnel_key": vni, "replication_mode": "source_node"})
        for name, vni in (("blue", 5001), ("red", 5002))]
    for port, bindings in (("em3", ((2901, "blue"), (2902, "red"), (2903, "blue"))), ("em4", ((0, "blue"),))):
        operations.append(row("update", "Physical_Port", where=[["name", "==", port]], row={
            "vlan_bindings": ["map", [[vlan, ["named-uuid", name]] for vlan, name in bindings]]}))
    operations += [
        row("insert", "Physical_Locator", **{"uuid-name": "far"},
            row={"dst_ip": LINUX, "encapsulation_type": "vxlan_over_ipv4"}),
        row("insert", "Physical_Locator_Set", **{"uuid-name": "all"}, row={"locators": ["named-uuid", "far"]})]
    for name, mac in (("blue", LINUX_MAC), ("red", STATIONS[0])):
        operations += [
            row("insert", "Ucast_Macs_Remote", row={"MAC": mac, "logical_switch": ["named-uuid", name],
                                                    "locator": ["named-uuid", "far"]}),
            row("insert", "Mcast_Macs_Remote", row={"MAC": "unknown-dst", "logical_switch": ["named-uuid", name],
                                                    "locator_set": ["named-uuid", "all"]})]
    return operations


def raw_frames(chance):
    """All kinds of destinations, tags and lengths, also such as are refused."""
    everyone = ["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:05", "33:33:00:00:00:01", LINUX_MAC, GUEST_MAC, *STATIONS]
    for _ in range(FRAMES):
        tag = chance.choice([b"", *[b"\x81\x00" + (chance.randrange(8) << 13 | chance.randrange(2) << 12 | vlan).to_bytes(2, "big")
                                    for vlan in (2901, 2902, 2903, 2904)]])
        inner_tag = b"\x81\x00\x00\x07" if tag and chance.random() < 0.1 else b""
        header = bytes.fromhex((chance.choice(everyone) + chance.choice(STATIONS)).replace(":", ""))
        yield header + tag + inner_tag + b"\x88\xb5" + chance.randbytes(chance.choice([0, 1, 46, 400, 1400, 1450, 1496]))


def mac_of(interface):
    return json.loads(run("ip", "-j", "link", "show", interface).stdout)[0]["address"]


missing = [tool for tool in ("ovsdb-client", "vtep-ctl", "ping", "ip") if not shutil.which(tool)]
if missing:
    print(f"1..0 # SKIP {', '.join(missing)} not installed")
    sys.exit(0)
hosts.enter()
for cable in (("em1", "em5"), ("em3", "em3-peer"), ("em4", "guest")):
    hosts.link(*cable)
linux, guest = hosts.Host(), hosts.Host()
linux.hush()  # what is learned before the recording begins, the TOR could not know
guest.hush()
linux.takes("em5", "em5", address=f"{LINUX}/24")
linux.ip("link", "add", "vx-blue", "address", LINUX_MAC, "mtu", "1450", "type", "vxlan", "id", "5001", "local", LINUX,
         "remote", TOR, "dstport", "4789", "dev", "em5")
linux.ip("address", "add", "10.0.0.14/24", "dev", "vx-blue")
linux.ip("link", "set", "vx-blue", "up")
guest.takes("guest", "eth0", mac=GUEST_MAC, address="10.0.0.15/24")
guest.ip("link", "set", "eth0", "mtu", "1450")

tor = Vtepd(sys.argv[1], "--name=tor1", "--port=em3", "--port=em4", f"--tunnel-ip={TOR}", "--underlay=em1",
            "--underlay-prefix=24", f"--remote=punix:{work / 'tor1.sock'}", f"--ctl={work / 'tor1.ctl'}")
(work / "rows.json").write_text(json.dumps(rows()), encoding="utf-8")
done = run("ovsdb-client", "transact", tor.target, json.dumps(["hardware_vtep", *rows()]))
if "error" in done.stdout or done.returncode:
    raise RuntimeError(done.stdout + done.stderr)
capture = work / "all.pcapng"
recorder = start(sys.argv[1], "ctl", f"--ctl={work / 'tor1.ctl'}", "capture", "all", f"--write={capture}",
                 stderr=subprocess.PIPE)
until(lambda: capture.exists() and capture.stat().st_size)

station = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
station.bind(("em3-peer", 0))
reached = [guest.pings("10.0.0.14"), linux.pings("10.0.0.15")]
for frame in raw_frames(random.Random(2901)):
    station.send(frame)
reached += [guest.pings("10.0.0.14"), linux.pings("10.0.0.15")]
station.send(bytes.fromhex("ffffffffffff" + "02000000ff01" + "81000b55" + "88b5") + b"last frame of the recording" + bytes(30))
until(lambda: b"last frame of the recording" in capture.read_bytes())
recorder.send_signal(signal.SIGINT)
words = recorder.communicate(timeout=30)[1]
mac = mac_of("em1")
tor.stop()
check("the guests talk while frames of all kinds pass, and the recording is whole",
      all(reached) and " 0 lost" in words, reached, words, tor.log())
replayed = run(sys.argv[2], capture, work / "rows.json", mac, f"{TOR}/24", "em1", "em3", "em4")
for line in (replayed.stdout + replayed.stderr).splitlines():
    if line.startswith(("ok ", "not ok ")):
        check(line.split(" - ", 1)[1], line.startswith("ok "), replayed.stdout)
check("the replay has compared all three ports", len(replayed.stdout.splitlines()) >= 4 and "1..3" in replayed.stdout,
      replayed.stdout, replayed.stderr)
finish()
