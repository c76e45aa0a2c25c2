"""The two switches that judges compare: a private, real Open vSwitch on dummy ports, and ours."""
import ctypes
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time

PORTS = 6
PATIENCE = 30
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


class Commands:
    """ovs-appctl without a process a command: JSON-RPC on the daemon's control socket."""

    def __init__(self, path):
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(PATIENCE)
        self.stream.connect(path)
        self.decoder = json.JSONDecoder()
        self.held = ""

    def ask(self, command, *arguments):
        self.stream.sendall(json.dumps({"id": 0, "method": command, "params": list(arguments)}).encode())
        while True:
            try:
                reply, end = self.decoder.raw_decode(self.held)
                self.held = self.held[end:].lstrip()
                break
            except ValueError:
                more = self.stream.recv(65536)
                if not more:
                    raise RuntimeError(f"the real switch ended at {command}") from None
                self.held += more.decode()
        if reply.get("error"):
            raise RuntimeError(f"{command}: {reply['error']}")
        return reply["result"] or ""


class Controller:
    """Hears a switch's packet-ins on its management socket."""

    def __init__(self, path):
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.connect(path)
        self.held = b""
        self.stream.sendall(struct.pack(">BBHI", 4, 0, 8, 1) + struct.pack(">BBHIHH", 4, 9, 12, 2, 0, 0xffff))
        self.stream.settimeout(PATIENCE)
        self.sync()

    def messages(self):
        while len(self.held) >= 8 and len(self.held) >= int.from_bytes(self.held[2:4], "big"):
            n = int.from_bytes(self.held[2:4], "big")
            yield self.held[1], self.held[4:n]
            self.held = self.held[n:]

    @staticmethod
    def punt(body):
        """(table, reason, bytes) of a PACKET_IN, from its xid on."""
        n_match = int.from_bytes(body[22:24], "big")
        return body[11], body[10], body[20 + (n_match + 7) // 8 * 8 + 2:]

    def punts(self):
        """Those that have come."""
        result = []
        self.stream.setblocking(False)
        try:
            while (more := self.stream.recv(1 << 20)):
                self.held += more
        except BlockingIOError:
            pass
        self.stream.settimeout(PATIENCE)
        for kind, body in self.messages():
            if kind == 10:
                result.append(self.punt(body))
            elif kind == 2:
                self.stream.sendall(struct.pack(">BBH", 4, 3, 4 + len(body)) + body)
        return result

    def sync(self):
        """What the switch had to say has come; returns the punts among it."""
        result = []
        self.stream.sendall(struct.pack(">BBHI", 4, 20, 8, 77))
        while True:
            for kind, body in self.messages():
                if kind == 10:
                    result.append(self.punt(body))
                elif kind == 21:
                    return result
            self.held += self.stream.recv(1 << 20)


class RealSwitch:
    """A private ovsdb-server and ovs-vswitchd with dummy ports p1 … pN, which record what they send."""

    def __init__(self, folder, ports=PORTS):
        self.folder = folder
        self.ports = ports
        self.db = f"unix:{folder}/db.sock"
        self.env = dict(os.environ, OVS_RUNDIR=folder, OVS_LOGDIR=folder, OVS_DBDIR=folder, OVS_SYSCONFDIR=folder)
        self.bridge = f"unix:{folder}/br0.mgmt"
        self.read_at = [0] * (ports + 1)
        self.daemons = []

    def run(self, *command, **options):
        return subprocess.run(command, env=self.env, check=True, capture_output=True, text=True, **options).stdout

    def start(self):
        f = self.folder
        self.run("ovsdb-tool", "create", f"{f}/conf.db", SCHEMA)
        self.daemon("db.ctl", "ovsdb-server", f"{f}/conf.db", f"--remote=punix:{f}/db.sock", f"--unixctl={f}/db.ctl",
                    "-vconsole:off")
        self.run("ovs-vsctl", f"--db={self.db}", "--no-wait", "init")
        self.daemon("sw.ctl", "ovs-vswitchd", self.db, "--enable-dummy", "--disable-system", f"--unixctl={f}/sw.ctl",
                    "-vconsole:off")
        command = ["ovs-vsctl", f"--db={self.db}", "add-br", "br0", "--", "set", "bridge", "br0",
                   "datapath_type=dummy", "fail_mode=secure", "protocols=OpenFlow13"]
        for i in range(1, self.ports + 1):
            command += ["--", "add-port", "br0", f"p{i}", "--", "set", "interface", f"p{i}", "type=dummy",
                        f"ofport_request={i}", f"options:tx_pcap={f}/p{i}.pcap"]
        self.run(*command)
        self.commands = Commands(f"{f}/sw.ctl")
        self.controller = Controller(f"{f}/br0.mgmt")

    def daemon(self, control, *command):
        """A child that ends with this script, however that ends; waits until its control socket listens, whose file is
        there a moment earlier."""
        libc = ctypes.CDLL(None)
        self.daemons.append(subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                             preexec_fn=lambda: libc.prctl(1, signal.SIGTERM)))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(f"{self.folder}/{control}") == 0:
                    return
            time.sleep(0.01)

    def stop(self):
        for process in reversed(self.daemons):
            process.terminate()
            process.wait()

    def control(self, *arguments):
        return self.commands.ask(*arguments)

    def ofctl(self, *arguments, text=None):
        return subprocess.run(["ovs-ofctl", "-O", "OpenFlow13", *arguments], env=self.env, capture_output=True,
                              text=True, input=text, check=False)

    def load(self, groups, flows):
        """Replaces all groups and flows; returns an error text, or ""."""
        for arguments, lines in ((("del-flows", self.bridge), None), (("del-groups", self.bridge), None),
                                 (("add-groups", self.bridge, "-"), groups), (("add-flows", self.bridge, "-"), flows)):
            if lines == []:
                continue
            result = self.ofctl(*arguments, text="\n".join(lines) + "\n" if lines else None)
            if result.returncode or "ERROR" in result.stderr:
                return result.stderr
        self.control("revalidator/purge")  # else the datapath goes on with what it learned, until a thread comes round
        return ""

    def trace(self, flow):
        """Output ports in order, each with the tunnel id that was set; and what was printed."""
        answer = self.control("ofproto/trace", "br0", flow)
        actions = re.findall(r"^Datapath actions: (.*)$", answer, re.M)[-1]
        numbers = {int(dp): int(of) for of, dp in re.findall(r"p\d+ (\d+)/(\d+):", self.control("dpif/show"))}
        outputs, tunnel = [], None
        for item in re.findall(r"set\(tunnel\(tun_id=(0x[0-9a-f]+)|(?:^|,)(\d+)(?=,|$)", actions):
            if item[0]:
                tunnel = int(item[0], 16)
            else:
                outputs.append((numbers[int(item[1])], tunnel))
        return outputs, answer

    def inject(self, port, frame):
        self.control("netdev-dummy/receive", f"p{port}", frame.hex())

    def sent(self):
        """What left by each port since the last call: {port: [bytes]}."""
        result = {}
        for port in range(1, self.ports + 1):
            with open(f"{self.folder}/p{port}.pcap", "rb") as file:
                data = file.read()
            at = max(self.read_at[port], 24)
            frames = []
            while at + 16 <= len(data):
                n = int.from_bytes(data[at + 8:at + 12], sys.byteorder)
                if at + 16 + n > len(data):
                    break
                frames.append(data[at + 16:at + 16 + n])
                at += 16 + n
            self.read_at[port] = at
            result[port] = frames
        return result


class OurSwitch:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.send(line)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"our switch ended at: {line}")
        return answer.rstrip("\n")

    def dump(self, what):
        lines = [self.ask(what)]
        while lines[-1] != "end":
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"our switch ended at: {what}")
            lines.append(line.rstrip("\n"))
        return lines[:-1]

    def frame(self, number, port, frame, tunnel=0):
        return self.outputs_and_punts(number, port, frame, tunnel)[0]

    def outputs_and_punts(self, number, port, frame, tunnel=0, learn=False):
        """[(port, tunnel id, bytes)] and [(table, reason, bytes)], each in order."""
        words = self.ask(f"{'learn' if learn else 'frame'} {number} {port} {tunnel:x} {frame.hex()}").split()[1:]
        parts = [word.split(":") for word in words]
        return ([(int(p), int(t, 16), bytes.fromhex(h)) for p, t, h in parts if p[0] != "c"],
                [(int(p[1:]), int(reason), bytes.fromhex(h)) for p, reason, h in parts if p[0] == "c"])

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
