#!/usr/bin/env python3
"""Open vSwitch's Python IDL, on which OpenStack's agents stand, on ours and on the real server.

    ovsdb-server-idl-test.py SERVER HARDWARE_VTEP
"""
import signal
import sys
import time

from ovsdb_servers import Ours, Reference, check, finish, need_tools, until, work

sys.path.append("/usr/lib/python3/dist-packages")
try:
    import ovs.db.idl
    import ovs.poller
    import ovs.vlog
except ImportError:
    print("1..0 # SKIP python3-openvswitch not installed")
    sys.exit(0)

need_tools()
program, schema = sys.argv[1:3]
ovs.vlog.Vlog.init(str(work / "idl.log"))
ovs.vlog.Vlog.set_level("any", "console", "off")


class Notes(ovs.db.idl.Idl):
    """An IDL that writes down what it is told."""

    def __init__(self, server, tables=None):
        helper = ovs.db.idl.SchemaHelper(schema)
        if tables:
            for table, columns in tables.items():
                helper.register_columns(table, columns)
        else:
            helper.register_all()
        super().__init__(server.target, helper)
        self.notes = []

    def notify(self, event, row, updates=None):
        name = getattr(row, "name", None) if row._table.name == "Logical_Switch" else None
        self.notes.append((event, row._table.name, name, sorted(updates._data) if updates else None))

    def turn(self):
        """Works off what came, then waits a little for more."""
        self.run()
        poller = ovs.poller.Poller()
        self.wait(poller)
        poller.timer_wait(20)
        poller.block()

    def until(self, condition):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if condition():
                return True
            self.turn()
        return False

    def commit(self, change):
        """`change` gets a transaction; the outcome's word."""
        txn = ovs.db.idl.Transaction(self)
        change(txn)
        while True:
            status = txn.commit()
            if status != ovs.db.idl.Transaction.INCOMPLETE:
                return ovs.db.idl.Transaction.status_to_string(status), txn
            self.turn()

    def rows(self, table):
        return self.tables[table].rows.values()

    def switch(self, name):
        return next((row for row in self.rows("Logical_Switch") if row.name == name), None)


def add_network(idl):
    def change(txn):
        txn.add_comment("a network")
        switch = txn.insert(idl.tables["Logical_Switch"])
        switch.name, switch.tunnel_key = "blue", 5001
        switch.other_config = {"a": "b"}
        locator = txn.insert(idl.tables["Physical_Locator"])
        locator.dst_ip, locator.encapsulation_type = "10.8.125.18", "vxlan_over_ipv4"
        mac = txn.insert(idl.tables["Ucast_Macs_Remote"])
        mac.MAC, mac.logical_switch, mac.locator, mac.ipaddr = "00:11:22:33:44:55", switch, locator, "10.0.0.11"
        port = txn.insert(idl.tables["Physical_Port"])
        port.name = "em3"
        port.vlan_bindings = {2901: switch}
        tor = txn.insert(idl.tables["Physical_Switch"])
        tor.name, tor.tunnel_ips, tor.ports = "tor1", ["10.8.125.20"], [port]
        for root in idl.rows("Global"):
            root.switches = [tor]
    return change


def change_network(idl):
    def change(txn):
        switch = idl.switch("blue")
        switch.verify("tunnel_key")
        switch.tunnel_key = 5002
        switch.setkey("other_config", "c", "d")
        switch.delkey("other_config", "a")
    return change


def remove_network(idl):
    def change(txn):
        for row in list(idl.rows("Ucast_Macs_Remote")):
            row.delete()
        for port in idl.rows("Physical_Port"):
            port.delkey("vlan_bindings", 2901)
        idl.switch("blue").delete()
    return change


def conflict(server, idl):
    """Another client changes what this one has read; the optimistic lock must say so."""
    other = Notes(server)
    other.until(lambda: other.switch("blue"))

    def theirs(txn):
        other.switch("blue").description = "theirs"

    def ours(txn):
        idl.switch("blue").verify("description")
        idl.switch("blue").description = "ours"

    txn = ovs.db.idl.Transaction(idl)
    ours(txn)
    outcomes = [other.commit(theirs)[0]]
    status = txn.commit()
    while status == ovs.db.idl.Transaction.INCOMPLETE:
        idl.turn()
        status = txn.commit()
    outcomes.append(ovs.db.idl.Transaction.status_to_string(status))
    outcomes.append(idl.commit(ours)[0])
    other.close()
    return outcomes


