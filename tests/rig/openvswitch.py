"""A real Open vSwitch in user space on a host: nothing of this machine's kernel takes part but cables."""
import os
import pathlib
import tempfile

import hosts
from ovsdb_servers import listens, run, until, work

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def must(done):
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, done.args))}: {done.stdout}{done.stderr}")
    return done.stdout


class OpenVswitch:
    """Its database and ovs-vswitchd, on this host; what they write is in `home`."""

    def __init__(self, host, home=None):
        self.host = host
        self.home = pathlib.Path(home or tempfile.mkdtemp(dir=work))
        must(run("ovsdb-tool", "create", self.home / "ovs.db", SCHEMA))
        self.server = host.start("ovsdb-server", f"--remote=punix:{self.home}/ovs.sock", "-vconsole:off",
                                 f"--log-file={self.home}/ovsdb.log", f"--unixctl={self.home}/ovsdb.ctl",
                                 self.home / "ovs.db")
        if not until(lambda: listens(self.home / "ovs.sock")):
            raise RuntimeError("Open vSwitch's database does not listen")
        self.vsctl("--no-wait", "init")
        environment = dict(os.environ, OVS_RUNDIR=str(self.home))
        self.vswitchd = host.start("ovs-vswitchd", "-vconsole:off", f"--log-file={self.home}/vswitchd.log",
                                   f"--unixctl={self.home}/vswitchd.ctl", f"unix:{self.home}/ovs.sock",
                                   env=environment)

    def vsctl(self, *words):
        return must(run("ovs-vsctl", f"--db=unix:{self.home}/ovs.sock", "--timeout=30", *words))

    def appctl(self, *words):
        return must(run("ovs-appctl", "-t", self.home / "vswitchd.ctl", "-T", "30", *words))

    def ofctl(self, what, bridge, *words):
        return must(run("ovs-ofctl", what, f"unix:{self.home}/{bridge}.mgmt", *words))

    def bridge(self, name):
        self.vsctl("add-br", name, "--", "set", "bridge", name, "datapath_type=netdev")

    def port(self, bridge, name, *settings):
        self.vsctl("add-port", bridge, name, *settings)


class Compute(hosts.Host):
    """br-ul has the underlay's cable and the tunnel address, br-int the guests."""

    def __init__(self, cable, address):
        super().__init__()
        self.takes(cable, cable)
        self.ovs = OpenVswitch(self, work)
        for bridge in ("br-ul", "br-int"):
            self.ovs.bridge(bridge)
        self.ovs.port("br-ul", cable)
        self.ip("address", "add", f"{address}/24", "dev", "br-ul")
        self.ip("link", "set", "br-ul", "up")

    def plug_in(self, cable, *settings):
        self.takes(cable, cable)
        self.ovs.port("br-int", cable, *settings)
