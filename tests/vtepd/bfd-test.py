#!/usr/bin/env python3
"""BFD between vtepd and a real Open vSwitch, through their VXLAN tunnel: bfd-test.py VTEPD.

    guest2 -- em3 [vtepd tor1] em1 10.8.125.20 ==== fabric ==== 10.8.125.18 Open vSwitch -- guest1
                                                      \\======== 10.8.125.21 Linux's own vxlan device

Both remote ends are service nodes of the guests' logical switch; the first, of the lower address, has BFD.  Whoever
answers the guest's broadcast shows which of them was chosen.
"""
import re
import signal
import statistics
import subprocess
import sys

from vtepd_rig import Vtepd, check, finish, run, start, stop, until, work
import hosts
from openvswitch import Compute, must

TOOLS = ["vtep-ctl", "ovs-vsctl", "ovs-vswitchd", "ovs-appctl", "ovs-ofctl", "ovsdb-server", "ovsdb-tool",
         "tshark", "busybox"]
TOR, COMPUTE, LINUX = "10.8.125.20", "10.8.125.18", "10.8.125.21"
MINE = {"min_tx": 300, "min_rx": 400}    # vtepd's
THEIRS = {"min_tx": 200, "min_rx": 500}  # Open vSwitch's
MULTIPLIER = 3
# Open vSwitch keeps its last diagnostic while it is up.
UP = {"enabled": "true", "state": "up", "remote_state": "up", "forwarding": "true", "diagnostic": "No Diagnostic"}


def pairs(mapping):
    return ",".join(f"{key}={value}" for key, value in mapping.items())


# ---- what both ends say ----------------------------------------------------------------------------------------------

def read_map(text):
    """A map as vtep-ctl and ovs-vsctl print it."""
    return {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|[^,}]*)', text)}


def tunnel():
    """The only Tunnel row with a session, or to have one."""
    locator = tor1.vtep_ctl("--bare", "--columns=_uuid", "find", "Physical_Locator", f'dst_ip="{COMPUTE}"').strip()
    return tor1.vtep_ctl("--bare", "--columns=_uuid", "find", "Tunnel", f"remote={locator}").strip() if locator else ""


def set_tunnel(*words):
    said = tor1.vtep_ctl("set", "Tunnel", tunnel(), *words)
    if said:
        raise RuntimeError(said)


def mine():
    return read_map(tor1.vtep_ctl("get", "Tunnel", tunnel(), "bfd_status"))


def theirs():
    return read_map(compute.ovs.vsctl("get", "Interface", "vx-tor", "bfd_status"))


def says(status, **wanted):
    """Waits until the status has the values."""
    return until(lambda: wanted.items() <= status().items())


def both_up():
    return says(mine, **UP) and says(theirs, state="up", forwarding="true", remote_state="up")


def what_they_say():
    return f"{mine()}\n{theirs()}\n{compute.ovs.appctl('bfd/show')}\n{tor1.log()}"


def answers(address):
    return guest2.run("busybox", "arping", "-q", "-c", "1", "-w", "2", "-I", "eth0", address).returncode == 0


def serves(chosen, other):
    """The guest's broadcasts come to one and not to the other."""
    return until(lambda: answers(chosen)) and not answers(other)


# ---- what passes the cable -------------------------------------------------------------------------------------------

class Recording:
    def __init__(self, name):
        self.path = work / f"{name}.pcapng"
        with open(self.path, "wb") as file:  # ours: tshark gives rights away before it opens one
            self.process = start("tshark", "-q", "-i", "em1", "-f", "udp port 4789", "-w", "-", stdout=file,
                                 stderr=subprocess.DEVNULL)
        until(lambda: self.path.stat().st_size)

    def end(self):
        stop(self.process, signal.SIGINT)
        return self

    def bfd(self, source, *fields):
        """The fields of the source's BFD packets; outer headers before inner ones."""
        done = must(run("tshark", "-r", self.path, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
                        "-Y", f"bfd && ip.src == {source}", "-T", "fields", "-E", "separator=|",
                        *(part for field in fields for part in ("-e", field))))
        return [line.split("|") for line in done.splitlines()]


def gaps_ms(recording, source):
    times = [float(time) for time, in recording.bfd(source, "frame.time_epoch")]
    return [1000 * (b - a) for a, b in zip(times, times[1:])]


# ---- the rack --------------------------------------------------------------------------------------------------------

hosts.enter(*TOOLS)
hosts.link("em1", "leg-tor", address=f"{TOR}/24")
for plugs in (("em2", "leg-compute"), ("em5", "leg-linux"), ("em3", "guest2"), ("guest1", "vnet1")):
    hosts.link(*plugs)
