#!/usr/bin/env python3
"""The JSON Schema agrees with the parser: schema-test.py SCHEMA BROKEN-DIR SCENARIO-DIR…

Every scenario that ships is valid by it; of the broken ones, those with an unknown key or a wrong kind of value are not."""
import json
import pathlib
import re
import sys

import jsonschema
import yaml


class Yaml12(yaml.SafeLoader):
    """YAML 1.2, as the parser and editors read it: `on` is a word, not a truth value."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), "tf")

schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
good = [path for directory in sys.argv[3:] for path in sorted(pathlib.Path(directory).rglob("*.yaml"))]
# What a schema can see: keys, kinds of values, ranges.
bad = ["unknown-top-key", "unknown-node-key", "unknown-kind", "kind-missing", "scenario-missing", "nodes-missing",
       "name-with-a-slash", "vni-out-of-range", "vni-no-number", "vlan-out-of-range", "connection-vlan-out-of-range",
       "segment-with-two-types", "bad-mac", "bugs-no-list", "time-without-unit", "unknown-expectation",
       "replies-of-no-pair", "unknown-verb", "unknown-role", "variant-with-a-stranger", "cable-with-one-end", "a-list"]

print(f"1..{len(good) + len(bad)}")
number = 0
for path in good:
    number += 1
    errors = [e.message for e in validator.iter_errors(yaml.load(open(path, encoding="utf-8"), Yaml12))]
    print(f"{'not ok' if errors else 'ok'} {number} - {path.name} is valid by the schema")
    for message in errors[:3]:
        print(f"# {message}")
for name in bad:
    number += 1
    text = (pathlib.Path(sys.argv[2]) / f"{name}.yaml").read_text(encoding="utf-8")
    refused = not validator.is_valid(yaml.load(text, Yaml12))
    print(f"{'ok' if refused else 'not ok'} {number} - the schema refuses {name}")
