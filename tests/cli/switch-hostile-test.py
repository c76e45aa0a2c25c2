#!/usr/bin/env python3
"""Malformed and out-of-order OpenFlow at `vteplab switch`: switch-hostile-test.py SWITCH."""
import socket
import struct
import sys

from switches import ERROR, HELLO, Client, Switch, check, finish, message, until

BAD_REQUEST, BAD_LENGTH = 1, 6
ONF = 0x4f4e4600
switch = Switch(sys.argv[1], "--probe=1")
idle = Client(switch.target)  # says HELLO and nothing more, and answers no probe


def flow_mod(command=0, table=0, match=bytes.fromhex("0001000400000000"), instructions=b"", flags=0):
    return struct.pack(">QQBBHHHIIIHH", 0, 0, table, command, 0, 0, 1, 0xffffffff, 0xffffffff, 0xffffffff, flags, 0) \
        + match + instructions


def multipart(kind, body=b"", flags=0):
    return struct.pack(">HHI", kind, flags, 0) + body


def bundle(kind, number=1, flags=3):
    return struct.pack(">IIIHH", ONF, 2300, number, kind, flags)


def bundle_add(inner, number=1, flags=3):
    return struct.pack(">IIIHH", ONF, 2301, number, 0, flags) + inner


# ---- each gets the standard's error, and the session lives on --------------------------------------------------------

goto_5 = struct.pack(">HHB3x", 1, 8, 5)
meter = struct.pack(">HHI", 0, 1, 1)
client = Client(switch.target)
n_refused = 0
for name, wanted, kind, body in (
        ("an unknown message type", (1, 1), 77, b""),
        ("a reply where requests are taken", (1, 1), 19, multipart(0)),
        ("a multipart request that is cut short", (1, 6), 18, b"\0"),
        ("an unknown multipart type", (1, 2), 18, multipart(55)),
        ("a multipart type of an unknown experimenter", (1, 3), 18, multipart(0xffff, struct.pack(">II", 0x1234, 1))),
        ("a request in parts", (1, 13), 18, multipart(12, flags=1)),
        ("table features to be set", (13, 5), 18, multipart(12, bytes(64))),
        ("a port that is not there", (1, 11), 18, multipart(4, struct.pack(">I4x", 99))),
        ("flows of a table that is not there", (1, 9), 18,
         multipart(1, struct.pack(">B3xII4xQQ", 254, 0xffffffff, 0xffffffff, 0, 0) + bytes.fromhex("0001000400000000"))),
        ("a flow-mod that is cut short", (1, 6), 14, flow_mod()[:30]),
        ("a flow-mod of an unknown command", (5, 6), 14, flow_mod(command=9)),
        ("a flow-mod with unknown flags", (5, 7), 14, flow_mod(flags=0x80)),
        ("a match that is longer than its message", (4, 1), 14, flow_mod(match=bytes.fromhex("000100ff00000000"))),
        ("a match of OpenFlow 1.0", (4, 0), 14, flow_mod(match=bytes.fromhex("0000000400000000"))),
        ("a field that is not known", (4, 6), 14, flow_mod(match=bytes.fromhex("0001000980007e010500000000000000"))),
        ("a field twice", (4, 10), 14,
         flow_mod(match=bytes.fromhex("0001001480000004000000018000000400000001") + bytes(4))),
        ("an instruction twice", (3, 9), 14, flow_mod(instructions=goto_5 + goto_5)),
        ("an unknown instruction", (3, 0), 14, flow_mod(instructions=struct.pack(">HHI", 99, 8, 0))),
        ("an instruction that is longer than its message", (3, 7), 14, flow_mod(instructions=struct.pack(">HHI", 4, 64, 0))),
        ("an unknown action", (2, 0), 14,
         flow_mod(instructions=struct.pack(">HHI", 4, 16, 0) + struct.pack(">HHI", 99, 8, 0))),
        ("an action of no length", (2, 1), 14,
         flow_mod(instructions=struct.pack(">HHI", 4, 16, 0) + struct.pack(">HHI", 22, 0, 0))),
        ("an unknown group type", (6, 10), 15, struct.pack(">HBxI", 0, 9, 1)),
        ("an unknown group command", (6, 11), 15, struct.pack(">HBxI", 9, 0, 1)),
        ("a meter with both units", (12, 5), 29, struct.pack(">HHI", 0, 3, 1)),
        ("a meter with neither", (12, 5), 29, struct.pack(">HHI", 0, 0, 1)),
        ("meter 0", (12, 2), 29, struct.pack(">HHI", 0, 1, 0)),
        ("an unknown meter command", (12, 4), 29, struct.pack(">HHI", 9, 1, 1)),
        ("an unknown band", (12, 8), 29, meter + struct.pack(">HHIII", 9, 16, 5, 0, 0)),
        ("a band of rate 0", (12, 6), 29, meter + struct.pack(">HHIII", 1, 16, 0, 0, 0)),
        ("a band that is cut short", (1, 6), 29, meter + struct.pack(">HHI", 1, 16, 5)),
        ("nine bands", (12, 11), 29, meter + struct.pack(">HHIII", 1, 16, 5, 0, 0) * 9),
        ("a table-mod of a table that is not there", (8, 0), 17, struct.pack(">B3xI", 254, 0)),
        ("a table-mod that is cut short", (1, 6), 17, b"\0"),
        ("a role that is not known", (11, 2), 24, struct.pack(">I4xQ", 9, 1)),
        ("fragment handling that is not known", (10, 0), 9, struct.pack(">HH", 7, 128)),
        ("an experimenter that is not known", (1, 3), 4, struct.pack(">II", 0x1234, 1)),
        ("a Nicira message that is not had", (1, 4), 4, struct.pack(">II", 0x2320, 4000)),
        ("an experimenter's message without its type", (1, 6), 4, struct.pack(">I", ONF)),
        ("an unknown bundle request", (0xffff, 2306), 4, bundle(11)),
        ("a commit of no bundle", (0xffff, 2302), 4, bundle(4)),
        ("a bundle within itself", (0xffff, 2310), 4, bundle_add(message(4, bundle(4), 7))),
        ("another xid within a bundle", (0xffff, 2309), 4, bundle_add(message(14, flow_mod(), 8))),
        ("a message in a bundle that is cut short", (0xffff, 2308), 4, bundle_add(message(14, flow_mod(), 7)[:-1]))):
    got = client.error(kind, body)
    n_refused += check(f"{name} is refused as the standard says, and the session lives on", got == wanted and client.alive(),
                       wanted, got)