fabric = hosts.Fabric("leg-tor", "leg-compute", "leg-linux")
compute = Compute("em2", COMPUTE)
compute.ovs.bridge("br-bfd")
compute.ovs.ofctl("add-flow", "br-bfd", "actions=in_port")  # what no session takes comes back
compute.ovs.vsctl("add-port", "br-bfd", "vx-tor", "--", "set", "interface", "vx-tor", "type=vxlan",
              f"options:remote_ip={TOR}", "options:key=flow")
compute.ovs.vsctl("add-port", "br-int", "vx-blue", "--", "set", "interface", "vx-blue", "type=vxlan",
              f"options:remote_ip={TOR}", "options:key=5001")
linux, guest1, guest2 = hosts.Host(), hosts.Host(), hosts.Host()
linux.takes("em5", "em5", address=f"{LINUX}/24")
linux.ip("link", "add", "vx-blue", "type", "vxlan", "id", "5001", "local", LINUX, "remote", TOR, "dstport", "4789")
linux.ip("address", "add", "10.0.0.14/24", "dev", "vx-blue")
linux.ip("link", "set", "vx-blue", "up")
guest1.takes("guest1", "eth0", address="10.0.0.11/24")
compute.plug_in("vnet1")
guest2.takes("guest2", "eth0", address="10.0.0.12/24")
tor1 = Vtepd(sys.argv[1], "--name=tor1", "--port=em3", f"--tunnel-ip={TOR}", f"--remote=punix:{work / 'tor1.sock'}")
tor1.vtep_ctl("add-ls", "blue", "--", "set", "Logical_Switch", "blue", "tunnel_key=5001",
              "replication_mode=service_node", "--", "bind-ls", "tor1", "em3", "0", "blue", "--",
              "add-mcast-remote", "blue", "unknown-dst", COMPUTE, "--", "add-mcast-remote", "blue", "unknown-dst", LINUX)

# ---- it comes up -----------------------------------------------------------------------------------------------------

check("there is a Tunnel row to the other end, without a session", until(tunnel) and mine() == {}, what_they_say())
check("without BFD the service node of the lowest address is chosen", serves("10.0.0.11", "10.0.0.14"), what_they_say())
set_tunnel("bfd_params:enable=true", *(f"bfd_params:{key}={value}" for key, value in MINE.items()))
check("a session that hears only its own packets, sent back, is down and does not forward",
      says(mine, enabled="true", state="down", forwarding="false"), what_they_say())
check("and is no service node", serves("10.0.0.14", "10.0.0.11"), what_they_say())
compute.ovs.vsctl("set", "Interface", "vx-tor", "bfd:enable=true", *(f"bfd:{key}={value}" for key, value in THEIRS.items()))
check("the session comes up at both ends", both_up(), what_they_say())
check("and the service node is chosen again", serves("10.0.0.11", "10.0.0.14"), what_they_say())

# ---- intervals

shown = compute.ovs.appctl("bfd/show", "vx-tor")
check("Open vSwitch was told our intervals and multiplier",
      until(lambda: re.search(rf"Remote Minimum TX Interval: {MINE['min_tx']}ms", compute.ovs.appctl("bfd/show", "vx-tor")))
      and re.search(rf"Remote Minimum RX Interval: {MINE['min_rx']}ms", compute.ovs.appctl("bfd/show", "vx-tor"))
      and re.search(rf"Remote Detect Multiplier: {MULTIPLIER}", compute.ovs.appctl("bfd/show", "vx-tor")), shown)
quiet = Recording("up")
until(lambda: len(quiet.bfd(TOR, "frame.number")) > 12)
quiet.end()
gap = statistics.median(gaps_ms(quiet, TOR))
slower = max(MINE["min_tx"], THEIRS["min_rx"])
check("we send no faster than the other end's min_rx allows, less a quarter for the jitter", gap > 0.74 * slower, gap)
fields = quiet.bfd(TOR, "bfd.sta", "bfd.diag", "bfd.detect_time_multiplier", "bfd.desired_min_tx_interval",
                   "bfd.required_min_rx_interval", "bfd.message_length", "vxlan.vni", "eth.dst", "ip.ttl", "udp.dstport")
last = fields[-1]
check("tshark reads in our packets the state Up, no diagnostic, and the row's intervals in microseconds",
      int(last[0], 0) == 3 and int(last[1], 0) == 0 and last[2:6] == ["3", "300000", "400000", "24"], fields)
check("they go through VNI 0 to the schema's MAC, with an inner TTL of 255, to port 3784",
      last[6] == "0" and last[7].endswith(",00:23:20:00:00:01") and last[8].endswith(",255")
      and last[9].endswith(",3784"), fields)

# ---- the other end stops

