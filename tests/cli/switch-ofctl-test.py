#!/usr/bin/env python3
"""The real ovs-ofctl on `vteplab switch`: switch-ofctl-test.py SWITCH."""
import re
import socket
import sys

from switches import Switch, check, finish, lines_of, lines_soon, need_tools, run, start, stop, until, work

need_tools("ovs-ofctl")
program = sys.argv[1]


# ---- what is refused -------------------------------------------------------------------------------------------------

def refused(name, sentence, *arguments):
    done = run(program, *arguments)
    check(f"{name} is refused with a sentence", done.returncode == 2 and sentence in done.stderr and not done.stdout,
          done.returncode, done.stderr)


taken = socket.create_server(("127.0.0.1", 0))
somewhere = f"--listen=punix:{work / 'refused.sock'}"
refused("nowhere to listen", "say where to listen")
refused("a stray word", "'6653' is not understood", somewhere, "6653")
refused("an unknown option", "--help", "--lisen")
refused("a port in use", "it is in use already", f"--listen=ptcp:{taken.getsockname()[1]}:127.0.0.1")
refused("a remote that is none", "is not understood", "--listen=carrier:pigeon")
refused("a controller that is none", "is not understood", "--controller=carrier:pigeon")
refused("too many ports", "a switch has 0 to 1024", somewhere, "--ports=100000")
refused("a negative probe", "seconds are 0", somewhere, "--probe=-1")
refused("a datapath id that is none", "hexadecimal digits", somewhere, "--datapath-id=xyz")
taken.close()

# ---- what it says of itself ------------------------------------------------------------------------------------------

switch = Switch(program, "--listen=ptcp:0:127.0.0.1", f"--snoop=punix:{work / 'snoop.sock'}", "--ports=5",
                "--datapath-id=2a")
tcp = "tcp:127.0.0.1:" + switch.listening[1].split(":")[1]


def says(name, words, command, *arguments, options=()):
    """ovs-ofctl succeeds, and each of the words stands in what it prints."""
    done = switch.ofctl(command, *arguments, options=options)
    return check(name, done.returncode == 0 and not done.stderr and all(re.search(word, done.stdout) for word in words),
                 *words, done.stdout, done.stderr)


def fails(name, words, command, *arguments, options=()):
    done = switch.ofctl(command, *arguments, options=options)
    said = done.stdout + done.stderr
    return check(name, all(word in said for word in words), *words, said)


def flows(*arguments):
    done = switch.ofctl("dump-flows", *arguments, options=["--no-stats"])
    return [line.strip() for line in done.stdout.splitlines() if "actions=" in line]


def gives(name, wanted, *arguments):
    got = flows(*arguments)
    return check(name, got == wanted, "wanted", *wanted, "got", *got)


def file_of(name, *lines):
    path = work / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


check("it says where it listens, with the port that was chosen",
      switch.listening[0] == f"punix:{switch.socket}" and ":0:" not in switch.listening[1], switch.listening)
says("show has the datapath id, the tables, and ports p1 to p5", ["dpid:000000000000002a", "n_tables:254", r" 1\(p1\)",
                                                                 r" 5\(p5\): addr:02:00:00:00:00:05"], "show")
check("and does over TCP too", "(p5)" in run("ovs-ofctl", "-O", "OpenFlow13", "show", tcp).stdout)
says("dump-desc", ["Manufacturer: vteplab"], "dump-desc")
says("dump-ports of all", ["5 ports", "port  5"], "dump-ports")
says("dump-ports of one, by its name", ["1 ports", "port  3:"], "dump-ports", "p3")
fails("dump-ports of none", ["port"], "dump-ports", "17")
says("dump-ports-desc", [r" 3\(p3\)", "LIVE"], "dump-ports-desc")
says("dump-tables", ["table 0:", "active=0, lookup=0"], "dump-tables")
says("dump-table-features tells what every table does",
     [r'table 0 \("table0"\)', "next tables: 1-253", "instructions: meter apply_actions clear_actions write_actions",
      "tun_{id,src,dst} metadata ct_{state,mark,label} reg0...reg15 eth_{src,dst}", r'table 253 \("table253"\)'], "dump-table-features")
says("dump-group-features", ["max_groups=0x10000", "all group"], "dump-group-features")
says("queue-stats: there are none", ["0 queues"], "queue-stats")
fails("queue-stats of a port that is not there", ["OFPQOFC_BAD_PORT"], "queue-stats", "17")
fails("queue-stats of a queue that is not there", ["OFPQOFC_BAD_QUEUE"], "queue-stats", "1", "7")
says("queue-get-config", ["OFPT_QUEUE_GET_CONFIG_REPLY"], "queue-get-config", "1")
fails("queue-get-config of a port that is not there", ["OFPQOFC_BAD_PORT"], "queue-get-config", "17")
says("get-frags", ["^normal"], "get-frags")
says("set-frags", [], "set-frags", "drop")
says("and get-frags says so", ["^drop"], "get-frags")
switch.ofctl("set-frags", "normal")
says("ping", ["64 bytes from"], "ping", "64")
says("probe", [], "probe")

