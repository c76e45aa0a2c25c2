#!/usr/bin/env python3
"""Real guests talk across a Logical_Router of vtepd, over IPv4 and IPv6: router-test.py VTEPD.

    guest1 -- em3 \\                                   blue  10.0.1.0/24, fd00:1::/64, the router at .1 and ::1
    guest2 -- em4 - [vtepd tor1] em1 ==== em5 linux    green 10.0.2.0/24, fd00:2::/64, likewise

guest1 is in blue, guest2 in green, and so is `linux`, behind its own vxlan device. Behind guest2 are 10.9.0.0/16 and
fd00:9::/48, by static routes. Checksums and the cutting of large segments are left to what guests take for hardware.
"""
import json
import shutil
import subprocess
import sys

from vtepd_rig import Vtepd, check, finish, run, until, work
import hosts

TOR, LINUX = "10.8.125.20", "10.8.125.21"
LINUX_MAC = "fa:16:3e:00:00:14"
GUEST_MTU = 1450


class Kind:
    """One kind of IP: addresses of the hosts, and the words of ping."""

    def __init__(self, name, guest1, guest2, linux, behind, prefix, routers, nobody, nowhere, words):
        self.name, self.guest1, self.guest2, self.linux, self.behind = name, guest1, guest2, linux, behind
        self.prefix = prefix
        self.routers, self.nobody, self.nowhere = routers, nobody, nowhere
        self.expired, self.no_host, self.no_route = words


KINDS = (
    Kind("IPv4", "10.0.1.11/24", "10.0.2.12/24", "10.0.2.14/24", "10.9.0.1/32", "10.9.0.0/16",
         ("10.0.1.1", "10.0.2.1"), "10.0.2.99", "172.16.0.1", ("Time to live exceeded", "Destination Host Unreachable", "Destination Net Unreachable")),
    Kind("IPv6", "fd00:1::11/64", "fd00:2::12/64", "fd00:2::14/64", "fd00:9::1/128", "fd00:9::/48",
         ("fd00:1::1", "fd00:2::1"), "fd00:2::99", "fd00:77::1", ("Time exceeded: Hop limit", "Address unreachable", "No route")))


def bare(address):
    return address.split("/")[0]


def gets(host, device, address, router):
    """An address at once, without asking whether somebody has it, and the router for all other ones."""
    host.ip("address", "add", address, "dev", device, *(("nodad",) if ":" in address else ()))
    host.ip("route", "add", "default", "via", router)


def errors_of(host, *words):
    """What ping says that it was told."""
    return host.run("ping", "-n", "-c", "1", "-w", "10", *words).stdout


def bulk(client, server, address, *options):
    """Bytes that arrived of a test of 20 MB, as iperf3 counts them."""
    listener = server.start("iperf3", "--server", "--one-off", "--bind", address, stdout=subprocess.DEVNULL)
    until(lambda: ":5201" in server.run("ss", "-Hltn").stdout)
    done = client.run("iperf3", "--client", address, "--json", "--connect-timeout", "10000", "-n", "20M", *options)
    listener.kill()
    listener.wait()
    try:
        return json.loads(done.stdout)["end"]["sum_received"]["bytes"]
    except (ValueError, KeyError):
        return 0


def uuid_of(table, name):
    return tor1.vtep_ctl("--bare", "--columns=_uuid", "find", table, f"name={name}").strip()


def as_map(mapping):
    return "{" + ",".join(f'"{key}"={value}' for key, value in mapping.items()) + "}"


def make_router():
    """The row with all interfaces and routes of both kinds."""
    switches = [uuid_of("Logical_Switch", name) for name in ("blue", "green")]
    bindings = {f"{address}/{kind.guest1.split('/')[1]}": switch
                for kind in KINDS for address, switch in zip(kind.routers, switches)}
    routes = {kind.prefix: f'"{bare(kind.guest2)}"' for kind in KINDS}
    return tor1.vtep_ctl("create", "Logical_Router", "name=core", f"switch_binding={as_map(bindings)}",
                         f"static_routes={as_map(routes)}")


def drops():
    """What was dropped, by port and reason."""
    return json.loads(run(sys.argv[1], "ctl", f"--ctl={work}/tor1.ctl", "--json", "drops").stdout)["drops"]


# ---- the rack --------------------------------------------------------------------------------------------------------

missing = [tool for tool in ("vtep-ctl", "ping", "ip", "iperf3", "ss") if not shutil.which(tool)]
if missing:
    print(f"1..0 # SKIP {', '.join(missing)} not installed")
    sys.exit(0)
hosts.enter()
hosts.link("em1", "em5", address=f"{TOR}/24")
for plugs in (("em3", "guest1"), ("em4", "guest2")):
    hosts.link(*plugs)
