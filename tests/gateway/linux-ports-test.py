#!/usr/bin/env python3
"""Frame ports between real interfaces: linux-ports-test.py LINUX-WIRE.  Two hosts, and a wire of two ports between them,
each in a network namespace of its own."""
import hashlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "rig"))
import hosts  # noqa: E402
from hosts import Wire, cable  # noqa: E402
from ovsdb_servers import check, finish, until  # noqa: E402

hosts.enter("ping")
program = sys.argv[1]
left, middle, right = (hosts.Host() for _ in range(3))
for host in left, middle, right:
    host.hush()
cable(left, "l0", middle, "w0")
cable(right, "r0", middle, "w1")

MACS = bytes.fromhex("020000000012020000000011")
VXLAN = 4789


class Program:
    """linux-wire, and what it says."""

    def __init__(self, method="auto", ring=0, ports=("w0", "w1")):
        self.process = middle.start(program, method, ring, *ports, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")), daemon=True).start()
        until(lambda: "ready\n" in self.lines or self.process.poll() is not None)

    def says(self, line):
        return until(lambda: line + "\n" in self.lines)

    def pid(self):
        """nsenter becomes the program."""
        return self.process.pid

    def cpu_ticks(self):
        with open(f"/proc/{self.pid()}/stat") as stat:
            return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))

    def stop(self):
        """The counters by interface, and drops by reason."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        until(lambda: any(line.startswith("counters") for line in self.lines))
        time.sleep(0.05)
        counters = {"drops": {}}
        for line in self.lines:
            words = line.split()
            if words[0] == "counters":
                counters[words[1]] = {key: int(value) for key, value in (word.split("=") for word in words[2:])}
            if words[0] == "drops":
                counters["drops"][words[1]] = int(words[2])
        return counters


# ---- tags, byte for byte ---------------------------------------------------------------------------------------------

SHAPES = {
    "untagged": bytes.fromhex("88b5") + b"plain",
    "tagged": bytes.fromhex("81000b55 88b5") + b"one tag",
    "with priority alone": bytes.fromhex("8100e000 88b5") + b"VLAN 0",
    "with drop eligibility": bytes.fromhex("81001007 88b5") + b"DEI",
    "with two tags": bytes.fromhex("88a80064 81000b55 88b5") + b"QinQ",
    "of full size with a tag": bytes.fromhex("81000b55 88b5") + bytes(1500),
}

for method in "ring", "socket", "pcap":
    wire = Program(method)
    l0, r0 = Wire(left, "l0"), Wire(right, "r0")
    for shape, rest in SHAPES.items():
        frame = MACS + rest
        for out, back, way in (l0, r0, "there"), (r0, l0, "back"):
            out.send(frame)
            got = back.receive_like(lambda data: data[:12] == MACS)
            check(f"{method}: a frame {shape} crosses {way} unchanged", got == frame, got and got.hex(), frame.hex())
    counters = wire.stop()
    check(f"{method}: each frame was taken once, and none that the port itself sent",
          counters["w0"]["received"] == counters["w1"]["received"] == len(SHAPES)
          and counters["w0"]["sent"] == counters["w1"]["sent"] == len(SHAPES), counters)

# ---- bursts ----------------------------------------------------------------------------------------------------------


def burst(wire, n, length=60):
    """Sends n frames while nobody reads; returns how many came out on the other side."""
    before = right.shows("r0")["stats64"]["rx"]["packets"]
    sender = Wire(left, "l0")
    frame = MACS + bytes.fromhex("88b5") + bytes(length - 14)
    os.kill(wire.pid(), signal.SIGSTOP)
    for _ in range(n):
        sender.send(frame)
    os.kill(wire.pid(), signal.SIGCONT)
    came = lambda: right.shows("r0")["stats64"]["rx"]["packets"] - before
    last, since = came(), time.monotonic()
    while last < n and time.monotonic() - since < 2:
        time.sleep(0.05)
        if came() != last:
            last, since = came(), time.monotonic()
    return last


wire = Program("ring", 100_000 * 2048 + 65536)
out = burst(wire, 100_000)
counters = wire.stop()
check("a hundred thousand frames that come while nobody reads all go through, as the ring has room",
      out == 100_000 and counters["w0"]["missed"] == 0, out, counters)

wire = Program("ring", 1024 * 2048)
out = burst(wire, 3000)
counters = wire.stop()
check("what the ring has no room for is counted, and the rest goes through",
      out == 1024 and counters["w0"]["received"] == 1024 and counters["w0"]["missed"] == 3000 - 1024
      and counters["drops"].get("receive-queue-full") == 3000 - 1024, out, counters)

wire = Program("socket", 1 << 20)
out = burst(wire, 8000)
counters = wire.stop()
check("what a socket has no room for is counted too",
      0 < out < 8000 and counters["w0"]["received"] == out and counters["w0"]["missed"] == 8000 - out, out, counters)

# ---- segments and checksums of hosts that leave them to their interface ----------------------------------------------

left.ip("address", "add", "10.9.0.1/24", "dev", "l0")
right.ip("address", "add", "10.9.0.2/24", "dev", "r0")
for host, name, address in (left, "l0", "fd00:9::1"), (right, "r0", "fd00:9::2"):
    host.within(lambda: open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w").write("0"))
    host.ip("address", "add", f"{address}/64", "dev", name, "nodad")
BULK = os.urandom(1 << 20) * 8


def transfer(family, source, sink, address):
    """Sends BULK by TCP; TRUE when it came over whole."""
    server = sink.within(lambda: socket.create_server((address, 0), family=family))
    server.settimeout(30)
    got = hashlib.sha256()

    def take():
        stream, _ = server.accept()
        stream.settimeout(30)
        while data := stream.recv(1 << 16):
            got.update(data)

    taker = threading.Thread(target=take, daemon=True)
    taker.start()
    client = source.within(lambda: socket.create_connection((address, server.getsockname()[1]), 30))
    client.sendall(BULK)
    client.close()
    taker.join(60)
    server.close()
    return got.digest() == hashlib.sha256(BULK).digest()


for method in "ring", "socket":
    wire = Program(method)
    good = (transfer(socket.AF_INET, left, right, "10.9.0.2") and transfer(socket.AF_INET, right, left, "10.9.0.1")
            and transfer(socket.AF_INET6, left, right, "fd00:9::2"))
    counters = wire.stop()
    check(f"{method}: TCP in packets of many segments arrives whole, both ways, over IPv4 and IPv6", good, counters)
    check(f"{method}: such packets did come in, and went out as segments that fit",
          counters["w0"]["segmented"] > 0 and counters["w1"]["segmented"] > 0
          and counters["w1"]["sent"] > 2 * len(BULK) // 1500 and not counters["drops"].get("frame-too-long"), counters)

wire = Program()
server = right.within(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
server.bind(("10.9.0.2", 0))
server.settimeout(10)
client = left.within(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
client.sendto(b"filled in", server.getsockname())
datagram, _ = server.recvfrom(100)
parts = []
try:
    client.setsockopt(socket.IPPROTO_UDP, 103, 100)  # UDP_SEGMENT
    client.sendto(bytes(950), server.getsockname())
    while sum(map(len, parts)) < 950:
        parts.append(server.recvfrom(2000)[0])
except OSError as error:
    parts.append(str(error))
counters = wire.stop()
check("a UDP checksum left to the interface is filled in",
      datagram == b"filled in" and counters["w0"]["checksummed"] > 0, counters)
if counters["drops"].get("receive-queue-full") or counters["w0"]["missed"]:
    check("UDP in equal parts # SKIP this kernel does not tell of such packets", True)
else:
    check("UDP in equal parts becomes datagrams", list(map(len, parts)) == [100] * 9 + [50], parts, counters)

# ---- sizes -----------------------------------------------------------------------------------------------------------

middle.ip("link", "set", "w1", "mtu", "1400")
wire = Program()
l0, r0 = Wire(left, "l0"), Wire(right, "r0")
for size in (1415, 1414):
    l0.send(MACS + bytes.fromhex("88b5") + bytes(size - 14))
got = r0.receive_like(lambda data: data[:12] == MACS)
counters = wire.stop()
check("a frame of the interface's MTU leaves, and one byte more is dropped with the reason",
      len(got) == 1414 and counters["drops"].get("frame-too-long") == 1, counters)
middle.ip("link", "set", "w1", "mtu", "1500")

# ---- interfaces that go and come -------------------------------------------------------------------------------------

for method in "ring", "socket":
    wire = Program(method)
    middle.ip("link", "set", "w1", "down")
    check(f"{method}: an interface that is switched off is told", wire.says("carrier w1 down"), wire.lines)
    l0 = Wire(left, "l0")
    l0.send(MACS + bytes.fromhex("88b5") + b"lost")
    before = wire.cpu_ticks()
    time.sleep(1)
    check(f"{method}: nothing spins while it is off", wire.cpu_ticks() - before <= 10, wire.cpu_ticks() - before)
    middle.ip("link", "set", "w1", "name", "w7")
    middle.ip("link", "set", "w7", "up")
    check(f"{method}: switched on again it is told, by the name it has now", wire.says("carrier w7 up"), wire.lines)
    right.ip("link", "set", "r0", "down")
    check(f"{method}: a neighbour that goes takes the carrier", until(lambda: wire.lines.count("carrier w7 down\n") == 1),
          wire.lines)
    middle.ip("link", "del", "w7")
    cable(right, "r0", middle, "w1")
    check(f"{method}: one that was deleted and made again is taken up by its name", wire.says("carrier w1 up"), wire.lines)
    r0 = Wire(right, "r0")
    l0.send(MACS + bytes.fromhex("81000b55 88b5") + b"again")
    got = r0.receive_like(lambda data: data[:12] == MACS)
    check(f"{method}: and frames go through it", got == MACS + bytes.fromhex("81000b55 88b5") + b"again", got)
    counters = wire.stop()
    check(f"{method}: what was to leave by it meanwhile was dropped with the reason",
          counters["drops"].get("link-down", 0) >= 1, counters)
    right.ip("address", "replace", "10.9.0.2/24", "dev", "r0")

# More news than the kernel keeps for who does not read them: that w1 is gone is among those that are lost.
wire = Program("ring")
os.kill(wire.pid(), signal.SIGSTOP)
storm = "".join(f"link set lo mtu {mtu}\n" for _ in range(400) for mtu in (60000, 65536))
subprocess.run([*middle.inside, "ip", "-batch", "-"], input=storm + "link del w1\n" + storm, text=True, check=True)
os.kill(wire.pid(), signal.SIGCONT)
check("an interface that goes in a storm of news is missed all the same", wire.says("carrier w1 down"), wire.lines)
os.kill(wire.pid(), signal.SIGSTOP)
subprocess.run([*middle.inside, "ip", "-batch", "-"], input=storm, text=True, check=True)
cable(right, "r0", middle, "w1")
subprocess.run([*middle.inside, "ip", "-batch", "-"], input=storm, text=True, check=True)
os.kill(wire.pid(), signal.SIGCONT)
check("and one that comes in it is found", wire.says("carrier w1 up"), wire.lines)
wire.stop()
right.ip("address", "replace", "10.9.0.2/24", "dev", "r0")

# ---- an address shared with the kernel -------------------------------------------------------------------------------

middle.ip("address", "add", "10.9.0.20/24", "dev", "w0")
w0_mac = bytes.fromhex(middle.shows("w0")["address"].replace(":", ""))
l0_mac = bytes.fromhex(left.shows("l0")["address"].replace(":", ""))


def arp(op, target, sender="10.9.0.1"):
    return (b"\xff" * 6 + l0_mac + bytes.fromhex(f"0806 00010800 0604 000{op}") + l0_mac + socket.inet_aton(sender)
            + bytes(6) + socket.inet_aton(target))


for method in "ring", "pcap":
    wire = Program(method, 0, ("shared:10.9.0.20:w0", "w1"))
    l0, r0 = Wire(left, "l0"), Wire(right, "r0")
    client = left.within(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    client.connect(("10.9.0.20", VXLAN))
    client.send(b"for the gateway")
    other = left.within(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    other.sendto(b"for the kernel", ("10.9.0.20", VXLAN + 1))
    ping = left.run("ping", "-c", "1", "-W", "5", "10.9.0.20")
    l0.send(arp(1, "10.9.0.20"))
    l0.send(arp(1, "10.9.0.77"))
    l0.send(arp(2, "10.9.0.20"))
    got = []
    while len(got) < 3 and (frame := r0.receive(5)) is not None:
        got.append(frame)
    check(f"{method}: beside the kernel a port takes VXLAN packets for the address, and ARP that tells of others",
          [frame[12:14].hex() for frame in got] == ["0800", "0806", "0806"]
          and got[0].endswith(b"for the gateway") and got[1][38:42] == socket.inet_aton("10.9.0.77")
          and got[2][20:22] == b"\0\2", [frame.hex() for frame in got])
    check(f"{method}: the kernel goes on answering for the address", ping.returncode == 0, ping.stdout)
    client.settimeout(0.3)
    try:
        refused = bool(client.recv(10))
    except TimeoutError:
        refused = False
    except ConnectionRefusedError:
        refused = True
    check(f"{method}: and does not tell that nobody listens for VXLAN", not refused)
    wire.stop()
    holder = middle.within(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    middle.within(lambda: holder.bind(("0.0.0.0", VXLAN)))
    refusal = middle.run(program, method, 0, "shared:10.9.0.20:w0", "w1")
    holder.close()
    check(f"{method}: a taken VXLAN port is said in a sentence",
          refusal.returncode == 1 and "UDP port 4789 of 10.9.0.20 is taken" in refusal.stderr, refusal.stderr)

# ---- the kernel's UDP stack as an underlay ---------------------------------------------------------------------------

for host, name in (middle, "w1"), (right, "r0"):
    host.ip("link", "set", name, "mtu", "1600")
wire = Program("auto", 0, ("udp:10.9.0.20", "w1"))
remote = left.within(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
left.within(lambda: remote.bind(("10.9.0.1", VXLAN)))
remote.settimeout(10)
remote.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0x02)
remote.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
r0 = Wire(right, "r0")
inner = bytes.fromhex("0800000000138900") + MACS + bytes.fromhex("88b5") + b"inside"
remote.sendto(inner, ("10.9.0.20", VXLAN))
got = r0.receive_like(lambda data: data[12:14] == b"\x08\x00")
check("a VXLAN packet that the kernel took is a frame with outer headers, its congestion bits kept",
      got is not None and got[42:] == inner and got[15] == 0x02 and got[26:34] == bytes([10, 9, 0, 1, 10, 9, 0, 20])
      and got[34:38] == bytes.fromhex("12b512b5") and got[:12] == bytes.fromhex("02000a090014") + bytes.fromhex("02000a090001"),
      got and got.hex())
ours, theirs = got[:6], got[6:12]
r0.send(b"\xff" * 6 + ours + bytes.fromhex("0806 0001080006040001") + ours + bytes([10, 9, 0, 20]) + bytes(6)
        + bytes([10, 9, 0, 1]))
reply = r0.receive_like(lambda data: data[12:14] == b"\x08\x06")
check("who is asked for by ARP answers at once", reply is not None and reply[22:32] == theirs + bytes([10, 9, 0, 1]), reply)


def checksum(header):
    total = sum(int.from_bytes(header[i:i + 2], "big") for i in range(0, len(header), 2))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def outer(payload, source_port, tos, to=bytes([10, 9, 0, 1])):
    ip_header = (bytes([0x45, tos]) + (28 + len(payload)).to_bytes(2, "big") + bytes.fromhex("0000400040110000")
                 + bytes([10, 9, 0, 20]) + to)
    ip_header = ip_header[:10] + checksum(ip_header).to_bytes(2, "big") + ip_header[12:]
    return (theirs + ours + b"\x08\x00" + ip_header + source_port.to_bytes(2, "big") + bytes.fromhex("12b5")
            + (8 + len(payload)).to_bytes(2, "big") + b"\0\0" + payload)


sources = set()
for port in 40000, 40000, 40001, 40002:
    r0.send(outer(inner, port, 0x03))
    data, notes, _, sender = remote.recvmsg(2000, 64)
    sources.add(sender[1])
check("a VXLAN frame leaves by the kernel's routing, with its type of service",
      data == inner and sender[0] == "10.9.0.20" and [value[0] for _, _, value in notes] == [0x03], data.hex(), notes)
check("flows have different source ports, and a flow always the same", len(sources) == 3, sources)
r0.send(outer(inner, 40000, 0, bytes([192, 0, 2, 1])))
r0.send(outer(inner + bytes(1473 - len(inner)), 40000, 0))
r0.send(outer(inner + bytes(1472 - len(inner)), 40000, 0))
data, _, _, _ = remote.recvmsg(2000, 64)
counters = wire.stop()
check("without a route, or over the path's MTU, a packet is dropped with the reason",
      len(data) == 1472 and counters["drops"].get("no-route") == 1 and counters["drops"].get("frame-too-long") == 1, counters)
finish()