# ---- flows -----------------------------------------------------------------------------------------------------------

says("add-flow", [], "add-flow", "table=3,priority=9,arp,in_port=1,actions=load:0x5->NXM_NX_REG1[],output:2")
switch.ofctl("add-flows", file_of("more", "table=3,ip,nw_dst=10.0.0.0/8,actions=output:3", "",
                                  "# a comment", "table=4,cookie=0x77,priority=2,actions=resubmit(,5)"))
gives("add-flows from a file, dumped by table and priority",
      ["table=3, ip,nw_dst=10.0.0.0/8 actions=output:3",
       "table=3, priority=9,arp,in_port=1 actions=load:0x5->NXM_NX_REG1[],output:2",
       "cookie=0x77, table=4, priority=2 actions=resubmit(,5)"])
gives("dump-flows of one cookie", ["cookie=0x77, table=4, priority=2 actions=resubmit(,5)"], "cookie=0x77/-1")
gives("dump-flows of what outputs to a port", ["table=3, ip,nw_dst=10.0.0.0/8 actions=output:3"], "out_port=3")
says("dump-aggregate", ["flow_count=3"], "dump-aggregate")
says("mod-flows changes what matches", [], "mod-flows", "table=3,ip,actions=drop")
gives("and only the actions", ["table=3, ip,nw_dst=10.0.0.0/8 actions=drop"], "table=3,ip")
switch.ofctl("mod-flows", "table=3,priority=9,arp,in_port=1,actions=output:4", options=["--strict"])
gives("mod-flows, strict", ["table=3, priority=9,arp,in_port=1 actions=output:4"], "table=3,arp")
switch.ofctl("del-flows", "table=3,priority=8,arp,in_port=1", options=["--strict"])
check("del-flows, strict, keeps another priority", len(flows("table=3")) == 2)
switch.ofctl("del-flows", "table=3,priority=9,arp,in_port=1", options=["--strict"])
gives("and takes the same", ["table=3, ip,nw_dst=10.0.0.0/8 actions=drop"], "table=3")
switch.ofctl("del-flows", "cookie=0x77/-1")
check("del-flows by cookie", len(flows()) == 1)
fails("an overlapping flow is refused when that was asked", ["OFPFMFC_OVERLAP"], "add-flow",
      "check_overlap,table=3,ip,nw_src=10.0.0.1,actions=output:1")
fails("a table that is not there is refused", ["BAD_TABLE_ID"], "add-flow", "table=254,actions=drop")
fails("a group that is not there is refused", ["OFPBAC_BAD_OUT_GROUP"], "add-flow", "actions=group:5")
wanted = file_of("wanted", "table=1,priority=1,actions=output:1", "table=1,priority=2,in_port=2,actions=output:3")
says("replace-flows", [], "replace-flows", wanted)
done = run("ovs-ofctl", "-O", "OpenFlow13", "diff-flows", switch.target, wanted)
check("diff-flows finds none then", done.returncode == 0 and not done.stdout, done.stdout, done.stderr)
switch.ofctl("add-flow", "table=1,priority=2,in_port=2,actions=output:4")
done = run("ovs-ofctl", "-O", "OpenFlow13", "diff-flows", switch.target, wanted)
check("and finds what differs", done.returncode == 2 and "-table=1" in done.stdout.replace(" ", "")
      and "output:4" in done.stdout, done.stdout, done.stderr)

# ---- bundles ---------------------------------------------------------------------------------------------------------

says("replace-flows as a bundle", [], "replace-flows", wanted, options=["--bundle"])
check("does the same", run("ovs-ofctl", "-O", "OpenFlow13", "diff-flows", switch.target, wanted).returncode == 0)
fails("a bundle with a flow that cannot be fails, and that flow is named",
      ["OFPBAC_BAD_OUT_GROUP for: OFPT_FLOW_MOD", "actions=group:77", "OFPBFC_MSG_FAILED"], "add-flows",
      file_of("bad", "table=2,actions=output:1", "table=2,priority=3,actions=group:77"), options=["--bundle"])
check("and nothing of it is done", not flows("table=2"), *flows())
says("a bundle of a group and flows into it", [], "bundle",
     file_of("mixed", "group add group_id=78,type=all,bucket=output:2", "flow add table=2,actions=group:78",
             "flow delete table=1"))
check("is done in its order", len(flows()) == 1 and "group:78" in flows()[0], *flows())
fails("a bundle that uses a group before it is there is refused", ["OFPBAC_BAD_OUT_GROUP"], "bundle",
      file_of("early", "flow add table=4,actions=group:79", "group add group_id=79,type=all,bucket=output:2"))
check("and its group is not made", "79" not in switch.ofctl("dump-groups").stdout)

# ---- groups and meters -----------------------------------------------------------------------------------------------

