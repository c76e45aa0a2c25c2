#!/usr/bin/env python3
"""OVN manages vtepd: ovn-controller-vtep attaches a logical network to a port: ovn-test.py VTEPD.

    guest2 eth0 -- em3 [vtepd tor1] em1 10.8.125.20 ==== em2 [br-ul 10.8.125.18, Open vSwitch, OVN] -- eth0 guest1

OVN's northbound and southbound databases, ovn-northd and ovn-controller run on the hypervisor; Open vSwitch forwards in
user space, so that nothing of this host's kernel takes part but cables.
"""
import os
import pathlib
import signal
import sys

from vtepd_rig import PATIENCE, Vtepd, check, finish, listens, run, until, work
import hosts

TOOLS = ["ovn-nbctl", "ovn-sbctl", "ovn-northd", "ovn-controller", "ovn-controller-vtep", "ovsdb-tool", "ovsdb-server",
         "ovs-vswitchd", "ovs-vsctl", "vtep-ctl", "ping"]
OVN, OVS = pathlib.Path("/usr/share/ovn"), pathlib.Path("/usr/share/openvswitch")
GUEST1_MAC, GUEST2_MAC = "fa:16:3e:00:00:11", "fa:16:3e:00:00:12"
HYPERVISOR, TOR = "10.8.125.18", "10.8.125.20"


# OVN's four programs take their steps one after the other, each in its own pace.
OVN_PATIENCE = 4 * PATIENCE


def must(done):
    if done.returncode:
        raise RuntimeError(f"{' '.join(done.args)}: {done.stderr}")
    return done.stdout


def database(host, name, schema):
    must(run("ovsdb-tool", "create", work / f"{name}.db", schema))
    host.start("ovsdb-server", f"--remote=punix:{work}/{name}.sock", f"--unixctl={work}/{name}.ctl",
               "-vconsole:off", f"--log-file={work}/{name}.log", work / f"{name}.db")
    if not until(lambda: listens(work / f"{name}.sock")):
        raise RuntimeError(f"the database {name} does not listen")


def daemon(start, name, *options):
    start(name, *options, "-vconsole:off", f"--log-file={work}/{name}.log")


class Controller:
    """Debian 12's ovn-controller now and then dies of SIGSEGV as it starts; its service starts it anew, and so do we."""

    def __init__(self, host):
        self.host, self.lives = host, 6
        self.live()

    def live(self):
        self.lives -= 1
        daemon(self.begin, "ovn-controller", f"unix:{work}/ovs.sock")

    def begin(self, *command):
        self.process = self.host.start(*command)

    def lives_on(self):
        if self.process.poll() == -signal.SIGSEGV and self.lives:
            self.live()
        return self.process.poll() is None


def vsctl(*words):
    return must(run("ovs-vsctl", f"--db=unix:{work}/ovs.sock", "--timeout=20", *words))


def nbctl(*words):
    return must(run("ovn-nbctl", f"--db=unix:{work}/nb.sock", "--timeout=20", *words))


def hypervisor():
    host = hosts.Host()
    host.takes("em2", "em2")
    database(host, "nb", OVN / "ovn-nb.ovsschema")
    database(host, "sb", OVN / "ovn-sb.ovsschema")
    database(host, "ovs", OVS / "vswitch.ovsschema")
    vsctl("--no-wait", "init")
    vsctl("--no-wait", "set", "Open_vSwitch", ".", "external_ids:system-id=hv1",
          f"external_ids:ovn-remote=unix:{work}/sb.sock", "external_ids:ovn-encap-type=vxlan",
          f"external_ids:ovn-encap-ip={HYPERVISOR}", "external_ids:ovn-bridge-datapath-type=netdev")
    daemon(host.start, "ovs-vswitchd", f"unix:{work}/ovs.sock")
    vsctl("add-br", "br-ul", "--", "set", "bridge", "br-ul", "datapath_type=netdev", "--", "add-port", "br-ul", "em2")
    vsctl("add-br", "br-int", "--", "set", "bridge", "br-int", "datapath_type=netdev", "fail_mode=secure")
    host.ip("address", "add", f"{HYPERVISOR}/24", "dev", "br-ul")
    host.ip("link", "set", "br-ul", "up")
    daemon(host.start, "ovn-northd", f"--ovnnb-db=unix:{work}/nb.sock", f"--ovnsb-db=unix:{work}/sb.sock")
    return host, Controller(host)


