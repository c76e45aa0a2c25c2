"""Flows and groups for both switches."""
from ovs_frames import IPS, MACS
from ovs_switches import PORTS

TABLES = 5


def random_match(chance):
    """Words, and what they say of a packet: its protocol and whether it is tagged."""
    words, proto, tagged = [], None, False
    if chance.random() < 0.35:
        proto = chance.choice(["arp", "ip", "udp", "tcp", "icmp", "ipv6", "udp6", "icmp6"])
        words.append(proto)
        extra = {
            "arp": [f"arp_op={chance.choice([1, 2])}", f"arp_tpa={chance.choice(IPS)}", "arp_spa=10.0.0.0/8",
                    f"arp_sha={chance.choice(MACS)}"],
            "ip": [f"nw_src={chance.choice(IPS)}", "nw_dst=10.0.0.0/15", "nw_tos=184", "nw_ecn=3", "nw_frag=no",
                   "nw_frag=yes", "nw_frag=first", "nw_frag=later", "nw_ttl=64", "nw_proto=89"],
            "udp": ["udp_src=68", "udp_dst=67", "udp_dst=0x40/0xfff0"],
            "tcp": ["tcp_src=4000", "tcp_flags=+syn-ack", "tcp_dst=80"],
            "icmp": ["icmp_type=8", "icmp_code=0"],
            "ipv6": ["ipv6_src=fe80::/10", "nw_tos=184", "ipv6_dst=fe80::f816:3eff:fe00:2"],
            "udp6": ["udp_src=546"],
            "icmp6": ["icmpv6_type=135", "icmpv6_type=135,nd_target=fe80::f816:3eff:fe00:1",
                      f"icmpv6_type=135,nd_sll={MACS[0]}", "icmpv6_type=128"],
        }[proto]
        if chance.random() < 0.6:
            words.append(chance.choice(extra))
    if chance.random() < 0.3:
        word, tagged = chance.choice([("vlan_tci=0/0x1fff", False), ("dl_vlan=5", True), ("dl_vlan=6", True),
                                      ("vlan_tci=0x1000/0x1000", True), ("dl_vlan=5,dl_vlan_pcp=1", True)])
        words.append(word)
    for probability, word in ((0.25, f"in_port={chance.randint(1, PORTS)}"),
                              (0.2, f"dl_dst={chance.choice(MACS)}"), (0.15, f"dl_src={chance.choice(MACS[:3])}"),
                              (0.1, "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"),
                              (0.15, f"metadata={chance.randint(0, 3)}/0x3"), (0.1, f"reg1={chance.randint(0, 2)}"),
                              (0.1, f"reg2={chance.choice([0, 0x100])}/0xf00"), (0.08, f"tun_id={chance.randint(0, 2)}")):
        if chance.random() < probability:
            words.append(word)
    return words, proto, tagged


def random_action(chance, proto, tagged, groups, table, in_set):
    """An action that the match allows, and whether the packet is tagged behind it."""
    family = {"udp": "ip", "tcp": "ip", "icmp": "ip", "udp6": "ipv6", "icmp6": "ipv6"}.get(proto, proto)
    choices = [(f"output:{chance.randint(1, PORTS)}", tagged)] * 4 + [
        ("IN_PORT", tagged), ("ALL", tagged), ("CONTROLLER", tagged),
        (f"load:{chance.randint(0, 2)}->NXM_NX_REG1[]", tagged),
        ("load:1->NXM_NX_REG2[8..11]", tagged),
        (f"set_field:{chance.choice(MACS[:3])}->eth_src", tagged),
        (f"set_field:{chance.choice(MACS)}->eth_dst", tagged),
        ("move:NXM_OF_ETH_SRC[0..15]->NXM_NX_REG1[0..15]", tagged),
        ("move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]", tagged),
        ("set_field:2->tun_id", tagged),
        ("push_vlan:0x8100", True),
        ("output:NXM_NX_REG1[]", tagged) if not in_set else ("output:2", tagged),
    ]
    if not in_set:
        choices += [(f"resubmit(,{chance.randint(table + 1, TABLES + 1) if chance.random() < .9 else chance.randint(0, TABLES)})",
                     tagged)] * 3 + [(f"resubmit({chance.randint(1, PORTS)},{table + 1})", tagged)]
    if groups:
        choices += [(f"group:{chance.choice(groups)}", tagged)] * 2
    if tagged:
        choices += [("pop_vlan", False)] * 2 + [(f"set_field:{4096 + chance.randint(1, 9)}->vlan_vid", tagged),
                                                ("set_field:3->vlan_pcp", tagged)]
    if family == "arp":
        choices += [("set_field:2->arp_op", tagged), ("set_field:10.9.8.7->arp_spa", tagged),
                    ("move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[]", tagged),
                    ("move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[]", tagged)] * 2
    if family == "ip":
        choices += [("set_field:10.9.8.7->ip_src", tagged), ("set_field:10.9.8.6->ip_dst", tagged),
                    ("dec_ttl", tagged), ("set_field:46->ip_dscp", tagged), ("set_field:1->nw_ecn", tagged)] * 2
    if family == "ipv6":
        choices += [("set_field:fe80::77->ipv6_src", tagged), ("set_field:fe80::78->ipv6_dst", tagged),
                    ("dec_ttl", tagged)] * 2
    if proto in ("udp", "tcp", "udp6"):
        base = proto.rstrip("6")
        choices += [(f"set_field:999->{base}_src", tagged), (f"set_field:998->{base}_dst", tagged)] * 2
    return chance.choice(choices)


