#!/usr/bin/env python3
"""What can be asked of a running switch: ctl-test.py VTEPD."""
import json
import signal
import socket
import subprocess
import sys

from vtepd_rig import Vtepd, check, finish, run, start, until, work
import hosts
from wires import Wires

hosts.enter("vtep-ctl", "tshark")
program = sys.argv[1]
wires = Wires("em3", "em4")
door = work / "tor1.ctl"
tor1 = Vtepd(program, "--name=tor1", "--port=em3", "--port=em4", "--tunnel-ip=10.8.125.20", f"--ctl={door}",
             f"--remote=punix:{work}/tor1.sock")
tor1.vtep_ctl("add-ls", "blue", "--", "set", "Logical_Switch", "blue", "tunnel_key=5001", "--",
              "bind-ls", "tor1", "em3", "5", "blue", "--", "bind-ls", "tor1", "em4", "0", "blue")
tor1.vtep_ctl("add-ucast-remote", "blue", "02:00:00:00:00:07", "10.8.125.21", "--",
              "add-mcast-remote", "blue", "unknown-dst", "10.8.125.21")

# ---- asking ----------------------------------------------------------------------------------------------------------


def ask(*words):
    return run(program, "ctl", "--ctl", door, *words)


def ask_json(*words):
    done = ask("--json", *words)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def refused(name, sentence, *words, code=2):
    done = ask(*words)
    check(f"{name} is refused with a sentence", done.returncode == code and sentence in done.stderr and not done.stdout,
          done.returncode, done.stdout, done.stderr)


refused("no command", "say what: tables")
refused("an unknown command", "there is no command 'tabels'", "tabels")
refused("a table that is none", "there is no table 'arp'; there is fdb", "tables", "arp", code=1)
refused("no table", "say which table", "tables")
refused("a word too many", "'more' is one word too many", "counters", "more")
refused("a log level that is none", "there is no log level 'loud'", "log", "loud", code=1)
refused("a port that is none", "there is no port 'em9'; there is em3, em4, up0", "explain", "em9", "00" * 60, code=1)
refused("a frame that is none", "no hexadecimal text", "explain", "em3", "nowhere.pcap", code=1)
refused("half an octet", "even number", "explain", "em3", "123", code=1)
done = run(program, "ctl", "--ctl=/nowhere/door", "counters")
check("a door that is not there is told", done.returncode == 1 and "'/nowhere/door' cannot be reached" in done.stderr, done.stderr)
check("the door is for its owner and group alone", oct(door.stat().st_mode & 0o777) == "0o660", oct(door.stat().st_mode))

# ---- tables and counters ---------------------------------------------------------------------------------------------

# to broadcast, from a station, in VLAN 5, of an experimental type (IEEE 802 local 88b5)
from_station = "ffffffffffff" + "020000000003" + "81000005" + "88b5" + "00" * 46
unbound = "ffffffffffff" + "020000000003" + "81000006" + "88b5" + "00" * 46
wires.send("em3", from_station, unbound)
fdb = until(lambda: [row for row in ask_json("tables", "fdb")["fdb"] if row["local"]])
check("a MAC that was seen is in the table, with its place",
      fdb and fdb[0] == {"switch": "blue", "mac": "02:00:00:00:00:03", "local": "em3 vlan 5", "age_s": fdb[0]["age_s"],
                         "remote": None}, fdb)
check("and a remote one with its locator", {"switch": "blue", "mac": "02:00:00:00:00:07", "local": None, "age_s": None,
                                            "remote": "10.8.125.21"} in ask_json("tables", "fdb")["fdb"])
check("remote rows, unicast and multicast",
      ask_json("tables", "remotes")["remotes"] == [
          {"switch": "blue", "mac": "02:00:00:00:00:07", "locators": ["10.8.125.21"]},
          {"switch": "blue", "mac": "unknown-dst", "locators": ["10.8.125.21"]}])
bindings = {(row["port"], row["vlan"]): row for row in ask_json("tables", "bindings")["bindings"]}
check("bindings count what they carry", bindings[("em3", 5)]["in_packets"] == 1 and bindings[("em4", 0)]["out_packets"] == 1
      and bindings[("em4", 0)]["out_bytes"] == 60, bindings)
tunnels = ask_json("tables", "tunnels")["tunnels"]
check("tunnels count too", len(tunnels) == 1 and tunnels[0]["remote"] == "10.8.125.21" and tunnels[0]["forwarding"]
      and tunnels[0]["out_packets"] == 1, tunnels)
check("limits leave out the rest and say so", ask_json("--limit=1", "tables", "remotes")["more"] == 1
      and "and 1 more" in ask("--limit=1", "tables", "remotes").stdout)
