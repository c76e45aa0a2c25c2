#!/usr/bin/env python3
"""The real tools cannot tell our server from the real one: ovsdb-server-tools-test.py SERVER HARDWARE_VTEP OPEN_VSWITCH.

Each command goes to both; exit status, output and messages must be the same but for uuids.
"""
import json
import shlex
import subprocess
import sys

from ovsdb_servers import (Both, Ours, Reference, anonymous, check, finish, nameless, need_tools, run, start,
                           until, work)

need_tools()
program, vtep_schema, vswitch_schema = sys.argv[1:4]

VTEP_CTL = """
show
list-ps
add-ps tor1
add-ps tor1
--may-exist add-ps tor1
add-ps tor2
list-ps
ps-exists tor1
ps-exists nobody
add-port tor1 em3
add-port tor1 em4
add-port tor1 em3
add-port nobody em9
list-ports tor1
set Physical_Switch tor1 tunnel_ips=10.8.125.20 management_ips=10.8.125.1,10.8.125.2
set Physical_Switch tor1 other_config:a=b other_config:c="d e"
get Physical_Switch tor1 tunnel_ips management_ips other_config
get Physical_Switch tor1 other_config:c
get Physical_Switch tor1 other_config:none
--if-exists get Physical_Switch tor1 other_config:none
set Physical_Switch tor1 no_column=1
set Physical_Switch nobody name=x
set Logical_Switch ls1 tunnel_key=5001
add-ls ls1
add-ls ls2
add-ls ls1
--may-exist add-ls ls1
list-ls
ls-exists ls1
ls-exists ls9
set Logical_Switch ls1 tunnel_key=5001
set Logical_Switch ls1 tunnel_key=-1
set Logical_Switch ls1 tunnel_key=x
set Logical_Switch ls1 tunnel_key=1,2
get Logical_Switch ls1 tunnel_key
clear Logical_Switch ls1 tunnel_key
get Logical_Switch ls1 tunnel_key
clear Logical_Switch ls1 name
bind-ls tor1 em3 100 ls1
bind-ls tor1 em3 200 ls2
bind-ls tor1 em3 4095 ls2
bind-ls tor1 em3 4096 ls2
bind-ls tor1 em9 100 ls1
list-bindings tor1 em3
unbind-ls tor1 em3 200
list-bindings tor1 em3
set-replication-mode ls1 source_node
get-replication-mode ls1
set-replication-mode ls1 nonsense
add-ucast-local ls1 00:11:22:33:44:55 10.8.125.20
add-ucast-local ls1 00:11:22:33:44:56 vxlan_over_ipv4 10.8.125.20
add-ucast-remote ls1 00:11:22:33:44:66 10.8.125.18
add-ucast-remote ls1 00:11:22:33:44:67 10.8.125.18
add-ucast-remote ls1 00:11:22:33:44:66 10.8.125.19
add-mcast-local ls1 unknown-dst 10.8.125.20
add-mcast-remote ls1 unknown-dst 10.8.125.18
add-mcast-remote ls1 unknown-dst 10.8.125.19
add-mcast-remote ls1 01:00:5e:00:00:01 10.8.125.18
add-ucast-remote ls9 00:11:22:33:44:66 10.8.125.18
list-local-macs ls1
list-remote-macs ls1
del-ucast-remote ls1 00:11:22:33:44:67
del-mcast-remote ls1 unknown-dst 10.8.125.19
list-remote-macs ls1
add-lr lr1
add-lr lr2
list-lr
lr-exists lr9
del-lr lr2
set Logical_Router lr1 description=router static_routes:"0.0.0.0/0"=10.0.0.1
get Logical_Router lr1 static_routes
set-manager ptcp:0:127.0.0.1 unix:/nowhere/sock
get-manager
del-manager
get-manager
--columns=name,tunnel_ips list Physical_Switch tor1
--columns=name --format=csv find Logical_Switch name=ls1
--columns=name,replication_mode --format=json find Logical_Switch replication_mode=source_node
--columns=MAC find Ucast_Macs_Remote MAC!=x
--columns=name find Physical_Port vlan_bindings:100!=[]
find Physical_Switch nonsense=1
--id=@a create Logical_Switch name=ls3 description="a b" -- get Logical_Switch @a name
create Global
create Ucast_Macs_Local MAC=x logical_switch=00000000-0000-0000-0000-000000000001
create Logical_Switch name=ls1
add Physical_Switch tor1 tunnel_ips 10.8.125.21
add Physical_Switch tor1 tunnel_ips 10.8.125.21
get Physical_Switch tor1 tunnel_ips
remove Physical_Switch tor1 tunnel_ips 10.8.125.20
remove Physical_Switch tor1 other_config a
remove Physical_Switch tor1 other_config c=x
get Physical_Switch tor1 tunnel_ips other_config
destroy Logical_Switch ls3
destroy Logical_Switch ls9
--if-exists destroy Logical_Switch ls9
destroy Logical_Switch ls1
wait-until Physical_Switch tor1
wait-until Physical_Switch tor1 name=tor1
--timeout=1 wait-until Physical_Switch nobody
comment hello world
add-ls ls4 -- add-ls ls5 -- bind-ls tor1 em4 7 ls5
add-ls ls6 -- add-ls ls4
list-ls
clear-local-macs ls1
clear-remote-macs ls1
list-local-macs ls1
del-ls ls2
del-port tor1 em4
list-ports tor1
del-ls ls4
del-ls ls5
list-ls
del-ps tor2
show
nonsense
"""