def guest_of(host, interface, plug):
    """A machine on the hypervisor's integration bridge."""
    guest = hosts.Host()
    guest.takes(interface, "eth0", mac=GUEST1_MAC, address="10.0.0.11/24")
    host.takes(plug, plug)
    vsctl("add-port", "br-int", plug, "--", "set", "interface", plug, "external_ids:iface-id=guest1")
    return guest


hosts.enter(*TOOLS)
os.environ.update(OVN_RUNDIR=str(work), OVN_LOGDIR=str(work), OVN_DBDIR=str(work))
hosts.link("em3", "guest2")
hosts.link("em1", "em2", address=f"{TOR}/24")
hosts.link("guest1", "vnet1")

tor = Vtepd(sys.argv[1], "--name=tor1", "--port=em3", f"--tunnel-ip={TOR}", f"--db={work / 'tor1.db'}",
            f"--remote=punix:{work / 'tor1.sock'}")
guest2 = hosts.Host()
guest2.takes("guest2", "eth0", mac=GUEST2_MAC, address="10.0.0.12/24")
compute, controller = hypervisor()
# As Nova does: the port is in OVN's southbound database before the machine is plugged in.
nbctl("--wait=sb", "ls-add", "blue", "--", "lsp-add", "blue", "guest1", "--",
      "lsp-set-addresses", "guest1", f"{GUEST1_MAC} 10.0.0.11", "--",
      "lsp-add", "blue", "tor1-blue", "--", "lsp-set-type", "tor1-blue", "vtep", "--",
      "lsp-set-options", "tor1-blue", "vtep-physical-switch=tor1", "vtep-logical-switch=ls-blue", "--",
      "lsp-set-addresses", "tor1-blue", "unknown")
guest1 = guest_of(compute, "guest1", "vnet1")
tor.vtep_ctl("add-ls", "ls-blue", "--", "bind-ls", "tor1", "em3", "0", "ls-blue")
daemon(lambda *command: hosts.here.start(*command), "ovn-controller-vtep", f"--vtep-db=unix:{work}/tor1.sock",
       f"--ovnsb-db=unix:{work}/sb.sock")


def chassis():
    return run("ovn-sbctl", f"--db=unix:{work}/sb.sock", "--timeout=20", "show").stdout


check("the switch is a chassis of OVN, with its tunnel address",
      until(lambda: "Chassis tor1" in chassis() and f'ip: "{TOR}"' in chassis(), OVN_PATIENCE), chassis())
check("its logical switch has the tunnel key of OVN's network",
      until(lambda: tor.vtep_ctl("--bare", "--columns=tunnel_key", "list", "Logical_Switch").strip(), OVN_PATIENCE),
      tor.vtep_ctl("list", "Logical_Switch"))
check("the guest's MAC is behind the hypervisor's locator, and so is what is unknown",
      until(lambda: controller.lives_on() and GUEST1_MAC in tor.vtep_ctl("list-remote-macs", "ls-blue")
            and f"vxlan_over_ipv4/{HYPERVISOR}" in tor.vtep_ctl("list-remote-macs", "ls-blue"), OVN_PATIENCE),
      tor.vtep_ctl("list-remote-macs", "ls-blue"), chassis(), vsctl("list", "Interface"), tor.log())
check("a guest behind the switch reaches a guest of OVN", until(lambda: guest2.pings("10.0.0.11"), OVN_PATIENCE),
      tor.log(), chassis(), tor.vtep_ctl("list-local-macs", "ls-blue"))
check("and the other way, once the address is forgotten",
      guest1.run("ip", "neigh", "flush", "dev", "eth0").returncode == 0 and guest1.pings("10.0.0.12"))
check("the switch reports the guest that it learned",
      until(lambda: GUEST2_MAC in tor.vtep_ctl("list-local-macs", "ls-blue")), tor.vtep_ctl("list-local-macs", "ls-blue"))
nbctl("lsp-del", "guest1")
check("a guest that leaves OVN's network leaves the switch's tables",
      until(lambda: GUEST1_MAC not in tor.vtep_ctl("list-remote-macs", "ls-blue"), OVN_PATIENCE),
      tor.vtep_ctl("list-remote-macs", "ls-blue"))
check("the switch goes in peace", tor.stop() == 0, tor.log())
finish()
