#!/usr/bin/env python3
"""The controller programs a real Open vSwitch and a real hardware_vtep database as it does simulated ones:
odl-worlds-test.py PROGRAM.

In a network namespace of its own: PROGRAM serves the controller, ovsdb-server holds the TOR's database, ovsdb-server and
ovs-vswitchd are the compute, curl's place is taken by http.client.  What they hold in the end is compared with what a
simulated TOR and compute hold after the same requests, by names."""
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

NET = "11111111-0000-0000-0000-000000000001"
GREEN = "22222222-0000-0000-0000-000000000002"
SCHEMAS = "/usr/share/openvswitch"
TOR = "tcp:127.0.0.1:6641"
NEUTRON = "/controller/nb/v2/neutron/"


def requests(tor_ip, tor_port):
    """What the controller is told: (method, path, body)."""
    return [
        ("POST", "/restconf/config/itm:transport-zones/", {"transport-zone": [
            {"zone-name": "TZA", "vteps": [{"dpn-id": 1, "ip-address": "10.8.125.18"}]}]}),
        ("POST", "/restconf/config/network-topology:network-topology/topology/hwvtep:1/", {"network-topology:node": [
            {"node-id": "hwvtep://tor1", "hwvtep:connection-info": {"remote-ip": tor_ip, "remote-port": tor_port}}]}),
        ("POST", NEUTRON + "networks", {"network": {"id": NET, "segments": [
            {"provider:network_type": "vxlan", "provider:segmentation_id": 5001},
            {"provider:network_type": "vlan", "provider:segmentation_id": 2901}]}}),
        ("POST", NEUTRON + "networks", {"network": {
            "id": GREEN, "provider:network_type": "vlan", "provider:physical_network": "physnet1",
            "provider:segmentation_id": 2902}}),
        ("POST", NEUTRON + "ports", {"port": {
            "id": "port-vm1", "network_id": NET, "mac_address": "fa:16:3e:00:00:01", "port_security_enabled": True,
            "fixed_ips": [{"ip_address": "10.0.0.11"}], "allowed_address_pairs": [{"ip_address": "10.0.1.0/24"}]}}),
        ("POST", NEUTRON + "l2-gateways", {"l2_gateway": {"id": "gw1", "devices": [
            {"device_name": "tor1", "interfaces": [{"name": "em3"}]}]}}),
        ("POST", NEUTRON + "l2gateway-connections", {"l2gateway_connection": {
            "id": "c1", "network_id": NET, "gateway_id": "gw1", "segmentation_id": 0}}),
    ]


def normal(line):
    """A flow or group without counters and ages; --no-stats leaves out table 0 and sets off the actions by a blank."""
    line = re.sub(r"(duration|n_packets|n_bytes|idle_age|hard_age|table=0)(=[^,]*)?, ?", "", line.strip())
    return re.sub(r"\s+", " ", line).replace(", ", ",").replace(" actions=", ",actions=")


