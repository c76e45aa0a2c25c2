#!/usr/bin/env python3
"""What peers may do to the server: lose their own connection.  ovsdb-server-hostile-test.py SERVER HARDWARE_VTEP.

A bystander is served all the while, promptly; the server's memory stays bounded; and it ends in order at last.
"""
import json
import pathlib
import resource
import socket
import sys
import time

from ovsdb_servers import Ours, check, finish, until

program, schema = sys.argv[1:3]
PROMPT = 3.0  # seconds; the machine may be busy
MEMORY_KB = 400 * 1024


class Peer:
    """One connection, with patience."""

    def __init__(self, server, tcp=False):
        self.socket = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX)
        self.socket.connect(("127.0.0.1", int(server.listening[1].split(":")[1])) if tcp else str(server.socket))
        self.socket.settimeout(30)
        self.rest = ""

    def send(self, data):
        """FALSE: the connection has ended."""
        try:
            self.socket.sendall(data if isinstance(data, bytes) else json.dumps(data).encode())
            return True
        except OSError:
            return False

    def message(self):
        """The next message that is no probe; None when the connection has ended."""
        while True:
            try:
                message, used = json.JSONDecoder().raw_decode(self.rest)
                self.rest = self.rest[used:]
                if message.get("method") != "echo":
                    return message
            except json.JSONDecodeError:
                try:
                    data = self.socket.recv(1 << 20)
                except ConnectionError:
                    return None
                if not data:
                    return None
                self.rest += data.decode()

    def request(self, method, *params):
        if not self.send({"id": 7, "method": method, "params": list(params)}):
            return None
        return self.message()

    def has_ended(self):
        try:
            while self.socket.recv(1 << 16):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True

    def close(self):
        self.socket.close()


server = Ours(program, schema, "hostile", remotes=["ptcp:0:127.0.0.1"])
bystander = Peer(server)
n_rows = 0


def status(field):
    lines = pathlib.Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(field + ":")).split()[1])


def serves_others():
    """The bystander and a newcomer are answered, soon."""
    global n_rows
    begin = time.monotonic()
    n_rows += 1
    answer = bystander.request("transact", "hardware_vtep",
                               {"op": "insert", "table": "Logical_Switch", "row": {"name": f"ls{n_rows}"}},
                               {"op": "select", "table": "Logical_Switch", "where": [], "columns": ["name"]})
    newcomer = Peer(server)
    names = newcomer.request("list_dbs")
    newcomer.close()
    return (answer and len(answer["result"][1]["rows"]) == n_rows and names and names["result"] == ["hardware_vtep", "_Server"]
            and time.monotonic() - begin < PROMPT)


def loses_connection(name, data):
    peer = Peer(server)
    peer.send(data)
    check(f"{name} costs the connection", peer.has_ended())
    peer.close()


def keeps_connection(name, data, expected):
    peer = Peer(server)
    peer.send(data)
    answer = peer.message()
    check(f"{name} is answered", answer is not None and expected in json.dumps(answer, sort_keys=True), answer)
    check("and the connection goes on", peer.request("list_dbs"))
    peer.close()


# A peer that never says a word: judged at the end.
silent, silent_since = Peer(server, tcp=True), time.monotonic()
half = Peer(server)
half.send(b'{"id":1,"method":"transact","params":["hardware_vtep",{"op":"ins')

# ---- what is no protocol ---------------------------------------------------------------------------------------------