VSCTL = """
show
init
add-br br-int
add-br br-int
--may-exist add-br br-int
add-br br-ex -- set Bridge br-ex fail_mode=secure datapath_type=netdev
add-br br-vlan br-int 42
list-br
br-to-vlan br-vlan
br-to-parent br-vlan
add-port br-int vxlan0 -- set Interface vxlan0 type=vxlan options:remote_ip=10.8.125.20 options:key=flow ofport_request=7
add-port br-int tap1 tag=100
add-port br-int tap1
add-port br-int tap2 trunks=1,2,3 other_config:a=b
add-bond br-ex bond0 eth0 eth1 lacp=active
list-ports br-int
list-ifaces br-int
list-ifaces br-ex
port-to-br tap1
iface-to-br eth1
port-to-br nobody
--columns=name,tag,trunks find Port tag=100
--columns=name,options find Interface type=vxlan
get Interface vxlan0 options:remote_ip
get Bridge br-ex fail_mode datapath_type
set Bridge br-int protocols=OpenFlow10,OpenFlow13
set Bridge br-int protocols=OpenFlow99
set Bridge br-int stp_enable=perhaps
set Port tap1 tag=4096
set-controller br-int tcp:127.0.0.1:6653 ptcp:6654
get-controller br-int
set-fail-mode br-int standalone
get-fail-mode br-int
set-manager ptcp:0:127.0.0.1
get-manager
del-manager
del-controller br-int
br-set-external-id br-int a b
br-get-external-id br-int
br-set-external-id br-int a
set Open_vSwitch . other_config:x=y external_ids:system-id=here
get Open_vSwitch . other_config external_ids
-- --id=@m create Mirror name=m0 -- set Bridge br-int mirrors=@m
-- --id=@p get Port tap1 -- --id=@m create Mirror name=m1 select_src_port=@p output_port=@p -- add Bridge br-int mirrors @m
clear Bridge br-int mirrors
-- --id=@q create QoS type=linux-htb queues=0=@x -- --id=@x create Queue other_config:max-rate=100 -- set Port tap1 qos=@q
--columns=type,other_config list QoS
--all destroy QoS
--columns=type list QoS
clear Port tap1 qos
--all destroy QoS
--all destroy Queue
create Flow_Table name=t flow_limit=5
create NetFlow targets=10.0.0.1:99
create Bridge name=orphan
destroy Interface tap1
emer-reset
del-port br-int tap2
del-port br-int nobody
--if-exists del-port br-int nobody
del-br br-ex
list-br
del-br br-int
list-br
get-manager
show
"""

CLIENT = """
list-dbs TARGET
get-schema-version TARGET hardware_vtep
list-tables TARGET hardware_vtep
list-columns TARGET hardware_vtep Physical_Port
list-columns TARGET hardware_vtep
get-schema TARGET nonsense
dump TARGET nonsense
dump TARGET hardware_vtep NoTable
dump TARGET hardware_vtep Physical_Switch nocolumn
--format=csv dump TARGET hardware_vtep Logical_Switch name tunnel_key
--format=list dump TARGET hardware_vtep Physical_Port name vlan_bindings
--format=json dump TARGET hardware_vtep Global switches
wait TARGET hardware_vtep connected
wait TARGET hardware_vtep added
--timeout=1 wait TARGET hardware_vtep removed
--timeout=1 wait TARGET nonsense added
list-dbs unix:/nowhere/sock
"""

