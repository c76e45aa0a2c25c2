#!/usr/bin/env python3
"""The command as a user types it: cli-test.py VTEPLAB SCENARIOS."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

program, scenarios = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
use_case_2 = str(scenarios / "use-case-2.yaml")
work = pathlib.Path(tempfile.mkdtemp())
results = []

UNBOUND = """scenario: unbound
networks:
  blue: { subnet: 10.0.0.0/24, segments: [ { vxlan: 5001 }, { vlan: 2901, physnet: physnet1 } ] }
nodes:
  underlay: { kind: switch }
  server1: { kind: compute, ip: 10.8.125.18, roles: [ controller ] }
  tor1: { kind: tor, ip: 10.8.125.20, ports: [ em3 ] }
  server2: { kind: sriov-compute, nics: { em1: { physnet: physnet1 } } }
links: [ server1/em2 -- underlay, tor1/uplink -- underlay, tor1/em3 -- server2/em1 ]
vms:
  vm1: { on: server1, network: blue, ip: 10.0.0.11 }
  vm2: { on: server2, network: blue, ip: 10.0.0.12, vnic: direct, vlan: 2999 }
l2gw: { gw1: { interfaces: [ tor1/em3 ], connect: { blue: 2901 } } }
timeline: [ { after: converged, vm2: ping vm1 } ]
expect: [ { replies: { vm2: vm1 } }, { frames: { at: vm1/eth0, filter: arp, none: true } } ]
"""
(work / "unbound.yaml").write_text(UNBOUND)


def vteplab(*arguments, **more):
    return subprocess.run([program, *map(str, arguments)], cwd=work, capture_output=True, text=True, timeout=120, **more)


def check(name, good, done=None):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}")
    if not good and done is not None:
        for line in f"exit {done.returncode}\n{done.stdout}{done.stderr}".splitlines():
            print(f"# {line}")


def refused(name, sentence, *arguments):
    done = vteplab(*arguments)
    check(f"{name} is refused with a sentence", done.returncode == 2 and sentence in done.stderr, done)


done = vteplab("--version")
check("--version says the version", done.returncode == 0 and done.stdout.startswith("vteplab "), done)
done = vteplab()
check("without a command the commands are listed", done.returncode == 2 and "check" in done.stdout, done)
refused("an unknown command", "there is no command 'rnu'", "rnu")
refused("run without a scenario", "name at least one scenario file", "run")
refused("a file that is not there", "no-such.yaml", "run", "no-such.yaml")
refused("an unknown option", "--help", "run", "--pacp", use_case_2)
refused("an unknown format", "there is text, tap, json, github", "run", "--format", "xml", use_case_2)
refused("a seed that is no number", "--seed is 'x'", "run", "--seed", "x", use_case_2)
refused("a time without unit", "--until is '5'", "run", "--until", "5", use_case_2)
refused("a variant of a file that has none", "the file has no variants", "run", "--variant", "x", use_case_2)
refused("a --set without value", "write it as key=value", "run", "--set", "seed", use_case_2)
refused("viewing what is neither", "use-case", "view", scenarios / "no-use-case.pcapng")
(work / "taken").write_text("")
refused("an output directory that cannot be", "taken", "run", "--out", "taken", use_case_2)

done = vteplab("run", use_case_2)
check("use case 2 meets its expectations", done.returncode == 0 and " of " in done.stdout and "FAIL" not in done.stdout, done)
check("without --out it writes to vteplab-out", (work / "vteplab-out" / "use-case-2.pcapng").stat().st_size > 10000)
found = json.loads((work / "vteplab-out" / "use-case-2.result.json").read_text())
check("the result file says so too", found["good"] is True and all(e["met"] for e in found["expectations"]))

done = vteplab("run", "--out", "o", "unbound.yaml")
said = " ".join(done.stdout.split())
check("a failed expectation is exit 1", done.returncode == 1 and "FAIL" in done.stdout, done)
check("and the reason names the frame, who dropped it, table and rule",
      all(word in said for word in ("ARP request (packet id", "as far as tor1/em3", "vlan-unbound", "rule em3 vlan 2999")), done)
command = next((line.strip() for line in done.stdout.splitlines() if line.startswith("        tshark ")), "false")
shown = subprocess.run(command, shell=True, cwd=work, capture_output=True, text=True)
check("and the command it gives shows the frame and its drop",
      "vm2/eth0" in shown.stdout and "Who has 10.0.0.11?" in shown.stdout and "vlan-unbound" in shown.stdout, shown)
check("and where it was expected", "unbound.yaml:15:" in done.stdout, done)

done = vteplab("run", "--out", "o", "--format", "json", "unbound.yaml")
line = json.loads(done.stdout)
check("json is an object a line", done.returncode == 1 and line["scenario"] == "unbound" and not line["good"], done)
done = vteplab("run", "--out", "o", "--format", "tap", "unbound.yaml", use_case_2)
check("tap counts runs and their expectations",
      done.stdout.startswith("TAP version 13\n1..2\n") and "\nnot ok 1 - unbound\n" in done.stdout
      and "\nok 2 - use-case-2\n" in done.stdout, done)
done = vteplab("run", "--out", "o", "--format", "github", "unbound.yaml")
check("github annotates the line of the scenario", "::error file=unbound.yaml,line=15,col=" in done.stdout, done)
done = vteplab("run", "--out", "o", "--junit", "junit.xml", "unbound.yaml", use_case_2)
suites = ElementTree.parse(work / "junit.xml").getroot()
check("junit has a suite a run and a failure with its reason",
      len(suites) == 2 and suites[0].find(".//failure") is not None and "vlan-unbound" in suites[0].find(".//failure").text)

done = vteplab("run", "--out", "p", "--pcap", "--until", "1s", "--seed", "7", use_case_2)
check("--until ends the run, and says that the timeline was not through",
      "the time was up before the timeline was through" in done.stdout, done)
check("--pcap writes a file a link end", (work / "p" / "use-case-2" / "tor1-em3.pcap").exists())
environment = dict(os.environ, LC_ALL="de_DE.UTF-8", TZ="Asia/Tokyo", NO_COLOR="1", HOME="/nowhere")
vteplab("run", "--out", "env", use_case_2, env=environment)
check("locale, time zone and home do not reach the trace",
      (work / "env" / "use-case-2.pcapng").read_bytes() == (work / "vteplab-out" / "use-case-2.pcapng").read_bytes())
done = vteplab("run", "--out", "v", "--format", "tap", scenarios / "use-case-1.yaml")
check("without --variant every variant runs", done.stdout.startswith("TAP version 13\n1..3\n") and done.returncode == 0, done)

# The README shows what is really printed; times of this machine and counts of all frames apart.
readme = (scenarios.parent / "README.md").read_text(encoding="utf-8")
blocks = re.findall(r"```(\w*)\n(.*?)```", readme, re.S)
(work / "no-lease.yaml").write_text(next(text for kind, text in blocks if kind == "yaml"), encoding="utf-8")
for name, path, status in ("use-case-2", use_case_2, 0), ("no-lease", "no-lease.yaml", 1):
    shown = next(text for kind, text in blocks if text.startswith(name + "  seed "))
    done = vteplab("run", "--pcap", path)
    missing = [line for line in shown.splitlines() if " simulated in " not in line and line not in done.stdout.splitlines()]
    check(f"the README shows what {name} prints", done.returncode == status and not missing, done)
print(f"1..{len(results)}")