linux, guest1, guest2 = hosts.Host(), hosts.Host(), hosts.Host()
linux.takes("em5", "em5", address=f"{LINUX}/24")
linux.ip("link", "add", "vx-green", "address", LINUX_MAC, "mtu", str(GUEST_MTU), "type", "vxlan", "id", "5002",
         "local", LINUX, "remote", TOR, "dstport", "4789", "dev", "em5")
linux.ip("link", "set", "vx-green", "up")
for guest, plug in ((guest1, "guest1"), (guest2, "guest2")):
    guest.takes(plug, "eth0")
    guest.ip("link", "set", "eth0", "mtu", str(GUEST_MTU))
for kind in KINDS:
    gets(guest1, "eth0", kind.guest1, kind.routers[0])
    gets(guest2, "eth0", kind.guest2, kind.routers[1])
    gets(linux, "vx-green", kind.linux, kind.routers[1])
    guest2.ip("address", "add", kind.behind, "dev", "lo")

tor1 = Vtepd(sys.argv[1], "--name=tor1", "--port=em3", "--port=em4", f"--tunnel-ip={TOR}",
             f"--remote=punix:{work / 'tor1.sock'}", f"--ctl={work / 'tor1.ctl'}")
tor1.vtep_ctl("add-ls", "blue", "--", "set", "Logical_Switch", "blue", "tunnel_key=5001", "--",
              "add-ls", "green", "--", "set", "Logical_Switch", "green", "tunnel_key=5002", "--",
              "bind-ls", "tor1", "em3", "0", "blue", "--", "bind-ls", "tor1", "em4", "0", "green", "--",
              "add-ucast-remote", "green", LINUX_MAC, LINUX, "--", "add-mcast-remote", "green", "unknown-dst", LINUX)

# ---- the tests -------------------------------------------------------------------------------------------------------

for kind in KINDS:
    check(f"{kind.name}: without a router two logical switches do not meet",
          not guest1.pings(bare(kind.guest2), count=1, deadline_s=2))
    check(f"{kind.name}: but two guests of one do, through the tunnel between them",
          until(lambda: guest2.pings(bare(kind.linux))) and linux.pings(bare(kind.guest2)), drops())
said = make_router()
check("the router's row is taken without a fault",
      until(lambda: uuid_of("Logical_Router", "core"))
      and tor1.vtep_ctl("get", "Logical_Router", "core", "LR_fault_status").strip() == "[]"
      and tor1.vtep_ctl("get", "Physical_Switch", "tor1", "switch_fault_status").strip() == "[]",
      said, tor1.vtep_ctl("list", "Logical_Router"))
for kind in KINDS:
    check(f"{kind.name}: the router answers its guests",
          until(lambda: guest1.pings(kind.routers[0])) and guest2.pings(kind.routers[1]), drops())
    check(f"{kind.name}: guests in two logical switches reach each other",
          until(lambda: guest1.pings(bare(kind.guest2))) and guest2.pings(bare(kind.guest1)), drops())
    check(f"{kind.name}: and so do a guest and one behind a tunnel",
          until(lambda: guest1.pings(bare(kind.linux))) and linux.pings(bare(kind.guest1)), drops())
    check(f"{kind.name}: what a static route leads to is reached", until(lambda: guest1.pings(bare(kind.behind))), drops())
    seen = errors_of(guest1, "-t", "1", bare(kind.guest2))
    check(f"{kind.name}: the router is the first hop, and says that the packet's life ended there",
          f"From {kind.routers[0]}" in seen and kind.expired in seen, seen)
    seen = errors_of(guest1, "-t", "2", bare(kind.guest2))
    check(f"{kind.name}: the guest is the second", "1 received" in seen and "ttl=63" in seen, seen)
    seen = errors_of(guest1, kind.nobody)
    check(f"{kind.name}: an address that nobody has is unreachable",
          f"From {kind.routers[0]}" in seen and kind.no_host in seen, seen)
    seen = errors_of(guest1, kind.nowhere)
    check(f"{kind.name}: without a route there is none, and the router says so",
          f"From {kind.routers[0]}" in seen and kind.no_route in seen, seen)
    for name, client, server, address in (("a guest of the other switch", guest1, guest2, kind.guest2),
                                          ("a guest behind a tunnel", guest1, linux, kind.linux),
                                          ("a guest of the same switch behind a tunnel", guest2, linux, kind.linux)):
        for way, options in (("to", ()), ("from", ("--reverse",))):
            arrived = bulk(client, server, bare(address), *options)
            check(f"{kind.name}: TCP runs {way} {name}", arrived >= 10 * 10 ** 6, arrived, drops())
tor1.vtep_ctl("destroy", "Logical_Router", "core")
for kind in KINDS:
    check(f"{kind.name}: when the router's row goes, so does the way",
          until(lambda: not guest1.pings(bare(kind.guest2), count=1, deadline_s=1)))
check("the daemon goes in peace", tor1.stop() == 0, tor1.log())
finish()
