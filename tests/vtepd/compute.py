"""A host whose Open vSwitch, in user space, ends tunnels: nothing of this machine's kernel takes part but cables."""
import os

import lonely

from vtepd_rig import listens, run, until, work


def must(done):
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, done.args))}: {done.stdout}{done.stderr}")
    return done.stdout


class Compute(lonely.Host):
    """br-ul has the underlay's cable and the tunnel address, br-int the guests."""

    def __init__(self, cable, address):
        super().__init__()
        self.takes(cable, cable)
        must(run("ovsdb-tool", "create", work / "ovs.db", "/usr/share/openvswitch/vswitch.ovsschema"))
        self.start("ovsdb-server", f"--remote=punix:{work}/ovs.sock", "-vconsole:off", f"--log-file={work}/ovsdb.log",
                   f"--unixctl={work}/ovsdb.ctl", work / "ovs.db")
        if not until(lambda: listens(work / "ovs.sock")):
            raise RuntimeError("Open vSwitch's database does not listen")
        self.vsctl("--no-wait", "init")
        environment = dict(os.environ, OVS_RUNDIR=str(work))
        self.vswitchd = self.start("ovs-vswitchd", "-vconsole:off", f"--log-file={work}/vswitchd.log",
                                   f"--unixctl={work}/vswitchd.ctl", f"unix:{work}/ovs.sock", env=environment)
        for bridge in ("br-ul", "br-int"):
            self.bridge(bridge)
        self.vsctl("add-port", "br-ul", cable)
        self.ip("address", "add", f"{address}/24", "dev", "br-ul")
        self.ip("link", "set", "br-ul", "up")

    def vsctl(self, *words):
        return must(run("ovs-vsctl", f"--db=unix:{work}/ovs.sock", "--timeout=30", *words))

    def appctl(self, *words):
        return must(run("ovs-appctl", "-t", work / "vswitchd.ctl", "-T", "30", *words))

    def bridge(self, name):
        self.vsctl("add-br", name, "--", "set", "bridge", name, "datapath_type=netdev")

    def ofctl(self, what, bridge, *words):
        return must(run("ovs-ofctl", what, f"unix:{work}/{bridge}.mgmt", *words))

    def plug_in(self, cable, *settings):
        self.takes(cable, cable)
        self.vsctl("add-port", "br-int", cable, *settings)