# A transaction a line, for ovsdb-client transact; the database's name is put before it.
TRANSACTIONS = """
[]
[{"op":"comment","comment":"x"}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"a","tunnel_key":7},"uuid-name":"a"}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"a"}}]
[{"op":"select","table":"Logical_Switch","where":[["name","==","a"]],"columns":["name","tunnel_key","description"]}]
[{"op":"select","table":"Logical_Switch","where":[["tunnel_key",">",5]],"columns":["name"]}]
[{"op":"select","table":"Logical_Switch","where":[["tunnel_key","includes",7]],"columns":["name"]}]
[{"op":"select","table":"Logical_Switch","where":[["nocolumn","==",7]]}]
[{"op":"select","table":"Logical_Switch","where":[["name","~",7]]}]
[{"op":"select","table":"Nonsense","where":[]}]
[{"op":"select","table":"Logical_Switch"}]
[{"op":"select","table":"Logical_Switch","where":[],"surplus":1}]
[{"op":"update","table":"Logical_Switch","where":[["name","==","a"]],"row":{"description":"d"}}]
[{"op":"update","table":"Logical_Switch","where":[],"row":{"tunnel_key":["set",[1,2]]}}]
[{"op":"update","table":"Logical_Switch","where":[],"row":{"_uuid":["uuid","00000000-0000-0000-0000-000000000000"]}}]
[{"op":"mutate","table":"Logical_Switch","where":[["name","==","a"]],"mutations":[["tunnel_key","+=",3]]},{"op":"select","table":"Logical_Switch","where":[["name","==","a"]],"columns":["tunnel_key"]}]
[{"op":"mutate","table":"Logical_Switch","where":[["name","==","a"]],"mutations":[["tunnel_key","/=",0]]}]
[{"op":"mutate","table":"Logical_Switch","where":[["name","==","a"]],"mutations":[["tunnel_key","*=",9223372036854775807]]}]
[{"op":"mutate","table":"Logical_Switch","where":[["name","==","a"]],"mutations":[["name","insert","b"]]}]
[{"op":"mutate","table":"Logical_Switch","where":[],"mutations":[["other_config","insert",["map",[["k","v"]]]]]}]
[{"op":"mutate","table":"Logical_Switch","where":[],"mutations":[["other_config","delete",["set",["k"]]]]}]
[{"op":"insert","table":"Physical_Locator","row":{"dst_ip":"1.2.3.4","encapsulation_type":"vxlan_over_ipv4"},"uuid-name":"l"},{"op":"insert","table":"Ucast_Macs_Remote","row":{"MAC":"x","logical_switch":["named-uuid","s"],"locator":["named-uuid","l"]}},{"op":"insert","table":"Logical_Switch","row":{"name":"s"},"uuid-name":"s"}]
[{"op":"insert","table":"Physical_Locator","row":{"dst_ip":"1.2.3.5","encapsulation_type":"carrier pigeon"}}]
[{"op":"insert","table":"Ucast_Macs_Remote","row":{"MAC":"x","logical_switch":["named-uuid","gone"]}}]
[{"op":"insert","table":"Ucast_Macs_Remote","row":{"MAC":"x","logical_switch":["uuid","00000000-0000-0000-0000-000000000001"],"locator":["uuid","00000000-0000-0000-0000-000000000001"]}}]
[{"op":"insert","table":"Logical_Switch","row":{"name":5}}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"z","nocolumn":5}}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"z"},"uuid-name":"1z"}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"z1"},"uuid-name":"n"},{"op":"insert","table":"Logical_Switch","row":{"name":"z2"},"uuid-name":"n"}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"z"},"uuid":"11111111-2222-3333-4444-555555555555"},{"op":"insert","table":"Logical_Switch","row":{"name":"y"},"uuid":"11111111-2222-3333-4444-555555555555"}]
[{"op":"wait","table":"Logical_Switch","where":[["name","==","a"]],"columns":["name"],"until":"==","rows":[{"name":"a"}],"timeout":0}]
[{"op":"wait","table":"Logical_Switch","where":[["name","==","a"]],"columns":["name"],"until":"!=","rows":[{"name":"a"}],"timeout":0}]
[{"op":"wait","table":"Logical_Switch","where":[],"columns":["name"],"until":"<","rows":[],"timeout":0}]
[{"op":"abort"}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"rolled back"}},{"op":"abort"},{"op":"comment","comment":"never"}]
[{"op":"assert","lock":"nobody"}]
[{"op":"commit","durable":true}]
[{"op":"commit"}]
[{"op":"nonsense"}]
[{"table":"Logical_Switch"}]
["text"]
[{"op":"delete","table":"Logical_Switch","where":[["name","==","a"]]}]
[{"op":"delete","table":"Logical_Switch","where":[["name","==","s"]]}]
[{"op":"delete","table":"Ucast_Macs_Remote","where":[]},{"op":"delete","table":"Logical_Switch","where":[["name","==","s"]]}]
[{"op":"select","table":"Physical_Locator","where":[],"columns":["dst_ip"]}]
[{"op":"insert","table":"Global","row":{}}]
[{"op":"insert","table":"Physical_Switch","row":{"name":"garbage"}}]
[{"op":"select","table":"Physical_Switch","where":[["name","==","garbage"]]}]
[{"op":"select","table":"Logical_Switch","where":[["_version","==",1]]}]
"""