text = ask("tables", "bindings").stdout.splitlines()
check("people get columns", text[0].split()[:3] == ["PORT", "VLAN", "SWITCH"] and text[1].split()[:3] == ["em3", "5", "blue"], text)
ports = {row["port"]: row for row in ask_json("counters")["ports"]}
check("ports are counted, with their role and state",
      ports["em3"]["in_packets"] == 2 and ports["em3"]["state"] == "up" and ports["up0"]["role"] == "underlay", ports)

drops = ask_json("drops")
check("drops are counted by port and reason",
      {"port": "em3", "reason": "vlan-unbound", "packets": 1,
       "meaning": "no logical switch is bound to this port and VLAN"} in drops["drops"], drops["drops"])
last = [row for row in drops["recent"] if row["port"] == "em3"]
check("and the last frames are kept, to be explained", last and last[0]["frame"] == unbound
      and last[0]["table"] == "vlan_bindings", last)

# ---- explain ---------------------------------------------------------------------------------------------------------

explained = ask_json("explain", "em3", from_station)
check("a flooded frame's ways are listed, in their order",
      explained["rule"] == "group" and explained["learn"] and explained["actions"] == [
          {"output": "em4 untagged"}, {"tunnel": "10.8.125.21", "vni": 5001}], explained)
explained = ask_json("explain", "em4", "020000000007" + "020000000004" + "88b5" + "00" * 46)
check("a remote row decides", explained["rule"] == "remote" and explained["actions"] == [{"tunnel": "10.8.125.21", "vni": 5001}],
      explained)
check("explaining teaches nothing", not [row for row in ask_json("tables", "fdb")["fdb"] if row["mac"] == "02:00:00:00:00:04"])
explained = ask_json("explain", "em3", last[0]["frame"])
check("a drop has its reason, table and rule", explained["actions"][0]["drop"] == "vlan-unbound"
      and explained["actions"][0]["table"] == "vlan_bindings" and explained["actions"][0]["rule"] == "em3 vlan 6", explained)
# outer: to us, from the far end; IPv4, UDP to 4789, VXLAN with I flag and VNI 5001; inner: to the station
inner = "020000000003" + "020000000007" + "88b5" + "00" * 46
outer = ("020000000099" + "020000000021" + "0800" + "45000060000000004011" + "6947" + "0a087d15" + "0a087d14"
         + "c000" + "12b5" + "004c" + "0000" + "08000000" + "00138900" + inner)
header = bytes.fromhex(outer[28:68])
total = sum(int.from_bytes(header[i:i + 2], "big") for i in range(0, 20, 2) if i != 10)
outer = outer[:48] + f"{0xffff - (total % 0xffff):04x}" + outer[52:]
explained = ask_json("explain", "up0", outer)
check("a VXLAN packet at the underlay is looked into", explained.get("from") == "tunnel from 10.8.125.21, vni 5001"
      and explained["actions"] == [{"output": "em3 vlan 5"}], explained)
text = ask("explain", "em3", from_station).stdout
check("people get sentences", "it is flooded" in text and "-> tunnel to 10.8.125.21, vni 5001" in text, text)

tor1.vtep_ctl("set", "Tunnel", tor1.vtep_ctl("--columns=_uuid", "--bare", "list", "Tunnel").strip(),
              "bfd_params:enable=true")
bfd = until(lambda: [row for row in ask_json("tables", "bfd")["bfd"] if row["enabled"] == "true"])
check("BFD sessions have their state", bfd and bfd[0]["state"] == "down" and bfd[0]["remote"] == "10.8.125.21", bfd)

# ---- capture ---------------------------------------------------------------------------------------------------------


def captured(path, *fields):
    options = [part for field in fields for part in ("-e", field)]
    done = run("tshark", "-r", path, "-T", "fields", *options)
    return [line.split("\t") for line in done.stdout.splitlines()]


def capture_begins(*words):
    """The header is written at once."""
    path = work / f"{words[0]}.pcapng"
    path.unlink(missing_ok=True)
    process = start(program, "ctl", "--ctl", door, "capture", *words, "--write", path, stderr=subprocess.PIPE)
    until(lambda: path.exists() and path.stat().st_size)
    return process, path


def capture_ends(process, how=signal.SIGINT):
    process.send_signal(how)
    return process.communicate(timeout=30)[1], process.returncode


process, path = capture_begins("em3")
wires.send("em3", from_station)
wires.send("em4", "ffffffffffff" + "020000000004" + "88b5" + "00" * 46)
until(lambda: len(captured(path, "frame.number")) == 2)
said, code = capture_ends(process)
check("a capture has both directions of its port, as tshark reads it",
      captured(path, "frame.interface_name", "eth.src", "vlan.id") == [["em3", "02:00:00:00:00:03", "5"],
                                                                      ["em3", "02:00:00:00:00:04", "5"]],
      captured(path, "frame.interface_name", "eth.src", "vlan.id"))