says("add-group", [], "add-group", "group_id=5,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3")
says("dump-groups", ["group_id=5,type=ff,bucket=watch_port:2,actions=output:2,", "group_id=78,type=all"], "dump-groups")
fails("a group that is there is not added", ["OFPGMFC_GROUP_EXISTS"], "add-group", "group_id=5,type=all,bucket=output:1")
says("mod-group", [], "mod-group", "group_id=5,type=indirect,bucket=output:4")
says("dump-group-stats", ["group_id=5,", "bucket0:packet_count=0"], "dump-group-stats")
says("del-groups takes its flows", [], "del-groups", "group_id=78")
check("with it", not flows(), *flows())
says("add-meter", [], "add-meter", "meter=1,kbps,burst,stats,bands=type=drop,rate=100,burst_size=10")
says("add-meter with two bands", [], "add-meter",
     "meter=2,pktps,bands=type=dscp_remark,rate=5,prec_level=1,type=drop,rate=20")
says("dump-meters", ["meter=1 kbps burst stats bands=\ntype=drop rate=100 burst_size=10", "meter=2 pktps bands=\ntype=dscp_remark "
                     "rate=5 prec_level=1\ntype=drop rate=20"], "dump-meters")
fails("a meter that is there is not added", ["OFPMMFC_METER_EXISTS"], "add-meter", "meter=1,kbps,bands=type=drop,rate=1")
fails("a meter that is not there is not changed", ["OFPMMFC_UNKNOWN_METER"], "mod-meter", "meter=9,kbps,bands=type=drop,rate=1")
says("mod-meter", [], "mod-meter", "meter=1,pktps,stats,bands=type=drop,rate=2")
says("a flow through a meter", [], "add-flow", "in_port=1,actions=meter:1,output:2")
fails("a flow through a meter that is not there is refused", ["OFPMMFC_INVALID_METER"], "add-flow", "actions=meter:9,output:2")
for _ in range(3):
    switch.ofctl("packet-out", "in_port=1,packet=ffffffffffff02000000000508060001,actions=TABLE")
says("meter-stats counts packets and those over the rate", ["meter:1 flow_count:1 packet_in_count:3 byte_in_count:48",
                                                           "0: packet_count:[01] "], "meter-stats", "meter=1")
says("meter-features", ["max_meter:65536 max_bands:8", "band_types: drop dscp_remark", "kbps pktps burst stats"],
     "meter-features")
fails("statistics of a meter that is not there", ["OFPMMFC_UNKNOWN_METER"], "meter-stats", "meter=9")
says("del-meter takes its flows", [], "del-meter", "meter=1")
check("with it", not flows(), *flows())
switch.ofctl("del-meters")
check("del-meters takes all", "meter=" not in switch.ofctl("dump-meters").stdout)

# ---- what controllers hear -------------------------------------------------------------------------------------------

snooper = start("ovs-ofctl", "-O", "OpenFlow13", "snoop", f"unix:{work / 'snoop.sock'}", f"--unixctl={work / 'snoop.ctl'}",
                stdout=-1, stderr=-2)
snooped = lines_of(snooper.stdout)
monitor = start("ovs-ofctl", "-O", "OpenFlow13", "monitor", switch.target, "65534", f"--unixctl={work / 'monitor.ctl'}",
                stdout=-1, stderr=-2)
heard = lines_of(monitor.stdout)
# The last thing that monitor sends is its SET_CONFIG; from then on it listens.
check("monitor begins", until(lambda: (work / "monitor.ctl").exists()))
switch.ofctl("add-flow", "priority=0,actions=CONTROLLER")
switch.ofctl("add-flow", "send_flow_rem,priority=7,in_port=4,actions=drop")


def hears(name, words, act):
    """Repeats the act until monitor prints the words."""
    lines = []

    def once():
        act()
        lines.extend(lines_soon(heard, words, 1))
        return lines and words in lines[-1]
    check(name, until(once), words, *lines)


hears("monitor hears packets that come in", "OFPT_PACKET_IN", lambda: switch.ofctl(
    "packet-out", "in_port=1,packet=ffffffffffff02000000000508060001,actions=TABLE"))
hears("monitor hears flows that go", "OFPT_FLOW_REMOVED", lambda: switch.ofctl("del-flows", "in_port=4"))
hears("monitor hears ports that change", "OFPT_PORT_STATUS",
      lambda: (switch.ofctl("mod-port", "p2", "no-forward"), switch.ofctl("mod-port", "2", "forward")))
says("mod-port down", [], "mod-port", "p2", "down")
says("shows in the port's description", ["PORT_DOWN"], "dump-ports-desc", "2")
stop(monitor)
check("snoop sees the messages of others, both ways",
      lines_soon(snooped, "OFPT_FLOW_MOD", 5) and lines_soon(snooped, "OFPST_PORT_DESC reply", 5))
stop(snooper)

# ---- how it ends -----------------------------------------------------------------------------------------------------

check("what was refused is told on stderr, with a sentence",
      "FLOW_MOD refused with OFPMMFC_INVALID_METER: there is no meter 9" in switch.errors(), switch.errors())
check("SIGTERM ends it in order", switch.stop() == 0 and not switch.socket.exists())
finish()
