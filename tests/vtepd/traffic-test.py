#!/usr/bin/env python3
"""Real guests talk through vtepd, driven by the real vtep-ctl: traffic-test.py VTEPD.

    guest2 -- vf0 tag 2901 \\                                           / 10.8.125.18 Open vSwitch -- guest1, qdhcp
    guest3 -- vf1 tag 2902 - br-vf -- em3 [vtepd tor1] em1 ==== fabric
    guest5 -- em4, untagged --------------/  10.8.125.20                \\ 10.8.125.21 Linux's own vxlan devices

guest2, guest5 and the hosts at both tunnel ends share network blue (5001, 10.0.0.0/24); guest3 and the Linux end share red
(5002, 10.0.1.0/24).  br-vf is Linux's bridge with vlan_filtering, or another Open vSwitch where the kernel has no VLANs
(rig/vf_switch.py).  Open vSwitch forwards in user space, and its hosts compute their checksums (it would not); guest5
and the Linux end leave them, and the cutting of large segments, to what they take for hardware.
"""
import json
import re
import signal
import subprocess
import sys
import time

from vtepd_rig import Vtepd, check, finish, run, stop, until, work
import hosts
import vf_switch
from openvswitch import Compute, must

TOOLS = ["bridge", "vtep-ctl", "ovs-vsctl", "ovs-vswitchd", "ovsdb-server", "ovsdb-tool", "ping", "ethtool", "iperf3", "dnsmasq",
         "busybox", "ss"]
MAC = {"guest1": "fa:16:3e:00:00:11", "guest2": "fa:16:3e:00:00:12", "guest3": "fa:16:3e:00:00:13",
       "linux": "fa:16:3e:00:00:14", "guest5": "fa:16:3e:00:00:15", "qdhcp": "fa:16:3e:00:00:02",
       "linux-red": "fa:16:3e:00:01:14"}
IP = {"guest1": "10.0.0.11", "guest2": "10.0.0.12", "linux": "10.0.0.14", "guest5": "10.0.0.15", "qdhcp": "10.0.0.2",
      "guest3": "10.0.1.13", "linux-red": "10.0.1.14"}
TOR, COMPUTE, LINUX = "10.8.125.20", "10.8.125.18", "10.8.125.21"
GUEST_MTU = 1450


# ---- the rack --------------------------------------------------------------------------------------------------------

def guest(name, plug, computes=True):
    """A machine whose interface is at the other end of the plug."""
    hosts.link(f"{name}-e", plug)
    made = hosts.Host()
    made.takes(f"{name}-e", "eth0", mac=MAC[name], address=IP.get(name) and IP[name] + "/24")
    made.ip("link", "set", "eth0", "mtu", str(GUEST_MTU))
    if computes:
        must(made.run("ethtool", "-K", "eth0", "tx", "off"))
    return made


def make_compute():
    made = Compute("em2", COMPUTE)
    made.ovs.port("br-int", "vx-tor", "--", "set", "interface", "vx-tor", "type=vxlan", f"options:remote_ip={TOR}",
                  "options:key=5001")
    return made


def make_linux_end():
    host = hosts.Host()
    host.takes("em5", "em5", address=f"{LINUX}/24")
    for device, vni, name in (("vx-blue", 5001, "linux"), ("vx-red", 5002, "linux-red")):
        host.ip("link", "add", device, "address", MAC[name], "mtu", str(GUEST_MTU), "type", "vxlan", "id", str(vni),
                "local", LINUX, "remote", TOR, "dstport", "4789", "dev", "em5")
        host.ip("address", "add", IP[name] + "/24", "dev", device)
        host.ip("link", "set", device, "up")
    return host


def configure(tor):
    done = tor.vtep_ctl(
        "add-ls", "blue", "--", "set", "Logical_Switch", "blue", "tunnel_key=5001", "replication_mode=source_node", "--",
        "add-ls", "red", "--", "set", "Logical_Switch", "red", "tunnel_key=5002", "--",
        "bind-ls", "tor1", "em3", "2901", "blue", "--", "bind-ls", "tor1", "em3", "2902", "red", "--",
        "bind-ls", "tor1", "em4", "0", "blue", "--",
        "add-ucast-remote", "blue", MAC["guest1"], COMPUTE, "--", "add-ucast-remote", "blue", MAC["qdhcp"], COMPUTE, "--",
        "add-ucast-remote", "blue", MAC["linux"], LINUX, "--", "add-ucast-remote", "red", MAC["linux-red"], LINUX, "--",
        "add-mcast-remote", "blue", "unknown-dst", COMPUTE, "--", "add-mcast-remote", "blue", "unknown-dst", LINUX, "--",
        "add-mcast-remote", "red", "unknown-dst", LINUX)
    if done:
        raise RuntimeError(f"vtep-ctl: {done}")


