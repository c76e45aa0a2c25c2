"""Frames for both switches: random ones, and conversations."""

MACS = ["fa:16:3e:00:00:01", "fa:16:3e:00:00:02", "02:00:00:00:00:05", "ff:ff:ff:ff:ff:ff", "01:80:c2:00:00:0e"]
IPS = ["10.0.0.1", "10.0.0.2", "10.1.2.3", "192.168.7.9"]


def mac(text):
    return bytes(int(part, 16) for part in text.split(":"))


def ip(text):
    return bytes(int(part) for part in text.split("."))


def checksum(data):
    total = sum(int.from_bytes((data + b"\0")[i:i + 2], "big") for i in range(0, len(data) // 2 * 2 + len(data) % 2, 2))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return (~total & 0xffff).to_bytes(2, "big")


def arp_body(op, sha, spa, tha, tpa):
    return bytes.fromhex("0001080006040000")[:6] + op.to_bytes(2, "big") + mac(sha) + ip(spa) + mac(tha) + ip(tpa)


def ipv4_body(chance, number):
    protocol = chance.choice([1, 6, 17, 17, 89])
    tail = number.to_bytes(4, "big")
    source, target = ip(chance.choice(IPS)), ip(chance.choice(IPS))
    ports = chance.choice([68, 67, 53, 4000]).to_bytes(2, "big") + chance.choice([67, 68, 80, 4000]).to_bytes(2, "big")
    if protocol == 1:
        payload = bytes([chance.choice([0, 8]), 0, 0, 0, 0, 1, 0, 1]) + tail
        payload = payload[:2] + checksum(payload) + payload[4:]
    elif protocol == 89:
        payload = bytes(8) + tail
    else:
        if protocol == 17:
            payload = ports + (8 + len(tail)).to_bytes(2, "big") + b"\0\0" + tail
            at = 6
        else:
            payload = ports + bytes(8) + bytes([0x50, chance.choice([2, 0x12, 0x10]), 1, 0, 0, 0, 0, 0]) + tail
            at = 16
        pseudo = source + target + bytes([0, protocol]) + len(payload).to_bytes(2, "big")
        if protocol == 6 or chance.random() < 0.7:
            payload = payload[:at] + checksum(pseudo + payload) + payload[at + 2:]
    # The userspace datapath "corrects" a TCP or UDP checksum in the middle of later fragments; the kernel's does not.
    fragment = chance.choice([0, 0, 0, 0x4000, 0x2000] + ([0x0010] if protocol in (1, 89) else []))
    head = bytes([0x45, chance.choice([0, 0x10, 0xb8, 3])]) + (20 + len(payload)).to_bytes(2, "big") + b"\0\1" \
        + fragment.to_bytes(2, "big") + bytes([chance.choice([1, 2, 64]), protocol, 0, 0]) + source + target
    return head[:10] + checksum(head) + head[12:] + payload


def ipv6_body(chance, number):
    tail = number.to_bytes(4, "big")
    source = bytes.fromhex("fe80000000000000f8163efffe00000" + chance.choice("12"))
    target = bytes.fromhex("fe80000000000000f8163efffe00000" + chance.choice("123"))
    protocol = chance.choice([17, 58, 58])
    if protocol == 17:
        payload = (546).to_bytes(2, "big") + (547).to_bytes(2, "big") + (8 + len(tail)).to_bytes(2, "big") + b"\0\0" + tail
        at = 6
    else:
        payload = bytes([135, 0, 0, 0, 0, 0, 0, 0]) + target + bytes([1, 1]) + mac(MACS[0]) \
            if chance.random() < 0.5 else bytes([128, 0, 0, 0, 0, 1, 0, 1])
        payload += tail if payload[0] == 128 else bytes([200, 1, 0, 0]) + tail
        at = 2
    pseudo = source + target + len(payload).to_bytes(4, "big") + bytes([0, 0, 0, protocol])
    payload = payload[:at] + checksum(pseudo + payload) + payload[at + 2:]
    return bytes([0x60, 0x10 * chance.choice([0, 1, 11]), 0, 0]) + len(payload).to_bytes(2, "big") \
        + bytes([protocol, chance.choice([1, 64, 255])]) + source + target + payload


def random_frame(chance, number):
    """A frame whose last four bytes are its number, which no action changes."""
    head = mac(chance.choice(MACS)) + mac(chance.choice(MACS[:3]))
    if chance.random() < 0.4:
        head += bytes.fromhex(chance.choice(["8100", "8100", "88a8"])) + chance.choice([5, 6, 0x2005, 0]).to_bytes(2, "big")
        if chance.random() < 0.2:
            head += bytes.fromhex("8100") + (7).to_bytes(2, "big")
    kind = chance.choice(["arp", "ip", "ip", "ip6", "other"])
    if kind == "arp":
        body = arp_body(chance.choice([1, 2, 3]), chance.choice(MACS[:3]), chance.choice(IPS), "00:00:00:00:00:00",
                        chance.choice(IPS)) + number.to_bytes(4, "big")
        return head + b"\x08\x06" + body
    if kind == "ip":
        return head + b"\x08\x00" + ipv4_body(chance, number)
    if kind == "ip6":
        return head + b"\x86\xdd" + ipv6_body(chance, number)
    return head + b"\x12\x34" + bytes(10) + number.to_bytes(4, "big")


# ---- conversations ---------------------------------------------------------------------------------------------

CLIENT, SERVER = ("fa:16:3e:00:00:01", "10.0.0.1"), ("fa:16:3e:00:00:02", "10.0.0.2")
FIN, SYN, RST, ACK = 1, 2, 4, 16


def ipv4_frame(source, target, protocol, payload, at):
    """`at`: of the payload's checksum."""
    pseudo = b"" if protocol == 1 else ip(source[1]) + ip(target[1]) + bytes([0, protocol]) + len(payload).to_bytes(2, "big")
    payload = payload[:at] + checksum(pseudo + payload) + payload[at + 2:]
    head = bytes([0x45, 0]) + (20 + len(payload)).to_bytes(2, "big") + bytes([0, 1, 0, 0, 64, protocol, 0, 0]) \
        + ip(source[1]) + ip(target[1])
    return mac(target[0]) + mac(source[0]) + b"\x08\x00" + head[:10] + checksum(head) + head[12:] + payload


def tcp_talk(chance, port):
    """Frames of one TCP connection, as (reply, frame): set up, used, and most often ended."""
    wrote = [chance.randrange(1 << 31), chance.randrange(1 << 31)]
    talk = []

    def say(reply, flags, n_bytes=0):
        ends = [port, 80]
        body = ends[reply].to_bytes(2, "big") + ends[1 - reply].to_bytes(2, "big") + wrote[reply].to_bytes(4, "big") \
            + (wrote[1 - reply] if flags & ACK else 0).to_bytes(4, "big") + bytes([0x50, flags, 0xff, 0, 0, 0, 0, 0]) + bytes(n_bytes)
        hosts = (SERVER, CLIENT) if reply else (CLIENT, SERVER)
        talk.append((reply, ipv4_frame(*hosts, 6, body, 16)))
        if flags & (SYN | FIN) != SYN | FIN:
            wrote[reply] += n_bytes + (1 if flags & (SYN | FIN) else 0)

    if chance.random() < 0.2:
        say(1, SYN | ACK)  # nobody asked
        return talk
    say(0, SYN)
    say(1, SYN | ACK)
    say(0, ACK)
    for _ in range(chance.randint(0, 3)):
        say(chance.randint(0, 1), ACK, 4)
    if chance.random() < 0.2:
        say(0, SYN | FIN)  # no sender means that
    if chance.random() < 0.3:
        say(chance.randint(0, 1), RST | ACK)
        say(1, ACK)
    elif chance.random() < 0.7:
        say(0, FIN | ACK)
        say(1, FIN | ACK)
        say(0, ACK)
    return talk


def other_talk(chance, number):
    """Frames of one exchange by UDP or ICMP echo, in any order."""
    talk = []
    for _ in range(chance.randint(2, 5)):
        reply = chance.randint(0, 1)
        hosts = (SERVER, CLIENT) if reply else (CLIENT, SERVER)
        if number % 2:
            ends = [number, 53]
            body = ends[reply].to_bytes(2, "big") + ends[1 - reply].to_bytes(2, "big") + bytes([0, 12, 0, 0]) + bytes(4)
            talk.append((reply, ipv4_frame(*hosts, 17, body, 6)))
        else:
            body = bytes([0 if reply else 8, 0, 0, 0]) + number.to_bytes(2, "big") + bytes(6)
            talk.append((reply, ipv4_frame(*hosts, 1, body, 2)))
    return talk
