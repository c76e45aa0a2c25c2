#!/usr/bin/env python3
"""Parser, JSON Schema and manual know the same words: keys-test.py LAB-DIR SCHEMA MANUAL.

The parser's are its arrays of keys and words, read from its sources.  An array that is in no table here is a failure, so
that a new one cannot be forgotten."""
import json
import pathlib
import re
import sys

lab, schema = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
manual = pathlib.Path(sys.argv[3]).read_text(encoding="utf-8")
manual_words = set(re.findall(r"[A-Za-z0-9][A-Za-z0-9-]*", re.sub(r"\\f[BIRP]|\\-", lambda m: "-" if m[0] == r"\-" else "", manual)))

defs = schema["$defs"]
nodes = {kind: branch["properties"] for branch in defs["nodes"]["additionalProperties"]["oneOf"]
         for kind in [branch["properties"]["kind"]["const"]]}
nic = nodes["sriov-compute"]["nics"]["additionalProperties"]["properties"]
expects = {next(iter(branch["required"])): branch["properties"] for branch in defs["expect"]["items"]["oneOf"]}
network = defs["networks"]["additionalProperties"]["properties"]
vm = defs["vms"]["additionalProperties"]["properties"]
entry = defs["timeline"]["items"]["properties"]
verbs = re.findall(r"[a-z0-9]+", defs["timeline"]["items"]["additionalProperties"]["pattern"])

# Array of the parser → what the schema says there.  NULL-terminated arrays of C; static ones within functions by
# file and name.
expected = {
    "scenario.c top_keys": schema["properties"],
    "scenario.c variant_keys": schema["properties"]["variants"]["additionalProperties"]["properties"],
    "scenario.c lab_nic_modes": nic["mode"]["enum"],
    "scenario.c lab_node_kinds": nodes,
    "parse-networks.c network_keys": network,
    "parse-networks.c segment_keys": defs["segments"]["items"]["properties"],
    "parse-networks.c dhcp_words": network["dhcp"]["enum"],
    "parse-nodes.c switch_keys": nodes["switch"],
    "parse-nodes.c compute_keys": nodes["compute"],
    "parse-nodes.c tor_keys": nodes["tor"],
    "parse-nodes.c sriov_keys": nodes["sriov-compute"],
    "parse-nodes.c nic_keys": nic,
    "parse-nodes.c provider_keys": nodes["compute"]["nics"]["additionalProperties"]["properties"],
    "parse-nodes.c tor_programs": nodes["tor"]["runs"]["enum"],
    "parse-nodes.c roles": nodes["compute"]["roles"]["items"]["enum"],
    "parse-links.c link_keys": defs["links"]["items"]["oneOf"][1]["properties"],
    "parse-vms.c vm_keys": vm,
    "parse-vms.c vf_keys": ["nic", "vf", "vlan", "spoofcheck", "trust"],
    "parse-vms.c tap_keys": ["port-security", "allowed"],
    "parse-vms.c vnic_words": vm["vnic"]["enum"],
    "parse-vms.c address_words": vm["address"]["enum"],
    "parse-l2gw.c gateway_keys": defs["l2gw"]["additionalProperties"]["properties"],
    "parse-options.c controller_keys": defs["controller"]["properties"],
    "parse-options.c lab_call_words": defs["controller"]["properties"]["order"]["anyOf"][1]["items"]["enum"],
    "parse-options.c order_words": [defs["controller"]["properties"]["order"]["anyOf"][0]["const"]],
    "parse-options.c capture_keys": defs["capture"]["properties"],
    "parse-timeline.c lab_parse_entry_keys": entry,
    "parse-actions.c verbs": verbs,
    "parse-actions.c link_action_keys": ["link", "state", "for", "loss"],
    "parse-actions.c gateway_action_keys": ["gateway", "connect", "disconnect", "add", "delete"],
    "parse-actions.c controller_action_keys": ["controller"],
    "parse-device-actions.c tor_action_keys": ["tor", "bind", "network", "remove", "add", "restart", "transact", "emulator"],
    "parse-device-actions.c tor_words": ["bind", "remove", "add", "restart", "transact", "emulator"],
    "parse-device-actions.c emulator_words": entry["emulator"]["enum"],
    "parse-device-actions.c compute_action_keys": ["compute", "restart"],
    "parse-device-actions.c network_action_keys": ["network", "delete", "segments"],
    "parse-actions.c states": entry["state"]["enum"],
    "parse-actions.c controller_words": entry["controller"].get("enum", [entry["controller"].get("const")]),
    "parse-expects.c kinds": expects,
    "parse-expects.c lease_keys": expects["lease"],
    "parse-expects.c replies_keys": expects["replies"],
    "parse-expects.c frames_keys": expects["frames"],
    "parse-expects.c frames_inner_keys": expects["frames"]["frames"]["properties"],
    "parse-expects.c directions": expects["frames"]["frames"]["properties"]["direction"]["enum"],
    "parse-expects.c drops_keys": expects["drops"],
    "parse-expects.c refusal_keys": expects["refusal"],
    "parse-expects.c bound_keys": expects["bound"],
    "parse-expects.c cable_keys": expects["cable"],
    "scenario.c lab_segment_words": expects["bound"]["segment"]["enum"],
    "parse-expects.c converged_keys": expects["converged"],
    "parse-expect-tables.c row_keys": expects["row"],
    "parse-expect-tables.c mac_keys": expects["mac"],
    "parse-expect-tables.c mac_inner_keys": expects["mac"]["mac"]["properties"],
}
array = re.compile(r"\bconst char \*const (\w+)\[\]\s*=\s*\{([^}]*)\}")
found = {}
for path in sorted(lab.glob("parse-*.c")) + [lab / "scenario.c"]:
    text = path.read_text(encoding="utf-8")
    for name, body in array.findall(text):
        found[f"{path.name} {name}"] = re.findall(r'"([^"]*)"', body)
    for block in re.findall(r"static const Verb verbs\[\] = \{(.*?)\n\};", text, re.S):
        found[f"{path.name} verbs"] = re.findall(r'\{ "(\w+)", LAB_ACTION', block)
    for block in re.findall(r"\} kinds\[\] = \{(.*?)\n\};", text, re.S):
        found[f"{path.name} kinds"] = re.findall(r'\{ "(\w+)", LAB_EXPECT', block)

print(f"1..{2 * len(expected) + 1}")
number = 0


def check(name, good, difference=""):
    global number
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not good:
        print(f"# {difference}")


for name, words in expected.items():
    mine, theirs = set(found.get(name, [])), set(words)
    check(f"parser and schema have the same words: {name}", mine and mine == theirs,
          f"only in the parser: {sorted(mine - theirs)}, only in the schema: {sorted(theirs - mine)}")
    unknown = mine - manual_words
    check(f"the manual has them: {name}", not unknown, f"not in the manual: {sorted(unknown)}")
strangers = sorted(set(found) - set(expected))
check("every array of the parser is compared", not strangers, strangers)
