#!/usr/bin/env python3
"""The ways that tunnels can leave vtepd, each between the same guests and remote ends: transport-test.py VTEPD.

Two guests in VLANs 100 and 200 hang on an Open vSwitch that trunks them to vtepd's em3, a third one untagged on em4.
On the other side of an underlay (a Linux bridge) are Linux's vxlan device, as a host in each of the two logical
switches, and an Open vSwitch with a guest behind it."""
import json
import sys

from vtepd_rig import Vtepd, check, finish, run, until, work
import hosts
from openvswitch import OpenVswitch
from transport_rig import Guest

hosts.enter("vtep-ctl", "ovs-vsctl", "ovs-vswitchd", "ovsdb-server", "ovsdb-tool", "iperf3", "ethtool", "ping")
program = sys.argv[1]
TOR, LINUX, OVS, RED = "10.8.125.20", "10.8.125.21", "10.8.125.22", "10.8.125.23"

# ---- the network -----------------------------------------------------------------------------------------------------

here, underlay, trunk_host, ovs_host = hosts.here, hosts.Host(), hosts.Host(), hosts.Host()
for host in here, underlay, trunk_host, ovs_host:
    host.hush()
underlay.ip("link", "add", "br0", "type", "bridge")
underlay.ip("link", "set", "br0", "up", "mtu", "1600")


def on_underlay(host, interface, address=None):
    end = f"u{interface}"
    hosts.cable(host, interface, underlay, end, 1600)
    underlay.ip("link", "set", end, "master", "br0")
    if address:
        host.ip("address", "add", f"{address}/24", "dev", interface)


on_underlay(here, "up0")
hosts.cable(here, "em3", trunk_host, "trunk")
trunk = OpenVswitch(trunk_host)
trunk.bridge("br-int")
trunk.port("br-int", "trunk", "trunks=100,200")


def behind_trunk(guest, vlan):
    hosts.cable(guest, "eth0", trunk_host, f"vf{vlan}")
    trunk.port("br-int", f"vf{vlan}", f"tag={vlan}")
    return guest.has("eth0").plain()


blue100 = behind_trunk(Guest("10.0.0.1"), 100)
red200 = behind_trunk(Guest("10.0.0.1"), 200)  # the same address: another network
plain = Guest("10.0.0.3")
hosts.cable(plain, "eth0", here, "em4")
plain.has("eth0")

linux, linux_red = Guest("10.0.0.11"), Guest("10.0.0.11")
on_underlay(linux, "up1", LINUX)
linux.vxlan("blue", 5001, LINUX, TOR)
on_underlay(linux_red, "up3", RED)
linux_red.vxlan("red", 5002, RED, TOR)
# A UDP socket is not told where the segments of a packet on the same machine end: its sender has to make them.
for feature in "tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation":
    linux_red.run("ethtool", "-K", "up3", feature, "off")

on_underlay(ovs_host, "up2")
remote = OpenVswitch(ovs_host)
remote.bridge("br-phy")
remote.port("br-phy", "up2")
ovs_host.ip("address", "add", f"{OVS}/24", "dev", "br-phy")
ovs_host.ip("link", "set", "br-phy", "up")
remote.bridge("br-int")
remote.port("br-int", "vx", "--", "set", "Interface", "vx", "type=vxlan", f"options:remote_ip={TOR}", "options:key=5001")
guest = Guest("10.0.0.12")
hosts.cable(guest, "eth0", ovs_host, "guest")
remote.port("br-int", "guest")
guest.has("eth0").plain()

# ---- the switch ------------------------------------------------------------------------------------------------------

door = work / "tor1.ctl"


def serve(*more):
    return Vtepd(program, "--name=tor1", "--port=em3", "--port=em4", f"--tunnel-ip={TOR}", f"--db={work}/tor1.db",
                 f"--ctl={door}", f"--remote=punix:{work}/tor1.sock", *more)


def configure(tor1):
    tor1.vtep_ctl("add-ls", "blue", "--", "set", "Logical_Switch", "blue", "tunnel_key=5001", "replication_mode=source_node",
                  "--", "add-ls", "red", "--", "set", "Logical_Switch", "red", "tunnel_key=5002", "--",
                  "bind-ls", "tor1", "em3", "100", "blue", "--", "bind-ls", "tor1", "em3", "200", "red", "--",
                  "bind-ls", "tor1", "em4", "0", "blue")
    tor1.vtep_ctl("add-mcast-remote", "blue", "unknown-dst", LINUX, "--", "add-mcast-remote", "blue", "unknown-dst", OVS, "--",
                  "add-mcast-remote", "red", "unknown-dst", RED)
    tor1.vtep_ctl("add-ucast-remote", "blue", linux.mac(), LINUX, "--", "add-ucast-remote", "blue", guest.mac(), OVS, "--",
                  "add-ucast-remote", "red", linux_red.mac(), RED)