got = client.error(14, flow_mod(), version=1)
check("a message of another version is refused, and the session lives on", got == (1, 0) and client.alive(), got)

# ---- bundles out of order --------------------------------------------------------------------------------------------

for name, wanted, before, body in (
        ("opened twice", (0xffff, 2302), [bundle(0, 5)], bundle(0, 5)),
        ("of other flags", (0xffff, 2307), [bundle(0, 6)], bundle(4, 6, 1)),
        ("closed twice", (0xffff, 2304), [bundle(0, 7), bundle(2, 7)], bundle(2, 7)),
        ("added to when it is closed", (0xffff, 2304), [bundle(0, 8), bundle(2, 8)],
         bundle_add(message(14, flow_mod(), 7), 8))):
    for one in before:
        client.ask(4, one)
    got = client.error(4, body)
    check(f"a bundle {name} is refused", got == wanted and client.alive(), wanted, got)
    check("and it is gone", client.error(4, bundle(4, struct.unpack(">I", body[8:12])[0])) == (0xffff, 2302))
for number in range(16):
    client.ask(4, bundle(0, 100 + number))
check("the seventeenth open bundle is refused", client.error(4, bundle(0, 200)) == (0xffff, 2305))

# ---- sessions that end -----------------------------------------------------------------------------------------------

other = Client(switch.target, hello=False)
other.next()
got = other.ask(HELLO, version=1)
check("a HELLO of OpenFlow 1.0 alone is answered by HELLO_FAILED", got and got[0] == ERROR and got[2][:4] == bytes(4), got)
check("and the session ends", other.next() is None)
other = Client(switch.target, hello=False)
other.next()
other.send(message(14, flow_mod()))
check("a request before HELLO ends the session", other.next() is None)
other = Client(switch.target)
other.send(struct.pack(">BBHI", 4, 0, 7, 0))
check("a length below the header's ends the session", other.next() is None)
other = Client(switch.target)
other.send(b"GET / HTTP/1.1\r\n\r\n" * 4000)
check("what is no OpenFlow at all does not crash it", client.alive())
other.close()
for byte in message(18, multipart(13), 5):
    client.send(bytes([byte]))
check("a message that comes byte by byte is answered", client.next()[:2] == (19, 5))
client.send(b"".join(message(2, b"", xid) for xid in range(5000)))
check("5000 messages in one write are answered in order", [client.next()[1] for _ in range(5000)] == list(range(5000)))
probed = idle.next()
check("who says nothing is asked", probed and probed[0] == 2, probed)
check("and cut off when it does not answer", idle.next() is None)
hungry = Client(switch.target)
hungry.stream.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 5, 0))
try:
    for _ in range(40000):
        hungry.send(message(18, multipart(12), 1))
except OSError:
    pass
check("who asks and does not read is cut off, with a sentence",
      until(lambda: "it does not read what it asks for" in switch.errors()), switch.errors()[-2000:])
fresh = Client(switch.target)
check("others are served meanwhile", fresh.alive())
for kind, n in (("malformed", 15), ("unknown", 8), ("out-of-order", 1), ("too-large", 1), ("unread", 1)):
    check(f"what is {kind} is counted", len([line for line in switch.errors().splitlines() if f": {kind}: " in line]) >= n,
          switch.errors()[-2000:])
check("each refusal is told on stderr", switch.errors().count("refused with") >= n_refused)
check("and SIGTERM ends it in order", switch.stop() == 0)
finish()
