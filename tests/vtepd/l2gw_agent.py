"""OpenStack's L2 gateway agent, as it is packaged, without the message bus: what its plugin would be told is kept here.

    l2gw_agent.py dial  IDENTIFIER:HOST:PORT     the agent connects to the switch's database
    l2gw_agent.py serve PORT                     the switch connects to the agent (its `enable_manager` mode)

Commands come as lines of JSON on stdin, [verb, argument …]; each is answered by one line of JSON on stdout.
"""
import eventlet

eventlet.monkey_patch()

# pylint: disable=wrong-import-position
import json
import sys
from unittest import mock

from eventlet import tpool
from oslo_config import cfg

from networking_l2gw.services.l2gateway.agent import agent_api, base_agent_manager
from networking_l2gw.services.l2gateway.agent.ovsdb import base_connection, manager
from networking_l2gw.services.l2gateway.common import config

PERIOD_S = 1


class Plugin:
    """In place of the Neutron server: notes what the agent reports."""

    def __init__(self, *_):
        self.changes = []
        self.states = {}

    def update_ovsdb_changes(self, _context, activity, data):
        self.changes.append({"initial": activity == 0, **json.loads(json.dumps(data, default=vars))})

    def notify_ovsdb_states(self, _context, states):
        self.states = dict(states)


def configure(mode, where):
    config.register_ovsdb_opts_helper(cfg.CONF)
    cfg.CONF.register_opts([cfg.StrOpt("host", default="agent"),
                            cfg.IntOpt("rpc_response_timeout", default=1)])
    cfg.CONF.register_opts([cfg.IntOpt("report_interval", default=0)], "AGENT")
    cfg.CONF([])
    settings = {"periodic_interval": PERIOD_S, "max_connection_retries": 0}
    if mode == "dial":
        settings |= {"ovsdb_hosts": where, "enable_manager": False}
    else:
        settings |= {"ovsdb_hosts": "", "enable_manager": True, "manager_table_listening_port": int(where)}
    for name, value in settings.items():
        cfg.CONF.set_override(name, value, "ovsdb")


class Bytes:
    """The agent answers a first echo with text on a socket, which Python 3 refuses: give it what Python 2 gave."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value):
        return json.dumps(value).encode()


def make_agent():
    base_connection.jsonutils = Bytes
    with mock.patch.object(agent_api, "L2GatewayAgentApi", Plugin), \
         mock.patch.object(base_agent_manager.agent_rpc, "PluginReportStateAPI"):
        return manager.OVSDBManager(cfg.CONF)


def answer(agent, verb, arguments):
    if verb == "changes":
        changes, agent.plugin_rpc.changes = agent.plugin_rpc.changes, []
        return changes
    if verb == "states":
        return agent.plugin_rpc.states
    if verb == "monitor":
        return agent.set_monitor_agent(None, "agent")
    return getattr(agent, verb)(None, *arguments)


def main():
    configure(*sys.argv[1:3])
    agent = make_agent()
    while True:
        line = tpool.execute(sys.stdin.readline)
        if not line:
            return
        verb, *arguments = json.loads(line)
        try:
            reply = {"result": answer(agent, verb, arguments)}
        except Exception as error:  # pylint: disable=broad-exception-caught
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
