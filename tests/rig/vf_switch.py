"""The switch of the VFs, between a trunk and its guests: Linux's bridge with vlan_filtering, where the kernel has one; on
others a bridge of Open vSwitch, which does the same with a tag a port."""
import hosts
from openvswitch import must

NAME = "br-vf"


class LinuxBridge:
    def __init__(self, host, trunk, vlans):
        self.host = host
        host.ip("link", "add", NAME, "type", "bridge", "vlan_filtering", "1", "vlan_default_pvid", "0", "mcast_snooping", "0")
        host.ip("link", "set", NAME, "up")
        self.take(trunk)
        for vlan in vlans:
            self.vlan("add", "dev", trunk, "vid", str(vlan))

    def vlan(self, *words):
        must(self.host.run("bridge", "vlan", *words))

    def take(self, plug):
        self.host.takes(plug, plug)
        self.host.ip("link", "set", plug, "master", NAME)

    def plug_in(self, plug, vlan):
        self.take(plug)
        self.vlan("add", "dev", plug, "vid", str(vlan), "pvid", "untagged")

    def unplug(self, plug):
        self.host.ip("link", "set", plug, "nomaster")


class OpenVswitchBridge:
    def __init__(self, host, trunk, vlans):
        self.host = host
        host.ovs.bridge(NAME)
        host.takes(trunk, trunk)
        host.ovs.port(NAME, trunk, "trunks=" + ",".join(map(str, vlans)))

    def plug_in(self, plug, vlan):
        self.host.takes(plug, plug)
        self.host.ovs.port(NAME, plug, f"tag={vlan}")

    def unplug(self, plug):
        self.host.ovs.vsctl("del-port", NAME, plug)


def kernel_has_vlans():
    """Asked in a namespace that goes again."""
    probe = hosts.Host()
    made = probe.run("ip", "link", "add", NAME, "type", "bridge", "vlan_filtering", "1")
    probe.process.kill()
    return made.returncode == 0


def make(host, trunk, vlans):
    kind = LinuxBridge if kernel_has_vlans() else OpenVswitchBridge
    print(f"# the switch of the VFs is a {kind.__name__}")
    return kind(host, trunk, vlans)