check("and says how many it took and lost", code == 0 and "2 frames captured, 0 lost" in said, said)
process, path = capture_begins("all", "--drops")
wires.send("em3", unbound)
until(lambda: len(captured(path, "frame.number")) >= 2)
capture_ends(process)
comments = [row[0] for row in captured(path, "frame.comment") if "vlan-unbound" in row[0]]
check("drops are captured with their reason and rule", len(comments) == 1 and "em3 vlan 6" in comments[0], comments)
refused("a capture of no port", "there is no port 'em9'", "capture", "em9", "--write", work / "none.pcapng", code=1)

# A reader that does not read: frames go on, and the capture says what it lost.
slow = socket.socket(socket.AF_UNIX)
slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
slow.connect(str(door))
slow.sendall(b'{"command":"capture","port":"em3"}\n')
until(lambda: slow.recv(1, socket.MSG_PEEK))
big = from_station[:36] + "00" * 1400
before = ask_json("counters")["ports"][0]["in_packets"]
wires.send("em3", big, times=4200)
until(lambda: ask_json("counters")["ports"][0]["in_packets"] - before >= 4200)
slow.sendall(b"stop")
data = b""
while part := slow.recv(65536):
    data += part
counts = json.loads(data[data.rindex(b'{"captured"'):])
check("a slow reader loses frames, is told how many, and holds up nobody",
      counts["lost"] > 0 and counts["captured"] + counts["lost"] >= 4200, counts)

# ---- bad clients -----------------------------------------------------------------------------------------------------


def raw_answer(text, end=False):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(door))
        client.settimeout(30)
        client.sendall(text)
        if end:
            client.shutdown(socket.SHUT_WR)
        try:
            return b"".join(iter(lambda: client.recv(65536), b""))
        except ConnectionResetError:
            return b""


for name, text in {"no JSON": b"tables\n", "a list": b"[]\n", "no command": b"{}\n", "a number for a command": b'{"command":1}\n',
                   "bytes": b"\xff\xfe\n", "depth": b"[" * 60000 + b"\n",
                   "a number for a port": b'{"command":"explain","port":1,"frame":"00"}\n',
                   "a megabyte": b'{"command":"' + b"x" * (1 << 20)}.items():
    answer = raw_answer(text)
    check(f"{name}: the answer is an error, if any", not answer or b'"error"' in answer, answer[:200])
raw_answer(b"", end=True)
raw_answer(b'{"command"', end=True)
check("and the door stays open", isinstance(ask_json("counters"), dict))
check("the switch ends in order while somebody captures", [capture_begins("all"), tor1.stop()][1] == 0, tor1.log())

# ---- a port that comes late ------------------------------------------------------------------------------------------

tor1 = Vtepd(program, "--name=tor1", "--port=em3", "--port=em6", "--port=up0", "--tunnel-ip=10.8.125.20", f"--ctl={door}",
             f"--remote=punix:{work}/tor1.sock")
check("an interface that has the tunnel address is not a port and the underlay at once",
      tor1.says("'up0' is named as a port and carries the tunnels; it can be one of them"), tor1.log())
tor1.vtep_ctl("add-ls", "blue", "--", "bind-ls", "tor1", "em3", "5", "blue", "--", "bind-ls", "tor1", "em6", "0", "blue")
wires.send("em3", from_station)


def places():
    return sorted(row["local"] for row in ask_json("tables", "fdb")["fdb"])


until(lambda: places() == ["em3 vlan 5"])
wires.add("em6")
check("a port that comes late is opened", tor1.says("port 'em6' is open"), tor1.log())
check("and other ports keep what was learned", places() == ["em3 vlan 5"], places())
wires.send("em6", "ffffffffffff" + "020000000006" + "88b5" + "00" * 46)
check("it learns as the others do", until(lambda: places() == ["em3 vlan 5", "em6 untagged"]), places())
tor1.stop()

# ---- a port that has another's number --------------------------------------------------------------------------------

config = work / "tor1.yaml"


def configure(port):
    config.write_text(f"name: tor1\nport: {port}\ntunnel-ip: 10.8.125.20\nctl: {door}\nremote: punix:{work}/tor1.sock\n")


def dropped():
    return {row["port"]: row["packets"] for row in ask_json("drops")["drops"] if row["reason"] == "vlan-unbound"}


configure("em3")
tor1 = Vtepd(program, "--config", config)
wires.send("em3", unbound, times=3)
until(lambda: dropped() == {"em3": 3})
configure("em4")
tor1.reload()
wires.send("em4", from_station)
check("its drops are its own", until(lambda: dropped() == {"em4": 1}), dropped(), tor1.log())
check("and the last frames of the one before are no port's",
      [row["port"] for row in ask_json("drops")["recent"]] == ["em4", "-", "-", "-"], ask_json("drops")["recent"])
tor1.stop()

finish()
