"""Ports of a switch in the test's own namespace, and one host that has the other ends of all their cables."""
import hosts


class Wires:
    """The far end of a cable is named like the port, with an 'x' behind."""

    def __init__(self, *ports, underlay="up0", tunnel_ip="10.8.125.20", far_ip="10.8.125.21"):
        self.far = hosts.Host()
        for host in hosts.here, self.far:
            host.hush()
        for port in (*ports, underlay):
            self.add(port)
        hosts.here.ip("address", "add", f"{tunnel_ip}/24", "dev", underlay)
        self.far.ip("address", "add", f"{far_ip}/24", "dev", underlay + "x")

    def add(self, port):
        hosts.cable(hosts.here, port, self.far, port + "x")

    def delete(self, port):
        hosts.here.ip("link", "delete", port)

    def send(self, port, *frames, times=1):
        """Frames, in hexadecimal, into the port from its far end."""
        wire = hosts.Wire(self.far, port + "x")
        for _ in range(times):
            wire.send(*map(bytes.fromhex, frames))