service = Recording("service")
until(lambda: service.bfd(COMPUTE, "frame.number"))
compute.ovs.vswitchd.send_signal(signal.SIGSTOP)
check("when the other end's process stands still, the session goes down and says why",
      says(mine, state="down", forwarding="false", diagnostic="Control Detection Time Expired"), mine())
check("and the other service node is chosen", serves("10.0.0.14", "10.0.0.11"), mine())
compute.ovs.vswitchd.send_signal(signal.SIGCONT)
check("the session comes back when the process goes on", both_up(), what_they_say())
check("and so does the choice", serves("10.0.0.11", "10.0.0.14"), what_they_say())
service.end()
heard = [float(time) for time, in service.bfd(COMPUTE, "frame.time_epoch")]
gave_up = [float(time) for time, state, diagnostic in service.bfd(TOR, "frame.time_epoch", "bfd.sta", "bfd.diag")
           if int(state, 0) == 1 and int(diagnostic, 0) == 1]
before = [time for time in heard if gave_up and time < gave_up[0]]
silence_ms = 1000 * (gave_up[0] - before[-1]) if before else 0
detection_ms = MULTIPLIER * max(MINE["min_rx"], THEIRS["min_tx"])
check("what the wire tells of it: Down was said after the detection time, three of the negotiated intervals, of silence",
      detection_ms <= silence_ms < detection_ms + 10000, detection_ms, silence_ms)

# ---- we stop

tor1.process.send_signal(signal.SIGSTOP)
check("when we stand still, Open vSwitch takes us for down",
      says(theirs, state="down", forwarding="false", diagnostic="Control Detection Time Expired"), theirs())
tor1.process.send_signal(signal.SIGCONT)
check("and takes us up again when we go on", both_up(), what_they_say())

# ---- what one end tells the other

compute.ovs.vsctl("set", "Interface", "vx-tor", "bfd:cpath_down=true")
check("an end that says its path is down behind it is up, but does not forward",
      says(mine, state="up", forwarding="false", remote_diagnostic="Concatenated Path Down"), what_they_say())
check("and is no service node", serves("10.0.0.14", "10.0.0.11"), what_they_say())
compute.ovs.vsctl("remove", "Interface", "vx-tor", "bfd", "cpath_down")
check("until it says otherwise", both_up(), what_they_say())
set_tunnel("bfd_params:cpath_down=true")
check("Open vSwitch does not forward to us when we say so of our path",
      says(theirs, state="up", forwarding="false", remote_diagnostic='Concatenated Path Down'), what_they_say())
set_tunnel("bfd_params:cpath_down=false")
check("and does again", both_up(), what_they_say())
set_tunnel("bfd_params:enable=false")
check("a session that is ended here is no fault of ours, and Open vSwitch hears that it was ended",
      says(theirs, state="down", remote_state="admin_down") and until(lambda: mine() == {}), what_they_say())
check("and the tunnel is used as without BFD", serves("10.0.0.11", "10.0.0.14"), what_they_say())

# ---- addresses

set_tunnel("bfd_config_local:bfd_dst_mac=00:23:20:00:00:bb", "bfd_config_local:bfd_dst_ip=169.254.9.2",
           "bfd_config_remote:bfd_dst_mac=00:23:20:00:00:aa", "bfd_config_remote:bfd_dst_ip=169.254.9.1",
           "bfd_params:enable=true")
compute.ovs.vsctl("set", "Interface", "vx-tor", 'bfd:bfd_remote_dst_mac="00:23:20:00:00:aa"')
check("packets to an address that the row does not name are not for the session",
      says(mine, state="down") and says(theirs, remote_state="down"), what_they_say())
compute.ovs.vsctl("set", "Interface", "vx-tor", 'bfd:bfd_local_dst_mac="00:23:20:00:00:bb"', "bfd:bfd_dst_ip=169.254.9.2",
              "bfd:bfd_src_ip=169.254.9.1")
addressed = Recording("addressed")
check("with the addresses of the row on both sides the session is up", both_up(), what_they_say())
until(lambda: addressed.bfd(TOR, "frame.number"))
addressed.end()
check("and our packets go to the address that bfd_config_remote names",
      all(mac.endswith(",00:23:20:00:00:aa") and address.endswith(",169.254.9.1")
          for mac, address in addressed.bfd(TOR, "eth.dst", "ip.dst")), addressed.bfd(TOR, "eth.dst", "ip.dst"))

complaints = [line for recording in (quiet, service, addressed)
              for line in recording.bfd(TOR, "_ws.expert.message", "_ws.malformed", "ip.checksum.status",
                                        "udp.checksum.status", "bfd.flags.a", "bfd.flags.m")
              if line[0] or line[1] or "0" in line[2] or "0" in line[3]]
check("tshark finds nothing wrong in any packet of ours", not complaints, complaints)
check("the daemon goes in peace", tor1.stop() == 0, tor1.log())
finish()
