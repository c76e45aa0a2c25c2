#!/usr/bin/env python3
"""Real clients ask for the best that a server has, and make do with less: ovsdb-server-fallback-test.py SERVER HARDWARE_VTEP."""
import sys

from ovsdb_proxy import Proxy
from ovsdb_servers import Ours, check, finish, need_tools, run, work

need_tools()
program, schema = sys.argv[1:3]
ours = Ours(program, schema)


def session(name, refused=()):
    """What vtep-ctl asks on its way to a logical switch of that name, and what became of it."""
    proxy = Proxy(ours.socket, work / f"{name}.proxy", refused)
    done = run("vtep-ctl", "--timeout=10", f"--db={proxy.target}", "add-ls", name, "--", "list-ls")
    proxy.close()
    return proxy.asked, done.returncode == 0 and name in done.stdout.split(), done.stderr


asked, good, problem = session("newest")
check("18: vtep-ctl reads _Server and uses monitor_cond_since where it is offered",
      good and "get_schema" in asked and "monitor_cond_since" in asked and "monitor_cond" in asked, asked, problem)
asked, good, problem = session("conditions", {"monitor_cond_since"})
check("and monitor_cond where that is refused", good and "monitor_cond" in asked, asked, problem)
asked, good, problem = session("plain", {"monitor_cond_since", "monitor_cond", ("get_schema", "_Server"),
                                         "set_db_change_aware"})
check("and the RFC's monitor where a server offers nothing else", good and "monitor" in asked, asked, problem)
check("each made its row", sorted(run("vtep-ctl", f"--db={ours.target}", "list-ls").stdout.split())
      == ["conditions", "newest", "plain"])
finish()
