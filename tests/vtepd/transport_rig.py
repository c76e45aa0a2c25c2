"""Guests and tunnel ends with an address each, as the tests of the transports have them."""
import hosts
from ovsdb_servers import until


class Guest(hosts.Host):
    """A host with one interface of its own and one address."""

    def __init__(self, address):
        super().__init__()
        self.hush()
        self.address, self.interface = address, None

    def has(self, interface, mtu=1500):
        self.interface = interface
        self.ip("link", "set", interface, "up", "mtu", str(mtu))
        self.ip("address", "add", f"{self.address}/24", "dev", interface)
        return self

    def mac(self):
        return self.shows(self.interface)["address"]

    def vxlan(self, name, vni, local, remote):
        """A vxlan device as its interface."""
        self.ip("link", "add", name, "type", "vxlan", "id", str(vni), "local", local, "remote", remote, "dstport",
                "4789")
        return self.has(name)

    def ping(self, to, *options):
        """How many of the requests were answered."""
        done = self.run("ping", "-W", "2", "-i", "0.1", *options, to)
        words = done.stdout.split(" received")[0].split()
        return int(words[-1]) if " received" in done.stdout else 0

    def reaches(self, to, *options):
        """As soon as it does: what was just written may still be on its way."""
        return until(lambda: self.ping(to, "-c", "1", *options) == 1)

    def plain(self):
        """Fills in checksums itself: not every switch behind it does."""
        self.run("ethtool", "-K", self.interface, "tx", "off")
        return self
