/* See probe.h. */
#include "probe.h"

#include <string.h>

static void
receive (SimNode *node, guint port, NetFrame *frame)
{
  Probe *probe = (Probe *)node;
  ProbeFrame kept = {
    .at_ns = sim_node_now (node), .port = port, .packet_id = frame->packet_id, .length = frame->length
  };

  memcpy (kept.bytes, net_frame_bytes (frame), MIN (frame->length, sizeof kept.bytes));
  g_array_append_val (probe->frames, kept);
  net_frame_unref (frame);
}

static void
port_changed (SimNode *node, guint port, gboolean up)
{
  g_string_append_printf (((Probe *)node)->changes, "%u %s, ", port, up ? "up" : "down");
}

static void
free_probe (SimNode *node)
{
  Probe *probe = (Probe *)node;

  g_array_unref (probe->frames);
  g_string_free (probe->changes, TRUE);
  sim_node_clear (node);
  g_free (probe);
}

static const SimNodeClass probe_class = {
  .kind = "probe",
  .receive = receive,
  .port_changed = port_changed,
  .free = free_probe,
};

Probe *
probe_new (SimNetwork *network, const char *name, guint n_ports)
{
  Probe *probe = g_new0 (Probe, 1);

  sim_node_init (&probe->node, network, &probe_class, name);
  probe->frames = g_array_new (FALSE, FALSE, sizeof (ProbeFrame));
  probe->changes = g_string_new (NULL);
  for (guint i = 0; i < n_ports; i++)
    {
      g_autofree char *port = g_strdup_printf ("p%u", i);
      sim_node_add_port (&probe->node, port);
    }
  return probe;
}

const ProbeFrame *
probe_frame (const Probe *probe, guint i)
{
  return &g_array_index (probe->frames, ProbeFrame, i);
}

void
probe_send (Probe *probe, guint port, const guint8 *bytes, guint length)
{
  sim_node_send (&probe->node, port, net_frame_new_from (probe->node.world.frames, bytes, length));
}

/* ---- the trace as text --------------------------------------------------------------------------------- */

static const char *
text_or (const char *text, const char *otherwise)
{
  return text ? text : otherwise;
}

static void
append_packet (GString *text, const SimTracePacket *packet)
{
  g_string_append_printf (text, "%s %u id %" G_GINT64_MODIFIER "x len %u",
                          packet->direction == SIM_TRACE_INBOUND ? "in" : "out", packet->interface_id,
                          packet->packet_id, packet->length);
  if (packet->drop != NET_DROP_NONE)
    g_string_append_printf (text, " drop %s [%s][%s]", net_drop_word (packet->drop),
                            text_or (packet->table, ""), text_or (packet->rule, ""));
}

static void
hear (const SimTraceRecord *record, gpointer user)
{
  GString *text = user;

  g_string_append_printf (text, "%" G_GINT64_FORMAT " ", record->time_ns);
  switch (record->kind)
    {
    case SIM_TRACE_INTERFACE:
      g_string_append_printf (text, "interface %u %s %s -> %s", record->interface.id, record->interface.name,
                              record->interface.kind, text_or (record->interface.peer, "nothing"));
      break;
    case SIM_TRACE_PACKET:
      append_packet (text, &record->packet);
      break;
    case SIM_TRACE_STATE:
      g_string_append_printf (text, "state %s %s %s %s %s", record->state.node, record->state.table,
                              record->state.op, record->state.key, text_or (record->state.json, "-"));
      break;
    case SIM_TRACE_SECTION:
    case SIM_TRACE_NAME:
      break;
    }
  g_string_append_c (text, '\n');
}

ProbeTrace
probe_trace_new (void)
{
  ProbeTrace heard = { .trace = sim_trace_new (), .text = g_string_new (NULL) };
  sim_trace_subscribe (heard.trace, hear, heard.text);
  return heard;
}

void
probe_trace_clear (ProbeTrace *heard)
{
  sim_trace_free (heard->trace);
  g_string_free (heard->text, TRUE);
}

guint
probe_trace_count (const ProbeTrace *heard, const char *what)
{
  guint n = 0;

  for (const char *at = heard->text->str; (at = strstr (at, what)) != NULL; at += strlen (what))
    n++;
  return n;
}
