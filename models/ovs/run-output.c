/* Output actions of the pipeline. */
#include "models/ovs/run.h"

#include "openflow/packet.h"

static void
output_to (OvsRun *run, const OvsPort *port)
{
  OvsStep step = { .kind = OVS_STEP_OUTPUT };

  if (!ovs_port_forwards (port) || port->kind == OVS_PORT_LOCAL)
    {
      ovs_run_end (run, NET_DROP_LINK_DOWN, port->number);
      return;
    }
  step.version = ovs_run_version (run);
  step.port = port->number;
  g_array_append_val (run->out->steps, step);
}

static void
output_number (OvsRun *run, guint32 number)
{
  const OvsPort *port = ovs_ports_find (run->pipeline->ports, number);

  if (port)
    output_to (run, port);
  else
    ovs_run_end (run, NET_DROP_PORT_GONE, number);
}

static void
output_all (OvsRun *run)
{
  const OvsPorts *ports = run->pipeline->ports;
  guint before = run->out->steps->len;

  for (guint i = 0; i < ovs_ports_n (ports); i++)
    {
      const OvsPort *port = ovs_ports_at (ports, i);
      if (port->number != run->now.fields.in_port && port->kind != OVS_PORT_LOCAL)
        output_to (run, port);
    }
  if (run->out->steps->len == before)
    ovs_run_end (run, NET_DROP_NO_FLOOD_TARGET, OPENFLOW_PORT_ALL);
}

void
ovs_run_punt (OvsRun *run, guint16 max_len, guint8 reason)
{
  OvsStep step = { .kind = OVS_STEP_PUNT };

  if (reason == OPENFLOW_PACKET_IN_ACTION && !run->in_set && run->flow && ovs_flow_is_miss (run->flow))
    reason = OPENFLOW_PACKET_IN_NO_MATCH;
  step.version = ovs_run_version (run);
  step.punt.flow = run->is_last_set ? run->entry : run->flow;
  step.punt.max_len = max_len;
  step.punt.reason = reason;
  step.punt.table = run->is_last_set ? 0 : run->table;
  g_array_append_val (run->out->steps, step);
}

void
ovs_run_output (OvsRun *run, guint32 port, guint16 max_len)
{
  switch (port)
    {
    case OPENFLOW_PORT_IN_PORT:
      output_number (run, run->now.fields.in_port);
      break;
    case OPENFLOW_PORT_TABLE:
      if (run->is_packet_out && ovs_run_may_go_on (run))
        ovs_run_table (run, 0, run->now.fields.in_port);
      break;
    case OPENFLOW_PORT_FLOOD:
    case OPENFLOW_PORT_ALL:
      output_all (run);
      break;
    case OPENFLOW_PORT_NORMAL:
      ovs_run_normal (run);
      break;
    case OPENFLOW_PORT_CONTROLLER:
      ovs_run_punt (run, max_len, OPENFLOW_PACKET_IN_ACTION);
      break;
    default:
      if (port == run->now.fields.in_port)
        ovs_run_end (run, NET_DROP_NO_OTHER_PORT, port);
      else
        output_number (run, port);
    }
}
