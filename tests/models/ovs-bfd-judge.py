#!/usr/bin/env python3
"""BFD between a compute of ours and a real Open vSwitch, through their VXLAN tunnel: ovs-bfd-judge.py PROGRAM.

    [ours: PROGRAM em1 10.8.125.20] em1 ==== em2 10.8.125.18 Open vSwitch

Both are told the same by ovs-vsctl, and ovs-ofctl asks both for the state of the tunnel's port.
"""
import pathlib
import re
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "rig"))
import hosts  # noqa: E402

from openvswitch import Compute, must  # noqa: E402
from ovsdb_servers import check, finish, listens, run, start, stop, until, work  # noqa: E402

TOOLS = ["ovs-vsctl", "ovs-vswitchd", "ovs-appctl", "ovs-ofctl", "ovsdb-server", "ovsdb-tool", "tshark"]
OURS, REAL = "10.8.125.20", "10.8.125.18"
SETTINGS = {OURS: {"min_tx": 300, "min_rx": 400}, REAL: {"min_tx": 200, "min_rx": 500}}
MULTIPLIER = 3
NOTHING = "No Diagnostic"


class Switch:
    """One of the two: how to speak to its database and to its bridge br-int."""

    def __init__(self, address, peer, folder, database):
        self.address = address
        self.bridge = f"unix:{folder}/br-int.mgmt"
        self.database = database
        self.vsctl("add-port", "br-int", "vx", "--", "set", "interface", "vx", "type=vxlan",
                   f"options:remote_ip={peer}", "options:key=flow", "ofport_request=7")

    def vsctl(self, *words):
        return must(run("ovs-vsctl", f"--db=unix:{self.database}", "--no-wait", "--timeout=30", *words))

    def set(self, **pairs):
        self.vsctl("set", "Interface", "vx", *(f"bfd:{key}={value}" for key, value in pairs.items()))

    def ofctl(self, what, *words):
        return must(run("ovs-ofctl", "-O", "OpenFlow13", what, self.bridge, *words))

    def status(self):
        text = self.vsctl("get", "Interface", "vx", "bfd_status")
        return {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|[^,}]*)', text)}

    def port_state(self):
        """LIVE, LINK_DOWN or 0."""
        found = re.search(r"7\(vx\):.*?state: *(\S+)", self.ofctl("dump-ports-desc"), re.S)
        return found[1] if found else "no port"

    def says(self, **wanted):
        """Waits until the row has the values; the port's state is what follows from `forwarding`."""
        if not until(lambda: wanted.items() <= self.status().items()):
            return False
        live = "LIVE" if self.status()["forwarding"] == "true" else "0"
        return until(lambda: self.port_state() == live)


def both_up():
    return all([switch.says(state="up", forwarding="true", remote_state="up") for switch in (ours, real)])


def what_they_say():
    return f"ours {ours.status()} {ours.port_state()}\nreal {real.status()} {real.port_state()}\n{compute.ovs.appctl('bfd/show')}"


def bfd(source, *fields):
    """The fields of the source's BFD packets so far, outer headers before inner ones."""
    done = run("tshark", "-r", capture, "-o", "ip.check_checksum:TRUE", "-Y", f"bfd && ip.src == {source}", "-T",
               "fields", "-E", "separator=|", *(part for field in fields for part in ("-e", field)))
    return [line.split("|") for line in done.stdout.splitlines()]


hosts.enter(*TOOLS)
hosts.link("em1", "em2")
capture = work / "cable.pcapng"
file = open(capture, "wb")  # ours: tshark gives rights away before it opens one
recorder = start("tshark", "-q", "-i", "em1", "-f", "udp port 4789", "-w", "-", stdout=file)
until(lambda: capture.stat().st_size)
compute = Compute("em2", REAL)
(work / "ours").mkdir()
program = start(sys.argv[1], "em1", OURS, str(work / "ours"))
if not until(lambda: listens(work / "ours" / "db.sock") and listens(work / "ours" / "br-int.mgmt")):
    raise RuntimeError("our compute does not listen")
ours = Switch(OURS, REAL, work / "ours", work / "ours" / "db.sock")
real = Switch(REAL, OURS, work, work / "ovs.sock")

# ---- it comes up -----------------------------------------------------------------------------------------------------

check("a tunnel port without BFD is live, and its row says nothing of BFD, at both",
      until(lambda: ours.port_state() == real.port_state() == "LIVE") and ours.status() == real.status() == {},
      what_they_say())
ours.set(enable="true", **SETTINGS[OURS])
check("alone, a session is down, and the port has a link but is not live",
      ours.says(state="down", forwarding="false", diagnostic=NOTHING, flap_count="0"), what_they_say())
real.set(enable="true", **SETTINGS[REAL])
check("the session comes up at both ends, and both ports are live", both_up(), what_they_say())
check("the rows of both have the same keys, and say the same",
      until(lambda: ours.status() == real.status()), what_they_say())
shown = compute.ovs.appctl("bfd/show", "vx")
check("the real one was told our intervals and multiplier",
      until(lambda: all(line in compute.ovs.appctl("bfd/show", "vx") for line in (
          "Remote Minimum TX Interval: 300ms", "Remote Minimum RX Interval: 400ms", "Remote Detect Multiplier: 3"))), shown)

