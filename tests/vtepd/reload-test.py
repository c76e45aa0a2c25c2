#!/usr/bin/env python3
"""What SIGHUP changes while frames pass, and what it leaves alone: reload-test.py VTEPD.

    guest3 -- em3 \\
    guest4 -- em4 - [vtepd tor1] em1 10.8.125.20 ==== fabric ==== 10.8.125.18 Open vSwitch -- guest1
    guest6 -- em6 /              em7 10.8.125.77 ====/

All guests are in one logical switch.  guest3 sends numbered packets to guest4 all the time; what is changed is never
their two ports.
"""
import signal
import socket
import subprocess
import sys
import threading
import time

from vtepd_rig import Vtepd, check, finish, run, start, stop, until, work
import hosts
from openvswitch import Compute

TOOLS = ["vtep-ctl", "ovs-vsctl", "ovs-vswitchd", "ovs-appctl", "ovs-ofctl", "ovsdb-server", "ovsdb-tool",
         "ovsdb-client", "ping", "tshark"]
TOR, SECOND, COMPUTE = "10.8.125.20", "10.8.125.77", "10.8.125.18"
NUMBERED = 9999
PACE_S = 0.002


# ---- numbered packets ------------------------------------------------------------------------------------------------

def udp_socket(host, port=0):
    """A socket of this process in the host's namespace."""
    made = host.within(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    if port:
        made.bind(("", port))
    return made


class Stream:
    """From one host to another until end()."""

    def __init__(self, source, destination, address):
        self.sender, self.receiver = udp_socket(source), udp_socket(destination, NUMBERED)
        self.address, self.sent, self.got, self.ended = address, 0, [], threading.Event()
        self.receiver.settimeout(0.1)
        self.threads = [threading.Thread(target=one_way) for one_way in (self.send, self.receive)]
        for thread in self.threads:
            thread.start()

    def send(self):
        while not self.ended.is_set():
            self.sender.sendto(b"%d" % self.sent, (self.address, NUMBERED))
            self.sent += 1
            time.sleep(PACE_S)

    def receive(self):
        while not (self.ended.is_set() and len(self.got) >= self.sent):
            try:
                self.got.append(int(self.receiver.recv(64)))
            except TimeoutError:
                if self.ended.is_set():
                    return

    def passes(self, n=100):
        """Waits until so many more have come."""
        wanted = len(self.got) + n
        return until(lambda: len(self.got) >= wanted)

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def __str__(self):
        missing = sorted(set(range(self.sent)) - set(self.got))
        return f"{self.sent} sent, {len(self.got)} came, missing {missing[:20]}"

    def all_came(self):
        return sorted(self.got) == list(range(self.sent))


# ---- what the switch says --------------------------------------------------------------------------------------------

class Watch:
    """A client that has asked for a table and hears what becomes of it; all in one session."""

    def __init__(self, *what):
        self.path = work / f"watch-{what[0]}"
        self.process = start("ovsdb-client", "monitor", tor1.target, "hardware_vtep", *what, "--format=csv",
                             stdout=open(self.path, "wb"), stderr=subprocess.STDOUT)
        until(self.text)

    def text(self):
        return self.path.read_text()

    def lives(self):
        return self.process.poll() is None


def local_macs():
    rows = tor1.vtep_ctl("--bare", "--no-headings", "--columns=_uuid", "list", "Ucast_Macs_Local").split()
    return sorted(rows)


def ports():
    return sorted(tor1.vtep_ctl("list-ports", "tor1").split())


def locators(table="Ucast_Macs_Local", column="locator"):
    """The addresses that the rows are at."""
    rows = set(tor1.vtep_ctl("--bare", "--columns", column, "list", table).split())
    return {tor1.vtep_ctl("--bare", "get", "Physical_Locator", row, "dst_ip").strip().strip('"') for row in rows}


def reload(**changed):
    settings.update(changed)
    lines = [f"{key.replace('_', '-')}: {value}" for key, value in settings.items() if value]
    config.write_text("\n".join(lines) + "\n")
    return tor1.process is None or tor1.reload()


def status(what):
    with open(f"/proc/{tor1.process.pid}/status", encoding="utf-8") as file:
        return next(line.split()[1] for line in file if line.startswith(what))


def flaps():
    """How often Open vSwitch has seen the session come up or go down."""
    return compute.ovs.vsctl("get", "Interface", "vx-bfd", "bfd_status:flap_count").strip()


def session_is_up():
    return "state=up" in compute.ovs.vsctl("get", "Interface", "vx-bfd", "bfd_status").replace(" ", "")


def captured():
    """Sender and receiver of the packets in em6's capture, a line each."""
    done = run("tshark", "-r", work / "em6.pcapng", "-T", "fields", "-e", "arp.src.proto_ipv4", "-e", "arp.dst.proto_ipv4",
               "-e", "ip.src", "-e", "ip.dst")
    return done.stdout.splitlines()


def promiscuous(interface):
    return "promiscuity 1 " in run("ip", "-d", "link", "show", interface).stdout


# ---- the rack --------------------------------------------------------------------------------------------------------

hosts.enter(*TOOLS)


def guest(plug, address):
    hosts.link(f"{plug}-e", plug)
    host = hosts.Host()
    host.takes(f"{plug}-e", "eth0", address=f"{address}/24")
    return host


fabric = hosts.Fabric()


def on_fabric(plug):
    hosts.link(plug, f"{plug}-leg")
    fabric.plug_in(f"{plug}-leg")


guest3, guest4 = guest("em3", "10.0.0.3"), guest("em4", "10.0.0.4")
on_fabric("em2")
compute = Compute("em2", COMPUTE)
compute.ovs.bridge("br-bfd")
compute.ovs.vsctl("add-port", "br-bfd", "vx-bfd", "--", "set", "interface", "vx-bfd", "type=vxlan",
              f"options:remote_ip={TOR}", "options:key=flow", "bfd:enable=true")
compute.ovs.vsctl("add-port", "br-int", "vx-blue", "--", "set", "interface", "vx-blue", "type=vxlan",
              f"options:remote_ip={TOR}", "options:key=5001")
guest1 = guest("vnet1", "10.0.0.1")
compute.plug_in("vnet1")

config = work / "tor1.yaml"
settings = {"name": "tor1", "tunnel_ip": TOR, "port": "[em3, em4]", "remote": f"punix:{work / 'tor1.sock'}",
            "ctl": work / "tor1.ctl"}


class NotYet:
    process = None


tor1 = NotYet()
reload()
tor1 = Vtepd(sys.argv[1], "--config", config)
tor1.vtep_ctl("add-ls", "blue", "--", "set", "Logical_Switch", "blue", "tunnel_key=5001", "--",
              "bind-ls", "tor1", "em3", "0", "blue", "--", "bind-ls", "tor1", "em4", "0", "blue", "--",
              "add-mcast-remote", "blue", "unknown-dst", COMPUTE)

# ---- an underlay that comes late

check("guests of one switch talk while there is no underlay", guest3.pings("10.0.0.4"), tor1.log())
check("and their MACs are in the database", until(lambda: len(local_macs()) == 2), local_macs())
stream = Stream(guest3, guest4, "10.0.0.4")
before = local_macs()
macs = Watch("Ucast_Macs_Local", "MAC,locator")
told = macs.text()
on_fabric("em1")
hosts.here.ip("address", "add", f"{TOR}/24", "dev", "em1")
check("an underlay that comes late is used", tor1.says("underlay 'em1' is open") and until(lambda: guest3.pings("10.0.0.1")),
      tor1.log())
tor1.vtep_ctl("set", "Tunnel", tor1.vtep_ctl("--bare", "--columns=_uuid", "list", "Tunnel").strip(),
              "bfd_params:enable=true")
check("a BFD session comes up over it", until(session_is_up), compute.ovs.appctl("bfd/show"), tor1.log())
check("local MACs were not told anew", local_macs() == before and macs.text() == told, macs.text())

# ---- ports

flapped, watched = flaps(), Watch("Physical_Port", "name")
guest6 = guest("em6", "10.0.0.6")
check("a port that the file names now is there",
      reload(port="[em6, em3, em4]") and ports() == ["em3", "em4", "em6"] and promiscuous("em6"), tor1.log(), ports())
check("opened by a daemon that has no rights itself", status("Uid") != "0" and int(status("CapEff"), 16) == 0)
tor1.vtep_ctl("bind-ls", "tor1", "em6", "0", "blue")
capture = start(sys.argv[1], "ctl", "--ctl", work / "tor1.ctl", "capture", "em6", "--write", work / "em6.pcapng",
                stderr=subprocess.DEVNULL)
until((work / "em6.pcapng").exists)
check("its guest talks to the others and through the tunnel", guest6.pings("10.0.0.3") and guest6.pings("10.0.0.1"))
check("and is told beside them", until(lambda: len(local_macs()) == 3) and set(before) < set(local_macs()), macs.text())
check("a port that the file names no more is gone, its MACs and bindings with it",
      stream.passes() and reload(port="[em4, em3]") and ports() == ["em3", "em4"] and not promiscuous("em6")
      and until(lambda: local_macs() == before), tor1.log(), ports())
check("its guest is not heard any more", not guest6.pings("10.0.0.3", count=1, deadline_s=1))
reload(port="[em6, em4, em3]")
check("when it comes again it has no bindings", tor1.vtep_ctl("list-bindings", "tor1", "em6") == "" and stream.passes())
before_return = len(captured())
guest6.pings("10.0.0.3", count=1, deadline_s=1)
check("a capture of it goes on", until(lambda: len(captured()) > before_return), before_return)
hosts.here.ip("link", "delete", "em6")
reload(port="[em8, em3, em4]")
check("a port without an interface is there too, and no other minds", ports() == ["em3", "em4", "em8"]
      and "em8" in tor1.log() and stream.passes(), tor1.log())
guest8 = guest("em8", "10.0.0.8")
tor1.vtep_ctl("bind-ls", "tor1", "em8", "0", "blue")
check("until it has one", until(lambda: guest8.pings("10.0.0.3", count=1, deadline_s=2)), tor1.log())
stop(capture, signal.SIGINT)
check("another port in its place is not taken for it", captured() and not [row for row in captured() if "10.0.0.8" in row],
      captured())
check("the BFD session never noticed", flaps() == flapped and session_is_up(), compute.ovs.appctl("bfd/show"))
check("and the rows of the untouched ports' MACs are the same", set(before) < set(local_macs()), macs.text())

# ---- the underlay

on_fabric("em7")
hosts.here.ip("address", "add", f"{SECOND}/24", "dev", "em7")
rows = local_macs()
check("another tunnel address on another interface is taken while running",
      reload(tunnel_ip=SECOND) and tor1.says("underlay 'em7' is open"), tor1.log())
for tunnel in ("vx-blue", "vx-bfd"):
    compute.ovs.vsctl("set", "interface", tunnel, f"options:remote_ip={SECOND}")
check("guests talk through it", until(lambda: guest3.pings("10.0.0.1")), tor1.log())
check("the same rows are at the new address", until(lambda: locators() == {SECOND}) and local_macs() == rows
      and locators("Tunnel", "local") == {SECOND}
      and SECOND in tor1.vtep_ctl("get", "Physical_Switch", "tor1", "tunnel_ips"), macs.text())
check("and the BFD session goes on from there", until(session_is_up), compute.ovs.appctl("bfd/show"), tor1.log())
check("the same address through the kernel's UDP stack is taken while running",
      reload(tunnel_transport="udp") and tor1.says("underlay 'udp' is open") and until(lambda: guest3.pings("10.0.0.1")),
      tor1.log())
check("and raw again", reload(tunnel_transport=None) and until(lambda: tor1.log().count("underlay 'em7' is open") == 2)
      and until(lambda: guest3.pings("10.0.0.1")), tor1.log())

# ---- the rest

check("another age and another number of MACs are taken while running",
      reload(mac_age=1000, max_macs=5000, inner_vlan="carry", mtu=1400) and stream.passes() and local_macs() == rows)
stream.end()
check("meanwhile no packet between the untouched ports was lost", stream.all_came(), stream)
check("and the controllers' sessions lived through all of it", macs.lives() and watched.lives()
      and "em8" in watched.text(), watched.text())
check("no error was logged", "ERROR" not in tor1.log() and "error" not in tor1.log().lower(), tor1.log())
check("the daemon goes in peace", tor1.stop() == 0, tor1.log())
finish()
