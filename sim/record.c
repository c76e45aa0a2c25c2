/* Trace records of nodes and links.  Knows how things are named in the trace, not why they happened. */
#include "sim/record.h"

#include <jansson.h>
#include <stdlib.h>

static char *
end_name (const SimNode *node, const SimPort *port)
{
  return g_strdup_printf ("%s/%s", node->name, port->name);
}

static guint
announce (SimNode *node, const char *name, const char *peer)
{
  SimNetwork *network = node->network;
  guint id = network->n_interfaces++;

  sim_trace_emit (
      network->trace,
      &(SimTraceRecord){ .kind = SIM_TRACE_INTERFACE,
                         .time_ns = sim_clock_now (network->clock),
                         .interface = { .id = id, .name = name, .kind = node->klass->kind, .peer = peer } });
  return id;
}

void
sim_record_interface (SimNode *node, guint number)
{
  SimPort *port = sim_node_port (node, number);
  g_autofree char *name = NULL, *peer_name = NULL;

  if (!sim_record_wanted (node->network))
    return;
  name = end_name (node, port);
  if (port->link)
    {
      SimEnd peer = sim_link_end (port->link, !port->end);
      peer_name = end_name (peer.node, sim_node_port (peer.node, peer.port));
    }
  port->trace_interface = announce (node, name, peer_name);
}

/* The interface of a port; what happens inside the node is shown at one of its own, "node/local". */
static guint
interface_of (SimNode *node, guint number)
{
  if (number < sim_node_n_ports (node))
    {
      if (sim_node_port (node, number)->trace_interface == SIM_NO_INTERFACE)
        sim_record_interface (node, number);
      return sim_node_port (node, number)->trace_interface;
    }
  if (node->local_interface == SIM_NO_INTERFACE)
    {
      g_autofree char *name = g_strdup_printf ("%s/local", node->name);
      node->local_interface = announce (node, name, NULL);
    }
  return node->local_interface;
}

void
sim_record_packet (SimNode *node, guint port, SimTraceDirection direction, const NetFrame *frame,
                   const NetDrop *drop)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET };

  if (!sim_record_wanted (node->network))
    return;
  record.time_ns = sim_clock_now (node->network->clock);
  record.packet = (SimTracePacket){ .interface_id = interface_of (node, port),
                                    .direction = direction,
                                    .packet_id = frame->packet_id,
                                    .bytes = net_frame_bytes (frame),
                                    .captured = frame->length,
                                    .length = frame->length };
  if (drop)
    {
      record.packet.drop = drop->reason;
      record.packet.table = drop->table;
      record.packet.rule = drop->rule;
    }
  sim_trace_emit (node->network->trace, &record);
}

void
sim_record_state (SimNode *node, const NetState *state)
{
  if (!sim_record_wanted (node->network))
    return;
  sim_trace_emit (node->network->trace, &(SimTraceRecord){ .kind = SIM_TRACE_STATE,
                                                           .time_ns = sim_clock_now (node->network->clock),
                                                           .state = { .node = node->name,
                                                                      .table = state->table,
                                                                      .op = state->op,
                                                                      .key = state->key,
                                                                      .json = state->json } });
}

void
sim_record_log (SimNode *node, NetLogLevel level, const char *module, const char *message)
{
  static const char *const words[] = { "debug", "info", "warning", "error" };
  g_autofree char *valid = NULL;
  json_t *json;
  char *text;

  if (!sim_record_wanted (node->network))
    return;
  valid = g_utf8_make_valid (message, -1);
  json = json_pack ("{s:s}", "message", valid);
  text = json_dumps (json, JSON_COMPACT);
  sim_record_state (node, &(NetState){ .table = "log", .op = words[level], .key = module, .json = text });
  free (text);
  json_decref (json);
}