# ---- one of them stands still

compute.ovs.vswitchd.send_signal(signal.SIGSTOP)
check("when the real one stands still, ours goes down, says why, and its port is not live",
      ours.says(state="down", forwarding="false", diagnostic="Control Detection Time Expired"), ours.status())
compute.ovs.vswitchd.send_signal(signal.SIGCONT)
check("both come back", both_up(), what_they_say())
program.send_signal(signal.SIGSTOP)
check("when ours stands still, the real one says the same of itself",
      real.says(state="down", forwarding="false", diagnostic="Control Detection Time Expired"), real.status())
program.send_signal(signal.SIGCONT)
check("both come back again, and keep the reason why they were down",
      both_up() and ours.status()["diagnostic"] != NOTHING and real.status()["diagnostic"] != NOTHING, what_they_say())

# ---- what one tells the other

for teller, hearer in ((real, ours), (ours, real)):
    who = "the real one" if teller is real else "ours"
    teller.set(cpath_down="true")
    check(f"when {who} says that its path is down behind it, the other is up, does not forward, and its port is not live",
          hearer.says(state="up", forwarding="false", remote_diagnostic="Concatenated Path Down"), what_they_say())
    teller.set(cpath_down="false")
    check("until it says otherwise", hearer.says(state="up", forwarding="true"), what_they_say())
ours.set(mult="9")
check("a multiplier of ours is taken up by the real one",
      until(lambda: "Remote Detect Multiplier: 9" in compute.ovs.appctl("bfd/show", "vx")), compute.ovs.appctl("bfd/show", "vx"))
ours.set(mult=str(MULTIPLIER))
for quitter, other in ((real, ours), (ours, real)):
    who = "the real one" if quitter is real else "ours"
    quitter.set(enable="false")
    check(f"{who} ends its session without a word, its row says nothing any more, and its port is live",
          until(lambda: quitter.status() == {}) and until(lambda: quitter.port_state() == "LIVE"), what_they_say())
    check("and the other finds out by silence",
          other.says(state="down", diagnostic="Control Detection Time Expired"), what_they_say())
    quitter.set(enable="true")
    check("and a new session comes up", both_up(), what_they_say())

# ---- addresses and keys

ours.set(bfd_remote_dst_mac='"00:23:20:00:00:bb"', bfd_local_src_mac='"00:23:20:00:00:cc"')
check("packets to another MAC than bfd_remote_dst_mac are not for the session", ours.says(state="down"), what_they_say())
real.set(bfd_local_dst_mac='"00:23:20:00:00:bb"', check_tnl_key="true")
check("those to it are, and ours come under key 0", both_up(), what_they_say())
ours.set(bfd_src_ip="169.254.9.2")
check("packets to another address than bfd_src_ip are not for the session", ours.says(state="down"), what_they_say())
# In this order: the real one's megaflows do not tell that they depend on the address, and live on while packets come.
ours.set(bfd_dst_ip="169.254.9.1")
real.set(bfd_src_ip="169.254.9.1", bfd_dst_ip="169.254.9.2")
check("those to it are, at both", both_up(), what_they_say())
stop(recorder, signal.SIGINT)
file.close()

# ---- what passed the cable

FIELDS = ("vxlan.vni", "eth.dst", "ip.dsfield", "ip.flags.df", "ip.ttl", "ip.len", "udp.dstport", "udp.checksum",
          "bfd.version", "bfd.diag", "bfd.sta", "bfd.flags.c", "bfd.flags.d", "bfd.detect_time_multiplier",
          "bfd.message_length", "bfd.required_min_echo_interval")
inner = [{tuple(field.split(",")[-1] for field in packet) for packet in bfd(source, *FIELDS)} for source in (OURS, REAL)]
down = ("0", "00:23:20:00:00:01", "0xc0", "0", "255", "52", "3784", "0x0000", "1", "0x00", "0x01", "0", "0", "3", "24", "0")
up = down[:10] + ("0x03",) + down[11:]
check("tshark reads the same in packets of both, in states Down and Up: VNI, MAC, DSCP, TTL, no checksum, flags",
      all({down, up} <= packets for packets in inner), [sorted(packets)[:6] for packets in inner])
times = [float(time) for time, state in bfd(OURS, "frame.time_epoch", "bfd.sta") if int(state, 0) == 3]
gaps = sorted(b - a for a, b in zip(times, times[1:]))
check("we send no faster than the other end's min_rx allows, less a quarter for the jitter",
      gaps and gaps[len(gaps) // 2] > 0.74 * SETTINGS[REAL]["min_rx"] / 1000, gaps)
complaints = [line for line in bfd(OURS, "_ws.expert.message", "_ws.malformed", "ip.checksum.status")
              if line[0] or line[1] or "0" in line[2]]
check("tshark finds nothing wrong in any packet of ours", not complaints, complaints[:5])
check("our compute goes in peace", stop(program, signal.SIGTERM) == 0)
finish()
