"""Namespaces for real traffic: hosts on cables, Linux's vxlan device and Open vSwitch's userspace datapath."""
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "gateway"))
from namespaces import ip, namespace, needs_namespaces, start, veth, within  # noqa: E402,F401
from namespaces import run as run_in  # noqa: E402
from vtepd_rig import run, until, work  # noqa: E402

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def needs(*tools):
    needs_namespaces()
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed")
        sys.exit(0)


class Host:
    """A namespace with an address, on whatever interface it is given."""

    def __init__(self, name, address=None):
        self.space, self.address = namespace(name), address
        self.interface = None

    def has(self, interface, mtu=1500, mac=None):
        self.interface = interface
        if mac:
            ip("-n", self.space, "link", "set", interface, "address", mac)
        ip("-n", self.space, "link", "set", interface, "up", "mtu", str(mtu))
        if self.address:
            ip("-n", self.space, "address", "add", f"{self.address}/24", "dev", interface)
        return self

    def mac(self):
        return run_in(self.space, "cat", f"/sys/class/net/{self.interface}/address").stdout.strip()

    def vxlan(self, name, vni, local, remote):
        """A vxlan device as the host's own interface."""
        ip("-n", self.space, "link", "add", name, "type", "vxlan", "id", str(vni), "local", local, "remote", remote,
           "dstport", "4789")
        return self.has(name)

    def ping(self, to, *options):
        """How many of the requests were answered."""
        done = run_in(self.space, "ping", "-W", "2", "-i", "0.1", *options, to)
        words = done.stdout.split(" received")[0].split()
        return int(words[-1]) if " received" in done.stdout else 0

    def reaches(self, to, *options):
        """As soon as it does: what was just written may still be on its way."""
        return until(lambda: self.ping(to, "-c", "1", *options) == 1)

    def plain(self):
        """Fills in checksums itself: not every switch behind it does."""
        run_in(self.space, "ethtool", "-K", self.interface, "tx", "off")
        return self


class OpenVswitch:
    """ovs-vswitchd with its userspace datapath in a namespace."""

    def __init__(self, space):
        self.space = space
        self.home = pathlib.Path(tempfile.mkdtemp(dir=work))
        self.environment = dict(os.environ, OVS_RUNDIR=str(self.home), OVS_LOGDIR=str(self.home), OVS_DBDIR=str(self.home))
        run("ovsdb-tool", "create", self.home / "conf.db", SCHEMA)
        self.socket = f"unix:{self.home}/db.sock"
        self.server = start(space, "ovsdb-server", self.home / "conf.db", f"--remote=p{self.socket}",
                            f"--unixctl={self.home}/db.ctl", f"--log-file={self.home}/db.log", env=self.environment,
                            stderr=-3)
        until((self.home / "db.sock").exists)
        self.process = start(space, "ovs-vswitchd", self.socket, "--disable-system",
                             f"--unixctl={self.home}/vswitchd.ctl", f"--log-file={self.home}/vswitchd.log",
                             env=self.environment, stderr=-3)

    def stop(self):
        for process in self.process, self.server:
            process.terminate()
            process.wait()

    def configure(self, *words):
        done = run_in(self.space, "ovs-vsctl", f"--db={self.socket}", "--timeout=20", *words)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)

    def bridge(self, name):
        self.configure("add-br", name, "--", "set", "Bridge", name, "datapath_type=netdev", "fail_mode=standalone")

    def port(self, bridge, name, *settings):
        self.configure("add-port", bridge, name, *settings)