def ask(*words):
    return json.loads(run(program, "ctl", "--ctl", door, "--json", *words).stdout)


def dropped(reason):
    return sum(row["packets"] for row in ask("drops")["drops"] if row["reason"] == reason)


def bulk(source, sink, *options):
    """Seconds without a byte, and bytes in all, of three seconds of iperf3."""
    server = sink.start("iperf3", "-s", "-1", "-B", sink.address, stdout=-3)
    until(lambda: ":5201" in sink.run("ss", "-ltn").stdout)
    done = source.run("iperf3", "-c", sink.address, "-t", "3", "-J", *options)
    server.kill()
    server.wait()
    report = json.loads(done.stdout or '{"error": "no end"}')
    if "error" in report:
        return 99, 0
    return sum(part["sum"]["bytes"] == 0 for part in report["intervals"]), report["end"]["sum_received"]["bytes"]


def neighbour(host, address):
    return (host.run("ip", "neigh", "show", address).stdout.split("lladdr ") + [" "])[1].split(" ")[0]


# ---- each way --------------------------------------------------------------------------------------------------------


def judge(way, tor1, red_end, offloads_end):
    """`offloads_end`: with whom, and from whom, TCP in packets of many segments has to work."""
    for name, source, to in (("a guest in a VLAN reaches Linux's vxlan device", blue100, linux),
                             ("a guest in a VLAN reaches a guest behind Open vSwitch", blue100, guest),
                             ("an untagged guest reaches Linux's vxlan device", plain, linux),
                             ("a guest behind Open vSwitch reaches an untagged guest", guest, plain),
                             ("Linux's vxlan device reaches a guest in a VLAN", linux, blue100),
                             ("a guest of the second logical switch reaches its own remote end", red200, red_end)):
        good = source.reaches(to.address)
        check(f"{way}: {name}", good, tor1.log(), ask("drops")["drops"])
    check(f"{way}: two logical switches with the same addresses do not meet",
          neighbour(blue100, "10.0.0.11") == linux.mac() and neighbour(red200, "10.0.0.11") == linux_red.mac())
    for name, source, sink in offloads_end:
        for direction, option in ("there", ()), ("back", ("-R",)):
            empty, received = bulk(source, sink, *option)
            check(f"{way}: TCP of {name} flows {direction} without a standstill", empty == 0 and received > 1 << 20, empty,
                  received, ask("drops")["drops"])
            print(f"# {received * 8 / 3e6:.0f} Mbit/s")
    check(f"{way}: no checksum of it was wrong", dropped("bad-checksum") == 0, ask("drops")["drops"])
    for host, interface in sizes:
        host.ip("link", "set", interface, "mtu", "1551")
    check(f"{way}: a guest's packet that fills the underlay's MTU goes through",
          plain.reaches(linux.address, "-s", "1522", "-M", "do"), ask("drops")["drops"])
    before = dropped("frame-too-long")
    got = plain.ping(linux.address, "-c", "2", "-s", "1523", "-M", "do")
    check(f"{way}: one byte more is dropped with the reason", got == 0 and dropped("frame-too-long") - before == 2, got,
          ask("drops")["drops"])
    for host, interface in sizes:
        host.ip("link", "set", interface, "mtu", "1500")


# 1550 and the 50 bytes of a tunnel's headers are the underlay's MTU
sizes = [(plain, "eth0"), (here, "em4")]
linux.run("ip", "link", "set", "blue", "mtu", "1550")
many = [("an untagged guest with all its offloads", plain, linux), ("a guest in a VLAN", blue100, guest)]

tor1 = serve("--underlay=up0", "--underlay-prefix=24")
configure(tor1)
judge("an address of its own", tor1, linux_red, many)
here.ip("link", "set", "up0", "down")
blue100.ping(linux.address, "-c", "1")
check("without the underlay's link frames are dropped with the reason", dropped("link-down") > 0, ask("drops")["drops"])
here.ip("link", "set", "up0", "up")
check("and with it traffic goes on", blue100.reaches(linux.address) and blue100.reaches(guest.address), ask("drops"))
here.ip("link", "del", "em4")
hosts.cable(plain, "eth0", here, "em4")
plain.has("eth0")
check("a port that was deleted and made again is taken up by a daemon that has no rights any more",
      plain.reaches(linux.address) and plain.reaches(blue100.address), tor1.log())
tor1.stop()

here.ip("address", "add", f"{TOR}/24", "dev", "up0")
tor1 = serve()
judge("the host's address", tor1, linux_red, many)
check("the host's address: the kernel goes on answering for it",
      "1 received" in linux.run("ping", "-c", "1", "-W", "5", TOR).stdout)
tor1.stop()

tor1 = serve("--tunnel-transport=udp")
judge("the kernel's UDP stack", tor1, linux_red, [("a guest in a VLAN", red200, linux_red)])
check("an orderly stop is one", tor1.stop() == 0)
finish()