class Real:
    def __init__(self, program, folder):
        self.folder = folder
        self.children = []
        self.env = dict(os.environ, OVS_RUNDIR=folder, OVS_LOGDIR=folder, OVS_DBDIR=folder, OVS_SYSCONFDIR=folder)
        self.vsctl = ["ovs-vsctl", f"--db=unix:{folder}/ovs.sock"]
        self.vtep = ["vtep-ctl", f"--db={TOR}"]
        self.program = program

    def run(self, *command):
        return subprocess.run(command, env=self.env, check=True, capture_output=True, text=True, timeout=60).stdout

    def answers(self, *command):
        return subprocess.run([command[0], "--timeout=5", *command[1:]], env=self.env, capture_output=True,
                              check=False).returncode == 0

    def child(self, *command, **options):
        self.children.append(subprocess.Popen(command, env=self.env, **options))
        return self.children[-1]

    def start(self):
        f, quiet = self.folder, {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.run("ip", "link", "set", "lo", "up")
        controller = self.child(self.program, "linux", stdout=subprocess.PIPE, text=True)
        assert controller.stdout.readline() == "ready\n"
        self.run("ovsdb-tool", "create", f"{f}/vtep.db", f"{SCHEMAS}/vtep.ovsschema")
        self.run("ovsdb-tool", "create", f"{f}/ovs.db", f"{SCHEMAS}/vswitch.ovsschema")
        self.child("ovsdb-server", f"{f}/vtep.db", "--remote=ptcp:6641:127.0.0.1", f"--unixctl={f}/vtep.ctl",
                   "-vconsole:off", **quiet)
        self.child("ovsdb-server", f"{f}/ovs.db", f"--remote=punix:{f}/ovs.sock",
                   "--remote=db:Open_vSwitch,Open_vSwitch,manager_options", f"--unixctl={f}/ovs.ctl", "-vconsole:off",
                   **quiet)
        wait_for(lambda: self.answers(*self.vtep, "show") and self.answers(*self.vsctl, "--no-wait", "show"))
        self.run(*self.vtep, "--timeout=30", "add-ps", "tor1", "--", "add-port", "tor1", "em3", "--",
                 "set", "Physical_Switch", "tor1", "tunnel_ips=10.8.125.20")
        self.run(*self.vsctl, "--timeout=30", "--no-wait", "init")
        self.child("ovs-vswitchd", f"unix:{f}/ovs.sock", "--enable-dummy=system", "--disable-system", f"--unixctl={f}/sw.ctl",
                   "-vconsole:off", **quiet)
        self.run(*self.vsctl, "--timeout=30", "set", "Open_vSwitch", ".", "other_config:local_ip=10.8.125.18", "--",
                 "add-br", "br-int", "--", "set", "bridge", "br-int", "datapath_type=dummy", "fail_mode=secure",
                 "protocols=OpenFlow13", "other_config:datapath-id=0000000000000001", "--",
                 "add-port", "br-int", "tap1", "--", "set", "interface", "tap1", "type=dummy",
                 "external_ids:iface-id=port-vm1", "external_ids:attached-mac=\"fa:16:3e:00:00:01\"", "--",
                 "set-controller", "br-int", "tcp:127.0.0.1:6653", "--", "set-manager", "tcp:127.0.0.1:6640")

    def stop(self):
        for child in reversed(self.children):
            child.terminate()
            child.wait()

    def tell(self):
        statuses = []
        for method, path, body in requests("127.0.0.1", 6641):
            connection = http.client.HTTPConnection("127.0.0.1", 8181, timeout=30)
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            statuses.append(connection.getresponse().status)
            connection.close()
        return statuses

    def rows(self):
        """The TOR's rows as the simulated one's are printed."""
        dump = {}
        for table in ("Logical_Switch", "Physical_Port", "Mcast_Macs_Remote", "Ucast_Macs_Remote", "Physical_Locator",
                      "Physical_Locator_Set"):
            answer = json.loads(self.run("ovsdb-client", "-f", "json", "dump", TOR, "hardware_vtep", table))
            dump[table] = [dict(zip(answer["headings"], row)) for row in answer["data"]]
        by_id = {row["_uuid"][1]: row for rows in dump.values() for row in rows}
        one = lambda value: by_id[value[1]]
        many = lambda value: [one(item) for item in (value[1] if value[0] == "set" else [value])]
        lines = [f"row switch {r['name']} {r['tunnel_key']} {r['replication_mode']}" for r in dump["Logical_Switch"]]
        lines += [f"row binding {r['name']} {vlan} {one(ref)['name']}" for r in dump["Physical_Port"]
                  for vlan, ref in r["vlan_bindings"][1]]
        lines += [f"row flood {one(r['logical_switch'])['name']} {r['MAC']} {locator['dst_ip']}"
                  for r in dump["Mcast_Macs_Remote"] for locator in many(one(r["locator_set"])["locators"])]
        lines += [f"row remote {one(r['logical_switch'])['name']} {r['MAC']} {one(r['locator'])['dst_ip']}"
                  for r in dump["Ucast_Macs_Remote"]]
        return set(lines)

    def flows(self):
        ofctl = ["ovs-ofctl", "-O", "OpenFlow13"]
        text = self.run(*ofctl, "--no-stats", "--no-names", "dump-flows", f"unix:{self.folder}/br-int.mgmt")
        text += self.run(*ofctl, "dump-groups", f"unix:{self.folder}/br-int.mgmt")
        return {normal(line) for line in text.splitlines() if not re.match(r"OFPST|NXST", line.strip())}


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def simulated(program, folder):
    path = f"{folder}/requests"
    with open(path, "w", encoding="utf-8") as file:
        for method, where, body in requests("10.0.0.20", 6640):
            file.write(f"{method} {where} {json.dumps(body)}\n")
    lines = subprocess.run([program, "simulated", path], check=True, capture_output=True, text=True).stdout.splitlines()
    rows = {line for line in lines if line.startswith("row ")}
    return rows, {normal(line) for line in lines if not line.startswith("row ")}


def difference(mine, theirs):
    return "".join(f"# only simulated: {line}\n" for line in sorted(mine - theirs)) + "".join(
        f"# only real: {line}\n" for line in sorted(theirs - mine))


def judge(program):
    with tempfile.TemporaryDirectory() as folder:
        rows, flows = simulated(program, folder)
        real = Real(program, folder)
        try:
            real.start()
            told = real.tell()
            bound = wait_for(lambda: any(line.startswith("row flood") for line in real.rows()))
            # A person says where physnet1 is; the controller puts that card on the bridge.
            real.run(*real.vsctl, "--timeout=30", "set", "Open_vSwitch", ".",
                     "other_config:provider_mappings=physnet1:em1")
            # A VF behind the TOR speaks.
            real.run(*real.vtep, "add-ucast-local", NET, "fa:16:3e:00:00:03", "10.8.125.20")
            wait_for(lambda: real.rows() == rows and real.flows() == flows)
            results = [("every request is accepted", told == [204, 204, 201, 201, 201, 201, 201], f"# {told}\n"),
                       ("the TOR gets its flood list", bound, ""),
                       ("the simulated ones hold what is to be compared", len(rows) == 4 and len(flows) > 40
                        and any("dl_vlan=2902" in line for line in flows)
                        and any("table=210" in line and "arp_spa=10.0.1.0/24" in line for line in flows),
                        "".join(f"# {line}\n" for line in sorted(rows | flows))),
                       ("the TOR's rows are those of the simulated one", real.rows() == rows, difference(rows, real.rows())),
                       ("the compute's flows and groups are those of the simulated one", real.flows() == flows,
                        difference(flows, real.flows()))]
        finally:
            real.stop()
    print(f"1..{len(results)}")
    for number, (name, good, why) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print(why, end="")


def main():
    missing = [tool for tool in ("ovs-vswitchd", "ovsdb-server", "vtep-ctl", "ovs-vsctl", "ovs-ofctl", "ip", "unshare")
               if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin")]
    if missing or subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        print(f"1..0 # SKIP it takes {', '.join(missing) or 'the right to make network namespaces'}")
    elif len(sys.argv) == 2:
        sys.exit(subprocess.run(["unshare", "-n", sys.executable, __file__, sys.argv[1], "inside"], check=False).returncode)
    else:
        judge(sys.argv[1])


main()