def state(idl):
    return {"switches": sorted((row.name, list(row.tunnel_key), sorted(row.other_config.items()), row.description)
                               for row in idl.rows("Logical_Switch")),
            "macs": sorted((row.MAC, row.logical_switch.name, row.locator.dst_ip) for row in idl.rows("Ucast_Macs_Remote")),
            "bindings": sorted((port.name, [(vlan, switch.name) for vlan, switch in port.vlan_bindings.items()])
                               for port in idl.rows("Physical_Port")),
            "locators": sorted(row.dst_ip for row in idl.rows("Physical_Locator")),
            "of Global": sorted(ps.name for row in idl.rows("Global") for ps in row.switches)}


def story(server):
    """What an IDL and an onlooker see of a network's life."""
    idl, onlooker = Notes(server), Notes(server, {"Logical_Switch": ["name", "tunnel_key"]})
    seen = []

    def see(outcome, condition):
        seen.append((outcome, idl.until(condition), state(idl)))

    idl.until(lambda: idl.change_seqno)
    onlooker.until(lambda: onlooker.change_seqno)
    if not list(idl.rows("Global")):
        idl.commit(lambda txn: setattr(txn.insert(idl.tables["Global"]), "switches", []))
        idl.until(lambda: list(idl.rows("Global")))
    see(idl.commit(add_network(idl))[0], lambda: idl.switch("blue"))
    onlooker.until(lambda: onlooker.switch("blue"))
    see(idl.commit(change_network(idl))[0], lambda: list(idl.switch("blue").tunnel_key) == [5002])
    onlooker.until(lambda: list(onlooker.switch("blue").tunnel_key) == [5002])
    see(conflict(server, idl), lambda: idl.switch("blue").description == "ours")
    see(idl.commit(lambda txn: setattr(txn.insert(idl.tables["Logical_Switch"]), "name", "blue"))[0], lambda: True)
    see(idl.commit(remove_network(idl))[0], lambda: not idl.switch("blue") and not list(idl.rows("Physical_Locator")))
    onlooker.until(lambda: not onlooker.switch("blue"))
    notes = sorted(map(str, idl.notes)), list(map(str, onlooker.notes))
    idl.close()
    onlooker.close()
    return seen, notes


db = work / "idl.db"
ours, reference = Ours(program, schema, "idl", db=db), Reference(schema, "idl-reference")
(seen, notes), (reference_seen, reference_notes) = story(ours), story(reference)
check("transactions of an IDL end the same way and leave the same rows", seen == reference_seen, seen, reference_seen)
check("each ends as it should", [outcome for outcome, *_ in seen]
      == ["success", "success", ["success", "try again", "success"], "error", "success"] and all(done for _, done, _ in seen),
      seen)
check("and is told by the same events, in the same order", notes == reference_notes and len(notes[1]) >= 3, *notes,
      *reference_notes)

# ---- reconnecting ----------------------------------------------------------------------------------------------------

idl = Notes(ours)
idl.until(lambda: idl.change_seqno)
idl.commit(add_network(idl))
idl.until(lambda: idl.switch("blue"))
before = state(idl)
ours.stop(signal.SIGKILL)
ours.start()
idl.until(lambda: idl.state != idl.IDL_S_MONITORING)
check("an IDL finds the same rows after the server was killed",
      idl.until(lambda: idl.state == idl.IDL_S_MONITORING) and state(idl) == before, before, state(idl))
outcome = idl.commit(change_network(idl))[0]
check("and goes on with them", outcome == "success"
      and idl.until(lambda: list(idl.switch("blue").tunnel_key) == [5002]), outcome)

# ---- conditions and locks ----------------------------------------------------------------------------------------------

few = Notes(ours)
few.cond_change("Logical_Switch", [["name", "==", "red"]])
few.until(lambda: few.change_seqno)
check("a condition given before connecting holds from the first", few.change_seqno and not few.switch("blue"))
few.cond_change("Logical_Switch", [["name", "==", "blue"]])
check("and can be changed", few.until(lambda: few.switch("blue")))
few.cond_change("Logical_Switch", [False])
check("to nothing, too", few.until(lambda: not few.switch("blue")))

idl.set_lock("manager")
check("an IDL gets its lock", idl.until(lambda: idl.has_lock))
few.set_lock("manager")
check("the next waits for it", few.until(lambda: few.is_lock_contended) and not few.has_lock)
check("and its transactions are refused meanwhile",
      few.commit(lambda txn: setattr(txn.insert(few.tables["Logical_Switch"]), "name", "early"))[0] == "not locked")
idl.close()
check("until the holder goes", few.until(lambda: few.has_lock))
check("then they are not",
      few.commit(lambda txn: setattr(txn.insert(few.tables["Logical_Switch"]), "name", "late"))[0] == "success")
few.close()
check("the server ends in order", ours.stop() == 0)
finish()