def words(lines):
    return [shlex.split(line) for line in lines.strip().splitlines()]


def compare_lines(both, lines, tool, *options, alike=anonymous):
    for line in words(lines):
        both.same(lambda target, line=line: [tool, f"--db={target}", "--no-syslog", *options, *line], alike)


# ---- vtep-ctl --------------------------------------------------------------------------------------------------------

ours, reference = Ours(program, vtep_schema, "vtep"), Reference(vtep_schema, "vtep-reference")
both = Both(ours, reference)
compare_lines(both, VTEP_CTL, "vtep-ctl")
both.report("vtep-ctl says the same with both")
both.same(lambda target: ["ovsdb-client", "dump", target, "hardware_vtep"], nameless)
both.report("and the databases hold the same in the end")

# ---- ovsdb-client ----------------------------------------------------------------------------------------------------

for line in words(CLIENT):
    both.same(lambda target, line=line: ["ovsdb-client", *[target if word == "TARGET" else word for word in line]], nameless)
both.report("ovsdb-client says the same with both")
for line in TRANSACTIONS.strip().splitlines():
    command = json.dumps(["hardware_vtep"] + json.loads(line)) if line.startswith("[") else line
    both.same(lambda target, command=command: ["ovsdb-client", "transact", target, command])
both.report("transactions have the same answers, mistakes included")
both.same(lambda target: ["ovsdb-client", "dump", target, "hardware_vtep"], nameless)
both.report("and leave the same behind")


def schema_of(server, name):
    return json.loads(run("ovsdb-client", "get-schema", server.target, name).stdout)


# The file's own: the reference shows integers' limits and defaults in its own way.
schema = schema_of(ours, "hardware_vtep")
check("get-schema gives every table and column",
      {t: sorted(s["columns"]) for t, s in schema["tables"].items()}
      == {t: sorted(s["columns"]) for t, s in schema_of(reference, "hardware_vtep")["tables"].items()}, schema)
check("get-schema of _Server is the one that clients know",
      sorted(schema_of(ours, "_Server")["tables"]["Database"]["columns"])
      == sorted(schema_of(reference, "_Server")["tables"]["Database"]["columns"]))


# ---- monitors --------------------------------------------------------------------------------------------------------

WATCHED = """
[{"op":"insert","table":"Logical_Switch","row":{"name":"seen","tunnel_key":1}}]
[{"op":"update","table":"Logical_Switch","where":[["name","==","seen"]],"row":{"tunnel_key":2}}]
[{"op":"update","table":"Logical_Switch","where":[["name","==","seen"]],"row":{"tunnel_key":2}}]
[{"op":"mutate","table":"Logical_Switch","where":[["name","==","seen"]],"mutations":[["other_config","insert",["map",[["a","b"],["c","d"]]]]]}]
[{"op":"mutate","table":"Logical_Switch","where":[["name","==","seen"]],"mutations":[["other_config","delete",["set",["a"]]]]}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"brief"}},{"op":"delete","table":"Logical_Switch","where":[["name","==","brief"]]}]
[{"op":"delete","table":"Logical_Switch","where":[["name","==","seen"]]}]
[{"op":"insert","table":"Logical_Switch","row":{"name":"last","tunnel_key":5}}]
[{"op":"delete","table":"Logical_Switch","where":[["name","==","last"]]}]
"""


