#!/usr/bin/env python3
"""OpenStack's L2 gateway agent manages vtepd, through a connection's life: l2gw-agent-test.py VTEPD.

The agent's packaged code runs in a process of its own (l2gw_agent.py), once dialling the switch, once dialled by it.
"""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys

from vtepd_rig import Vtepd, check, finish, start, until, work
import hosts

DEBIAN_PYTHON = "/usr/bin/python3"  # packages of the distribution are for its own interpreter
DIAL_PORT, SERVE_PORT = 6632, 6633
AGENT = pathlib.Path(__file__).with_name("l2gw_agent.py")
BLUE = {"uuid": None, "name": "d7c1b2a0-blue", "key": "5001", "description": "blue"}
VM1 = {"uuid": None, "mac": "fa:16:3e:00:00:11", "logical_switch_id": None, "physical_locator_id": None,
       "ip_address": "10.0.0.11"}
VM4 = dict(VM1, mac="fa:16:3e:00:00:14", ip_address="10.0.0.14")
CONTROL, COMPUTE = "10.8.125.18", "10.8.125.21"


class Agent:
    def __init__(self, mode, where, identifier):
        self.identifier = identifier
        self.log = open(work / f"agent-{mode}.log", "w", encoding="utf-8")
        self.process = start(DEBIAN_PYTHON, AGENT, mode, where, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=self.log)
        self.told = []

    def ask(self, verb, *arguments):
        self.process.stdin.write(json.dumps([verb, *arguments]) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply["result"]

    def tell(self, verb, *arguments):
        """What the plugin sends to the agent of this switch."""
        return self.ask(verb, self.identifier, *arguments)

    def hears(self, condition):
        """Waits for a report that meets the condition, and gives it."""
        def look():
            self.told += self.ask("changes")
            while self.told:
                report = self.told.pop(0)
                if condition(report):
                    return report
            return None
        return until(look)

    def hears_of(self, kind, **columns):
        report = self.hears(lambda r: any(columns.items() <= thing.items() for thing in r[kind]))
        return report and next(thing for thing in report[kind] if columns.items() <= thing.items())

    def stop(self):
        self.process.stdin.close()
        return self.process.wait(30)


def binding(port, switch=None):
    """A port as the plugin gives it to the agent: with the VLAN binding to add or to take away."""
    return {"uuid": port["uuid"], "name": port["name"], "physical_switch_id": None, "port_fault_status": None,
            "vlan_bindings": [{"vlan": 2901, "logical_switch_uuid": switch}]}


def rows(vtepd, table, *columns):
    return vtepd.vtep_ctl("--bare", f"--columns={','.join(columns)}", "list", table).split()


def life(agent, vtepd, first, who):
    """From the first report to the last row's end."""
    port = first["new_physical_ports"][0]
    check(f"{who} learns switch, tunnel address and port from its first monitor",
          first["new_physical_switches"][0]["name"] == "tor1"
          and first["new_physical_switches"][0]["tunnel_ip"] == "10.8.125.20"
          and port["name"] == "em3" and not port["vlan_bindings"]
          and port["physical_switch_id"] == first["new_physical_switches"][0]["uuid"], first)

    agent.tell("update_connection_to_gateway", BLUE, [{"uuid": None, "dst_ip": CONTROL}], {CONTROL: [VM1]},
               [binding(port)], "CREATE")
    switch = agent.hears_of("new_logical_switches", name=BLUE["name"])
    check(f"a connection that {who} makes comes back as its report",
          switch and str(switch["key"]) == "5001", switch)
    check(f"the rows of a connection that {who} made are there",
          rows(vtepd, "Ucast_Macs_Remote", "MAC", "ipaddr") == [VM1["mac"], VM1["ip_address"]]
          and "2901" in vtepd.vtep_ctl("list-bindings", "tor1", "em3"), vtepd.vtep_ctl("list-bindings", "tor1", "em3"))

    agent.tell("add_vif_to_gateway", dict(BLUE, uuid=switch["uuid"]), {"uuid": None, "dst_ip": COMPUTE}, VM4)
    added = agent.hears_of("new_remote_macs", mac=VM4["mac"])
    locators = dict(line.split() for line in vtepd.vtep_ctl(
        "--format=table", "--no-headings", "--columns=_uuid,dst_ip", "list", "Physical_Locator").replace('"', "")
        .splitlines())
    check(f"{who} adds a machine behind another tunnel end",
          added and locators.get(added["physical_locator_id"]) == COMPUTE, added, locators)

    control = next((uuid for uuid, ip in locators.items() if ip == CONTROL), None)
    agent.tell("update_vif_to_gateway", {"uuid": control, "dst_ip": CONTROL}, dict(VM4, uuid=added["uuid"]))
    moved = agent.hears_of("modified_remote_macs", mac=VM4["mac"])
    check(f"{who} moves the machine, and the locator that nobody names any more is gone",
          moved and moved["physical_locator_id"] == control
          and until(lambda: COMPUTE not in rows(vtepd, "Physical_Locator", "dst_ip")), moved)

    agent.tell("delete_vif_from_gateway", switch["uuid"], [VM4["mac"]])
    check(f"{who} takes a machine away",
          agent.hears_of("deleted_remote_macs", mac=VM4["mac"])
          and VM4["mac"] not in rows(vtepd, "Ucast_Macs_Remote", "MAC"))
    return port, switch


def end_of_life(agent, vtepd, port, switch, who):
    agent.tell("delete_vif_from_gateway", switch["uuid"], [VM1["mac"]])
    agent.tell("update_connection_to_gateway", None, [], {}, [binding(port, switch["uuid"])], "DELETE")
    # The switch's own rows name the logical switch until it has seen that the binding is gone.
    until(lambda: not rows(vtepd, "Mcast_Macs_Local", "_uuid"))
    agent.tell("delete_network", switch["uuid"])
    gone = agent.hears_of("deleted_logical_switches", uuid=switch["uuid"])
    left = {table: rows(vtepd, table, "_uuid") for table in
            ("Logical_Switch", "Ucast_Macs_Remote", "Physical_Locator", "Mcast_Macs_Local")}
    left["bindings"] = vtepd.vtep_ctl("list-bindings", "tor1", "em3").strip()
    check(f"when {who} deletes the connection, nothing of it is left", gone and not any(left.values()), gone, left)


def dials(vtepd):
    who = "an agent that dials"
    agent = Agent("dial", f"tor1:127.0.0.1:{DIAL_PORT}", "tor1")
    agent.ask("monitor")
    first = agent.hears(lambda report: report["initial"])
    port, switch = life(agent, vtepd, first, who)

    vtepd.stop(signal.SIGKILL)
    check(f"{who} reports the switch gone after kill -9",
          until(lambda: agent.ask("states").get("tor1") == "disconnected"))
    vtepd.start()
    again = agent.hears(lambda report: report["initial"])
    check(f"{who} finds the same rows, under the same identifiers, when the switch is back",
          again and again["new_physical_ports"][0]["uuid"] == port["uuid"]
          and again["new_physical_ports"][0]["vlan_bindings"] == [{"vlan": 2901, "logical_switch_uuid": switch["uuid"]}]
          and [mac["mac"] for mac in again["new_remote_macs"]] == [VM1["mac"]]
          and again["new_physical_switches"] == first["new_physical_switches"], again)

    refused = None
    try:
        agent.tell("add_vif_to_gateway", dict(BLUE, uuid="00000000-0000-0000-0000-000000000001"),
                   {"uuid": None, "dst_ip": COMPUTE}, VM4)
    except RuntimeError as error:
        refused = str(error)
    check(f"{who} is told what is wrong with a row of a switch that is not there",
          refused and "referential integrity violation" in refused
          and COMPUTE not in rows(vtepd, "Physical_Locator", "dst_ip"), refused)
    end_of_life(agent, vtepd, port, switch, who)
    check(f"{who} goes in peace", agent.stop() == 0)


def is_dialled(vtepd):
    who = "an agent that is dialled"
    agent = Agent("serve", str(SERVE_PORT), "127.0.0.1")
    agent.ask("monitor")
    vtepd.vtep_ctl("set-manager", f"tcp:127.0.0.1:{SERVE_PORT}")
    manager = re.search(r"[0-9a-f-]{36}", vtepd.vtep_ctl("--columns=_uuid", "list", "Manager")).group()
    vtepd.vtep_ctl("set", "Manager", manager, "inactivity_probe=1000")  # the agent says nothing before two echoes
    first = agent.hears(lambda report: report["initial"])
    check(f"{who} is connected, says its Manager row", "true" in rows(vtepd, "Manager", "is_connected"))
    port, switch = life(agent, vtepd, first, who)
    end_of_life(agent, vtepd, port, switch, who)
    check(f"{who} goes in peace", agent.stop() == 0)


if subprocess.run([DEBIAN_PYTHON, "-c", "import networking_l2gw"], capture_output=True, check=False).returncode:
    print("1..0 # SKIP python3-networking-l2gw is not installed")
    sys.exit(0)
if not shutil.which("vtep-ctl"):
    print("1..0 # SKIP vtep-ctl is not installed")
    sys.exit(0)
hosts.enter()
hosts.link("em3", "em3-peer")
hosts.link("em1", "em1-peer", address="10.8.125.20/24")
tor = Vtepd(sys.argv[1], "--name=tor1", "--port=em3", "--tunnel-ip=10.8.125.20", f"--db={work / 'tor1.db'}",
            f"--remote=punix:{work / 'tor1.sock'}", f"--remote=ptcp:{DIAL_PORT}:127.0.0.1")
dials(tor)
is_dialled(tor)
check("the switch goes in peace", tor.stop() == 0, tor.log())
finish()