# ---- what guests do --------------------------------------------------------------------------------------------------

def gets_lease(client, server):
    """A client's whole conversation, and the address that it was given."""
    server.start("dnsmasq", "--no-daemon", "--port=0", "--conf-file=/dev/null", "--interface=eth0", "--bind-interfaces",
                 f"--dhcp-host={MAC['guest2']},{IP['guest2']}", "--dhcp-range=10.0.0.10,10.0.0.99,255.255.255.0,1h",
                 f"--dhcp-leasefile={work}/leases", f"--pid-file={work}/dnsmasq.pid", "--user=root", "--no-ping",
                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    script = work / "lease.sh"
    script.write_text("#!/bin/sh\n[ \"$1\" = bound ] && ip address add $ip/24 dev $interface\nexit 0\n", encoding="utf-8")
    script.chmod(0o755)
    done = client.run("busybox", "udhcpc", "-f", "-q", "-n", "-t", "5", "-T", "2", "-i", "eth0", "-s", script)
    return done.returncode == 0 and IP["guest2"] in done.stdout + done.stderr, done.stdout + done.stderr


def bulk(client, server, address, megabytes, *options):
    """Bytes that were sent, and those that had arrived when the sender ended the test, as iperf3 counts them."""
    listener = server.start("iperf3", "--server", "--one-off", "--bind", address, stdout=subprocess.DEVNULL)
    until(lambda: address + ":5201" in server.run("ss", "-Hltn").stdout)
    done = client.run("iperf3", "--client", address, "--json", "--connect-timeout", "5000", "-n", f"{megabytes}M", *options)
    listener.kill()
    try:
        end = json.loads(done.stdout)["end"]
        return end["sum_sent"]["bytes"], end["sum_received"]["bytes"]
    except (ValueError, KeyError):
        return 0, 0


def bulk_both_ways(name, client, server, address, megabytes):
    """What is still in flight at the end is at most what sockets and queues hold: here less than half."""
    for way, options in (("to", ()), ("from", ("--reverse",))):
        sent, arrived = bulk(client, server, address, megabytes, *options)
        check(f"{name}: {megabytes} MB of TCP run {way} the far end",
              sent >= megabytes * 10 ** 6 and 2 * arrived > sent, sent, arrived)


def drops():
    """{reason: packets}"""
    told = json.loads(must(run(sys.argv[1], "ctl", f"--ctl={work}/tor1.ctl", "--json", "drops")))["drops"]
    return {drop["reason"]: drop["packets"] for drop in told}


def local_macs(tor, switch="blue"):
    """Bare MACs of the learned, one a line."""
    return re.findall(r"(?m)^\s+([0-9a-f:]{17}) ->", tor.vtep_ctl("list-local-macs", switch))


class Pinging:
    """One ping a tenth of a second, until asked how it went."""

    def __init__(self, host, address):
        self.process = host.start("ping", "-n", "-i", "0.1", "-w", "60", address, stdout=subprocess.PIPE)

    def answered(self):
        stop(self.process, signal.SIGINT)
        return [int(seq) for seq in re.findall(r"icmp_seq=(\d+) ttl", self.process.stdout.read())]


# ---- the tests -------------------------------------------------------------------------------------------------------

hosts.enter(*TOOLS)
hosts.link("em1", "leg-tor", address=f"{TOR}/24")
hosts.link("em2", "leg-compute")
hosts.link("em5", "leg-linux")
hosts.link("em3", "trunk")
fabric = hosts.Fabric("leg-tor", "leg-compute", "leg-linux")
compute = make_compute()
linux = make_linux_end()
vfs = vf_switch.make(compute, "trunk", (2901, 2902))
guest1 = guest("guest1", "vnet1")
compute.plug_in("vnet1")
qdhcp = guest("qdhcp", "vnet2")
compute.plug_in("vnet2")
expected_ip, IP["guest2"] = IP["guest2"], None
guest2 = guest("guest2", "vf0")
IP["guest2"] = expected_ip
vfs.plug_in("vf0", 2901)
guest3 = guest("guest3", "vf1")
vfs.plug_in("vf1", 2902)
guest5 = guest("guest5", "em4", computes=False)
tor1 = Vtepd(sys.argv[1], "--name=tor1", "--port=em3", "--port=em4", f"--tunnel-ip={TOR}", f"--db={work / 'tor1.db'}",
             f"--remote=punix:{work / 'tor1.sock'}", f"--ctl={work / 'tor1.ctl'}")
configure(tor1)

leased, words = gets_lease(guest2, qdhcp)
check("a guest behind a VF gets its address from a server across the tunnel", leased, words, tor1.log(), drops())
check("a guest behind a VF reaches one on Open vSwitch", guest2.pings(IP["guest1"]), drops())
check("and one on Open vSwitch the guest behind a VF", guest1.pings(IP["guest2"]), drops())
check("a guest behind a VF reaches Linux's vxlan device", guest2.pings(IP["linux"]), drops())
check("an untagged guest reaches a tagged one of the same logical switch", guest5.pings(IP["guest2"]), drops())
check("an untagged guest reaches Linux's vxlan device, and is reached",
      guest5.pings(IP["linux"]) and linux.pings(IP["guest5"]), drops())
check("a guest of the second logical switch reaches its own network", guest3.pings(IP["linux-red"]), drops())
guest3.ip("address", "add", "10.0.0.13/24", "dev", "eth0")
check("and not the other network", not guest3.pings(IP["guest1"], count=2, deadline_s=2))
check("each logical switch reports its own guests",
      {MAC["guest2"], MAC["guest5"]} <= set(local_macs(tor1)) and local_macs(tor1, "red") == [MAC["guest3"]],
      tor1.vtep_ctl("list-local-macs", "blue"), tor1.vtep_ctl("list-local-macs", "red"))

bulk_both_ways("an untagged guest that leaves segments to its card", guest5, linux, IP["linux"], 50)
bulk_both_ways("a guest behind a VF", guest2, guest1, IP["guest1"], 5)

# ---- edges of the MTU

check("a packet that fills the tunnel to the last byte passes",
      guest5.run("ping", "-n", "-c", "2", "-w", "5", "-M", "do", "-s", str(GUEST_MTU - 28), IP["linux"]).returncode == 0,
      drops())
guest5.ip("link", "set", "eth0", "mtu", "1500")
check("one byte more does not, and the drop has its reason",
      guest5.run("ping", "-n", "-c", "2", "-w", "2", "-M", "do", "-s", str(GUEST_MTU - 27), IP["linux"]).returncode != 0
      and "frame-too-long" in drops(), drops())
guest5.ip("link", "set", "eth0", "mtu", str(GUEST_MTU))

# ---- a machine moves

hosts.link("guest6-e", "vf2")
guest6 = hosts.Host()
guest5.ip("link", "set", "eth0", "down")
guest6.takes("guest6-e", "eth0", mac=MAC["guest5"], address=IP["guest5"] + "/24")
guest6.ip("link", "set", "eth0", "mtu", str(GUEST_MTU))
must(guest6.run("ethtool", "-K", "eth0", "tx", "off"))
vfs.plug_in("vf2", 2901)
check("a machine that moved from one port to another is reached there",
      until(lambda: guest6.pings(IP["linux"])) and linux.pings(IP["guest5"]), drops())
guest6.ip("link", "set", "eth0", "down")
vfs.unplug("vf2")
guest5.ip("link", "set", "eth0", "up")
check("and back again", until(lambda: guest5.pings(IP["linux"])) and linux.pings(IP["guest5"]), drops())

# ---- a cable is pulled

hosts.here.ip("link", "set", "em4", "down")
check("a port that goes down takes its MACs along", until(lambda: MAC["guest5"] not in local_macs(tor1)),
      local_macs(tor1))
check("the others go on", guest2.pings(IP["linux"]), drops())
hosts.here.ip("link", "set", "em4", "up")
check("when it is up again, so is the guest", until(lambda: guest5.pings(IP["linux"], count=1, deadline_s=1)), drops())

# ---- the daemon is killed

before = tor1.vtep_ctl("list", "Logical_Switch"), tor1.vtep_ctl("list", "Ucast_Macs_Remote")
pinging = Pinging(guest2, IP["linux"])
time.sleep(1)
tor1.stop(signal.SIGKILL)
tor1.start()
check("after kill -9 the daemon has the rows it had",
      before == (tor1.vtep_ctl("list", "Logical_Switch"), tor1.vtep_ctl("list", "Ucast_Macs_Remote")))
check("and reports a guest that talks anew", until(lambda: MAC["guest2"] in local_macs(tor1)), local_macs(tor1))
time.sleep(1)
answered = pinging.answered()
check("traffic that ran meanwhile goes on", answered and answered[0] <= 2 and answered[-1] >= 18
      and len(answered) >= 0.5 * answered[-1], answered)
check("the daemon goes in peace", tor1.stop() == 0, tor1.log())
finish()