def random_flow(chance, table, groups):
    words, proto, tagged = random_match(chance)
    actions = []
    for _ in range(chance.choice([0, 1, 1, 2, 3, 4])):
        action, tagged = random_action(chance, proto, tagged, groups, table, False)
        actions.append(action)
    if chance.random() < 0.1:
        actions.append("clear_actions")
    if chance.random() < 0.2:
        written = []
        for _ in range(chance.choice([1, 1, 2])):
            action, _ignored = random_action(chance, proto, tagged, groups, table, True)
            if not action.startswith(("pop_vlan", "push_vlan", "set_field:3->vlan", "set_field:40", "set_field:41")):
                written.append(action)
        if written:
            actions.append(f"write_actions({','.join(written)})")
    if chance.random() < 0.3:
        actions.append(f"write_metadata:{chance.randint(0, 3)}/0x3")
    if chance.random() < 0.4 and table < TABLES:
        actions.append(f"goto_table:{chance.randint(table + 1, TABLES)}")
    # Priorities are all different: which of two equal ones wins is nobody's rule.
    return words, actions


def random_state(chance):
    groups = []
    for number in range(1, chance.randint(1, 4)):
        kind = chance.choice(["all", "all", "indirect"])
        buckets = []
        for _ in range(1 if kind == "indirect" else chance.randint(0, 3)):
            actions = []
            for _ in range(chance.randint(1, 3)):
                action, _tag = random_action(chance, None, False, list(range(1, number)), 0, False)
                if not action.startswith(("push_vlan", "output:NXM")):
                    actions.append(action)
            buckets.append("bucket=actions=" + (",".join(actions) or "drop"))
        groups.append(",".join([f"group_id={number}", f"type={kind}"] + buckets))
    numbers = list(range(1, len(groups) + 1))
    flows = []
    priorities = chance.sample(range(1, 1000), 60)
    for table in range(TABLES + 1):
        for _ in range(chance.randint(2, 8)):
            words, actions = random_flow(chance, table, numbers)
            flows.append(",".join([f"table={table}", f"priority={priorities.pop()}"] + words
                                  + ["actions=" + (",".join(actions) or "drop")]))
    return groups, flows


# What stateless tables do with ct(): track, look again, commit what is new and allowed.  Every state has a port of its own.
TRACKING = [
    "table=0,priority=9,ip,in_port=1,actions=ct(table=1)",
    "table=0,priority=9,ip,in_port=2,actions=ct(table=1,zone=7)",
    "table=0,priority=8,ip,actions=load:0x7->NXM_NX_REG0[0..15],ct(table=1,zone=NXM_NX_REG0[0..15])",
    "table=1,priority=9,ct_state=+inv+trk,ip,actions=output:5",
    "table=1,priority=8,ct_state=+new-est+trk,tcp,tp_dst=80,ct_zone=0,actions=ct(commit),output:3",
    "table=1,priority=8,ct_state=+new-est+trk,ip,ct_zone=7,nw_src=10.0.0.1,actions=ct(commit,zone=7),output:4",
    "table=1,priority=7,ct_state=+est-rel-rpl+trk,ip,actions=ct_clear,resubmit(,3)",
    "table=1,priority=7,ct_state=+est+rpl,ip,actions=load:0x5->NXM_NX_REG1[],output:NXM_NX_REG1[],output:6",
    "table=1,priority=6,ct_state=new|trk,ct_mark=0,ct_label=0,actions=IN_PORT",
    "table=2,priority=6,ct_state=0x21/0x23,ct_mark=0x5/0xf,ct_label=0x10000000000000002,tcp,actions=ct(commit,force,zone=9)",
    "table=2,priority=5,ct_state=-trk,ipv6,actions=ct()",
    "table=3,priority=2,ct_state=-trk,ct_zone=0,ip,actions=output:6",
    "table=3,priority=1,ip,actions=output:5,output:5",
]


# ---- liveness --------------------------------------------------------------------------------------------------

def random_failover(chance, n_groups=5):
    """Groups that watch ports and groups (some of them not there), and a flow into each of them, by the last byte of
    dl_dst.  The last two watch each other, by one bucket each: the real switch goes around all ways of a circle."""
    groups, flows = [], []
    for number in range(1, n_groups + 1):
        buckets = []
        for _ in range(chance.randint(1, 4)):
            watched = []
            if chance.random() < 0.7:
                watched.append(f"watch_port:{chance.randint(2, PORTS + 1)}")
            if not watched or chance.random() < 0.4:
                watched.append(f"watch_group:{chance.choice([*range(1, number), n_groups + 3])}")
            action = f"group:{chance.randint(1, number - 1)}" if number > 1 and chance.random() < 0.2 \
                else f"output:{chance.randint(2, PORTS)}"
            buckets.append(f"bucket={','.join(watched)},actions={action}")
        groups.append(",".join([f"group_id={number}", "type=fast_failover"] + buckets))
    port = chance.randint(2, PORTS)
    for number, other in ((n_groups + 1, n_groups + 2), (n_groups + 2, n_groups + 1)):
        groups.append(f"group_id={number},type=fast_failover,bucket=watch_port:{port},watch_group:{other},actions=output:2")
    for number in range(1, len(groups) + 1):
        flows.append(f"table=0,priority=1,dl_dst=02:00:00:00:00:{number:02x},actions=group:{number}")
    return groups, flows