loses_connection("garbage", bytes(range(128, 256)) * 100)
loses_connection("an HTTP request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
loses_connection("a TLS hello", bytes.fromhex("16030100c8010000c40303") + bytes(200))
loses_connection("a number", b"17 ")
loses_connection("an array", b"[1,2,3]")
loses_connection("an object that is no message", b'{"a":1}')
loses_connection("a request without parameters", b'{"id":1,"method":"echo"}')
loses_connection("a method that is no text", b'{"id":1,"method":5,"params":[]}')
loses_connection("a comma without a value", b'{"id":1,"method":"echo","params":[1,]}')
loses_connection("a bracket of the wrong kind", b'{"id":1,"method":"echo","params":[}]')
loses_connection("U+0000 in a text", b'{"id":1,"method":"echo","params":["a\\u0000b"]}')
loses_connection("half a surrogate pair", b'{"id":1,"method":"echo","params":["\\ud800"]}')
loses_connection("a number beyond all numbers", b'{"id":1,"method":"echo","params":[1e400]}')
loses_connection("10,000 nested arrays", b"[" * 10000)
loses_connection("10,000 nested objects", b'{"a":' * 10000)
loses_connection("10,000 arrays nested in parameters",
                 b'{"id":1,"method":"echo","params":[' + b"[" * 10000 + b"]" * 10000 + b"]}")
check("and the others are served", serves_others())

# ---- what is protocol, and wrong --------------------------------------------------------------------------------------

keeps_connection("an unknown method", {"id": 1, "method": "nonsense", "params": []}, '"error": "unknown method"')
keeps_connection("a transaction on no database", {"id": 1, "method": "transact", "params": []}, '"error": {')
keeps_connection("a transaction on another database", {"id": 1, "method": "transact", "params": ["x"]}, "unknown database")
keeps_connection("a monitor of nothing", {"id": 1, "method": "monitor", "params": ["hardware_vtep"]}, '"error": {')
keeps_connection("an integer beyond 64 bits",
                 b'{"id":1,"method":"transact","params":["hardware_vtep",{"op":"insert","table":"Logical_Switch","row":'
                 b'{"tunnel_key":123456789012345678901234567890}}]}', "error")
keeps_connection("a text that is no UTF-8",
                 b'{"id":1,"method":"transact","params":["hardware_vtep",{"op":"insert","table":"Logical_Switch","row":'
                 b'{"name":"\xff\xfe"}}]}', "constraint violation")

slow = Peer(server)
for byte in json.dumps({"id": 1, "method": "list_dbs", "params": []}).encode():
    slow.send(bytes([byte]))
check("a message that comes byte by byte is answered", slow.message() is not None)
slow.close()
burst = Peer(server)
burst.send(b"".join(b'{"id":%d,"method":"echo","params":[]}' % i for i in range(2000)))
check("2000 messages at once are answered in order", [burst.message()["id"] for i in range(2000)] == list(range(2000)))
burst.close()
check("and the others are served", serves_others())

# ---- too much --------------------------------------------------------------------------------------------------------

endless = Peer(server)
endless.send(b'{"id":1,"method":"')
n_sent = 0
while n_sent < 1 << 30 and endless.send(b"x" * (1 << 20)):
    n_sent += 1 << 20
check("a string of a gigabyte costs the connection long before its end", n_sent < 200 << 20, n_sent)
endless.close()
check("and little memory", status("VmHWM") < MEMORY_KB, status("VmHWM"))
check("and the others are served", serves_others())

loses_connection("a message of 30 MB and 15,000,000 numbers",
                 b'{"id":1,"method":"echo","params":[' + b"1," * 14999999 + b"1]}")
check("and bounded memory", status("VmHWM") < MEMORY_KB, status("VmHWM"))
check("and the others are served", serves_others())

deaf, deaf_requests = Peer(server), b'{"id":1,"method":"get_schema","params":["hardware_vtep"]}' * 1000
n_sent = 0
while n_sent < 100 and deaf.send(deaf_requests):
    n_sent += 1
    if n_sent % 20 == 0 and not serves_others():
        break
check("who asks and never reads loses the connection", n_sent < 100, n_sent)
check("and costs bounded memory", status("VmHWM") < MEMORY_KB, status("VmHWM"))
deaf.close()

watcher = Peer(server)
answers = [watcher.request("monitor", "hardware_vtep", i, {"Logical_Switch": {}}) for i in range(100)]
n_good = sum(answer is not None and answer["error"] is None for answer in answers)
check("monitors of a session have a limit, told by an error", 0 < n_good < 100 and answers[-1]["error"], answers[-1])
watcher.close()

waiter = Peer(server)
wait = {"op": "wait", "table": "Logical_Switch", "where": [], "columns": ["name"], "until": "==", "rows": [{"name": "never"}]}
for i in range(200):
    waiter.send({"id": i, "method": "transact", "params": ["hardware_vtep", wait]})
answer = waiter.message()
check("so have transactions that wait", answer and (answer["error"] or "error" in json.dumps(answer["result"])), answer)
waiter.close()
check("and the others are served", serves_others())

# ---- too many --------------------------------------------------------------------------------------------------------

crowd = [Peer(server) for _ in range(300)]
check("300 connections are served", all(peer.request("list_dbs") for peer in crowd) and serves_others())
for peer in crowd:
    peer.close()
for _ in range(300):
    peer = Peer(server)
    peer.send(b'{"id":1,"method":"list_dbs","par')
    peer.close()
check("connections that come and go leave nothing behind",
      serves_others() and until(lambda: len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir())) < 40, 10))

# ---- silence ---------------------------------------------------------------------------------------------------------

check("half a message keeps nobody waiting", serves_others())
half.close()
check("a peer that never answers a probe is let go", silent.has_ended() and time.monotonic() - silent_since < 30)
check("but who answers nothing because nothing was asked is not", bystander.request("list_dbs"))
check("the server ends in order after all this", server.stop() == 0)

# ---- no descriptors --------------------------------------------------------------------------------------------------

before = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (40, before[1]))
poor = Ours(program, schema, "poor")
resource.setrlimit(resource.RLIMIT_NOFILE, before)
crowd = [Peer(poor) for _ in range(100)]
first = crowd[0].request("list_dbs")
for peer in crowd[1:]:
    peer.close()
last = Peer(poor)
check("without free descriptors those who are in are served, and later ones once there is room",
      first and last.request("list_dbs"))
check("the log says so", "no connection can be taken now" in (pathlib.Path(poor.errors.name)).read_text(encoding="utf-8"))
used = sum(map(float, pathlib.Path(f"/proc/{poor.process.pid}/stat").read_text().split()[13:15]))
check("and waiting for room costs no time", used < 200, f"{used} ticks")
check("it ends in order", poor.stop() == 0)
finish()