def watch_changes(server, command, *condition):
    """What a monitor prints while rows come and go, until the row named "last" has gone; rows of an update sorted."""
    path = work / f"{server.name}.monitor"
    with open(path, "w", encoding="utf-8") as output:
        monitor = start("ovsdb-client", "--format=csv", command, server.target, "hardware_vtep", *condition,
                        "Logical_Switch", "name,tunnel_key,other_config", stdout=output, stderr=subprocess.DEVNULL)
    until(lambda: "first" in path.read_text())
    for line in WATCHED.strip().splitlines():
        run("ovsdb-client", "transact", server.target, json.dumps(["hardware_vtep"] + json.loads(line)))
    until(lambda: path.read_text().count(",delete") == 2)
    monitor.terminate()
    monitor.wait()
    return "\n\n".join(map(nameless, path.read_text().split("\n\n")))


for server in (ours, reference):
    run("vtep-ctl", f"--db={server.target}", "add-ls", "first", "--", "set", "Logical_Switch", "first", "tunnel_key=9")
for command in (["monitor"], ["monitor-cond", '[["tunnel_key",">",1]]']):
    texts = [watch_changes(server, *command) for server in (ours, reference)]
    check(f"ovsdb-client {command[0]} shows the same changes", texts[0] == texts[1] and "seen" in texts[0],
          "ours:", texts[0], "reference:", texts[1])


# ---- locks -----------------------------------------------------------------------------------------------------------

def lock_story(server):
    """One holds, one waits, one steals; the holder goes."""
    outputs, processes = [], []
    for i, method in enumerate(["lock", "lock", "steal"]):
        outputs.append(work / f"{server.name}.lock{i}")
        with open(outputs[i], "w", encoding="utf-8") as output:
            processes.append(start("ovsdb-client", method, server.target, "l", stdout=output, stderr=subprocess.DEVNULL))
        until(lambda i=i: outputs[i].read_text())
    until(lambda: "stolen" in outputs[0].read_text(), 5)
    processes[2].terminate()
    until(lambda: outputs[0].read_text().count("locked") > 1, 5)
    processes[0].terminate()
    until(lambda: outputs[1].read_text().count("\n") > 1, 5)
    processes[1].terminate()
    for process in processes:
        process.wait()
    return [path.read_text() for path in outputs]


stories = [lock_story(server) for server in (ours, reference)]
check("lock, steal and the ends of their holders have the same events", stories[0] == stories[1] and all(stories[0]),
      *stories)

# ---- backup ----------------------------------------------------------------------------------------------------------

backup = work / "backup.db"
done = run("ovsdb-client", "backup", ours.target, "hardware_vtep")
backup.write_text(done.stdout)
restored = Reference(vtep_schema, "restored", db=backup)
check("ovsdb-client backup makes a file that the real server serves",
      done.returncode == 0 and nameless(run("ovsdb-client", "dump", restored.target, "hardware_vtep").stdout)
      == nameless(run("ovsdb-client", "dump", ours.target, "hardware_vtep").stdout), done.stderr)
with open(backup, encoding="utf-8") as stream:
    done = run("ovsdb-client", "restore", ours.target, "hardware_vtep", stdin=stream)
check("ovsdb-client restore puts it back",
      done.returncode == 0 and nameless(run("ovsdb-client", "dump", restored.target, "hardware_vtep").stdout)
      == nameless(run("ovsdb-client", "dump", ours.target, "hardware_vtep").stdout), done.stdout, done.stderr)
check("ours ends in order", ours.stop() == 0)

# ---- ovs-vsctl -------------------------------------------------------------------------------------------------------

both = Both(Ours(program, vswitch_schema, "vswitch"), Reference(vswitch_schema, "vswitch-reference"))
compare_lines(both, VSCTL, "ovs-vsctl", "--no-wait")
both.report("ovs-vsctl says the same with both")
both.same(lambda target: ["ovsdb-client", "dump", target, "Open_vSwitch"], nameless)
both.report("and the switch databases hold the same in the end")
finish()
